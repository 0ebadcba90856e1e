/** Fixes that replace the text of one scalar: only where the text that stands there is what the scalar says. */
import type { Fix } from '../base/problem.js';
import type { ScalarNode } from '../yaml/nodes.js';

/** Another text for a key or a value; undefined where it is put together from several texts, or written over lines. */
export function replaceScalar(node: ScalarNode, value: string, title: string): Fix | undefined {
  const written = writtenText(node);
  if (written !== node.value && written !== `'${node.value}'` && written !== `"${node.value}"`) return undefined;
  const quote = written === node.value ? '' : written.charAt(0);
  return { title, changes: [{ location: node.source.locate(node.start, node.end), newText: `${quote}${value}${quote}` }] };
}

/** Quotes around a plain scalar. */
export function quoteScalar(node: ScalarNode, title: string): Fix | undefined {
  if (writtenText(node) !== node.value || node.value === '' || /["\\]/.test(node.value)) return undefined;
  return { title, changes: [{ location: node.source.locate(node.start, node.end), newText: `"${node.value}"` }] };
}

/** A quoted scalar without its quotes. */
export function unquoteScalar(node: ScalarNode, title: string): Fix | undefined {
  const written = writtenText(node);
  if (written !== `'${node.value}'` && written !== `"${node.value}"`) return undefined;
  return { title, changes: [{ location: node.source.locate(node.start, node.end), newText: node.value }] };
}

function writtenText({ source, start, end }: ScalarNode): string {
  return source.text.slice(start, end);
}
