/** What the server would tell of clusters, for tests of what shows it. */
import type {
  ConnectionSummary,
  DeliveryRecordSummary,
  DriftDetails,
  DriftField,
  DriftRow,
  EnvironmentLive,
  ObjectName,
  OperatorSummary,
  PlannedObjectView,
  SyncPlanView,
} from '../../src/server/clusterProtocol.js';
import { placeAt } from './deliveryFixtures.js';

const groups: Readonly<Record<string, string>> = { Deployment: 'apps', PodDisruptionBudget: 'policy', Service: '', ConfigMap: '', PersistentVolumeClaim: '' };

export function objectOf(kind: string, name: string, namespace = 'orders-prod'): ObjectName {
  return { group: groups[kind] ?? 'example.com', version: 'v1', kind, namespace, name };
}

/** A connection that stands. */
export function connectionOf(context: string, changes: Partial<ConnectionSummary> = {}): ConnectionSummary {
  return { context, server: `https://${context}.example:6443`, state: 'connected', message: 'v1.34.2', ...changes };
}

/** An environment in `kind-dev` that was compared and is in sync. */
export function liveOf(id: string, changes: Partial<EnvironmentLive> = {}): EnvironmentLive {
  return {
    id,
    context: 'kind-dev',
    suggestedContext: undefined,
    state: { kind: 'compared', at: '2026-11-21T11:30:00Z' },
    counts: { objects: 12, missing: 0, changed: 0, extra: 0, foreign: 0, unknown: 0 },
    ahead: undefined,
    health: 'Healthy',
    method: 'server-side-dry-run',
    operator: undefined,
    runningSync: undefined,
    isReconciled: false,
    lastSync: undefined,
    ...changes,
  };
}

/** `spec.replicas`, scaled by hand from 3 to 5. */
export function fieldOf(changes: Partial<DriftField> = {}): DriftField {
  return {
    path: 'spec.replicas',
    state: 'changed',
    desired: '3',
    live: '5',
    place: placeAt('apps/orders/overlays/prod/capacity.yaml', 6),
    by: 'kubectl-scale, 12 minutes ago',
    forecast: 'Argo CD sets it back within 3 minutes (self-heal is on).',
    canRevert: true,
    canAdopt: true,
    canIgnore: true,
    ...changes,
  };
}

/** Both sides of an object. */
export function changeOf(label: string): DriftRow['change'] {
  return { label, liveUri: `gitops-live:/${label} (live).yaml`, desiredUri: `gitops-live:/${label} (desired).yaml` };
}

export function rowOf(object: ObjectName, changes: Partial<DriftRow> = {}): DriftRow {
  return {
    object,
    state: 'changed',
    reason: '',
    forecast: '',
    method: 'server-side-dry-run',
    fields: [fieldOf()],
    ignored: [],
    place: placeAt('apps/orders/base/api.yaml', 1),
    change: changeOf(`${object.kind} ${object.name}`),
    ...changes,
  };
}

export function detailsOf(id: string, rows: readonly DriftRow[], changes: Partial<DriftDetails> = {}): DriftDetails {
  return { id, rows, inSync: 9, unhealthy: [], changes: rows.map(({ change }) => change), ...changes };
}

export function operatorOf(changes: Partial<OperatorSummary> = {}): OperatorSummary {
  return {
    operator: 'argocd',
    object: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: 'argocd', name: 'orders-prod' },
    sync: 'OutOfSync',
    health: 'Degraded',
    revision: '1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d',
    isSuspended: false,
    isAutomated: true,
    operation: undefined,
    conditions: [],
    history: [],
    disagreements: [],
    ...changes,
  };
}

export function plannedOf(object: ObjectName, action: PlannedObjectView['action'], changes: Partial<PlannedObjectView> = {}): PlannedObjectView {
  return { object, action, reason: '', fields: [], conflicts: [], place: placeAt('apps/orders/base/api.yaml', 1), change: changeOf(`${object.kind} ${object.name}`), ...changes };
}

/** A sync of one commit that ended well. */
export function recordOf(changes: Partial<DeliveryRecordSummary> = {}): DeliveryRecordSummary {
  const commit = '5d6e7f8d5d6e7f8d5d6e7f8d5d6e7f8d5d6e7f8d';
  return { run: 'r1', revision: commit, commit, isUndoTarget: false, user: 'jane', at: '2026-11-21T09:00:00Z', result: 'done', message: '', objects: 3, ...changes };
}

export function planOf(objects: readonly PlannedObjectView[], changes: Partial<SyncPlanView> = {}): SyncPlanView {
  return {
    planId: 'plan-1',
    id: 'orders-dev',
    label: 'orders dev',
    isProtected: false,
    isPast: false,
    context: 'kind-dev',
    revision: '1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d',
    refusal: undefined,
    waves: [{ label: 'Sync', objects }],
    questions: [],
    warnings: [],
    hasConflicts: false,
    changes: [],
    ...changes,
  };
}
