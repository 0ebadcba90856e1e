/**
 * What an expression of a template stands for, as far as it can be told without running it: a place in the values, a member of
 * a built-in object, a map that the template puts together. What can't be told is `unknown`, never guessed.
 */

/** Keys from the values of the outermost chart down. */
export type KeyPath = readonly string[];

/** In a path: any key or item, one that a loop or a computed index takes. No key of a file is equal to it. */
export const anyKey = '\0*';

export type Ref =
  /** The whole scope of the templates of a chart; `unit` is where that chart's values lie. */
  | { readonly kind: 'root'; readonly unit: KeyPath }
  | { readonly kind: 'subcharts'; readonly unit: KeyPath }
  | { readonly kind: 'value'; readonly path: KeyPath }
  /** `.Chart.Name`: a member of a built-in object. */
  | { readonly kind: 'member'; readonly path: KeyPath }
  /** `isOwn`: put together by the template that is looked at, which so sees all that goes into it. */
  | { readonly kind: 'dict'; readonly entries: Map<string, Ref>; readonly isOwn: boolean }
  | { readonly kind: 'list'; readonly item: Ref }
  /** One of several, which one only a rendering knows. */
  | { readonly kind: 'union'; readonly refs: readonly Ref[] }
  | { readonly kind: 'unknown' };

export const unknown: Ref = { kind: 'unknown' };

const mostRefs = 8;
const longestKey = 1500;

/** A text that is the same for references that stand for the same; undefined for one that is too large to tell. */
export function keyOf(ref: Ref): string | undefined {
  const text = write(ref, 0);
  return text.length > longestKey ? undefined : text;
}

function write(ref: Ref, depth: number): string {
  if (depth > 8) return 'x'.repeat(longestKey + 1);
  switch (ref.kind) {
    case 'root':
    case 'subcharts':
      return `${ref.kind[0] ?? ''}${JSON.stringify(ref.unit)}`;
    case 'value':
      return `v${JSON.stringify(ref.path)}`;
    case 'member':
      return `m${JSON.stringify(ref.path)}`;
    case 'dict':
      return `{${[...ref.entries]
        .map(([key, entry]) => `${JSON.stringify(key)}:${write(entry, depth + 1)}`)
        .sort()
        .join(',')}}`;
    case 'list':
      return `[${write(ref.item, depth + 1)}]`;
    case 'union':
      return `(${ref.refs
        .map((each) => write(each, depth + 1))
        .sort()
        .join('|')})`;
    case 'unknown':
      return '?';
  }
}

/** The same reference, as another template is handed it: what goes into its maps from now on isn't seen. */
export function handedOn(ref: Ref): Ref {
  switch (ref.kind) {
    case 'dict':
      return { kind: 'dict', entries: new Map([...ref.entries].map(([key, entry]) => [key, handedOn(entry)])), isOwn: false };
    case 'list':
      return { kind: 'list', item: handedOn(ref.item) };
    case 'union':
      return { kind: 'union', refs: ref.refs.map(handedOn) };
    default:
      return ref;
  }
}

/** One of several references; undefined where they are too many to follow. */
export function joinRefs(refs: readonly Ref[]): Ref | undefined {
  const known = new Map<string, Ref>();
  for (const ref of refs.flatMap((each) => (each.kind === 'union' ? each.refs : [each]))) {
    if (ref.kind === 'unknown') continue;
    const key = keyOf(ref);
    if (key === undefined) return undefined;
    if (!known.has(key)) known.set(key, ref);
  }
  if (known.size > mostRefs) return undefined;
  const [first, second] = known.values();
  if (!first) return unknown;
  return second ? { kind: 'union', refs: [...known.values()] } : first;
}

/** What stands under a key of what a reference stands for. */
export function memberOf(ref: Ref, key: string): Ref {
  switch (ref.kind) {
    case 'root':
      if (key === 'Values') return { kind: 'value', path: ref.unit };
      return key === 'Subcharts' ? { kind: 'subcharts', unit: ref.unit } : { kind: 'member', path: [key] };
    case 'subcharts':
      return { kind: 'root', unit: [...ref.unit, key] };
    case 'value':
      return ref.path.length > 40 ? unknown : { kind: 'value', path: [...ref.path, key] };
    case 'member':
      return { kind: 'member', path: [...ref.path, key] };
    case 'dict':
      return ref.entries.get(key) ?? unknown;
    case 'union':
      return joinRefs(ref.refs.map((each) => memberOf(each, key))) ?? unknown;
    case 'list':
    case 'unknown':
      return unknown;
  }
}

/** What a loop over it, or an index that is computed, gives. */
export function itemOf(ref: Ref): Ref {
  switch (ref.kind) {
    case 'value':
      return memberOf(ref, anyKey);
    case 'list':
      return ref.item;
    case 'dict':
      return joinRefs([...ref.entries.values()]) ?? unknown;
    case 'union':
      return joinRefs(ref.refs.map(itemOf)) ?? unknown;
    case 'subcharts':
    case 'root':
    case 'member':
    case 'unknown':
      return unknown;
  }
}

/** The scopes in a map that is handed to a template, without all else: what is left of it where it can't be followed. Undefined where there is none. */
export function scopesIn(ref: Ref): Ref | undefined {
  if (ref.kind === 'root') return ref;
  if (ref.kind !== 'dict') return undefined;
  const entries = new Map<string, Ref>();
  for (const [key, entry] of ref.entries) {
    const scope = entry.kind === 'dict' || entry.kind === 'root' ? scopesIn(entry) : undefined;
    if (scope) entries.set(key, scope);
  }
  const left: Ref | undefined = entries.size === 0 ? undefined : { kind: 'dict', entries, isOwn: false };
  return left && keyOf(left) !== undefined ? left : undefined;
}

/** The places in the values that a reference may stand for, those in its maps included; whole scopes left out. */
export function valuePaths(ref: Ref): readonly KeyPath[] {
  switch (ref.kind) {
    case 'value':
      return [ref.path];
    case 'dict':
      return [...ref.entries.values()].flatMap(valuePaths);
    case 'list':
      return valuePaths(ref.item);
    case 'union':
      return ref.refs.flatMap(valuePaths);
    case 'root':
    case 'subcharts':
    case 'member':
    case 'unknown':
      return [];
  }
}
