/**
 * What an operator says of itself, read from its own objects: Argo CD's Application and ApplicationSet, Flux's
 * Kustomization, HelmRelease, sources and image kinds. What an object doesn't tell is said in `unknowns`, never guessed.
 */
import type { Health } from '../live/health.js';
import type { LiveObject } from '../live/liveObject.js';
import { parseApiVersion, type ResId } from '../objects/resId.js';

export type OperatorName = 'argocd' | 'flux';

/**
 * `Synced`, `OutOfSync`: an Application compares. The others are Flux's, which applies and says how that went:
 * `Applied`, `Failed`, `Reconciling`, `Suspended`. `Unknown`: it doesn't say.
 */
export type OperatorSync = 'Synced' | 'OutOfSync' | 'Applied' | 'Failed' | 'Reconciling' | 'Suspended' | 'Unknown';

export interface OperatorStatus {
  readonly operator: OperatorName;
  /** Its object. */
  readonly id: ResId;
  readonly sync: OperatorSync;
  /** By its own word, or by the rules for its kind. */
  readonly health: Health;
  /** What it compares with or applied last, one per source: commits, chart versions, Flux's `main@sha1:1a2b`. Empty where it says none. */
  readonly revisions: readonly string[];
  /** What it tried last where that differs from what it applied. */
  readonly attempted: string | undefined;
  readonly sources: readonly OperatorSource[];
  /** The latest; undefined where there was none. */
  readonly operation: OperatorOperation | undefined;
  readonly conditions: readonly OperatorCondition[];
  /** Latest first. */
  readonly history: readonly OperatorDelivery[];
  /** True where it was told to do nothing: Flux's `suspend`, Argo CD's skip-reconcile annotation. */
  readonly isSuspended: boolean;
  /** Acts by itself when git changes. */
  readonly isAutomated: boolean;
  /** Sets drift back by itself. */
  readonly healsItself: boolean;
  /** Deletes what is no longer declared, by itself. */
  readonly prunes: boolean;
  /** What its object lists as its own. */
  readonly resources: readonly OperatorResource[];
  /** RFC 3339: when it last looked; undefined where it doesn't say. */
  readonly lookedAt: string | undefined;
  /** Seconds between looks, as far as its object says. */
  readonly interval: number | undefined;
  /** Its last word was on an older spec than the one that is live. */
  readonly isBehindSpec: boolean;
  /** A request (refresh, reconcile) that it hasn't taken up. */
  readonly pendingRequest: string | undefined;
  /** What the object doesn't tell. */
  readonly unknowns: readonly OperatorUnknown[];
}

export interface OperatorUnknown {
  /** What it is about. */
  readonly about: 'everything' | 'sync' | 'health' | 'revision';
  /** One sentence. */
  readonly message: string;
}

export interface OperatorSource {
  readonly repoURL: string | undefined;
  readonly path: string | undefined;
  readonly chart: string | undefined;
  readonly targetRevision: string | undefined;
  /** The Flux object that fetches it. */
  readonly object: ResId | undefined;
}

export interface OperatorOperation {
  /** `Running`, `Terminating`, `Failed`, `Error`, `Succeeded`; `Requested`: not taken up yet; `Retrying`: failed, and will be tried again. */
  readonly phase: string;
  readonly message: string;
  readonly isRunning: boolean;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly retries: number;
  /** Undefined where it isn't limited or not said. */
  readonly retryLimit: number | undefined;
  /** Who asked; empty where it isn't said. */
  readonly by: string;
  readonly isAutomated: boolean;
  readonly isDryRun: boolean;
  readonly revisions: readonly string[];
  /** What became of each object, as far as it got. */
  readonly results: readonly OperationResult[];
}

export interface OperationResult {
  readonly id: ResId;
  /** `Synced`, `SyncFailed`, `Pruned`, `PruneSkipped`; empty while it isn't known. */
  readonly status: string;
  readonly message: string;
  /** `PreSync`, `Sync`, `PostSync`; empty where it isn't said. */
  readonly syncPhase: string;
  /** Of a hook: `Running`, `Succeeded`; empty for what is no hook. */
  readonly hookPhase: string;
}

export interface OperatorCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly at: string | undefined;
  readonly isBad: boolean;
}

export interface OperatorDelivery {
  /** What a rollback names it by; empty where the operator has no rollback. */
  readonly id: string;
  readonly revisions: readonly string[];
  readonly at: string;
  readonly by: string;
  /** `deployed`, `ReconciliationFailed`; empty where only successes are kept. */
  readonly result: string;
}

export interface OperatorResource {
  readonly id: ResId;
  /** `Synced`, `OutOfSync`, `Unknown`; empty where the operator doesn't compare by object. */
  readonly sync: string;
  /** Undefined where it isn't said. */
  readonly health: Health | undefined;
  readonly isHook: boolean;
  readonly needsPruning: boolean;
}

/** True for the kinds that have an {@link OperatorStatus}. */
export function isOperatorKind(group: string, kind: string): boolean {
  return operatorOf(group, kind) !== undefined;
}

/** Which operator's object it is; undefined for others. */
export function operatorOf(group: string, kind: string): OperatorName | undefined {
  if (group === 'argoproj.io') return kind === 'Application' || kind === 'ApplicationSet' ? 'argocd' : undefined;
  return fluxKinds[group]?.includes(kind) === true ? 'flux' : undefined;
}

/** The same of an object. */
export function operatorOfObject({ apiVersion, kind }: LiveObject): OperatorName | undefined {
  return operatorOf(parseApiVersion(apiVersion).group, kind);
}

const fluxKinds: Readonly<Record<string, readonly string[]>> = {
  'kustomize.toolkit.fluxcd.io': ['Kustomization'],
  'helm.toolkit.fluxcd.io': ['HelmRelease'],
  'source.toolkit.fluxcd.io': ['GitRepository', 'OCIRepository', 'Bucket', 'HelmRepository', 'HelmChart', 'ExternalArtifact'],
  'image.toolkit.fluxcd.io': ['ImagePolicy', 'ImageRepository', 'ImageUpdateAutomation'],
};
