/** Finding and knowing kustomization files by their names. */
import type { FileTree } from '../core/base/fileTree.js';
import { baseName, joinPath } from '../core/base/path.js';
import { kustomizationFileNames } from '../core/kustomize/target.js';

/** True for a path that ends in one of the names of a kustomization file. */
export function isKustomizationFile(path: string): boolean {
  return (kustomizationFileNames as readonly string[]).includes(baseName(path));
}

/** The kustomization file in a folder, or undefined. */
export function kustomizationFileOf(tree: FileTree, folder: string): string | undefined {
  return kustomizationFileNames.map((name) => joinPath(folder, name)).find((path) => tree.kind(path) === 'file');
}
