/**
 * The shell patterns of `${name#pattern}` and its kin, as fluxcd/pkg/envsubst v1.8.0 matches them (path/match.go): on the
 * bytes of UTF-8, with a star that also crosses slashes. Texts here are byte strings: one character per byte.
 */

/** What a piece of a pattern leaves of a text. */
type ChunkMatch = { readonly kind: 'rest'; readonly rest: string } | { readonly kind: 'none' } | { readonly kind: 'malformed' };

const none: ChunkMatch = { kind: 'none' };
const malformed: ChunkMatch = { kind: 'malformed' };

/** True when `pattern` matches all of `name`; undefined for a malformed pattern. */
export function matchPattern(pattern: string, name: string): boolean | undefined {
  let left = pattern;
  let text = name;
  while (left.length > 0) {
    const { isStar, chunk, rest } = splitChunk(left);
    left = rest;
    if (isStar && chunk === '') return true;
    let match = matchChunk(chunk, text);
    if (match.kind === 'malformed') return undefined;
    if (match.kind === 'rest' && match.rest.length > 0 && left.length === 0) match = none;
    for (let skip = 1; isStar && match.kind !== 'rest' && skip <= text.length; skip++) {
      match = matchChunk(chunk, text.slice(skip));
      if (match.kind === 'malformed') return undefined;
      if (match.kind === 'rest' && match.rest.length > 0 && left.length === 0) match = none;
    }
    if (match.kind !== 'rest') return false;
    text = match.rest;
  }
  return text.length === 0;
}

/** The first piece without a star, and whether stars stand before it. */
function splitChunk(pattern: string): { readonly isStar: boolean; readonly chunk: string; readonly rest: string } {
  let start = 0;
  while (pattern[start] === '*') start++;
  let inRange = false;
  let at = start;
  for (; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') {
      if (at + 1 < pattern.length) at++;
    } else if (character === '[') inRange = true;
    else if (character === ']') inRange = false;
    else if (character === '*' && !inRange) break;
  }
  return { isStar: start > 0, chunk: pattern.slice(start, at), rest: pattern.slice(at) };
}

/** Matches the beginning of `text`. */
function matchChunk(chunk: string, text: string): ChunkMatch {
  let at = 0;
  let pattern = 0;
  while (pattern < chunk.length) {
    if (at >= text.length) return none;
    const character = chunk[pattern];
    if (character === '[') {
      const matched = matchRange(chunk, pattern + 1, readRune(text, at).code);
      if (typeof matched !== 'object') return matched === 'malformed' ? malformed : none;
      at += readRune(text, at).width;
      pattern = matched.end;
    } else if (character === '?') {
      at += readRune(text, at).width;
      pattern++;
    } else {
      if (character === '\\') pattern++;
      if (pattern >= chunk.length) return malformed;
      if (chunk[pattern] !== text[at]) return none;
      at++;
      pattern++;
    }
  }
  return { kind: 'rest', rest: text.slice(at) };
}

/** A class in brackets, from behind its `[`; where it ends, or that it doesn't match. */
function matchRange(chunk: string, from: number, code: number): { readonly end: number } | 'none' | 'malformed' {
  const isNegated = chunk[from] === '^';
  let at = isNegated ? from + 1 : from;
  let matches = false;
  for (let count = 0; ; count++) {
    if (chunk[at] === ']' && count > 0) break;
    const low = readClassRune(chunk, at);
    if (!low) return 'malformed';
    at = low.end;
    let high = low;
    if (chunk[at] === '-') {
      const read = readClassRune(chunk, at + 1);
      if (!read) return 'malformed';
      high = read;
      at = read.end;
    }
    if (low.code <= code && code <= high.code) matches = true;
  }
  return matches === isNegated ? 'none' : { end: at + 1 };
}

/** A character of a class, perhaps escaped; undefined for none, and where the pattern ends behind it. */
function readClassRune(chunk: string, from: number): { readonly code: number; readonly end: number } | undefined {
  if (from >= chunk.length || chunk[from] === '-' || chunk[from] === ']') return undefined;
  const at = chunk[from] === '\\' ? from + 1 : from;
  if (at >= chunk.length) return undefined;
  const { code, width } = readRune(chunk, at);
  if (code === replacement && width === 1) return undefined;
  return at + width >= chunk.length ? undefined : { code, end: at + width };
}

const replacement = 0xfffd;

/** The character that begins at a byte, as Go's utf8.DecodeRuneInString reads it: one byte and U+FFFD for what is none. */
export function readRune(bytes: string, at: number): { readonly code: number; readonly width: number } {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { code: first, width: 1 };
  const width = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 1;
  const bad = { code: replacement, width: 1 };
  if (width === 1 || at + width > bytes.length) return bad;
  let code = first & (0xff >> (width + 1));
  for (let index = 1; index < width; index++) {
    const next = bytes.charCodeAt(at + index);
    if ((next & 0xc0) !== 0x80) return bad;
    code = (code << 6) | (next & 0x3f);
  }
  const isOverlong = (width === 3 && code < 0x800) || (width === 4 && (code < 0x10000 || code > 0x10ffff));
  return isOverlong || (code >= 0xd800 && code <= 0xdfff) ? bad : { code, width };
}
