/**
 * What the extension and the server say to each other about clusters: connections, live state, drift, syncs, operators.
 * Types only. Values of Secrets are masked before they get here. Texts of objects are read by URIs of the scheme
 * `gitops-live`, which the server makes and answers.
 */
import type { FailureWords, Place, UriText } from './protocol.js';

export type HealthName = 'Healthy' | 'Suspended' | 'Progressing' | 'Missing' | 'Degraded' | 'Unknown';

export interface ContextSummary {
  readonly name: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  readonly namespace: string;
  /** True where its credentials come from a program that would be run. */
  readonly needsProgram: boolean;
}

export interface ContextList {
  readonly contexts: readonly ContextSummary[];
  readonly current: string | undefined;
  readonly files: readonly string[];
}

/** A connection that the user asked for. Others are never made. */
export interface ConnectionSummary {
  readonly context: string;
  readonly server: string;
  readonly state: 'connecting' | 'connected' | 'unreachable' | 'unauthorized' | 'failed';
  /** For people: the server's version, or what is wrong and when it is tried again. */
  readonly message: string;
}

/** What is known live of an environment. */
export interface EnvironmentLive {
  readonly id: string;
  /** The context that it is looked at through; undefined where none was chosen. */
  readonly context: string | undefined;
  /** A context that its destination fits, to offer; undefined where none does. */
  readonly suggestedContext: string | undefined;
  readonly state: LiveState;
  readonly counts: DriftCounts;
  /** Why its operator goes by something else than the files here, a part of a sentence: `main is not pushed`. Differences may be just that. */
  readonly ahead: string | undefined;
  readonly health: HealthName;
  readonly method: 'server-side-dry-run' | 'three-way' | undefined;
  readonly operator: OperatorSummary | undefined;
  /** A sync of ours that runs now. */
  readonly runningSync: string | undefined;
  /** True where it is reconciled continuously from here. */
  readonly isReconciled: boolean;
  /** The last sync of ours, from its delivery record. */
  readonly lastSync: DeliveryRecordSummary | undefined;
}

export type LiveState =
  /** No context was chosen, or it isn't connected. */
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'compared'; readonly at: string }
  /** Looked at and not compared: the user switched that off. Counts tell nothing then. */
  | { readonly kind: 'seen'; readonly at: string }
  /** Compared but for parts that can't be seen. */
  | { readonly kind: 'partly'; readonly at: string; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: FailureWords };

export interface DriftCounts {
  readonly objects: number;
  readonly missing: number;
  readonly changed: number;
  readonly extra: number;
  readonly foreign: number;
  readonly unknown: number;
}

export interface ObjectName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Drift of an environment; objects that are in sync are counted, not listed. */
export interface DriftDetails {
  readonly id: string;
  readonly rows: readonly DriftRow[];
  readonly inSync: number;
  /** Worst first, for the node "health". */
  readonly unhealthy: readonly { readonly object: ObjectName; readonly health: HealthName; readonly message: string; readonly place: Place | undefined }[];
  /** The whole environment for the editor's multi-file diff: live on the left, desired on the right. */
  readonly changes: readonly DriftChange[];
}

export interface DriftChange {
  readonly label: string;
  readonly liveUri: UriText | undefined;
  readonly desiredUri: UriText | undefined;
}

export interface DriftRow {
  readonly object: ObjectName;
  readonly state: 'missing' | 'changed' | 'extra' | 'foreign' | 'unknown';
  readonly reason: string;
  /** What becomes of it, one sentence. */
  readonly forecast: string;
  readonly method: 'server-side-dry-run' | 'three-way';
  readonly fields: readonly DriftField[];
  /** What settings leave out, one sentence each. */
  readonly ignored: readonly string[];
  /** Where the object is declared; undefined for extra ones. */
  readonly place: Place | undefined;
  readonly change: DriftChange;
}

export interface DriftField {
  /** `spec.template.spec.containers[name=web].image`; what actions name it by. */
  readonly path: string;
  readonly state: 'changed' | 'missing' | 'removed' | 'foreign';
  /** For people, short, masked; undefined where there is none. */
  readonly desired: string | undefined;
  readonly live: string | undefined;
  /** The line in git that declares it. */
  readonly place: Place | undefined;
  /** `kubectl-scale, 12 minutes ago`; empty where nobody is noted. */
  readonly by: string;
  readonly forecast: string;
  readonly canRevert: boolean;
  readonly canAdopt: boolean;
  readonly canIgnore: boolean;
}

/** A note at a line of a source file about what is live. */
export interface LiveHint {
  /** 0-based. */
  readonly line: number;
  /** `live: 5, by kubectl-scale, 12 min ago` */
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
}

/** The operator's own words on an environment. */
export interface OperatorSummary {
  readonly operator: 'argocd' | 'flux';
  /** `Application argocd/orders-prod` */
  readonly object: ObjectName;
  /** `Synced`, `OutOfSync`, `Ready`, `Failed`. */
  readonly sync: string;
  readonly health: HealthName;
  readonly revision: string;
  readonly isSuspended: boolean;
  readonly isAutomated: boolean;
  /** What it is doing; undefined where it does nothing. */
  readonly operation: { readonly phase: string; readonly message: string; readonly startedAt: string } | undefined;
  readonly conditions: readonly { readonly type: string; readonly message: string; readonly isBad: boolean }[];
  readonly history: readonly { readonly id: string; readonly revision: string; readonly at: string }[];
  /** Why it says something else than we do, one sentence each: `Argo CD compares with 1a2b3c4, you look at 5d6e7f8, which is not pushed.` */
  readonly disagreements: readonly string[];
}

export type OperatorAction =
  | { readonly kind: 'sync'; readonly revision?: string; readonly prune?: boolean; readonly dryRun?: boolean; readonly force?: boolean; readonly objects?: readonly ObjectName[] }
  | { readonly kind: 'refresh'; readonly hard: boolean }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'rollback'; readonly historyId: string }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  /** Flux: the source first, then the Kustomization or HelmRelease. */
  | { readonly kind: 'reconcile'; readonly withSource: boolean };

export interface SyncOptions {
  readonly prune: boolean;
  /** Only these; all where it is missing. */
  readonly objects?: readonly ObjectName[];
  /** The commit of a past sync, to sync what it renders to; the files as they are where it is missing. */
  readonly commit?: string;
}

/** What a sync would do; nothing was written yet. */
export interface SyncPlanView {
  readonly planId: string;
  readonly id: string;
  readonly label: string;
  readonly isProtected: boolean;
  readonly context: string;
  readonly revision: string;
  /** True where it is of a past commit, not of the files as they are. */
  readonly isPast: boolean;
  /** Set where an operator delivers it: our reconciler won't, and this sentence says why and what to do. */
  readonly refusal: string | undefined;
  readonly waves: readonly PlanWave[];
  /** What needs an explicit yes before it runs, one question each. */
  readonly questions: readonly PlanQuestion[];
  /** What people should know before they say yes, one sentence each. */
  readonly warnings: readonly string[];
  /** True where fields of others differ: whether they are taken over is to be asked. */
  readonly hasConflicts: boolean;
  readonly changes: readonly DriftChange[];
}

export interface PlanWave {
  /** `PreSync`, `Sync wave 2`, `Prune`. */
  readonly label: string;
  readonly objects: readonly PlannedObjectView[];
}

export interface PlannedObjectView {
  readonly object: ObjectName;
  readonly action: 'create' | 'change' | 'adopt' | 'unchanged' | 'prune' | 'replace' | 'hook' | 'blocked';
  /** Why it is blocked, whom it is adopted from. */
  readonly reason: string;
  readonly fields: readonly DriftField[];
  /** The managers that own fields that it would change. */
  readonly conflicts: readonly string[];
  readonly place: Place | undefined;
  readonly change: DriftChange;
}

export interface PlanQuestion {
  readonly key: string;
  /** `Delete PersistentVolumeClaim data-orders-0 and its data?` */
  readonly question: string;
  readonly isDangerous: boolean;
}

export interface SyncProgress {
  readonly runId: string;
  readonly id: string;
  readonly phase: 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
  /** `Sync wave 1: 3 of 7 applied`, `waiting for Deployment orders (1 of 3 ready)`. */
  readonly message: string;
  /** 0 to 1. */
  readonly part: number;
  readonly objects: readonly SyncedObjectView[];
}

export interface SyncedObjectView {
  readonly object: ObjectName;
  readonly action: 'created' | 'changed' | 'unchanged' | 'pruned' | 'blocked' | 'failed';
  readonly health: HealthName | undefined;
  readonly message: string;
}

export interface DeliveryRecordSummary {
  /** Tells the syncs of an environment apart. */
  readonly run: string;
  readonly revision: string;
  /** The commit, where it can be rendered again; undefined where what was synced was not committed. */
  readonly commit: string | undefined;
  /** True for the one that undoing the last sync goes back to. */
  readonly isUndoTarget: boolean;
  readonly user: string;
  /** RFC 3339. */
  readonly at: string;
  readonly result: 'done' | 'failed' | 'cancelled' | 'running' | 'interrupted';
  /** How it ended, for people; may be empty. */
  readonly message: string;
  readonly objects: number;
}

export interface ClusterRequests {
  'gitops/cluster/contexts': { params: Record<string, never>; result: ContextList | FailureWords };
  'gitops/cluster/connections': { params: Record<string, never>; result: readonly ConnectionSummary[] };
  'gitops/cluster/connect': { params: { readonly context: string }; result: ConnectionSummary | FailureWords };
  'gitops/cluster/disconnect': { params: { readonly context: string }; result: null };
  /** Which context an environment is looked at through; kept between sessions. Without `context` it is forgotten. */
  'gitops/cluster/choose': { params: { readonly ids: readonly string[]; readonly context?: string }; result: null | FailureWords };
  'gitops/live/environments': { params: Record<string, never>; result: readonly EnvironmentLive[] };
  'gitops/live/refresh': { params: { readonly id: string }; result: EnvironmentLive | FailureWords };
  'gitops/live/drift': { params: { readonly id: string }; result: DriftDetails | FailureWords };
  /** The text of a `gitops-live` document. */
  'gitops/live/text': { params: { readonly uri: UriText }; result: { readonly text: string } | FailureWords };
  'gitops/live/hints': { params: { readonly uri: UriText }; result: readonly LiveHint[] };
  /** Sets a field, or a whole object, in the cluster back to what git says. */
  'gitops/drift/revert': { params: { readonly id: string; readonly object: ObjectName; readonly path?: string }; result: null | FailureWords };
  /** Edits the sources so that they say what is live. The edit is made through the editor, so that it can be undone. */
  'gitops/drift/adopt': { params: { readonly id: string; readonly object: ObjectName; readonly path: string }; result: { readonly place: Place } | FailureWords };
  /** Writes the difference to `ignoreDifferences`, Flux's `ignore`, or the settings file. */
  'gitops/drift/ignore': {
    params: { readonly id: string; readonly object: ObjectName; readonly path: string; readonly reason: string };
    result: { readonly place: Place } | FailureWords;
  };
  'gitops/sync/plan': { params: { readonly id: string; readonly options: SyncOptions }; result: SyncPlanView | FailureWords };
  /** @param confirmed keys of the questions that were answered with yes; the others are left out of the run */
  'gitops/sync/run': { params: { readonly planId: string; readonly confirmed: readonly string[]; readonly takeOver: boolean }; result: { readonly runId: string } | FailureWords };
  'gitops/sync/cancel': { params: { readonly runId: string }; result: null };
  'gitops/sync/history': { params: { readonly id: string }; result: readonly DeliveryRecordSummary[] | FailureWords };
  'gitops/sync/reconcile': { params: { readonly id: string; readonly on: boolean }; result: null | FailureWords };
  'gitops/operator/act': { params: { readonly id: string; readonly action: OperatorAction }; result: null | FailureWords };
}

/** From the server. */
export interface ClusterNotifications {
  /** Connections, or what is live in an environment, changed: ask again. */
  'gitops/live/changed': { readonly ids: readonly string[] };
  'gitops/sync/progress': SyncProgress;
  /** Something that a person should be told: drift or failure in a protected environment. Rate limited by the server. */
  'gitops/live/attention': { readonly id: string; readonly label: string; readonly message: string };
}
