/**
 * What a sync would do, as data: the steps in their order, in each the objects with what happens to them and why, and the
 * questions that need an answer first. It is shown before anything is written; what runs it decides nothing.
 */
import type { FieldDrift } from '../drift/drift.js';
import type { JsonObject } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import type { FieldStep } from '../objects/compare.js';
import type { RenderedObject } from '../objects/rendering.js';
import type { ResId } from '../objects/resId.js';

/** In the order in which they run; `SyncFail` runs only after a failure. */
export type SyncPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail';

export type PlannedAction = 'create' | 'change' | 'adopt' | 'unchanged' | 'prune' | 'replace' | 'hook' | 'blocked';

/** Why an object is left alone although it differs. */
export type BlockCause =
  /** Argo CD or Flux keeps it, another ApplySet, a Helm release. */
  | 'owned'
  /** The server says that this user may not. */
  | 'forbidden'
  /** The server's dry run refused it. */
  | 'invalid'
  /** A field that can't be changed differs; replacing was offered, or isn't possible. */
  | 'immutable'
  /** No server kind for it, and nothing in this sync brings one. */
  | 'kind-not-served'
  /** Its namespace doesn't exist, and nothing in this sync makes it. */
  | 'namespace-missing'
  /** An option keeps it: `Prune=false`, `Delete=false`, `prune: disabled`, `reconcile: disabled`. */
  | 'option'
  /** The chart makes a part of it up with each rendering: ours would be a value that anybody can compute. */
  | 'generated'
  /** It is being deleted already. */
  | 'deleting'
  /** The comparison could not be made; the reason says why. */
  | 'unknown';

/** The request that carries an object out. `apply` is server-side apply; `recreate` deletes first and creates anew. */
export type WriteMethod = 'apply' | 'create' | 'replace' | 'recreate' | 'delete' | 'none';

/** A field that another manager owns with another value: taking it over or leaving it is the user's choice. */
export interface FieldConflict {
  readonly path: readonly FieldStep[];
  readonly manager: string;
  /** `Apply`: it will come into conflict again and again, as the other one declares it too. */
  readonly operation: 'Apply' | 'Update';
}

export type HookDeletePolicy = 'BeforeHookCreation' | 'HookSucceeded' | 'HookFailed';

export interface PlannedHook {
  readonly deletePolicies: readonly HookDeletePolicy[];
  /** `argocd.argoproj.io/hook` or `helm.sh/hook`: where it says that it is one. */
  readonly declaredBy: string;
}

export interface PlannedObject {
  readonly id: ResId;
  readonly action: PlannedAction;
  /** One sentence for people: why it is blocked, whom it is adopted from, why it is replaced. Empty where the action says all. */
  readonly reason: string;
  /** Set where the action is `blocked`. */
  readonly cause: BlockCause | undefined;
  readonly fields: readonly FieldDrift[];
  readonly conflicts: readonly FieldConflict[];
  readonly method: WriteMethod;
  /** Keys of questions that must all be answered with yes; without it the object is left out of the run. */
  readonly needs: readonly string[];
  /** What is sent, with the labels of the inventory; undefined for what is deleted or left alone. */
  readonly manifest: JsonObject | undefined;
  readonly desired: RenderedObject | undefined;
  readonly live: LiveObject | undefined;
  /** What the dry run says that comes of it; undefined where it wasn't or couldn't be asked. */
  readonly predicted: LiveObject | undefined;
  readonly hook: PlannedHook | undefined;
  /** How a deletion goes on to what the object owns. */
  readonly propagation: 'Foreground' | 'Background' | 'Orphan';
  /** False where the object's own annotation takes it out of what is waited for. */
  readonly countsForHealth: boolean;
}

/**
 * Objects of one phase and wave. Its groups run one after the other, the objects of a group side by side; a group with
 * CustomResourceDefinitions is over when the server has established them.
 */
export interface SyncStep {
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly kind: 'apply' | 'prune';
  /** `PreSync`, `Sync wave 2`, `Prune`. */
  readonly label: string;
  readonly groups: readonly (readonly PlannedObject[])[];
  /** True where its objects must be healthy, and its hooks complete, before the next step begins or the sync is done. */
  readonly waitsForHealth: boolean;
}

/** Something that doesn't happen without an explicit yes. */
export interface SyncQuestion {
  /** `prune/v1/PersistentVolumeClaim/shop/data-0`: stable as long as the plan means the same. */
  readonly key: string;
  /** `Delete PersistentVolumeClaim shop/data-0 and its data?` */
  readonly question: string;
  readonly isDangerous: boolean;
}

export interface SyncPlan {
  /** The environment's id. */
  readonly environment: string;
  readonly revision: string;
  readonly manager: string;
  /** In the order in which they run; steps of `SyncFail` come last. */
  readonly steps: readonly SyncStep[];
  readonly questions: readonly SyncQuestion[];
  /** What people should know before they say yes, one sentence each. */
  readonly warnings: readonly string[];
  /** Why nothing will be written at all; undefined where the plan can run. */
  readonly refusal: string | undefined;
  /** Everything that the environment declares, hooks included. */
  readonly declared: readonly ResId[];
  /** What it keeps and doesn't declare any more, whether it is deleted or not. */
  readonly extra: readonly ResId[];
}

/** Every object of a plan, in the order of the steps. */
export function plannedObjects(plan: SyncPlan): readonly PlannedObject[] {
  return plan.steps.flatMap(({ groups }) => groups.flat());
}

/** True where running the plan would write anything. */
export function hasWork(plan: SyncPlan): boolean {
  return plannedObjects(plan).some(({ method }) => method !== 'none');
}
