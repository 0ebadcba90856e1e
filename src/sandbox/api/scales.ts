/**
 * The scale of an object: an `autoscaling/v1` object of its own, with those of the object's managers that own its replicas
 * (Kubernetes v1.34, pkg/registry/apps/deployment/storage/storage.go; apimachinery v0.34,
 * pkg/util/managedfields/scalehandler.go; apiextensions-apiserver v0.34, pkg/registry/customresource/etcd.go).
 */
import { readManagers, writeManagers, type Manager, type Managers } from '../../core/apply/managers.js';
import { withManagedFields } from '../../core/apply/trackUpdate.js';
import type { ElementPath } from '../../core/live/fieldElement.js';
import { fieldsOf, hasField, isNoFields, subtractFields } from '../../core/live/fieldSet.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { apiVersionOf, parseApiVersion } from '../../core/objects/resId.js';
import { mapsAt, numberAt, objectAt, stringAt, textsOf, valueAt } from '../../core/live/readFields.js';
import type { SandboxKind, SandboxKinds, ScalePaths } from '../kinds/kinds.js';
import { ApiError, badRequest, conflict, invalid, noSuchPath } from './apiError.js';
import type { Target } from './writes.js';

const scaleVersion = 'autoscaling/v1';
/** The replicas of the scale of a custom object that has none. */
const unset = -(2 ** 31);
const replicasOfScale: ElementPath = ['f:spec', 'f:replicas'];

/** The scale as it is read; throws an ApiError for an object that says nothing of its replicas. */
export function scaleOf({ kind }: Pick<Target, 'kind'>, object: LiveObject): LiveObject {
  const { specReplicas } = pathsOf(kind);
  if (kind.emptyObject === undefined && valueAt(object, ...stepsOf(specReplicas)) === undefined) {
    throw new ApiError(500, 'InternalError', `Internal error occurred: the spec replicas field "${specReplicas}" does not exist`, {
      causes: [{ message: `the spec replicas field "${specReplicas}" does not exist` }],
    });
  }
  return madeScale(kind, object);
}

/** The scale that a write begins with: with its managers. */
export function managedScaleOf({ kind }: Pick<Target, 'kind'>, object: LiveObject, kinds: SandboxKinds): LiveObject {
  const owners: Manager[] = [];
  for (const manager of managersOf(object).values()) {
    const path = replicasPath(manager, kind, kinds);
    if (path && hasField(manager.fields, path)) owners.push({ ...withoutForm(manager), apiVersion: scaleVersion, fields: fieldsOf([replicasOfScale]) });
  }
  const scale = madeScale(kind, object);
  const isSet = kind.emptyObject !== undefined || valueAt(object, ...stepsOf(pathsOf(kind).specReplicas)) !== undefined;
  return withManagedFields(isSet ? scale : { ...scale, spec: { replicas: unset } }, writeManagers(owners));
}

/** The object with what a scale says: its replicas, who owns them, and the version that the client saw. */
export function withScale({ kind, name }: Pick<Target, 'kind' | 'name'>, object: LiveObject, scale: LiveObject, kinds: SandboxKinds): LiveObject {
  const { uid, resourceVersion } = scale.metadata;
  const { specReplicas } = pathsOf(kind);
  const replicas = numberAt(scale, 'spec', 'replicas') ?? 0;
  if (replicas === unset) throw badRequest(`the spec replicas field "${specReplicas}" cannot be empty`);
  if (kind.emptyObject !== undefined && replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message }]);
  }
  if (uid !== undefined && uid !== '' && uid !== object.metadata.uid) {
    const subject = { group: kind.group, plural: `${kind.plural}/scale`, name };
    throw conflict(subject, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid ?? ''}`);
  }
  const scaled = withValue(object, stepsOf(specReplicas), replicas);
  const metadata = { ...object.metadata, ...(resourceVersion !== undefined && { resourceVersion }) };
  return withManagedFields({ ...object, ...scaled, metadata }, writeManagers(managersWith(object, scale, kind, kinds)));
}

function madeScale(kind: SandboxKind, object: LiveObject): LiveObject {
  const { specReplicas, statusReplicas, labelSelector } = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const ownSelector = kind.emptyObject === undefined ? '' : selectorText(objectAt(object, 'spec', 'selector'));
  const selector = labelSelector === undefined ? ownSelector : stringAt(object, ...stepsOf(labelSelector));
  // as everywhere in Go's JSON, 0 is left out
  const replicas = numberAt(object, ...stepsOf(specReplicas)) ?? 0;
  return {
    kind: 'Scale',
    apiVersion: scaleVersion,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: { ...(replicas !== 0 && { replicas }) },
    status: { replicas: numberAt(object, ...stepsOf(statusReplicas)) ?? 0, ...(selector !== '' && { selector }) },
  };
}

/**
 * The object's managers after a write of its scale. Those that update are told apart by their version, which is another in
 * the scale: a server takes the replicas from the object's own entry of such a manager, and notes them in one beside it,
 * without a time.
 */
function managersWith(object: LiveObject, scale: LiveObject, kind: SandboxKind, kinds: SandboxKinds): readonly Manager[] {
  const ofScale = new Map(managersOf(scale));
  const kept: Manager[] = [];
  for (const [id, manager] of managersOf(object)) {
    const path = replicasPath(manager, kind, kinds);
    if (path === undefined) continue;
    if (path === null || !hasField(manager.fields, path) || ofScale.delete(id)) {
      kept.push(manager);
      continue;
    }
    const fields = subtractFields(manager.fields, fieldsOf([path]));
    if (!isNoFields(fields)) kept.push({ ...manager, fields });
  }
  const path = stepsOf(pathsOf(kind).specReplicas).map((step): `f:${string}` => `f:${step}`);
  const added = [...ofScale.values()].filter(({ fields }) => hasField(fields, replicasOfScale));
  return [...kept, ...added.map((manager): Manager => ({ ...withoutForm(manager), apiVersion: apiVersionOf(kind), time: undefined, fields: fieldsOf([path]) }))];
}

function managersOf({ metadata }: LiveObject): Managers {
  const managers = readManagers(metadata.managedFields);
  return typeof managers === 'string' ? new Map() : managers;
}

function withoutForm({ read: _read, ...manager }: Manager): Manager {
  return manager;
}

/** Where the manager's version has the replicas; null for a version without a scale, undefined for one that isn't known. */
function replicasPath({ apiVersion }: Manager, kind: SandboxKind, kinds: SandboxKinds): ElementPath | null | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  const known = group === kind.group ? (kinds.findKind(group, kind.kind, version) ?? (kind.emptyObject && kind)) : undefined;
  if (!known) return undefined;
  return known.scale ? stepsOf(known.scale.specReplicas).map((step): `f:${string}` => `f:${step}`) : null;
}

function pathsOf({ scale }: SandboxKind): ScalePaths {
  if (!scale) throw noSuchPath();
  return scale;
}

/** Of `.spec.replicas`. */
function stepsOf(path: string): readonly string[] {
  return path.split('.').filter((step) => step !== '');
}

function withValue(object: JsonObject, [first, ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (first === undefined) return object;
  const inner = object[first];
  return { ...object, [first]: rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value) };
}

/** `app=web,tier in (a,b)` */
function selectorText(selector: JsonObject): string {
  const { matchLabels, matchExpressions } = selector;
  const labels = isJsonObject(matchLabels) ? matchLabels : matchExpressions === undefined ? selector : {};
  const equal = Object.entries(textsOf(labels)).map(([name, value]) => `${name}=${value}`);
  const expressions = mapsAt(selector, 'matchExpressions').map((each) => {
    const [key, operator] = [stringAt(each, 'key'), stringAt(each, 'operator')];
    const { values } = each;
    if (operator === 'Exists') return key;
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${Array.isArray(values) ? values.join(',') : ''})`;
  });
  return [...equal.sort(), ...expressions].join(',');
}
