/**
 * What becomes of a scalar on kustomize's way to JSON: go-yaml v3 writes the object and reads it again (kyaml
 * RNode.MarshalJSON v0.21.2), and its writer (go.yaml.in/yaml/v3 v3.0.5 emitterc.go) does not always give back what it was
 * given: folded line breaks, blocks that begin with a tab, and what it puts quotes around inside brackets.
 */
import { blockHints } from './emitString.js';
import type { MapNode, ScalarNode, YamlNode } from './nodes.js';
import { isBlockWritable, refoldedValue } from './refold.js';
import { jsonScalarOf, type JsonScalar } from './scalars.js';

/**
 * The value of a scalar after it was written and read again.
 * @param inFlow true inside `{}` and `[]`
 */
export function rewrittenScalar(node: ScalarNode, inFlow: boolean): JsonScalar {
  if (inFlow) return isQuotedInFlow(node) ? { kind: 'string', value: node.value } : jsonScalarOf(node);
  const value = jsonScalarOf(node);
  if (node.tag !== '!!str' || value.kind !== 'string' || !isWrittenAsBlock(node)) return value;
  if (node.value.startsWith('\t')) return { kind: 'none', reason: 'a block that begins with a tab cannot be read back; begin it with something else, or put it in double quotes' };
  return node.style === 'folded' ? { kind: 'string', value: refoldedValue(node.value) } : value;
}

/** An empty null and a time of day are written with quotes inside brackets, and come back as strings. */
function isQuotedInFlow({ tag, style, value }: ScalarNode): boolean {
  return style === 'plain' && (tag === '!!null' ? value === '' : tag === '!!timestamp' && value.includes(':'));
}

function isWrittenAsBlock({ style, value }: ScalarNode): boolean {
  if (style === 'single' || style === 'double' || (style === 'plain' && !value.includes('\n'))) return false;
  return isBlockWritable(value);
}

/**
 * The scalar that grows by one line break when it is written: the document's last one, if it is a block that keeps its
 * last line breaks and a comment follows it (emitterc.go yaml_emitter_process_foot_comment, open_ended).
 */
export function findGrowing(root: MapNode): ScalarNode | undefined {
  let node: YamlNode | undefined = root;
  while (node && node.kind !== 'scalar') node = node.flow ? undefined : node.kind === 'map' ? node.pairs.at(-1)?.value : node.items.at(-1);
  if (!node || (node.style !== 'literal' && node.style !== 'folded') || !blockHints(node.value).endsWith('+') || !isBlockWritable(node.value)) return undefined;
  return /^\s*#/.test(node.source.text.slice(node.end, node.end + longestGap)) ? node : undefined;
}

/** How far behind a block its comment is looked for. */
const longestGap = 1000;
