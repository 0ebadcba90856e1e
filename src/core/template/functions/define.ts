/** What tables of functions are written with. */
import { assert } from '../../base/assert.js';
import { bytesText, formatValue, textOf } from '../format.js';
import {
  Bool,
  Failure,
  Float,
  Int,
  ListValue,
  nil,
  type Text,
  type CallContext,
  type FunctionTable,
  type MapValue,
  type Maybe,
  type ParameterType,
  type TemplateFunction,
  type Value,
} from '../values.js';

/** The arguments of a call, each as the type that its parameter has. */
export class Arguments {
  constructor(
    readonly all: readonly Maybe[],
    readonly context: CallContext,
  ) {}

  at(index: number): Maybe {
    return this.all[index];
  }

  text(index: number): Text {
    const value = this.all[index];
    assert(value?.kind === 'string', `argument ${index} is no text`);
    return value;
  }

  string(index: number): string {
    return this.text(index).text;
  }

  int(index: number): bigint {
    const value = this.all[index];
    assert(value?.kind === 'int', `argument ${index} is no integer`);
    return value.value;
  }

  /** An integer that is a length or count: those beyond any text are cut to that. */
  count(index: number): number {
    const value = this.int(index);
    return value > 1n << 40n ? 2 ** 40 : value < -(1n << 40n) ? -(2 ** 40) : Number(value);
  }

  bool(index: number): boolean {
    const value = this.all[index];
    assert(value?.kind === 'bool', `argument ${index} is no boolean`);
    return value.value;
  }

  map(index: number): MapValue {
    const value = this.all[index];
    assert(value?.kind === 'map', `argument ${index} is no map`);
    return value;
  }

  list(index: number): ListValue {
    const value = this.all[index];
    assert(value?.kind === 'list', `argument ${index} is no list`);
    return value;
  }

  rest(from: number): readonly Maybe[] {
    return this.all.slice(from);
  }
}

type Answer = Maybe | Failure;

/**
 * A function of a table.
 * @param signature `NAME ARG ARG...`, for people
 * @param types the parameters, separated by blanks; a last one with `...` stands for any number
 */
export function define(signature: string, types: string, summary: string, answer: (args: Arguments) => Answer): TemplateFunction {
  const [name = ''] = signature.split(' ');
  const words = types === '' ? [] : types.split(' ');
  const last = words.at(-1);
  const variadic = last?.endsWith('...') === true ? parameterType(last.slice(0, -3)) : undefined;
  const parameters = (variadic === undefined ? words : words.slice(0, -1)).map(parameterType);
  return { name, parameters, variadic, signature, summary, call: (all, context) => answer(new Arguments(all, context)) };
}

const parameterTypes: readonly ParameterType[] = ['any', 'reflect', 'string', 'int', 'int64', 'uint32', 'float64', 'bool', 'map', 'list', 'time', 'certificate'];

function parameterType(word: string): ParameterType {
  const type = parameterTypes.find((each) => each === word);
  assert(type !== undefined, `${word} is no type of a parameter`);
  return type;
}

/** The same function under another name. */
export function alias(name: string, of: TemplateFunction): TemplateFunction {
  return { ...of, name, signature: `${name}${of.signature.slice(of.name.length)}` };
}

/** A table; of two functions with one name the later counts. */
export function makeTable(...groups: readonly (readonly TemplateFunction[])[]): FunctionTable {
  return new Map(groups.flat().map((each) => [each.name, each]));
}

/** A table without some of its functions. */
export function withoutFunctions(table: FunctionTable, ...names: readonly string[]): FunctionTable {
  return new Map([...table].filter(([name]) => !names.includes(name)));
}

/** A Go `int`. */
export function intOf(value: number | bigint, goType = 'int'): Int {
  return new Int(BigInt(value), goType);
}

/** A Go `bool`. */
export function boolOf(value: boolean): Bool {
  return new Bool(value);
}

/** A Go `float64`. */
export function floatOf(value: number): Float {
  return new Float(value);
}

/** A `[]string`. */
export function textList(texts: readonly Text[]): ListValue {
  return new ListValue(texts, undefined, { goType: '[]string', elementType: 'string' });
}

/** A `[]interface {}`. */
export function listOf(items: readonly Value[]): ListValue {
  return new ListValue(items);
}

/** What a list or map holds for a value that may be missing. */
export function stored(value: Maybe): Value {
  return value ?? nil;
}

/** What a function gives for an entry: nil as nothing. */
export function given(value: Maybe): Maybe {
  return value?.kind === 'nil' ? undefined : value;
}

/** The name of a value's kind as Go's reflect tells it. */
export function kindOf(value: Maybe): string {
  if (value === undefined || value.kind === 'nil') return 'invalid';
  switch (value.kind) {
    case 'string':
    case 'bool':
      return value.kind;
    case 'int':
      return value.goType === 'time.Duration' ? 'int64' : value.goType;
    case 'float':
      return 'float64';
    case 'complex':
      return 'complex128';
    case 'map':
      return 'map';
    case 'list':
      return 'slice';
    case 'time':
      return 'struct';
    case 'struct':
      return value.goType.startsWith('*') ? 'ptr' : 'struct';
  }
}

/** sprig's strval: a text as it is, bytes as a text, all else as `%v`. */
export function textValue(value: Maybe): Text {
  return value?.kind === 'list' && value.goType === '[]uint8' ? bytesText(value) : textOf(value);
}

/** sprig's empty. */
export function isEmpty(value: Maybe): boolean {
  if (value === undefined) return true;
  switch (value.kind) {
    case 'nil':
      return true;
    case 'string':
      return value.text === '';
    case 'int':
      return value.value === 0n;
    case 'float':
      return value.value === 0;
    case 'bool':
      return !value.value;
    case 'complex':
      return value.real === 0 && value.imaginary === 0;
    case 'map':
      return value.entries.size === 0;
    case 'list':
      return value.items.length === 0;
    case 'time':
    case 'struct':
      return false;
  }
}

/** What Go says where a nil pointer is followed. */
export const nilPointer = new Failure('runtime error: invalid memory address or nil pointer dereference');

/** reflect.DeepEqual. @param seen what is being compared, or was: values may hold one another, and many times the same */
export function areDeepEqual(a: Maybe, b: Maybe, seen = new Map<Value, Set<Value>>()): boolean {
  if (a === undefined || a.kind === 'nil' || b === undefined || b.kind === 'nil') return (a === undefined || a.kind === 'nil') && (b === undefined || b.kind === 'nil');
  if (a.kind !== b.kind || a.goType !== b.goType) return false;
  if (a.kind === 'map' || a.kind === 'list') {
    const others = seen.get(a) ?? new Set<Value>();
    if (others.has(b)) return true;
    seen.set(a, others.add(b));
  }
  if (a.kind === 'map' && b.kind === 'map') {
    return a.isNil === b.isNil && a.entries.size === b.entries.size && [...a.entries].every(([key, value]) => b.entries.has(key) && areDeepEqual(value, b.entries.get(key), seen));
  }
  if (a.kind === 'list' && b.kind === 'list')
    return a.isNil === b.isNil && a.items.length === b.items.length && a.items.every((item, index) => areDeepEqual(item, b.items[index], seen));
  if (a.kind === 'float' && b.kind === 'float') return a.value === b.value;
  return formatValue(a) === formatValue(b);
}
