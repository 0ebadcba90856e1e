/** Reads literal and folded block scalars as go-yaml does (go.yaml.in/yaml/v3 v3.0.5 scannerc.go yaml_parser_scan_block_scalar). */

export interface ScannedBlockScalar {
  readonly value: string;
  readonly style: 'literal' | 'folded';
  /** The offset behind the content's last line, its line break included where there is one. */
  readonly end: number;
}

interface Header {
  readonly chomping: '' | '+' | '-';
  /** The indentation that the header states, relative to the parent; 0 where it states none. */
  readonly increment: number;
  /** Where the first line of the content begins. */
  readonly contentStart: number;
}

/**
 * The scalar whose `|` or `>` stands at `start`.
 * @param parentIndent the column of the collection that it is in; -1 for a document's root
 */
export function scanBlockScalar(text: string, start: number, limit: number, parentIndent: number): ScannedBlockScalar | undefined {
  const header = scanHeader(text, start, limit);
  if (!header) return undefined;
  const indent = header.increment > 0 ? Math.max(parentIndent, 0) + header.increment : detectIndent(text, header.contentStart, limit, parentIndent);
  if (indent === undefined) return undefined;
  const style = text[start] === '|' ? 'literal' : 'folded';
  return { style, ...readContent(text, header, limit, indent, style === 'literal') };
}

function scanHeader(text: string, start: number, limit: number): Header | undefined {
  const lineEnd = endOfLine(text, start, limit);
  const match = /^[|>](?:([+-])([1-9])?|([1-9])([+-])?)?[ \t]*(?:[ \t]#.*)?\r?$/.exec(text.slice(start, lineEnd));
  if (!match) return undefined;
  const sign = match[1] ?? match[4];
  const increment = Number(match[2] ?? match[3] ?? 0);
  return { chomping: sign === '+' || sign === '-' ? sign : '', increment, contentStart: Math.min(lineEnd + 1, limit) };
}

function endOfLine(text: string, from: number, limit: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 || at > limit ? limit : at;
}

/** The indentation of the first line with content, or of the widest blank line before it; undefined where a tab is in the way. */
function detectIndent(text: string, contentStart: number, limit: number, parentIndent: number): number | undefined {
  let widest = 0;
  for (let lineStart = contentStart; lineStart < limit; ) {
    let at = lineStart;
    while (at < limit && text.charCodeAt(at) === 0x20) at++;
    widest = Math.max(widest, at - lineStart);
    if (text.charCodeAt(at) === 0x09 && at < limit) return undefined;
    if (at < limit && text.charCodeAt(at) !== 0x0a && !isCrLf(text, at)) break;
    lineStart = endOfLine(text, at, limit) + 1;
  }
  return Math.max(widest, parentIndent + 1, 1);
}

function isCrLf(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x0d && text.charCodeAt(at + 1) === 0x0a;
}

function readContent(text: string, header: Header, limit: number, indent: number, literal: boolean): { readonly value: string; readonly end: number } {
  let value = '';
  let pendingBreak = '';
  let blankLines = '';
  let afterIndented = false;
  let end = header.contentStart;
  for (let lineStart = header.contentStart; lineStart < limit; ) {
    let at = lineStart;
    while (at < limit && at - lineStart < indent && text.charCodeAt(at) === 0x20) at++;
    const lineEnd = endOfLine(text, at, limit);
    const contentEnd = lineEnd > at && text.charCodeAt(lineEnd - 1) === 0x0d ? lineEnd - 1 : lineEnd;
    if (at >= contentEnd) {
      if (lineEnd < limit) blankLines += '\n';
    } else if (at - lineStart < indent) break;
    else {
      const isIndented = text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09;
      if (!literal && pendingBreak !== '' && !afterIndented && !isIndented) value += blankLines === '' ? ' ' : '';
      else value += pendingBreak;
      value += blankLines + text.slice(at, contentEnd);
      blankLines = '';
      pendingBreak = lineEnd < limit ? '\n' : '';
      afterIndented = isIndented;
      end = Math.min(lineEnd + 1, limit);
    }
    lineStart = lineEnd + 1;
  }
  if (header.chomping !== '-') value += pendingBreak;
  if (header.chomping === '+') {
    value += blankLines;
    end = keptEnd(text, end, limit, blankLines.length);
  }
  return { value, end };
}

/** The offset behind the blank lines that `+` keeps. */
function keptEnd(text: string, from: number, limit: number, lines: number): number {
  let at = from;
  for (let line = 0; line < lines; line++) at = Math.min(endOfLine(text, at, limit) + 1, limit);
  return at;
}
