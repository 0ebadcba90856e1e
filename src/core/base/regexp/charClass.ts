/** The character classes of Go's regular expressions: `[a-z]`, `\d`, `[[:alpha:]]`, `\p{Greek}`. */
import type { Cursor } from './cursor.js';

/** True for the characters of a class. */
export type CharClass = (char: string) => boolean;

/** What `\d` and so on stand for: ASCII only, as in Go. */
export const perlClasses: Readonly<Record<string, CharClass>> = {
  d: (char) => /^[0-9]$/.test(char),
  D: (char) => !/^[0-9]$/.test(char),
  s: (char) => /^[\t\n\f\r ]$/.test(char),
  S: (char) => !/^[\t\n\f\r ]$/.test(char),
  w: (char) => /^[0-9A-Za-z_]$/.test(char),
  W: (char) => !/^[0-9A-Za-z_]$/.test(char),
};

const posixClasses: Readonly<Record<string, RegExp>> = {
  alnum: /^[0-9A-Za-z]$/,
  alpha: /^[A-Za-z]$/,
  ascii: /^\p{ASCII}$/u,
  blank: /^[\t ]$/,
  cntrl: /^[\x00-\x1f\x7f]$/,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[\t\n\v\f\r ]$/,
  upper: /^[A-Z]$/,
  word: /^[0-9A-Za-z_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

/** A class after its `[`, up to and with its `]`; a text says what is wrong. */
export function parseClass(cursor: Cursor, fold: boolean): CharClass | string {
  const isNegated = cursor.take('^');
  const members: CharClass[] = [];
  for (let isFirst = true; isFirst || cursor.peek() !== ']'; isFirst = false) {
    if (cursor.isAtEnd) return 'lacks a ]';
    const member = parseMember(cursor, fold);
    if (typeof member === 'string') return member;
    members.push(member);
  }
  cursor.take(']');
  const matches = folded((char) => members.some((member) => member(char)), fold);
  return isNegated ? (char) => !matches(char) : matches;
}

function parseMember(cursor: Cursor, fold: boolean): CharClass | string {
  const posix = cursor.match(/\[:(\^?)(\w+):\]/y);
  if (posix) {
    const [whole, negation, name = ''] = posix;
    const pattern = posixClasses[name];
    if (!pattern) return `has the class ${whole}, which there is not`;
    return (char) => pattern.test(char) !== (negation === '^');
  }
  const perl = cursor.match(/\\([dDsSwW])/y)?.[1];
  if (perl) return perlClasses[perl] ?? 'has a class that there is not';
  const unicode = unicodeClass(cursor, fold);
  if (unicode) return unicode;
  const low = classChar(cursor);
  if (low === undefined) return `has the escape ${cursor.rest.slice(0, 2)}, which there is not`;
  if (!cursor.test(/-[^\]]/y)) return (char) => char === low;
  cursor.take('-');
  const high = classChar(cursor);
  if (high === undefined) return `has the escape ${cursor.rest.slice(0, 2)}, which there is not`;
  const [from, to] = [codeOf(low), codeOf(high)];
  if (from > to) return `has the range ${low}-${high}, which is the wrong way round`;
  return (char) => codeOf(char) >= from && codeOf(char) <= to;
}

function classChar(cursor: Cursor): string | undefined {
  if (cursor.isAtEnd) return undefined;
  return cursor.peek() === '\\' ? cursor.escaped() : cursor.next();
}

/** `\pL`, `\p{Greek}`, `\P{^Lu}`: undefined where none stands here, a text where there is no such class. */
export function unicodeClass(cursor: Cursor, fold: boolean): CharClass | string | undefined {
  const match = cursor.match(/\\([pP])(?:\{(\^?)([^}]*)\}|(.))/y);
  if (!match) return undefined;
  const [, letter, caret, long, short] = match;
  const name = long ?? short ?? '';
  const isNegated = (letter === 'P') !== (caret === '^');
  const pattern = name === 'Any' ? /^.$/su : propertyPattern(name);
  if (!pattern) return `has the class \\p{${name}}, which there is not`;
  const matches = folded((char) => pattern.test(char), fold);
  return (char) => matches(char) !== isNegated;
}

/** Go names general categories by their short names and scripts by their long ones. */
function propertyPattern(name: string): RegExp | undefined {
  if (!/^[A-Z]\w*$/.test(name)) return undefined;
  const property = name.length <= 2 ? `General_Category=${name}` : `Script=${name}`;
  try {
    return new RegExp(`^\\p{${property}}$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function folded(matches: CharClass, fold: boolean): CharClass {
  return fold ? (char) => matches(char) || matches(char.toLowerCase()) || matches(char.toUpperCase()) : matches;
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? -1;
}
