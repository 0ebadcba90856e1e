/** The way from a document's root to a node, as people write it: `images[0].newTag`. */
import type { Location } from '../core/base/source.js';
import type { MapNode, Pair, YamlNode } from '../core/yaml/nodes.js';

export type PathStep = string | number;

/** `spec.template.spec.containers[0].image`; a key with dots or slashes stands in brackets. */
export function formatPath(path: readonly PathStep[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `['${step}']`;
  }
  return text;
}

/** What stands at an offset of a document. */
export interface NodeAtOffset {
  readonly node: YamlNode;
  readonly path: readonly PathStep[];
  /** The field that the offset is in, innermost. */
  readonly pair: Pair | undefined;
  /** True when the offset is on that field's key. */
  readonly isKey: boolean;
  /** The maps and lists on the way, outermost first. */
  readonly parents: readonly YamlNode[];
}

/** The innermost node of `root` that holds `offset` (an offset in `root.source`). */
export function nodeAtOffset(root: YamlNode, offset: number): NodeAtOffset | undefined {
  if (offset < root.start || offset > root.end) return undefined;
  const path: PathStep[] = [];
  const parents: YamlNode[] = [];
  let node = root;
  let pair: Pair | undefined;
  for (;;) {
    if (node.kind === 'scalar') return { node, path, pair, isKey: false, parents };
    parents.push(node);
    if (node.kind === 'sequence') {
      const index = node.items.findIndex((item) => item.source === root.source && offset >= item.start && offset <= item.end);
      const item = node.items[index];
      if (!item) return { node, path, pair, isKey: false, parents: parents.slice(0, -1) };
      path.push(index);
      node = item;
      continue;
    }
    const found = findPair(node, offset);
    if (!found) return { node, path, pair, isKey: false, parents: parents.slice(0, -1) };
    pair = found;
    path.push(found.key.value);
    if (offset >= found.key.start && offset <= found.key.end) return { node: found.value, path, pair, isKey: true, parents };
    node = found.value;
  }
}

function findPair(map: MapNode, offset: number): Pair | undefined {
  const holds = (place: YamlNode): boolean => place.source === map.source && offset >= place.start && offset <= place.end;
  return map.pairs.find((pair) => holds(pair.key) || holds(pair.value));
}

/** The way to the node of `root` at a location's start, for people; undefined where there is none. */
export function pathOfPlace(root: YamlNode, location: Location): string | undefined {
  const found = nodeAtOffset(root, root.source.offsetAt(location.range.start));
  return found && formatPath(found.path);
}
