/**
 * The fields of a rendered object that are random or from the clock: a chart's made-up passwords and what is computed of them.
 * Each rendering by an operator gives others, so that ours must neither be compared nor written.
 */
import type { MapNode, YamlNode } from '../yaml/nodes.js';
import type { FieldStep } from './compare.js';

/** The ways to them; empty for nearly all objects. */
export function generatedFields(root: MapNode): readonly (readonly FieldStep[])[] {
  const found: (readonly FieldStep[])[] = [];
  const walk = (node: YamlNode, path: readonly FieldStep[]): void => {
    if (node.kind === 'scalar') {
      if (node.step?.isGenerated === true) found.push(path);
    } else if (node.kind === 'map') for (const { key, value } of node.pairs) walk(value, [...path, key.value]);
    else for (const [index, item] of node.items.entries()) walk(item, [...path, index]);
  };
  walk(root, []);
  return found;
}
