/**
 * What the extension and the server say to each other about "where is my change?" and "what is wrong?": the delivery
 * ladder of an environment, asked once or followed live, and the doctor's diagnoses with the fixes that can be run.
 * Types only. Values of Secrets, tokens and passwords are masked before they get here.
 */
import type { ObjectName, SyncPlanView } from './clusterProtocol.js';
import type { FailureWords, Place, UriText } from './protocol.js';

/** In their order, from the file to the running pod. */
export type LadderRungName = 'saved' | 'committed' | 'pushed' | 'tracked' | 'synced' | 'rolled-out' | 'healthy';

/** `done`: shown by evidence. `pending`: not yet. `failed`: won't get there by itself. `unknown`: can't be told, the evidence says why. */
export type LadderState = 'done' | 'pending' | 'failed' | 'unknown';

export interface LadderRung {
  readonly rung: LadderRungName;
  /** For people: `Saved`, `Merged into main`, `Applied by Argo CD`. */
  readonly title: string;
  readonly state: LadderState;
  /** One sentence for people. */
  readonly evidence: string;
  /** What the sentence stands on: commits, times, versions of objects. In the order of their weight. */
  readonly facts: readonly LadderFact[];
  /** Where something is to be done or looked at: an unsaved file, the line that sets the image. */
  readonly place: Place | undefined;
}

export interface LadderFact {
  /** `commit`, `upstream of main`, `Deployment orders`. */
  readonly name: string;
  /** `1a2b3c4d "Raise replicas" by Ada, 12 minutes ago`, `generation 4, 2 of 3 updated`. */
  readonly value: string;
}

export interface LadderView {
  /** The environment's id. */
  readonly id: string;
  readonly label: string;
  /** The commit that last changed what the environment renders to; undefined where that can't be told. */
  readonly commit: LadderCommit | undefined;
  readonly rungs: readonly LadderRung[];
  /** The first that isn't done; undefined where all are. */
  readonly firstOpen: LadderRungName | undefined;
  /** The context that the lower rungs were read through; undefined where no cluster is connected. */
  readonly context: string | undefined;
  /** RFC 3339. */
  readonly at: string;
}

export interface LadderCommit {
  /** Full hash. */
  readonly hash: string;
  readonly subject: string;
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
}

/** A ladder that is followed. It ends by itself: `healthy` or `failed`, or `stopped` when it is told to or the server ends. */
export interface LadderProgress {
  readonly followId: string;
  readonly ladder: LadderView;
  readonly outcome: 'running' | 'healthy' | 'failed' | 'stopped';
  /** One sentence: `Argo CD is at 1a2b3c4, Deployment orders has 2 of 3 pods.` */
  readonly message: string;
}

/** One visit of the doctor. */
export interface DoctorVisit {
  /** What `gitops/doctor/fix` names it by; kept until the next visit of the environment. */
  readonly visitId: string;
  readonly id: string;
  readonly label: string;
  /** Worst first; empty where nothing was found. */
  readonly diagnoses: readonly Diagnosis[];
  /** What couldn't be looked at, one sentence each: forbidden, not connected, not rendered. An empty list of diagnoses means little where this isn't empty. */
  readonly notSeen: readonly string[];
  readonly context: string | undefined;
  /** RFC 3339. */
  readonly at: string;
}

export interface Diagnosis {
  /** Closed and stable: `image-pull`, `old-version`, `comparison-error`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** One sentence: what people see. `Pods of Deployment orders can't pull their image.` */
  readonly symptom: string;
  /** The object that shows it; undefined where it is of the environment as a whole. */
  readonly object: ObjectName | undefined;
  /** The most likely first; at least one. */
  readonly causes: readonly DiagnosisCause[];
}

export interface DiagnosisCause {
  /** One sentence. */
  readonly cause: string;
  /** What shows it, one sentence each; never empty. */
  readonly evidence: readonly string[];
  /** One or two sentences: what to do. */
  readonly fix: string;
  /** The fix as something that can be run; undefined where only a person can do it. */
  readonly action: DoctorFix | undefined;
  /** The line to mend; undefined where it isn't in a file here. */
  readonly place: Place | undefined;
}

export interface DoctorFix {
  /** What `gitops/doctor/fix` names it by. */
  readonly fixId: string;
  /** `edit` changes files through the editor, undoable. `operator` writes a request to the operator's object. `sync` makes a plan to be confirmed. `push` says it all. */
  readonly kind: 'edit' | 'operator' | 'sync' | 'push';
  /** For a button: `Push main`. */
  readonly title: string;
  /** What it would do, one sentence, to be shown before it runs: `Pushes 2 commits of main to origin.` */
  readonly effect: string;
  /** True where it is asked for with a modal question: it writes to a remote or a cluster. */
  readonly needsConfirmation: boolean;
  /** True in a protected environment: the environment's name is to be typed. */
  readonly isGuarded: boolean;
}

export type FixOutcome =
  /** It was done; one sentence. */
  | { readonly kind: 'done'; readonly message: string }
  /** The files were edited in the editor, not saved. */
  | { readonly kind: 'edited'; readonly place: Place; readonly message: string }
  /** A plan to show and confirm; it is run by `gitops/sync/run`. */
  | { readonly kind: 'plan'; readonly plan: SyncPlanView };

export interface DoctorRequests {
  /** With a line (0-based) of a file: how far the change that it is has come, in place of the latest one of the environment. */
  'gitops/ladder/read': { params: { readonly id: string; readonly line?: { readonly uri: UriText; readonly line: number } }; result: LadderView | FailureWords };
  /** Begins to follow; the answer is the first state. With `commit`, until that commit is healthy there; without, until what git has now is. */
  'gitops/ladder/follow': { params: { readonly id: string; readonly commit?: string }; result: LadderProgress | FailureWords };
  'gitops/ladder/stop': { params: { readonly followId: string }; result: null };
  'gitops/doctor/visit': { params: { readonly id: string }; result: DoctorVisit | FailureWords };
  'gitops/doctor/fix': { params: { readonly visitId: string; readonly fixId: string }; result: FixOutcome | FailureWords };
  /** The latest visits of these environments (of all that were visited, where it is missing) as Markdown, to be copied. */
  'gitops/doctor/report': { params: { readonly ids?: readonly string[] }; result: { readonly markdown: string } | FailureWords };
}

/** Notifications of the server to the extension. */
export interface DoctorNotifications {
  /** The ladders of these environments may read otherwise now: ask again for what is shown. */
  'gitops/ladder/changed': { readonly ids: readonly string[] };
  /** A ladder that is followed moved, or ended. */
  'gitops/ladder/progress': LadderProgress;
}
