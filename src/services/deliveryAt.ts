/**
 * How a repository is delivered at a git revision, without a checkout: its environments there, and what each renders to.
 * As with single folders, what was lacking is read in one go and everything is looked at again, until nothing is lacking.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { isInside } from '../core/base/path.js';
import type { BuildCache } from '../core/kustomize/buildCache.js';
import type { BuildOptions, BuildRequest } from '../core/kustomize/build.js';
import type { WorkspaceSettings } from '../core/gitops/settings.js';
import type { DeliveryState } from './delivery.js';
import { EditedDelivery } from './editedDelivery.js';
import { Failure } from './failure.js';
import { mountFetched } from './renderRevision.js';
import type { RevisionTree } from './ports.js';
import type { RevisionTrees } from './revisionTrees.js';

export interface DeliveryAtRequest {
  readonly trees: RevisionTrees;
  readonly revision: string;
  /** The workspace's folders; those in the repository of the first one are looked at. */
  readonly folders: readonly string[];
  readonly options: BuildOptions;
  readonly cache: BuildCache;
  readonly fetched?: BuildRequest['fetched'];
  readonly disk: FileTree;
  readonly editorSettings: WorkspaceSettings;
  readonly now: () => number;
}

export interface DeliveryAt {
  readonly delivery: DeliveryState;
  /** The files at the revision. */
  readonly tree: FileTree;
  /** The full hash. */
  readonly commit: string;
  /** The same, for edits that are tried on it. */
  readonly edited: EditedDelivery;
}

/** Each round comes at least one level of apps of apps, or one base, further. */
const mostRounds = 200;

/** @throws Failure where there is no git, no repository or no such revision */
export function findDeliveryAt(request: DeliveryAtRequest, signal: AbortSignal): Promise<DeliveryAt> {
  const [folder] = request.folders;
  if (folder === undefined) throw new Failure('git/no-repository', 'No folder is open.', 'Open a folder that is under git.');
  return request.trees.use({ folder: request.disk.realPath(folder), revision: request.revision }, (revisionTree) => lookInRounds(request, revisionTree, signal), signal);
}

/** How the files of a commit are delivered; what is lacking of them is read on the way. */
export async function lookInRounds(request: Omit<DeliveryAtRequest, 'trees' | 'revision'>, revisionTree: RevisionTree, signal: AbortSignal): Promise<DeliveryAt> {
  const { fetched: _, ...options } = request;
  const folders = request.folders.map((folder) => request.disk.realPath(folder)).filter((folder) => isInside(folder, revisionTree.top));
  for (let round = 0; round < mostRounds; round++) {
    const { tree, fetched } = mountFetched(revisionTree.snapshot(), request);
    const edited = new EditedDelivery(tree, folders, { ...options, ...(fetched && { fetched }) });
    const { delivery } = edited;
    // Everything is rendered, so that all that is lacking becomes known.
    for (const environment of delivery.model.environments) delivery.render(environment);
    if (!(await revisionTree.loadWanted(signal))) return { delivery, tree, commit: revisionTree.commit, edited };
  }
  throw new Failure('git/failed', `The environments at ${revisionTree.commit.slice(0, 8)} needed more than ${mostRounds} rounds of reading.`, 'Compare from a checkout.');
}
