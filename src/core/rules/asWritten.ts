/** Where the text of a node stands before anything was laid over it, and whether it can be edited there. */
import type { Place } from '../base/problem.js';
import type { MapNode, YamlNode } from '../yaml/nodes.js';

/** True where the node and all below it stand in one file as they are: nothing was generated, patched or filled in. */
export function isAsWritten(node: YamlNode): boolean {
  const { source } = node;
  const isOwn = (each: YamlNode): boolean => each.source === source && each.step === undefined;
  const visit = (each: YamlNode): boolean => {
    if (!isOwn(each)) return false;
    if (each.kind === 'sequence') return each.items.every(visit);
    return each.kind === 'scalar' || each.pairs.every(({ key, value }) => isOwn(key) && visit(value));
  };
  return visit(node);
}

/** The name of an object in its own file, before prefixes, suffixes and hashes; its first line where it has none. */
export function namePlace(root: MapNode): Place {
  const metadata = root.get('metadata');
  let name = metadata?.kind === 'map' ? metadata.get('name') : undefined;
  while (name?.was) name = name.was;
  if (name) return name;
  const lineEnd = root.source.text.indexOf('\n', root.start);
  return { source: root.source, start: root.start, end: lineEnd < 0 ? root.end : Math.min(root.end, lineEnd) };
}
