/**
 * Values on their way through JSON, as kustomize writes merged values for helm to read: each scalar becomes one that every
 * reader of YAML takes for the same. Nodes keep their places, so that what a template does with a value is led back to it.
 */
import { Pair, ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import { jsonScalarOf } from '../../yaml/scalars.js';

/** The tree as go-yaml v3 reads it and JSON has it: `yes` is a text, a date has a time. Nodes that stay as they are are the same. */
export function throughKyaml(node: YamlNode): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return settle(node);
    case 'sequence':
      return node.mapItems(throughKyaml);
    case 'map': {
      const pairs = node.pairs.map((pair) => {
        const value = throughKyaml(pair.value);
        const key = pair.key.tag === '!!str' && pair.key.style !== 'plain' ? pair.key : withText(pair.key, pair.key.value, '!!str', 'double');
        return key === pair.key && value === pair.value ? pair : new Pair(key, value);
      });
      return pairs.every((pair, index) => pair === node.pairs[index]) ? node : node.withPairs(pairs);
    }
  }
}

/** The first scalar that JSON has no form for, such as `.inf`. */
export function withoutForm(node: YamlNode): ScalarNode | undefined {
  if (node.kind === 'scalar') return jsonScalarOf(node).kind === 'none' ? node : undefined;
  for (const child of node.kind === 'map' ? node.pairs.map(({ value }) => value) : node.items) {
    const found = withoutForm(child);
    if (found) return found;
  }
  return undefined;
}

function settle(node: ScalarNode): ScalarNode {
  const read = jsonScalarOf(node);
  if (read.kind === 'string') return node.style !== 'plain' && node.tag === '!!str' && node.value === read.value ? node : withText(node, read.value, '!!str', 'double');
  return read.kind === 'literal' ? withText(node, read.text, node.tag, 'plain') : node;
}

function withText(node: ScalarNode, value: string, tag: ScalarNode['tag'], style: ScalarNode['style']): ScalarNode {
  if (node.value === value && node.tag === tag && node.style === style) return node;
  return new ScalarNode(value, tag, style, node.source, node.start, node.end, node.step, node.was);
}
