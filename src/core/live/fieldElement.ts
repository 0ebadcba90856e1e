/**
 * The steps of paths in managed fields, each held as the text that FieldsV1 has for it (sigs.k8s.io/structured-merge-diff
 * v6, fieldpath/serialize-pe.go): `f:name` a field, `k:{"name":"web"}` the item of a list with these keys, `v:"x"` the
 * item of a set, `i:0` an index. One element has one text, so that texts can be compared and used as keys.
 */
import type { FieldStep } from '../objects/compare.js';
import { isJsonObject, isList, parseJson, type JsonObject, type JsonValue } from './json.js';

/** An element of a path, in the form that the header tells. */
export type FieldElement = string;

/** The way to a field, from the object's root. */
export type ElementPath = readonly FieldElement[];

export function fieldElement(name: string): FieldElement {
  return `f:${name}`;
}

/** The element of a list's item by its keys; names sorted, values as Go prints them. */
export function keyElement(keys: Readonly<Record<string, JsonValue>>): FieldElement {
  const names = Object.keys(keys);
  if (names.length > 1) names.sort(compareTexts);
  let text = 'k:{';
  for (const name of names) text += `${text === 'k:{' ? '' : ','}${goJson(name)}:${goJson(keys[name] ?? null)}`;
  return `${text}}`;
}

export function valueElement(value: JsonValue): FieldElement {
  return `v:${goJson(value)}`;
}

export function indexElement(index: number): FieldElement {
  return `i:${index}`;
}

/** What an element says, decoded. */
export type ReadElement =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'keys'; readonly keys: Readonly<Record<string, JsonValue>> }
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'index'; readonly index: number }
  /** Of a kind that isn't known, or with content that can't be read. */
  | { readonly kind: 'unknown'; readonly isMalformed: boolean };

export function readElement(element: FieldElement): ReadElement {
  const text = element.slice(2);
  if (element.length < 2 || element[1] !== ':') return { kind: 'unknown', isMalformed: true };
  switch (element[0]) {
    case 'f':
      return { kind: 'field', name: text };
    case 'i':
      return /^[+-]?\d+$/.test(text) ? { kind: 'index', index: Number(text) } : { kind: 'unknown', isMalformed: true };
    case 'k': {
      const keys = parseJson(text);
      return isJsonObject(keys) ? { kind: 'keys', keys: withoutUndefined(keys) } : { kind: 'unknown', isMalformed: true };
    }
    case 'v': {
      const value = parseJson(text);
      return value === undefined ? { kind: 'unknown', isMalformed: true } : { kind: 'value', value };
    }
    default:
      return { kind: 'unknown', isMalformed: false };
  }
}

/** The same element in its one text; empty for one of a kind that isn't known, which is to be left out; undefined for what is no element. */
export function canonicalElement(element: FieldElement): FieldElement | undefined {
  if (element.startsWith('f:') || isPlain(element)) return element;
  const read = readElement(element);
  switch (read.kind) {
    case 'keys':
      return keyElement(read.keys);
    case 'value':
      return valueElement(read.value);
    case 'index':
      return indexElement(read.index);
    case 'unknown':
      return read.isMalformed ? undefined : '';
    case 'field':
      return element;
  }
}

/** The element of an item by one key, or by two in order, with values that are written in one way only: nearly all there are. */
const plainKeys = /^k:\{"([\w-]+)":(?:"[\w./:-]*"|0|[1-9]\d{0,14})(?:,"([\w-]+)":(?:"[\w./:-]*"|0|[1-9]\d{0,14}))?\}$/;

function isPlain(element: FieldElement): boolean {
  const match = plainKeys.exec(element);
  return match !== null && (match[2] === undefined || (match[1] ?? '') < match[2]);
}

/** By one key that is a text, none of whose characters sorts before the quote behind it. */
const plainTextKey = /^k:\{"[\w-]+":"[\w./:-]*"\}$/;

const kindOrder = 'fkvi';

/** The order in which the server prints elements: fields by name, then keys, values and indexes (fieldpath/element.go). */
export function compareElements(a: FieldElement, b: FieldElement): number {
  if (a === b) return 0;
  if (!b.startsWith(a.slice(0, 1))) return kindOrder.indexOf(a[0] ?? '') - kindOrder.indexOf(b[0] ?? '');
  if (a.startsWith('f')) return compareTexts(a, b);
  if (plainTextKey.test(a) && plainTextKey.test(b)) return compareTexts(a.slice(0, -2), b.slice(0, -2));
  const [left, right] = [readElement(a), readElement(b)];
  if (left.kind === 'keys' && right.kind === 'keys') return compareKeys(left.keys, right.keys);
  if (left.kind === 'value' && right.kind === 'value') return compareValues(left.value, right.value);
  if (left.kind === 'index' && right.kind === 'index') return left.index - right.index;
  return compareTexts(a, b);
}

/** `.spec.ports[port=80,protocol="TCP"]`: a path as the server's messages have it. */
export function formatElementPath(path: ElementPath): string {
  return path.map(formatElement).join('');
}

/** `.spec`, `[name="web"]`, `[="x"]`, `[0]`. */
export function formatElement(element: FieldElement): string {
  const read = readElement(element);
  switch (read.kind) {
    case 'field':
      return `.${read.name}`;
    case 'keys': {
      const keys = Object.entries(read.keys);
      return `[${keys.map(([name, value]) => `${name}=${formatValue(value)}`).join(',')}]`;
    }
    case 'value':
      return `[=${formatValue(read.value)}]`;
    case 'index':
      return `[${read.index}]`;
    case 'unknown':
      return `[${element}]`;
  }
}

/** The same path in steps for people. */
export function stepsOf(path: ElementPath): readonly FieldStep[] {
  return path.map(stepOf);
}

/** An item of a set has the empty key; of several keys the further ones stand in `and`. */
export function stepOf(element: FieldElement): FieldStep {
  const read = readElement(element);
  switch (read.kind) {
    case 'field':
      return read.name;
    case 'index':
      return read.index;
    case 'value':
      return { key: '', value: scalarText(read.value) };
    case 'keys': {
      const [first, ...others] = Object.entries(read.keys).map(([key, value]) => ({ key, value: scalarText(value) }));
      if (!first) return { key: '', value: '' };
      return others.length === 0 ? first : { ...first, and: others };
    }
    case 'unknown':
      return element;
  }
}

/** True for the element of `item` in its list: equal keys (one that the item leaves out doesn't count), or an equal value. */
export function isElementOf(element: FieldElement, item: JsonValue | undefined): boolean {
  const read = readElement(element);
  if (read.kind === 'value') return !isJsonObject(item) && !isList(item) && item === read.value;
  if (read.kind !== 'keys' || !isJsonObject(item)) return false;
  return Object.entries(read.keys).every(([name, value]) => item[name] === undefined || item[name] === value);
}

/** True where an element is what a step points at; `list` is the live list that the step goes into. */
export function isElementAt(element: FieldElement, step: FieldStep, list: JsonValue | undefined): boolean {
  if (typeof step === 'string') return element === fieldElement(step);
  if (typeof step === 'number') return element === indexElement(step) || (isList(list) && isElementOf(element, list[step]));
  const read = readElement(element);
  if (read.kind === 'value') return step.key === '' && scalarText(read.value) === step.value;
  if (read.kind !== 'keys') return false;
  return [step, ...(step.and ?? [])].every(({ key, value }) => read.keys[key] !== undefined && scalarText(read.keys[key]) === value);
}

/** A scalar as it stands in YAML without quotes. */
export function scalarText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

const plainText = /^[\w ./:@=,-]*$/;

/** JSON as Go prints it: keys sorted, `<`, `>`, `&` and line separators escaped. */
export function goJson(value: JsonValue): string {
  if (typeof value === 'string')
    return plainText.test(value) ? `"${value}"` : JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (isList(value)) return `[${value.map(goJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort(compareTexts)
    .map((key) => `${goJson(key)}:${goJson(value[key] ?? null)}`)
    .join(',')}}`;
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareKeys(left: Readonly<Record<string, JsonValue>>, right: Readonly<Record<string, JsonValue>>): number {
  const [a, b] = [Object.entries(left), Object.entries(right)];
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [[leftName, leftValue], [rightName, rightValue]] = [a[at] ?? ['', null], b[at] ?? ['', null]];
    const order = compareTexts(leftName, rightName) || compareValues(leftValue, rightValue);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers, then texts, then booleans, then what no element should have (value/value.go Compare). */
function compareValues(a: JsonValue, b: JsonValue): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  if (left !== right) return left - right;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return compareTexts(goJson(a), goJson(b));
}

function rankOf(value: JsonValue): number {
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return 1;
  if (typeof value === 'boolean') return 2;
  return isList(value) ? 3 : value === null ? 5 : 4;
}

function formatValue(value: JsonValue): string {
  return typeof value === 'string' ? JSON.stringify(value) : scalarText(value);
}

function withoutUndefined(value: JsonObject): Readonly<Record<string, JsonValue>> {
  const entries: [string, JsonValue][] = [];
  for (const [name, each] of Object.entries(value)) if (each !== undefined) entries.push([name, each]);
  return Object.fromEntries(entries.sort(([a], [b]) => compareTexts(a, b)));
}
