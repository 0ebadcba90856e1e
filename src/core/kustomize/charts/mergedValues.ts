/**
 * `valuesInline` and a values file laid over one another, as kustomize does before it calls helm
 * (internal/builtins/HelmChartInflationGenerator.go v0.21.2): a strategic merge, so that `null` takes a field of the file
 * away, lists win as a whole, and `$patch` means what it means in patches.
 */
import type { Problems } from '../../base/problem.js';
import type { ObjectSchema } from '../../objects/schema.js';
import { Pair, type MapNode, type YamlNode } from '../../yaml/nodes.js';
import { Merger } from '../patches/mergeStrategic.js';
import { throughKyaml, withoutForm } from './jsonForm.js';

/** Which of the two wins where both say something. */
export type ValuesWinner = 'inline' | 'file';

/** What both say together; undefined where they don't fit together, which is reported. */
export function mergeChartValues(
  file: MapNode | undefined,
  inline: MapNode,
  winner: ValuesWinner,
  world: { readonly schema: ObjectSchema; readonly problems: Problems },
): MapNode | undefined {
  const { schema, problems } = world;
  const merger = new Merger(schema, 'values');
  const written = file && withoutAliases(file);
  const [under, over] = winner === 'inline' ? [written, inline] : [inline, written];
  const result = merger.merge(under && { node: under }, over && { node: over }, undefined);
  if (merger.failure) {
    const { node, other, message } = merger.failure;
    const related = other ? [{ location: other.source.locate(other.start, other.end), message: 'what it does not fit to' }] : [];
    const words = other ? 'valuesInline and the values file do not fit together: what is a map, a list or a scalar in one is something else in the other.' : message;
    problems.error('kustomize/invalid-chart-values', words, node, { related });
    return undefined;
  }
  const merged = result?.node;
  if (merged?.kind !== 'map') return inline.withPairs([]);
  const key = otherKey(merged, true);
  if (key) {
    problems.error('kustomize/invalid-chart-values', 'A key here is a number, a boolean or null, which kustomize can not write into values that it merges; quote it.', key);
    return undefined;
  }
  const odd = withoutForm(merged);
  if (odd) {
    problems.error('kustomize/invalid-chart-values', `${odd.value} has no form in JSON, through which kustomize carries values that it merges.`, odd);
    return undefined;
  }
  const settled = throughKyaml(merged);
  return settled.kind === 'map' ? settled : merged;
}

/**
 * The map without fields whose value is an alias, or that a merge key brings: kyaml's walk knows none and leaves them out.
 * Lists are taken as they are. What an alias stands for was written before the field that it is the value of.
 */
function withoutAliases(map: MapNode): MapNode {
  const pairs: Pair[] = [];
  for (const pair of map.pairs) {
    const { key, value } = pair;
    if (key.start < map.start || value.start < key.start) continue;
    const kept = value.kind === 'map' ? withoutAliases(value) : value;
    pairs.push(kept === value ? pair : new Pair(key, kept));
  }
  return pairs.length === map.pairs.length && pairs.every((pair, index) => pair === map.pairs[index]) ? map : map.withPairs(pairs);
}

/** The first key that is no text; those of the outermost map are taken for texts. */
function otherKey(node: YamlNode, isRoot: boolean): YamlNode | undefined {
  if (node.kind === 'scalar') return undefined;
  if (node.kind === 'sequence') {
    for (const item of node.items) {
      const found = otherKey(item, false);
      if (found) return found;
    }
    return undefined;
  }
  for (const { key, value } of node.pairs) {
    if (!isRoot && key.tag !== '!!str' && key.tag !== '!!timestamp') return key;
    const found = otherKey(value, false);
    if (found) return found;
  }
  return undefined;
}
