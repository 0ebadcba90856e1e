/** The order of merged lists in strategic merge patches (apimachinery v0.34, pkg/util/strategicpatch/patch.go). */
import { isJsonObject, isList, type JsonValue } from '../live/json.js';
import { goTypeOf, goValue } from './goFormat.js';

export interface ListOrder {
  /** What identifies a map; empty for plain values. */
  readonly mergeKey: string;
  readonly isOfMaps: boolean;
}

/** What tells an item apart. */
export function mergeKeyOf(item: JsonValue, mergeKey: string): JsonValue | undefined {
  if (mergeKey === '') return item;
  return isJsonObject(item) ? item[mergeKey] : undefined;
}

/** Whether lists hold maps; the problem as text where their items aren't all of one kind. */
export function elementKindOf(...lists: readonly (readonly JsonValue[])[]): { readonly isOfMaps: boolean } | string {
  const items = lists.flat();
  const [first] = items;
  if (first === undefined) return 'no elements in any of the given slices';
  if (isList(first)) return 'lists of lists are not supported';
  const type = goTypeOf(first);
  if (items.some((item) => goTypeOf(item) !== type)) return `list element types are not identical: [${lists.map((list) => goValue(list)).join(' ')}]`;
  return { isOfMaps: isJsonObject(first) };
}

/** Items that a list has too, and the others. */
export function partition(
  items: readonly JsonValue[],
  list: readonly JsonValue[],
  { mergeKey }: ListOrder,
): { readonly inPatch: readonly JsonValue[]; readonly others: readonly JsonValue[] } {
  const known = new Set(list.map((item) => mergeKeyOf(item, mergeKey)));
  return { inPatch: items.filter((item) => known.has(mergeKeyOf(item, mergeKey))), others: items.filter((item) => !known.has(mergeKeyOf(item, mergeKey))) };
}

/** The items of a patch in its order, and between them the others, each before the first item that stood behind it. */
export function normalizeOrder(
  inPatch: readonly JsonValue[],
  others: readonly JsonValue[],
  patchOrder: readonly JsonValue[],
  liveOrder: readonly JsonValue[],
  order: ListOrder,
): readonly JsonValue[] {
  const [left, right] = [sortLike(others, liveOrder, order), sortLike(inPatch, patchOrder, order)];
  const place = (item: JsonValue): number => indexOf(liveOrder, item, order);
  const merged: JsonValue[] = [];
  let at = 0;
  for (const item of right) {
    for (let next = left[at]; next !== undefined; next = left[at]) {
      const [before, behind] = [place(next), place(item)];
      if (before < 0 || behind < 0 || before >= behind) break;
      merged.push(next);
      at++;
    }
    merged.push(item);
  }
  return [...merged, ...left.slice(at)];
}

/** Items in the order of a list; what is to be deleted stands last. An item that the list doesn't have goes before all sorted so far. */
function sortLike(items: readonly JsonValue[], list: readonly JsonValue[], order: ListOrder): readonly JsonValue[] {
  const isDeletion = (item: JsonValue): boolean => order.isOfMaps && isJsonObject(item) && item.$patch === 'delete';
  const sorted: JsonValue[] = [];
  for (const item of items.filter((each) => !isDeletion(each))) {
    let at = sorted.length;
    while (at > 0 && goesBefore(item, sorted[at - 1] ?? null, list, order)) at--;
    sorted.splice(at, 0, item);
  }
  return [...sorted, ...items.filter(isDeletion)];
}

function goesBefore(a: JsonValue, b: JsonValue, list: readonly JsonValue[], order: ListOrder): boolean {
  const [left, right] = [indexOf(list, a, order), indexOf(list, b, order)];
  return left < 0 || right < 0 || left < right;
}

function indexOf(list: readonly JsonValue[], item: JsonValue, { mergeKey }: ListOrder): number {
  const key = mergeKeyOf(item, mergeKey);
  return list.findIndex((each) => mergeKeyOf(each, mergeKey) === key);
}

/** Each value once; the place of a repeated one is taken by the last, as the server does it. */
export function deduplicate(values: readonly JsonValue[]): readonly JsonValue[] {
  const rest = [...values];
  for (let first = 0; first < rest.length - 1; first++) {
    for (let second = first + 1; second < rest.length; second++) {
      if (rest[first] !== rest[second]) continue;
      const last = rest.pop();
      if (second < rest.length && last !== undefined) rest[second] = last;
      second--;
    }
  }
  return rest;
}
