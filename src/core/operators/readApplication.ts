/** The status of Argo CD's Application and ApplicationSet (argo-cd v3.2.11 pkg/apis/application/v1alpha1/types.go). */
import type { Health, HealthStatus } from '../live/health.js';
import { applicationHealth } from '../live/health/deliveryKinds.js';
import { healthOf } from '../live/healthOf.js';
import type { JsonObject } from '../live/json.js';
import { idOfLive, type LiveObject } from '../live/liveObject.js';
import { conditionsAt, countAt, isTrueAt, mapAt, mapsAt, numberAt, textAt, textsAt, valueAt } from '../live/readFields.js';
import type { ResId } from '../objects/resId.js';
import type {
  OperationResult,
  OperatorCondition,
  OperatorDelivery,
  OperatorOperation,
  OperatorResource,
  OperatorSource,
  OperatorStatus,
  OperatorSync,
  OperatorUnknown,
} from './operatorStatus.js';

export const refreshAnnotation = 'argocd.argoproj.io/refresh';
export const skipReconcileAnnotation = 'argocd.argoproj.io/skip-reconcile';

/** True where it syncs by itself (SyncPolicy.IsAutomatedSyncEnabled). */
export function isAutoSyncOn(application: LiveObject): boolean {
  const automated = mapAt(application, 'spec', 'syncPolicy', 'automated');
  return automated !== undefined && valueAt(automated, 'enabled') !== false;
}

/** @param object an Application */
export function readApplication(object: LiveObject): OperatorStatus {
  const isAutomated = isAutoSyncOn(object);
  const automated = mapAt(object, 'spec', 'syncPolicy', 'automated') ?? {};
  return {
    operator: 'argocd',
    id: idOfLive(object),
    sync: syncOf(textAt(object, 'status', 'sync', 'status')),
    health: applicationHealth(object),
    revisions: revisionsAt(object, 'status', 'sync'),
    attempted: undefined,
    sources: sourcesAt(object, 'spec').map(readSource),
    operation: readOperation(object),
    conditions: mapsAt(object, 'status', 'conditions').map(readCondition),
    history: mapsAt(object, 'status', 'history').map(readDelivery).reverse(),
    isSuspended: object.metadata.annotations?.[skipReconcileAnnotation] === 'true',
    isAutomated,
    healsItself: isAutomated && isTrueAt(automated, 'selfHeal'),
    prunes: isAutomated && isTrueAt(automated, 'prune'),
    resources: mapsAt(object, 'status', 'resources').map(readResource),
    lookedAt: textAt(object, 'status', 'reconciledAt'),
    interval: undefined,
    isBehindSpec: isComparedElsewhere(object),
    pendingRequest: object.metadata.annotations?.[refreshAnnotation],
    unknowns: unknownsOf(object),
  };
}

/** @param object an ApplicationSet: it generates Applications and says how that went */
export function readApplicationSet(object: LiveObject): OperatorStatus {
  const health = healthOf(object) ?? { status: 'Unknown', message: '' };
  const conditions = conditionsAt(object);
  return {
    ...emptyStatus,
    operator: 'argocd',
    id: idOfLive(object),
    sync: health.status === 'Healthy' ? 'Applied' : health.status === 'Degraded' ? 'Failed' : 'Reconciling',
    health,
    conditions: conditions.map(({ type, status, reason, message }, index) => ({
      type,
      status,
      reason: reason ?? '',
      message: message ?? '',
      at: textAt(mapsAt(object, 'status', 'conditions')[index] ?? {}, 'lastTransitionTime'),
      isBad: (type === 'ErrorOccurred' && status === 'True') || (type !== 'ErrorOccurred' && type !== 'RolloutProgressing' && status === 'False'),
    })),
    resources: mapsAt(object, 'status', 'resources').map(readResource),
    isAutomated: true,
  };
}

const emptyStatus = {
  revisions: [],
  attempted: undefined,
  sources: [],
  operation: undefined,
  history: [],
  isSuspended: false,
  healsItself: false,
  prunes: false,
  lookedAt: undefined,
  interval: undefined,
  isBehindSpec: false,
  pendingRequest: undefined,
  unknowns: [],
} satisfies Partial<OperatorStatus>;

/** The sources of a spec or an operation: `sources` where there are any, else `source`. */
export function sourcesAt(object: JsonObject, ...path: readonly string[]): readonly JsonObject[] {
  const several = mapsAt(object, ...path, 'sources');
  if (several.length > 0) return several;
  const one = mapAt(object, ...path, 'source');
  return one === undefined ? [] : [one];
}

/** `revisions` where there are any, else `revision`. */
export function revisionsAt(object: JsonObject, ...path: readonly string[]): readonly string[] {
  const several = textsAt(object, ...path, 'revisions');
  const one = textAt(object, ...path, 'revision') ?? '';
  return several.length > 0 ? several : one === '' ? [] : [one];
}

function readSource(source: JsonObject): OperatorSource {
  return {
    repoURL: textAt(source, 'repoURL'),
    path: textAt(source, 'path'),
    chart: textAt(source, 'chart'),
    targetRevision: textAt(source, 'targetRevision'),
    object: undefined,
  };
}

function syncOf(text: string | undefined): OperatorSync {
  return text === 'Synced' || text === 'OutOfSync' ? text : 'Unknown';
}

/** A request that the controller hasn't taken up stands in `operation`, what it does or did in `status.operationState`. */
function readOperation(object: LiveObject): OperatorOperation | undefined {
  const state = mapAt(object, 'status', 'operationState');
  const asked = mapAt(object, 'operation');
  const operation = (state && mapAt(state, 'operation')) ?? asked ?? (state && {});
  if (operation === undefined) return undefined;
  const phase = state === undefined ? 'Requested' : (textAt(state, 'phase') ?? 'Requested');
  const results = state === undefined ? [] : mapsAt(state, 'syncResult', 'resources');
  const done = state === undefined ? [] : revisionsAt(state, 'syncResult');
  return {
    phase,
    message: (state && textAt(state, 'message')) ?? '',
    isRunning: asked !== undefined || phase === 'Running' || phase === 'Terminating',
    startedAt: state && textAt(state, 'startedAt'),
    finishedAt: state && textAt(state, 'finishedAt'),
    retries: state === undefined ? 0 : countAt(state, 'retryCount'),
    retryLimit: numberAt(operation, 'retry', 'limit'),
    by: textAt(operation, 'initiatedBy', 'username') ?? '',
    isAutomated: isTrueAt(operation, 'initiatedBy', 'automated'),
    isDryRun: isTrueAt(operation, 'sync', 'dryRun'),
    revisions: done.length > 0 ? done : revisionsAt(operation, 'sync'),
    results: results.map(readResult),
  };
}

function readResult(result: JsonObject): OperationResult {
  return {
    id: idAt(result),
    status: textAt(result, 'status') ?? '',
    message: textAt(result, 'message') ?? '',
    syncPhase: textAt(result, 'syncPhase') ?? '',
    // Objects have it too, and it stays at Running where nothing waits for them.
    hookPhase: textAt(result, 'hookType') === undefined ? '' : (textAt(result, 'hookPhase') ?? ''),
  };
}

function readCondition(condition: JsonObject): OperatorCondition {
  const type = textAt(condition, 'type') ?? '';
  return {
    type,
    status: '',
    reason: '',
    message: textAt(condition, 'message') ?? '',
    at: textAt(condition, 'lastTransitionTime'),
    // Applications have conditions for what is wrong: errors and warnings.
    isBad: type.endsWith('Error'),
  };
}

function readDelivery(entry: JsonObject): OperatorDelivery {
  const isAutomated = isTrueAt(entry, 'initiatedBy', 'automated');
  return {
    id: String(countAt(entry, 'id')),
    revisions: revisionsAt(entry),
    at: textAt(entry, 'deployedAt') ?? '',
    by: textAt(entry, 'initiatedBy', 'username') ?? (isAutomated ? 'automated sync' : ''),
    result: '',
  };
}

function readResource(resource: JsonObject): OperatorResource {
  const health = mapAt(resource, 'health');
  return {
    id: idAt(resource),
    sync: textAt(resource, 'status') ?? '',
    health: health && readHealth(health),
    isHook: isTrueAt(resource, 'hook'),
    needsPruning: isTrueAt(resource, 'requiresPruning'),
  };
}

const statuses = new Map<string, HealthStatus>((['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'] as const).map((status) => [status, status]));

function readHealth(health: JsonObject): Health | undefined {
  const text = textAt(health, 'status') ?? '';
  return text === '' ? undefined : { status: statuses.get(text) ?? 'Unknown', message: textAt(health, 'message') ?? '' };
}

function idAt(entry: JsonObject): ResId {
  const at = (key: string): string => textAt(entry, key) ?? '';
  return { group: at('group'), version: at('version'), kind: at('kind'), namespace: at('namespace'), name: at('name') };
}

/** True where `status.sync.comparedTo` has other sources than the spec: its status is on an older spec. */
function isComparedElsewhere(object: LiveObject): boolean {
  const compared = sourcesAt(object, 'status', 'sync', 'comparedTo').map(readSource);
  if (compared.length === 0) return false;
  const wanted = sourcesAt(object, 'spec').map(readSource);
  return compared.length !== wanted.length || wanted.some((source, index) => !isSameSource(source, compared[index]));
}

function isSameSource(a: OperatorSource, b: OperatorSource | undefined): boolean {
  return b !== undefined && a.repoURL === b.repoURL && a.path === b.path && a.chart === b.chart && (a.targetRevision ?? '') === (b.targetRevision ?? '');
}

function unknownsOf(object: LiveObject): readonly OperatorUnknown[] {
  const unknowns: OperatorUnknown[] = [];
  if (mapAt(object, 'status', 'sync') === undefined) {
    unknowns.push({ about: 'everything', message: 'Argo CD has not looked at it yet: its controller may not run, or not watch this namespace.' });
  } else if (textAt(object, 'status', 'resourceHealthSource') === 'appTree') {
    unknowns.push({
      about: 'health',
      message: 'Argo CD keeps the health of single objects outside of the Application (resourceHealthSource: appTree), so which object it means is not told here.',
    });
  }
  if (mapAt(object, 'spec', 'sourceHydrator') !== undefined) {
    unknowns.push({ about: 'revision', message: 'Argo CD hydrates its manifests into a branch first: its revisions are those of that branch.' });
  }
  return unknowns;
}
