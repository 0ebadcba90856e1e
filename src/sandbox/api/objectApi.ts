/** All that can be done with the objects of the sandbox, without HTTP: what is written, what follows from it, what is served. */
import { randomInt, randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { isJsonObject } from '../../core/live/json.js';
import { parseApiVersion, type ResId } from '../../core/objects/resId.js';
import type { Clock } from '../clock.js';
import { applyMerge } from './patches.js';
import type { SandboxKind, SandboxKinds } from '../kinds/kinds.js';
import { noSuchPath } from './apiError.js';
import { Definitions } from './definitions.js';
import { Deletions, mayGo, type Propagation } from './deletion.js';
import { GarbageCollector } from './garbageCollector.js';
import { Namespaces } from './namespaces.js';
import { Storage, type Journal, type StoredState } from './storage.js';
import type { SandboxStore, StoreEvent } from './store.js';
import { Writes, type Change, type Target, type WriteWorld } from './writes.js';

export interface ObjectApiOptions {
  readonly kinds: SandboxKinds;
  readonly clock: Clock;
  /** What was there when it was last closed. */
  readonly state?: StoredState | undefined;
  readonly journal?: Journal | undefined;
  /** How many writes of a kind a watch can go back. */
  readonly history?: number | undefined;
  /** The certificate authority of the API, in PEM. */
  readonly authority?: string | undefined;
}

export class ObjectApi implements SandboxStore {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly writes: Writes;
  readonly deletions: Deletions;
  readonly #definitions: Definitions;

  constructor({ kinds, clock, state = { version: 1, objects: [] }, journal, history, authority = '' }: ObjectApiOptions) {
    this.clock = clock;
    this.storage = new Storage(state, { journal, history });
    const world: WriteWorld = {
      storage: this.storage,
      clock,
      kinds: () => this.kinds,
      newUid: () => randomUUID(),
      nameSuffix: () => Array.from({ length: 5 }, () => nameLetters[randomInt(nameLetters.length)] ?? 'x').join(''),
      removeEnded: (object) => this.#removeEnded(object),
    };
    this.writes = new Writes(world);
    this.deletions = new Deletions(world);
    const { storage } = this;
    const edit = (object: LiveObject, change: (now: LiveObject) => LiveObject): void => this.#edit(object, change);
    const remove = (object: LiveObject, propagation?: Propagation): void => this.#deleteIfThere(object, propagation);
    this.#definitions = new Definitions(kinds, {
      storage,
      now: () => clock.now(),
      writeStatus: (object, status) => this.#writeStatus(object, status),
      delete: remove,
      edit,
    });
    const garbage = new GarbageCollector({ storage, delete: remove, edit });
    const namespaces = new Namespaces({ storage, authority, create: (object, manager) => void this.create(object, manager), delete: remove, edit });
    storage.subscribe((change) => {
      this.#definitions.onChange(change);
      garbage.onChange(change);
      namespaces.onChange(change);
    });
    namespaces.makeFirst();
  }

  get kinds(): SandboxKinds {
    return this.#definitions.kinds;
  }

  get({ group, kind, namespace, name }: Omit<ResId, 'version'>): LiveObject | undefined {
    return this.storage.get(group, kind, namespace, name);
  }

  list(group: string, kind: string, namespace?: string): readonly LiveObject[] {
    return this.storage.list(group, kind, namespace);
  }

  create(object: LiveObject, manager: string): LiveObject {
    const { group, version } = parseApiVersion(object.apiVersion);
    const kind = this.#kind(group, object.kind, version);
    return this.writes.create({ kind, namespace: namespaceFor(kind, object) }, object, { manager });
  }

  patch(id: Omit<ResId, 'version'>, patch: JsonValue, { manager, subresource }: { readonly manager: string; readonly subresource?: string }): LiveObject {
    const change: Change = (live) => applyMerge(live, patch);
    if (subresource === 'scale') return this.writes.scale(this.#target(id), { kind: 'patch', change }, { manager, subresource });
    return this.writes.patch(this.#target(id), change, { manager, subresource });
  }

  /** A pod that is ending already goes at once, as when its kubelet says that it has ended. */
  delete(id: Omit<ResId, 'version'>, propagation?: Propagation): void {
    const isEnding = this.get(id)?.metadata.deletionTimestamp !== undefined;
    this.deletions.delete(this.#target(id), { propagation, ...(isEnding && { gracePeriodSeconds: 0 }) });
  }

  subscribe(onEvent: (event: StoreEvent) => void): () => void {
    return this.storage.subscribe(onEvent);
  }

  #target({ group, kind, namespace, name }: Omit<ResId, 'version'>): Target {
    return { kind: this.#kind(group, kind), namespace, name };
  }

  #kind(group: string, name: string, version?: string): SandboxKind {
    const kind = version === undefined ? this.kinds.storageKind(group, name) : this.kinds.findKind(group, name, version);
    if (!kind) throw noSuchPath();
    return kind;
  }

  #edit(object: LiveObject, change: (now: LiveObject) => LiveObject): void {
    const now = this.#now(object);
    if (!now) return;
    this.storage.write(() => this.#removeEnded(this.storage.put(change(now))));
  }

  #deleteIfThere(object: LiveObject, propagation?: Propagation): void {
    const now = this.#now(object);
    const { group } = parseApiVersion(object.apiVersion);
    const kind = this.kinds.storageKind(group, object.kind);
    if (now && kind) this.deletions.delete({ kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }, { propagation });
  }

  #writeStatus(object: LiveObject, status: JsonObject): void {
    const { group } = parseApiVersion(object.apiVersion);
    const target = this.#target({ group, kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name });
    this.writes.patch(target, (live) => ({ ...live, status: { ...(isJsonObject(live['status']) ? live['status'] : {}), ...status } }), {
      manager: 'kube-apiserver',
      subresource: 'status',
    });
  }

  /** The object as it is now; undefined where it is gone, also where another has its name. */
  #now({ apiVersion, kind, metadata }: LiveObject): LiveObject | undefined {
    const found = this.storage.get(parseApiVersion(apiVersion).group, kind, metadata.namespace ?? '', metadata.name);
    return found?.metadata.uid === metadata.uid ? found : undefined;
  }

  #removeEnded(object: LiveObject): void {
    const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
    if (deletionTimestamp === undefined || !mayGo(object)) return;
    if (typeof deletionGracePeriodSeconds === 'number' && deletionGracePeriodSeconds > 0) return;
    this.storage.remove(object);
  }
}

/** Without those letters that make words (apimachinery pkg/util/rand). */
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

function namespaceFor({ isNamespaced }: SandboxKind, { metadata }: LiveObject): string {
  return isNamespaced ? (metadata.namespace ?? 'default') : '';
}
