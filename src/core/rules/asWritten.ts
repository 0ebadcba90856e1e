/** Whether a node can be edited where it stands. */
import type { YamlNode } from '../yaml/nodes.js';

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
