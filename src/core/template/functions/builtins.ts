/** The functions that every Go template has (Go 1.26 text/template/funcs.go). `and`, `or` and `call` are run by the evaluator itself. */
import { formatValue, sprint, sprintln } from '../format.js';
import { sprintf } from '../printf.js';
import { byteLength, compareText, fromBytes, isAscii, isPrint, sliceBytes, toBytes } from '../goText.js';
import { cutText, madeOf, replaceParts, type Replacement } from '../spans.js';
import { Failure, Int, isTrue, ListValue, Text, type Bool, type FunctionTable, type Maybe } from '../values.js';
import { areDeepEqual, boolOf, define, intOf, makeTable } from './define.js';

const badComparison = new Failure('invalid type for comparison');

type Basic = 'bool' | 'complex' | 'int' | 'uint' | 'float' | 'string' | undefined;

function basicKind(value: Maybe): Basic {
  switch (value?.kind) {
    case 'bool':
    case 'complex':
    case 'float':
    case 'string':
      return value.kind;
    case 'int':
      return value.goType.startsWith('uint') ? 'uint' : 'int';
    default:
      return undefined;
  }
}

function isMissing(value: Maybe): boolean {
  return value === undefined || value.kind === 'nil';
}

function typeOf(value: Maybe): string {
  return value?.goType ?? '<nil>';
}

/** The type behind a pointer. */
function pointedType(value: Maybe): string {
  return typeOf(value).replace(/^\*/, '');
}

function areEqual(a: Maybe, b: Maybe): boolean | Failure {
  const kinds = [basicKind(a), basicKind(b)];
  if (a?.kind === 'int' && b?.kind === 'int') return a.value === b.value;
  if (kinds[0] !== kinds[1]) return isMissing(a) || isMissing(b) ? false : new Failure(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
  if (a?.kind === 'string' && b?.kind === 'string') return a.text === b.text;
  if (a?.kind === 'bool' && b?.kind === 'bool') return a.value === b.value;
  if (a?.kind === 'float' && b?.kind === 'float') return a.value === b.value;
  if (a?.kind === 'complex' && b?.kind === 'complex') return a.real === b.real && a.imaginary === b.imaginary;
  if (isMissing(a) || isMissing(b)) return isNilLike(a) === isNilLike(b);
  if (a?.kind !== b?.kind) return new Failure(`non-comparable types ${describeReflect(a)}: ${typeOf(a)}, ${typeOf(b)}: ${formatValue(b)}`);
  if (isNilLike(a) || isNilLike(b)) return isNilLike(a) === isNilLike(b);
  if (b?.kind === 'time' || b?.kind === 'struct') return areDeepEqual(a, b);
  return new Failure(`non-comparable type ${describeReflect(b)}: ${typeOf(b)}`);
}

function isNilLike(value: Maybe): boolean {
  return isMissing(value) || ((value?.kind === 'map' || value?.kind === 'list') && value.isNil);
}

/** A reflect.Value with `%s`: its text for a string, its contents formatted with `%s` otherwise. */
function describeReflect(value: Maybe): string {
  return sprintf(new Text('%s'), [value]).text;
}

function isLess(a: Maybe, b: Maybe): boolean | Failure {
  const [first, second] = [basicKind(a), basicKind(b)];
  if (first === undefined || second === undefined) return badComparison;
  if (a?.kind === 'int' && b?.kind === 'int') return a.value < b.value;
  if (first !== second) return new Failure(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
  if (a?.kind === 'float' && b?.kind === 'float') return a.value < b.value;
  if (a?.kind === 'string' && b?.kind === 'string') return compareText(a.text, b.text) < 0;
  return badComparison;
}

function isLessOrEqual(a: Maybe, b: Maybe): boolean | Failure {
  const less = isLess(a, b);
  return less === false ? areEqual(a, b) : less;
}

function answer(result: boolean | Failure, isNegated = false): Bool | Failure {
  return result instanceof Failure ? result : boolOf(result !== isNegated);
}

function lengthOf(value: Maybe): number | undefined {
  switch (value?.kind) {
    case 'string':
      return byteLength(value.text);
    case 'map':
      return value.entries.size;
    case 'list':
      return value.items.length;
    default:
      return undefined;
  }
}

const zeroReflect = new Failure('reflect: call of reflect.Value.Type on zero Value');

function indexArgument(index: Maybe, limit: number): number | Failure {
  if (index?.kind === 'int') {
    return index.value < 0n || index.value > BigInt(limit) ? new Failure(`index out of range: ${index.value}`) : Number(index.value);
  }
  return new Failure(isMissing(index) ? 'cannot index slice/array with nil' : `cannot index slice/array with type ${typeOf(index)}`);
}

function indexOnce(item: Maybe, index: Maybe): Maybe | Failure {
  if (item === undefined || item.kind === 'nil') return new Failure('index of nil pointer');
  if (item.kind === 'map') {
    if (index === undefined || index.kind === 'nil') return new Failure('value is nil; should be of type string');
    if (index.kind !== 'string') return new Failure(`value has type ${typeOf(index)}; should be string`);
    return item.entries.get(index.text) ?? (item.elementType === 'string' ? new Text('') : undefined);
  }
  if (item.kind === 'list') {
    const at = indexArgument(index, item.items.length);
    if (at instanceof Failure) return at;
    return at < item.items.length ? item.items[at] : new Failure('reflect: slice index out of range');
  }
  if (item.kind === 'string') {
    const bytes = toBytes(item.text);
    const at = indexArgument(index, bytes.length);
    if (at instanceof Failure) return at;
    const byte = bytes[at];
    return byte === undefined ? new Failure('reflect: string index out of range') : new Int(BigInt(byte), 'uint8');
  }
  return new Failure(`can't index item of type ${pointedType(item)}`);
}

function sliceValue(item: Maybe, indexes: readonly Maybe[]): Maybe | Failure {
  if (item === undefined || item.kind === 'nil') return new Failure('slice of untyped nil');
  if (indexes.length > 3) return new Failure(`too many slice indexes: ${indexes.length}`);
  if (item.kind === 'string' && indexes.length === 3) return new Failure('cannot 3-index slice a string');
  if (item.kind !== 'string' && item.kind !== 'list') return new Failure(`can't slice item of type ${pointedType(item)}`);
  const length = item.kind === 'string' ? byteLength(item.text) : item.items.length;
  const bounds = [0, length, length];
  for (const [position, index] of indexes.entries()) {
    const at = indexArgument(index, length);
    if (at instanceof Failure) return at;
    bounds[position] = at;
  }
  const [from = 0, to = 0, cap = 0] = bounds;
  if (from > to) return new Failure(`invalid slice index: ${from} > ${to}`);
  if (indexes.length === 3 && to > cap) return new Failure(`invalid slice index: ${to} > ${cap}`);
  if (item.kind === 'list') return new ListValue(item.items.slice(from, to), item.node, item);
  return isAscii(item.text) ? cutText(item, from, to) : madeOf(sliceBytes(item.text, from, to), item);
}

/** Replaces single characters, keeping origins. */
function escapeWith(text: Text, pattern: RegExp, escape: (char: string) => string): Text {
  const replacements: Replacement[] = [];
  for (const match of text.text.matchAll(pattern)) replacements.push({ start: match.index, end: match.index + match[0].length, by: new Text(escape(match[0])) });
  return replaceParts(text, replacements);
}

function printable(args: readonly Maybe[]): Text {
  return sprint(args.map((arg) => arg ?? new Text('<no value>')));
}

const htmlEscapes: Readonly<Record<string, string>> = { '\0': '\ufffd', '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const jsEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"', '<': '\\u003C', '>': '\\u003E', '&': '\\u0026', '=': '\\u003D' };

function escapeJs(char: string): string {
  const short = jsEscapes[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x80 && isPrint(char)) return char;
  if (code >= 0xdc80 && code <= 0xdcff) return char;
  return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** url.QueryEscape. */
export function escapeQuery(text: string): string {
  let out = '';
  for (const byte of toBytes(text)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(char)) out += char;
    else out += byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return fromBytes(new TextEncoder().encode(out));
}

/** Go's own functions. */
export const builtinFunctions: FunctionTable = makeTable([
  define(
    'and ARG...',
    'reflect reflect...',
    'The first of its arguments that is empty, or the last one; what follows the first empty one is not evaluated.',
    (args) => args.all.find((arg) => !isTrue(arg)) ?? args.all.at(-1),
  ),
  define(
    'or ARG...',
    'reflect reflect...',
    'The first of its arguments that is not empty, or the last one; what follows the first full one is not evaluated.',
    (args) => args.all.find(isTrue) ?? args.all.at(-1),
  ),
  define('not ARG', 'reflect', 'True where the argument is empty: false, 0, "", nil, or a list or map of nothing.', (args) => boolOf(!isTrue(args.at(0)))),
  define('call FUNCTION ARG...', 'reflect reflect...', 'Calls a function that is a value.', () => new Failure('call of nil')),
  define('html ARG...', 'any...', 'The printed arguments with the characters escaped that HTML gives a meaning.', (args) =>
    escapeWith(printable(args.all), /[\0"'&<>]/g, (char) => htmlEscapes[char] ?? char),
  ),
  define('js ARG...', 'any...', 'The printed arguments escaped for a text in JavaScript.', (args) =>
    escapeWith(printable(args.all), /[\\'"<>&=\x00-\x1f]|[^\x00-\x7f]/gu, escapeJs),
  ),
  define('urlquery ARG...', 'any...', 'The printed arguments escaped for the query of a URL.', (args) => {
    const text = printable(args.all);
    return madeOf(escapeQuery(text.text), text);
  }),
  define('index COLLECTION KEY...', 'reflect reflect...', 'The entry of a list or map under an index or key, and of that under the next one.', (args) => {
    let item = args.at(0);
    if (isMissing(item)) return new Failure('index of untyped nil');
    for (const index of args.rest(1)) {
      const next = indexOnce(item, index);
      if (next instanceof Failure) return next;
      item = next;
    }
    return item;
  }),
  define('slice COLLECTION FROM TO', 'reflect reflect...', 'A part of a text or list, from an index up to but without another one.', (args) =>
    sliceValue(args.at(0), args.rest(1)),
  ),
  define('len COLLECTION', 'reflect', 'How many entries a list or map has, or bytes a text.', (args) => {
    const item = args.at(0);
    const length = lengthOf(item);
    if (length !== undefined) return intOf(length);
    if (item === undefined) return zeroReflect;
    return new Failure(item.kind === 'nil' ? 'len of nil pointer' : `len of type ${pointedType(item)}`);
  }),
  define('print ARG...', 'any...', 'Its arguments as text, with a space between two that are both no text.', (args) => sprint(args.all)),
  define('printf FORMAT ARG...', 'string any...', 'Its arguments put into a format: %s for text, %d for integers, %v for anything, %q for quotes.', (args) =>
    sprintf(args.text(0), args.rest(1)),
  ),
  define('println ARG...', 'any...', 'Its arguments as text with spaces between them and a line break at the end.', (args) => sprintln(args.all)),
  define('eq A B...', 'reflect reflect...', 'True where the first argument equals one of the others; both must be of one type.', (args) => {
    const [first, ...others] = args.all;
    if (others.length === 0) return new Failure('missing argument for comparison');
    for (const other of others) {
      const result = areEqual(first, other);
      if (result !== false) return answer(result);
    }
    return boolOf(false);
  }),
  define('ne A B', 'reflect reflect', 'True where two values of one type differ.', (args) => answer(areEqual(args.at(0), args.at(1)), true)),
  define('lt A B', 'reflect reflect', 'True where the first of two values of one type is less.', (args) => answer(isLess(args.at(0), args.at(1)))),
  define('le A B', 'reflect reflect', 'True where the first of two values of one type is less, or they are equal.', (args) => answer(isLessOrEqual(args.at(0), args.at(1)))),
  define('gt A B', 'reflect reflect', 'True where the first of two values of one type is greater.', (args) => answer(isLessOrEqual(args.at(0), args.at(1)), true)),
  define('ge A B', 'reflect reflect', 'True where the first of two values of one type is greater, or they are equal.', (args) => answer(isLess(args.at(0), args.at(1)), true)),
]);
