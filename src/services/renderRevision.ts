/**
 * Renders a folder as it is at a git revision, without a checkout. The engine asks for files at once and git answers
 * later, so a build notes what it lacks, that is read in one go, and it builds again until nothing is lacking.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { isInside } from '../core/base/path.js';
import type { SourceText } from '../core/base/source.js';
import { buildKustomization, type BuildOptions, type BuildRequest } from '../core/kustomize/build.js';
import type { BuildCache } from '../core/kustomize/buildCache.js';
import type { Rendering } from '../core/objects/rendering.js';
import { Failure } from './failure.js';
import type { RevisionTree } from './ports.js';
import type { RevisionTrees } from './revisionTrees.js';

export interface RevisionRequest {
  readonly trees: RevisionTrees;
  /** The folder on disk, absolute, links resolved; it need not be there any more. */
  readonly folder: string;
  readonly revision: string;
  readonly options: BuildOptions;
  readonly cache: BuildCache;
  readonly fetched?: BuildRequest['fetched'];
  /** Where fetched copies are read from; a file that is the same there shares its text, and all that was derived from it. */
  readonly disk: FileTree;
  /** What renders the folder; kustomize where nothing is given. */
  readonly render?: (request: BuildRequest) => Rendering;
}

export interface RevisionRendering {
  readonly rendering: Rendering;
  /** The files at the revision, as far as they were read. */
  readonly tree: FileTree;
  readonly commit: string;
}

/** How often a build may find that it needs more; each time it comes at least one folder further. */
const mostRounds = 500;

/** @throws Failure where there is no git, no repository or no such revision */
export function renderRevision(request: RevisionRequest, signal: AbortSignal): Promise<RevisionRendering> {
  return request.trees.use(request, (revisionTree) => renderInRounds(request, revisionTree, signal), signal);
}

async function renderInRounds(request: RevisionRequest, revisionTree: RevisionTree, signal: AbortSignal): Promise<RevisionRendering> {
  const { folder, options, cache, render = buildKustomization } = request;
  for (let round = 0; round < mostRounds; round++) {
    const mounted = mountFetched(revisionTree.snapshot(), request);
    const rendering = render({ tree: mounted.tree, folder, options, cache, ...(mounted.fetched && { fetched: mounted.fetched }) });
    if (!(await revisionTree.loadWanted(signal))) return { rendering, tree: mounted.tree, commit: revisionTree.commit };
  }
  throw new Failure('git/failed', `${folder} needed more than ${mostRounds} rounds of reading.`, 'Render it from a checkout.');
}

/** Lets a revision see, besides its own files, the fetched copies that its kustomizations name; nothing else of the disk. */
export function mountFetched(
  tree: FileTree,
  { fetched, disk }: { readonly fetched?: BuildRequest['fetched']; readonly disk: FileTree },
): { readonly tree: FileTree; readonly fetched: BuildRequest['fetched'] } {
  const roots = new Set<string>();
  const treeOf = (path: string): FileTree => ([...roots].some((root) => isInside(path, root)) ? disk : tree);
  return {
    tree: {
      kind: (path) => treeOf(path).kind(path),
      read: (path) => shareText(treeOf(path).read(path), disk),
      readBytes: (path) => treeOf(path).readBytes(path),
      list: (path) => treeOf(path).list(path),
      realPath: (path) => treeOf(path).realPath(path),
    },
    fetched:
      fetched &&
      ((spec) => {
        const entry = fetched(spec);
        if (entry) roots.add(entry.root).add(disk.realPath(entry.root));
        return entry;
      }),
  };
}

function shareText(source: SourceText | undefined, disk: FileTree): SourceText | undefined {
  const onDisk = source && disk.read(source.path);
  return onDisk?.text === source?.text ? onDisk : source;
}
