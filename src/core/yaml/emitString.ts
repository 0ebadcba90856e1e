/**
 * Writes one string as go-yaml v2's emitter does in block context (go.yaml.in/yaml/v2 v2.4.4: encode.go stringv,
 * emitterc.go analyze_scalar, select_scalar_style and the scalar writers): lines are broken at a space beyond column 80,
 * what is not printable is escaped.
 */
import { resolveTagYaml11 } from './scalars.js';

const bestWidth = 80;

/** Where a string is written. */
export interface StringContext {
  /** The 0-based column at which the value's first character stands. */
  readonly column: number;
  /** Spaces before a continuation line. */
  readonly indent: number;
  /** True for a key on one line with its value: it may not be broken. */
  readonly simpleKey: boolean;
}

type Style = 'plain' | 'single' | 'double' | 'literal';

interface Analysis {
  readonly multiline: boolean;
  readonly plainAllowed: boolean;
  readonly singleAllowed: boolean;
  readonly blockAllowed: boolean;
}

/** The text of a string; a literal block ends without its last line break unless that is kept (`|+`). */
export function emitString(value: string, context: StringContext): string {
  const analysis = isSimple(value) ? simple : analyze(value);
  switch (selectStyle(value, analysis, context.simpleKey)) {
    case 'plain':
      return context.column + value.length <= bestWidth ? value : writeFlow(value, context, false);
    case 'single':
      return `'${writeFlow(value, { ...context, column: context.column + 1 }, true)}'`;
    case 'double':
      return writeDouble(value, context);
    case 'literal':
      return writeLiteral(value, context.indent);
  }
}

const simple: Analysis = { multiline: false, plainAllowed: true, singleAllowed: true, blockAllowed: true };

/** True for a text of characters that ask for nothing wherever they stand, the great majority of all. */
function isSimple(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    const isWord = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 47 && code <= 57) || code === 46 || code === 95 || code === 61;
    if (!isWord && !(code === 45 && at > 0)) return false;
  }
  return value.length > 0 && !value.startsWith('...');
}

function selectStyle(value: string, analysis: Analysis, simpleKey: boolean): Style {
  if (value.includes('\n')) return analysis.blockAllowed && !simpleKey ? 'literal' : 'double';
  if (resolveTagYaml11(value) !== '!!str' || isBase60(value)) return 'double';
  if (simpleKey && analysis.multiline) return 'double';
  if (analysis.plainAllowed) return 'plain';
  return analysis.singleAllowed ? 'single' : 'double';
}

/** YAML 1.1's base 60 numbers, which go-yaml quotes for other readers' sake. */
function isBase60(value: string): boolean {
  return value.includes(':') && /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(value);
}

function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029;
}

/** go-yaml v2's is_printable: nothing beyond the basic plane counts. */
function isPrintable(code: number): boolean {
  return code === 0x0a || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code < 0xd800) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
}

function analyze(value: string): Analysis {
  let blockIndicators = value.startsWith('---') || value.startsWith('...');
  let lineBreaks = false;
  let special = false;
  let breakSpace = false;
  let spaceBreak = false;
  let previous: 'space' | 'break' | 'other' = 'other';
  let afterBlank = true;
  const last = value.length - 1;
  for (let at = 0; at <= last; at++) {
    const code = value.charCodeAt(at);
    const next = value.charCodeAt(at + 1);
    const beforeBlank = at === last || next === 0x20 || next === 0x09;
    blockIndicators ||= at === 0 ? isLeadingIndicator(code, beforeBlank) : (code === 0x3a && beforeBlank) || (code === 0x23 && afterBlank);
    special ||= !isPrintable(code);
    if (code === 0x20) {
      breakSpace ||= previous === 'break';
      previous = 'space';
    } else if (isBreak(code)) {
      lineBreaks = true;
      spaceBreak ||= previous === 'space';
      previous = 'break';
    } else previous = 'other';
    afterBlank = code === 0x20 || code === 0x09 || isBreak(code);
  }
  const edge = (code: number): boolean => code === 0x20 || isBreak(code);
  const atEdges = edge(value.charCodeAt(0)) || edge(value.charCodeAt(last));
  const trailingSpace = value.charCodeAt(last) === 0x20;
  const hard = spaceBreak || special;
  return {
    multiline: lineBreaks,
    plainAllowed: !atEdges && !breakSpace && !hard && !lineBreaks && !blockIndicators,
    singleAllowed: !breakSpace && !hard,
    blockAllowed: !trailingSpace && !hard,
  };
}

function isLeadingIndicator(code: number, beforeBlank: boolean): boolean {
  if ('#,[]{}&*!|>\'"%@`'.includes(String.fromCharCode(code))) return true;
  return beforeBlank && (code === 0x3f || code === 0x3a || code === 0x2d);
}

/** The plain and the single-quoted writer: both break at spaces, the latter doubles quotes. */
function writeFlow(value: string, context: StringContext, quoted: boolean): string {
  const indent = ' '.repeat(context.indent);
  let out = '';
  let column = context.column;
  let spaces = false;
  let breaks = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === 0x20) {
      const mayBreak = !context.simpleKey && !spaces && column > bestWidth && value.charCodeAt(at + 1) !== 0x20 && (!quoted || (at > 0 && at < value.length - 1));
      if (mayBreak) {
        out += `\n${indent}`;
        column = context.indent;
      } else {
        out += ' ';
        column++;
      }
      spaces = true;
    } else if (isBreak(code)) {
      if (!breaks && code === 0x0a) out += '\n';
      out += value[at] ?? '';
      column = 0;
      breaks = true;
    } else {
      if (breaks) {
        out += indent;
        column = context.indent;
      }
      if (quoted && code === 0x27) {
        out += "'";
        column++;
      }
      out += value[at] ?? '';
      column++;
      spaces = false;
      breaks = false;
    }
  }
  return out;
}

const escapes: ReadonlyMap<number, string> = new Map([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

function escapeOf(code: number): string {
  const short = escapes.get(code);
  if (short !== undefined) return `\\${short}`;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function writeDouble(value: string, context: StringContext): string {
  const indent = ' '.repeat(context.indent);
  let out = '"';
  let column = context.column + 1;
  let spaces = false;
  // go-yaml looks for a byte order mark at the start of the text for each character, and so escapes all of a marked text
  const isMarked = value.startsWith('\ufeff');
  for (let at = 0; at < value.length; at++) {
    const code = value.codePointAt(at) ?? 0;
    if (isMarked || !isPrintable(code) || isBreak(code) || code === 0x22 || code === 0x5c) {
      const escape = escapeOf(code);
      out += escape;
      column += escape.length;
      if (code > 0xffff) at++;
      spaces = false;
    } else if (code === 0x20) {
      if (!context.simpleKey && !spaces && column > bestWidth && at > 0 && at < value.length - 1) {
        out += `\n${indent}`;
        column = context.indent;
        if (value.charCodeAt(at + 1) === 0x20) {
          out += '\\';
          column++;
        }
      } else {
        out += ' ';
        column++;
      }
      spaces = true;
    } else {
      out += value[at] ?? '';
      column++;
      spaces = false;
    }
  }
  return `${out}"`;
}

function writeLiteral(value: string, indentWidth: number): string {
  const indent = ' '.repeat(indentWidth);
  let out = `|${blockHints(value)}\n`;
  let atStart = true;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (isBreak(code)) {
      out += value[at] ?? '';
      atStart = true;
    } else {
      if (atStart) out += indent;
      out += value[at] ?? '';
      atStart = false;
    }
  }
  return out.endsWith('\n') ? out.slice(0, -1) : out;
}

/** The indentation and chomping indicators that go-yaml writes behind `|` or `>` for a value. */
export function blockHints(value: string): string {
  const first = value.charCodeAt(0);
  const hint = first === 0x20 || isBreak(first) ? '2' : '';
  const last = value.length - 1;
  if (!isBreak(value.charCodeAt(last))) return `${hint}-`;
  return last === 0 || isBreak(value.charCodeAt(last - 1)) ? `${hint}+` : hint;
}
