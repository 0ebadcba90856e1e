/** Reads tags and directives as go-yaml does (go.yaml.in/yaml/v3 v3.0.5 scannerc.go yaml_parser_scan_tag, yaml_parser_scan_directive). */
import { findLineEnd, isBlankAt, isLineEnd, isWordCode, isWordEnd, type Complain } from './characters.js';

export interface ScannedTag {
  /** `!`, `!!`, `!name!`; empty for a tag written in full. */
  readonly handle: string;
  readonly suffix: string;
  readonly end: number;
}

/** The tag whose `!` stands at `start`. */
export function scanTag(text: string, start: number, limit: number, complain: Complain): ScannedTag | undefined {
  const tag = text[start + 1] === '<' ? scanFullTag(text, start, limit) : scanShortTag(text, start, limit);
  if (tag && isWordEnd(text, tag.end, limit)) return tag;
  return complain('yaml/invalid-tag', 'This is not a tag: write !!name or !name with a space behind, or quote a text that begins with !.', start, tag ? tag.end + 1 : start + 1);
}

function scanFullTag(text: string, start: number, limit: number): ScannedTag | undefined {
  const uri = scanUri(text, start + 2, limit);
  return uri && uri.value !== '' && text[uri.end] === '>' ? { handle: '', suffix: uri.value, end: uri.end + 1 } : undefined;
}

function scanShortTag(text: string, start: number, limit: number): ScannedTag | undefined {
  const handle = scanHandle(text, start, limit);
  const uri = scanUri(text, start + handle.length, limit);
  if (!uri) return undefined;
  if (handle.length > 1 && handle.endsWith('!')) return uri.value === '' ? undefined : { handle, suffix: uri.value, end: uri.end };
  const suffix = handle.slice(1) + uri.value;
  return suffix === '' ? { handle: '', suffix: '!', end: uri.end } : { handle: '!', suffix, end: uri.end };
}

function scanHandle(text: string, start: number, limit: number): string {
  let at = start + 1;
  while (at < limit && isWordCode(text.charCodeAt(at))) at++;
  return text.slice(start, text[at] === '!' && at < limit ? at + 1 : at);
}

/** The characters of a URI with `%` escapes decoded; undefined for escapes that are no UTF-8. */
function scanUri(text: string, start: number, limit: number): { readonly value: string; readonly end: number } | undefined {
  let end = start;
  while (end < limit && (isWordCode(text.charCodeAt(end)) || ";/?:@&=+$,.!~*'()[]%".includes(text.charAt(end)))) end++;
  const raw = text.slice(start, end);
  if (!raw.includes('%')) return { value: raw, end };
  if (/%(?![0-9a-fA-F]{2})/.test(raw)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] !== '%') bytes.push(raw.charCodeAt(at));
    else {
      bytes.push(parseInt(raw.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  const value = new TextDecoder().decode(Uint8Array.from(bytes));
  return value.includes('\ufffd') ? undefined : { value, end };
}

export type ScannedDirective =
  { readonly kind: 'version'; readonly version: string; readonly end: number } | { readonly kind: 'tag'; readonly handle: string; readonly prefix: string; readonly end: number };

/** The directive whose `%` stands at `start`; its end is the end of the line. */
export function scanDirective(text: string, start: number, limit: number, complain: Complain): ScannedDirective | undefined {
  const lineEnd = findLineEnd(text, start, limit);
  const line = text.slice(start, lineEnd);
  const version = /^%YAML[ \t]+(\d{1,2}\.\d{1,2})[ \t]*(?:#.*)?$/s.exec(line);
  if (version) return { kind: 'version', version: version[1] ?? '', end: lineEnd };
  const tag = /^%TAG[ \t]+(!(?:[\w-]*!)?)[ \t]+/.exec(line);
  const uri = tag && scanUri(text, start + tag[0].length, limit);
  if (tag && uri && uri.value !== '' && isWordEnd(text, uri.end, limit) && isRestEmpty(text, uri.end, limit)) {
    return { kind: 'tag', handle: tag[1] ?? '', prefix: uri.value, end: lineEnd };
  }
  return complain('yaml/invalid-directive', 'A line that begins with % is a directive, and this is none: %YAML 1.1 or %TAG; quote a text that begins with %.', start, lineEnd);
}

function isRestEmpty(text: string, from: number, limit: number): boolean {
  let at = from;
  while (isBlankAt(text, at, limit)) at++;
  return isLineEnd(text, at, limit) || text[at] === '#';
}
