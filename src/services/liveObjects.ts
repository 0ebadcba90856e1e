/**
 * The objects of one cluster that somebody looks at: listed once, then watched, per kind and namespace. A watch that the
 * server ends goes on where it was; one whose version is too old, or that broke, is read anew, with growing pauses. What
 * may not be read says so, and is tried again now and then.
 */
import { apiVersionOf } from '../core/objects/resId.js';
import { idOfLive, liveKey, type LiveObject, type ServedKind } from '../core/live/liveObject.js';
import { ClusterFailure, isCancelled } from './failure.js';
import type { Cluster, Selection, WatchEvent } from './ports.js';

/** A kind in one namespace, or in all where that is undefined. */
export interface WatchedKind {
  readonly kind: ServedKind;
  readonly namespace: string | undefined;
}

export interface LiveObjectsOptions {
  readonly cluster: Cluster;
  /** After objects changed, at most once per turn of the event loop; keys as of {@link liveKey}. */
  readonly onChange: (keys: readonly string[]) => void;
  /** After a kind could be read again, or no more. */
  readonly onState: () => void;
  /** A bug of ours within a watch. */
  readonly onBug: (error: unknown) => void;
  /** Before the first new attempt, in milliseconds; it doubles up to 30 seconds. */
  readonly pause?: number;
}

const longestPause = 30_000;
/** Between two attempts at what is forbidden, in milliseconds. */
const forbiddenPause = 60_000;

export class LiveObjects {
  readonly #options: LiveObjectsOptions;
  readonly #watches = new Map<string, KindWatch>();
  readonly #wantedBy = new Map<string, ReadonlySet<string>>();
  #changed = new Set<string>();

  constructor(options: LiveObjectsOptions) {
    this.#options = options;
  }

  /** Watches these for `owner`, in the place of those that it wanted before. What nobody wants any more is let go. */
  want(owner: string, kinds: readonly WatchedKind[]): void {
    const keys = new Set<string>();
    for (const watched of kinds) {
      const key = keyOf(watched);
      keys.add(key);
      if (!this.#watches.has(key)) this.#watches.set(key, new KindWatch(watched, this.#options, (changed) => this.#noteChange(changed)));
    }
    if (keys.size > 0) this.#wantedBy.set(owner, keys);
    else this.#wantedBy.delete(owner);
    for (const [key, watch] of this.#watches) {
      if ([...this.#wantedBy.values()].some((wanted) => wanted.has(key))) continue;
      watch.stop();
      this.#watches.delete(key);
    }
  }

  /** Resolves when each was read once, or couldn't be. */
  async whenRead(kinds: readonly WatchedKind[], signal: AbortSignal): Promise<void> {
    const cancelled = new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
    signal.throwIfAborted();
    const reads = kinds.flatMap((watched) => this.#watches.get(keyOf(watched))?.firstRead ?? []);
    await Promise.race([Promise.all(reads), cancelled]);
  }

  /** Undefined where there is none, or where nobody watches its kind. */
  get(id: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string }): LiveObject | undefined {
    return this.#watchOf(id.group, id.kind, id.namespace)?.objects.get(liveKey(id));
  }

  /** Those that are watched. @param namespace undefined for all namespaces that are watched */
  list(group: string, kind: string, namespace?: string): readonly LiveObject[] {
    const found = new Map<string, LiveObject>();
    for (const watch of this.#watches.values()) {
      if (watch.kind.group !== group || watch.kind.kind !== kind) continue;
      for (const [key, object] of watch.objects) if (namespace === undefined || (object.metadata.namespace ?? '') === namespace) found.set(key, object);
    }
    return [...found.values()];
  }

  /** True where the kind is watched there and was read. */
  isRead(group: string, kind: string, namespace: string): boolean {
    const watch = this.#watchOf(group, kind, namespace);
    return watch !== undefined && watch.isRead && watch.failure === undefined;
  }

  /** Why a kind can't be read there; undefined where it can, or where nobody watches it. */
  failureOf(group: string, kind: string, namespace: string): ClusterFailure | undefined {
    return this.#watchOf(group, kind, namespace)?.failure;
  }

  /** How many objects are kept. */
  get size(): number {
    return [...this.#watches.values()].reduce((sum, watch) => sum + watch.objects.size, 0);
  }

  close(): void {
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
    this.#wantedBy.clear();
  }

  #watchOf(group: string, kind: string, namespace: string): KindWatch | undefined {
    return this.#watches.get(`${group}/${kind}/${namespace}`) ?? this.#watches.get(`${group}/${kind}/`);
  }

  #noteChange(key: string): void {
    if (this.#changed.size === 0) setTimeout(() => this.#tell(), 0);
    this.#changed.add(key);
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    this.#options.onChange([...changed]);
  }
}

/** `apps/Deployment/shop`; nothing behind the last slash for all namespaces. */
function keyOf({ kind, namespace }: WatchedKind): string {
  return `${kind.group}/${kind.kind}/${kind.isNamespaced ? (namespace ?? '') : ''}`;
}

class KindWatch {
  readonly kind: ServedKind;
  objects: ReadonlyMap<string, LiveObject> = new Map();
  failure: ClusterFailure | undefined;
  isRead = false;
  readonly firstRead: Promise<void>;
  readonly #selection: Selection;
  readonly #options: LiveObjectsOptions;
  readonly #onChange: (key: string) => void;
  readonly #stop = new AbortController();
  #setFirstRead: () => void = () => undefined;

  constructor({ kind, namespace }: WatchedKind, options: LiveObjectsOptions, onChange: (key: string) => void) {
    this.kind = kind;
    this.#selection = kind.isNamespaced ? { namespace } : {};
    this.#options = options;
    this.#onChange = onChange;
    this.firstRead = new Promise((resolve) => (this.#setFirstRead = resolve));
    this.#run().catch((error: unknown) => {
      if (!isCancelled(error)) options.onBug(error);
    });
  }

  stop(): void {
    this.#stop.abort();
    this.#setFirstRead();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const firstPause = this.#options.pause ?? 500;
    let pause = firstPause;
    /** Nothing came since a version was gone: one that is gone again at once is no matter of age. */
    let isGoneAgain = false;
    const onEvent = (): void => void (isGoneAgain = false);
    while (!signal.aborted) {
      try {
        let version = await this.#readAll(signal);
        pause = firstPause;
        // A watch ends when the server thinks that it is time, and goes on behind the last version that was seen.
        while (!signal.aborted) version = await this.#follow(version, onEvent, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ClusterFailure)) throw error;
        const isOld = error.code === 'cluster/gone' && !isGoneAgain;
        isGoneAgain = error.code === 'cluster/gone';
        if (isOld) continue;
        this.#setFailure(error);
        await rest(error.code === 'cluster/forbidden' ? forbiddenPause : Math.max(pause, (error.retryAfter ?? 0) * 1000), signal);
        pause = Math.min(pause * 2, longestPause);
      }
    }
  }

  async #readAll(signal: AbortSignal): Promise<string> {
    const { items, resourceVersion } = await this.#options.cluster.list(this.kind, this.#selection, signal);
    const before = this.objects;
    const objects = new Map(items.map((object) => [liveKey(idOfLive(object)), object]));
    this.objects = objects;
    for (const [key, object] of objects) if (before.get(key)?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#onChange(key);
    for (const key of before.keys()) if (!objects.has(key)) this.#onChange(key);
    this.isRead = true;
    this.#setFailure(undefined);
    this.#setFirstRead();
    return resourceVersion;
  }

  async #follow(from: string, onEvent: () => void, signal: AbortSignal): Promise<string> {
    let version = from;
    const objects = new Map(this.objects);
    this.objects = objects;
    for await (const event of this.#options.cluster.watch(this.kind, this.#selection, version, signal)) {
      onEvent();
      version = event.object.metadata.resourceVersion ?? version;
      if (event.type !== 'bookmark') this.#take(event, objects);
    }
    return version;
  }

  #take({ type, object }: WatchEvent, objects: Map<string, LiveObject>): void {
    // The version that was asked for, whatever the object says of itself.
    const key = liveKey({ ...idOfLive({ ...object, apiVersion: apiVersionOf(this.kind), kind: this.kind.kind }) });
    if (type === 'deleted') objects.delete(key);
    else objects.set(key, object);
    this.#onChange(key);
  }

  #setFailure(failure: ClusterFailure | undefined): void {
    const isNews = this.failure?.code !== failure?.code;
    this.failure = failure;
    if (failure) this.#setFirstRead();
    if (isNews) this.#options.onState();
  }
}

/** Resolves early when the signal aborts. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
