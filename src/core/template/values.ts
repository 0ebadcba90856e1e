/**
 * The values that templates compute with: Go's types as far as they show, and for each value the YAML node that it comes
 * from. Texts carry spans: which part came from which node, and which action of which template wrote it
 * (docs/adr/0011-templates-carry-origins.md). `undefined` is Go's invalid value, {@link nil} a nil interface.
 */
import type { SourceText } from '../base/source.js';
import type { YamlNode } from '../yaml/nodes.js';
import type { TemplateCryptography } from './cryptography.js';
import type { AnyNode, Tree } from './parse/nodes.js';

/** An action or text of a template while it is executed, and what called the template: `include` by `include`. */
export interface Site {
  readonly tree: Tree;
  readonly node: AnyNode;
  /** The action that runs this template; undefined in the template that is rendered. */
  readonly caller: Site | undefined;
}

/** Where a part of a text comes from. Spans of a text are in order and do not overlap; offsets are UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What wrote the part; undefined for a text that no template has written yet. */
  readonly site: Site | undefined;
  /** The node whose value this is or was made of. */
  readonly node: YamlNode | undefined;
  /** Other nodes that went into it. */
  readonly also?: readonly YamlNode[] | undefined;
  /** True where the part is the node's own text and not made of it (encoded, cut, counted). */
  readonly isExact: boolean;
  /** True where the part was generated: random, or from the clock. */
  readonly isGenerated?: boolean | undefined;
  /** Of a template's own text: at which of its characters the part begins; 0 where it is missing. */
  readonly from?: number | undefined;
}

export class Text {
  readonly kind = 'string';
  readonly methods = undefined;
  constructor(
    readonly text: string,
    readonly spans: readonly Span[] = [],
    readonly goType = 'string',
  ) {}
}
export class Int {
  readonly kind = 'int';
  readonly methods = undefined;
  constructor(
    readonly value: bigint,
    readonly goType = 'int',
    readonly node?: YamlNode,
    /** True where it is random. */
    readonly isGenerated = false,
  ) {}
}
export class Float {
  readonly kind = 'float';
  readonly goType = 'float64';
  readonly methods = undefined;
  constructor(
    readonly value: number,
    readonly node?: YamlNode,
  ) {}
}
export class Bool {
  readonly kind = 'bool';
  readonly goType = 'bool';
  readonly methods = undefined;
  constructor(
    readonly value: boolean,
    readonly node?: YamlNode,
  ) {}
}
export class Complex {
  readonly kind = 'complex';
  readonly goType = 'complex128';
  readonly methods = undefined;
  readonly node = undefined;
  constructor(
    readonly real: number,
    readonly imaginary: number,
  ) {}
}
/** A nil interface; a missing field of a map where `missingkey=zero`. */
export class Nil {
  readonly kind = 'nil';
  readonly goType = 'interface {}';
  readonly methods = undefined;
  constructor(readonly node?: YamlNode) {}
}
/** What a value can be asked for by name beside its fields. */
export type Methods = ReadonlyMap<string, TemplateFunction>;

export interface Typing {
  readonly goType: string;
  /** The type of what is in it: `interface {}`, `string`. */
  readonly elementType: string;
  readonly methods?: Methods | undefined;
  /** A nil map or slice. */
  readonly isNil?: boolean | undefined;
}

const anyMap: Typing = { goType: 'map[string]interface {}', elementType: 'interface {}' };
const anyList: Typing = { goType: '[]interface {}', elementType: 'interface {}' };

/** A map by reference, as in Go: `set` changes it for all who hold it. */
export class MapValue {
  readonly kind = 'map';
  readonly goType: string;
  readonly elementType: string;
  readonly methods: Methods | undefined;
  readonly isNil: boolean;
  #entries: Map<string, Value> | undefined;
  readonly #read: () => Map<string, Value>;

  /** @param entries the fields, or how to read them when they are asked for */
  constructor(
    entries: Map<string, Value> | (() => Map<string, Value>),
    readonly node?: YamlNode,
    typing: Typing = anyMap,
  ) {
    this.#entries = entries instanceof Map ? entries : undefined;
    this.#read = entries instanceof Map ? () => entries : entries;
    this.goType = typing.goType;
    this.elementType = typing.elementType;
    this.methods = typing.methods;
    this.isNil = typing.isNil ?? false;
  }

  get entries(): Map<string, Value> {
    return (this.#entries ??= this.#read());
  }

  /** The node of the key `key`, where the map comes from YAML and has it. */
  keyNode(key: string): YamlNode | undefined {
    return this.node?.kind === 'map' ? this.node.pair(key)?.key : undefined;
  }
}

export class ListValue {
  readonly kind = 'list';
  readonly goType: string;
  readonly elementType: string;
  readonly methods: Methods | undefined;
  readonly isNil: boolean;
  #items: readonly Value[] | undefined;
  readonly #read: () => readonly Value[];

  /** @param items what is in it, or how to read it when it is asked for: the bytes of a file */
  constructor(
    items: readonly Value[] | (() => readonly Value[]),
    readonly node?: YamlNode,
    typing: Typing = anyList,
  ) {
    this.#items = typeof items === 'function' ? undefined : items;
    this.#read = typeof items === 'function' ? items : () => items;
    this.goType = typing.goType;
    this.elementType = typing.elementType;
    this.methods = typing.methods;
    this.isNil = typing.isNil ?? false;
  }

  get items(): readonly Value[] {
    return (this.#items ??= this.#read());
  }
}

/** A moment with the offset of its zone. */
export class Time {
  readonly kind = 'time';
  readonly goType = 'time.Time';
  readonly methods = undefined;
  readonly node = undefined;
  constructor(
    /** Nanoseconds since 1970 in UTC. */
    readonly nanoseconds: bigint,
    readonly zone: { readonly name: string; readonly offsetSeconds: number },
    readonly isGenerated = false,
  ) {}
}

/** A Go struct, such as a chart's metadata: fields in their order. */
export class Struct {
  readonly kind = 'struct';
  constructor(
    readonly fields: ReadonlyMap<string, Value>,
    readonly goType: string,
    readonly methods: Methods | undefined = undefined,
    readonly node?: YamlNode,
    /** What its String method gives, where it has one. */
    readonly shown?: string,
  ) {}
}

export type Value = Text | Int | Float | Bool | Complex | Nil | MapValue | ListValue | Time | Struct;

/** An argument or result: undefined is Go's invalid value, and what an `interface {}` parameter gets for nil. */
export type Maybe = Value | undefined;

/** Why a function refuses; its words stand behind `error calling NAME: `. */
export class Failure {
  constructor(
    readonly message: string,
    /** The mistake inside of a template that the function ran. */
    readonly cause?: TemplateError,
    /** True where this engine, and not Go, is the one that refuses. */
    readonly isUnsupported = false,
  ) {}
}

/** What stopped the rendering of a template. */
export interface TemplateError {
  /** Go's message, byte for byte. */
  readonly message: string;
  /** The part of it behind the places. */
  readonly reason: string;
  /** The innermost place: the text and offsets in it; undefined where no template is concerned. */
  readonly source: SourceText | undefined;
  readonly start: number;
  readonly end: number;
  /** The action that ran the template of the place, and so on outwards. */
  readonly caller: Site | undefined;
  /** `budget` where a limit of this engine was exceeded, `unsupported` where it cannot do what Go does. */
  readonly kind: 'parse' | 'execute' | 'budget' | 'unsupported';
}

/** Parameter types as Go writes them; `reflect` takes a value as it is, nil and missing ones included. */
export type ParameterType = 'any' | 'reflect' | 'string' | 'int' | 'int64' | 'uint32' | 'float64' | 'bool' | 'map' | 'list' | 'time' | 'certificate';

/** What a function may ask of the rendering that calls it. */
export interface CallContext {
  /** The action that calls. */
  readonly site: Site;
  /** Nanoseconds since 1970, from the caller of the rendering. */
  readonly now: bigint;
  /** The next random number, from 0 up to but without 1. */
  readonly random: () => number;
  /** Keys, certificates and ciphers; undefined where whoever renders has none. */
  readonly cryptography: TemplateCryptography | undefined;
  /** Runs a named template: what `include` stands on. */
  readonly execute: (name: string, data: Maybe) => Text | Failure;
  /** Reads a text as a template with all that is defined here and runs it: what `tpl` stands on. */
  readonly executeText: (template: Text, data: Maybe) => Text | Failure;
  /** Counts work against the budget; a failure once it is used up. */
  readonly spend: (steps: number) => Failure | undefined;
}

export interface TemplateFunction {
  readonly name: string;
  readonly parameters: readonly ParameterType[];
  /** The type of further arguments; undefined: there are none. */
  readonly variadic?: ParameterType | undefined;
  /** How it is written, for people: `indent SPACES TEXT`. */
  readonly signature: string;
  /** One sentence on what it does. */
  readonly summary: string;
  readonly call: (args: readonly Maybe[], context: CallContext) => Maybe | Failure;
}

/** A set of functions by their names. */
export type FunctionTable = ReadonlyMap<string, TemplateFunction>;

/** A nil interface of no origin. */
export const nil = new Nil();

/** The nodes that a value's own text stands for. */
export function nodeOf(value: Maybe): YamlNode | undefined {
  if (value === undefined) return undefined;
  return value.kind === 'string' ? value.spans.find((span) => span.node)?.node : value.node;
}

/** True for what is random, from the clock, or was made of that. */
export function isGenerated(value: Maybe): boolean {
  if (value?.kind === 'string') return value.spans.some((span) => span.isGenerated === true);
  return (value?.kind === 'int' || value?.kind === 'time') && value.isGenerated;
}

/** A text that comes as a whole from a node. */
export function textOfNode(text: string, node: YamlNode | undefined): Text {
  return node ? new Text(text, [{ start: 0, end: text.length, site: undefined, node, isExact: true }]) : new Text(text);
}

/** True for "" and false and 0 and nil and what is empty: what `if` takes for false (text/template isTrue). */
export function isTrue(value: Maybe): boolean {
  if (value === undefined) return false;
  switch (value.kind) {
    case 'nil':
      return false;
    case 'string':
      return value.text.length > 0;
    case 'int':
      return value.value !== 0n;
    case 'float':
      return value.value !== 0;
    case 'bool':
      return value.value;
    case 'complex':
      return value.real !== 0 || value.imaginary !== 0;
    case 'map':
      return value.entries.size > 0;
    case 'list':
      return value.items.length > 0;
    case 'time':
    case 'struct':
      return true;
  }
}
