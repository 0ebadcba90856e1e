/**
 * The bodies that Kubernetes' clients send as `application/vnd.kubernetes.protobuf`, as the JSON that the same client would
 * have sent (apimachinery v0.34, pkg/runtime/serializer/protobuf: four bytes, then a `runtime.Unknown` with the object in
 * it). Zeros that Go leaves out of JSON are left out. Nothing is written in protobuf: answers are JSON.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { parseJson, type JsonObject } from '../../../core/live/json.js';
import { assert } from '../../../core/base/assert.js';
import { copyOf, type Draft, type DraftValue } from '../codec.js';
import type { Message, MessageFacts, MessageField } from './messageFacts.js';

/** A body that was read, or why it can't be, in a real server's words where it has some. */
export type ReadMessage =
  | { readonly kind: 'read'; readonly value: JsonObject }
  /** It isn't even an object. */
  | { readonly kind: 'unrecognized'; readonly why: string }
  /** It says that it is an object of a kind, and isn't one that is known. */
  | { readonly kind: 'broken'; readonly apiVersion: string; readonly name: string; readonly why: string };

/** What a body is that says nothing of itself. */
export interface ExpectedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

const magic = Buffer.from('k8s\0');
/** Far beyond what schemas of definitions nest. */
const deepest = 100;

/** Reads a body. One that doesn't say what it is, is taken as what the endpoint expects. */
export function readMessageBody(bytes: Uint8Array, expected: ExpectedKind, facts: MessageFacts): ReadMessage {
  if (bytes.length === 0) return { kind: 'unrecognized', why: 'empty data' };
  if (!magic.equals(bytes.subarray(0, magic.length))) {
    return { kind: 'unrecognized', why: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]' };
  }
  if (bytes.length === magic.length) return { kind: 'unrecognized', why: 'empty body' };
  const envelope = attempt(() => readEnvelope(bytes.subarray(magic.length)));
  if (typeof envelope === 'string') return { kind: 'unrecognized', why: envelope };
  const apiVersion = envelope.apiVersion || expected.apiVersion;
  const name = envelope.kind || expected.kind;
  const message = facts.message(facts.ofKind(apiVersion, name) ?? '');
  if (!message) return { kind: 'broken', apiVersion, name, why: `no kind "${name}" is registered for version "${apiVersion}"` };
  const value = attempt(() => new Reader(facts, envelope.raw).readAll(message));
  return typeof value === 'string' ? { kind: 'broken', apiVersion, name, why: value } : { kind: 'read', value: { ...value, apiVersion, kind: name } };
}

/** What is wrong with the bytes, where we find it rather than the library. */
class WireFault extends Error {}

/** The value, or what is wrong with the bytes. */
function attempt<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireFault) return error.message;
    // the library throws plain errors and RangeErrors, for bytes that end too early, a tag or a number that is none
    if (error instanceof Error && (error instanceof RangeError || error.name === 'Error')) return error.message === 'premature EOF' ? endsEarly : `proto: ${error.message}`;
    throw error;
  }
}

const endsEarly = 'unexpected EOF';

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/** `runtime.Unknown`: the type in 1, the object in 2. */
function readEnvelope(bytes: Uint8Array): Envelope {
  const parts = bytesByNumber(bytes);
  const type = bytesByNumber(parts.get(1) ?? new Uint8Array());
  const textOf = (number: number): string => Buffer.from(type.get(number) ?? []).toString('utf8');
  return { apiVersion: textOf(1), kind: textOf(2), raw: parts.get(2) ?? new Uint8Array() };
}

/** The fields of a message that hold bytes; the last of each number. */
function bytesByNumber(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const wire = new BinaryReader(bytes);
  while (wire.pos < wire.len) {
    const [number, type] = wire.tag();
    if (type === WireType.LengthDelimited) found.set(number, wire.bytes());
    else wire.skip(type, number);
  }
  return found;
}

/** Reads the messages of one body. */
class Reader {
  readonly #wire: BinaryReader;

  constructor(
    private readonly facts: MessageFacts,
    bytes: Uint8Array,
  ) {
    this.#wire = new BinaryReader(bytes);
  }

  readAll(message: Message): Draft {
    const draft: Draft = {};
    this.#fields(message, this.#wire.len, 0, draft);
    return draft;
  }

  #fields(message: Message, end: number, depth: number, into: Draft): void {
    if (depth > deepest) throw new WireFault('proto: nested too deeply');
    this.#until(end, (number, type) => {
      const field = message.get(number);
      if (!field) return false;
      if (type !== wireTypeOf(field)) throw new WireFault(`proto: wrong wireType = ${type} for field ${field.name}`);
      this.#field(field, depth, into);
      return true;
    });
  }

  /** Goes through fields; those that `read` knows nothing of are skipped. */
  #until(end: number, read: (number: number, type: WireType) => boolean): void {
    while (this.#wire.pos < end) {
      const [number, type] = this.#wire.tag();
      if (!read(number, type)) this.#wire.skip(type, number);
    }
    if (this.#wire.pos > end) throw new WireFault(endsEarly);
  }

  #field({ name, code, many, isPointer }: MessageField, depth: number, into: Draft): void {
    if (name === '-') return this.#fields(this.#message(code), this.#end(), depth + 1, into);
    const before = into[name];
    if (many === 'map') return this.#entry(code, depth, isMap(before) ? before : set(into, name, {}));
    const value = this.#value(code, depth);
    if (value === undefined) return undefined;
    if (many === undefined) return isPointer || !isZero(value, code) ? void set(into, name, value) : undefined;
    if (Array.isArray(before)) before.push(value);
    else set(into, name, [value]);
    return undefined;
  }

  /** A message with the key in 1 and the value in 2. */
  #entry(code: string, depth: number, into: Draft): void {
    let key = '';
    let value: DraftValue | undefined;
    this.#until(this.#end(), (number, type) => {
      if (number === 1 && type === WireType.LengthDelimited) key = this.#wire.string();
      else if (number === 2 && type === wireTypeOf({ code, many: undefined })) value = this.#value(code, depth);
      else return false;
      return true;
    });
    set(into, key, value ?? zeroOf(code));
  }

  /** Undefined for what is nothing in JSON: a time that isn't set. */
  #value(code: string, depth: number): DraftValue | undefined {
    switch (code) {
      case 's':
        return this.#wire.string();
      case 'i':
        return Number(this.#wire.int64());
      case 'b':
        return this.#wire.bool();
      case 'd':
        return finite(this.#wire.double());
      case 'y':
        return Buffer.from(this.#wire.bytes()).toString('base64');
      default: {
        const parts: Draft = {};
        this.#fields(this.#message(code), this.#end(), depth + 1, parts);
        const form = forms[code];
        return form ? form(parts) : parts;
      }
    }
  }

  /** Where what follows ends, which says its length first. */
  #end(): number {
    const length = this.#wire.uint32();
    const end = this.#wire.pos + length;
    if (end > this.#wire.len) throw new WireFault(endsEarly);
    return end;
  }

  #message(name: string): Message {
    const message = this.facts.message(name);
    assert(message, `the message ${name} is in the table`);
    return message;
  }
}

function wireTypeOf({ code, many }: Pick<MessageField, 'code' | 'many'>): WireType {
  if (many === 'map') return WireType.LengthDelimited;
  if (code === 'i' || code === 'b') return WireType.Varint;
  return code === 'd' ? WireType.Bit64 : WireType.LengthDelimited;
}

/** Messages that JSON has as something else, made of their fields. */
const forms: Readonly<Record<string, (parts: Draft) => DraftValue | undefined>> = {
  t: (parts) => timeOf(parts, 0),
  u: (parts) => timeOf(parts, 6),
  q: ({ string = '0' }) => string,
  o: ({ type, intVal = 0, strVal = '' }) => (type === 1 ? strVal : intVal),
  r: ({ raw }) => (typeof raw === 'string' ? jsonOf(raw) : undefined),
  w: ({ items = [] }) => items,
  JSONSchemaPropsOrArray: ({ Schema = null, JSONSchemas = Schema }) => JSONSchemas,
  JSONSchemaPropsOrBool: ({ Allows = false, Schema = Allows }) => Schema,
  JSONSchemaPropsOrStringArray: ({ Schema = null, Property = Schema }) => Property,
};

/** As Go prints times in JSON: in UTC, with so many digits of a second. */
function timeOf({ seconds = 0, nanos = 0 }: Draft, digits: number): string | undefined {
  const [whole, rest] = [Number(seconds), Number(nanos)];
  if (whole === 0 && rest === 0) return undefined;
  const date = new Date(whole * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) throw new WireFault('proto: a time that is none');
  const fraction = digits === 0 ? '' : `.${String(rest).padStart(9, '0').slice(0, digits)}`;
  return `${date.toISOString().slice(0, 19)}${fraction}Z`;
}

function jsonOf(text: string): DraftValue {
  const value = parseJson(text);
  if (value === undefined) throw new WireFault(`a part that should be JSON is not: ${text.slice(0, 60)}`);
  return copyOf(value);
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new WireFault(`json: unsupported value: ${value}`);
  return value;
}

/** What Go leaves out of JSON where it isn't a pointer. */
function isZero(value: DraftValue, code: string): boolean {
  if (value === '' || value === 0 || value === false) return code.length === 1 && 'sibdy'.includes(code);
  return code.length > 1 && isMap(value) && Object.keys(value).length === 0;
}

/** The value of a map's entry that doesn't say it. */
function zeroOf(code: string): DraftValue {
  switch (code) {
    case 's':
    case 'y':
      return '';
    case 'i':
    case 'd':
      return 0;
    case 'b':
      return false;
    default:
      return forms[code]?.({}) ?? {};
  }
}

function isMap(value: DraftValue | undefined): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a field, whatever its name: `__proto__` is one like any other in JSON. */
function set<T extends DraftValue>(into: Draft, name: string, value: T): T {
  Object.defineProperty(into, name, { value, writable: true, enumerable: true, configurable: true });
  return value;
}
