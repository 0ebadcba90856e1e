/** Reads quoted scalars as go-yaml does (go.yaml.in/yaml/v3 v3.0.5 scannerc.go yaml_parser_scan_flow_scalar). */
import { breakLength, breakText, findLineEnd, isBlankAt, isDocumentMarker, isWordEnd, type Complain } from './characters.js';

/** What a scanner of one scalar gives; undefined where the text is not what it reads (it complained). */
export interface ScannedScalar {
  readonly value: string;
  /** The offset behind the scalar. */
  readonly end: number;
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const hexLengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** The scalar that begins with a quote at `start`. */
export function scanQuoted(text: string, start: number, limit: number, complain: Complain): ScannedScalar | undefined {
  const quote = text[start] ?? '';
  const isDouble = quote === '"';
  const close = text.indexOf(quote, start + 1);
  if (close >= 0 && close < limit) {
    const content = text.slice(start + 1, close);
    const isSimple = isDouble ? !/[\\\n\r\u0085\u2028\u2029]/.test(content) : text[close + 1] !== "'" && !/[\n\r\u0085\u2028\u2029]/.test(content);
    if (isSimple) return { value: content, end: close + 1 };
  }
  return scanFolded(text, start, limit, isDouble, complain);
}

function scanFolded(text: string, start: number, limit: number, isDouble: boolean, complain: Complain): ScannedScalar | undefined {
  let value = '';
  let at = start + 1;
  while (at < limit) {
    const character = text[at] ?? '';
    if (isWordEnd(text, at, limit)) {
      const folded = foldWhite(text, at, limit, false);
      if (isMarkerBehindBreak(text, at, folded.end, limit)) break;
      value += folded.value;
      at = folded.end;
    } else if (character === (isDouble ? '"' : "'")) {
      if (isDouble || text[at + 1] !== "'" || at + 1 >= limit) return { value, end: at + 1 };
      value += "'";
      at += 2;
    } else if (isDouble && character === '\\') {
      const length = breakLength(text, at + 1, limit);
      const escaped = length > 0 ? foldWhite(text, at + 1 + length, limit, true) : scanEscape(text, at, limit, complain);
      if (!escaped) return undefined;
      if (length > 0 && isMarkerBehindBreak(text, at + 1, escaped.end, limit)) break;
      value += escaped.value;
      at = escaped.end;
    } else {
      value += character;
      at++;
    }
  }
  return complain('yaml/unclosed-quote', `This ${isDouble ? 'double' : 'single'} quote is not closed.`, start, findLineEnd(text, start, limit));
}

function isMarkerBehindBreak(text: string, from: number, at: number, limit: number): boolean {
  return at > from && breakLength(text, at - 1, limit) > 0 && isDocumentMarker(text, at, limit);
}

/**
 * White space inside quotes: kept within a line, folded around line breaks.
 * @param afterBreak true behind a break that a backslash took away
 */
function foldWhite(text: string, start: number, limit: number, afterBreak: boolean): ScannedScalar {
  let at = start;
  let first = '';
  let further = '';
  let broken = afterBreak;
  while (at < limit) {
    const length = breakLength(text, at, limit);
    if (length === 0) {
      if (!isBlankAt(text, at, limit)) break;
      at++;
      continue;
    }
    if (broken) further += breakText(text, at);
    else first = breakText(text, at);
    broken = true;
    at += length;
  }
  if (!broken) return { value: text.slice(start, at), end: at };
  if (first === '\n') return { value: further === '' ? ' ' : further, end: at };
  return { value: first + further, end: at };
}

function scanEscape(text: string, start: number, limit: number, complain: Complain): ScannedScalar | undefined {
  const character = start + 1 < limit ? (text[start + 1] ?? '') : '';
  const simple = simpleEscapes.get(character);
  if (simple !== undefined) return { value: simple, end: start + 2 };
  const length = hexLengths.get(character);
  if (length === undefined)
    return complain('yaml/unknown-escape', `\\${character} is not an escape in a double-quoted text: write \\\\ for a backslash, or use single quotes.`, start, start + 2);
  const end = Math.min(start + 2 + length, limit);
  const digits = text.slice(start + 2, end);
  const code = /^[0-9a-fA-F]+$/.test(digits) && digits.length === length ? parseInt(digits, 16) : -1;
  if (code < 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    return complain('yaml/invalid-escape', `\\${character} needs ${length} hexadecimal digits of a Unicode character behind it.`, start, end);
  }
  return { value: String.fromCodePoint(code), end };
}
