/**
 * What is live in each environment that is looked at through a connection: its objects are watched, compared again when
 * they, its render or its declaration changed, and only then. The comparison itself and the operators' words are made by
 * others; this keeps them up to date, bounded and in turn.
 */
import type { EnvironmentDrift } from '../core/drift/drift.js';
import { mapAt, scalarAt } from '../core/gitops/declarations.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { ServedKind } from '../core/live/liveObject.js';
import { declarationIdOf } from '../core/operators/declarationOf.js';
import type { OperatorStatus } from '../core/operators/operatorStatus.js';
import { readOperatorStatus } from '../core/operators/readOperatorStatus.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { ResId } from '../core/objects/resId.js';
import type { Clusters, Connection } from './clusters.js';
import { Failure, isCancelled } from './failure.js';
import { LiveObjects, type WatchedKind } from './liveObjects.js';
import type { Cluster } from './ports.js';

/** What a comparison is made of. */
export interface CompareInput {
  readonly cluster: Cluster;
  readonly environment: Environment;
  readonly rendering: Rendering;
  /** Its kinds are watched and were read. */
  readonly live: LiveObjects;
  readonly served: readonly ServedKind[];
  /** The operator's own word, where it delivers the environment into this cluster. */
  readonly operator: OperatorStatus | undefined;
}

export type Compare = (input: CompareInput, signal: AbortSignal) => Promise<EnvironmentDrift>;

export type LiveStateKind =
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'loading' }
  /** `message` says what can't be seen; empty where all was. */
  | { readonly kind: 'compared'; readonly at: number; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface LiveEnvironment {
  readonly environment: Environment;
  readonly context: string | undefined;
  readonly state: LiveStateKind;
  /** The latest; it stays while a new one is made, and while the cluster is out of reach. */
  readonly drift: EnvironmentDrift | undefined;
  readonly operator: OperatorStatus | undefined;
}

export interface LiveEnvironmentsOptions {
  readonly clusters: Clusters;
  readonly environments: () => readonly Environment[];
  readonly render: (environment: Environment) => Rendering;
  /** What else of the workspace a comparison stands on, as a text that differs where it does. */
  readonly standing?: (environment: Environment) => string;
  readonly compare: Compare;
  /** Called with the ids of environments of which something changed. */
  readonly onChange: (ids: readonly string[]) => void;
  readonly onBug: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Changes that come within this time are compared together, in milliseconds. */
  readonly delay?: number;
}

interface Entry {
  live: LiveEnvironment;
  /** What the latest comparison was made of. */
  rendering: Rendering | undefined;
  standing: string | undefined;
  /** `group/Kind/namespace` of what it looks at. */
  places: ReadonlySet<string>;
  isDirty: boolean;
  running: AbortController | undefined;
}

interface Watched {
  readonly cluster: Cluster;
  readonly objects: LiveObjects;
}

/** Comparisons under way at a time. */
const mostAtOnce = 3;
/** A kind in more namespaces than this is watched in all of them by one watch. */
const mostNamespaces = 4;

export class LiveEnvironments {
  readonly #options: LiveEnvironmentsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #watched = new Map<string, Watched>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = 0;

  constructor(options: LiveEnvironmentsOptions) {
    this.#options = options;
  }

  /** Looks again at which environments there are, what they render to, and which connections stand. */
  update(): void {
    const { clusters, environments } = this.#options;
    const present = new Set<string>();
    const changed: string[] = [];
    for (const environment of environments()) {
      const { id } = environment;
      present.add(id);
      const context = clusters.contextOf(id);
      const connection = clusters.connectionOf(id);
      const entry = this.#entries.get(id) ?? this.#add(environment, context);
      const before = entry.live;
      if (before.environment !== environment || before.context !== context) entry.live = { ...before, environment, context };
      if (before.context !== context) this.#letGo(entry);
      if (connection?.state !== 'connected' || !connection.cluster) this.#setDisconnected(entry, connection);
      else if (entry.live.state.kind === 'not-connected' || entry.live.state.kind === 'failed' || this.#isOutdated(entry, environment)) {
        if (entry.live.state.kind !== 'compared') entry.live = { ...entry.live, state: { kind: 'loading' } };
        entry.isDirty = true;
      }
      if (entry.live !== before) changed.push(id);
    }
    for (const [id, entry] of this.#entries) {
      if (present.has(id)) continue;
      this.#letGo(entry);
      this.#entries.delete(id);
      changed.push(id);
    }
    this.#closeUnused();
    if (changed.length > 0) this.#options.onChange(changed);
    this.#schedule();
  }

  /** Undefined for an environment that there isn't. */
  get(id: string): LiveEnvironment | undefined {
    return this.#entries.get(id)?.live;
  }

  get all(): readonly LiveEnvironment[] {
    return [...this.#entries.values()].map(({ live }) => live);
  }

  /** The watched objects of a context; undefined where nothing is watched through it. */
  objectsOf(context: string): LiveObjects | undefined {
    return this.#watched.get(context)?.objects;
  }

  /** Compares now, whether anything is known to have changed or not, and gives the result. */
  async refresh(id: string): Promise<LiveEnvironment | undefined> {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    entry.running?.abort();
    await this.#compare(entry);
    return entry.live;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    for (const entry of this.#entries.values()) this.#letGo(entry);
    this.#entries.clear();
    this.#closeUnused();
  }

  #add(environment: Environment, context: string | undefined): Entry {
    const entry: Entry = {
      live: { environment, context, state: { kind: 'not-connected' }, drift: undefined, operator: undefined },
      rendering: undefined,
      standing: undefined,
      places: new Set(),
      isDirty: false,
      running: undefined,
    };
    this.#entries.set(environment.id, entry);
    return entry;
  }

  /** What was seen last stays to be looked at while a server is out of reach; without a connection nothing is shown. */
  #setDisconnected(entry: Entry, connection: Connection | undefined): void {
    const { state } = entry.live;
    if (connection && connection.state !== 'connecting') {
      if (state.kind !== 'failed' || state.failure.message !== connection.message) {
        entry.live = { ...entry.live, state: { kind: 'failed', failure: new Failure('cluster/unreachable', connection.message, 'Look at the connection.') } };
      }
      return;
    }
    if (state.kind !== 'not-connected') {
      this.#letGo(entry);
      entry.live = { ...entry.live, state: { kind: 'not-connected' }, drift: undefined, operator: undefined };
    }
  }

  #letGo(entry: Entry): void {
    entry.running?.abort();
    entry.isDirty = false;
    entry.rendering = undefined;
    entry.places = new Set();
    for (const { objects } of this.#watched.values()) objects.want(entry.live.environment.id, []);
  }

  #isOutdated({ rendering, standing }: Entry, environment: Environment): boolean {
    return rendering !== this.#options.render(environment) || standing !== this.#options.standing?.(environment);
  }

  #closeUnused(): void {
    const used = new Set([...this.#entries.values()].map(({ live }) => live.context));
    for (const [context, { objects, cluster }] of this.#watched) {
      const connection = this.#options.clusters.connections.find((each) => each.context === context);
      if (used.has(context) && connection?.cluster === cluster) continue;
      objects.close();
      this.#watched.delete(context);
    }
  }

  #schedule(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#startDirty();
    }, this.#options.delay ?? 150);
  }

  #startDirty(): void {
    for (const entry of this.#entries.values()) {
      if (this.#running >= mostAtOnce) return;
      if (entry.isDirty && !entry.running) void this.#compare(entry).catch((error: unknown) => this.#options.onBug(error));
    }
  }

  async #compare(entry: Entry): Promise<void> {
    const { clusters } = this.#options;
    const { environment, context } = entry.live;
    const cluster = clusters.connectionOf(environment.id)?.cluster;
    if (context === undefined || !cluster) return;
    const controller = new AbortController();
    const { signal } = controller;
    entry.isDirty = false;
    entry.running = controller;
    this.#running++;
    try {
      const result = await this.#look(entry, context, cluster, signal);
      if (!signal.aborted) entry.live = { ...entry.live, ...result };
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      if (!(error instanceof Failure)) throw error;
      entry.live = { ...entry.live, state: { kind: 'failed', failure: error } };
      if (error.code === 'cluster/unreachable') clusters.lose(context, error);
    } finally {
      this.#running--;
      if (entry.running === controller) entry.running = undefined;
      if (!signal.aborted) this.#options.onChange([environment.id]);
      if ([...this.#entries.values()].some(({ isDirty }) => isDirty)) this.#schedule();
    }
  }

  async #look(entry: Entry, context: string, cluster: Cluster, signal: AbortSignal): Promise<Pick<LiveEnvironment, 'state' | 'drift' | 'operator'>> {
    const { environment } = entry.live;
    const rendering = this.#options.render(environment);
    entry.rendering = rendering;
    entry.standing = this.#options.standing?.(environment);
    const served = await cluster.kinds(signal);
    const live = this.#objectsOf(context, cluster);
    const own = declarationIdOf(environment);
    const kinds = kindsToWatch(environment, rendering, own, served);
    entry.places = new Set(kinds.map(({ kind, namespace }) => `${kind.group}/${kind.kind}/${namespace ?? ''}`));
    live.want(environment.id, kinds);
    await live.whenRead(kinds, signal);
    const operatorObject = own && live.get(own);
    const operator = operatorObject && readOperatorStatus(operatorObject, this.#options.now());
    if (!rendering.ok) {
      const reason = rendering.problems.find(({ severity }) => severity === 'error') ?? rendering.problems[0];
      throw new Failure('sync/not-rendered', `There is nothing to compare with: ${reason?.message ?? 'it does not render.'}`, 'Mend the render first.');
    }
    const drift = await this.#options.compare({ cluster, environment, rendering, live, served, operator }, signal);
    const unseen = kinds.flatMap(({ kind, namespace }) => {
      const failure = live.failureOf(kind.group, kind.kind, namespace ?? '');
      return failure ? [`${kind.plural}: ${failure.message}`] : [];
    });
    return { state: { kind: 'compared', at: this.#options.now(), message: unseen.join('; ') }, drift, operator };
  }

  #objectsOf(context: string, cluster: Cluster): LiveObjects {
    let watched = this.#watched.get(context);
    if (watched?.cluster !== cluster) {
      watched?.objects.close();
      const objects = new LiveObjects({
        cluster,
        onChange: (keys) => this.#noteChanges(context, keys),
        onState: () => this.#noteState(context),
        onBug: this.#options.onBug,
      });
      watched = { cluster, objects };
      this.#watched.set(context, watched);
    }
    return watched.objects;
  }

  /** Marks the environments that look at a place where something changed. */
  #noteChanges(context: string, keys: readonly string[]): void {
    const places = new Set(keys.flatMap(placesOf));
    this.#markDirty(context, (entry) => [...entry.places].some((place) => places.has(place)));
  }

  #noteState(context: string): void {
    this.#markDirty(context, () => true);
  }

  #markDirty(context: string, isMeant: (entry: Entry) => boolean): void {
    for (const entry of this.#entries.values()) if (entry.live.context === context && entry.live.state.kind !== 'not-connected' && isMeant(entry)) entry.isDirty = true;
    this.#schedule();
  }
}

/** `apps/Deployment/shop/web` lies in `apps/Deployment/shop` and in `apps/Deployment/`. */
function placesOf(key: string): readonly string[] {
  const [group = '', kind = '', namespace = ''] = key.split('/');
  return [`${group}/${kind}/${namespace}`, `${group}/${kind}/`];
}

/** The object that fetches what a Flux Kustomization applies; undefined for others. */
export function sourceIdOf(environment: Environment): ResId | undefined {
  const own = declarationIdOf(environment);
  const source = own?.kind === 'Kustomization' ? mapAt(environment.declaration?.root, 'spec', 'sourceRef') : undefined;
  const [kind, name] = [scalarAt(source, 'kind')?.value, scalarAt(source, 'name')?.value];
  if (!own || kind === undefined || name === undefined) return undefined;
  return { group: 'source.toolkit.fluxcd.io', version: 'v1', kind, name, namespace: scalarAt(source, 'namespace')?.value ?? own.namespace };
}

/** The kinds that are served, of what is rendered and of what says something of it, in the namespaces in which it is. */
function kindsToWatch(environment: Environment, rendering: Rendering, own: ResId | undefined, served: readonly ServedKind[]): readonly WatchedKind[] {
  const fallback = environment.destination.namespace?.value ?? 'default';
  const wanted = new Map<string, { readonly kind: ServedKind; readonly namespaces: Set<string> }>();
  const add = (group: string, name: string, version: string, namespace: string): void => {
    const ofKind = served.filter((each) => each.group === group && each.kind === name);
    const kind = ofKind.find((each) => each.version === version) ?? ofKind[0];
    if (!kind?.verbs.includes('watch')) return;
    const key = `${group}/${name}`;
    const entry = wanted.get(key) ?? { kind, namespaces: new Set<string>() };
    wanted.set(key, entry);
    if (kind.isNamespaced) entry.namespaces.add(namespace === '' ? fallback : namespace);
  };
  for (const { id } of rendering.objects) add(id.group, id.kind, id.version, id.namespace);
  if (own) add(own.group, own.kind, own.version, own.namespace);
  const source = sourceIdOf(environment);
  if (source) add(source.group, source.kind, source.version, source.namespace);
  // An autoscaler may own the replicas of what is rendered without being rendered with it.
  for (const { id } of rendering.objects) if (id.kind === 'Deployment' || id.kind === 'StatefulSet') add('autoscaling', 'HorizontalPodAutoscaler', 'v2', id.namespace);
  return [...wanted.values()].flatMap(({ kind, namespaces }): readonly WatchedKind[] =>
    namespaces.size === 0 || namespaces.size > mostNamespaces ? [{ kind, namespace: undefined }] : [...namespaces].map((namespace) => ({ kind, namespace })),
  );
}
