/**
 * What becomes of dependents when their owners go (Kubernetes v1.34, pkg/controller/garbagecollector): those without an
 * owner left are deleted, those that are to be kept are let go of. Runs right after each write.
 */
import type { LiveObject, OwnerReference } from '../../core/live/liveObject.js';
import { parseApiVersion } from '../../core/objects/resId.js';
import { foregroundFinalizer, orphanFinalizer, type Propagation } from './deletion.js';
import { keyOf, type Change, type Storage } from './storage.js';

export interface GarbageWorld {
  readonly storage: Storage;
  delete(object: LiveObject, propagation: Propagation): void;
  /** Edits an object as it is now; it goes where nothing holds it any more. */
  edit(object: LiveObject, edit: (now: LiveObject) => LiveObject): void;
}

export class GarbageCollector {
  /** By the owner's uid, the keys of its dependents. */
  readonly #dependents = new Map<string, Map<string, LiveObject>>();
  readonly #uids = new Set<string>();

  constructor(private readonly world: GarbageWorld) {
    for (const object of world.storage.all()) this.#note(object);
  }

  onChange({ type, object, before }: Change): void {
    if (before) this.#forget(before);
    const { uid = '' } = object.metadata;
    if (type === 'DELETED') {
      this.#uids.delete(uid);
      for (const dependent of this.#dependentsOf(uid)) this.#settle(dependent);
      this.#tellOwners(object);
      return;
    }
    this.#note(object);
    if (type === 'ADDED' && (object.metadata.ownerReferences ?? []).length > 0) this.#settle(object);
    if (object.metadata.deletionTimestamp === undefined) return;
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes(orphanFinalizer)) this.#orphan(object);
    else if (finalizers.includes(foregroundFinalizer)) this.#deleteDependents(object);
  }

  #note(object: LiveObject): void {
    if (object.metadata.uid !== undefined) this.#uids.add(object.metadata.uid);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const known = this.#dependents.get(uid) ?? new Map<string, LiveObject>();
      known.set(keyOf(object), object);
      this.#dependents.set(uid, known);
    }
  }

  #forget(object: LiveObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const known = this.#dependents.get(uid);
      known?.delete(keyOf(object));
      if (known?.size === 0) this.#dependents.delete(uid);
    }
  }

  #dependentsOf(uid: string): readonly LiveObject[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  /** Deletes what has no owner left, and lets go of owners that are gone. */
  #settle(dependent: LiveObject): void {
    const owners = dependent.metadata.ownerReferences ?? [];
    const solid = owners.filter((owner) => this.#exists(owner, dependent));
    if (owners.length === 0 || solid.length === owners.length || !this.#isStored(dependent)) return;
    if (solid.length > 0) this.world.edit(dependent, (now) => withOwners(now, solid));
    else if (dependent.metadata.deletionTimestamp === undefined) this.world.delete(dependent, 'Background');
  }

  /** An owner must be where the reference says, with the same uid. */
  #exists({ uid, apiVersion, kind, name }: OwnerReference, { metadata }: LiveObject): boolean {
    if (!this.#uids.has(uid)) return false;
    const { group } = parseApiVersion(apiVersion);
    const { storage } = this.world;
    const found = storage.get(group, kind, metadata.namespace ?? '', name) ?? storage.get(group, kind, '', name);
    return found?.metadata.uid === uid;
  }

  #isStored(object: LiveObject): boolean {
    const { group } = parseApiVersion(object.apiVersion);
    return this.world.storage.get(group, object.kind, object.metadata.namespace ?? '', object.metadata.name)?.metadata.uid === object.metadata.uid;
  }

  #orphan(owner: LiveObject): void {
    const { uid = '' } = owner.metadata;
    for (const dependent of this.#dependentsOf(uid)) {
      const owners = (dependent.metadata.ownerReferences ?? []).filter((each) => each.uid !== uid);
      this.world.edit(dependent, (now) => withOwners(now, owners));
    }
    this.world.edit(owner, (now) => withoutFinalizer(now, orphanFinalizer));
  }

  /** The owner waits for those dependents that block it. */
  #deleteDependents(owner: LiveObject): void {
    const { uid = '' } = owner.metadata;
    for (const dependent of this.#dependentsOf(uid)) {
      if (dependent.metadata.deletionTimestamp !== undefined) continue;
      const others = (dependent.metadata.ownerReferences ?? []).filter((each) => each.uid !== uid && this.#exists(each, dependent));
      if (others.length > 0) this.world.edit(dependent, (now) => withOwners(now, others));
      else this.world.delete(dependent, this.#dependentsOf(dependent.metadata.uid ?? '').length > 0 ? 'Foreground' : 'Background');
    }
    this.#release(owner);
  }

  #release(owner: LiveObject): void {
    const { uid = '' } = owner.metadata;
    const isBlocked = this.#dependentsOf(uid).some(({ metadata }) => metadata.ownerReferences?.some((each) => each.uid === uid && each.blockOwnerDeletion === true));
    if (!isBlocked && this.#isStored(owner)) this.world.edit(owner, (now) => withoutFinalizer(now, foregroundFinalizer));
  }

  /** An owner that waited for this one may go now. */
  #tellOwners({ metadata }: LiveObject): void {
    for (const { apiVersion, kind, name, uid } of metadata.ownerReferences ?? []) {
      const { group } = parseApiVersion(apiVersion);
      const { storage } = this.world;
      const owner = storage.get(group, kind, metadata.namespace ?? '', name) ?? storage.get(group, kind, '', name);
      if (owner?.metadata.uid === uid && owner.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes(foregroundFinalizer)) this.#release(owner);
    }
  }
}

function withOwners(object: LiveObject, ownerReferences: readonly OwnerReference[]): LiveObject {
  const { ownerReferences: _before, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, name: object.metadata.name, ...(ownerReferences.length > 0 && { ownerReferences }) } };
}

function withoutFinalizer(object: LiveObject, name: string): LiveObject {
  const { finalizers: before = [], ...metadata } = object.metadata;
  const finalizers = before.filter((each) => each !== name);
  return { ...object, metadata: { ...metadata, name: object.metadata.name, ...(finalizers.length > 0 && { finalizers }) } };
}
