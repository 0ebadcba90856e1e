/** From what is rendered back to the nodes of the file that it was read from, for fixes: edits are made on those. */
import type { Place } from '../base/problem.js';
import type { MapNode, YamlNode } from '../yaml/nodes.js';
import { parseYaml, type ParsedYaml } from '../yaml/parse.js';
import type { RuleContext } from './rule.js';

/** The map of a parsed file (or of a text within it) that stands exactly at a place; undefined where there is none, or the file has changed. */
export function findMapAt(place: Place, context: RuleContext): MapNode | undefined {
  const { source, start, end } = place;
  const parsed: ParsedYaml | undefined = source.isEmbedded ? parseYaml(source) : context.parse(source.path);
  if (parsed?.source.text !== source.text) return undefined;
  for (const { root } of parsed.documents) {
    const found = root && findIn(root, start, end);
    if (found) return found;
  }
  return undefined;
}

function findIn(node: YamlNode, start: number, end: number): MapNode | undefined {
  if (node.kind === 'scalar') return undefined;
  if (node.kind === 'map' && node.start === start && node.end === end) return node;
  for (const child of node.kind === 'map' ? node.pairs.map(({ value }) => value) : node.items) {
    const found = child.start <= start && child.end >= end ? findIn(child, start, end) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** A node by its keys and 0-based indexes. */
export function nodeAt(root: YamlNode | undefined, path: readonly (string | number)[]): YamlNode | undefined {
  return path.reduce<YamlNode | undefined>((node, part) => {
    if (typeof part === 'number') return node?.kind === 'sequence' ? node.items[part] : undefined;
    return node?.kind === 'map' ? node.get(part) : undefined;
  }, root);
}
