/**
 * Replacements whose path goes on inside a text that holds JSON (setValueInStructuredData in kustomize's
 * api/filters/replacement v0.21.2). Kustomize does the same inside YAML, which it prints anew in the style it was
 * written in; that is left out.
 */
import { SourceText } from '../../base/source.js';
import { ScalarNode, type MapNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { BuildContext } from '../context.js';
import { lookupPath } from '../fieldSpec/lookupPath.js';
import { jsonText } from '../patches/jsonValue.js';
import { updateAtPath, type PathUpdate } from './pathMatcher.js';

/**
 * The object with the value written into a text on the way of the path; undefined where no such text is on it, or where
 * the path leads to nothing in it.
 * @param updateFor makes the update, given whom to tell of failures; these only mean that the path is not of this sort
 */
export function replaceInText(
  root: MapNode,
  parts: readonly string[],
  updateFor: (onFailure: PathUpdate['onFailure']) => PathUpdate,
  context: BuildContext,
): MapNode | 'unsupported' | undefined {
  const found = findText(root, parts, context);
  if (!found) return undefined;
  let hasFailed = false;
  const update = updateFor(() => (hasFailed = true));
  const result = updateAtPath(found.content, found.rest, update);
  if (hasFailed || result.count === 0) return undefined;
  const isJson = /^[{[]/.test(found.text.value.trim());
  if (!isJson) return 'unsupported';
  const isPretty = found.text.value.includes('\n') && found.text.value.includes('  ');
  const { text } = found;
  const value = firstReplaced(result.node, update.step) ?? update.step;
  const next = new ScalarNode(formatJson(result.node, isPretty ? '\n' : ''), text.tag, text.style, value.source, value.start, value.end, update.step, text);
  return replaceNode(root, text, next);
}

/** True where a path leads to a field inside a text. Kustomize then writes into a copy of it: nothing comes of it. */
export function findsInText(text: ScalarNode, rest: readonly string[], creates: boolean, step: Step, context: BuildContext, onFailure: PathUpdate['onFailure']): boolean {
  const content = parseText(text, context);
  if (!content) {
    onFailure(text, 'The path goes on behind this single value.');
    return false;
  }
  const found = updateAtPath(content, rest, { set: (node) => node, creates: creates ? 'scalar' : undefined, step, onFailure, findsInText: () => false });
  if (found.count > 0) context.problems.warning('kustomize/replacement-has-no-effect', 'The path leads into this text, where kustomize does not write the value.', text);
  return found.count > 0;
}

/** The first scalar on the way of the path that holds YAML or JSON, and the rest of the path. */
function findText(
  root: MapNode,
  parts: readonly string[],
  context: BuildContext,
): { readonly text: ScalarNode; readonly content: YamlNode; readonly rest: readonly string[] } | undefined {
  for (let length = 1; length < parts.length; length++) {
    const node = lookupPath(root, parts.slice(0, length), () => undefined);
    if (node?.kind !== 'scalar') continue;
    const content = parseText(node, context);
    if (content) return { text: node, content, rest: parts.slice(length) };
  }
  return undefined;
}

function parseText(text: ScalarNode, context: BuildContext): YamlNode | undefined {
  const parsed = context.parse(new SourceText(text.source.path, text.value));
  return parsed.problems.some((problem) => problem.severity === 'error') ? undefined : parsed.documents[0]?.root;
}

function firstReplaced(node: YamlNode, step: Step): YamlNode | undefined {
  if (node.kind === 'scalar') return node.step === step ? node : undefined;
  const children = node.kind === 'map' ? node.pairs.map((pair) => pair.value) : node.items;
  for (const child of children) {
    const found = firstReplaced(child, step);
    if (found) return found;
  }
  return undefined;
}

/** JSON as Go writes it: keys sorted, and with `lineBreak` one field a line, indented by two spaces. */
function formatJson(node: YamlNode, lineBreak: string): string {
  const inner = lineBreak === '' ? '' : `${lineBreak}  `;
  const wrap = (open: string, parts: readonly string[], close: string): string =>
    parts.length === 0 ? open + close : `${open}${inner}${parts.join(`,${inner}`)}${lineBreak}${close}`;
  switch (node.kind) {
    case 'scalar':
      return jsonText(node);
    case 'sequence':
      return wrap(
        '[',
        node.items.map((item) => formatJson(item, inner)),
        ']',
      );
    case 'map': {
      const pairs = [...node.pairs].sort((a, b) => (a.key.value < b.key.value ? -1 : 1));
      const colon = lineBreak === '' ? ':' : ': ';
      return wrap(
        '{',
        pairs.map(
          ({ key, value }) => jsonText(new ScalarNode(key.value, '!!str', 'plain', key.source, key.start, key.end, undefined, undefined)) + colon + formatJson(value, inner),
        ),
        '}',
      );
    }
  }
}

function replaceNode(root: MapNode, old: YamlNode, next: YamlNode): MapNode {
  let result = root;
  for (const { key, value } of root.pairs) {
    const changed = replaceIn(value, old, next);
    if (changed !== value) result = result.with(key.value, changed);
  }
  return result;
}

function replaceIn(node: YamlNode, old: YamlNode, next: YamlNode): YamlNode {
  if (node === old) return next;
  if (node.kind === 'map') return replaceNode(node, old, next);
  return node.kind === 'sequence' ? node.mapItems((item) => replaceIn(item, old, next)) : node;
}
