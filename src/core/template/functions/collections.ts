/**
 * sprig's functions on lists and maps (Masterminds/sprig v3.3.0 list.go, dict.go, defaults.go, reflect.go; merging by
 * dario.cat/mergo v1.0.1). Where Go goes through a map in no order, the keys are taken in their order.
 */
import { formatValue, sortedKeys, typeName } from '../format.js';
import { compareText } from '../goText.js';
import { Failure, ListValue, MapValue, Text, type Maybe, type TemplateFunction, type Value } from '../values.js';
import { alias, areDeepEqual, boolOf, define, given, isEmpty, kindOf, listOf, stored, textList, textValue } from './define.js';
import { textsOf } from './strings.js';
import { toInteger } from './convert.js';

type Answer = Maybe | Failure;

/** The entries of a list, or Go's words for a value that is none. */
function entriesOf(value: Maybe, verb: string): readonly Value[] | Failure {
  if (value?.kind === 'list') return value.items;
  return value === undefined || value.kind === 'nil' ? new Failure('runtime error: invalid memory address or nil pointer dereference') : new Failure(`${verb} ${kindOf(value)}`);
}

/** A function on a list, with its `must` twin. */
function onList(
  signature: string,
  types: string,
  verb: string,
  summary: string,
  position: number,
  answer: (items: readonly Value[], args: readonly Maybe[]) => Answer,
): readonly TemplateFunction[] {
  const plain = define(signature, types, summary, (args) => {
    const items = entriesOf(args.at(position), verb);
    return items instanceof Failure ? items : answer(items, args.all);
  });
  return [plain, alias(`must${plain.name.charAt(0).toUpperCase()}${plain.name.slice(1)}`, plain)];
}

function isIn(items: readonly Maybe[], value: Maybe): boolean {
  return items.some((item) => areDeepEqual(value, item));
}

const lists: readonly TemplateFunction[] = [
  define('list VALUE...', 'any...', 'A list of its arguments.', (args) => listOf(args.all.map(stored))),
  define('tuple VALUE...', 'any...', 'A list of its arguments.', (args) => listOf(args.all.map(stored))),
  ...onList('append LIST VALUE', 'any any', 'Cannot push on type', 'A new list with a value at its end.', 0, (items, [, value]) => listOf([...items, stored(value)])),
  ...onList('push LIST VALUE', 'any any', 'Cannot push on type', 'A new list with a value at its end.', 0, (items, [, value]) => listOf([...items, stored(value)])),
  ...onList('prepend LIST VALUE', 'any any', 'Cannot prepend on type', 'A new list with a value at its beginning.', 0, (items, [, value]) => listOf([stored(value), ...items])),
  ...onList('first LIST', 'any', 'Cannot find first on type', 'The first entry of a list.', 0, (items) => given(items[0])),
  ...onList('last LIST', 'any', 'Cannot find last on type', 'The last entry of a list.', 0, (items) => given(items.at(-1))),
  ...onList('rest LIST', 'any', 'Cannot find rest on type', 'A list without its first entry.', 0, (items) => (items.length === 0 ? nilList : listOf(items.slice(1)))),
  ...onList('initial LIST', 'any', 'Cannot find initial on type', 'A list without its last entry.', 0, (items) => (items.length === 0 ? nilList : listOf(items.slice(0, -1)))),
  ...onList('reverse LIST', 'any', 'Cannot find reverse on type', 'A list from its end to its beginning.', 0, (items) => listOf(items.toReversed())),
  ...onList('compact LIST', 'any', 'Cannot compact on type', 'A list without its empty entries.', 0, (items) => listOf(items.filter((item) => !isEmpty(item)))),
  ...onList('uniq LIST', 'any', 'Cannot find uniq on type', 'A list with each entry once.', 0, (items) => {
    const kept: Value[] = [];
    for (const item of items) if (!isIn(kept, item)) kept.push(item);
    return listOf(kept);
  }),
  ...onList('without LIST VALUE...', 'any any...', 'Cannot find without on type', 'A list without some values.', 0, (items, [, ...omitted]) =>
    listOf(items.filter((item) => !isIn(omitted, item))),
  ),
  define('has VALUE LIST', 'any any', 'True where the list has the value as an entry.', (args) => hasEntry(args.at(0), args.at(1))),
  define('mustHas VALUE LIST', 'any any', 'True where the list has the value as an entry.', (args) => hasEntry(args.at(0), args.at(1))),
  define('slice LIST FROM TO', 'any any...', 'The entries of a list from an index up to but without another one.', (args) => sliceList(args.at(0), args.rest(1))),
  define('mustSlice LIST FROM TO', 'any any...', 'The entries of a list from an index up to but without another one.', (args) => sliceList(args.at(0), args.rest(1))),
  define('chunk SIZE LIST', 'int any', 'The list cut into lists of a size.', (args) => chunkList(args.count(0), args.at(1))),
  define('mustChunk SIZE LIST', 'int any', 'The list cut into lists of a size.', (args) => chunkList(args.count(0), args.at(1))),
  define('concat LIST...', 'any...', 'One list of the entries of several.', (args) => {
    const items: Value[] = [];
    for (const list of args.all) {
      if (list?.kind !== 'list')
        return new Failure(
          list === undefined || list.kind === 'nil' ? 'runtime error: invalid memory address or nil pointer dereference' : `Cannot concat type ${kindOf(list)} as list`,
        );
      items.push(...list.items);
    }
    return items.length === 0 ? nilList : listOf(items);
  }),
  define('sortAlpha LIST', 'any', 'The entries of a list as texts in alphabetical order.', (args) => {
    const value = args.at(0);
    return value?.kind === 'list' ? textList(textsOf(value).toSorted((a, b) => compareText(a.text, b.text))) : textList([textValue(value)]);
  }),
];

const nilList = new ListValue([], undefined, { goType: '[]interface {}', elementType: 'interface {}', isNil: true });

function hasEntry(value: Maybe, list: Maybe): Answer {
  if (list === undefined || list.kind === 'nil') return boolOf(false);
  return list.kind === 'list' ? boolOf(isIn(list.items, value)) : new Failure(`Cannot find has on type ${kindOf(list)}`);
}

function sliceList(list: Maybe, indexes: readonly Maybe[]): Answer {
  const items = entriesOf(list, 'list should be type of slice or array but');
  if (items instanceof Failure) return items;
  if (items.length === 0 || list?.kind !== 'list') return undefined;
  const start = indexes.length > 0 ? Number(toInteger(indexes[0])) : 0;
  const end = indexes.length > 1 ? Number(toInteger(indexes[1])) : items.length;
  if (start < 0 || end < start || end > items.length) return new Failure('reflect.Value.Slice: slice index out of bounds');
  return new ListValue(items.slice(start, end), list.node, list);
}

function chunkList(size: number, list: Maybe): Answer {
  const items = entriesOf(list, 'Cannot chunk type');
  if (items instanceof Failure) return items;
  if (size <= 0) return new Failure(size === 0 ? 'runtime error: makeslice: len out of range' : 'runtime error: makeslice: len out of range');
  const chunks: Value[] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(listOf(items.slice(at, at + size)));
  return new ListValue(chunks, undefined, { goType: '[][]interface {}', elementType: '[]interface {}' });
}

const deepest = 200;

/** mergo's merge of one map into another, which it changes. */
export function mergeMaps(target: MapValue, source: MapValue, overwrites: boolean, depth = 0, seen = new Map<MapValue, Set<MapValue>>()): void {
  const before = seen.get(target) ?? new Set<MapValue>();
  // maps that hold one map many times are merged with it once
  if (depth > deepest || before.has(source)) return;
  seen.set(target, before.add(source));
  for (const key of sortedKeys(source.entries)) {
    const value = source.entries.get(key);
    const old = target.entries.get(key);
    if (value === undefined) continue;
    if (value.kind === 'nil') {
      if (overwrites) target.entries.set(key, value);
      continue;
    }
    if (value.kind === 'map' && old?.kind === 'map' && value !== old) mergeMaps(old, value, overwrites, depth + 1, seen);
    if (value.kind === 'list' && (overwrites || target.entries.size === 0)) target.entries.set(key, value);
    if (old && !isEmpty(old) && (value.kind === 'list' || (value.kind === 'map' && old.kind === 'map'))) continue;
    if (overwrites || !old || isEmpty(old)) target.entries.set(key, value);
  }
}

function copyDeep(value: Value): Value {
  if (value.kind === 'map') {
    return value.isNil ? value : new MapValue(() => new Map([...value.entries].map(([key, entry]) => [key, copyDeep(entry)])), value.node, value);
  }
  return value.kind === 'list' ? new ListValue(value.items.map(copyDeep), value.node, value) : value;
}

const zeroReflect = new Failure('reflect: call of reflect.Value.Type on zero Value');
const nilMapWrite = new Failure('assignment to entry in nil map');

const maps: readonly TemplateFunction[] = [
  define('dict KEY VALUE...', 'any...', 'A map of keys and values that stand in turns.', (args) => {
    const entries = new Map<string, Value>();
    for (let at = 0; at < args.all.length; at += 2) entries.set(textValue(args.at(at)).text, at + 1 < args.all.length ? stored(args.at(at + 1)) : new Text(''));
    return new MapValue(entries);
  }),
  define('get MAP KEY', 'map string', 'The value of a key, or an empty text.', (args) => {
    const found = args.map(0).entries.get(args.string(1));
    return found ? given(found) : new Text('');
  }),
  define('set MAP KEY VALUE', 'map string any', 'Sets a key of a map, for all who hold it, and gives the map.', (args) => {
    const map = args.map(0);
    if (map.isNil) return nilMapWrite;
    map.entries.set(args.string(1), stored(args.at(2)));
    return map;
  }),
  define('unset MAP KEY', 'map string', 'Removes a key from a map, for all who hold it, and gives the map.', (args) => {
    args.map(0).entries.delete(args.string(1));
    return args.map(0);
  }),
  define('hasKey MAP KEY', 'map string', 'True where the map has the key.', (args) => boolOf(args.map(0).entries.has(args.string(1)))),
  define('pluck KEY MAP...', 'string map...', 'The values of one key in several maps.', (args) =>
    listOf(
      args.rest(1).flatMap((map) => {
        const value = map?.kind === 'map' ? map.entries.get(args.string(0)) : undefined;
        return value ? [value] : [];
      }),
    ),
  ),
  define('keys MAP...', 'map...', 'The keys of maps.', (args) =>
    textList(args.all.flatMap((map) => (map?.kind === 'map' ? sortedKeys(map.entries).map((key) => keyText(map, key)) : []))),
  ),
  define('values MAP', 'map', 'The values of a map.', (args) => listOf(sortedKeys(args.map(0).entries).map((key) => stored(args.map(0).entries.get(key))))),
  define('pick MAP KEY...', 'map string...', 'A new map of some of the keys.', (args) => {
    const wanted = new Set(args.rest(1).map((key) => textValue(key).text));
    return new MapValue(new Map([...args.map(0).entries].filter(([key]) => wanted.has(key))), args.map(0).node);
  }),
  define('omit MAP KEY...', 'map string...', 'A new map without some of the keys.', (args) => {
    const unwanted = new Set(args.rest(1).map((key) => textValue(key).text));
    return new MapValue(new Map([...args.map(0).entries].filter(([key]) => !unwanted.has(key))), args.map(0).node);
  }),
  ...(['merge', 'mustMerge'] as const).map((name) =>
    define(`${name} MAP SOURCE...`, 'map map...', 'Adds to a map what it lacks of others, the first ones first; changes it.', (args) => {
      for (const source of args.rest(1)) if (source?.kind === 'map') mergeMaps(args.map(0), source, false);
      return args.map(0);
    }),
  ),
  ...(['mergeOverwrite', 'mustMergeOverwrite'] as const).map((name) =>
    define(`${name} MAP SOURCE...`, 'map map...', 'Sets in a map what others have, the last ones win; changes it.', (args) => {
      for (const source of args.rest(1)) if (source?.kind === 'map') mergeMaps(args.map(0), source, true);
      return args.map(0);
    }),
  ),
  ...(['deepCopy', 'mustDeepCopy'] as const).map((name) =>
    define(`${name} VALUE`, 'any', 'A copy of a value with all that is in it.', (args) => {
      const value = args.at(0);
      return value === undefined ? zeroReflect : copyDeep(value);
    }),
  ),
  define('dig KEY... DEFAULT MAP', 'any...', 'The value at the end of a way of keys, or a default where a key is missing.', (args) => dig(args.all)),
];

function keyText(map: MapValue, key: string): Text {
  const node = map.keyNode(key);
  return node ? new Text(key, [{ start: 0, end: key.length, site: undefined, node, isExact: true }]) : new Text(key);
}

function conversionFailure(value: Maybe, wanted: string): Failure {
  const isNil = value === undefined || value.kind === 'nil';
  return new Failure(`interface conversion: interface {} is ${isNil ? 'nil' : typeName(value)}, not ${wanted}`);
}

function dig(all: readonly Maybe[]): Answer {
  if (all.length < 3) return new Failure('dig needs at least three arguments');
  let map = all.at(-1);
  if (map?.kind !== 'map') return conversionFailure(map, 'map[string]interface {}');
  const keys = all.slice(0, -2);
  const wrong = keys.find((key) => key?.kind !== 'string');
  if (keys.some((key) => key?.kind !== 'string')) return conversionFailure(wrong, 'string');
  for (const [index, key] of keys.entries()) {
    if (map?.kind !== 'map') return conversionFailure(map, 'map[string]interface {}');
    const found: Value | undefined = map.entries.get(formatValue(key));
    if (!found) return all.at(-2);
    if (index === keys.length - 1) return given(found);
    map = found;
  }
  return undefined;
}

const defaults: readonly TemplateFunction[] = [
  define('default DEFAULT VALUE', 'any any...', 'The value, or the default where the value is empty.', (args) =>
    args.all.length < 2 || isEmpty(args.at(1)) ? args.at(0) : args.at(1),
  ),
  define('empty VALUE', 'any', 'True for false, 0, "", nil, and a list or map of nothing.', (args) => boolOf(isEmpty(args.at(0)))),
  define('coalesce VALUE...', 'any...', 'The first value that is not empty.', (args) => args.all.find((value) => !isEmpty(value))),
  define('all VALUE...', 'any...', 'True where no value is empty.', (args) => boolOf(!args.all.some(isEmpty))),
  define('any VALUE...', 'any...', 'True where some value is not empty.', (args) => boolOf(args.all.some((value) => !isEmpty(value)))),
  define('ternary YES NO CONDITION', 'any any bool', 'The first value where the condition is true, and the second otherwise.', (args) => (args.bool(2) ? args.at(0) : args.at(1))),
  define('typeOf VALUE', 'any', "The value's type in Go's words.", (args) => new Text(typeName(args.at(0)))),
  define('typeIs TYPE VALUE', 'string any', 'True where the value is of a type.', (args) => boolOf(args.string(0) === typeName(args.at(1)))),
  define('typeIsLike TYPE VALUE', 'string any', 'True where the value is of a type or a pointer to it.', (args) =>
    boolOf([args.string(0), `*${args.string(0)}`].includes(typeName(args.at(1)))),
  ),
  define('kindOf VALUE', 'any', "The value's kind: string, float64, map, slice, bool.", (args) => new Text(kindOf(args.at(0)))),
  define('kindIs KIND VALUE', 'string any', 'True where the value is of a kind.', (args) => boolOf(args.string(0) === kindOf(args.at(1)))),
  define('deepEqual A B', 'any any', 'True where two values and all that is in them are equal.', (args) => boolOf(areDeepEqual(args.at(0), args.at(1)))),
];

/** sprig's functions on lists, maps and defaults. */
export const collectionFunctions: readonly TemplateFunction[] = [...lists, ...maps, ...defaults];
