/**
 * Finds scalars that kustomize prints in another form than they were written in, because it carries values through JSON:
 * `1.10` becomes 1.1, the short commit `553640e6` becomes 553640000000. Left out is what is almost always meant:
 * file modes in octal, and whole numbers with `.0` outside of fields that hold a version.
 */
import type { Problems } from '../base/problem.js';
import type { MapNode, ScalarNode, YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf, resolveTag } from '../yaml/scalars.js';

/** A number whose text changes on its way into the output. */
export interface ReprintedScalar {
  readonly node: ScalarNode;
  /** As it stands in its file. */
  readonly written: string;
  /** As kustomize prints it. */
  readonly printed: string;
}

/** Those of a rendered object, in the order of its tree. */
export function findReprintedScalars(root: MapNode): readonly ReprintedScalar[] {
  const found: ReprintedScalar[] = [];
  visit(root, '', found);
  return found;
}

/** Warns of each, once per place. */
export function reportReprintedScalars(scalars: readonly ReprintedScalar[], problems: Problems): void {
  const seen = new Set<string>();
  for (const { node, written, printed } of scalars) {
    const key = `${node.source.path} ${node.source.toFileOffset(node.start)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const location = node.source.locate(node.start, node.end);
    // Inside another text (an inline patch) the quotes could end that text.
    const fix = node.source.isEmbedded ? {} : { fix: { title: 'Quote the value', changes: [{ location, newText: `"${written}"` }] } };
    problems.warning('kustomize/reprinted-scalar', `${written} is read as a number and printed as ${printed}; quote it if it is a text.`, node, fix);
  }
}

function visit(node: YamlNode, key: string, found: ReprintedScalar[]): void {
  if (node.kind === 'map') for (const pair of node.pairs) visit(pair.value, pair.key.value, found);
  else if (node.kind === 'sequence') for (const item of node.items) visit(item, key, found);
  else if (node.tag === '!!float' || node.tag === '!!int') {
    const scalar = reprinted(node, key);
    if (scalar) found.push(scalar);
  }
}

function reprinted(node: ScalarNode, key: string): ReprintedScalar | undefined {
  if (node.style !== 'plain') return undefined;
  const printed = jsonScalarOf(node);
  // A step may have put the number in another form already, so the text of the file counts and not the node's.
  const written = node.source.text.slice(node.start, node.end);
  if (printed.kind !== 'literal' || printed.text === written || !isNumber(written)) return undefined;
  return isMeant(written, key) ? undefined : { node, written, printed: printed.text };
}

function isNumber(text: string): boolean {
  const tag = resolveTag(text);
  return tag === '!!float' || tag === '!!int';
}

function isMeant(written: string, key: string): boolean {
  if (/^0[0-7]{3,4}$/.test(written)) return /mode$/i.test(key);
  return /^[-+]?[0-9]+\.0+$/.test(written) && !/version|tag|revision|release/i.test(key);
}
