/**
 * Go's view of texts: strings are bytes, so lengths and cuts count bytes, and a cut may leave half a character behind. A
 * byte that is no part of a UTF-8 character is kept as one of the lone surrogates U+DC80 to U+DCFF, and comes back as that
 * byte (as Python's "surrogateescape" does). Also quoting and unquoting as strconv and fmt do (Go 1.26).
 */

/** True where every character is ASCII, so that offsets in bytes and in UTF-16 units agree. */
export function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

/** The bytes of a text in UTF-8; the lone surrogates that stand for stray bytes give those bytes. */
export function toBytes(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return new TextEncoder().encode(text);
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else for (const byte of new TextEncoder().encode(char)) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The length in bytes of the character that begins at `at`, or 0 where none does (Go's utf8.DecodeRune). */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** The text of bytes; a stray byte becomes a lone surrogate. */
export function fromBytes(bytes: Uint8Array): string {
  let isPlain = true;
  for (const byte of bytes) if (byte >= 0x80) isPlain = false;
  if (isPlain) return new TextDecoder().decode(bytes);
  let text = '';
  let from = 0;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    if (length > 0) at += length;
    else {
      text += decoder.decode(bytes.subarray(from, at)) + String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
      at++;
      from = at;
    }
  }
  return text + decoder.decode(bytes.subarray(from));
}

/** Go's len of a string. */
export function byteLength(text: string): number {
  return isAscii(text) ? text.length : toBytes(text).length;
}

/** Go's `text[start:end]`; the offsets must lie in the text. */
export function sliceBytes(text: string, start: number, end: number): string {
  return isAscii(text) ? text.slice(start, end) : fromBytes(toBytes(text).subarray(start, end));
}

/** Go's order of strings: by bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x === y) continue;
    if (x < 0xd800 && y < 0xd800) return x - y;
    return compareBytes(toBytes(a), toBytes(b));
  }
  return a.length - b.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return (a[at] ?? 0) - (b[at] ?? 0);
  return a.length - b.length;
}

/** unicode.IsSpace. */
export function isSpace(char: string): boolean {
  return /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(char);
}

/** strconv.IsPrint: letters, marks, numbers, punctuation, symbols, and the ASCII space. */
export function isPrint(char: string): boolean {
  return char === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/** How strconv writes one character between quotes. */
export function escapeChar(char: string, quote: string, isAsciiOnly = false): string {
  if (char === quote || char === '\\') return `\\${char}`;
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return char;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (!isAsciiOnly && isPrint(char)) return char;
  const short = shortEscapes.get(char);
  if (short !== undefined) return short;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** strconv.Quote, which is fmt's `%q`; `isAsciiOnly` is `%+q`. */
export function quoteText(text: string, isAsciiOnly = false): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) out += escapeChar(char, '"', isAsciiOnly);
  return `${out}"`;
}

/** `U+0023 '#'` as fmt's `%#U` writes a character. */
export function describeChar(char: string): string {
  const code = char.codePointAt(0) ?? 0xfffd;
  const rune = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
  const hex = `U+${rune.toString(16).toUpperCase().padStart(4, '0')}`;
  const shown = String.fromCodePoint(rune);
  return isPrint(shown) ? `${hex} '${shown}'` : hex;
}

/** The value of a quoted literal with its quotes (strconv.Unquote), or undefined for "invalid syntax". */
export function unquote(literal: string): string | undefined {
  const quote = literal.charAt(0);
  const inner = literal.slice(1, -1);
  if (quote === '`') return inner.replaceAll('\r', '');
  if (!inner.includes('\\')) return inner;
  return unescapeText(inner, quote);
}

function unescapeText(inner: string, quote: string): string | undefined {
  const bytes: Uint8Array[] = [];
  for (let at = 0; at < inner.length;) {
    const unit = unescapeAt(inner, at, quote);
    if (!unit) return undefined;
    bytes.push(unit.isByte ? Uint8Array.of(unit.code) : toBytes(String.fromCodePoint(unit.code)));
    at = unit.end;
  }
  const whole = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of bytes) {
    whole.set(part, offset);
    offset += part.length;
  }
  return fromBytes(whole);
}

const simpleEscapes: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };

/** One character or escape of a literal (strconv.UnquoteChar); undefined for invalid syntax. */
export function unescapeAt(text: string, at: number, quote: string): { readonly code: number; readonly isByte: boolean; readonly end: number } | undefined {
  const code = text.codePointAt(at);
  if (code === undefined || text.charAt(at) === quote) return undefined;
  if (code !== 92) return { code, isByte: code >= 0xdc80 && code <= 0xdcff, end: at + (code > 0xffff ? 2 : 1) };
  const letter = text.charAt(at + 1);
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return { code: simple, isByte: false, end: at + 2 };
  if (letter === quote && (quote === '"' || quote === "'")) return { code: quote.charCodeAt(0), isByte: false, end: at + 2 };
  const width = letter === 'x' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (width > 0) {
    const hex = text.slice(at + 2, at + 2 + width);
    if (!new RegExp(`^[0-9a-fA-F]{${width}}$`).test(hex)) return undefined;
    const value = Number.parseInt(hex, 16);
    if (width > 2 && (value > 0x10ffff || (value >= 0xd800 && value < 0xe000))) return undefined;
    return { code: value, isByte: width === 2, end: at + 2 + width };
  }
  const octal = text.slice(at + 1, at + 4);
  if (!/^[0-7]{3}$/.test(octal) || Number.parseInt(octal, 8) > 255) return undefined;
  return { code: Number.parseInt(octal, 8), isByte: true, end: at + 4 };
}
