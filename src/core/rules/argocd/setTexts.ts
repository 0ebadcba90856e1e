/** The texts of an ApplicationSet, told apart: what its list generators give, and what may ask for it. */
import { mapAt } from '../../gitops/declarations.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';

export interface SetTexts {
  /** The elements of list generators, also of those within a matrix or a merge. */
  readonly elements: readonly MapNode[];
  /** What may ask for a parameter: the texts with templates, and all of selectors and merge keys. */
  readonly asking: readonly string[];
}

/** Reads the spec of an ApplicationSet. */
export function readSetTexts(root: MapNode): SetTexts {
  const elements: MapNode[] = [];
  const asking: string[] = [];
  const visit = (node: YamlNode, way: string, isName: boolean): void => {
    if (node.kind === 'scalar') {
      if (isName) asking.push(node.value);
      else for (const [action] of node.value.matchAll(/\{\{[^]*?\}\}/g)) asking.push(action);
    } else if (node.kind === 'sequence') {
      for (const item of node.items) {
        if (way === 'list.elements' && item.kind === 'map') elements.push(item);
        else visit(item, '', isName);
      }
    } else
      for (const { key, value } of node.pairs) {
        visit(key, '', isName);
        const isElements = key.value === 'elements' && way === 'list';
        visit(value, isElements ? 'list.elements' : key.value, isName || key.value === 'selector' || key.value === 'mergeKeys');
      }
  };
  const spec = mapAt(root, 'spec');
  if (spec) visit(spec, 'spec', false);
  return { elements, asking };
}
