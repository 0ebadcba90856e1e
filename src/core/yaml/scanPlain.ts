/** Reads plain scalars as go-yaml does (go.yaml.in/yaml/v3 v3.0.5 scannerc.go yaml_parser_scan_plain_scalar). */
import { breakLength, breakText, isBlankAt, isDocumentMarker, isWordEnd, type Complain } from './characters.js';

export interface ScannedPlain {
  readonly value: string;
  /** The offset behind the last character of the value. */
  readonly end: number;
  /** Where scanning goes on: behind the white space that follows. */
  readonly next: number;
  /** True where a line break stands between `end` and `next`. */
  readonly broken: boolean;
}

/** Where a plain scalar stands. */
export interface PlainContext {
  /** The column of the collection around it; continuation lines are deeper. */
  readonly indent: number;
  readonly flow: boolean;
  /** Where the line of `start` begins. */
  readonly lineStart: number;
}

/** The plain scalar that begins at `start`, with the lines that continue it. */
export function scanPlain(text: string, start: number, limit: number, context: PlainContext, complain: Complain): ScannedPlain | undefined {
  let value = '';
  let white = '';
  let end = start;
  let at = start;
  let lineStart = context.lineStart;
  let broken = false;
  for (;;) {
    if (at >= limit || text[at] === '#' || (at === lineStart && isDocumentMarker(text, at, limit))) break;
    const wordEnd = findPlainEnd(text, at, limit, context.flow);
    if (wordEnd > at) {
      value += white + text.slice(at, wordEnd);
      broken = false;
      end = at = wordEnd;
    }
    if (at >= limit || !isWordEnd(text, at, limit)) break;
    const folded = foldPlain(text, at, limit, context.indent, complain);
    if (!folded) return undefined;
    white = folded.value;
    at = folded.end;
    if (folded.lineStart >= 0) {
      broken = true;
      lineStart = folded.lineStart;
    }
    if (!context.flow && at - lineStart <= context.indent) break;
  }
  return { value, end, next: at, broken };
}

/** The end of the characters that a plain scalar takes on from `start` without white space. */
function findPlainEnd(text: string, start: number, limit: number, flow: boolean): number {
  let at = start;
  for (; at < limit && !isWordEnd(text, at, limit); at++) {
    const character = text.charAt(at);
    if (character === ':' && isWordEnd(text, at + 1, limit)) break;
    if (flow && ',?[]{}'.includes(character)) break;
  }
  return at;
}

/** White space inside or behind a plain scalar. */
interface Folded {
  readonly value: string;
  readonly end: number;
  /** Where the last line that was begun begins; -1 where no line was. */
  readonly lineStart: number;
}

function foldPlain(text: string, start: number, limit: number, indent: number, complain: Complain): Folded | undefined {
  let at = start;
  let lineStart = -1;
  let first = '';
  let further = '';
  let white = '';
  while (at < limit) {
    const length = breakLength(text, at, limit);
    if (length > 0) {
      if (lineStart < 0) first = breakText(text, at);
      else further += breakText(text, at);
      at += length;
      lineStart = at;
    } else if (isBlankAt(text, at, limit)) {
      if (lineStart >= 0 && at - lineStart <= indent && text[at] === '\t') return complain('yaml/tab-indentation', 'A tab cannot indent a line of YAML: use spaces.', at, at + 1);
      if (lineStart < 0) white += text.charAt(at);
      at++;
    } else break;
  }
  if (lineStart < 0) return { value: white, end: at, lineStart };
  if (first === '\n') return { value: further === '' ? ' ' : further, end: at, lineStart };
  return { value: first + further, end: at, lineStart };
}
