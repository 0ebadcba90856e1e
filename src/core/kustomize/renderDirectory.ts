/**
 * Renders a folder of plain manifests: the objects of its files, printed as a kustomization that lists them would print
 * them. Files of subfolders are left out, as `kubectl apply -f` and Argo CD do unless told otherwise.
 */
import type { FileTree } from '../base/fileTree.js';
import { joinPath } from '../base/path.js';
import { Problems } from '../base/problem.js';
import type { BuildCache } from './buildCache.js';
import type { RenderedObject, Rendering } from '../objects/rendering.js';
import { readResources } from './resourceFile.js';

/** The files of a folder that hold manifests, absolute and sorted by name. */
export function manifestFiles(tree: FileTree, folder: string): readonly string[] {
  return tree
    .list(folder)
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .map((name) => joinPath(folder, name))
    .filter((path) => tree.kind(path) === 'file');
}

export interface DirectoryRequest {
  readonly tree: FileTree;
  readonly folder: string;
  readonly cache: BuildCache;
  /** The files to read, absolute, in order; missing for those that stand in `folder` itself. */
  readonly files?: readonly string[];
}

/** Renders the manifests in `folder`, in the order of files and of the objects in them. */
export function renderDirectory({ tree, folder, cache, files = manifestFiles(tree, folder) }: DirectoryRequest): Rendering {
  const problems = new Problems();
  const objects: RenderedObject[] = [];
  const dependencies = new Set([folder]);
  let line = 0;
  for (const path of files) {
    dependencies.add(path);
    const source = tree.read(path);
    if (!source) continue;
    for (const { root, id } of readResources(cache.parse(source), problems, 'nameOrGenerateName')) {
      const printed = cache.print(root);
      if ('message' in printed) {
        problems.error('kustomize/unprintable', printed.message, printed.node);
        continue;
      }
      objects.push({ id, root, printed, firstLine: line });
      line += printed.lines.length + 1;
    }
  }
  const failed = problems.hasErrors;
  return { folder, ok: !failed, objects: failed ? [] : objects, problems: problems.list, lacks: [], dependencies };
}
