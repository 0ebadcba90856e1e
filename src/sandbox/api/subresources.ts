/** What stands below objects: their scale, the eviction and binding and log of pods, the last step of a namespace. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { formatTime, itemsAt, mapAt, numberAt, textAt, textsOf } from '../fields.js';
import type { ScalePaths } from '../kinds/kinds.js';
import { matchesSelector } from '../workloads/selectors.js';
import { ApiError, badRequest, conflict, invalid, noSuchPath } from './apiError.js';
import type { ObjectApi } from './objectApi.js';
import { subjectOf, type Target, type WriteOptions } from './writes.js';

/** `autoscaling/v1 Scale` of an object (pkg/registry/apps/deployment/storage of Kubernetes v1.34). */
export function scaleOf(target: Target, object: LiveObject): JsonObject {
  const paths = pathsOf(target);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.labelSelector === undefined ? selectorText(mapAt(object, 'spec', 'selector')) : textAt(object, ...stepsOf(paths.labelSelector));
  // as everywhere in Go's JSON, 0 is left out
  const replicas = numberAt(object, ...stepsOf(paths.specReplicas)) ?? 0;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: { ...(replicas > 0 && { replicas }) },
    status: { replicas: numberAt(object, ...stepsOf(paths.statusReplicas)) ?? 0, ...(selector !== '' && { selector }) },
  };
}

/** Writes the replicas that a Scale asks for. */
export function writeScale(api: ObjectApi, target: Target, scale: JsonValue, options: WriteOptions): LiveObject {
  if (!isJsonObject(scale) || (textAt(scale, 'kind') || 'Scale') !== 'Scale') throw badRequest('the body of the request is not a Scale');
  const live = api.writes.live(target);
  const { resourceVersion = '', uid = '' } = mapAt(scale, 'metadata');
  if (resourceVersion !== '' && resourceVersion !== live.metadata.resourceVersion) {
    throw conflict(subjectOf(target), 'the object has been modified; please apply your changes to the latest version and try again');
  }
  if (uid !== '' && uid !== live.metadata.uid)
    throw conflict(subjectOf(target), `Precondition failed: UID in precondition: ${textAt(scale, 'metadata', 'uid')}, UID in object meta: ${live.metadata.uid ?? ''}`);
  const replicas = numberAt(scale, 'spec', 'replicas') ?? 0;
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, target.name, [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message }]);
  }
  return api.writes.patch(target, (object) => withValue(object, stepsOf(pathsOf(target).specReplicas), replicas), options);
}

function pathsOf({ kind }: Target): ScalePaths {
  if (!kind.scale) throw noSuchPath();
  return kind.scale;
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
  const expressions = itemsAt(selector, 'matchExpressions').map((each) => {
    const [key, operator] = [textAt(each, 'key'), textAt(each, 'operator')];
    const { values } = each;
    if (operator === 'Exists') return key;
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${Array.isArray(values) ? values.join(',') : ''})`;
  });
  return [...equal.sort(), ...expressions].join(',');
}

/** Deletes a pod unless a budget forbids it (pkg/registry/core/pod/storage/eviction.go). */
export function evictPod(api: ObjectApi, target: Target, body: JsonValue, dryRun: boolean): JsonObject {
  const pod = api.writes.live(target);
  const selects = (budget: LiveObject): boolean => matchesSelector(mapAt(budget, 'spec', 'selector'), pod.metadata.labels ?? {});
  const budgets = api.list('policy', 'PodDisruptionBudget', target.namespace).filter(selects);
  if (budgets.length > 1) throw new ApiError(500, 'InternalError', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const [budget] = budgets;
  if (budget && (numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) <= 0 && textAt(pod, 'status', 'phase') === 'Running') {
    const name = budget.metadata.name;
    const message = `The disruption budget ${name} needs ${numberAt(budget, 'status', 'desiredHealthy') ?? 0} healthy pods and has ${numberAt(budget, 'status', 'currentHealthy') ?? 0} currently`;
    throw new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", { causes: [{ reason: 'DisruptionBudget', message }] });
  }
  const gracePeriodSeconds = numberAt(body, 'deleteOptions', 'gracePeriodSeconds');
  api.deletions.delete(target, { gracePeriodSeconds, dryRun });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** Puts a pod on a node, as a scheduler does. */
export function bindPod(api: ObjectApi, target: Target, body: JsonValue, options: WriteOptions): JsonObject {
  const node = textAt(body, 'target', 'name');
  if (node === '') throw invalid({ group: '', kind: 'Binding' }, target.name, [{ field: 'target.name', reason: 'FieldValueRequired', message: 'Required value' }]);
  const pod = api.writes.live(target);
  const taken = textAt(pod, 'spec', 'nodeName');
  if (taken !== '') throw conflict({ group: '', plural: 'pods/binding', name: target.name }, `pod ${target.name} is already assigned to node "${taken}"`);
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: formatTime(api.clock.now()) };
  const change = (live: LiveObject): JsonObject => ({
    ...live,
    spec: { ...mapAt(live, 'spec'), nodeName: node },
    status: { ...mapAt(live, 'status'), conditions: [...itemsAt(live, 'status', 'conditions').filter(({ type }) => type !== 'PodScheduled'), scheduled] },
  });
  api.writes.patch(target, change, { ...options, subresource: 'binding' });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** What a simulated container has said: it started. */
export function logOf(pod: LiveObject, container: string | undefined): string {
  const containers = itemsAt(pod, 'spec', 'containers').map((each) => textAt(each, 'name'));
  const { name } = pod.metadata;
  if (container !== undefined && !containers.includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  if (container === undefined && containers.length > 1) throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`);
  const chosen = container ?? containers[0] ?? '';
  const state = itemsAt(pod, 'status', 'containerStatuses').find((each) => each['name'] === chosen);
  const startedAt = textAt(state, 'state', 'running', 'startedAt') || textAt(state, 'state', 'terminated', 'startedAt');
  if (startedAt === '') {
    const reason = textAt(state, 'state', 'waiting', 'reason') || 'ContainerCreating';
    throw badRequest(`container "${chosen}" in pod "${name}" is waiting to start: ${reason}`);
  }
  return `${startedAt} simulated container ${chosen} started\n`;
}

/** Takes the finalizers of a namespace's spec as they are given. */
export function finalizeNamespace(api: ObjectApi, target: Target, body: JsonValue, options: WriteOptions): LiveObject {
  const finalizers = mapAt(body, 'spec')['finalizers'];
  return api.writes.patch(target, (live) => ({ ...live, spec: { ...mapAt(live, 'spec'), finalizers } }), { ...options, subresource: 'finalize' });
}
