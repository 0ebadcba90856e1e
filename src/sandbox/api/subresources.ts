/** What stands below objects: the eviction and binding and log of pods, the last step of a namespace. */
import type { JsonObject, JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt } from '../../core/live/readFields.js';
import { formatTime } from '../../services/syncClock.js';
import { matchesSelector } from '../workloads/selectors.js';
import { ApiError, badRequest, conflict, invalid } from './apiError.js';
import type { ObjectApi } from './objectApi.js';
import type { Target, WriteOptions } from './writes.js';

/** Deletes a pod unless a budget forbids it (pkg/registry/core/pod/storage/eviction.go). */
export function evictPod(api: ObjectApi, target: Target, body: JsonValue, dryRun: boolean): JsonObject {
  const pod = api.writes.live(target);
  const selects = (budget: LiveObject): boolean => matchesSelector(objectAt(budget, 'spec', 'selector'), pod.metadata.labels ?? {});
  const budgets = api.list('policy', 'PodDisruptionBudget', target.namespace).filter(selects);
  if (budgets.length > 1) throw new ApiError(500, 'InternalError', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const [budget] = budgets;
  if (budget && (numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) <= 0 && stringAt(pod, 'status', 'phase') === 'Running') {
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
  const node = stringAt(body, 'target', 'name');
  if (node === '') throw invalid({ group: '', kind: 'Binding' }, target.name, [{ field: 'target.name', reason: 'FieldValueRequired', message: 'Required value' }]);
  const pod = api.writes.live(target);
  const taken = stringAt(pod, 'spec', 'nodeName');
  if (taken !== '') throw conflict({ group: '', plural: 'pods/binding', name: target.name }, `pod ${target.name} is already assigned to node "${taken}"`);
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: formatTime(api.clock.now()) };
  const change = (live: LiveObject): JsonObject => ({
    ...live,
    spec: { ...objectAt(live, 'spec'), nodeName: node },
    status: { ...objectAt(live, 'status'), conditions: [...mapsAt(live, 'status', 'conditions').filter(({ type }) => type !== 'PodScheduled'), scheduled] },
  });
  api.writes.patch(target, change, { ...options, subresource: 'binding' });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** What a simulated container has said: it started. */
export function logOf(pod: LiveObject, container: string | undefined): string {
  const containers = mapsAt(pod, 'spec', 'containers').map((each) => stringAt(each, 'name'));
  const { name } = pod.metadata;
  if (container !== undefined && !containers.includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  if (container === undefined && containers.length > 1) throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`);
  const chosen = container ?? containers[0] ?? '';
  const state = mapsAt(pod, 'status', 'containerStatuses').find((each) => each['name'] === chosen);
  const startedAt = stringAt(state, 'state', 'running', 'startedAt') || stringAt(state, 'state', 'terminated', 'startedAt');
  if (startedAt === '') {
    const reason = stringAt(state, 'state', 'waiting', 'reason') || 'ContainerCreating';
    throw badRequest(`container "${chosen}" in pod "${name}" is waiting to start: ${reason}`);
  }
  return `${startedAt} simulated container ${chosen} started\n`;
}

/** Takes the finalizers of a namespace's spec as they are given. */
export function finalizeNamespace(api: ObjectApi, target: Target, body: JsonValue, options: WriteOptions): LiveObject {
  const finalizers = objectAt(body, 'spec')['finalizers'];
  return api.writes.patch(target, (live) => ({ ...live, spec: { ...objectAt(live, 'spec'), finalizers } }), { ...options, subresource: 'finalize' });
}
