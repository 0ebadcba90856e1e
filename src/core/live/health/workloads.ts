/**
 * Health of the workload kinds that Argo CD judges in Go: gitops-engine pkg/health/health_{deployment,statefulset,
 * daemonset,replicaset,job,pod}.go at v0.7.1-0.20251217140045 (the one in Argo CD v3.2.11). Versions of a kind that
 * aren't served any more give Unknown there and here.
 */
import type { Health } from '../health.js';
import type { JsonObject } from '../json.js';
import type { LiveObject } from '../liveObject.js';
import { degraded, healthy, progressing, suspended, unknown, type HealthRule, type HealthRules } from './healthRule.js';
import { conditionsAt, countAt, isTrueAt, mapAt, mapsAt, numberAt, textAt } from '../readFields.js';

export const workloadRules: HealthRules = {
  'apps/Deployment': ofVersion('apps/v1', 'Deployment', deploymentHealth),
  'apps/StatefulSet': ofVersion('apps/v1', 'StatefulSet', statefulSetHealth),
  'apps/DaemonSet': ofVersion('apps/v1', 'DaemonSet', daemonSetHealth),
  'apps/ReplicaSet': ofVersion('apps/v1', 'ReplicaSet', replicaSetHealth),
  'batch/Job': ofVersion('batch/v1', 'Job', jobHealth),
  '/Pod': ofVersion('v1', 'Pod', podHealth),
};

/** The rule for one version; others are Unknown, as in Argo CD. */
export function ofVersion(apiVersion: string, name: string, rule: HealthRule): HealthRule {
  return (object) => (object.apiVersion === apiVersion ? rule(object) : unknown(`${name} of ${object.apiVersion} can't be judged`));
}

function deploymentHealth(object: LiveObject): Health {
  if (isTrueAt(object, 'spec', 'paused')) return suspended('Deployment is paused');
  if (isBehind(object)) return progressing('Waiting for rollout to finish: observed deployment generation less than desired generation');
  if (conditionsAt(object).find(({ type }) => type === 'Progressing')?.reason === 'ProgressDeadlineExceeded') {
    return degraded(`Deployment ${quote(object.metadata.name)} exceeded its progress deadline`);
  }
  const wanted = numberAt(object, 'spec', 'replicas');
  const updated = countAt(object, 'status', 'updatedReplicas');
  const all = countAt(object, 'status', 'replicas');
  const available = countAt(object, 'status', 'availableReplicas');
  if (wanted !== undefined && updated < wanted) return progressing(`Waiting for rollout to finish: ${String(updated)} out of ${String(wanted)} new replicas have been updated...`);
  if (all > updated) return progressing(`Waiting for rollout to finish: ${String(all - updated)} old replicas are pending termination...`);
  if (available < updated) return progressing(`Waiting for rollout to finish: ${String(available)} of ${String(updated)} updated replicas are available...`);
  return healthy();
}

function statefulSetHealth(object: LiveObject): Health {
  if (countAt(object, 'status', 'observedGeneration') === 0 || isBehind(object)) return progressing('Waiting for statefulset spec update to be observed...');
  const wanted = numberAt(object, 'spec', 'replicas');
  const ready = countAt(object, 'status', 'readyReplicas');
  const updated = countAt(object, 'status', 'updatedReplicas');
  if (wanted !== undefined && ready < wanted) return progressing(`Waiting for ${String(wanted - ready)} pods to be ready...`);
  const strategy = textAt(object, 'spec', 'updateStrategy', 'type');
  const rolling = mapAt(object, 'spec', 'updateStrategy', 'rollingUpdate');
  if (strategy === 'RollingUpdate' && rolling !== undefined) return partitionedHealth(wanted, numberAt(rolling, 'partition'), updated);
  if (strategy === 'OnDelete') return healthy(`statefulset has ${String(ready)} ready pods`);
  const updateRevision = textAt(object, 'status', 'updateRevision') ?? '';
  const currentRevision = textAt(object, 'status', 'currentRevision') ?? '';
  if (updateRevision !== currentRevision) {
    return progressing(`waiting for statefulset rolling update to complete ${String(updated)} pods at revision ${updateRevision}...`);
  }
  return healthy(`statefulset rolling update complete ${String(countAt(object, 'status', 'currentReplicas'))} pods at revision ${currentRevision}...`);
}

function partitionedHealth(wanted: number | undefined, partition: number | undefined, updated: number): Health {
  if (wanted !== undefined && partition !== undefined && updated < wanted - partition) {
    return progressing(`Waiting for partitioned roll out to finish: ${String(updated)} out of ${String(wanted - partition)} new pods have been updated...`);
  }
  return healthy(`partitioned roll out complete: ${String(updated)} new pods have been updated...`);
}

function daemonSetHealth(object: LiveObject): Health {
  if (isBehind(object)) return progressing('Waiting for rollout to finish: observed daemon set generation less than desired generation');
  const wanted = countAt(object, 'status', 'desiredNumberScheduled');
  const updated = countAt(object, 'status', 'updatedNumberScheduled');
  const available = countAt(object, 'status', 'numberAvailable');
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return healthy(`daemon set ${String(updated)} out of ${String(wanted)} new pods have been updated`);
  const waiting = `Waiting for daemon set ${quote(object.metadata.name)} rollout to finish`;
  if (updated < wanted) return progressing(`${waiting}: ${String(updated)} out of ${String(wanted)} new pods have been updated...`);
  if (available < wanted) return progressing(`${waiting}: ${String(available)} of ${String(wanted)} updated pods are available...`);
  return healthy();
}

function replicaSetHealth(object: LiveObject): Health {
  if (isBehind(object)) return progressing('Waiting for rollout to finish: observed replica set generation less than desired generation');
  const failure = conditionsAt(object).find(({ type }) => type === 'ReplicaFailure');
  if (failure?.status === 'True') return degraded(failure.message);
  const wanted = numberAt(object, 'spec', 'replicas');
  const available = countAt(object, 'status', 'availableReplicas');
  if (wanted !== undefined && available < wanted) return progressing(`Waiting for rollout to finish: ${String(available)} out of ${String(wanted)} new replicas are available...`);
  return healthy();
}

/** A condition's presence counts, whatever its status, except for Suspended. */
function jobHealth(object: LiveObject): Health {
  const last = { failed: undefined as string | undefined, message: '' };
  let complete = false;
  let isSuspended = false;
  for (const { type, status, message } of conditionsAt(object)) {
    if (type !== 'Failed' && type !== 'Complete' && type !== 'Suspended') continue;
    complete = true;
    if (type === 'Failed') last.failed = message ?? '';
    else last.message = message ?? '';
    isSuspended ||= type === 'Suspended' && status === 'True';
  }
  if (!complete) return progressing(last.message);
  if (last.failed !== undefined) return degraded(last.failed);
  return isSuspended ? suspended() : healthy(last.message);
}

function podHealth(object: LiveObject): Health {
  const restarts = textAt(object, 'spec', 'restartPolicy');
  const containers = mapsAt(object, 'status', 'containerStatuses');
  if (restarts === 'Always') {
    const failing = containers.filter((container) => isFailure(textAt(container, 'state', 'waiting', 'reason') ?? ''));
    if (failing.length > 0) return degraded(failing.map((container) => textAt(container, 'state', 'waiting', 'message') ?? '').join(', '));
  }
  const message = textAt(object, 'status', 'message') ?? '';
  switch (textAt(object, 'status', 'phase')) {
    case 'Pending':
      return progressing(message);
    case 'Succeeded':
      return healthy(message);
    case 'Failed':
      return degraded(message === '' ? failureOf([...mapsAt(object, 'status', 'initContainerStatuses'), ...containers]) : message);
    case 'Running':
      return runningPodHealth(object, restarts, containers, message);
    default:
      return unknown(message);
  }
}

/** Pods that don't restart for ever are taken for hooks: they progress until they end. */
function runningPodHealth(object: LiveObject, restarts: string | undefined, containers: readonly JsonObject[], message: string): Health {
  if (restarts === 'OnFailure' || restarts === 'Never') return progressing(message);
  if (restarts !== 'Always') return unknown(message);
  if (conditionsAt(object).find(({ type }) => type === 'Ready')?.status === 'True') return healthy(message);
  const ended = containers.some((container) => mapAt(container, 'lastState', 'terminated') !== undefined);
  return ended ? degraded(message) : progressing(message);
}

function isFailure(reason: string): boolean {
  return reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff');
}

function failureOf(containers: readonly JsonObject[]): string {
  for (const container of containers) {
    const ended = mapAt(container, 'state', 'terminated');
    if (ended === undefined) continue;
    const message = textAt(ended, 'message') ?? '';
    if (message !== '') return message;
    if (textAt(ended, 'reason') === 'OOMKilled') return 'OOMKilled';
    const exitCode = countAt(ended, 'exitCode');
    if (exitCode !== 0) return `container ${quote(textAt(container, 'name') ?? '')} failed with exit code ${String(exitCode)}`;
  }
  return '';
}

/** True while the controller hasn't seen the latest spec. */
function isBehind(object: LiveObject): boolean {
  return (object.metadata.generation ?? 0) > countAt(object, 'status', 'observedGeneration');
}

function quote(text: string): string {
  return JSON.stringify(text);
}
