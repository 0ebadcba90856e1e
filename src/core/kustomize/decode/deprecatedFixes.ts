/**
 * Text changes that do in place what `kustomize edit fix` does to deprecated fields: items move, keep their comments and
 * their style, and nothing else is touched. What is written in a way that can't be moved by lines gets no fix.
 */
import type { Fix, TextChange } from '../../base/problem.js';
import type { SourceText } from '../../base/source.js';
import type { MapNode, Pair, SequenceNode, YamlNode } from '../../yaml/nodes.js';

/** Whole lines of a block list or map, from its first line to the last line of its last item. */
interface Block {
  readonly source: SourceText;
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** The column of its dashes or keys. */
  readonly indent: number;
}

/** The list that takes the items of a deprecated one; `convert` rewrites their lines, undefined where it can't. */
interface Move {
  readonly target: string;
  readonly convert?: (items: SequenceNode, block: Block) => readonly string[] | undefined;
}

const moves: ReadonlyMap<string, Move> = new Map<string, Move>([
  ['bases', { target: 'resources' }],
  ['imageTags', { target: 'images' }],
  ['patchesJson6902', { target: 'patches' }],
  ['patchesStrategicMerge', { target: 'patches', convert: convertStrategicMerges }],
]);

/** The fix for the deprecated field `name` of a kustomization. */
export function fixDeprecatedField(root: MapNode, name: string): Fix | undefined {
  const pair = root.pair(name);
  const move = moves.get(name);
  if (pair && name === 'commonLabels') return moveLabels(root, pair);
  return pair && move && moveItems(root, pair, move);
}

/** The fix for the `env` of a generator. */
export function fixEnv(entry: MapNode): Fix | undefined {
  const env = entry.pair('env');
  if (!env || entry.pair('envs')) return undefined;
  const raw = env.value.source.text.slice(env.value.start, env.value.end);
  if (/[\n,[\]{}]/.test(raw)) return undefined;
  return { title: 'Change to envs', changes: [replace(env.key, 'envs'), replace(env.value, `[${raw}]`)] };
}

function moveItems(root: MapNode, from: Pair, { target, convert }: Move): Fix | undefined {
  const title = `Move to ${target}`;
  const to = root.pair(target);
  if (!to && !convert) return { title, changes: [replace(from.key, target)] };
  const block = blockOf(from.value);
  if (!block || from.value.kind !== 'sequence') return undefined;
  const lines = convert ? convert(from.value, block) : block.lines;
  if (!lines) return undefined;
  if (!to) return { title, changes: [replace(from.key, target), replaceLines(block, lines)] };
  const targetBlock = blockOf(to.value);
  if (!targetBlock || to.value.kind !== 'sequence') return undefined;
  return { title, changes: [appendLines(targetBlock, reindent(lines, targetBlock.indent - block.indent)), removeField(from, block)] };
}

/** `- a.yaml` becomes `- path: a.yaml`, and a patch in place moves under `patch:`. */
function convertStrategicMerges(items: SequenceNode, block: Block): readonly string[] | undefined {
  const lines = [...block.lines];
  for (const item of items.items) {
    if (item.kind !== 'scalar') return undefined;
    const [first, last] = [item.source.lineAt(item.start) - block.firstLine, item.source.lineAt(lastOffset(item)) - block.firstLine];
    const line = lines[first] ?? '';
    const dash = /^\s*-\s+/.exec(line)?.[0];
    if (dash === undefined) return undefined;
    const inPlace = item.style === 'literal' || item.style === 'folded';
    if (!inPlace && (first !== last || item.value.includes('\n'))) return undefined;
    if (inPlace && /^\s*-\s+[|>][-+]?\d/.test(line)) return undefined;
    lines[first] = `${dash}${inPlace ? 'patch' : 'path'}: ${line.slice(dash.length)}`;
    const shift = dash.length - block.indent;
    for (let at = first + 1; at <= last; at++) lines[at] = indentLine(lines[at] ?? '', shift);
  }
  return lines;
}

/** `commonLabels` becomes an entry of `labels` that has selectors included. */
function moveLabels(root: MapNode, from: Pair): Fix | undefined {
  const block = blockOf(from.value);
  if (!block || from.value.kind !== 'map') return undefined;
  const title = 'Move to labels';
  const to = root.pair('labels');
  const entry = (indent: number): readonly string[] => ['- includeSelectors: true', '  pairs:', ...reindent(block.lines, 4 - block.indent)].map((line) => indentLine(line, indent));
  if (!to) return { title, changes: [replace(from.key, 'labels'), replaceLines(block, entry(0))] };
  const targetBlock = blockOf(to.value);
  if (!targetBlock || to.value.kind !== 'sequence' || sharesKey(from.value, to.value)) return undefined;
  return { title, changes: [appendLines(targetBlock, entry(targetBlock.indent)), removeField(from, block)] };
}

/** kustomize refuses to fix a label that both fields have. */
function sharesKey(labels: MapNode, entries: SequenceNode): boolean {
  return entries.items.some((entry) => {
    const pairs = entry.kind === 'map' ? entry.get('pairs') : undefined;
    return pairs?.kind === 'map' && pairs.pairs.some((pair) => labels.pair(pair.key.value));
  });
}

/** The lines of a list or map in block style that stands in whole lines of the file; undefined for any other. */
function blockOf(node: YamlNode): Block | undefined {
  if (node.kind === 'scalar' || node.flow) return undefined;
  const children = node.kind === 'map' ? node.pairs.map((pair) => pair.value) : node.items;
  const last = children.at(-1);
  if (!last || children.some((child) => child.source !== node.source || child.start < node.start)) return undefined;
  const { source } = node;
  const firstLine = source.lineAt(node.start);
  const lastLine = source.lineAt(lastOffset(last));
  const lines = Array.from({ length: lastLine - firstLine + 1 }, (_, index) => lineText(source, firstLine + index));
  const indent = /^[ ]*/.exec(lines[0] ?? '')?.[0].length ?? 0;
  const startsLine = (source.lineStarts[firstLine] ?? 0) + indent === node.start;
  return startsLine ? { source, firstLine, lines, indent } : undefined;
}

/** The offset of a node's last character that isn't white space: a block scalar ends behind its last line. */
function lastOffset(node: YamlNode): number {
  const { text } = node.source;
  let at = Math.max(node.start, node.end - 1);
  while (at > node.start && /\s/.test(text[at] ?? '')) at--;
  return at;
}

function lineText(source: SourceText, line: number): string {
  const start = source.lineStarts[line] ?? 0;
  const next = source.lineStarts[line + 1];
  return source.text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
}

function lineEnd(source: SourceText, line: number): number {
  return (source.lineStarts[line] ?? 0) + lineText(source, line).length;
}

function newlineOf(source: SourceText): string {
  return source.text.includes('\r\n') ? '\r\n' : '\n';
}

function reindent(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => indentLine(line, by));
}

function indentLine(line: string, by: number): string {
  if (line.trim() === '') return line;
  return by >= 0 ? ' '.repeat(by) + line : line.slice(Math.min(-by, line.length - line.trimStart().length));
}

function replace(node: YamlNode, newText: string): TextChange {
  return { location: node.source.locate(node.start, node.end), newText };
}

function replaceLines({ source, firstLine, lines }: Block, newLines: readonly string[]): TextChange {
  const start = source.lineStarts[firstLine] ?? 0;
  return { location: source.locate(start, lineEnd(source, firstLine + lines.length - 1)), newText: newLines.join(newlineOf(source)) };
}

function appendLines({ source, firstLine, lines }: Block, newLines: readonly string[]): TextChange {
  const end = lineEnd(source, firstLine + lines.length - 1);
  const newline = newlineOf(source);
  return { location: source.locate(end, end), newText: newLines.map((line) => newline + line).join('') };
}

/** Takes out the lines from a field's key to the end of its block. */
function removeField(pair: Pair, { source, firstLine, lines }: Block): TextChange {
  const start = source.lineStarts[source.lineAt(pair.key.start)] ?? 0;
  const end = source.lineStarts[firstLine + lines.length] ?? source.text.length;
  return { location: source.locate(start, end), newText: '' };
}
