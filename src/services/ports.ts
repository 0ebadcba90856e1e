/** What the services need of the outside world; adapters/ has it for real. */
import type { FileTree } from '../core/base/fileTree.js';

/** A state of a git repository's files. */
export interface RevisionTree extends FileTree {
  /** The commit that the tree belongs to, as a full hash. */
  readonly commit: string;
  /** Reads what was asked for and not yet had; true where there was anything, so that asking again is worth it. */
  loadWanted(signal: AbortSignal): Promise<boolean>;
  /** Ends the process that reads. */
  close(): void;
}

export interface CommitFacts {
  readonly hash: string;
  readonly subject: string;
  readonly author: string;
  /** ISO 8601. */
  readonly date: string;
}

/** The git repositories on this machine. Every method rejects with a {@link Failure}. */
export interface GitRepositories {
  /** The top folder of the repository that `folder` is in, or undefined where it is in none. */
  topOf(folder: string, signal: AbortSignal): Promise<string | undefined>;
  /** The files at a revision, below `top` as on disk. */
  openRevision(top: string, revision: string, signal: AbortSignal): Promise<RevisionTree>;
  /** The latest commits that touch `folder`, latest first. */
  commitsOf(top: string, folder: string, most: number, signal: AbortSignal): Promise<readonly CommitFacts[]>;
  /** Names of local and remote branches and of tags. */
  refsOf(top: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** Where a remote repository or file was put. */
export interface FetchedCopy {
  /** Absolute path of the repository's folder, or of the file. */
  readonly path: string;
  /** The commit, or for a file the hash of its content. */
  readonly version: string;
}

/** Brings remote things to this machine. Rejects with a {@link Failure}. */
export interface RemoteFetcher {
  repository(url: string, ref: string | undefined, signal: AbortSignal): Promise<FetchedCopy>;
  file(url: string, signal: AbortSignal): Promise<FetchedCopy>;
}
