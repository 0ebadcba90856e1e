/**
 * Health of the kinds of Argo and Flux, as Argo CD v3.2.11 judges them (resource_customizations/{argoproj.io,
 * *.toolkit.fluxcd.io}/<kind>/health.lua and gitops-engine pkg/health/health_argo.go). It has no rule for Application.
 */
import type { Health, HealthStatus } from '../health.js';
import type { LiveObject } from '../liveObject.js';
import { byClauses, byConditions, byFluxConditions, byPhase } from './conditionRules.js';
import { degraded, forKinds, healthOfStatus, healthy, progressing, suspended, unknown, type HealthRule, type HealthRules } from './healthRule.js';
import { conditionsAt, countAt, isTrueAt, mapAt, mapsAt, numberAt, textAt, valueAt } from '../readFields.js';

const runPhases: Readonly<Record<string, HealthStatus>> = {
  Pending: 'Progressing',
  Running: 'Progressing',
  Successful: 'Healthy',
  Failed: 'Degraded',
  Error: 'Degraded',
  Inconclusive: 'Unknown',
};

const source = byFluxConditions({ progressingReady: 'Unknown', successes: ['ArtifactInStorage'], needed: 2 });
const reconciled = byFluxConditions({ progressingReady: 'Unknown', needed: 1 });

export const deliveryRules: HealthRules = {
  'argoproj.io/Workflow': byPhase(
    ['status', 'phase'],
    { '': 'Progressing', Pending: 'Progressing', Running: 'Progressing', Succeeded: 'Healthy', Failed: 'Degraded', Error: 'Degraded' },
    { message: ['status', 'message'] },
  ),
  'argoproj.io/Rollout': rolloutHealth,
  'argoproj.io/AnalysisRun': byPhase(['status', 'phase'], runPhases, { message: ['status', 'message'] }),
  'argoproj.io/Experiment': byPhase(['status', 'phase'], { ...runPhases, Inconclusive: 'Unknown' }),
  'argoproj.io/ApplicationSet': byClauses([
    { type: 'ErrorOccurred', status: 'True', health: 'Degraded' },
    { type: 'ResourcesUpToDate', status: 'False', health: 'Degraded' },
    { type: 'RolloutProgressing', status: 'True', health: 'Progressing' },
    { type: 'ResourcesUpToDate', status: 'True', health: 'Healthy' },
  ]),
  'argoproj.io/CronWorkflow': byConditions(
    [
      { type: 'SpecError', status: 'True', health: 'Degraded' },
      { type: 'SubmissionError', status: 'True', health: 'Degraded' },
      { type: 'Completed', status: 'True', health: 'Healthy' },
    ],
    healthy(),
  ),
  'argoproj.io/EventBus': deployedHealth,
  'kustomize.toolkit.fluxcd.io/Kustomization': reconciled,
  'helm.toolkit.fluxcd.io/HelmRelease': byFluxConditions({ progressingReady: 'Unknown', successes: ['Released', 'TestSuccess'], needed: 2 }),
  'image.toolkit.fluxcd.io/ImagePolicy': byFluxConditions({
    progressingReady: 'False',
    needed: 1,
    canSuspend: false,
    reconcilingReasons: ['NewGeneration', 'AccessingRepository', 'ApplyingPolicy'],
  }),
  'image.toolkit.fluxcd.io/ImageRepository': byFluxConditions({ progressingReady: 'False', needed: 1, reconcilingReasons: ['NewGeneration', 'Scanning'] }),
  'image.toolkit.fluxcd.io/ImageUpdateAutomation': reconciled,
  'notification.toolkit.fluxcd.io/Receiver': byFluxConditions({ progressingReady: 'False', needed: 1, progress: 'Degraded' }),
  ...forKinds('source.toolkit.fluxcd.io', ['GitRepository', 'OCIRepository', 'Bucket', 'HelmChart'], () => source),
  'source.toolkit.fluxcd.io/HelmRepository': helmRepositoryHealth,
};

/** Repositories of the OCI type have no status. */
function helmRepositoryHealth(object: LiveObject): Health {
  if (!isTrueAt(object, 'spec', 'suspend') && textAt(object, 'spec', 'type') === 'oci') return healthy();
  return source(object);
}

function deployedHealth(object: LiveObject): Health {
  const deployed = conditionsAt(object).find(({ type, status }) => type === 'Deployed' && (status === 'True' || status === 'False'));
  if (deployed === undefined) return progressing('no status yet');
  return healthOfStatus(deployed.status === 'True' ? 'Healthy' : 'Degraded', deployed.message ?? deployed.reason);
}

const statuses = new Set<string>(['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown']);

/** Rollouts of Argo Rollouts 1.0 and later say it themselves, in `status.phase`; older ones are judged by their fields. */
function rolloutHealth(object: LiveObject): Health {
  if (!isRolloutObserved(object)) return progressing('its latest spec was not seen yet');
  const phase = textAt(object, 'status', 'phase');
  if (phase !== undefined) {
    const status = phase === 'Paused' ? 'Suspended' : phase;
    const message = textAt(object, 'status', 'message');
    return isHealthStatus(status) ? healthOfStatus(status, message) : unknown(message);
  }
  const failed = conditionsAt(object).find(
    ({ type, reason }) => type === 'InvalidSpec' || (type === 'Progressing' && (reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded')),
  );
  if (failed !== undefined) return degraded(failed.message);
  if (mapsAt(object, 'status', 'pauseConditions').length > 0 || isTrueAt(object, 'spec', 'paused')) return suspended('paused');
  return oldRolloutHealth(object);
}

function isHealthStatus(text: string): text is HealthStatus {
  return statuses.has(text);
}

function isRolloutObserved(object: LiveObject): boolean {
  if (mapAt(object, 'status') === undefined) return false;
  const generation = object.metadata.generation;
  const observed = numberOf(object, 'status', 'observedGeneration');
  // Rollouts up to 0.9 noted a hash instead of a number.
  const isSeen = observed === undefined || generation === undefined || observed > generation || observed === generation;
  if (!isSeen || mapAt(object, 'spec', 'workloadRef') === undefined || object.metadata.annotations === undefined) return isSeen;
  const workload = object.metadata.annotations['rollout.argoproj.io/workload-generation'];
  return (workload === undefined ? undefined : Number(workload)) === numberOf(object, 'status', 'workloadObservedGeneration');
}

function oldRolloutHealth(object: LiveObject): Health {
  const hash = textAt(object, 'status', 'currentPodHash');
  if (hash === undefined) return progressing('no status yet');
  const updated = countAt(object, 'status', 'updatedReplicas');
  if (updated < (numberAt(object, 'spec', 'replicas') ?? 1)) return progressing('more replicas need to be updated');
  if (countAt(object, 'status', 'availableReplicas') < updated) return progressing('updated replicas are not available yet');
  const canary = mapAt(object, 'status', 'canary');
  const stable = textAt(object, 'status', 'stableRS') ?? (canary === undefined ? '' : textAt(canary, 'stableRS'));
  if (valueAt(object, 'spec', 'strategy', 'blueGreen') !== undefined) {
    if (textAt(object, 'status', 'blueGreen', 'activeSelector') !== hash) return progressing('the active service is not switched yet');
    return stable !== '' && stable !== hash ? progressing('waiting for the analysis') : healthy();
  }
  if (valueAt(object, 'spec', 'strategy', 'canary') !== undefined) {
    if (countAt(object, 'status', 'replicas') > updated) return progressing('old replicas are still there');
    if (stable !== hash) return progressing('waiting for its steps');
  }
  return healthy();
}

/** A number, also one that is written as a text. */
function numberOf(object: LiveObject, ...path: readonly string[]): number | undefined {
  const text = textAt(object, ...path);
  const number = text === undefined ? numberAt(object, ...path) : Number(text);
  return number === undefined || Number.isNaN(number) ? undefined : number;
}

/** An Application's own word on its health, which Argo CD doesn't use for its parent. */
export const applicationHealth: HealthRule = (object) => {
  const status = textAt(object, 'status', 'health', 'status');
  if (status === undefined) return progressing('Argo CD has not looked at it yet');
  return isHealthStatus(status) ? healthOfStatus(status, textAt(object, 'status', 'health', 'message')) : unknown(status);
};
