/**
 * Where the fields of a map and the items of a list stand in their text, with the lines and comments that go with them.
 * What isn't written in the common way (keys behind `?`, keys with anchors, fields that a merge key brings) has no entry.
 */
import type { MapNode, Pair, SequenceNode, YamlNode } from './nodes.js';

/** A field or an item: offsets in the collection's source. */
export interface Entry {
  /** Its place among the pairs or items of the node. */
  readonly index: number;
  /** Where its key or, in a list, its dash or value begins. */
  readonly start: number;
  /** Where its value ends: in block style without comments and the last line break. */
  readonly end: number;
}

/** The column of an offset. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStartOf(text, offset);
}

/** Where the line of an offset begins. */
export function lineStartOf(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line of an offset ends: at its line break, or at the end of the text. */
export function lineEndOf(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return text.charAt(at - 1) === '\r' && at > offset ? at - 1 : at;
}

/** The fields of a map in block style that stand in its own text; undefined for a text that is written in another way. */
export function blockFields(map: MapNode): readonly Entry[] | undefined {
  const { text } = map.source;
  if (map.flow) return undefined;
  const column = columnOf(text, map.start);
  const entries: Entry[] = [];
  map.pairs.forEach((pair, index) => {
    const { key } = pair;
    if (key.source !== map.source || key.start < map.start || key.end > map.end || columnOf(text, key.start) !== column) return;
    if (key.start !== map.start && text.slice(lineStartOf(text, key.start), key.start).trim() !== '') return;
    const end = endOfField(pair, text, map.end);
    if (end !== undefined && isRestEmpty(text, end)) entries.push({ index, start: key.start, end });
  });
  entries.sort((a, b) => a.start - b.start);
  const isWhole = entries[0]?.start === map.start || (entries.length > 0 && text.startsWith('<<', map.start));
  return isWhole && isDashesOnly(text, map.start) ? entries : undefined;
}

/** The items of a list in block style; undefined for a text that is written in another way. */
export function blockItems(list: SequenceNode): readonly Entry[] | undefined {
  const { text } = list.source;
  if (list.flow || !isDashesOnly(text, list.start)) return undefined;
  const column = columnOf(text, list.start);
  const entries: Entry[] = [];
  let dash = list.start;
  for (const [index, item] of list.items.entries()) {
    if (index > 0) dash = nextDash(text, entries[index - 1]?.end ?? dash, column);
    if (dash < 0 || text.charAt(dash) !== '-') return undefined;
    const end = endOfValue(item, text, dash + 1, list);
    if (end === undefined || !isRestEmpty(text, end)) return undefined;
    entries.push({ index, start: dash, end });
  }
  return entries;
}

/** The fields or items in braces or brackets; undefined for a text that is written in another way. */
export function flowEntries(node: MapNode | SequenceNode): readonly Entry[] | undefined {
  const { text } = node.source;
  const [open, close] = node.kind === 'map' ? ['{', '}'] : ['[', ']'];
  if (!node.flow || text.charAt(node.start) !== open || text.charAt(node.end - 1) !== close) return undefined;
  const entries: Entry[] = [];
  let at = node.start + 1;
  const parts: readonly (Pair | YamlNode)[] = node.kind === 'map' ? node.pairs : node.items;
  for (const [index, part] of parts.entries()) {
    const gap = /^(?:\s|#[^\n]*\n)*(,?)(?:\s|#[^\n]*\n)*/.exec(text.slice(at, node.end));
    if ((gap?.[1] === ',') !== index > 0) return undefined;
    const start = at + (gap?.[0].length ?? 0);
    if ('key' in part && (part.key.start !== start || part.key.source !== node.source)) return undefined;
    const end = 'key' in part ? endOfField(part, text, node.end) : endOfValue(part, text, start, node);
    if (end === undefined || end <= start || (!('key' in part) && part.start > start && part.start < end)) return undefined;
    entries.push({ index, start, end });
    at = end;
  }
  return /^(?:\s|#[^\n]*\n)*,?(?:\s|#[^\n]*\n)*$/.test(text.slice(at, node.end - 1)) ? entries : undefined;
}

function endOfField({ key, value }: Pair, text: string, limit: number): number | undefined {
  const colon = /^\s*:/.exec(text.slice(key.end, limit))?.[0].length;
  return colon === undefined ? undefined : endOfValue(value, text, key.end + colon, { source: key.source, start: key.start, end: limit });
}

/** Where a value ends that is written behind `from`: an alias stands for a node whose own text is elsewhere. */
function endOfValue(value: YamlNode, text: string, from: number, within: Pick<MapNode, 'source' | 'start' | 'end'>): number | undefined {
  const alias = /^\s*\*[^\s,[\]{}]+/.exec(text.slice(from, within.end));
  if (alias) return from + alias[0].length;
  if (value.source !== within.source || value.start < from || value.end > Math.max(within.end, from)) return undefined;
  if (value.kind === 'scalar' && (value.style === 'literal' || value.style === 'folded')) return endOfBlock(text, value.start, value.end);
  return lastEnd(value, text);
}

/** Where a block scalar ends without its last line break; undefined where it has none and what follows would give it one. */
function endOfBlock(text: string, start: number, end: number): number | undefined {
  if (text.charAt(end - 1) !== '\n') return /^[|>][0-9]?-/.test(text.slice(start, start + 3)) ? end : undefined;
  return text.charAt(end - 2) === '\r' ? end - 2 : end - 1;
}

/** The end of a collection whose last value may be a block scalar, to which its line break belongs. */
function lastEnd(node: YamlNode, text: string): number | undefined {
  let last: YamlNode | undefined = node;
  while (last && last.kind !== 'scalar' && !last.flow) {
    const { start, end }: YamlNode = last;
    const inside: readonly YamlNode[] = last.kind === 'map' ? last.pairs.map(({ value }) => value) : last.items;
    last = inside.filter((each) => each.start >= start && each.end <= end).reduce<YamlNode | undefined>((a, b) => (a && a.end > b.end ? a : b), undefined);
  }
  if (last?.kind !== 'scalar' || last.end !== node.end || (last.style !== 'literal' && last.style !== 'folded')) return node.end;
  return endOfBlock(text, last.start, last.end);
}

function nextDash(text: string, from: number, column: number): number {
  for (let at = text.indexOf('\n', from) + 1; at > 0; at = text.indexOf('\n', at) + 1) {
    const line = text.slice(at, lineEndOf(text, at));
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    return line.length - line.trimStart().length === column ? at + column : -1;
  }
  return -1;
}

/** True where nothing but a comment follows on the line. */
function isRestEmpty(text: string, at: number): boolean {
  return /^[ \t]*(#.*)?$/.test(text.slice(at, lineEndOf(text, at))) && (text.charAt(at) !== '#' || /\s/.test(text.charAt(at - 1)));
}

function isDashesOnly(text: string, at: number): boolean {
  return /^ *(- +)*$/.test(text.slice(lineStartOf(text, at), at));
}

/** The end of the last line that goes with a block entry: of its value and trailing comment, and of deeper comments below. */
export function endWithComments(text: string, { start, end }: Entry): number {
  const column = columnOf(text, start);
  let last = lineEndOf(text, end);
  for (let at = text.indexOf('\n', last) + 1; at > 0; at = text.indexOf('\n', at) + 1) {
    const line = text.slice(at, lineEndOf(text, at));
    if (line.trim() === '') continue;
    if (!/^ *#/.test(line) || line.indexOf('#') <= column) break;
    last = at + line.length;
  }
  return last;
}

/** The start of the first of the comment lines that stand directly above an entry, at its column; of its own line where there are none. */
export function startWithComments(text: string, { start }: Pick<Entry, 'start'>): number {
  const column = columnOf(text, start);
  let first = lineStartOf(text, start);
  while (first > 0) {
    const above = lineStartOf(text, first - 1);
    const line = text.slice(above, first);
    if (!line.trimStart().startsWith('#') || line.indexOf('#') !== column) break;
    first = above;
  }
  return first;
}
