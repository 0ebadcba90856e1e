/**
 * Values as YAML text for edits: scalars plain where every reader takes them for the same text, quoted where one might
 * not; maps and lists in block style with the indentation of the file that they go into.
 */
import type { ScalarStyle } from './nodes.js';
import { resolveTag, resolveTagYaml11 } from './scalars.js';

/** A value to be written: a text stays a text, whatever it looks like. */
export type EditValue = string | number | boolean | null | readonly EditValue[] | { readonly [key: string]: EditValue };

/** How a file is written. */
export interface WritingStyle {
  readonly newline: '\n' | '\r\n';
  /** Columns from a map to a map below it. */
  readonly step: number;
  /** True where lists below a key stand deeper than the key. */
  readonly indentsLists: boolean;
}

/** The style of a text: line ends by its first line, indentation by the first map and list below a key; else 2 columns and lists not indented. */
export function styleOf(text: string): WritingStyle {
  const nested = /^( *)(?:- +)?[^\s#'"-][^\n'"#]*:[ \t]*\r?\n( +)[^\s#-]/m.exec(text);
  const list = /^( *)(?:- +)?[^\s#'"-][^\n'"#]*:[ \t]*\r?\n( *)- /m.exec(text);
  const step = nested ? (nested[2] ?? '').length - (nested[1] ?? '').length : 2;
  return {
    newline: /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n',
    step: step >= 1 && step <= 8 ? step : 2,
    indentsLists: list !== null && (list[2] ?? '').length > (list[1] ?? '').length,
  };
}

/** A scalar's text on one line, in the given style where that can hold it. */
export function writeScalar(value: string | number | boolean | null, style: ScalarStyle = 'plain'): string {
  if (typeof value !== 'string') return String(value);
  const isPrintable = !/[^\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\ud800-\udfff]/.test(value);
  if (style === 'single' && isPrintable) return `'${value.replaceAll("'", "''")}'`;
  if (style !== 'double' && isPrintable && isPlain(value)) return value;
  return writeDoubleQuoted(value);
}

/** True for a text that can stand without quotes anywhere and that no reader takes for something else than this text. */
export function isPlain(value: string): boolean {
  if (resolveTag(value) !== '!!str' || resolveTagYaml11(value) !== '!!str') return false;
  // Numbers to the base of 60 and equal signs mean something to older readers; dates are left to no one's reading.
  if (/^[-+]?[0-9][0-9_,]*(:[0-5]?[0-9])+(\.[0-9]*)?$|^[-+.]?[0-9][0-9_,.]*$|^=$|^\.+$/.test(value)) return false;
  return /^[A-Za-z0-9_./$(^+;~\\\u00a1-\ud7ff][^,[\]{}"'`#]*$|^-[A-Za-z_][^,[\]{}"'`#]*$/.test(value) && !/:(\s|$)|\s$|\t|^\.\.\.|[\u2028\u2029\ufeff]/.test(value);
}

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function writeDoubleQuoted(value: string): string {
  const escaped = value.replace(/["\\\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/** What stands behind `key:` or `-` in block style: ` text`, or lines that begin with `newline`. */
export function writeBehindKey(value: EditValue, indent: number, style: WritingStyle): string {
  if (isList(value)) {
    if (value.length === 0) return ' []';
    const column = style.indentsLists ? indent + style.step : indent;
    return value.map((item) => `${style.newline}${' '.repeat(column)}-${writeBehindDash(item, column, style)}`).join('');
  }
  if (isMap(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' {}';
    const column = indent + style.step;
    return entries.map(([key, item]) => `${style.newline}${' '.repeat(column)}${writeField(key, item, column, style)}`).join('');
  }
  return isBlock(value) ? ` ${writeBlock(value, indent + style.step, style)}` : ` ${writeScalar(value)}`;
}

/** True for a text of several lines that a literal block holds as it is. */
function isBlock(value: string | number | boolean | null): value is string {
  return typeof value === 'string' && /^[^\s][^]*\n[^]*[^\s]\n?$/.test(value) && !/[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\ud800-\udfff]/.test(value);
}

/** `|` or `|-` and the lines at a column. */
function writeBlock(value: string, column: number, style: WritingStyle): string {
  const isEnded = value.endsWith('\n');
  const lines = (isEnded ? value.slice(0, -1) : value).split('\n');
  return [isEnded ? '|' : '|-', ...lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line))].join(style.newline);
}

/** What stands behind a dash at `column`: the first field of a map or item of a list goes on in its line. */
export function writeBehindDash(value: EditValue, column: number, style: WritingStyle): string {
  const inner = column + 2;
  const lineStart = `${style.newline}${' '.repeat(inner)}`;
  if (isList(value)) return value.length === 0 ? ' []' : ` ${value.map((item) => `-${writeBehindDash(item, inner, style)}`).join(lineStart)}`;
  if (!isMap(value)) return ` ${writeScalar(value)}`;
  const entries = Object.entries(value);
  return entries.length === 0 ? ' {}' : ` ${entries.map(([key, item]) => writeField(key, item, inner, style)).join(lineStart)}`;
}

/** `key: value` as a field of a map at a column. */
export function writeField(key: string, value: EditValue, column: number, style: WritingStyle): string {
  return `${writeScalar(key)}:${writeBehindKey(value, column, style)}`;
}

/** A value on one line, as in `{a: [b]}`; as JSON where the collection around it is written so. */
export function writeFlow(value: EditValue, isJson: boolean): string {
  if (isList(value)) return `[${value.map((item) => writeFlow(item, isJson)).join(', ')}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, item]) => writeFlowField(key, item, isJson));
    return `{${entries.join(', ')}}`;
  }
  return writeScalar(value, isJson ? 'double' : 'plain');
}

/** `key: value` in braces. */
export function writeFlowField(key: string, value: EditValue, isJson: boolean): string {
  return `${writeScalar(key, isJson ? 'double' : 'plain')}: ${writeFlow(value, isJson)}`;
}

function isList(value: EditValue): value is readonly EditValue[] {
  return Array.isArray(value);
}

function isMap(value: EditValue): value is Readonly<Record<string, EditValue>> {
  return typeof value === 'object' && value !== null;
}
