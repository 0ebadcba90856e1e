/**
 * What an edit that goes through git consists of, as data: files with their texts before and after, grouped by the branch
 * of the repository that they are committed on.
 */
import type { TextChange } from '../base/problem.js';

/** What becomes of one file. */
export interface FileEdit {
  /** Absolute, as the tree has it that was edited. */
  readonly path: string;
  /** Undefined for a new file. */
  readonly before: string | undefined;
  /** Undefined where the file goes. */
  readonly after: string | undefined;
  /** What leads from one to the other; their places are those of `before`. Empty for a new file. */
  readonly changes: readonly TextChange[];
}

/** What the texts before an edit are those of. */
export type EditBase =
  /** The tip of a branch: what is committed stands on it, and on nothing else. */
  | {
      readonly kind: 'branch';
      /** The branch as the remote and the operator name it. */
      readonly branch: string;
      /** The full hash that was read. */
      readonly commit: string;
    }
  /** The files as they stand, with whatever was not committed. */
  | { readonly kind: 'files' };

/** Edits of one branch of one repository: one commit. */
export interface BranchEdits {
  /** The top folder of the repository; undefined outside of git. */
  readonly repository: string | undefined;
  readonly base: EditBase;
  readonly files: readonly FileEdit[];
  /** Ids of the environments that change by it. */
  readonly environments: readonly string[];
}
