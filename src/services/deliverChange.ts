/**
 * Brings a change of files onto a branch: as a commit on the state that the branch has, pushed where that is wanted, by a
 * branch of its own and a pull request where the branch is protected. The user's files are touched only where they are
 * those of that branch, and what isn't committed stays.
 */
import type { BranchForWriting, CommitFacts, FileEdit, Forge, GitRepositories, GitWriter, RevisionTree } from './ports.js';

/** What a branch has before a change. */
export interface BaseState {
  /** The full hash. */
  readonly commit: string;
  readonly tree: RevisionTree;
}

export interface PlannedChange {
  /** Empty where the branch has it all already. */
  readonly edits: readonly FileEdit[];
  readonly message: string;
}

/** Where a change goes. */
export type DeliveryWay =
  | { readonly kind: 'commit' }
  | { readonly kind: 'push' }
  /** A new branch from the tip of the target, pushed; then a pull request, made where there is a token, else its page is named. */
  | { readonly kind: 'pullRequest'; readonly topicBranch: string; readonly token?: string | undefined; readonly body?: string | undefined };

export interface ChangeRequest {
  /** The top folder of the repository. */
  readonly top: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly way: DeliveryWay;
  /** The edits on a state of the branch. Asked again on the new tip where others pushed meanwhile. */
  readonly plan: (base: BaseState, signal: AbortSignal) => Promise<PlannedChange>;
  /** Files with changes that are in the editor alone, absolute. */
  readonly unsaved?: readonly string[];
  /** Told in words what goes on: `Pushing to origin/main`. */
  readonly tell?: (message: string) => void;
}

export interface ChangeTools {
  readonly writer: GitWriter;
  readonly repositories: GitRepositories;
  /** Needed where a pull request is to be made with a token. */
  readonly forge?: Forge | undefined;
}

/** A change as it would be made. */
export interface PreviewedChange {
  readonly branch: BranchForWriting;
  readonly base: string;
  readonly planned: PlannedChange;
  /** Commits that a push would take along, as they are on the local branch only; latest first. */
  readonly alsoPushed: readonly CommitFacts[];
}

export interface DeliveredChange {
  /** The branch that was asked for. */
  readonly branch: string;
  /** The branch that has the commit: the topic branch where there is to be a pull request. */
  readonly writtenTo: string;
  /** The full hash; undefined where there was nothing to change. */
  readonly commit: string | undefined;
  readonly base: string;
  readonly isPushed: boolean;
  readonly pullRequest: { readonly url: string; readonly isCreated: boolean } | undefined;
  readonly alsoPushed: readonly CommitFacts[];
  /** What people should know, one sentence each: `main had moved; planned again on 1a2b3c4.` */
  readonly notes: readonly string[];
}
