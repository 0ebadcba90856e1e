/**
 * Merging an applied object into a live one by type (structured-merge-diff v6.3, typed/merge.go): leaves and what is
 * merged as a whole are taken from the applied one, nothing is removed. Returns the live value itself where nothing
 * changes.
 */
import type { FieldElement } from '../live/fieldElement.js';
import { jsonEquals, type JsonValue } from '../live/json.js';
import type { FieldType, ListType } from '../objects/objectType.js';
import { associativeList, elementOfItem, fieldTypeOf, isAtomicMap, isEmptyMap, listOf, mapOf, presentFields, structureOf } from './typedValue.js';

export function mergeTyped(live: JsonValue | undefined, applied: JsonValue | undefined, type: FieldType): JsonValue | undefined {
  if (applied === undefined || live === applied) return live;
  if (live === undefined) return applied;
  switch (structureOf(type, applied)) {
    case 'map':
      return mergeMaps(live, applied, type);
    case 'list':
      return mergeLists(live, applied, type);
    case 'scalar':
      return applied;
  }
}

function mergeMaps(live: JsonValue, applied: JsonValue, type: FieldType): JsonValue {
  const [left, right] = [mapOf(live), mapOf(applied)];
  if (isAtomicMap(type) || (isEmptyMap(left) && isEmptyMap(right))) return whole(live, applied);
  if (!left) return applied;
  if (!right) return live;
  let merged: Record<string, JsonValue | undefined> | undefined;
  for (const [name, value] of presentFields(right)) {
    const next = mergeTyped(left[name], value, fieldTypeOf(type, name));
    if (next !== left[name]) (merged ??= { ...left })[name] = next;
  }
  return merged ?? live;
}

function whole(live: JsonValue, applied: JsonValue): JsonValue {
  return jsonEquals(live, applied) ? live : applied;
}

function mergeLists(live: JsonValue, applied: JsonValue, type: FieldType): JsonValue {
  const list = associativeList(type);
  const [left, right] = [listOf(live) ?? [], listOf(applied) ?? []];
  if (!list || (left.length === 0 && right.length === 0)) return whole(live, applied);
  if (left.length === 0) return applied;
  if (right.length === 0) return live;
  const merged = mergeItems(indexItems(left, list), indexItems(right, list), list.items);
  return merged.length === left.length && merged.every((item, index) => item === left[index]) ? live : merged;
}

interface IndexedItems {
  readonly items: readonly { readonly element: FieldElement; readonly item: JsonValue }[];
  /** An element that several items have is there with null: they aren't merged. */
  readonly byElement: ReadonlyMap<FieldElement, JsonValue>;
}

function indexItems(items: readonly JsonValue[], list: ListType): IndexedItems {
  const byElement = new Map<FieldElement, JsonValue>();
  const indexed: { element: FieldElement; item: JsonValue }[] = [];
  for (const item of items) {
    const found = elementOfItem(list, item);
    if ('problem' in found) continue;
    byElement.set(found.element, byElement.has(found.element) ? null : item);
    indexed.push({ element: found.element, item });
  }
  return { items: indexed, byElement };
}

/** Items that both have come in the applied order; items that only the live list has keep their place before the next one that both have. */
function mergeItems(live: IndexedItems, applied: IndexedItems, type: FieldType): readonly JsonValue[] {
  const merged: JsonValue[] = [];
  const taken = new Set<FieldElement>();
  const shared = applied.items.map(({ element }) => element).filter((element) => live.byElement.has(element));
  let nextShared = shared.shift();
  const takeApplied = (element: FieldElement): void => {
    taken.add(element);
    const item = mergeTyped(live.byElement.get(element), applied.byElement.get(element), type);
    if (item !== undefined) merged.push(item);
  };
  for (let left = 0, right = 0; left < live.items.length || right < applied.items.length;) {
    const [mine, theirs] = [live.items[left], applied.items[right]];
    if (mine && theirs) {
      if (mine.element === theirs.element) {
        takeApplied(mine.element);
        left++;
        right++;
        nextShared = shared.shift();
        continue;
      }
      if (applied.byElement.has(mine.element) && nextShared !== undefined && nextShared !== mine.element) {
        left++;
        continue;
      }
    }
    if (mine) {
      if (!applied.byElement.has(mine.element)) {
        merged.push(mine.item);
        left++;
        continue;
      }
      if (taken.has(mine.element)) left++;
    }
    if (theirs) {
      takeApplied(theirs.element);
      right++;
      if (nextShared === theirs.element) nextShared = shared.shift();
    }
  }
  return merged;
}
