/**
 * What a call of a function does to what its arguments stand for: most use them up, some hand them on (`default`, `deepCopy`),
 * some take a key of them (`index`, `get`, `dig`), some put together maps that are handed to other templates.
 */
import type { ArgumentNode, StringNode } from '../template/parse/nodes.js';
import { handedOn, itemOf, memberOf, unknown, anyKey, type Ref } from './refs.js';
import type { TemplateCall, UseMode } from './treeFacts.js';

/** An argument of a call. */
export interface Argument {
  readonly ref: Ref;
  readonly start: number;
  readonly end: number;
  /** Undefined for what a pipe brings. */
  readonly node: ArgumentNode | undefined;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** What functions need of who goes through the template. */
export interface Interpreter {
  /** A key named by a text. */
  step(base: Ref, node: StringNode): Ref;
  use(ref: Ref, mode: UseMode, place: Place, by: string): void;
  noteCall(call: Omit<TemplateCall, 'dotKey'>): void;
  join(refs: readonly Ref[], place: Place, by: string): Ref;
}

type Effect = (walk: Interpreter, args: readonly Argument[], place: Place, name: string) => Ref;

/** What a call gives. */
export function callFunction(walk: Interpreter, name: string, args: readonly Argument[], place: Place): Ref {
  return (effects.get(name) ?? useAll)(walk, args, place, name);
}

function textNode(argument: Argument | undefined): StringNode | undefined {
  const node = argument?.node;
  if (node?.kind === 'string') return node;
  const only = node?.kind === 'pipe' && node.variables.length === 0 && node.commands.length === 1 ? node.commands[0]?.args : undefined;
  return only?.length === 1 && only[0]?.kind === 'string' ? only[0] : undefined;
}

const useAll: Effect = (walk, args, place, name) => {
  for (const { ref, start, end } of args) walk.use(ref, 'whole', args.length === 1 ? place : { start, end }, name);
  return unknown;
};

const testAll: Effect = (walk, args, _, name) => {
  for (const { ref, start, end } of args) walk.use(ref, 'test', { start, end }, name);
  return unknown;
};

/** One of the arguments, after each was asked. */
const oneOf: Effect = (walk, args, place, name) => {
  for (const { ref, start, end } of args) walk.use(ref, 'test', { start, end }, name);
  return walk.join(
    args.map(({ ref }) => ref),
    place,
    name,
  );
};

const lastOf: Effect = (walk, args, place, name) => {
  for (const { ref, start, end } of args.slice(0, -1)) walk.use(ref, 'whole', { start, end }, name);
  const last = args.at(-1);
  if (last) walk.use(last.ref, 'test', place, name);
  return last?.ref ?? unknown;
};

/** The first argument, taken on by keys. */
const indexed: Effect = (walk, [base, ...keys], place, name) => {
  let ref = base?.ref ?? unknown;
  for (const key of keys) ref = keyed(walk, ref, key, place, name);
  return ref;
};

function keyed(walk: Interpreter, base: Ref, key: Argument | undefined, place: Place, name: string): Ref {
  const text = textNode(key);
  if (text) return walk.step(base, text);
  if (key) walk.use(key.ref, 'whole', key, name);
  if (key?.node?.kind !== 'number') walk.use(base, 'computed', place, name);
  return itemOf(base);
}

const member: Effect = (walk, [base, key], place, name) => keyed(walk, base?.ref ?? unknown, key, place, name);

const isThere: Effect = (walk, [base, key], place, name) => {
  const ref = keyed(walk, base?.ref ?? unknown, key, place, name);
  walk.use(ref, 'test', place, name);
  return unknown;
};

/** dig "a" "b" DEFAULT MAP */
const dug: Effect = (walk, args, place, name) => {
  const base = args.at(-1);
  const otherwise = args.at(-2);
  let ref = base?.ref ?? unknown;
  for (const key of args.slice(0, -2)) {
    ref = keyed(walk, ref, key, place, name);
    walk.use(ref, 'test', place, name);
  }
  return walk.join([ref, otherwise?.ref ?? unknown], place, name);
};

const picked: Effect = (walk, [base, ...keys], place, name) => {
  const entries = new Map<string, Ref>();
  if (base) walk.use(base.ref, 'keys', place, name);
  for (const key of keys) {
    const ref = keyed(walk, base?.ref ?? unknown, key, place, name);
    const text = textNode(key);
    walk.use(ref, text ? 'test' : 'whole', place, name);
    if (text) entries.set(text.text, ref);
    else walk.use(base?.ref ?? unknown, 'whole', place, name);
  }
  return { kind: 'dict', entries, isOwn: true };
};

/** A map without some of its keys: of a scope and of a map of the template's own what is left is known. */
const without: Effect = (walk, [base, ...keys], place, name) => {
  const names = keys.map((key) => textNode(key)?.text);
  for (const key of keys) if (!textNode(key)) walk.use(key.ref, 'whole', key, name);
  const entries = base && entriesOf(base.ref);
  if (entries && !names.includes(undefined)) return { kind: 'dict', entries: new Map([...entries].filter(([key]) => !names.includes(key))), isOwn: true };
  if (base) walk.use(base.ref, 'whole', place, name);
  return base?.ref ?? unknown;
};

const unsetKey: Effect = (walk, [base, key], place, name) => {
  const ref = base?.ref ?? unknown;
  const text = textNode(key);
  if (key && !text) walk.use(key.ref, 'whole', key, name);
  walk.use(text ? memberOf(ref, text.text) : memberOf(ref, anyKey), 'written', place, name);
  return ref;
};

/** What is in a map whose keys are known. */
function entriesOf(ref: Ref): ReadonlyMap<string, Ref> | undefined {
  if (ref.kind === 'dict') return ref.entries;
  return ref.kind === 'root' ? new Map(scopeNames.map((name) => [name, memberOf(ref, name)])) : undefined;
}

const scopeNames = ['Values', 'Chart', 'Release', 'Capabilities', 'Files', 'Template', 'Subcharts'];

const plucked: Effect = (walk, [key, ...maps], place, name) => {
  const refs = maps.map(({ ref }) => keyed(walk, ref, key, place, name));
  for (const ref of refs) walk.use(ref, 'test', place, name);
  return { kind: 'list', item: walk.join(refs, place, name) };
};

const newDict: Effect = (walk, args, place, name) => {
  const entries = new Map<string, Ref>();
  for (let at = 0; at < args.length; at += 2) {
    const [key, value] = [args[at], args[at + 1]];
    const text = textNode(key);
    if (text && value) entries.set(text.text, value.ref);
    else if (value) {
      if (key) walk.use(key.ref, 'whole', key, name);
      walk.use(value.ref, 'whole', place, name);
    }
  }
  return { kind: 'dict', entries, isOwn: true };
};

const setKey: Effect = (walk, [base, key, value], place, name) => {
  const ref = base?.ref ?? unknown;
  const text = textNode(key);
  if (key && !text) walk.use(key.ref, 'whole', key, name);
  const given = value?.ref ?? unknown;
  if (ref.kind === 'dict' && ref.isOwn && text && !holds(given, ref)) {
    ref.entries.set(text.text, given);
    return ref;
  }
  // Where it goes isn't followed.
  walk.use(given, 'whole', place, name);
  walk.use(text ? memberOf(ref, text.text) : memberOf(ref, anyKey), 'written', place, name);
  return ref;
};

/** True where a map is in it: no map is put into itself. */
function holds(ref: Ref, map: Ref, depth = 0): boolean {
  if (ref === map || depth > 10) return true;
  if (ref.kind === 'dict') return [...ref.entries.values()].some((entry) => holds(entry, map, depth + 1));
  if (ref.kind === 'list') return holds(ref.item, map, depth + 1);
  return ref.kind === 'union' && ref.refs.some((each) => holds(each, map, depth + 1));
}

/** The first map is changed: what the others bring is found there. */
const merged: Effect = (walk, args, place, name) => {
  const [first, ...others] = args;
  if (!first) return unknown;
  const own = entriesOf(first.ref);
  const given = others.map(({ ref }) => entriesOf(ref));
  if (!own || given.includes(undefined)) {
    // Who holds the map by another name sees what came into it as well.
    for (const { ref } of others) walk.use(ref, 'whole', place, name);
    if (first.ref.kind !== 'dict' || !first.ref.isOwn) {
      walk.use(first.ref, 'written', place, name);
      return first.ref;
    }
    const refs = others.map(({ ref }) => ref);
    return walk.join(own && own.size > 0 ? [first.ref, ...refs] : refs, place, name);
  }
  const isOwn = first.ref.kind === 'dict' && first.ref.isOwn;
  const into = first.ref.kind === 'dict' && isOwn ? first.ref.entries : new Map(own);
  for (const entries of given) {
    for (const [key, entry] of entries ?? []) {
      if (holds(entry, first.ref)) continue;
      into.set(key, walk.join([into.get(key) ?? unknown, entry], place, name));
      if (!isOwn && entry.kind !== 'root' && entry.kind !== 'member') walk.use(entry, 'test', place, name);
    }
  }
  return isOwn ? first.ref : { kind: 'dict', entries: into, isOwn: true };
};

const copied: Effect = (_, [base]) => handedOn(base?.ref ?? unknown);

const newList: Effect = (walk, args, place, name) => ({
  kind: 'list',
  item: walk.join(
    args.map(({ ref }) => ref),
    place,
    name,
  ),
});

const joinedLists: Effect = (walk, args, place, name) => ({
  kind: 'list',
  item: walk.join(
    args.map(({ ref, start, end }) => {
      walk.use(ref, 'keys', { start, end }, name);
      return itemOf(ref);
    }),
    place,
    name,
  ),
});

const extended: Effect = (walk, [base, item], place, name) => {
  if (base) walk.use(base.ref, 'keys', place, name);
  return { kind: 'list', item: walk.join([itemOf(base?.ref ?? unknown), item?.ref ?? unknown], place, name) };
};

const itemOfList: Effect = (walk, [base], place, name) => {
  if (base) walk.use(base.ref, 'keys', place, name);
  return itemOf(base?.ref ?? unknown);
};

const sameItems: Effect = (walk, args, place, name) => {
  for (const { ref } of args) walk.use(ref, 'keys', place, name);
  return { kind: 'list', item: itemOf(args.at(-1)?.ref ?? unknown) };
};

const keysOf: Effect = (walk, args, place, name) => {
  for (const { ref } of args) walk.use(ref, 'keys', place, name);
  return unknown;
};

const valuesOf: Effect = (walk, args, place, name) => {
  for (const { ref } of args) walk.use(ref, 'keys', place, name);
  return {
    kind: 'list',
    item: walk.join(
      args.map(({ ref }) => itemOf(ref)),
      place,
      name,
    ),
  };
};

const chosen: Effect = (walk, args, place, name) => {
  const [yes, no, test] = args;
  if (test) walk.use(test.ref, 'test', place, name);
  return walk.join([yes?.ref ?? unknown, no?.ref ?? unknown], place, name);
};

const included: Effect = (walk, [name, dot], place) => {
  const text = textNode(name);
  if (name && !text) walk.use(name.ref, 'whole', name, 'include');
  const named = text ?? name ?? place;
  walk.noteCall({ name: text?.text, nameStart: named.start, nameEnd: named.end, dot: handedOn(dot?.ref ?? unknown) });
  return unknown;
};

/** The text of a value is run as a template: that is looked at on its own, wherever values hold one. */
const runText: Effect = (walk, [text, dot], place, name) => {
  if (text) walk.use(text.ref, 'whole', place, name);
  if (dot) useBySide(walk, dot.ref, dot, name);
  return unknown;
};

/** What a text may name besides the scope that all texts are looked at with. */
function useBySide(walk: Interpreter, ref: Ref, place: Place, name: string): void {
  if (ref.kind === 'dict') for (const entry of ref.entries.values()) useBySide(walk, entry, place, name);
  else if (ref.kind === 'union') for (const each of ref.refs) useBySide(walk, each, place, name);
  else if (ref.kind === 'list') useBySide(walk, ref.item, place, name);
  else if (ref.kind === 'value' && ref.path.length > 0) walk.use(ref, 'whole', place, name);
}

const effects: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ...named(oneOf, 'and or default coalesce'),
  ...named(lastOf, 'required'),
  ...named(testAll, 'not empty kindIs kindOf typeIs typeOf typeIsLike'),
  ...named(indexed, 'index'),
  ...named(member, 'get'),
  ...named(isThere, 'hasKey'),
  ...named(dug, 'dig'),
  ...named(picked, 'pick'),
  ...named(without, 'omit'),
  ...named(unsetKey, 'unset'),
  ...named(plucked, 'pluck'),
  ...named(newDict, 'dict'),
  ...named(setKey, 'set'),
  ...named(merged, 'merge mustMerge mergeOverwrite mustMergeOverwrite'),
  ...named(copied, 'deepCopy mustDeepCopy'),
  ...named(newList, 'list tuple'),
  ...named(joinedLists, 'concat'),
  ...named(extended, 'append mustAppend push mustPush prepend mustPrepend'),
  ...named(itemOfList, 'first mustFirst last mustLast'),
  ...named(sameItems, 'rest mustRest initial mustInitial reverse mustReverse compact mustCompact uniq mustUniq sortAlpha'),
  ...named(keysOf, 'keys len'),
  ...named(valuesOf, 'values'),
  ...named(chosen, 'ternary'),
  ...named(included, 'include'),
  ...named(runText, 'tpl'),
]);

function named(effect: Effect, names: string): readonly (readonly [string, Effect])[] {
  return names.split(' ').map((name) => [name, effect]);
}
