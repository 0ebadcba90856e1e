/** What the services need of the outside world; adapters/ has it for real. */
import type { FileTree } from '../core/base/fileTree.js';
import type { RemoteFile, RemoteRepository } from '../core/kustomize/remote.js';

/** The files on disk under the editor's open buffers: one snapshot. A change makes another one, which keeps what did not change. */
export interface BufferedTree extends FileTree {
  /** The snapshot with the text of an open buffer in the place of a file; undefined when it was closed. */
  withBuffer(path: string, text: string | undefined): BufferedTree;
  /** The snapshot after these files or folders were created, changed or deleted on disk. */
  withChanges(paths: readonly string[]): BufferedTree;
  /** The open buffers whose text differs from the file on disk. */
  readonly unsaved: readonly string[];
}

/** A state of a git repository's files. */
export interface RevisionTree {
  /** The top folder of the repository; paths are as on disk. */
  readonly top: string;
  /** The commit that the tree belongs to, as a full hash. */
  readonly commit: string;
  /** The files as far as they were read; what is asked for and not there counts as missing, and is noted. */
  snapshot(): FileTree;
  /** Reads what was asked for and not yet had; true where there was anything, so that asking a new snapshot is worth it. */
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

export interface RefFacts {
  /** `main`, `origin/main`, `v1.2.0`. */
  readonly name: string;
  readonly kind: 'branch' | 'remoteBranch' | 'tag';
  /** The first line of the commit's or tag's message. */
  readonly subject: string;
}

/** The git repositories on this machine. Every method rejects with a {@link Failure}. */
export interface GitRepositories {
  /** The top folder of the repository that `folder` is in, or undefined where it is in none. */
  topOf(folder: string, signal: AbortSignal): Promise<string | undefined>;
  /** The full hash of the commit that a revision names. */
  commitOf(top: string, revision: string, signal: AbortSignal): Promise<string>;
  /** The files of a commit, below `top` as on disk. */
  openCommit(top: string, commit: string, signal: AbortSignal): Promise<RevisionTree>;
  /** The latest commits that touch `folder`, latest first. */
  commitsOf(top: string, folder: string, most: number, signal: AbortSignal): Promise<readonly CommitFacts[]>;
  /** Local and remote branches and tags, the latest first. */
  refsOf(top: string, signal: AbortSignal): Promise<readonly RefFacts[]>;
  /** The full hash of the best common ancestor of two revisions. */
  mergeBase(top: string, a: string, b: string, signal: AbortSignal): Promise<string>;
  /** Files that are not committed, and how far branches are from their upstreams. */
  stateOf(top: string, signal: AbortSignal): Promise<GitState>;
}

/** What stands between the files on disk and the remote. */
export interface GitState {
  /** Files that differ from the last commit, new ones included; absolute. */
  readonly changed: readonly string[];
  readonly branches: readonly BranchState[];
}

export interface BranchState {
  readonly name: string;
  /** Commits that its upstream doesn't have; undefined where it has no upstream. */
  readonly ahead: number | undefined;
  readonly behind: number | undefined;
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
  repository(remote: RemoteRepository, options: { readonly submodules: boolean }, signal: AbortSignal): Promise<FetchedCopy>;
  file(remote: RemoteFile, signal: AbortSignal): Promise<FetchedCopy>;
  /** True while a copy is still where it was put. */
  has(path: string): boolean;
}

/** A small text that outlives the process. */
export interface TextStore {
  /** The text, or undefined where none was written yet or it can't be read. */
  read(): string | undefined;
  write(text: string): void;
}
