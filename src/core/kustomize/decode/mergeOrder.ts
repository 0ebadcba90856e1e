/**
 * Finds merge keys that override a field before them. Kustomizations are read by go-yaml v2 (v2.4.4 decode.go mapping),
 * for which `<<` is a field like any other, so that the later one wins; everywhere else, and in the trees that are decoded
 * here, a map's own fields win. Such a kustomization is refused instead of being read the other way.
 */
import type { Problems } from '../../base/problem.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';

/** Reports each `<<` that brings a field which stands before it in the same map. */
export function checkMergeOrder(root: YamlNode, problems: Problems): void {
  const { source } = root;
  if (!source.text.includes('<<')) return;
  const found = new Set<YamlNode>();
  collectNodes(root, found);
  const nodes = [...found].filter((node) => node.source === source);
  const maps = nodes.filter((node) => node.kind === 'map');
  const isText = (offset: number): boolean => isComment(source.text, offset) || nodes.some((node) => node.kind === 'scalar' && node.start <= offset && offset < node.end);
  for (const { 0: text, index } of source.text.matchAll(/(?<=[\s{,]|^)<<[ \t]*:/g)) {
    if (isText(index)) continue;
    const holder = innermost(maps, index);
    const before = holder?.pairs.filter(({ key }) => key.source === source && key.start >= holder.start && key.start < index) ?? [];
    const brought = mergedKeys(maps, source.text, index + text.length);
    if (before.some(({ key }) => !brought || brought.has(key.value))) {
      problems.error(
        'kustomize/merge-order-unsupported',
        'This merge key stands behind fields that it brings too, and kustomize then lets it override them; put it first in its map.',
        { source, start: index, end: index + 2 },
      );
    }
  }
}

/** Adds a node and all below it to `found`. */
function collectNodes(node: YamlNode, found: Set<YamlNode>): void {
  if (!found.has(node)) {
    found.add(node);
    const children = node.kind === 'map' ? node.pairs.map((pair) => pair.value) : node.kind === 'sequence' ? node.items : [];
    for (const child of children) collectNodes(child, found);
  }
}

function isComment(text: string, offset: number): boolean {
  return /(?:^|\s)#/.test(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset));
}

function innermost(maps: readonly MapNode[], offset: number): MapNode | undefined {
  const around = maps.filter((map) => map.start <= offset && offset <= map.end);
  return around.sort((a, b) => b.start - a.start)[0];
}

/** The keys that the aliases behind a merge key bring; undefined where they can't be told. */
function mergedKeys(maps: readonly MapNode[], text: string, from: number): ReadonlySet<string> | undefined {
  const value = /^\s*(\[[^\]]*\]|\*[^\s,}\]]+)/.exec(text.slice(from, from + 1000))?.[1];
  if (value === undefined) return undefined;
  const keys = new Set<string>();
  for (const [, name] of value.matchAll(/\*([^\s,}\]]+)/g)) {
    const anchor = text.lastIndexOf(`&${name ?? ''}`, from);
    const [map] = maps.filter((each) => anchor >= 0 && each.start >= anchor).sort((a, b) => a.start - b.start || b.end - a.end);
    if (!map) return undefined;
    for (const { key } of map.pairs) keys.add(key.value);
  }
  return keys;
}
