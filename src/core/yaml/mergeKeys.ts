/** What merge keys (`<<`) bring into a map, as kyaml resolves them when it reads objects (kyaml/yaml/rnode.go v0.21.2 mergeAll). */
import type { MapNode, Pair, YamlNode } from './nodes.js';

/**
 * The fields of a map with those that its merge key brings behind them: its own win, then those of the first map of a list.
 * Undefined where the merge key has something else than maps.
 */
export function mergeInto(own: readonly Pair[], merged: YamlNode): readonly Pair[] | undefined {
  const maps: MapNode[] = [];
  for (const item of merged.kind === 'sequence' ? merged.items : [merged]) {
    if (item.kind !== 'map') return undefined;
    maps.unshift(item);
  }
  const result = [...own];
  const places = new Map<string, number>();
  own.forEach((pair, index) => places.set(pair.key.value, index));
  for (const map of maps) {
    for (const pair of map.pairs) {
      if (map.pair(pair.key.value) !== pair) continue;
      const place = places.get(pair.key.value);
      if (place === undefined) places.set(pair.key.value, result.push(pair) - 1);
      else if (place >= own.length) result[place] = pair;
    }
  }
  return result;
}
