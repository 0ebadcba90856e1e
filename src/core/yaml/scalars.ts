/**
 * What a plain scalar is, in the two dialects that kustomize speaks, and what a scalar's value looks like after kustomize
 * has carried it through JSON. Objects are read by go-yaml v3 (go.yaml.in/yaml/v3 v3.0.5 resolve.go), kustomization files
 * and the output by go-yaml v2 (v2.4.4), which takes `yes`, `on`, `y` and the like for booleans.
 */
import type { ScalarNode, ScalarTag } from './nodes.js';

const words: ReadonlyMap<string, ScalarTag> = new Map<string, ScalarTag>([
  ...['true', 'True', 'TRUE', 'false', 'False', 'FALSE'].map((word) => [word, '!!bool'] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, '!!null'] as const),
  ...['.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF'].map((word) => [word, '!!float'] as const),
  ['<<', '!!merge'],
]);

const wordsOfYaml11: ReadonlySet<string> = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);

/** The tag of a plain scalar as go-yaml v3 resolves it. */
export function resolveTag(text: string): ScalarTag {
  return resolve(text);
}

/** The tag of a plain scalar as go-yaml v2 resolves it, the way kustomization files are read and output is quoted. */
export function resolveTagYaml11(text: string): ScalarTag {
  if (wordsOfYaml11.has(text)) return '!!bool';
  const tag = resolve(text);
  return tag === '!!merge' ? '!!str' : tag;
}

function resolve(text: string): ScalarTag {
  const first = text.charCodeAt(0);
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!isNumeric) {
    // letters that begin a known word, `~`, `<`, and the empty text; all else is a string
    if (text.length > 5 || !'tTfFnN~<'.includes(text.charAt(0))) return '!!str';
    const tag = words.get(text);
    return tag === '!!merge' || tag === undefined ? (tag ?? '!!str') : tag;
  }
  const word = words.get(text);
  if (word) return word;
  if (first === 46) return /^\.[0-9]+([eE][-+]?[0-9]+)?$/.test(text) && Number.isFinite(Number(text)) ? '!!float' : '!!str';
  if (timestampOf(text) !== undefined) return '!!timestamp';
  return numberOf(text)?.tag ?? '!!str';
}

/** A number as Go reads it: an integer that fits 64 bits (signed or unsigned), or a float. */
type GoNumber = { readonly tag: '!!int'; readonly value: bigint } | { readonly tag: '!!float'; readonly value: number };

const minInt64 = -(2n ** 63n);
const maxUint64 = 2n ** 64n - 1n;

function numberOf(text: string): GoNumber | undefined {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = readInteger(plain);
  if (integer !== undefined) return { tag: '!!int', value: integer };
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? { tag: '!!float', value } : undefined;
}

/** An integer as Go's ParseInt and ParseUint read it with base 0, without underscores, up to 64 bits; undefined for anything else. */
export function readInteger(plain: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/.exec(plain);
  if (!match) return undefined;
  const [, sign = '', digits = ''] = match;
  const isOctal = digits.length > 1 && digits.startsWith('0') && digits.charCodeAt(1) <= 57;
  const magnitude = BigInt(isOctal ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < minInt64 || value > maxUint64) return undefined;
  // Go's ParseUint takes no sign, so what does not fit int64 must have none
  if (value > 2n ** 63n - 1n && sign !== '') return undefined;
  return value;
}

/** What a scalar is after kustomize's way through JSON: the forms that the printer tells apart. */
export type JsonScalar =
  { readonly kind: 'string'; readonly value: string } | { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'none'; readonly reason: string };

/** The value that a scalar has in kustomize's output: a string, or the text of a number, boolean or null. */
export function jsonScalarOf(node: ScalarNode): JsonScalar {
  switch (node.tag) {
    case '!!str':
    case '!!merge':
      return { kind: 'string', value: node.value };
    case '!!null':
      return words.get(node.value) === '!!null' ? { kind: 'literal', text: 'null' } : mismatch(node);
    case '!!bool':
      return words.get(node.value) === '!!bool' ? { kind: 'literal', text: node.value.toLowerCase() } : mismatch(node);
    case '!!int':
    case '!!float':
      return numberLiteral(node);
    case '!!timestamp': {
      const value = timestampOf(node.value);
      return value === undefined ? mismatch(node) : { kind: 'string', value };
    }
    case '!!binary':
      return isBase64(node.value) ? { kind: 'string', value: decodeBase64(node.value) } : { kind: 'none', reason: 'this value is tagged !!binary and is no base64' };
  }
}

/** What go-yaml refuses to decode: a value with an explicit tag that it has not the form of. */
function mismatch({ value, tag }: ScalarNode): JsonScalar {
  return { kind: 'none', reason: `${value === '' ? 'an empty value' : value} is not what the tag ${tag} says` };
}

function numberLiteral(node: ScalarNode): JsonScalar {
  const number = numberOf(node.value) ?? wordNumber(node.value);
  if (number === undefined || (number.tag === '!!float' && node.tag === '!!int')) return mismatch(node);
  if (number.tag === '!!int' && node.tag === '!!int') return { kind: 'literal', text: number.value.toString() };
  if (number.tag === '!!int' && number.value > 2n ** 63n - 1n) return mismatch(node);
  const value = Number(number.value);
  if (!Number.isFinite(value)) return { kind: 'none', reason: `${node.value} has no form in JSON` };
  return { kind: 'literal', text: printedFloat(value) };
}

function wordNumber(text: string): GoNumber | undefined {
  const word = text.toLowerCase();
  if (word === '.nan') return { tag: '!!float', value: NaN };
  if (word.endsWith('.inf')) return { tag: '!!float', value: word.startsWith('-') ? -Infinity : Infinity };
  return undefined;
}

/** A float as encoding/json writes it and go-yaml v2 then reads and prints it. */
export function printedFloat(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude < 1e21 && Number.isInteger(value)) {
    // from the shortest digits, padded with zeros, as they stand in the JSON between
    const integer = BigInt(value.toString());
    if (integer >= minInt64 && integer <= maxUint64) return integer.toString();
  }
  return formatGoFloat(value);
}

/** Go's strconv.FormatFloat(value, 'g', -1, 64): the shortest digits, with an exponent below -4 and from 6 on. */
export function formatGoFloat(value: number): string {
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return Object.is(value, -0) ? '-0' : value.toString();
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/** The RFC 3339 form of a text that go-yaml takes for a timestamp, or undefined where it takes it for a string. */
export function timestampOf(text: string): string | undefined {
  if (text.charCodeAt(4) !== 45 || text.length < 8) return undefined;
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', separator, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  if (separator !== undefined && (separator === ' ') !== (zone === undefined)) return undefined;
  if (!isDate(Number(year), Number(month), Number(day)) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (zone !== undefined && zone !== 'Z' && (Number(zone.slice(1, 3)) > 24 || Number(zone.slice(4)) > 60)) return undefined;
  const two = (part: string): string => part.padStart(2, '0');
  const digits = fraction.slice(0, 9).replace(/0+$/, '');
  const offset = zone === undefined || /^[+-]00:00$/.test(zone) ? 'Z' : zone;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${digits === '' ? '' : `.${digits}`}${offset}`;
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day <= days;
}

/** As Go's base64.StdEncoding reads it: padded, with nothing but line breaks in between. */
function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/[\r\n]/g, ''));
}

function decodeBase64(text: string): string {
  const bytes = Uint8Array.from(atob(text.replace(/\s+/g, '')), (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
