/**
 * The kustomization that Flux writes into a folder that has none: all manifests below it, and subfolders with a
 * kustomization of their own as units (fluxcd/pkg/kustomize v1.35.6 kustomize_generator.go scanManifests).
 */
import type { FileTree } from '../../base/fileTree.js';
import { joinPath, relativePath } from '../../base/path.js';
import { SourceText } from '../../base/source.js';
import { kustomizationFileNames } from '../../kustomize/target.js';
import type { IsIgnored } from './sourceIgnore.js';

/** The kustomization file of `folder`, absolute; undefined where it has none. */
export function findKustomizationFile(tree: FileTree, folder: string): string | undefined {
  return kustomizationFileNames.map((name) => joinPath(folder, name)).find((path) => tree.kind(path) === 'file');
}

/** The file that Flux would write into `folder`. */
export function generateKustomization(tree: FileTree, folder: string, isIgnored: IsIgnored): SourceText {
  const found: string[] = [];
  scan(tree, folder, isIgnored, found, 0);
  const lines = ['apiVersion: kustomize.config.k8s.io/v1beta1', 'kind: Kustomization'];
  // An empty kustomization would be refused.
  if (found.length === 0) lines.push('namespace: _placeholder');
  else lines.push('resources:', ...found.map((path) => `- ${JSON.stringify(`./${relativePath(folder, path)}`)}`));
  return new SourceText(joinPath(folder, 'kustomization.yaml'), `${lines.join('\n')}\n`);
}

const deepest = 60;

function scan(tree: FileTree, folder: string, isIgnored: IsIgnored, found: string[], depth: number): void {
  for (const name of tree.list(folder)) {
    const path = joinPath(folder, name);
    if (tree.kind(path) === 'directory') {
      if (findUnit(tree, path, isIgnored)) found.push(path);
      else if (depth < deepest && name !== '.git') scan(tree, path, isIgnored, found, depth + 1);
    } else if (/\.ya?ml$/.test(name) && !isIgnored(path)) found.push(path);
  }
}

function findUnit(tree: FileTree, folder: string, isIgnored: IsIgnored): boolean {
  const file = findKustomizationFile(tree, folder);
  return file !== undefined && !isIgnored(file);
}
