/**
 * Where the objects of the sandbox lie: by kind, namespace and name, each write with a version of its own, and the latest
 * writes of each kind for watches that go on from an older version. Objects never change, a write puts another one in
 * their place. What may be written is decided elsewhere.
 */
import type { LiveObject } from '../../core/live/liveObject.js';
import { parseApiVersion } from '../../core/objects/resId.js';
import type { StoreEvent } from './store.js';

/** A write, as watches tell it. */
export interface Change extends StoreEvent {
  /** Ascending over all kinds. */
  readonly version: number;
  /** What was there before. */
  readonly before: LiveObject | undefined;
}

/** Keeps what is written for the next start. */
export interface Journal {
  /** @param object undefined where it is gone */
  write(key: string, version: number, object: LiveObject | undefined): void;
}

export interface StoredState {
  readonly version: number;
  readonly objects: readonly LiveObject[];
}

/** How many writes of a kind a watch can go back. */
const defaultHistory = 10_000;

interface Shelf {
  readonly namespaces: Map<string, Map<string, LiveObject>>;
  /** In the order of namespaces and names; undefined after a write. */
  sorted: readonly LiveObject[] | undefined;
  readonly changes: Change[];
  /** The version from which on `changes` has every write. */
  complete: number;
}

export class Storage {
  readonly #shelves = new Map<string, Shelf>();
  readonly #subscribers = new Set<(change: Change) => void>();
  readonly #journal: Journal | undefined;
  readonly #history: number;
  #version: number;
  #waiting: Change[] = [];
  #depth = 0;

  constructor(state: StoredState, options: { readonly journal?: Journal | undefined; readonly history?: number | undefined }) {
    this.#version = state.version;
    this.#journal = options.journal;
    this.#history = options.history ?? defaultHistory;
    for (const object of state.objects) {
      const shelf = this.#shelf(shelfOf(object));
      namespaceOf(shelf, object.metadata.namespace ?? '').set(object.metadata.name, object);
    }
  }

  /** Of the latest write. */
  get version(): number {
    return this.#version;
  }

  get(group: string, kind: string, namespace: string, name: string): LiveObject | undefined {
    return this.#shelves.get(`${group}/${kind}`)?.namespaces.get(namespace)?.get(name);
  }

  /** In the order of namespaces and names. @param namespace undefined for all */
  list(group: string, kind: string, namespace?: string): readonly LiveObject[] {
    const shelf = this.#shelves.get(`${group}/${kind}`);
    if (!shelf) return [];
    if (namespace !== undefined) return sortedValues(shelf.namespaces.get(namespace));
    shelf.sorted ??= [...shelf.namespaces.keys()].sort().flatMap((each) => sortedValues(shelf.namespaces.get(each)));
    return shelf.sorted;
  }

  /** `group/kind` of all that was ever written. */
  get kinds(): readonly string[] {
    return [...this.#shelves.keys()];
  }

  /** All objects of a namespace, of every kind. */
  inNamespace(namespace: string): readonly LiveObject[] {
    return [...this.#shelves.values()].flatMap((shelf) => sortedValues(shelf.namespaces.get(namespace)));
  }

  all(): readonly LiveObject[] {
    return [...this.#shelves.values()].flatMap(({ namespaces }) => [...namespaces.values()].flatMap((objects) => [...objects.values()]));
  }

  /** Puts an object in its place, and answers with it in its new version. */
  put(object: LiveObject): LiveObject {
    const version = ++this.#version;
    const stored: LiveObject = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const shelf = this.#shelf(shelfOf(object));
    const objects = namespaceOf(shelf, object.metadata.namespace ?? '');
    const before = objects.get(object.metadata.name);
    objects.set(object.metadata.name, stored);
    this.#note(shelf, { type: before ? 'MODIFIED' : 'ADDED', object: stored, before, version });
    this.#journal?.write(keyOf(stored), version, stored);
    return stored;
  }

  /** Takes an object away; its last state gets a version of its own. */
  remove(object: LiveObject): LiveObject {
    const version = ++this.#version;
    const shelf = this.#shelf(shelfOf(object));
    const namespace = object.metadata.namespace ?? '';
    const objects = namespaceOf(shelf, namespace);
    const before = objects.get(object.metadata.name);
    const last: LiveObject = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    if (!objects.delete(object.metadata.name)) return last;
    if (objects.size === 0) shelf.namespaces.delete(namespace);
    this.#note(shelf, { type: 'DELETED', object: last, before, version });
    this.#journal?.write(keyOf(last), version, undefined);
    return last;
  }

  /** Runs writes that belong together: who subscribed hears of them when all are done. */
  write<T>(run: () => T): T {
    this.#depth++;
    try {
      return run();
    } finally {
      this.#depth--;
      this.#tell();
    }
  }

  /** The writes of a kind after a version; undefined where that is too long ago. */
  changesSince(group: string, kind: string, version: number): readonly Change[] | undefined {
    const shelf = this.#shelves.get(`${group}/${kind}`);
    if (!shelf) return [];
    if (version < shelf.complete) return undefined;
    let from = shelf.changes.length;
    while (from > 0 && (shelf.changes[from - 1]?.version ?? 0) > version) from--;
    return shelf.changes.slice(from);
  }

  /** The objects of a kind as they were after a version; undefined where that is too long ago. */
  listAt(group: string, kind: string, namespace: string | undefined, version: number): readonly LiveObject[] | undefined {
    const changes = this.changesSince(group, kind, version);
    if (!changes) return undefined;
    if (changes.length === 0) return this.list(group, kind, namespace);
    const objects = new Map(this.list(group, kind, namespace).map((object) => [sortKeyOf(object), object]));
    for (const { object, before } of [...changes].reverse()) {
      if (namespace !== undefined && (object.metadata.namespace ?? '') !== namespace) continue;
      if (before) objects.set(sortKeyOf(object), before);
      else objects.delete(sortKeyOf(object));
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Forgets what watches could go back to, as a real server does after some minutes. */
  forgetHistory(): void {
    for (const shelf of this.#shelves.values()) {
      shelf.changes.length = 0;
      shelf.complete = this.#version;
    }
  }

  /** Calls back after each write, in order, never within one. */
  subscribe(onChange: (change: Change) => void): () => void {
    this.#subscribers.add(onChange);
    return () => void this.#subscribers.delete(onChange);
  }

  #shelf(key: string): Shelf {
    const known = this.#shelves.get(key);
    if (known) return known;
    const made: Shelf = { namespaces: new Map(), sorted: undefined, changes: [], complete: this.#history === 0 ? Infinity : this.#version - 1 };
    this.#shelves.set(key, made);
    return made;
  }

  #note(shelf: Shelf, change: Change): void {
    shelf.sorted = undefined;
    shelf.changes.push(change);
    if (shelf.changes.length > this.#history * 1.2) {
      const gone = shelf.changes.splice(0, shelf.changes.length - this.#history);
      shelf.complete = gone.at(-1)?.version ?? shelf.complete;
    }
    this.#waiting.push(change);
    if (this.#depth === 0) this.#tell();
  }

  /** What a subscriber writes is told after what is being told. */
  #tell(): void {
    if (this.#depth > 0) return;
    this.#depth++;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) for (const tell of [...this.#subscribers]) tell(next);
    } finally {
      this.#depth--;
    }
  }
}

/** `apps/Deployment/shop/web`: the same in every version of the kind. */
export function keyOf(object: LiveObject): string {
  return `${shelfOf(object)}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** Orders objects of a kind as lists have them. */
export function sortKeyOf({ metadata }: LiveObject): string {
  return `${metadata.namespace ?? ''}\0${metadata.name}`;
}

function shelfOf({ apiVersion, kind }: LiveObject): string {
  return `${parseApiVersion(apiVersion).group}/${kind}`;
}

function namespaceOf({ namespaces }: Shelf, namespace: string): Map<string, LiveObject> {
  const known = namespaces.get(namespace);
  if (known) return known;
  const made = new Map<string, LiveObject>();
  namespaces.set(namespace, made);
  return made;
}

function sortedValues(objects: ReadonlyMap<string, LiveObject> | undefined): readonly LiveObject[] {
  return objects ? [...objects].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, object]) => object) : [];
}
