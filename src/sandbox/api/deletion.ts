/**
 * Deleting as a real API server does it: preconditions, finalizers, the time that pods get to end, and what becomes of
 * dependents (Kubernetes v1.34, apiserver pkg/registry/generic/registry/store.go Delete, pkg/registry/rest/delete.go).
 */
import type { LiveObject } from '../../core/live/liveObject.js';
import { numberAt, stringAt } from '../../core/live/readFields.js';
import { formatTime } from '../../services/syncClock.js';
import { conflict, forbidden, notFound } from './apiError.js';
import { definitionCleanup } from './definitions.js';
import { inVersion, subjectOf, type Target, type WriteWorld } from './writes.js';

export type Propagation = 'Foreground' | 'Background' | 'Orphan';

export interface DeletionOptions {
  readonly propagation?: Propagation | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What became of an object: gone, or still there and ending. */
export interface Deletion {
  readonly isGone: boolean;
  /** Its last state. */
  readonly object: LiveObject;
}

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

export class Deletions {
  constructor(private readonly world: WriteWorld) {}

  delete(target: Target, options: DeletionOptions): Deletion {
    const { kind, namespace, name } = target;
    const { storage } = this.world;
    const stored = storage.get(kind.group, kind.kind, namespace, name);
    if (!stored) throw notFound(subjectOf(target));
    checkPreconditions(target, stored, options);
    if (kind.group === '' && kind.kind === 'Namespace' && protectedNamespaces.has(name)) throw forbidden(subjectOf(target), 'this namespace may not be deleted');
    const grace = graceOf(stored, options);
    const ending = this.#ending(stored, grace, options);
    const isGone = mayGo(ending) && grace === 0;
    // what goes at once was never marked
    const last = isGone && stored.metadata.deletionTimestamp === undefined ? stored : ending;
    if (options.dryRun) return { isGone, object: inVersion(kind, last) };
    const object = storage.write(() => (isGone ? storage.remove(last) : ending === stored ? stored : storage.put(ending)));
    return { isGone, object: inVersion(kind, object) };
  }

  /** The object with what marks it as being deleted. */
  #ending(stored: LiveObject, grace: number, { propagation }: DeletionOptions): LiveObject {
    const { finalizers: before = [] } = stored.metadata;
    const others = before.filter((each) => each !== foregroundFinalizer && each !== orphanFinalizer);
    const wanted = propagation === 'Foreground' ? [foregroundFinalizer] : propagation === 'Orphan' ? [orphanFinalizer] : [];
    const cleaned = stored.kind === 'CustomResourceDefinition' && stored.metadata.deletionTimestamp === undefined ? [definitionCleanup] : [];
    const kept = propagation === undefined && cleaned.length === 0 ? before : [...new Set([...others, ...wanted, ...cleaned])];
    const finalizers = kept.length === before.length && kept.every((each) => before.includes(each)) ? before : kept;
    const { deletionTimestamp, generation } = stored.metadata;
    const isMarked = deletionTimestamp !== undefined;
    const isShorter = isMarked && grace < (numberAt(stored, 'metadata', 'deletionGracePeriodSeconds') ?? 0);
    if (isMarked && !isShorter && finalizers === before) return stored;
    const marks =
      isMarked && !isShorter
        ? {}
        : {
            deletionTimestamp: formatTime(this.world.clock.now() + grace * 1000),
            deletionGracePeriodSeconds: grace,
            ...(!isMarked && generation !== undefined && { generation: generation + 1 }),
          };
    const { finalizers: _before, ...metadata } = stored.metadata;
    const marked: LiveObject = { ...stored, metadata: { ...metadata, name: stored.metadata.name, ...(finalizers.length > 0 && { finalizers }), ...marks } };
    return marked.kind === 'Namespace' && marked.apiVersion === 'v1' ? { ...marked, status: { phase: 'Terminating' } } : marked;
  }
}

const protectedNamespaces = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing holds it: no finalizers, and for a namespace none of those in its spec. */
export function mayGo(object: LiveObject): boolean {
  if ((object.metadata.finalizers ?? []).length > 0) return false;
  return !(object.apiVersion === 'v1' && object.kind === 'Namespace') || spelledFinalizers(object) === 0;
}

function spelledFinalizers(namespace: LiveObject): number {
  const spec = namespace['spec'];
  if (typeof spec !== 'object' || spec === null || !('finalizers' in spec)) return 0;
  return Array.isArray(spec.finalizers) ? spec.finalizers.length : 0;
}

/** Seconds until the object may go. Only pods that run on a node get any. */
function graceOf(object: LiveObject, { gracePeriodSeconds }: DeletionOptions): number {
  if (object.apiVersion !== 'v1' || object.kind !== 'Pod') return 0;
  if (stringAt(object, 'spec', 'nodeName') === '' || ['Succeeded', 'Failed'].includes(stringAt(object, 'status', 'phase'))) return 0;
  return Math.max(0, gracePeriodSeconds ?? numberAt(object, 'spec', 'terminationGracePeriodSeconds') ?? 30);
}

/** As apiserver v0.34 words it (pkg/registry/rest/delete.go). */
function checkPreconditions({ kind, name }: Target, { metadata }: LiveObject, { uid, resourceVersion }: DeletionOptions): void {
  const subject = { group: kind.group, plural: kind.kind, name };
  const { uid: ownUid = '', resourceVersion: ownVersion = '' } = metadata;
  if (uid !== undefined && uid !== ownUid) {
    throw conflict(subject, `the UID in the precondition (${uid}) does not match the UID in record (${ownUid}). The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && resourceVersion !== ownVersion) {
    throw conflict(
      subject,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${ownVersion}). The object might have been modified`,
    );
  }
}
