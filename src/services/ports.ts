/** What the services need of the outside world; adapters/ has it for real. */
import type { FileTree } from '../core/base/fileTree.js';
import type { PullRequestSource } from '../core/gitops/argocd/applicationSet/pullRequestSource.js';
import type { JsonObject, JsonValue } from '../core/live/json.js';
import type { LiveObject, ServedKind } from '../core/live/liveObject.js';
import type { RemoteChart } from '../core/objects/remoteChart.js';
import type { ResId } from '../core/objects/resId.js';
import type { RemoteFile, RemoteRepository } from '../core/kustomize/remote.js';
import type { ImageConfig, ImageManifest, ManifestLook, RepositoryName, TagList } from '../core/registry/imageFacts.js';
import type { RegistryCredential } from '../core/registry/credentials.js';

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

/** How the commits of a repository lie to each other, as far as they are in this clone. Every method rejects with a {@link Failure}. */
export interface GitAncestry {
  /** The latest commits in the history of any of `revisions` (full hashes) that touch one of `paths` (absolute), latest first. */
  commitsTouching(top: string, revisions: readonly string[], paths: readonly string[], most: number, signal: AbortSignal): Promise<readonly CommitFacts[]>;
  /** The commit that last changed a line, 0-based, of a file as `text` has it; undefined for a line that no commit has. */
  commitOfLine(top: string, line: { readonly path: string; readonly text: string; readonly line: number }, signal: AbortSignal): Promise<CommitFacts | undefined>;
  /** True where `ancestor` is `commit` or lies in its history; undefined where one of them isn't in this clone. Both are full hashes. */
  hasInHistory(top: string, commit: string, ancestor: string, signal: AbortSignal): Promise<boolean | undefined>;
  /** Every branch, remote branch and tag with the commit that it stands for, and what the remotes' HEADs name. */
  tipsOf(top: string, signal: AbortSignal): Promise<readonly RefTip[]>;
  /** The names (`origin/main`) of the remote branches whose history has a commit. */
  remoteBranchesWith(top: string, commit: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The full hash of what is checked out; undefined before the first commit. */
  headOf(top: string, signal: AbortSignal): Promise<string | undefined>;
}

export interface RefTip {
  /** `refs/heads/main`, `refs/remotes/origin/main`, `refs/tags/v1`. */
  readonly ref: string;
  /** A full hash; of an annotated tag that of the commit it is put on. */
  readonly commit: string;
  /** What a symbolic ref such as `refs/remotes/origin/HEAD` names; undefined for others. */
  readonly target: string | undefined;
  /** Of a branch: `refs/remotes/origin/main`; undefined where it has no upstream. */
  readonly upstream: string | undefined;
}

/** What stands between the files on disk and the remote. */
export interface GitState {
  /** Files that differ from the last commit, new ones included; absolute. */
  readonly changed: readonly string[];
  readonly branches: readonly BranchState[];
}

export interface BranchState {
  readonly name: string;
  /** The full hash of its tip. */
  readonly commit: string;
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
  /** Puts a chart, unpacked, where `path` says; `version` is its version and the digest of its archive. */
  chart(remote: RemoteChart, signal: AbortSignal): Promise<FetchedCopy>;
  /** True while a copy is still where it was put. */
  has(path: string): boolean;
}

/** A small text that outlives the process. */
export interface TextStore {
  /** The text, or undefined where none was written yet or it can't be read. */
  read(): string | undefined;
  write(text: string): void;
}

/** A context of the user's kubeconfig, without its secrets. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  /** The API server's URL; empty where the cluster is missing. */
  readonly server: string;
  /** What requests without one mean; `default` where none is set. */
  readonly namespace: string;
  /** True where credentials come from a program that would have to run. */
  readonly needsProgram: boolean;
}

export interface KubeContexts {
  readonly contexts: readonly KubeContext[];
  /** `current-context`; undefined where none is set. */
  readonly current: string | undefined;
  /** The files that were read, absolute. */
  readonly files: readonly string[];
}

/** The user's kubeconfig, as kubectl reads it. Every method rejects with a {@link Failure}. */
export interface Kubeconfig {
  contexts(): Promise<KubeContexts>;
  /**
   * Makes a connection; nothing is asked of the server yet.
   * @param mayRunPrograms false in workspaces that aren't trusted: exec plugins then fail with `kubeconfig/untrusted`
   */
  connect(context: string, options: { readonly mayRunPrograms: boolean }): Promise<Cluster>;
}

/** The objects of one kind that are meant. */
export interface Selection {
  /** Undefined for all namespaces, and for cluster-scoped kinds. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListAnswer {
  readonly items: readonly LiveObject[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}

/** A `bookmark`'s object has a resourceVersion and nothing else. */
export interface WatchEvent {
  readonly type: 'added' | 'modified' | 'deleted' | 'bookmark';
  readonly object: LiveObject;
}

export interface WriteOptions {
  readonly fieldManager: string;
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes fields over that others own; without it a conflict is a failure with code `cluster/conflict` and its causes. */
  readonly force: boolean;
}

export type PatchType = 'merge' | 'json' | 'strategic';

export interface DeleteOptions {
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  /** Deletes this very object only. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

export interface Access {
  readonly verb: string;
  readonly group: string;
  /** The plural; with `/status` for a subresource. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/**
 * One Kubernetes API server, as one user. Requests that the server asks to slow down (429) or that fail on the way and may be
 * repeated safely are repeated with growing pauses. Every method rejects with a {@link ClusterFailure}, or with an
 * AbortError when its signal aborts.
 */
export interface Cluster {
  readonly context: string;
  readonly server: string;
  /** `v1.34.2`. */
  version(signal: AbortSignal): Promise<string>;
  /** Everything that is served, the preferred version of a group first. Kept; `refresh` asks again (after a CRD was applied). */
  kinds(signal: AbortSignal, options?: { readonly refresh?: boolean }): Promise<readonly ServedKind[]>;
  /** Undefined where there is none. An `id` of a kind that isn't served fails with `cluster/kind-not-served`. */
  get(id: ResId, signal: AbortSignal): Promise<LiveObject | undefined>;
  /** All of them, page by page. */
  list(kind: ServedKind, selection: Selection, signal: AbortSignal): Promise<ListAnswer>;
  /** One connection: it ends when the server closes it, and fails with `cluster/gone` when the version is too old. */
  watch(kind: ServedKind, selection: Selection, resourceVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** Server-side apply. @param object JSON, or its text where numbers must stay as they are written */
  apply(id: ResId, object: JsonObject | string, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject>;
  create(id: ResId, object: JsonObject, options: WriteOptions, signal: AbortSignal): Promise<LiveObject>;
  replace(id: ResId, object: JsonObject, options: WriteOptions, signal: AbortSignal): Promise<LiveObject>;
  /** @param subresource `status`, `scale` */
  patch(id: ResId, type: PatchType, patch: JsonValue, options: WriteOptions & { readonly subresource?: string }, signal: AbortSignal): Promise<LiveObject>;
  /** False where there was nothing to delete. */
  delete(id: ResId, options: DeleteOptions, signal: AbortSignal): Promise<boolean>;
  /** Asks the server, by a SelfSubjectAccessReview. */
  mayI(access: Access, signal: AbortSignal): Promise<boolean>;
  /** Ends its connections. */
  close(): void;
}

/**
 * Registries of images, by the OCI distribution specification. Answers that ask to slow down are waited for within reason, what
 * broke on the way is repeated. Every method rejects with a {@link RegistryFailure}, or with an AbortError when its signal aborts.
 */
export interface ImageRegistry {
  /** All tags, page by page; what there is beyond a limit is left out and said. Fails with `registry/unknown-repository`. */
  tags(name: RepositoryName, signal: AbortSignal): Promise<TagList>;
  /** Asks for the digest alone, which registries don't count as a pull. @param reference a tag or a digest */
  look(name: RepositoryName, reference: string, signal: AbortSignal): Promise<ManifestLook>;
  /** Reads a manifest; counts as a pull at registries that count. Undefined where there is none. */
  manifest(name: RepositoryName, reference: string, signal: AbortSignal): Promise<ImageManifest | undefined>;
  /** Reads the configuration of an image. @param digest {@link ImageManifest}'s `config` */
  config(name: RepositoryName, digest: string, signal: AbortSignal): Promise<ImageConfig>;
  /** Ends its connections. */
  close(): void;
}

/** Where credentials for registries come from. */
export interface RegistryCredentials {
  /** Undefined where it has none. Rejects with a {@link RegistryFailure} where it has some that it can't give. */
  find(name: RepositoryName, signal: AbortSignal): Promise<RegistryCredential | undefined>;
}

/** A file of a commit that is to be made. */
export interface FileEdit {
  /** Absolute, below the repository's top, as in a {@link RevisionTree}. */
  readonly path: string;
  /** The whole content as the commit is to have it (as in a {@link RevisionTree}, before line ends are converted); undefined deletes the file. */
  readonly content: string | Uint8Array | undefined;
  /** What it is; as it was, or a plain file, where nothing is said. */
  readonly mode?: FileMode | undefined;
}

/** Git's modes of what has a content of its own: a plain file, one that can be executed, a symbolic link. */
export type FileMode = '100644' | '100755' | '120000';

/** A branch as a change of it sees it. */
export interface BranchForWriting {
  /** Without `refs/heads/`. */
  readonly name: string;
  /** Its tip here, as a full hash; undefined where it is only at the remote. */
  readonly local: string | undefined;
  readonly upstream: UpstreamBranch | undefined;
  /** What a change stands on: the upstream's tip as far as it is known where the local branch is not ahead of it, else the local tip. */
  readonly base: string;
  /** Commits of the local branch that the upstream doesn't have. */
  readonly ahead: number;
  /** Commits of the upstream, as far as it is known, that the local branch doesn't have. */
  readonly behind: number;
  /** Top folders of the work trees that have it checked out, as on disk. */
  readonly checkedOutIn: readonly string[];
}

export interface UpstreamBranch {
  /** `origin`. */
  readonly remote: string;
  /** Its name at the remote. */
  readonly branch: string;
  /** The URL that a push goes to. */
  readonly url: string;
  /** Its tip when it was fetched last; undefined where it never was. */
  readonly commit: string | undefined;
}

/** A state of a branch's files, and what is to become of them. */
export interface CommitRequest {
  readonly branch: string;
  readonly parent: string;
  readonly edits: readonly FileEdit[];
  readonly message: string;
  /** As `git commit --no-verify`: `pre-commit` and `commit-msg` are not asked. */
  readonly skipHooks?: boolean | undefined;
}

/** A branch that is to move from a commit to one that follows it. */
export interface BranchMove {
  readonly branch: string;
  /** Where it is; undefined for a branch that is new here. */
  readonly from: string | undefined;
  readonly to: string;
  /** `origin/main`, for a branch that is new here. */
  readonly upstream?: UpstreamBranch | undefined;
  /** Files with changes that are in the editor alone, absolute. */
  readonly unsaved: readonly string[];
}

/** What came of a push. */
export type PushAnswer =
  | { readonly kind: 'pushed' }
  /** Others pushed meanwhile; nothing was changed. */
  | { readonly kind: 'not-fast-forward' };

/** Writes to git repositories, as the user's git would. Every method rejects with a {@link Failure}, or with an AbortError when its signal aborts. */
export interface GitWriter {
  /** Undoes what a process that was killed left half done in the user's files; what it did, one sentence each. */
  recover(top: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Fails with `git/not-a-branch` where neither the repository nor its remote has it. Asks no remote. */
  branch(top: string, name: string, signal: AbortSignal): Promise<BranchForWriting>;
  /** The remote that a new branch would be pushed to, as `git push` chooses it; undefined where there is none. */
  pushRemote(top: string, signal: AbortSignal): Promise<{ readonly remote: string; readonly url: string } | undefined>;
  /** Makes a commit, which no branch has yet: work trees and indexes stay as they are. The user's hooks for commits have their say. */
  commit(top: string, request: CommitRequest, signal: AbortSignal): Promise<string>;
  /** Fails where {@link moveBranch} would; changes nothing. */
  checkMove(top: string, move: BranchMove, signal: AbortSignal): Promise<void>;
  /** Moves a branch. Where it is checked out, files and index follow; changes that aren't committed stay. Not cancelled once it began. */
  moveBranch(top: string, move: BranchMove, signal: AbortSignal): Promise<void>;
  /** Pushes a commit to a branch of a remote, never by force. */
  push(top: string, target: { readonly remote: string; readonly branch: string; readonly commit: string }, signal: AbortSignal): Promise<PushAnswer>;
  /** Fetches one branch; its tip, or undefined where the remote has none of that name. */
  fetch(top: string, source: { readonly remote: string; readonly branch: string }, signal: AbortSignal): Promise<string | undefined>;
  /** Commits of `to` that `from` doesn't have, latest first. */
  commitsBetween(top: string, from: string | undefined, to: string, most: number, signal: AbortSignal): Promise<readonly CommitFacts[]>;
  /** The commits on the way of first parents from `tip` back, latest first, each with the paths that it changed. */
  walk(top: string, tip: string, most: number, signal: AbortSignal): Promise<readonly WalkedCommit[]>;
  /** The edits that take a commit back on another one, as `git revert` would (a merge: against its first parent). */
  revertEdits(top: string, commits: readonly string[], onto: string, signal: AbortSignal): Promise<RevertEdits>;
}

export interface WalkedCommit extends CommitFacts {
  /** Undefined for the first commit of the history, and where a shallow clone ends. */
  readonly parent: string | undefined;
  /** True where a shallow clone ends: what it changed can't be told. */
  readonly isCut: boolean;
  /** Absolute, sorted: what differs from the first parent; of a renamed file both. */
  readonly paths: readonly string[];
  /** What renamed files were called before, by their new path. */
  readonly renames: ReadonlyMap<string, string>;
}

export interface RevertEdits {
  readonly edits: readonly FileEdit[];
  /** Empty where everything could be taken back. */
  readonly conflicts: readonly RevertConflict[];
}

/** A file in which a commit can't be taken back, as it was changed there since. */
export interface RevertConflict {
  readonly commit: string;
  readonly path: string;
  /** 1-based lines of the file as it is now; empty where the whole file is concerned. */
  readonly lines: readonly { readonly from: number; readonly to: number }[];
  readonly reason: string;
}

/** A pull request that is to be made. */
export interface PullRequestWish {
  /** The URL of the remote, as git has it. */
  readonly remoteUrl: string;
  readonly branch: string;
  readonly into: string;
  readonly title: string;
  readonly body: string;
}

/** A token of the user's, and the host that it is for: it is sent nowhere else. */
export interface ForgeSession {
  /** `github.com`. */
  readonly host: string;
  readonly token: string;
  /** What the host runs, where its name doesn't tell. */
  readonly kind?: 'github' | 'gitlab';
}

/** The server on which people review changes. Rejects with a {@link Failure}. */
export interface Forge {
  /** Makes a pull request, or finds the one that is open for that branch already. */
  createPullRequest(wish: PullRequestWish, session: ForgeSession, signal: AbortSignal): Promise<{ readonly url: string; readonly number: number; readonly isNew: boolean }>;
  /**
   * Those that a generator looks for, page by page, latest first, before its own filters.
   * @param known the `version` of an answer that is known: 'unchanged' where the forge has no other
   */
  pullRequests(source: PullRequestSource, session: ForgeSession | undefined, known: string | undefined, signal: AbortSignal): Promise<PullRequestList | 'unchanged'>;
}

export interface PullRequestList {
  readonly pullRequests: readonly OpenPullRequest[];
  /** What the forge calls this answer; undefined where it has no name for it, or it came in several pages. */
  readonly version: string | undefined;
  /** False where there are more than are asked for. */
  readonly isComplete: boolean;
}

export interface OpenPullRequest {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly branch: string;
  readonly targetBranch: string;
  readonly headSHA: string;
  readonly labels: readonly string[];
  readonly author: string;
}
