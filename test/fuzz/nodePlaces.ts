/** Nodes as lines of text with the places that they were read from, to compare two readings. */
import type { YamlNode } from '../../src/core/yaml/nodes.js';

/** One line per scalar and collection, in the order of the text. */
export function describePlaces(node: YamlNode, lines: string[] = []): readonly string[] {
  const place = `${node.source.path}:${node.start}-${node.end}`;
  switch (node.kind) {
    case 'scalar':
      lines.push(`${place} ${node.value}`);
      break;
    case 'sequence':
      lines.push(`${place} list`);
      for (const item of node.items) describePlaces(item, lines);
      break;
    case 'map':
      lines.push(`${place} map`);
      for (const { key, value } of node.pairs) {
        describePlaces(key, lines);
        describePlaces(value, lines);
      }
  }
  return lines;
}
