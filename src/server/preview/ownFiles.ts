/** Which files a kustomization calls its own: its file and its components', and the resources that these name. */
import type { YamlNode } from '../../core/yaml/nodes.js';
import type { Model } from '../model.js';
import { findFileReferences } from '../../core/kustomize/fileReferences.js';
import type { OwnFiles } from './marks.js';
import { kustomizationFileOf } from '../kustomizationFile.js';

/** Reads them off the kustomization in `folder`. Nothing is own where it can't be read. */
export function findOwnFiles(model: Pick<Model, 'tree' | 'parse'>, folder: string): OwnFiles {
  const directives = new Set<string>();
  const resources = new Set<string>();
  let hasBase = false;
  const visit = (current: string, isComponent: boolean): void => {
    const file = kustomizationFileOf(model.tree, current);
    if (file === undefined || directives.has(file)) return;
    directives.add(file);
    const root = model.parse(file)?.documents[0]?.root;
    if (!root) return;
    for (const { path, field } of findFileReferences(root, current)) {
      if (field === 'components') visit(path, true);
      if (field !== 'resources' && field !== 'bases') continue;
      if (model.tree.kind(path) === 'directory') hasBase ||= !isComponent;
      else resources.add(path);
    }
    if (!isComponent && root.kind === 'map') hasBase ||= namesRemote(root.get('resources'));
  };
  visit(folder, false);
  return { directives, resources, hasBase };
}

function namesRemote(resources: YamlNode | undefined): boolean {
  return resources?.kind === 'sequence' && resources.items.some((item) => item.kind === 'scalar' && /^[a-z+]+:\/\/|^git@|^github\.com\/|\?ref=/.test(item.value));
}
