/**
 * What the operators of `${...}` do, as fluxcd/pkg/envsubst v1.8.0 does it (funcs.go): lengths and offsets count bytes,
 * letters change case one by one, patterns are shell patterns. Values are byte strings: one character per byte of UTF-8.
 */
import { matchPattern, readRune } from './shellPattern.js';

/** The value that `operator` makes of a variable's value. */
export function applyOperator(operator: string, value: string, args: readonly string[]): string {
  const [first, second] = args;
  switch (operator) {
    case ',':
      return changeFirst(value, lower);
    case ',,':
      return changeAll(value, lower);
    case '^':
      return changeFirst(value, upper);
    case '^^':
      return changeAll(value, upper);
    case '#':
      return first === undefined ? String(value.length) : trimShortest(value, first);
    case '##':
      return trimLongest(value, first ?? '');
    case '%':
      return reverse(trimShortest(reverse(value), reverse(first ?? '')));
    case '%%':
      return reverse(trimLongest(reverse(value), reverse(first ?? '')));
    case ':':
      return partOf(value, first ?? '', second);
    case '/':
      return replaceFirst(value, first ?? '', second ?? '');
    case '//':
      return replaceAll(value, first ?? '', second ?? '');
    case '/#':
      return second !== undefined && value.startsWith(first ?? '') ? replaceFirst(value, first ?? '', second) : value;
    case '/%':
      return second !== undefined && value.endsWith(first ?? '') ? value.slice(0, value.length - (first ?? '').length) + second : value;
    default:
      return value === '' ? args.join('') : value;
  }
}

/** True for the operators that give a value of their own where the variable is missing. */
export function isDefaultOperator(operator: string): boolean {
  return ['=', ':=', ':-', ':+', ':?'].includes(operator);
}

/** A text as a byte string. */
export function toBytes(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text of a byte string; undefined where a character was cut in two. */
export function fromBytes(bytes: string): string | undefined {
  if (!/[^\0-\x7f]/.test(bytes)) return bytes;
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  return toBytes(decoded) === bytes ? decoded : undefined;
}

/** Splits a byte string into characters; a byte that belongs to none stands alone. */
function runes(bytes: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const { width } = readRune(bytes, at);
    found.push(bytes.slice(at, at + width));
    at += width;
  }
  return found;
}

type ChangeCase = (character: string) => string;

/** Go changes letters one for one: what JavaScript makes two of keeps its form. */
const upper: ChangeCase = (character) => single(character, character.toUpperCase());
const lower: ChangeCase = (character) => (character === '\u0130' ? 'i' : single(character, character.toLowerCase()));

function single(before: string, after: string): string {
  if ([...after].length === 1) return after;
  // Greek letters with an iota below have capitals of their own, which JavaScript spells with two letters.
  const code = before.codePointAt(0) ?? 0;
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return String.fromCodePoint(code + 8);
  return [0x1fb3, 0x1fc3, 0x1ff3].includes(code) ? String.fromCodePoint(code + 9) : before;
}

function changeFirst(value: string, change: ChangeCase): string {
  const [first = ''] = runes(value);
  return changeRune(first, change) + value.slice(first.length);
}

function changeAll(value: string, change: ChangeCase): string {
  return runes(value)
    .map((rune) => changeRune(rune, change))
    .join('');
}

function changeRune(rune: string, change: ChangeCase): string {
  const text = fromBytes(rune);
  return text === undefined ? rune : toBytes(change(text));
}

/** Without the shortest beginning that the pattern matches; the empty one doesn't count. */
function trimShortest(value: string, pattern: string): string {
  let shortest = '';
  for (let length = value.length; length > 0; length--) {
    const matches = matchPattern(pattern, value.slice(0, length));
    if (matches === undefined) return value;
    if (matches) shortest = value.slice(0, length);
  }
  return value.slice(shortest.length);
}

/** Without the longest beginning that the pattern matches. */
function trimLongest(value: string, pattern: string): string {
  for (let length = value.length; length > 0; length--) {
    const matches = matchPattern(pattern, value.slice(0, length));
    if (matches === undefined) return value;
    if (matches) return value.slice(length);
  }
  return value;
}

/** Go reverses characters, and takes a byte that belongs to none for U+FFFD. */
function reverse(value: string): string {
  return runes(value)
    .map((rune) => (rune.length === 1 && rune > '\x7f' ? '\xef\xbf\xbd' : rune))
    .reverse()
    .join('');
}

/** `${name:offset:length}`; what is no number leaves the value as it is. */
function partOf(value: string, offset: string, length: string | undefined): string {
  const from = readNumber(offset);
  if (from === undefined) return value;
  const start = from < 0 ? Math.max(value.length + from, 0) : from;
  if (length === undefined) return value.slice(start);
  const count = readNumber(length);
  if (count === undefined) return value;
  if (count >= 0) return value.slice(start, start + count);
  const end = value.length + count;
  return end < start ? '' : value.slice(start, end);
}

/** As Go's strconv.Atoi: digits with a sign, up to 64 bits. */
function readNumber(text: string): number | undefined {
  if (!/^[-+]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= -(2n ** 63n) && value < 2n ** 63n ? Number(value) : undefined;
}

function replaceFirst(value: string, old: string, replacement: string): string {
  return value.replace(old, () => replacement);
}

/** An empty `old` stands before every character and at the end. */
function replaceAll(value: string, old: string, replacement: string): string {
  if (old !== '') return value.replaceAll(old, () => replacement);
  return [...runes(value), ''].map((rune) => replacement + rune).join('');
}
