/** What differs between two objects of one type, as sets of fields (structured-merge-diff v6.3, typed/compare.go). */
import { fieldElement, type FieldElement } from '../live/fieldElement.js';
import { leafEntry, makeEntry, noFields, type FieldEntry, type FieldSet } from '../live/fieldSet.js';
import { isJsonObject, jsonEquals, type JsonValue } from '../live/json.js';
import type { FieldType, ListType } from '../objects/objectType.js';
import { associativeList, fieldTypeOf, isAtomicMap, isEmptyMap, itemsByElement, listOf, mapOf, presentFields, structureOf } from './typedValue.js';

/** No field is in more than one of them. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

export function compareTyped(before: JsonValue, after: JsonValue, type: FieldType): Comparison {
  const found = compareValues(before, after, type);
  return { removed: setOf(found.removed), modified: setOf(found.modified), added: setOf(found.added) };
}

type Entries = Map<FieldElement, FieldEntry>;

/** What was found below a value, and whether it differs as a whole. */
interface Found {
  isModified: boolean;
  removed?: Entries | undefined;
  modified?: Entries | undefined;
  added?: Entries | undefined;
}

const same: Found = Object.freeze({ isModified: false });

function compareValues(before: JsonValue, after: JsonValue, type: FieldType): Found {
  if (before === after) return same;
  const [left, right] = [structureOf(type, before), structureOf(type, after)];
  if (left !== right && before !== null && after !== null) return compareKinds(before, after, type);
  switch (before === null ? right : left) {
    case 'map':
      return compareMaps(before, after, type);
    case 'list':
      return compareLists(before, after, type);
    case 'scalar':
      return compareWhole(before, after);
  }
}

function compareWhole(before: JsonValue, after: JsonValue): Found {
  return jsonEquals(before, after) ? same : { isModified: true };
}

/** A value of another kind than before, which only a type that takes anything allows. A map on either side counts field by field too. */
function compareKinds(before: JsonValue, after: JsonValue, type: FieldType): Found {
  const found: Found = { isModified: true };
  if (isAtomicMap(type)) return found;
  if (isJsonObject(before)) found.removed = compareMaps(before, null, type).removed;
  if (isJsonObject(after)) found.added = compareMaps(null, after, type).added;
  return found;
}

function compareMaps(before: JsonValue, after: JsonValue, type: FieldType): Found {
  const [left, right] = [mapOf(before), mapOf(after)];
  if (isAtomicMap(type) || (isEmptyMap(left) && isEmptyMap(right))) return compareWhole(before, after);
  const found: Found = { isModified: false };
  if (left) {
    for (const [name, value] of presentFields(left)) compareAt(found, fieldElement(name), value, right?.[name], fieldTypeOf(type, name));
  }
  if (right) {
    for (const [name, value] of presentFields(right)) if (left?.[name] === undefined) compareAt(found, fieldElement(name), undefined, value, fieldTypeOf(type, name));
  }
  return found;
}

function compareLists(before: JsonValue, after: JsonValue, type: FieldType): Found {
  const [left, right] = [listOf(before) ?? [], listOf(after) ?? []];
  const list = associativeList(type);
  if (!list || (left.length === 0 && right.length === 0)) return compareWhole(before, after);
  const found: Found = { isModified: false };
  const [leftItems, rightItems] = [itemsByElement(list, left), itemsByElement(list, right)];
  for (const [element, items] of leftItems) compareItems(found, element, items, rightItems.get(element) ?? [], list);
  for (const [element, items] of rightItems) if (!leftItems.has(element)) compareItems(found, element, [], items, list);
  return found;
}

/** Items of one identity. Several of them on a side count as one whole. */
function compareItems(found: Found, element: FieldElement, before: readonly JsonValue[], after: readonly JsonValue[], { items: type }: ListType): void {
  if (before.length <= 1 && after.length <= 1) {
    compareAt(found, element, before[0], after[0], type);
  } else if (before.length > 1 && after.length > 1) {
    if (!jsonEquals(before, after)) addEntry(found, 'modified', element, leafEntry);
  } else if (before.length > 1) {
    if (after[0] !== undefined) compareAt(found, element, undefined, after[0], type);
    addEntry(found, 'removed', element, leafEntry);
  } else {
    if (before[0] !== undefined) compareAt(found, element, before[0], undefined, type);
    addEntry(found, 'added', element, leafEntry);
  }
}

function compareAt(found: Found, element: FieldElement, before: JsonValue | undefined, after: JsonValue | undefined, type: FieldType): void {
  if (before === undefined && after === undefined) return;
  if (before === undefined || after === undefined) {
    const value = before ?? after ?? null;
    addEntry(found, before === undefined ? 'added' : 'removed', element, makeEntry(true, everythingBelow(value, type)));
    return;
  }
  const below = compareValues(before, after, type);
  if (below === same) return;
  if (below.isModified || below.modified) addEntry(found, 'modified', element, makeEntry(below.isModified, someOf(below.modified)));
  if (below.removed) addEntry(found, 'removed', element, makeEntry(false, someOf(below.removed)));
  if (below.added) addEntry(found, 'added', element, makeEntry(false, someOf(below.added)));
}

function addEntry(found: Found, side: 'removed' | 'modified' | 'added', element: FieldElement, entry: FieldEntry): void {
  (found[side] ??= new Map<FieldElement, FieldEntry>()).set(element, entry);
}

/** Every field, map and item in a value that is on one side only; undefined for a leaf. */
function everythingBelow(value: JsonValue, type: FieldType): FieldSet | undefined {
  const entries: Entries = new Map();
  const list = associativeList(type);
  if (list) {
    for (const [element, [item, another]] of itemsByElement(list, listOf(value) ?? [])) {
      if (item !== undefined) entries.set(element, another === undefined ? makeEntry(true, everythingBelow(item, list.items)) : leafEntry);
    }
  } else if (structureOf(type, value) === 'map' && !isAtomicMap(type)) {
    for (const [name, each] of presentFields(mapOf(value) ?? {})) entries.set(fieldElement(name), makeEntry(true, everythingBelow(each, fieldTypeOf(type, name))));
  }
  return someOf(entries);
}

function someOf(entries: Entries | undefined): FieldSet | undefined {
  return entries && entries.size > 0 ? { entries } : undefined;
}

function setOf(entries: Entries | undefined): FieldSet {
  return someOf(entries) ?? noFields;
}
