/** sprig's encodings, checksums, paths and URLs (Masterminds/sprig v3.3.0 strings.go, crypto.go, url.go; Go 1.26 path, net/url). */
import { fromBytes, toBytes } from '../goText.js';
import { sha256Hex } from '../../base/sha256.js';
import { madeOf } from '../spans.js';
import { Failure, MapValue, Text, type Maybe, type TemplateFunction, type Value } from '../values.js';
import { boolOf, define, kindOf } from './define.js';
import { adler32, sha1, sha512 } from './checksums.js';
import { joinUrl, parseUrl } from './urls.js';

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes in groups of `bits` bits, padded with `=` to whole groups of `group` characters. */
function encodeBits(bytes: Uint8Array, alphabet: string, bits: number, group: number): string {
  let out = '';
  let buffer = 0;
  let held = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    held += 8;
    while (held >= bits) {
      held -= bits;
      out += alphabet.charAt((buffer >> held) & ((1 << bits) - 1));
    }
    buffer &= (1 << held) - 1;
  }
  if (held > 0) out += alphabet.charAt((buffer << (bits - held)) & ((1 << bits) - 1));
  return out.padEnd(Math.ceil(out.length / group) * group, '=');
}

/** The bytes of a base64 text, or the place in it that is wrong. */
export function decodeBase64(text: string): Uint8Array | number {
  const bytes: number[] = [];
  let at = 0;
  const skipBreaks = (): void => {
    while (text.charAt(at) === '\n' || text.charAt(at) === '\r') at++;
  };
  for (;;) {
    const digits: number[] = [];
    while (digits.length < 4) {
      skipBreaks();
      if (at >= text.length) {
        if (digits.length === 0) return Uint8Array.from(bytes);
        return at - digits.length;
      }
      const char = text.charAt(at);
      const value = base64Alphabet.indexOf(char);
      at++;
      if (value >= 0) digits.push(value);
      else {
        const place = at - 1;
        if (char !== '=' || digits.length < 2) return place;
        skipBreaks();
        if (digits.length === 2) {
          if (at >= text.length) return text.length;
          if (text.charAt(at) !== '=') return place + 1 - 1;
          at++;
          skipBreaks();
        }
        if (at < text.length) return at;
        const [a = 0, b = 0, c = 0] = digits;
        bytes.push((a << 2) | (b >> 4));
        if (digits.length === 3) bytes.push(((b & 15) << 4) | (c >> 2));
        return Uint8Array.from(bytes);
      }
    }
    const [a = 0, b = 0, c = 0, d = 0] = digits;
    bytes.push((a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d);
  }
}

function decodeBase32(text: string): Uint8Array | number {
  const plain = text.replace(/[\r\n]/g, '');
  const body = plain.replace(/=+$/, '');
  const wrong = [...body].findIndex((char) => !base32Alphabet.includes(char));
  if (wrong >= 0) return wrong;
  if (plain.length % 8 !== 0) return plain.length - (plain.length % 8) + 0;
  if (![0, 1, 3, 4, 6].includes(plain.length - body.length)) return body.length;
  const bytes: number[] = [];
  let buffer = 0;
  let held = 0;
  for (const char of body) {
    buffer = ((buffer << 5) | base32Alphabet.indexOf(char)) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push((buffer >> held) & 255);
    }
  }
  return Uint8Array.from(bytes);
}

/** Base64 of a text's bytes. */
export function encodeBase64(bytes: Uint8Array): string {
  return encodeBits(bytes, base64Alphabet, 6, 4);
}

const encodings: readonly TemplateFunction[] = [
  define('b64enc TEXT', 'string', 'The text in base64.', (args) => madeOf(encodeBase64(toBytes(args.string(0))), args.text(0))),
  define('b64dec TEXT', 'string', 'The text that base64 stands for.', (args) => {
    const bytes = decodeBase64(args.string(0));
    return madeOf(typeof bytes === 'number' ? `illegal base64 data at input byte ${bytes}` : fromBytes(bytes), args.text(0));
  }),
  define('b32enc TEXT', 'string', 'The text in base32.', (args) => madeOf(encodeBits(toBytes(args.string(0)), base32Alphabet, 5, 8), args.text(0))),
  define('b32dec TEXT', 'string', 'The text that base32 stands for.', (args) => {
    const bytes = decodeBase32(args.string(0));
    return madeOf(typeof bytes === 'number' ? `illegal base32 data at input byte ${bytes}` : fromBytes(bytes), args.text(0));
  }),
  define('sha1sum TEXT', 'string', 'The SHA-1 checksum of the text in hexadecimal.', (args) => madeOf(hex(sha1(toBytes(args.string(0)))), args.text(0))),
  define('sha256sum TEXT', 'string', 'The SHA-256 checksum of the text in hexadecimal.', (args) => madeOf(sha256Hex(toBytes(args.string(0))), args.text(0))),
  define('sha512sum TEXT', 'string', 'The SHA-512 checksum of the text in hexadecimal.', (args) => madeOf(hex(sha512(toBytes(args.string(0)))), args.text(0))),
  define('adler32sum TEXT', 'string', 'The Adler-32 checksum of the text as a number.', (args) => madeOf(adler32(toBytes(args.string(0))).toString(), args.text(0))),
];

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** path.Clean. */
export function cleanPath(path: string): string {
  if (path === '') return '.';
  const isRooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !isRooted) parts.push(part);
  }
  const joined = (isRooted ? '/' : '') + parts.join('/');
  return joined === '' ? '.' : joined;
}

function basePath(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function extension(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') ? path.slice(dot) : '';
}

function pathFunctions(prefix: '' | 'os'): readonly TemplateFunction[] {
  const name = (word: string): string => (prefix === '' ? word : `os${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return [
    define(`${name('base')} PATH`, 'string', 'The last part of a path.', (args) => madeOf(basePath(args.string(0)), args.text(0))),
    define(`${name('dir')} PATH`, 'string', 'A path without its last part.', (args) =>
      madeOf(cleanPath(args.string(0).slice(0, args.string(0).lastIndexOf('/') + 1)), args.text(0)),
    ),
    define(`${name('clean')} PATH`, 'string', 'A path in its shortest form.', (args) => madeOf(cleanPath(args.string(0)), args.text(0))),
    define(`${name('ext')} PATH`, 'string', 'The ending of a file name with its dot.', (args) => madeOf(extension(args.string(0)), args.text(0))),
    define(`${name('isAbs')} PATH`, 'string', 'True for a path that begins with /.', (args) => boolOf(args.string(0).startsWith('/'))),
  ];
}

const urlParts = ['scheme', 'userinfo', 'host', 'hostname', 'path', 'query', 'opaque', 'fragment'] as const;

const urls: readonly TemplateFunction[] = [
  define('urlParse URL', 'string', 'The parts of a URL as a map: scheme, userinfo, host, hostname, path, query, opaque, fragment.', (args) => {
    const url = parseUrl(args.string(0));
    if (typeof url === 'string') return new Failure(`unable to parse url: ${url}`);
    return new MapValue(new Map<string, Value>(urlParts.map((part) => [part, madeOf(url[part], args.text(0))])));
  }),
  define('urlJoin MAP', 'map', 'The URL that a map of its parts says.', (args) => {
    const parts = new Map<string, Text>();
    for (const part of urlParts) {
      const value: Maybe = args.map(0).entries.get(part);
      if (value !== undefined && value.kind !== 'string') return new Failure(`unable to parse ${part} key, must be of type string, but ${kindOf(value)} found`);
      parts.set(part, value ?? new Text(''));
    }
    const text = (part: string): string => parts.get(part)?.text ?? '';
    const joined = joinUrl({
      scheme: text('scheme'),
      userinfo: text('userinfo'),
      host: text('host'),
      path: text('path'),
      query: text('query'),
      opaque: text('opaque'),
      fragment: text('fragment'),
    });
    return joined instanceof Failure ? joined : madeOf(joined, ...parts.values());
  }),
];

/** sprig's functions for encodings, checksums, paths and URLs. */
export const encodingFunctions: readonly TemplateFunction[] = [...encodings, ...pathFunctions(''), ...pathFunctions('os'), ...urls];
