/** Where the server gets its models from: the workspace as it changes, and what git and the network have to say. */
import type { FailureWords, FetchAnswer, Revision } from './protocol.js';
import type { Model } from './model.js';
import type { RenderingAtRevision } from './preview/openPreviews.js';

export interface WorkspaceSource {
  /** The present state. The same object until something changes. */
  model(): Model;
  /** The text of an open buffer; undefined when it was closed. */
  setBuffer(path: string, text: string | undefined): void;
  /** Files that were created, changed or deleted on disk. */
  noteChanges(paths: readonly string[]): void;
  setFolders(folders: readonly string[]): void;
  setLoadRestrictor(loadRestrictor: 'rootOnly' | 'none'): void;
  renderAt(folder: string, revision: string, signal: AbortSignal): Promise<RenderingAtRevision | FailureWords>;
  revisions(folder: string, signal: AbortSignal): Promise<readonly Revision[] | FailureWords>;
  /** Fetches remote entries into the cache. */
  fetch(specs: readonly string[], signal: AbortSignal): Promise<FetchAnswer>;
}
