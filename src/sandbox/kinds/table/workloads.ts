/** The rows of workloads and what scales them (k8s.io/kubernetes v1.34, pkg/printers/internalversion). */
import { isJsonObject, type JsonObject } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, valueAt } from '../../../core/live/readFields.js';
import { ageOf, conditionOf, containerCells, countAt, formatLabels, formatScalar, formatSelector, printing, textOr } from './cells.js';
import { formatAge, formatDuration } from './durations.js';
import { printPod } from './pods.js';
import type { Printer } from './table.js';

const templateCells = (object: LiveObject): readonly [string, string] => containerCells(object, 'spec', 'template', 'spec');

const printReplicas = (selector: (object: LiveObject) => string): Printer =>
  printing((object, now) => [
    object.metadata.name,
    countAt(object, 'spec', 'replicas'),
    countAt(object, 'status', 'replicas'),
    countAt(object, 'status', 'readyReplicas'),
    ageOf(object, now),
    ...templateCells(object),
    selector(object),
  ]);

const readyOf = (object: LiveObject): string => `${countAt(object, 'status', 'readyReplicas')}/${countAt(object, 'spec', 'replicas')}`;

const printAutoscaler = printing((object, now) => [
  object.metadata.name,
  `${stringAt(object, 'spec', 'scaleTargetRef', 'kind')}/${stringAt(object, 'spec', 'scaleTargetRef', 'name')}`,
  formatMetrics(object),
  String(numberAt(object, 'spec', 'minReplicas') ?? '<unset>'),
  countAt(object, 'spec', 'maxReplicas'),
  countAt(object, 'status', 'currentReplicas'),
  ageOf(object, now),
]);

export const workloadPrinters: Readonly<Record<string, Printer>> = {
  'v1/Pod': printPod,
  'v1/PodTemplate': printing((object) => [object.metadata.name, ...containerCells(object, 'template', 'spec'), formatLabels(objectAt(object, 'template', 'metadata', 'labels'))]),
  'v1/ReplicationController': printReplicas((object) => formatLabels(objectAt(object, 'spec', 'selector'))),
  'apps/v1/ReplicaSet': printReplicas((object) => formatSelector(valueAt(object, 'spec', 'selector'))),
  'apps/v1/Deployment': printing((object, now) => [
    object.metadata.name,
    readyOf(object),
    countAt(object, 'status', 'updatedReplicas'),
    countAt(object, 'status', 'availableReplicas'),
    ageOf(object, now),
    ...templateCells(object),
    formatSelector(valueAt(object, 'spec', 'selector'), ''),
  ]),
  'apps/v1/StatefulSet': printing((object, now) => [object.metadata.name, readyOf(object), ageOf(object, now), ...templateCells(object)]),
  'apps/v1/DaemonSet': printing((object, now) => [
    object.metadata.name,
    countAt(object, 'status', 'desiredNumberScheduled'),
    countAt(object, 'status', 'currentNumberScheduled'),
    countAt(object, 'status', 'numberReady'),
    countAt(object, 'status', 'updatedNumberScheduled'),
    countAt(object, 'status', 'numberAvailable'),
    formatLabels(objectAt(object, 'spec', 'template', 'spec', 'nodeSelector')),
    ageOf(object, now),
    ...templateCells(object),
    formatSelector(valueAt(object, 'spec', 'selector')),
  ]),
  'apps/v1/ControllerRevision': printing((object, now) => [object.metadata.name, formatController(object), countAt(object, 'revision'), ageOf(object, now)]),
  'batch/v1/Job': printing((object, now) => [
    object.metadata.name,
    jobStatus(object),
    jobCompletions(object),
    jobDuration(object, now),
    ageOf(object, now),
    ...templateCells(object),
    formatSelector(valueAt(object, 'spec', 'selector')),
  ]),
  'batch/v1/CronJob': printing((object, now) => [
    object.metadata.name,
    stringAt(object, 'spec', 'schedule'),
    textOr('<none>', object, 'spec', 'timeZone'),
    formatFlag(valueAt(object, 'spec', 'suspend')),
    mapsAt(object, 'status', 'active').length,
    valueAt(object, 'status', 'lastScheduleTime') === undefined ? '<none>' : formatAge(stringAt(object, 'status', 'lastScheduleTime'), now),
    ageOf(object, now),
    ...containerCells(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec'),
    formatSelector(valueAt(object, 'spec', 'jobTemplate', 'spec', 'selector')),
  ]),
  'autoscaling/v1/HorizontalPodAutoscaler': printing((object, now) => printAutoscaler(withMetrics(object), now).cells),
  'autoscaling/v2/HorizontalPodAutoscaler': printAutoscaler,
  'policy/v1/PodDisruptionBudget': printing((object, now) => [
    object.metadata.name,
    budgetOf(object, 'minAvailable'),
    budgetOf(object, 'maxUnavailable'),
    countAt(object, 'status', 'disruptionsAllowed'),
    ageOf(object, now),
  ]),
};

function formatFlag(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : '<unset>';
}

function budgetOf(object: LiveObject, name: string): string {
  const value = valueAt(object, 'spec', name);
  return value === undefined ? 'N/A' : formatScalar(value);
}

function formatController({ metadata }: LiveObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!owner) return '<none>';
  const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
  return `${owner.kind.toLowerCase()}${group === '' || group === undefined ? '' : `.${group}`}/${owner.name}`;
}

function jobStatus(job: LiveObject): string {
  const has = (type: string): boolean => conditionOf(job, type)?.['status'] === 'True';
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function jobCompletions(job: LiveObject): string {
  const succeeded = countAt(job, 'status', 'succeeded');
  const completions = numberAt(job, 'spec', 'completions');
  if (completions !== undefined) return `${succeeded}/${completions}`;
  const parallelism = countAt(job, 'spec', 'parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: LiveObject, now: number): string {
  const start = Date.parse(stringAt(job, 'status', 'startTime'));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(stringAt(job, 'status', 'completionTime'));
  return formatDuration((Number.isNaN(end) ? now : end) - start);
}

/** An autoscaler of v1 has one metric: the utilization of the processor. */
function withMetrics(object: LiveObject): LiveObject {
  const target = numberAt(object, 'spec', 'targetCPUUtilizationPercentage');
  const current = numberAt(object, 'status', 'currentCPUUtilizationPercentage');
  if (target === undefined) return object;
  const resource = (part: JsonObject): JsonObject => ({ type: 'Resource', resource: { name: 'cpu', ...part } });
  return {
    ...object,
    spec: { ...objectAt(object, 'spec'), metrics: [resource({ target: { averageUtilization: target } })] },
    status: { ...objectAt(object, 'status'), currentMetrics: current === undefined ? [] : [resource({ current: { averageUtilization: current } })] },
  };
}

function formatMetrics(object: LiveObject): string {
  const specs = mapsAt(object, 'spec', 'metrics');
  if (specs.length === 0) return '<none>';
  const statuses = mapsAt(object, 'status', 'currentMetrics');
  const list = specs.map((spec, index) => formatMetric(spec, statuses[index] ?? {}));
  return list.length > 2 ? `${list.slice(0, 2).join(', ')} + ${list.length - 2} more...` : list.join(', ');
}

/** Where each type of metric has its facts, and whether the name of its resource stands before it. */
const metricFields: Readonly<Record<string, string>> = { External: 'external', Pods: 'pods', Object: 'object', Resource: 'resource', ContainerResource: 'containerResource' };

function formatMetric(spec: JsonObject, status: JsonObject): string {
  const type = stringAt(spec, 'type');
  const name = metricFields[type];
  if (name === undefined) return '<unknown type>';
  const target = objectAt(spec, name, 'target');
  const current = valueAt(status, name, 'current');
  const currentOf = (field: string): string => {
    const value = valueAt(current, field);
    return isJsonObject(current) && value !== undefined ? formatScalar(value) : '<unknown>';
  };
  const average = target['averageValue'];
  if (type === 'Resource' || type === 'ContainerResource') {
    const prefix = `${stringAt(spec, name, 'name')}: `;
    if (average !== undefined) return `${prefix}${currentOf('averageValue')}/${formatScalar(average)}`;
    const [now, wanted] = [numberAt(current, 'averageUtilization'), numberAt(target, 'averageUtilization')];
    return `${prefix}${now === undefined ? '<unknown>' : `${now}%`}/${wanted === undefined ? '<auto>' : `${wanted}%`}`;
  }
  if (type === 'Pods') return `${currentOf('averageValue')}/${formatScalar(average ?? '0')}`;
  return average === undefined ? `${currentOf('value')}/${formatScalar(target['value'] ?? '0')}` : `${currentOf('averageValue')}/${formatScalar(average)} (avg)`;
}
