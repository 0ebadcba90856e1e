/** Whether files are as they were at a git revision: what is rendered from the same files is the same. */
import type { FileTree } from '../core/base/fileTree.js';
import { isInside } from '../core/base/path.js';
import type { RevisionTrees } from './revisionTrees.js';

export interface SameFilesRequest {
  readonly trees: RevisionTrees;
  readonly revision: string;
  /** A folder of the repository. */
  readonly folder: string;
  /** Absolute paths of files and folders; those outside of the repository are left out. */
  readonly paths: Iterable<string>;
  readonly now: FileTree;
}

/**
 * True where each of the paths is now what it was then. What lies in a folder is not looked at, unless it is among the paths.
 * @throws Failure where there is no git, no repository or no such revision
 */
export function hasSameFiles({ trees, revision, folder, paths, now }: SameFilesRequest, signal: AbortSignal): Promise<boolean> {
  return trees.use(
    { folder, revision },
    async (revisionTree) => {
      const own = [...paths].filter((path) => isInside(path, revisionTree.top));
      for (;;) {
        const then = revisionTree.snapshot();
        // All of them are asked for, so that what is lacking is read in one go.
        const others = own.filter((path) => now.kind(path) !== then.kind(path) || now.read(path)?.text !== then.read(path)?.text);
        if (!(await revisionTree.loadWanted(signal))) return others.length === 0;
      }
    },
    signal,
  );
}
