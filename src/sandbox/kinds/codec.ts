/**
 * What an API server's codec makes of an object: fields that it doesn't know are dropped, zero values that Go leaves out
 * are left out, those that it always writes are there, and quantities, times and bytes have their canonical form.
 *
 * By field, a letter of data/sandbox/kinds.json: `p` a pointer, kept when zero; `s` a structure that is always written; `z`
 * one that is left out when it is empty; `q` a quantity, `0` when unset; `N` null, `S` an empty text, `B` false, `I` 0 when
 * unset. A field without a letter is left out when it is zero.
 */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { FieldType, ObjectType } from '../../core/objects/objectType.js';
import type { SandboxFacts } from './facts.js';
import { formatQuantity } from './quantity.js';

/** JSON that is being made: nobody else has it yet. */
export interface Draft {
  [key: string]: DraftValue | undefined;
}
export type DraftValue = string | number | boolean | null | DraftValue[] | Draft;

export interface Codec {
  /** A copy of the object in the form in which a server has it, without unknown fields. */
  decode(object: JsonObject, type: ObjectType): Draft;
}

interface Letters {
  readonly byField: ReadonlyMap<string, string>;
  /** The fields that are written even when they aren't set. */
  readonly always: readonly (readonly [field: string, letter: string])[];
}

const microTimes = new Set(['eventTime', 'renewTime', 'acquireTime', 'lastObservedTime']);
/** Owned by the server and large; nothing in it has a default. */
const opaque = new Set(['managedFields', 'fieldsV1']);

export function makeCodec(facts: SandboxFacts): Codec {
  const known = new WeakMap<ObjectType, Letters>();
  const lettersOf = (type: ObjectType): Letters => {
    const letters = known.get(type) ?? readLetters(facts, type);
    known.set(type, letters);
    return letters;
  };

  const decodeObject = (object: JsonObject, type: ObjectType): Draft => {
    const letters = lettersOf(type);
    const draft: Draft = {};
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      const field = type.field(name);
      if (!field) {
        if (type.isOpen) draft[name] = copyOf(value);
        continue;
      }
      const letter = letters.byField.get(name) ?? '';
      if (value === null) continue;
      const decoded = opaque.has(name) ? copyOf(value) : decodeValue(value, field.type, name);
      const isEmpty = isZero(decoded);
      if (letter === 'N' && isEmpty && typeof decoded === 'object') draft[name] = field.type.kind === 'object' ? decoded : null;
      else if (!isEmpty || (letter !== '' && letter !== 'z')) draft[name] = decoded;
    }
    for (const [name, letter] of letters.always) {
      if (draft[name] !== undefined) continue;
      const field = type.field(name);
      const zero = field && zeroOf(letter, field.type);
      if (zero !== undefined) draft[name] = zero;
    }
    return draft;
  };

  const zeroOf = (letter: string, type: FieldType): DraftValue | undefined => {
    switch (letter) {
      case 's':
        return type.kind === 'object' ? decodeObject({}, type) : {};
      case 'q':
        return '0';
      case 'N':
        return null;
      case 'S':
        return '';
      case 'B':
        return false;
      case 'I':
        return 0;
      default:
        return undefined;
    }
  };

  const decodeValue = (value: JsonValue, type: FieldType, name: string): DraftValue => {
    switch (type.kind) {
      case 'object':
        return isJsonObject(value) ? decodeObject(value, type) : copyOf(value);
      case 'map':
        return isJsonObject(value) ? mapValues(value, (each) => decodeValue(each, type.values, '')) : copyOf(value);
      case 'list':
        return isList(value) ? value.map((each) => decodeValue(each === null && type.items.kind === 'object' ? {} : each, type.items, '')) : copyOf(value);
      case 'quantity':
        return typeof value === 'string' || typeof value === 'number' ? (formatQuantity(String(value)) ?? value) : copyOf(value);
      case 'time':
        return typeof value === 'string' ? formatTime(value, microTimes.has(name)) : copyOf(value);
      case 'bytes':
        return typeof value === 'string' ? Buffer.from(value, 'base64').toString('base64') : copyOf(value);
      default:
        return typeof value === 'string' && microTimes.has(name) ? formatTime(value, true) : copyOf(value);
    }
  };

  return { decode: decodeObject };
}

function readLetters(facts: SandboxFacts, type: ObjectType): Letters {
  const given = facts.codec(type.name);
  if (given === undefined) return { byField: new Map(), always: [] };
  const fields = typeof given === 'string' ? '' : [...type.fieldNames].sort().join(' ');
  const text = typeof given === 'string' ? given : given.find(([each]) => each === fields)?.[1];
  const letters = new Map<string, string>();
  for (const part of text ? text.split(',') : []) {
    const [letter = '', ...names] = part.split(' ');
    for (const name of names) letters.set(name, letter);
  }
  return { byField: letters, always: [...letters].filter(([, letter]) => letter !== 'p' && letter !== 'z') };
}

/** A copy that may be changed. */
export function copyOf(value: JsonValue): DraftValue {
  if (isList(value)) return value.map(copyOf);
  return isJsonObject(value) ? mapValues(value, copyOf) : value;
}

function mapValues(object: JsonObject, change: (value: JsonValue) => DraftValue): Draft {
  const draft: Draft = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) draft[key] = change(value);
  return draft;
}

function isZero(value: DraftValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false || value === null;
}

/** In UTC, with whole seconds or with six digits of a second. */
function formatTime(text: string, isMicro: boolean): string {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return text;
  const seconds = new Date(milliseconds).toISOString().slice(0, 19);
  if (!isMicro) return `${seconds}Z`;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${seconds}.${fraction.padEnd(6, '0').slice(0, 6)}Z`;
}
