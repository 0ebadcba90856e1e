/** The texts of an environment that Flux substituted, with what they were before. */
import type { Rendering } from '../../objects/rendering.js';
import type { ScalarNode, YamlNode } from '../../yaml/nodes.js';

export interface SubstitutedText {
  readonly before: ScalarNode;
  readonly after: ScalarNode;
}

/** Every scalar value and key that substitution changed. */
export function substitutedTexts({ objects }: Rendering): readonly SubstitutedText[] {
  const found: SubstitutedText[] = [];
  const visit = (node: YamlNode): void => {
    if (node.kind === 'scalar') {
      if (node.step?.kind === 'substitution' && node.was?.kind === 'scalar') found.push({ before: node.was, after: node });
    } else if (node.kind === 'sequence') node.items.forEach(visit);
    else
      for (const { key, value } of node.pairs) {
        visit(key);
        visit(value);
      }
  };
  for (const { root } of objects) visit(root);
  return found;
}
