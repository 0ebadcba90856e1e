/** A node tree as plain data, to be compared in tests. */
import type { YamlNode } from '../../src/core/yaml/nodes.js';

/** Lists `['map', flow, key, value, ...]`, `['seq', flow, item, ...]`, `[tag, value, style]`, with offsets at the end where they are asked for. */
export function describeTree(node: YamlNode, withPlaces = false): unknown {
  const place = withPlaces ? [`${node.start}-${node.end}`] : [];
  switch (node.kind) {
    case 'scalar':
      return [node.tag, node.value, node.style, ...place];
    case 'sequence':
      return ['seq', node.flow, ...node.items.map((item) => describeTree(item, withPlaces)), ...place];
    case 'map':
      return ['map', node.flow, ...node.pairs.flatMap(({ key, value }) => [describeTree(key, withPlaces), describeTree(value, withPlaces)]), ...place];
  }
}
