/** Where the server gets its models from: the workspace as it changes, and what git and the network have to say. */
import type { SourceText } from '../core/base/source.js';
import type { PullRequestSample } from '../core/gitops/argocd/applicationSet/world.js';
import type { DeliveryAt } from '../services/deliveryAt.js';
import type { EditedDelivery } from '../services/editedDelivery.js';
import type { GitState } from '../services/ports.js';
import type { PromotionTools } from '../services/promotionWorkspace.js';
import type { FailureWords, FetchAnswer, Revision } from './protocol.js';
import type { Model } from './model.js';
import type { RenderingAtRevision } from './preview/openPreviews.js';
import type { PreviewAddress } from './uris.js';

export interface WorkspaceSource {
  /** The present state. The same object until something changes. */
  model(): Model;
  /** The text of an open buffer; undefined when it was closed. */
  setBuffer(path: string, text: string | undefined): void;
  /** Files that were created, changed or deleted on disk. */
  noteChanges(paths: readonly string[]): void;
  setFolders(folders: readonly string[]): void;
  /** Fields of `.gitops-workbench.yaml` from the editor's settings, as JSON. */
  setWorkspaceSettings(json: string): void;
  /** What forges said of open pull requests, by the key of what was asked. */
  setForgePullRequests(answers: ReadonlyMap<string, readonly PullRequestSample[]>): void;
  setLoadRestrictor(loadRestrictor: 'rootOnly' | 'none'): void;
  /** How the workspace is delivered at a git revision. */
  deliveryAt(revision: string, signal: AbortSignal): Promise<DeliveryAt | FailureWords>;
  /** The commit at which two revisions part. */
  mergeBase(a: string, b: string, signal: AbortSignal): Promise<string | FailureWords>;
  /** Renders a folder, or an environment by its id, as it is at a git revision. */
  renderAt(address: Omit<PreviewAddress, 'revision'> & { readonly revision: string }, signal: AbortSignal): Promise<RenderingAtRevision | FailureWords>;
  /** Whether files, absolute paths, are as they were at a git revision of the repository that `folder` is in. */
  hasSameFiles(address: { readonly folder: string; readonly revision: string }, paths: Iterable<string>, signal: AbortSignal): Promise<boolean | FailureWords>;
  revisions(folder: string, signal: AbortSignal): Promise<readonly Revision[] | FailureWords>;
  /** The open buffers whose text differs from the disk. */
  unsaved(): readonly string[];
  /** What git said last of the repository at `top`; undefined where it wasn't asked or can't be read. */
  gitState(top: string): GitState | undefined;
  /** Files as they were last committed; undefined where git wasn't asked. The same function until git says something else. */
  committed(): ((path: string) => SourceText | undefined) | undefined;
  /** Asks git again, where that is allowed; true where an answer differs. */
  refreshGit(isAllowed: boolean, signal: AbortSignal): Promise<boolean>;
  /** How the files are delivered, and how they would be with edits. */
  edited(): EditedDelivery;
  /** What edits on branches are worked out on; undefined where there is no git. */
  readonly editable: Pick<PromotionTools, 'workspace' | 'writer'> | undefined;
  /** Fetches remote entries into the cache. */
  fetch(specs: readonly string[], signal: AbortSignal): Promise<FetchAnswer>;
}
