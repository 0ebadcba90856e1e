/**
 * Edits of YAML text that change no more than they must: a value, a field, an item. They are worked out on the nodes of a
 * parsed file and answer text changes; comments, quotes, indentation and line ends of everything else stay as they are.
 * What can't be done for certain (an aliased value, a text within a quoted text, a key behind `?`) answers undefined.
 * Several edits of one file must not touch each other.
 */
import type { TextChange } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import { blockFields, blockItems, columnOf, endWithComments, flowEntries, lineEndOf, lineStartOf, startWithComments, type Entry } from './editLayout.js';
import { styleOf, writeBehindDash, writeField, writeFlow, writeFlowField, writeScalar, type EditValue, type WritingStyle } from './editText.js';
import type { MapNode, ScalarNode, SequenceNode } from './nodes.js';

/** The changes of one edit; undefined where it can't be made for certain. */
export type Edit = readonly TextChange[] | undefined;

/** A change in offsets of one text. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Writes another value in the place of a scalar, in its quotes where it has some; quotes are added where the value needs them. */
export function replaceScalar(node: ScalarNode, value: string | number | boolean | null): Edit {
  const { source, start, end, style } = node;
  const { text } = source;
  if (hasProperties(text, start) || node.source.text.charAt(start) === '*') return undefined;
  if (style === 'literal' || style === 'folded') {
    const newline = text.charAt(end - 1) === '\n' ? (text.charAt(end - 2) === '\r' ? '\r\n' : '\n') : '';
    const block = style === 'literal' && typeof value === 'string' && !source.isEmbedded ? writeBlock(text.slice(start, end), value) : undefined;
    return toChanges(source, [{ start, end, text: (block ?? writeScalar(value)) + newline }]);
  }
  const isEmpty = start === end;
  // A key alone in braces has an empty value too, but no place for another one.
  if (isEmpty && !/[:-][ \t]*$/.test(text.slice(lineStartOf(text, start), start))) return undefined;
  const written = writeScalar(value, typeof value === 'string' ? style : 'plain');
  const before = isEmpty && !/\s/.test(text.charAt(start - 1)) ? ' ' : '';
  const behind = /[^\s,\]}]/.test(text.charAt(end)) ? ' ' : '';
  return toChanges(source, [{ start, end, text: before + written + behind }]);
}

/** Another text in a literal block, with its header and indentation; undefined where they don't fit the text. */
function writeBlock(written: string, value: string): string | undefined {
  const [, header, chomping, newline, indent] = /^(\|(-?)[ \t]*(?:#[^\r\n]*)?)(\r?\n)(?:[ \t]*\r?\n)*( +)\S/.exec(written) ?? [];
  const lines = value.replace(/\n$/, '').split('\n');
  const fits = chomping === '-' ? !value.endsWith('\n') : value.endsWith('\n') && lines.at(-1) !== '';
  if (header === undefined || newline === undefined || indent === undefined || !fits) return undefined;
  if (/^\s|^$/.test(lines[0] ?? '') || /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\ud800-\udfff]/.test(value)) return undefined;
  return [header, ...lines.map((line) => (line === '' ? '' : indent + line))].join(newline);
}

/** Puts quotes around a plain scalar, so that it is the text that stands there. */
export function quoteScalar(node: ScalarNode): Edit {
  const { source, start, end, style } = node;
  const written = source.text.slice(start, end);
  if (style !== 'plain' || written.includes('\n') || start === end || hasProperties(source.text, start)) return undefined;
  return toChanges(source, [{ start, end, text: writeScalar(written, 'double') }]);
}

/** A field of a map gets a value: its scalar is replaced, or the field is added at the end. A field with a map or list is not replaced. */
export function setField(map: MapNode, key: string, value: EditValue): Edit {
  const index = map.pairs.findIndex((pair) => pair.key.value === key);
  const pair = map.pairs[index];
  const isOwn = (map.flow ? flowEntries(map) : blockFields(map))?.some((entry) => entry.index === index);
  if (!pair || !isOwn) return insertField(map, key, value);
  if (pair.value.kind !== 'scalar' || pair.value.start < pair.key.end || (typeof value === 'object' && value !== null)) return undefined;
  return replaceScalar(pair.value, value);
}

/**
 * Adds a field to a map that doesn't have it.
 * @param after the key of the field behind which it goes; else it goes to the end
 */
export function insertField(map: MapNode, key: string, value: EditValue, after?: string): Edit {
  const index = after === undefined ? -1 : map.pairs.findIndex((pair) => pair.key.value === after);
  if (map.flow) return insertInFlow(map, (isJson) => writeFlowField(key, value, isJson), index);
  const entries = blockFields(map);
  const previous = entries?.find((entry) => entry.index === index) ?? entries?.at(-1);
  if (!previous) return undefined;
  const style = styleOf(map.source.text);
  const column = columnOf(map.source.text, map.start);
  return insertLines(map.source, endWithComments(map.source.text, previous), column, writeField(key, value, column, style), fileStyle(map.source, style));
}

/** Adds an item at the end of a list. */
export function appendItem(list: SequenceNode, value: EditValue): Edit {
  return insertItem(list, list.items.length, value);
}

/** Adds an item to a list, so that it has the given index. */
export function insertItem(list: SequenceNode, index: number, value: EditValue): Edit {
  if (list.flow) return insertInFlow(list, (isJson) => writeFlow(value, isJson), index - 1, index === 0);
  const { source } = list;
  const { text } = source;
  const entries = blockItems(list);
  const style = fileStyle(source, styleOf(text));
  const column = columnOf(text, list.start);
  const written = `-${writeBehindDash(value, column, style)}`;
  const previous = entries?.[index - 1];
  if (previous) return insertLines(source, endWithComments(text, previous), column, written, style);
  const first = entries?.[0];
  return first && toChanges(source, [{ start: first.start, end: first.start, text: `${written}${style.newline}${' '.repeat(column)}` }]);
}

/** Takes a field out of a map, with its lines and its own comments; the last one leaves `{}`. */
export function removeField(map: MapNode, key: string): Edit {
  const index = map.pairs.findIndex((pair) => pair.key.value === key);
  if (map.flow) return removeFromFlow(map, index);
  const entries = blockFields(map);
  // What a merge key brings is not among the entries, and can't be left alone in a map that has nothing else.
  return entries && (entries.length === map.pairs.length || entries.length > 1) ? removeFromBlock(map.source, entries, index, '{}') : undefined;
}

/** Takes an item out of a list, with its lines and its own comments; the last one leaves `[]`. */
export function removeItem(list: SequenceNode, index: number): Edit {
  if (list.flow) return removeFromFlow(list, index);
  const entries = blockItems(list);
  return entries && removeFromBlock(list.source, entries, index, '[]');
}

/** The text with changes applied. They must all lie in it, and not touch each other. */
export function applyChanges(source: SourceText, changes: readonly TextChange[]): string {
  const splices = changes.map(({ location: { range }, newText }) => ({ start: source.offsetAt(range.start), end: source.offsetAt(range.end), text: newText }));
  return splices.sort((a, b) => b.start - a.start || b.end - a.end).reduce((text, { start, end, text: added }) => text.slice(0, start) + added + text.slice(end), source.text);
}

/** True where a tag or an anchor stands before a value: another value might not be what the tag says, or change elsewhere too. */
function hasProperties(text: string, start: number): boolean {
  return /(^|[\s,[{:])[!&]([^\s,[\]{}]*[^\s,[\]{}:])?\s*$/.test(text.slice(Math.max(start - 200, 0), start));
}

function insertLines(source: SourceText, at: number, column: number, written: string, style: WritingStyle): Edit {
  return toChanges(source, [{ start: at, end: at, text: `${style.newline}${' '.repeat(column)}${written}` }]);
}

function removeFromBlock(source: SourceText, entries: readonly Entry[], index: number, empty: string): Edit {
  const { text } = source;
  const at = entries.findIndex((entry) => entry.index === index);
  const entry = entries[at];
  if (!entry) return undefined;
  if (entries.length === 1) return removeOnly(source, entry, empty);
  const lineStart = lineStartOf(text, entry.start);
  const next = entries[at + 1];
  if (text.slice(lineStart, entry.start).trim() !== '') {
    // The first of a map or list that begins behind a dash: the next one takes its place.
    return next && toChanges(source, [{ start: entry.start, end: firstCharacter(text, Math.min(startWithComments(text, next), next.start)), text: '' }]);
  }
  const isHead = at === 0 && isHeadOfDocument(text, startWithComments(text, entry));
  const start = isHead ? lineStart : startWithComments(text, entry);
  const end = endWithComments(text, entry);
  // Of two blank lines that would meet, one goes too.
  const blank = /^(\r?\n[ \t]*)+(?=\r?\n[ \t]*\S|\r?\n$|$)/.exec(text.slice(end))?.[0] ?? '';
  const previous = entries[at - 1];
  // A block of text above takes the line breaks behind it: all of them where it keeps them.
  const blocks = previous ? [...text.slice(previous.start, entry.start).matchAll(/[|>]([0-9+-]{0,2})[ \t]*(#.*)?\r?\n/g)] : [];
  if (blocks.length > 0 && (end === text.length || blocks.some(([, hints = '']) => hints.includes('+')))) return undefined;
  const isAfterBlank = start > 0 && text.slice(lineStartOf(text, start - 1), start).trim() === '';
  return toChanges(source, [cutLines(text, start, isAfterBlank ? end + blank.length : end)]);
}

/** Cuts whole lines with the line break before them; those at the top with the one behind. */
function cutLines(text: string, start: number, end: number): Splice {
  if (start > 0) return { start: lineEndOf(text, lineStartOf(text, start - 1)), end, text: '' };
  const next = text.indexOf('\n', end);
  return { start, end: next < 0 ? text.length : next + 1, text: '' };
}

function firstCharacter(text: string, from: number): number {
  let at = from;
  while (text.charAt(at) === ' ') at++;
  return at;
}

/** True where nothing of the document stands above: its first comments are about all of it. */
function isHeadOfDocument(text: string, start: number): boolean {
  return start === 0 || /(^|\n)---[^\n]*\n$/.test(text.slice(0, start));
}

/** The only field or item: its collection stays, empty. */
function removeOnly(source: SourceText, entry: Entry, empty: string): Edit {
  const { text } = source;
  const lineStart = lineStartOf(text, entry.start);
  if (text.slice(lineStart, entry.start).trim() !== '') return toChanges(source, [{ start: entry.start, end: entry.end, text: empty }]);
  const start = startWithComments(text, entry);
  const above = lineWithText(text, start);
  const key = above === undefined ? undefined : /^[^'"#]*:(?=[ \t]*(#.*)?$)/.exec(text.slice(above, lineEndOf(text, above)))?.[0];
  if (above === undefined || key === undefined) {
    // Of the whole document, or below something that is not simply a key.
    const isInPlace = empty === '{}' ? columnOf(text, entry.start) > 0 || isHeadOfDocument(text, start) : above === undefined;
    return isInPlace ? toChanges(source, [{ start: entry.start, end: entry.end, text: empty }]) : undefined;
  }
  const colon = above + key.length;
  const cut = cutLines(text, start, endWithComments(text, entry));
  return toChanges(source, colon === cut.start ? [{ ...cut, text: ` ${empty}` }] : [{ start: colon, end: colon, text: ` ${empty}` }, cut]);
}

/** The start of the nearest line above that is neither blank nor a comment; undefined where there is none. */
function lineWithText(text: string, from: number): number | undefined {
  for (let at = from; at > 0;) {
    at = lineStartOf(text, at - 1);
    const line = text.slice(at, lineEndOf(text, at)).trim();
    if (line !== '' && !line.startsWith('#')) return at;
  }
  return undefined;
}

function insertInFlow(node: MapNode | SequenceNode, write: (isJson: boolean) => string, after: number, isFirst = false): Edit {
  const { source } = node;
  const { text } = source;
  const entries = flowEntries(node);
  if (!entries) return undefined;
  const [first] = entries;
  const isJson = node.kind === 'map' && first ? text.charAt(first.start) === '"' : text.trimStart().startsWith('{');
  const written = write(isJson);
  if (!first) {
    const inner = text.slice(node.start + 1, node.end - 1);
    return inner.includes('#') ? undefined : toChanges(source, [{ start: node.start + 1, end: node.end - 1, text: inner === ' ' ? ` ${written} ` : written }]);
  }
  if (isFirst) return toChanges(source, [{ start: first.start, end: first.start, text: `${written}, ` }]);
  const previous = entries.find((entry) => entry.index === after) ?? entries.at(-1) ?? first;
  const lineStart = lineStartOf(text, previous.start);
  const indent = text.slice(lineStart, previous.start);
  if (indent.trim() !== '' || lineStart <= node.start) return toChanges(source, [{ start: previous.end, end: previous.end, text: `, ${written}` }]);
  // One to a line: behind the comma and the comment of the previous one.
  const rest = /^[ \t]*(,?)[ \t]*(?:#[^\r\n]*)?(?=\r?\n)/.exec(text.slice(previous.end, node.end));
  if (!rest) return toChanges(source, [{ start: previous.end, end: previous.end, text: `, ${written}` }]);
  const lineEnd = previous.end + rest[0].length;
  const hasComma = rest[1] === ',';
  const isLast = previous === entries.at(-1);
  const { newline } = fileStyle(source, styleOf(text));
  const line = { start: lineEnd, end: lineEnd, text: `${newline}${indent}${written}${hasComma ? ',' : ''}` };
  if (hasComma) return toChanges(source, [line]);
  if (!isLast) return undefined;
  if (lineEnd === previous.end) return toChanges(source, [{ ...line, text: `,${line.text}` }]);
  return toChanges(source, [{ start: previous.end, end: previous.end, text: ',' }, line]);
}

function removeFromFlow(node: MapNode | SequenceNode, index: number): Edit {
  const entries = flowEntries(node);
  const at = entries?.findIndex((entry) => entry.index === index) ?? -1;
  const entry = entries?.[at];
  if (!entries || !entry) return undefined;
  const [previous, next] = [entries[at - 1], entries[at + 1]];
  const isLast = next === undefined;
  const start = isLast && previous ? previous.end : entry.start;
  const end = next ? next.start : entry.end + (previous ? 0 : (/^\s*,/.exec(node.source.text.slice(entry.end, node.end))?.[0].length ?? 0));
  // A comment between the two would be cut in half or belong to the other one.
  const cut = node.source.text.slice(start, entry.start) + node.source.text.slice(entry.end, end);
  return cut.includes('#') ? undefined : toChanges(node.source, [{ start, end, text: '' }]);
}

/** The style of a text; its line ends are those of the file that it stands in. */
function fileStyle(source: SourceText, style: WritingStyle): WritingStyle {
  return source.isEmbedded ? { ...style, newline: styleOf(source.file.text).newline } : style;
}

/** Changes of the file. A text within a literal block is edited in the block; one within quotes can't be. */
function toChanges(source: SourceText, splices: readonly Splice[]): Edit {
  if (!source.isEmbedded) return splices.map(({ start, end, text }) => ({ location: source.locate(start, end), newText: text }));
  const file = source.file;
  const isLiteral = source.text.split('\n').every((line, index) => {
    const start = source.lineStarts[index] ?? 0;
    const at = source.toFileOffset(start);
    return line === '' || (file.text.startsWith(line, at) && (index === 0 || lineStartOf(file.text, at) === at || file.text.slice(lineStartOf(file.text, at), at).trim() === ''));
  });
  if (!isLiteral) return undefined;
  const firstLine = source.toFileOffset(source.lineStarts.find((start) => /\S/.test(source.text.slice(start, lineEndOf(source.text, start)))) ?? 0);
  const base = file.text.slice(lineStartOf(file.text, firstLine), firstLine);
  if (base.trim() !== '') return splices.some(({ text }) => text.includes('\n')) ? undefined : splices.map((splice) => locateEmbedded(source, splice, ''));
  return splices.map((splice) => locateEmbedded(source, splice, base));
}

function locateEmbedded(source: SourceText, { start, end, text }: Splice, base: string): TextChange {
  return { location: source.locate(start, end), newText: text.replace(/\n(?=[^\r\n])/g, `\n${base}`) };
}
