/**
 * The status of Flux's objects: kustomize-controller v1.9.5, helm-controller v1.6, source-controller v1.9,
 * image-reflector-controller v1.2 (api/<version>/*_types.go), with the conditions of fluxcd/pkg/apis/meta.
 */
import { healthOf } from '../live/healthOf.js';
import type { JsonObject } from '../live/json.js';
import { idOfLive, type LiveObject } from '../live/liveObject.js';
import { countAt, isTrueAt, mapAt, mapsAt, numberAt, textAt, valueAt } from '../live/readFields.js';
import type { ResId } from '../objects/resId.js';
import { readDuration } from './duration.js';
import { readInventory } from './inventory.js';
import type { OperatorCondition, OperatorDelivery, OperatorOperation, OperatorSource, OperatorStatus, OperatorSync, OperatorUnknown } from './operatorStatus.js';

export const requestedAtAnnotation = 'reconcile.fluxcd.io/requestedAt';
export const forceAtAnnotation = 'reconcile.fluxcd.io/forceAt';
export const resetAtAnnotation = 'reconcile.fluxcd.io/resetAt';

/** @param object of one of Flux's kinds */
export function readFlux(object: LiveObject, now?: number): OperatorStatus {
  const isSuspended = isTrueAt(object, 'spec', 'suspend');
  const isBehindSpec = (object.metadata.generation ?? 0) > countAt(object, 'status', 'observedGeneration');
  const revisions = revisionsOf(object);
  const attempted = textAt(object, 'status', 'lastAttemptedRevision');
  const applies = object.kind === 'Kustomization' || object.kind === 'HelmRelease';
  return {
    operator: 'flux',
    id: idOfLive(object),
    sync: isSuspended ? 'Suspended' : syncOf(object, isBehindSpec),
    health: healthOf(object, now) ?? { status: 'Unknown', message: 'no status yet' },
    revisions,
    attempted: attempted !== undefined && attempted !== revisions[0] ? attempted : undefined,
    sources: sourcesOf(object),
    operation: isSuspended ? undefined : operationOf(object, isBehindSpec),
    conditions: mapsAt(object, 'status', 'conditions').map(readCondition),
    history: historyOf(object),
    isSuspended,
    isAutomated: !isSuspended,
    healsItself: applies && !isSuspended && (object.kind === 'Kustomization' || textAt(object, 'spec', 'driftDetection', 'mode') === 'enabled'),
    prunes: applies && !isSuspended && (object.kind === 'HelmRelease' || isTrueAt(object, 'spec', 'prune')),
    resources: readInventory(object).map((id) => ({ id, sync: '', health: undefined, isHook: false, needsPruning: false })),
    lookedAt: lookedAtOf(object),
    interval: readDuration(textAt(object, 'spec', 'interval')),
    isBehindSpec,
    pendingRequest: pendingRequestOf(object),
    unknowns: unknownsOf(object),
  };
}

/** A reconcile that was asked for and that the controller hasn't taken up. */
export function pendingRequestOf(object: LiveObject): string | undefined {
  const asked = object.metadata.annotations?.[requestedAtAnnotation];
  return asked !== undefined && asked !== textAt(object, 'status', 'lastHandledReconcileAt') ? asked : undefined;
}

/** `main@sha1:1a2b`: the part after the algorithm; other texts as they are. */
export function commitOfRevision(revision: string): string {
  const at = revision.lastIndexOf(':');
  if (at >= 0) return revision.slice(at + 1);
  // Before Flux 2.0 a revision was `main/1a2b`.
  const old = /^.+\/([0-9a-f]{40})$/.exec(revision);
  return old?.[1] ?? revision;
}

function syncOf(object: LiveObject, isBehindSpec: boolean): OperatorSync {
  const ready = conditionOf(object, 'Ready');
  if (conditionOf(object, 'Stalled')?.status === 'True') return 'Failed';
  if (isBehindSpec || conditionOf(object, 'Reconciling')?.status === 'True' || ready?.status === 'Unknown') return ready?.status === 'False' ? 'Failed' : 'Reconciling';
  if (ready?.status === 'True') return 'Applied';
  return ready?.status === 'False' ? 'Failed' : 'Unknown';
}

function conditionOf(object: LiveObject, type: string): OperatorCondition | undefined {
  return mapsAt(object, 'status', 'conditions')
    .map(readCondition)
    .find((condition) => condition.type === type);
}

function readCondition(condition: JsonObject): OperatorCondition {
  const type = textAt(condition, 'type') ?? '';
  const status = textAt(condition, 'status') ?? '';
  const isNegative = type === 'Stalled' || type === 'Reconciling' || type.endsWith('Failed') || type === 'ArtifactOutdated' || type === 'StorageOperationFailed';
  return {
    type,
    status,
    reason: textAt(condition, 'reason') ?? '',
    message: textAt(condition, 'message') ?? '',
    at: textAt(condition, 'lastTransitionTime'),
    isBad: isNegative ? status === 'True' && type !== 'Reconciling' : status === 'False',
  };
}

function revisionsOf(object: LiveObject): readonly string[] {
  const found =
    textAt(object, 'status', 'lastAppliedRevision') ??
    textAt(object, 'status', 'artifact', 'revision') ??
    imageOf(mapAt(object, 'status', 'latestRef')) ??
    textAt(object, 'status', 'latestImage') ??
    textAt(object, 'status', 'lastPushCommit') ??
    deployedChart(object);
  return found === undefined || found === '' ? [] : [found];
}

function imageOf(reference: JsonObject | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const digest = textAt(reference, 'digest') ?? '';
  return `${textAt(reference, 'name') ?? ''}:${textAt(reference, 'tag') ?? ''}${digest === '' ? '' : `@${digest}`}`;
}

/** The chart's version of the newest release that is deployed. */
function deployedChart(object: LiveObject): string | undefined {
  const deployed = mapsAt(object, 'status', 'history').find((entry) => textAt(entry, 'status') === 'deployed');
  return deployed && textAt(deployed, 'chartVersion');
}

function sourcesOf(object: LiveObject): readonly OperatorSource[] {
  const reference =
    mapAt(object, 'spec', 'sourceRef') ?? mapAt(object, 'spec', 'chartRef') ?? mapAt(object, 'spec', 'chart', 'spec', 'sourceRef') ?? mapAt(object, 'spec', 'imageRepositoryRef');
  const target =
    textAt(object, 'spec', 'ref', 'commit') ?? textAt(object, 'spec', 'ref', 'tag') ?? textAt(object, 'spec', 'ref', 'semver') ?? textAt(object, 'spec', 'ref', 'branch');
  const source: OperatorSource = {
    repoURL: textAt(object, 'spec', 'url') ?? textAt(object, 'spec', 'image'),
    path: textAt(object, 'spec', 'path'),
    chart: textAt(object, 'spec', 'chart', 'spec', 'chart'),
    targetRevision: target ?? textAt(object, 'spec', 'chart', 'spec', 'version'),
    object: reference && referenceId(object, reference),
  };
  return Object.values(source).some((value) => value !== undefined) ? [source] : [];
}

/** The object that a reference names; its version is left out. */
function referenceId(object: LiveObject, reference: JsonObject): ResId | undefined {
  const name = textAt(reference, 'name');
  if (name === undefined) return undefined;
  const kind = textAt(reference, 'kind') ?? (object.kind === 'ImagePolicy' ? 'ImageRepository' : 'GitRepository');
  const group = kind === 'ImageRepository' ? 'image.toolkit.fluxcd.io' : 'source.toolkit.fluxcd.io';
  return { group, version: '', kind, name, namespace: textAt(reference, 'namespace') ?? object.metadata.namespace ?? '' };
}

function operationOf(object: LiveObject, isBehindSpec: boolean): OperatorOperation | undefined {
  const ready = conditionOf(object, 'Ready');
  const reconciling = conditionOf(object, 'Reconciling');
  const isRunning = isBehindSpec || reconciling?.status === 'True' || ready?.status === 'Unknown';
  if (!isRunning && pendingRequestOf(object) === undefined) return undefined;
  const willRetry = reconciling?.reason === 'ProgressingWithRetry' && ready?.status === 'False' && pendingRequestOf(object) === undefined;
  const retries = countAt(object, 'status', 'failures');
  return {
    phase: willRetry ? 'Retrying' : isRunning ? 'Running' : 'Requested',
    message: (reconciling?.status === 'True' && !willRetry ? reconciling.message : undefined) ?? ready?.message ?? '',
    isRunning: !willRetry,
    startedAt: reconciling?.at,
    finishedAt: undefined,
    retries,
    retryLimit: retryLimitOf(object),
    by: '',
    isAutomated: pendingRequestOf(object) === undefined,
    isDryRun: false,
    revisions: [textAt(object, 'status', 'lastAttemptedRevision') ?? ''].filter((revision) => revision !== ''),
    results: [],
  };
}

/** Of a HelmRelease: how often its last action is tried again. */
function retryLimitOf(object: LiveObject): number | undefined {
  const action = textAt(object, 'status', 'lastAttemptedReleaseAction');
  return action === undefined ? undefined : numberAt(object, 'spec', action, 'remediation', 'retries');
}

function historyOf(object: LiveObject): readonly OperatorDelivery[] {
  const entries = mapsAt(object, 'status', 'history');
  if (object.kind === 'HelmRelease') {
    return entries.map((entry) => ({
      id: '',
      revisions: [`${textAt(entry, 'chartName') ?? ''} ${textAt(entry, 'chartVersion') ?? ''} (release ${String(countAt(entry, 'version'))})`],
      at: textAt(entry, 'lastDeployed') ?? '',
      by: '',
      result: textAt(entry, 'status') ?? '',
    }));
  }
  return entries.map((entry) => ({
    id: '',
    revisions: [textAt(entry, 'metadata', 'revision') ?? textAt(entry, 'digest') ?? ''],
    at: textAt(entry, 'lastReconciled') ?? '',
    by: '',
    result: textAt(entry, 'lastReconciledStatus') ?? '',
  }));
}

/**
 * The newest time that the object notes. A Kustomization's status is written at every look; other kinds write theirs only when
 * something is new, and most have no field for when they looked.
 */
function lookedAtOf(object: LiveObject): string | undefined {
  const written = object.kind === 'Kustomization' ? (object.metadata.managedFields ?? []).filter(({ subresource }) => subresource === 'status') : [];
  const times = [
    ...written.map(({ time }) => time),
    textAt(object, 'status', 'lastScanResult', 'scanTime'),
    textAt(object, 'status', 'lastAutomationRunTime'),
    ...mapsAt(object, 'status', 'history').map((entry) => textAt(entry, 'lastReconciled')),
  ].filter((time) => time !== undefined);
  return times.toSorted().at(-1);
}

function unknownsOf(object: LiveObject): readonly OperatorUnknown[] {
  const unknowns: OperatorUnknown[] = [];
  if (valueAt(object, 'status', 'conditions') === undefined) {
    unknowns.push({ about: 'everything', message: `Flux has not looked at it yet: the controller for ${object.kind} may not run.` });
  } else if (object.kind === 'Kustomization' || object.kind === 'HelmRelease') {
    unknowns.push({ about: 'sync', message: 'Flux says how its last apply went, not whether something was changed since.' });
    if (object.kind === 'HelmRelease' && valueAt(object, 'status', 'inventory') === undefined) {
      unknowns.push({ about: 'health', message: 'This version of helm-controller does not list the objects of a release.' });
    }
  }
  return unknowns;
}
