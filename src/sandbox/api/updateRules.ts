/**
 * What a real API server makes of a changed object: what an endpoint doesn't take stays as it was, what only the server
 * sets is kept, and a change of what is wanted counts the generation up (Kubernetes v1.34, the strategies in pkg/registry;
 * apiserver pkg/registry/rest/update.go).
 */
import { jsonEquals, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { LiveObject, ObjectMeta } from '../../core/live/liveObject.js';
import type { SandboxKind } from '../kinds/kinds.js';
import { objectAt } from '../../core/live/readFields.js';
import { allocateService } from '../kinds/defaults/services.js';
import { withMetadata } from './createRules.js';
import type { Storage } from './storage.js';

export interface UpdateContext {
  readonly storage: Storage;
  readonly kind: SandboxKind;
  /** `status`; empty for the object itself. */
  readonly subresource: string;
}

export function prepareForUpdate(before: LiveObject, after: LiveObject, context: UpdateContext): LiveObject {
  const { kind, subresource } = context;
  const kept = { ...after, metadata: systemFields(before.metadata, after.metadata) };
  if (subresource === 'status') return onlyStatus(before, kept, kind);
  const withStatus = kind.subresources.includes('status') && subresource !== 'binding' ? withField(kept, 'status', before['status']) : kept;
  const settled = settle(before, withStatus, context);
  return kind.hasGeneration && isNewGeneration(before, settled, kind) ? withMetadata(settled, { generation: (before.metadata.generation ?? 0) + 1 }) : settled;
}

/** Of a Deployment the annotations count too. */
function isNewGeneration(before: LiveObject, after: LiveObject, kind: SandboxKind): boolean {
  const isNoted = kind.kind === 'Deployment' && kind.group === 'apps';
  return !jsonEquals(wantedOf(before, kind), wantedOf(after, kind)) || (isNoted && !jsonEquals(before.metadata.annotations ?? {}, after.metadata.annotations ?? {}));
}

/** What the kind keeps of the object before, and addresses. */
function settle(before: LiveObject, after: LiveObject, { kind, storage, subresource }: UpdateContext): LiveObject {
  const prepared = kind.prepareUpdate(after, before);
  const key = `${kind.group}/${kind.kind}`;
  if (key === '/Service') return allocateService(prepared, storage.list('', 'Service'));
  // only its finalize endpoint takes them
  return key === '/Namespace' && subresource !== 'finalize'
    ? { ...prepared, spec: { ...objectAt(prepared, 'spec'), finalizers: objectAt(before, 'spec')['finalizers'] } }
    : prepared;
}

/** What clients can't set: taken from the object as it was. */
function systemFields(before: ObjectMeta, after: ObjectMeta): ObjectMeta {
  const { uid, creationTimestamp, deletionTimestamp, generation, deletionGracePeriodSeconds, resourceVersion, generateName } = before;
  const { uid: _u, creationTimestamp: _c, deletionTimestamp: _d, generation: _g, deletionGracePeriodSeconds: _s, resourceVersion: _r, ...rest } = after;
  return {
    ...rest,
    ...(after['generateName'] === undefined && generateName !== undefined && { generateName }),
    ...(uid !== undefined && { uid }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
    ...(generation !== undefined && { generation }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

/** Kinds whose status endpoint takes nothing of the metadata but the managed fields. */
const bareStatus = new Set(['apiextensions.k8s.io/CustomResourceDefinition', 'apiregistration.k8s.io/APIService']);

function onlyStatus(before: LiveObject, after: LiveObject, kind: SandboxKind): LiveObject {
  const isBare = kind.emptyObject === undefined || bareStatus.has(`${kind.group}/${kind.kind}`);
  const { managedFields } = after.metadata;
  const metadata = isBare
    ? { ...before.metadata, ...(managedFields !== undefined && { managedFields }) }
    : withKept(before.metadata, after.metadata, keptByStatus[`${kind.group}/${kind.kind}`] ?? []);
  const others = Object.keys({ ...before, ...after }).filter((name) => !['status', 'metadata', 'apiVersion', 'kind'].includes(name));
  const kept = Object.fromEntries(others.flatMap((name) => (before[name] === undefined ? [] : [[name, before[name]]])));
  const status = after['status'];
  return { apiVersion: after.apiVersion, kind: after.kind, metadata, ...kept, ...(status !== undefined && { status }) };
}

/** Metadata that the status endpoint of a kind doesn't take. */
const keptByStatus: Readonly<Record<string, readonly string[]>> = { 'apps/Deployment': ['labels'], '/Pod': ['ownerReferences'] };

function withKept(before: ObjectMeta, after: ObjectMeta, names: readonly string[]): ObjectMeta {
  if (names.length === 0) return after;
  const others = Object.entries(after).filter(([name]) => !names.includes(name));
  const kept = names.flatMap((name) => (before[name] === undefined ? [] : [[name, before[name]] as const]));
  return { ...Object.fromEntries([...others, ...kept]), name: after.name };
}

function withField(object: LiveObject, name: string, value: JsonValue | undefined): LiveObject {
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _gone, ...rest } = object;
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata };
}

/** All that isn't metadata or, where that is written by itself, status. */
function wantedOf(object: LiveObject, kind: SandboxKind): JsonObject {
  const { metadata: _metadata, apiVersion: _apiVersion, kind: _kind, status, ...rest } = object;
  return kind.subresources.includes('status') || status === undefined ? rest : { ...rest, status };
}
