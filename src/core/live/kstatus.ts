/**
 * The status of an object by the conventions of its conditions, as kstatus computes it: what Flux waits for
 * (fluxcd/cli-utils v1.2.3, pkg/kstatus/status/{status,generic,core}.go).
 */
import type { Health } from './health.js';
import { conditionsAt, mapsAt, numberAt, textAt } from './readFields.js';
import type { LiveObject } from './liveObject.js';
import { parseTime } from './time.js';

/** `Current`: as its spec wants it. */
export type KStatus = 'InProgress' | 'Failed' | 'Current' | 'Terminating' | 'Unknown';

export interface KStatusResult {
  readonly status: KStatus;
  readonly message: string;
}

/** Seconds that a pod may wait for a node. */
const scheduleWindow = 15;

/**
 * @param now milliseconds since 1970, for pods that no node takes; without it such a pod counts as failed at once
 */
export function kstatusOf(object: LiveObject, now?: number): KStatusResult {
  return generic(object) ?? legacyRules[legacyKey(object)]?.(object, now) ?? byReady(object) ?? current('no condition says otherwise');
}

/** In Argo CD's words. */
export function healthOfKStatus({ status, message }: KStatusResult): Health {
  const words = { InProgress: 'Progressing', Failed: 'Degraded', Current: 'Healthy', Terminating: 'Progressing', Unknown: 'Unknown' } as const;
  return { status: words[status], message };
}

type Rule = (object: LiveObject, now: number | undefined) => KStatusResult;

const alwaysReady: Rule = () => current('always ready');

const legacyRules: Readonly<Record<string, Rule>> = {
  Service: serviceStatus,
  Pod: podStatus,
  Secret: alwaysReady,
  ConfigMap: alwaysReady,
  PersistentVolumeClaim: (object) => (phaseOf(object, 'unknown') === 'Bound' ? current('Bound') : inProgress(`not bound, phase ${phaseOf(object, 'unknown')}`)),
  'apps/StatefulSet': statefulSetStatus,
  'apps/DaemonSet': daemonSetStatus,
  'extensions/DaemonSet': daemonSetStatus,
  'apps/Deployment': deploymentStatus,
  'extensions/Deployment': deploymentStatus,
  'apps/ReplicaSet': replicaSetStatus,
  'extensions/ReplicaSet': replicaSetStatus,
  'policy/PodDisruptionBudget': () => current('observed'),
  'batch/CronJob': alwaysReady,
  'batch/Job': jobStatus,
  'apiextensions.k8s.io/CustomResourceDefinition': definitionStatus,
};

function generic(object: LiveObject): KStatusResult | undefined {
  const { deletionTimestamp, generation } = object.metadata;
  if (deletionTimestamp !== undefined && deletionTimestamp !== '') return { status: 'Terminating', message: 'being deleted' };
  const observed = numberAt(object, 'status', 'observedGeneration');
  if (generation !== undefined && observed !== undefined && observed !== generation) {
    return inProgress(`generation ${String(generation)} is not observed yet, the last one was ${String(observed)}`);
  }
  for (const { type, status, message } of conditionsAt(object)) {
    if (type === 'Reconciling' && status === 'True') return inProgress(message);
    if (type === 'Stalled' && status === 'True') return failed(message);
  }
  return undefined;
}

function byReady(object: LiveObject): KStatusResult | undefined {
  for (const { type, status, message } of conditionsAt(object)) {
    if (type !== 'Ready') continue;
    if (status === 'True') return current(message);
    if (status === 'False' || status === 'Unknown') return inProgress(message);
  }
  return undefined;
}

function serviceStatus(object: LiveObject): KStatusResult {
  const isWaiting = textAt(object, 'spec', 'type') === 'LoadBalancer' && (textAt(object, 'spec', 'clusterIP') ?? '') === '';
  return isWaiting ? inProgress('has no cluster IP yet') : current('has its address');
}

function statefulSetStatus(object: LiveObject): KStatusResult {
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return current('updated on deletion of its pods');
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const { replicas, ready, updated, current: running } = countsOf(object);
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? -1;
  const waiting =
    firstLess([replicas, wanted, 'replicas'], [ready, wanted, 'ready']) ?? (replicas > wanted ? inProgress(`${String(replicas - wanted)} to be terminated`) : undefined);
  if (waiting !== undefined) return waiting;
  if (partition !== -1) return firstLess([updated, wanted - partition, 'updated']) ?? current(`partition rolled out, ${String(updated)} updated`);
  const less = firstLess([running, wanted, 'current']);
  if (less !== undefined) return less;
  const isSame = (textAt(object, 'status', 'currentRevision') ?? '') === (textAt(object, 'status', 'updateRevision') ?? '');
  return isSame ? current(`${String(replicas)} replicas`) : inProgress('the updated revision is not the current one yet');
}

function deploymentStatus(object: LiveObject): KStatusResult {
  // Without a deadline the controller doesn't write the Progressing condition.
  let isProgressing = (numberAt(object, 'spec', 'progressDeadlineSeconds') ?? noDeadline) === noDeadline;
  let isAvailable = false;
  for (const { type, status, reason } of conditionsAt(object)) {
    if (type === 'Progressing' && reason === 'ProgressDeadlineExceeded') return failed('its progress deadline is exceeded');
    if (type === 'Progressing' && status === 'True' && reason === 'NewReplicaSetAvailable') isProgressing = true;
    if (type === 'Available' && status === 'True') isAvailable = true;
  }
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const { replicas, updated, ready, available } = countsOf(object);
  const less = firstLess([replicas, wanted, 'replicas'], [updated, wanted, 'updated']);
  if (less !== undefined) return less;
  if (replicas > wanted) return inProgress(`${String(replicas - wanted)} to be terminated`);
  const notYet = firstLess([available, updated, 'available'], [ready, wanted, 'ready']);
  if (notYet !== undefined) return notYet;
  if (!isProgressing) return inProgress('its new ReplicaSet is not available');
  return isAvailable ? current(`${String(replicas)} replicas`) : inProgress('not available');
}

const noDeadline = 2147483647;

function replicaSetStatus(object: LiveObject): KStatusResult {
  if (conditionsAt(object).some(({ type, status }) => type === 'ReplicaFailure' && status === 'True')) return inProgress('pods cannot be made');
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const { replicas, ready, available } = countsOf(object);
  const labelled = numberAt(object, 'status', 'fullyLabeledReplicas') ?? 0;
  const less = firstLess([labelled, wanted, 'labelled'], [available, wanted, 'available'], [ready, wanted, 'ready']);
  if (less !== undefined) return less;
  return replicas > wanted ? inProgress(`${String(replicas - wanted)} to be terminated`) : current(`${String(replicas)} replicas`);
}

function daemonSetStatus(object: LiveObject): KStatusResult {
  if (object.metadata.generation === undefined || numberAt(object, 'status', 'observedGeneration') === undefined) return inProgress('not observed yet');
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled');
  if (wanted === undefined || wanted === -1) return inProgress('not counted yet');
  const at = (field: string): number => numberAt(object, 'status', field) ?? 0;
  const less = firstLess(
    [at('currentNumberScheduled'), wanted, 'current'],
    [at('updatedNumberScheduled'), wanted, 'updated'],
    [at('numberAvailable'), wanted, 'available'],
    [at('numberReady'), wanted, 'ready'],
  );
  return less ?? current(`${String(wanted)} pods`);
}

function podStatus(object: LiveObject, now: number | undefined): KStatusResult {
  const conditions = conditionsAt(object);
  switch (phaseOf(object, '')) {
    case 'Succeeded':
      return current('completed');
    case 'Failed':
      return current('completed without success');
    case 'Running': {
      if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return current('ready');
      const looping = mapsAt(object, 'status', 'containerStatuses').filter((container) => textAt(container, 'state', 'waiting', 'reason') === 'CrashLoopBackOff');
      return looping.length > 0 ? failed(`crash loop: ${looping.map((container) => textAt(container, 'name') ?? '').join(', ')}`) : inProgress('running, not ready');
    }
    case 'Pending': {
      const isUnschedulable = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False')?.reason === 'Unschedulable';
      return isUnschedulable && !isYoung(object, now) ? failed('no node takes it') : inProgress('pending');
    }
    case '':
      return inProgress('no phase yet');
    default:
      return { status: 'Unknown', message: `unknown phase ${phaseOf(object, '')}` };
  }
}

function isYoung(object: LiveObject, now: number | undefined): boolean {
  const created = parseTime(object.metadata.creationTimestamp);
  return now !== undefined && created !== undefined && now - created < scheduleWindow * 1000;
}

function jobStatus(object: LiveObject): KStatusResult {
  for (const { type, status, message } of conditionsAt(object)) {
    if (type === 'Complete' && status === 'True') return current('completed');
    if (type === 'Failed' && status === 'True') return failed(message);
  }
  return (textAt(object, 'status', 'startTime') ?? '') === '' ? inProgress('not started') : current('running');
}

function definitionStatus(object: LiveObject): KStatusResult {
  for (const { type, status, reason, message } of conditionsAt(object)) {
    if (type === 'NamesAccepted' && status === 'False') return failed(message);
    if (type !== 'Established') continue;
    if (status === 'False' && reason !== 'Installing') return failed(message);
    if (status === 'True') return current('established');
  }
  return inProgress('being established');
}

interface Counts {
  readonly replicas: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
  readonly current: number;
}

function countsOf(object: LiveObject): Counts {
  const at = (field: string): number => numberAt(object, 'status', field) ?? 0;
  return { replicas: at('replicas'), ready: at('readyReplicas'), updated: at('updatedReplicas'), available: at('availableReplicas'), current: at('currentReplicas') };
}

/** The first count that is below what is wanted. */
function firstLess(...checks: readonly (readonly [number, number, string])[]): KStatusResult | undefined {
  const found = checks.find(([is, wanted]) => is < wanted);
  return found && inProgress(`${found[2]}: ${String(found[0])} of ${String(found[1])}`);
}

function legacyKey({ apiVersion, kind }: LiveObject): string {
  const at = apiVersion.indexOf('/');
  return at < 0 ? kind : `${apiVersion.slice(0, at)}/${kind}`;
}

function phaseOf(object: LiveObject, otherwise: string): string {
  return textAt(object, 'status', 'phase') ?? otherwise;
}

function inProgress(message = ''): KStatusResult {
  return { status: 'InProgress', message };
}

function failed(message = ''): KStatusResult {
  return { status: 'Failed', message };
}

function current(message = ''): KStatusResult {
  return { status: 'Current', message };
}
