/**
 * What the extension and the server say to each other about edits that are delivered through git: promotions, rollbacks,
 * another image registry, "Set this here". Types only. Nothing is written by a plan; a run carries out a plan that was
 * shown. Texts of plans are read by URIs of the scheme `gitops-plan`, which the server makes and answers.
 */
import type { DriftCounts, HealthName } from './clusterProtocol.js';
import type { FindingSummary } from './deliveryProtocol.js';
import type { FailureWords, Place, TextPosition, UriText } from './protocol.js';

/** The scheme of the texts of plans. */
export type PlanScheme = 'gitops-plan';

/** An environment as a choice. */
export interface EnvironmentChoice {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  /** `orders prod`. */
  readonly label: string;
  readonly isProtected: boolean;
  /** `main`, `main, which is not checked out`, `delivered by Argo CD from main`: for people. */
  readonly description: string;
}

/** What can be promoted from an environment, for the choices before a plan. */
export interface PromotionOptions {
  readonly from: EnvironmentChoice;
  /** In the order of promotion; the ones that follow first. */
  readonly targets: readonly EnvironmentChoice[];
  /** The images of `from`; `versions` are what the targets have, by their id. */
  readonly images: readonly PromotableImage[];
}

export interface PromotableImage {
  /** Without tag and digest. */
  readonly name: string;
  /** `v1.2.0`, `sha256:…` shortened. */
  readonly version: string;
  readonly targets: readonly { readonly id: string; readonly version: string | undefined }[];
}

export interface PromotionRequest {
  /** An environment's id, or a name (`dev`) for all apps that have it. */
  readonly from: string;
  /** Ids or names. */
  readonly to: readonly string[];
  /** Only these apps; all where it is missing. */
  readonly apps?: readonly string[];
  /** Only images with these names (without tag); all where it is missing. */
  readonly images?: readonly string[];
  /** True to edit the files as they stand in the editor; else the tip of each branch that a target tracks. */
  readonly workingFiles?: boolean;
}

/** An edit of sources that was worked out and can be run. Nothing was written yet. */
export interface EditPlanView {
  readonly planId: string;
  readonly kind: 'promotion' | 'rollback' | 'registry';
  /** `orders: dev → stage, prod`. */
  readonly title: string;
  /** Why nothing can be done at all, and what to do; undefined where the plan can run. */
  readonly refusal: string | undefined;
  readonly targets: readonly PlanTarget[];
  /** One per repository and branch; what is committed. */
  readonly branches: readonly PlanBranch[];
  /** What needs an explicit answer before it runs. */
  readonly questions: readonly EditQuestion[];
  /** What people should know before they say yes, one sentence each. */
  readonly warnings: readonly string[];
  /** The commit message by the template, to be edited. */
  readonly message: string;
  /** All documents for the editor's multi-file diff: the sources first, then the renders. */
  readonly documents: readonly PlanDocument[];
  /** Of another registry: references in arguments, commands and variables, which the plan leaves as they are and another one would edit. */
  readonly mentions?: readonly { readonly place: Place; readonly references: readonly string[] }[];
}

export interface PlanDocument {
  /** `overlays/prod/kustomization.yaml`, `orders prod (rendered)`. */
  readonly label: string;
  readonly kind: 'source' | 'rendered';
  /** Undefined where the file is new. */
  readonly beforeUri: UriText | undefined;
  /** Undefined where the file goes. */
  readonly afterUri: UriText | undefined;
}

/** An environment that a plan changes, or was asked to. */
export interface PlanTarget {
  readonly id: string;
  readonly label: string;
  readonly isProtected: boolean;
  /** The branch that it tracks, and on which it is edited; undefined outside of git. */
  readonly branch: string | undefined;
  /** Why nothing is moved here; undefined where something is. */
  readonly refusal: string | undefined;
  /** True where it was not asked for: it moves as it shares what is edited. The reason is among the warnings. */
  readonly isAlong: boolean;
  readonly moves: readonly ImageMove[];
  readonly rendered: RenderedDifference;
  /** Rule findings of the result; new ones first. */
  readonly findings: readonly PlanFinding[];
  /** What else differs between the two environments; it stays as it is. */
  readonly others: readonly OtherDifference[];
  /** What the cluster says now; undefined where none is connected. */
  readonly live: TargetLive | undefined;
  /** What would take it back or hold it up, one sentence each: image automation, a suspended operator, auto-sync. */
  readonly warnings: readonly string[];
}

export interface ImageMove {
  /** Without tag and digest. */
  readonly image: string;
  /** What the target has. */
  readonly before: string;
  /** What it will have. */
  readonly after: string;
  readonly state: 'moves' | 'same' | 'refused';
  /** How it is written, or why it is not: `newTag of images[0]`, `helm.parameters of Application orders-prod`. */
  readonly way: string;
  /** Where it is set now. */
  readonly place: Place | undefined;
  /** Whether the registry has it; undefined where it wasn't asked. */
  readonly registry: RegistryVerdict | undefined;
}

export interface RegistryVerdict {
  readonly state: 'there' | 'missing' | 'unknown';
  /** `pushed 2 days ago, linux/amd64 and linux/arm64`, or why it isn't known. */
  readonly message: string;
}

export interface RenderedDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** The fields for people, short and masked: `Deployment/orders image: orders:v1 → orders:v2`. */
  readonly fields: readonly string[];
}

export interface PlanFinding extends FindingSummary {
  readonly isNew: boolean;
}

export interface OtherDifference {
  /** `Deployment/orders`. */
  readonly object: string;
  /** Empty for a whole object. */
  readonly path: string;
  /** Masked; undefined where it isn't there. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly place: Place | undefined;
}

export interface TargetLive {
  readonly counts: DriftCounts;
  readonly health: HealthName;
  /** One sentence. */
  readonly message: string;
}

/** Edits of one branch of one repository: one commit. */
export interface PlanBranch {
  /** The folder's name. */
  readonly repository: string;
  /** Undefined outside of git: the files are edited where they are. */
  readonly branch: string | undefined;
  readonly isCheckedOut: boolean;
  /** The commit that it was planned on; undefined for the files as they stand in the editor. */
  readonly commit: string | undefined;
  /** True where an environment on it is protected: a topic branch and a pull request are proposed. */
  readonly isProtected: boolean;
  /** What may be done with it, the proposed one first. */
  readonly ways: readonly DeliverWay[];
  /** The topic branch that is proposed where there is to be a pull request. */
  readonly topicBranch: string;
  readonly environments: readonly string[];
  readonly files: readonly PlanDocument[];
  /** Commits that couldn't be taken back without a conflict, and in which files. Rollbacks only. */
  readonly conflicts: readonly { readonly commit: string; readonly files: readonly string[] }[];
}

/** `edit` changes the files in the editor and commits nothing. */
export type DeliverWay = 'edit' | 'commit' | 'push' | 'pullRequest';

export interface EditQuestion {
  /** Stable as long as the plan means the same. */
  readonly key: string;
  /** `This edits the base of orders, which dev and stage use too. Change them as well?` */
  readonly question: string;
  readonly isDangerous: boolean;
  /** What has to be typed as the answer, `prod`; undefined for a yes. */
  readonly typed: string | undefined;
}

export interface RunRequest {
  readonly planId: string;
  readonly way: DeliverWay;
  readonly message: string;
  /** Keys of questions, with what was typed or `yes`. */
  readonly answers: Readonly<Record<string, string>>;
  /** The topic branch of a pull request. */
  readonly topicBranch?: string;
  /** A token of the editor's session with the forge, to make the pull request; without it a URL is given. */
  readonly session?: { readonly host: string; readonly token: string; readonly kind?: 'github' | 'gitlab' };
}

/** How a run goes, and after a push how far its change has come. */
export interface EditProgress {
  readonly runId: string;
  readonly kind: EditPlanView['kind'];
  /** `following`: all was written; the environments are looked at until they are healthy or failed. */
  readonly phase: 'running' | 'following' | 'done' | 'failed' | 'cancelled';
  readonly message: string;
  /** 0 to 1. */
  readonly part: number;
  readonly branches: readonly BranchOutcome[];
  readonly ladders: readonly FollowedLadder[];
  /** Set where it failed and can be taken back: environments that rolling back is offered for. */
  readonly rollbackOf: readonly string[];
}

export interface BranchOutcome {
  readonly repository: string;
  readonly branch: string;
  readonly state: 'waiting' | 'committed' | 'pushed' | 'proposed' | 'failed';
  readonly commit: string | undefined;
  /** A pull request, or the page on which one is made. */
  readonly pullRequestUrl: string | undefined;
  /** What went wrong, or was done again: `main had moved; planned again on 1a2b3c4`. */
  readonly message: string;
}

export interface FollowedLadder {
  readonly id: string;
  readonly label: string;
  readonly state: 'moving' | 'healthy' | 'failed' | 'unknown';
  readonly rungs: readonly { readonly rung: string; readonly state: 'done' | 'pending' | 'failed' | 'unknown'; readonly evidence: string }[];
}

/** A commit that changed what an environment renders to. */
export interface HistoryEntry {
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  /** RFC 3339. */
  readonly at: string;
  /** `orders:v1.2.0` after it, shortened for people. */
  readonly images: readonly string[];
  /** `now`, `Argo CD deployed it 2 days ago`; empty where nothing is known. */
  readonly deployed: string;
  /** The first of the list is what there is now. */
  readonly isCurrent: boolean;
}

/** A field of a preview, for an edit of it. */
export interface SettableField {
  readonly environmentId: string;
  readonly environmentLabel: string;
  /** `Deployment orders`. */
  readonly object: string;
  /** `spec.template.spec.containers[name=web].image`. */
  readonly path: string;
  /** What stands there, as YAML on one line; undefined for a map or list. */
  readonly value: string | undefined;
  readonly valueKind: 'string' | 'number' | 'boolean' | 'null' | 'map' | 'list';
  /** Where it comes from now. */
  readonly place: Place | undefined;
  /** Why it can't be set here: a Secret's value, an identity. */
  readonly refusal: string | undefined;
}

export interface SetHereRequest {
  /** Of the preview. */
  readonly uri: UriText;
  readonly position: TextPosition;
  /** YAML; undefined takes the field away. */
  readonly value: string | undefined;
  /** Keys of questions that were answered with yes. */
  readonly confirmed?: readonly string[];
}

export type SetHereAnswer =
  | { readonly kind: 'done'; /** `images entry` */ readonly way: string; readonly place: Place; readonly alsoChanged: readonly string[] }
  /** It can only be done with consequences: ask, and request it again with the key. */
  | { readonly kind: 'asks'; readonly question: EditQuestion };

/** An image name as the workspace uses it. */
export interface RegistryChoice {
  /** `ghcr.io/acme/orders`, or a beginning of several: `ghcr.io/acme`. */
  readonly name: string;
  /** How many images, in how many environments. */
  readonly images: number;
  readonly environments: number;
}

export interface RegistryMoveRequest {
  /** A name or the beginning of names: `ghcr.io/acme`. */
  readonly from: string;
  /** What stands in its place. */
  readonly to: string;
  /** True to edit references in arguments, commands and variables of containers too. */
  readonly includesTexts?: boolean;
}

/** A pull request's preview environment. */
export interface PreviewEnvironment {
  /** Empty for one that is only in a cluster: its pull request isn't known here. */
  readonly id: string;
  /** `dex-pr-42`. */
  readonly label: string;
  /** `#42 Search by author`; empty where it isn't known. */
  readonly title: string;
  readonly branch: string;
  /** True where that branch is checked out. */
  readonly isCurrent: boolean;
  readonly namespace: string;
  readonly state: 'not-created' | 'created' | 'unknown';
  /** What Argo CD says of it, `Healthy, Synced`, and where; empty where it says nothing. */
  readonly words: string;
  /** The context of the cluster that it is looked for in, and made in; undefined where none is connected that fits. */
  readonly context: string | undefined;
  /** What generates it. */
  readonly place: Place | undefined;
  /** Its page at the forge; undefined where the forge wasn't asked. */
  readonly url: string | undefined;
}

/** A repository whose pull requests a generator asks for. */
export interface PullRequestForge {
  readonly kind: 'github' | 'gitlab';
  /** `github.com`. */
  readonly host: string;
  /** `lumen-example/atlas`. */
  readonly repository: string;
  /** `unasked`: the editor has no session with it. */
  readonly state: 'unasked' | 'known' | 'failed';
  /** `3 open, asked 2 minutes ago`, or why there is no answer; empty where nobody asked. */
  readonly message: string;
}

export interface PromoteRequests {
  'gitops/promote/options': { params: { readonly from: string }; result: PromotionOptions | FailureWords };
  'gitops/promote/plan': { params: PromotionRequest; result: EditPlanView | FailureWords };
  /** Runs any plan of this protocol; progress comes as notifications. */
  'gitops/promote/run': { params: RunRequest; result: { readonly runId: string } | FailureWords };
  'gitops/promote/cancel': { params: { readonly runId: string }; result: null };
  /** The text of a `gitops-plan` document. */
  'gitops/promote/text': { params: { readonly uri: UriText }; result: { readonly text: string } | FailureWords };
  /** Latest first. */
  'gitops/rollback/history': { params: { readonly id: string; readonly most?: number }; result: readonly HistoryEntry[] | FailureWords };
  /** The environment as it rendered at a commit of its history: previews for the editor's diff. */
  'gitops/rollback/compare': {
    params: { readonly id: string; readonly commit: string };
    result: { readonly leftUri: UriText; readonly rightUri: UriText; readonly label: string } | FailureWords;
  };
  /** Takes back the last delivery, or all since `to`. */
  'gitops/rollback/plan': { params: { readonly id: string; readonly to?: string }; result: EditPlanView | FailureWords };
  /** The field at a position of a preview; null where there is none. */
  'gitops/setHere/field': { params: { readonly uri: UriText; readonly position: TextPosition }; result: SettableField | null };
  /** Makes the smallest edit through the editor, so that it can be undone. */
  'gitops/setHere/set': { params: SetHereRequest; result: SetHereAnswer | FailureWords };
  'gitops/registry/options': { params: Record<string, never>; result: readonly RegistryChoice[] };
  'gitops/registry/plan': { params: RegistryMoveRequest; result: EditPlanView | FailureWords };
  'gitops/previewEnvironments/list': { params: Record<string, never>; result: readonly PreviewEnvironment[] | FailureWords };
  /** What generators ask forges, and what came of it. */
  'gitops/pullRequests/forges': { params: Record<string, never>; result: readonly PullRequestForge[] };
  /** Asks the forges again with which the editor has a session. @param isForced also where it isn't due */
  'gitops/pullRequests/refresh': { params: { readonly isForced: boolean }; result: readonly PullRequestForge[] };
  'gitops/previewEnvironments/render': { params: { readonly id: string }; result: { readonly uri: UriText } | FailureWords };
  /** Into the cluster that the environment's context leads to. */
  'gitops/previewEnvironments/create': { params: { readonly id: string }; result: { readonly message: string } | FailureWords };
  'gitops/previewEnvironments/delete': { params: { readonly id: string }; result: { readonly message: string } | FailureWords };
}

/** From the server. */
export interface PromoteNotifications {
  'gitops/promote/progress': EditProgress;
  /** What forges say of pull requests changed. */
  'gitops/pullRequests/changed': Record<string, never>;
}

/** Requests of the server to the extension. */
export interface PromoteQuestions {
  /** The editor's session with a forge, where the user allowed it to be asked; null otherwise. Nobody is asked to sign in. */
  'gitops/forges/session': { params: { readonly kind: 'github' | 'gitlab'; readonly host: string }; result: { readonly token: string } | null };
}

/** Commands of the extension that the server puts into code actions. */
export interface PromoteCommands {
  /** "Set this here for orders prod…" at a position of a preview. */
  '_gitops.setHere.ask': [uri: UriText, position: TextPosition];
}
