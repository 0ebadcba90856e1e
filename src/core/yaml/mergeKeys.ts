/** What merge keys (`<<`) bring into a map, as kyaml resolves them when it reads objects (kyaml/yaml/rnode.go v0.21.2 mergeAll). */
import type { Pair, YamlNode } from './nodes.js';

/**
 * The fields of a map with those that its merge keys bring behind them: its own win, then those of the first map of a list.
 * Undefined where a merge key has no map.
 */
export function mergeInto(own: readonly Pair[], merged: readonly YamlNode[]): readonly Pair[] | undefined {
  const result = [...own];
  const seen = new Set(own.map((pair) => pair.key.value));
  for (const value of merged) {
    for (const source of value.kind === 'sequence' ? value.items : [value]) {
      if (source.kind !== 'map') return undefined;
      for (const pair of source.pairs) {
        if (seen.has(pair.key.value)) continue;
        seen.add(pair.key.value);
        result.push(pair);
      }
    }
  }
  return result;
}
