/** Which fields an object has, and which a set means, by type (structured-merge-diff v6.3, typed/tofieldset.go, fieldpath/set.go, typed/reconcile_schema.go). */
import { fieldElement, type FieldElement } from '../live/fieldElement.js';
import { leafEntry, makeEntry, noFields, type FieldEntry, type FieldSet } from '../live/fieldSet.js';
import type { JsonValue } from '../live/json.js';
import { anything, type FieldType } from '../objects/objectType.js';
import {
  associativeList,
  declaredFieldType,
  fieldTypeOf,
  isAtomicMap,
  isEmptyMap,
  isNamedField,
  itemsByElement,
  itemTypeOf,
  listOf,
  mapOf,
  presentFields,
  structureOf,
} from './typedValue.js';

/** The fields that an object sets: leaves, keys of maps, items of lists, and what is merged as a whole. */
export function fieldsOfValue(value: JsonValue, type: FieldType): FieldSet {
  return entryOf(value, type).below ?? noFields;
}

function entryOf(value: JsonValue, type: FieldType): FieldEntry {
  switch (structureOf(type, value)) {
    case 'scalar':
      return leafEntry;
    case 'list':
      return entryOfList(value, type);
    case 'map':
      return entryOfMap(value, type);
  }
}

const noEntry: FieldEntry = { isMember: false, below: undefined };

function entryOfList(value: JsonValue, type: FieldType): FieldEntry {
  const list = associativeList(type);
  if (!list) return leafEntry;
  const entries = new Map<FieldElement, FieldEntry>();
  for (const [element, [item, another]] of itemsByElement(list, listOf(value) ?? [])) {
    if (item === undefined) continue;
    entries.set(element, another === undefined ? makeEntry(true, entryOf(item, list.items).below) : leafEntry);
  }
  return entries.size === 0 ? noEntry : { isMember: false, below: { entries } };
}

function entryOfMap(value: JsonValue, type: FieldType): FieldEntry {
  if (isAtomicMap(type)) return leafEntry;
  const map = mapOf(value);
  if (!map) return noEntry;
  const entries = new Map<FieldElement, FieldEntry>();
  for (const [name, each] of presentFields(map)) {
    const { isMember, below } = entryOf(each, fieldTypeOf(type, name));
    const isSet = isMember || each === null || !isNamedField(type, name) || (mapOf(each) !== undefined && isEmptyMap(mapOf(each)));
    if (isSet || below) entries.set(fieldElement(name), makeEntry(isSet, below));
  }
  return entries.size === 0 ? noEntry : { isMember: false, below: { entries } };
}

/** The same set with each named field in it that has something below it in it. */
export function withNamedFields(set: FieldSet, type: FieldType): FieldSet {
  let entries: Map<FieldElement, FieldEntry> | undefined;
  for (const [element, entry] of set.entries) {
    if (!entry.below) continue;
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    const below = withNamedFields(entry.below, typeBelow(type, element));
    const isMember = entry.isMember || (name !== undefined && isNamedField(type, name));
    if (below === entry.below && isMember === entry.isMember) continue;
    entries ??= new Map(set.entries);
    entries.set(element, makeEntry(isMember, below));
  }
  return entries ? { entries } : set;
}

/** The same set as the type has it today: what is merged as a whole has nothing below it. */
export function reconcileFields(set: FieldSet, type: FieldType): FieldSet {
  let entries: Map<FieldElement, FieldEntry> | undefined;
  for (const [element, entry] of set.entries) {
    const below = entry.below && declaredBelow(type, element);
    if (!entry.below || !below) continue;
    const reconciled = reconcileEntry(entry, entry.below, below);
    if (reconciled === entry) continue;
    entries ??= new Map(set.entries);
    entries.set(element, reconciled);
  }
  return entries ? { entries } : set;
}

function reconcileEntry(entry: FieldEntry, below: FieldSet, type: FieldType): FieldEntry {
  if (isAtomicMap(type) || (type.kind === 'list' && !associativeList(type))) return leafEntry;
  if (type.kind === 'any' || (type.kind === 'map' && type.values.kind === 'any')) return entry;
  const reconciled = reconcileFields(below, type);
  return reconciled === below ? entry : makeEntry(entry.isMember, reconciled);
}

function declaredBelow(type: FieldType, element: FieldElement): FieldType | undefined {
  if (element.startsWith('f:')) return type.kind === 'list' ? undefined : declaredFieldType(type, element.slice(2));
  return type.kind === 'list' ? type.items : undefined;
}

function typeBelow(type: FieldType, element: FieldElement): FieldType {
  if (element.startsWith('f:')) return fieldTypeOf(type, element.slice(2));
  return element.startsWith('k:') ? itemTypeOf(type) : anything;
}
