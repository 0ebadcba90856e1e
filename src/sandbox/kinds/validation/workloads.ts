/** Workloads, and what scales and protects them (k8s.io/kubernetes v1.34, pkg/apis/apps, batch, autoscaling, policy validation). */
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, valueAt } from '../../../core/live/readFields.js';
import { countOrShare, filled, immutable, isSelected, notNegative, oneOf, selector, type Errors } from './checks.js';
import { checkClaimSpec } from './claims.js';
import { forbidden, invalid, notSupported, required } from './fieldErrors.js';
import { checkPodSpec, checkPodUpdate, checkTemplate } from './podSpecs.js';
import { checkSchedule } from './schedules.js';

/** @param before undefined for a new object */
export type Check = (object: LiveObject, before: LiveObject | undefined) => Errors;

const numbers = (spec: JsonObject, ...names: readonly string[]): Errors => names.flatMap((name) => notNegative(`spec.${name}`, spec[name]));

/** The selector of a workload: there, not empty, readable, and one that selects the pods of the template. */
function checkSelection(spec: JsonObject, kind: string): Errors {
  const own = spec['selector'];
  const labels = valueAt(spec, 'template', 'metadata', 'labels') ?? null;
  const mismatch = invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  const isDaemon = kind === 'daemonset';
  if (!isJsonObject(own)) return isDaemon ? [mismatch] : [required('spec.selector'), mismatch];
  if (Object.keys(own).length === 0) return [invalid('spec.selector', own, `empty selector is invalid for ${kind}`)];
  const errors = selector('spec.selector', own);
  if (errors.length === 0) return isSelected(isJsonObject(labels) ? labels : {}, own) ? [] : [mismatch];
  return isDaemon ? errors : [...errors, invalid('spec.selector', own, kind === 'statefulset' ? '' : 'invalid label selector')];
}

function checkRestarts(spec: JsonObject, kind: string): Errors {
  const pods = objectAt(spec, 'template', 'spec');
  const policy = pods['restartPolicy'];
  return [
    ...(policy === 'OnFailure' || policy === 'Never' ? [notSupported('spec.template.spec.restartPolicy', policy, ['Always'])] : []),
    ...(pods['activeDeadlineSeconds'] === undefined ? [] : [forbidden('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`)]),
  ];
}

/** Both the share that may be gone and the one that may be added; of both zero nothing could be replaced. */
function checkRolling(rolling: JsonObject, path: string): Errors {
  const { maxUnavailable, maxSurge } = rolling;
  const isZero = (value: JsonValue | undefined): boolean => value === 0 || value === '0%';
  return [
    ...countOrShare(`${path}.maxUnavailable`, maxUnavailable, 100),
    ...countOrShare(`${path}.maxSurge`, maxSurge),
    ...(isZero(maxUnavailable) && isZero(maxSurge) ? [invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
  ];
}

const checkDeployment: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  const { strategy } = spec;
  const type = stringAt(strategy, 'type');
  const rolling = valueAt(strategy, 'rollingUpdate');
  const [deadline, ready] = [numberAt(spec, 'progressDeadlineSeconds'), numberAt(spec, 'minReadySeconds') ?? 0];
  return [
    ...numbers(spec, 'replicas'),
    ...checkSelection(spec, 'deployment'),
    ...checkTemplate(objectAt(spec, 'template'), 'spec.template'),
    ...checkRestarts(spec, 'ReplicaSet'),
    ...(type === 'Recreate' && rolling !== undefined ? [forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")] : []),
    ...(type === 'RollingUpdate' ? checkRolling(objectAt(rolling), 'spec.strategy.rollingUpdate') : []),
    ...(type !== 'Recreate' && type !== 'RollingUpdate' ? [notSupported('spec.strategy', goForm(strategy, ['type', 'rollingUpdate']), ['Recreate', 'RollingUpdate'])] : []),
    ...numbers(spec, 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'),
    ...(deadline !== undefined && deadline <= ready ? [invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')] : []),
    ...(before ? immutable('spec.selector', spec['selector'], valueAt(before, 'spec', 'selector')) : []),
  ];
};

/** A value as Go prints the type behind it: fields with capitals, null where they aren't set. */
function goForm(value: JsonValue | undefined, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.map((name) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, valueAt(value, name) ?? null]));
}

const checkReplicaSet: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  return [
    ...numbers(spec, 'replicas', 'minReadySeconds'),
    ...checkSelection(spec, 'deployment'),
    ...checkTemplate(objectAt(spec, 'template'), 'spec.template'),
    ...checkRestarts(spec, 'ReplicaSet'),
    ...(before ? immutable('spec.selector', spec['selector'], valueAt(before, 'spec', 'selector')) : []),
  ];
};

const checkController: Check = ({ spec: value }) => {
  const spec = objectAt(value);
  const chosen = objectAt(spec, 'selector');
  const labels = valueAt(spec, 'template', 'metadata', 'labels');
  const isEmpty = Object.keys(chosen).length === 0;
  const isOff = isJsonObject(spec['template']) && !isEmpty && !isSelected(objectAt(labels), { matchLabels: chosen });
  return [
    ...numbers(spec, 'minReadySeconds'),
    ...(isEmpty ? [required('spec.selector')] : []),
    ...numbers(spec, 'replicas'),
    ...(spec['template'] === undefined || spec['template'] === null ? [required('spec.template')] : []),
    ...(isOff ? [invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')] : []),
    ...(isJsonObject(spec['template']) ? [...checkTemplate(spec['template'], 'spec.template'), ...checkRestarts(spec, 'ReplicationController')] : []),
  ];
};

const whenGone = ['Retain', 'Delete'];
const changeable = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];

const checkStatefulSet: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  const policy = spec['podManagementPolicy'];
  const { updateStrategy } = spec;
  const [type, rolling] = [stringAt(updateStrategy, 'type'), valueAt(updateStrategy, 'rollingUpdate')];
  const kept = objectAt(spec, 'persistentVolumeClaimRetentionPolicy');
  const claims = mapsAt(spec, 'volumeClaimTemplates').map((each) => stringAt(each, 'metadata', 'name'));
  return [
    ...(policy === 'OrderedReady' || policy === 'Parallel' ? [] : [invalid('spec.podManagementPolicy', policy ?? '', "must be 'OrderedReady' or 'Parallel'")]),
    ...(type === 'RollingUpdate' || type === 'OnDelete'
      ? []
      : [invalid('spec.updateStrategy', goForm(updateStrategy, ['type', 'rollingUpdate']), "must be 'RollingUpdate' or 'OnDelete'")]),
    ...(type === 'OnDelete' && rolling !== undefined
      ? [invalid('spec.updateStrategy.rollingUpdate', { Partition: 0, MaxUnavailable: null }, "only allowed for updateStrategy 'RollingUpdate'")]
      : []),
    ...(type === 'RollingUpdate' ? notNegative('spec.updateStrategy.rollingUpdate.partition', valueAt(rolling, 'partition')) : []),
    ...['whenDeleted', 'whenScaled'].flatMap((name) => oneOf(`spec.persistentVolumeClaimRetentionPolicy.${name}`, kept[name], whenGone)),
    ...numbers(spec, 'replicas', 'minReadySeconds'),
    ...notNegative('spec.ordinals.start', valueAt(spec, 'ordinals', 'start')),
    ...checkSelection(spec, 'statefulset'),
    ...checkTemplate(objectAt(spec, 'template'), 'spec.template', claims),
    ...(before ? [] : mapsAt(spec, 'volumeClaimTemplates').flatMap((claim, index) => checkClaimSpec(objectAt(claim, 'spec'), `spec.volumeClaimTemplates[${index}].spec`))),
    ...checkRestarts(spec, 'StatefulSet'),
    ...(before ? checkFixed(spec, objectAt(before, 'spec')) : []),
  ];
};

function checkFixed(spec: JsonObject, before: JsonObject): Errors {
  const fixed = (of: JsonObject): JsonObject => Object.fromEntries(Object.entries(of).filter(([name]) => !changeable.includes(name)));
  if (jsonEquals(fixed(spec), fixed(before))) return [];
  const names = `${changeable
    .slice(0, -1)
    .map((name) => `'${name}'`)
    .join(', ')} and '${changeable.at(-1) ?? ''}'`;
  return [forbidden('spec', `updates to statefulset spec for fields other than ${names} are forbidden`)];
}

const checkDaemonSet: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  const { updateStrategy } = spec;
  const [type, rolling] = [stringAt(updateStrategy, 'type'), objectAt(updateStrategy, 'rollingUpdate')];
  const path = 'spec.updateStrategy.rollingUpdate';
  const isZero = (amount: JsonValue | undefined): boolean => amount === 0 || amount === '0%';
  const [gone, added] = [rolling['maxUnavailable'], rolling['maxSurge']];
  const rolls: Errors = [
    ...countOrShare(`${path}.maxUnavailable`, gone, 100),
    ...countOrShare(`${path}.maxSurge`, added, 100),
    ...(!isZero(gone) && !isZero(added) && added !== undefined ? [invalid(`${path}.maxSurge`, added, 'may not be set when maxUnavailable is non-zero')] : []),
    ...(isZero(gone) && isZero(added) ? [required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')] : []),
  ];
  return [
    ...checkSelection(spec, 'daemonset'),
    ...checkTemplate(objectAt(spec, 'template'), 'spec.template'),
    ...checkRestarts(spec, 'DaemonSet'),
    ...numbers(spec, 'minReadySeconds', 'revisionHistoryLimit'),
    ...(type === 'RollingUpdate' ? rolls : []),
    ...(type === 'RollingUpdate' || type === 'OnDelete'
      ? []
      : [notSupported('spec.updateStrategy', goForm(updateStrategy, ['type', 'rollingUpdate']), ['RollingUpdate', 'OnDelete'])]),
    ...(before ? immutable('spec.selector', spec['selector'], valueAt(before, 'spec', 'selector')) : []),
  ];
};

function checkJobSpec(spec: JsonObject, path: string): Errors {
  const policy = valueAt(spec, 'template', 'spec', 'restartPolicy');
  const at = `${path}.template.spec.restartPolicy`;
  return [
    ...['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'].flatMap((name) => notNegative(`${path}.${name}`, spec[name])),
    ...oneOf(`${path}.completionMode`, spec['completionMode'], ['NonIndexed', 'Indexed']),
    ...(spec['completionMode'] === 'Indexed' && spec['completions'] === undefined ? [required(`${path}.completions`, 'when completion mode is Indexed')] : []),
    ...oneOf(`${path}.podReplacementPolicy`, spec['podReplacementPolicy'], ['Failed', 'TerminatingOrFailed']),
    ...checkTemplate(objectAt(spec, 'template'), `${path}.template`),
    ...(policy === 'Always' ? [required(at, 'valid values: "OnFailure", "Never"')] : []),
  ];
}

const checkJob: Check = ({ metadata, spec: value }, before) => {
  const spec = objectAt(value);
  const own = objectAt(spec, 'selector');
  const labels = valueAt(spec, 'template', 'metadata', 'labels');
  const generated = objectAt(own, 'matchLabels')['batch.kubernetes.io/controller-uid'] ?? objectAt(own, 'matchLabels')['controller-uid'];
  const isGenerated = spec['manualSelector'] === true || metadata.uid === undefined || (generated === metadata.uid && Object.keys(objectAt(own, 'matchLabels')).length === 1);
  const fixed = ['completions', 'selector', 'completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];
  const isSuspended = valueAt(before, 'spec', 'suspend') === true && valueAt(before, 'status', 'startTime') === undefined;
  return [
    ...(isGenerated ? [] : [invalid('spec.selector', own, '`selector` not auto-generated')]),
    ...(spec['selector'] === undefined && spec['manualSelector'] === true ? [required('spec.selector')] : []),
    ...selector('spec.selector', own),
    ...checkJobSpec(spec, 'spec'),
    ...(isJsonObject(spec['selector']) && isSelected(objectAt(labels), own)
      ? []
      : [invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')]),
    ...(before ? fixed.flatMap((name) => (jsonEquals(spec[name], valueAt(before, 'spec', name)) ? [] : immutable(`spec.${name}`, spec[name], valueAt(before, 'spec', name)))) : []),
    ...(before && !isSuspended ? immutable('spec.template', spec['template'], valueAt(before, 'spec', 'template')) : []),
  ];
};

const checkCronJob: Check = ({ metadata, spec: value }) => {
  const spec = objectAt(value);
  const manual = valueAt(spec, 'jobTemplate', 'spec', 'manualSelector');
  return [
    ...checkSchedule(spec),
    ...oneOf('spec.concurrencyPolicy', spec['concurrencyPolicy'], ['Allow', 'Forbid', 'Replace']),
    ...numbers(spec, 'startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'),
    ...checkJobSpec(objectAt(spec, 'jobTemplate', 'spec'), 'spec.jobTemplate.spec'),
    ...(manual === true ? [notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false'])] : []),
    ...(metadata.name.length > 52 ? [invalid('metadata.name', metadata.name, 'must be no more than 52 characters')] : []),
  ];
};

const checkBudget: Check = ({ spec: value }) => {
  const spec = objectAt(value);
  const { minAvailable, maxUnavailable } = spec;
  const hasBoth = minAvailable !== undefined && maxUnavailable !== undefined;
  const shown = {
    MinAvailable: minAvailable ?? null,
    Selector: spec['selector'] ?? null,
    MaxUnavailable: maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: spec['unhealthyPodEvictionPolicy'] ?? null,
  };
  return [
    ...(hasBoth ? [invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...countOrShare('spec.minAvailable', minAvailable, 100),
    ...countOrShare('spec.maxUnavailable', maxUnavailable, 100),
    ...selector('spec.selector', spec['selector']),
    ...oneOf('spec.unhealthyPodEvictionPolicy', spec['unhealthyPodEvictionPolicy'], ['AlwaysAllow', 'IfHealthyBudget']),
  ];
};

const checkPod: Check = ({ spec }, before) => [...checkPodSpec(objectAt(spec), 'spec'), ...(before ? checkPodUpdate(objectAt(spec), objectAt(before, 'spec')) : [])];

export const workloadChecks: Readonly<Record<string, Check>> = {
  '/Pod': checkPod,
  '/PodTemplate': (object) => checkTemplate(objectAt(object, 'template'), 'template'),
  '/ReplicationController': checkController,
  'apps/Deployment': checkDeployment,
  'apps/ReplicaSet': checkReplicaSet,
  'apps/StatefulSet': checkStatefulSet,
  'apps/DaemonSet': checkDaemonSet,
  'batch/Job': checkJob,
  'batch/CronJob': checkCronJob,
  'policy/PodDisruptionBudget': checkBudget,
};

/** The target of an autoscaler, and the like: a name and a kind. */
export function checkTarget(target: JsonObject, path: string): Errors {
  const name = (field: string): Errors => {
    const text = stringAt(target, field);
    return [...filled(`${path}.${field}`, text), ...(text.includes('/') ? [invalid(`${path}.${field}`, text, "may not contain '/'")] : [])];
  };
  return [...name('kind'), ...name('name')];
}
