/** Reads literal and folded block scalars as go-yaml does (go.yaml.in/yaml/v3 v3.0.5 scannerc.go yaml_parser_scan_block_scalar). */
import { breakLength, breakText, findLineEnd, isBlankAt, type Complain } from './characters.js';

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
  /** The end of the header's line. */
  readonly lineEnd: number;
}

/**
 * The scalar whose `|` or `>` stands at `start`.
 * @param parentIndent the column of the collection that it is in; -1 for a document's root
 */
export function scanBlockScalar(text: string, start: number, limit: number, parentIndent: number, complain: Complain): ScannedBlockScalar | undefined {
  const header = scanHeader(text, start, limit, complain);
  if (!header) return undefined;
  const contentStart = header.lineEnd + breakLength(text, header.lineEnd, limit);
  const indent = header.increment > 0 ? Math.max(parentIndent, 0) + header.increment : detectIndent(text, contentStart, limit, parentIndent, complain);
  if (indent === undefined) return undefined;
  const literal = text[start] === '|';
  const content = readContent(text, { contentStart, chomping: header.chomping, literal, indent }, limit, complain);
  return content && { style: literal ? 'literal' : 'folded', ...content };
}

function scanHeader(text: string, start: number, limit: number, complain: Complain): Header | undefined {
  const lineEnd = findLineEnd(text, start, limit);
  const header = text.slice(start, lineEnd);
  const match = /^[|>](?:([+-])([1-9])?|([1-9])([+-])?)?[ \t]*(?:#.*)?$/s.exec(header);
  if (!match)
    return complain(
      'yaml/invalid-block-header',
      `Behind ${header.charAt(0)} only an indentation (1 to 9), + or - may follow on the same line; the text begins on the next one.`,
      start,
      lineEnd,
    );
  const sign = match[1] ?? match[4];
  const increment = Number(match[2] ?? match[3] ?? 0);
  return { chomping: sign === '+' || sign === '-' ? sign : '', increment, lineEnd };
}

/** The indentation of the first line with content, or of the widest blank line before it. */
function detectIndent(text: string, contentStart: number, limit: number, parentIndent: number, complain: Complain): number | undefined {
  let widest = 0;
  for (let lineStart = contentStart; ;) {
    let at = lineStart;
    while (at < limit && text.charCodeAt(at) === 0x20) at++;
    widest = Math.max(widest, at - lineStart);
    if (at < limit && text.charCodeAt(at) === 0x09) return complainOfTab(at, complain);
    const length = breakLength(text, at, limit);
    if (length === 0) break;
    lineStart = at + length;
  }
  return Math.max(widest, parentIndent + 1, 1);
}

function complainOfTab(at: number, complain: Complain): undefined {
  return complain('yaml/tab-indentation', 'A tab cannot indent a line of YAML: use spaces.', at, at + 1);
}

interface Content {
  readonly contentStart: number;
  readonly chomping: '' | '+' | '-';
  readonly literal: boolean;
  readonly indent: number;
}

function readContent(text: string, content: Content, limit: number, complain: Complain): { readonly value: string; readonly end: number } | undefined {
  const { indent, literal, chomping } = content;
  let value = '';
  let pending = '';
  let blankLines = '';
  let afterIndented = false;
  let end = content.contentStart;
  let blankEnd = end;
  for (let lineStart = end; lineStart < limit;) {
    let at = lineStart;
    while (at < limit && at - lineStart < indent && text.charCodeAt(at) === 0x20) at++;
    if (at - lineStart < indent) {
      if (isBlankAt(text, at, limit)) return complainOfTab(at, complain);
      const length = breakLength(text, at, limit);
      if (length === 0) break;
      blankLines += breakText(text, at);
      lineStart = blankEnd = at + length;
      continue;
    }
    if (at >= limit) break;
    const lineEnd = findLineEnd(text, at, limit);
    const length = breakLength(text, lineEnd, limit);
    if (lineEnd === at) {
      blankLines += breakText(text, at);
      lineStart = blankEnd = lineEnd + length;
      continue;
    }
    const isIndented = isBlankAt(text, at, limit);
    if (!literal && !afterIndented && !isIndented && pending === '\n') value += blankLines === '' ? ' ' : '';
    else value += pending;
    value += blankLines + text.slice(at, lineEnd);
    blankLines = '';
    pending = length > 0 ? breakText(text, lineEnd) : '';
    afterIndented = isIndented;
    lineStart = end = blankEnd = lineEnd + length;
  }
  if (chomping !== '-') value += pending;
  if (chomping === '+') {
    value += blankLines;
    end = blankEnd;
  }
  return { value, end };
}
