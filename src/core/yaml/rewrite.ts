/**
 * What becomes of a scalar on kustomize's way to JSON: go-yaml v3 writes the object and reads it again (kyaml
 * RNode.MarshalJSON v0.21.2), and its writer (go.yaml.in/yaml/v3 v3.0.5 emitterc.go) does not always give back what it was
 * given: folded line breaks, blocks that begin with a tab, and what it puts quotes around inside brackets.
 */
import type { ScalarNode } from './nodes.js';
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
