/**
 * Files that kustomizations use and that are no whole Kubernetes objects: patches, replacements, field configurations.
 * A validator with schemas of Kubernetes kinds is wrong about them.
 */
import type { Model } from '../model.js';
import { findFileReferences } from '../../core/kustomize/fileReferences.js';

const wholeObjectFields: ReadonlySet<string> = new Set(['resources', 'bases', 'components', 'crds', 'configMapGenerator', 'secretGenerator']);

/** The files of all kustomizations, each once. A file that is a resource somewhere counts as whole. */
export function findPartialFiles(model: Pick<Model, 'roots' | 'parse' | 'tree'>): readonly string[] {
  const partial = new Set<string>();
  const whole = new Set<string>();
  for (const { file, folder } of model.roots) {
    const root = model.parse(file)?.documents[0]?.root;
    if (!root) continue;
    for (const { path, field } of findFileReferences(root, folder)) {
      if (model.tree.kind(path) === 'file') (wholeObjectFields.has(field) ? whole : partial).add(path);
    }
  }
  return [...partial].filter((path) => !whole.has(path));
}
