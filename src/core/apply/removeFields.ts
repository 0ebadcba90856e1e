/** An object without the fields of a set (structured-merge-diff v6.3, typed/remove.go). */
import { fieldElement } from '../live/fieldElement.js';
import type { FieldSet } from '../live/fieldSet.js';
import type { JsonObject, JsonValue } from '../live/json.js';
import type { FieldType } from '../objects/objectType.js';
import { associativeList, elementOfItem, fieldTypeOf, isAtomicMap, itemTypeOf, listOf, mapOf, presentFields, structureOf } from './typedValue.js';

/** The value itself where nothing is removed, and null where nothing is left of it. */
export function removeFields(value: JsonValue, fields: FieldSet, type: FieldType): JsonValue {
  switch (structureOf(type, value)) {
    case 'map':
      return removeFromMap(value, fields, type);
    case 'list':
      return removeFromList(value, fields, type);
    case 'scalar':
      return value;
  }
}

function removeFromMap(value: JsonValue, fields: FieldSet, type: FieldType): JsonValue {
  const map = mapOf(value);
  if (!map || isAtomicMap(type)) return null;
  const rest: Record<string, JsonValue> = {};
  let isChanged = false;
  let count = 0;
  for (const [name, each] of presentFields(map)) {
    const entry = fields.entries.get(fieldElement(name));
    if (entry?.isMember) {
      isChanged = true;
      continue;
    }
    rest[name] = entry?.below ? removeFields(each, entry.below, fieldTypeOf(type, name)) : each;
    if (rest[name] !== each) isChanged = true;
    count++;
  }
  if (count === 0) return null;
  return isChanged ? (rest satisfies JsonObject) : value;
}

function removeFromList(value: JsonValue, fields: FieldSet, type: FieldType): JsonValue {
  const items = listOf(value);
  const list = associativeList(type);
  if (!items || !list) return null;
  const rest: JsonValue[] = [];
  for (const item of items) {
    const found = elementOfItem(list, item);
    const entry = 'problem' in found ? undefined : fields.entries.get(found.element);
    if (entry?.isMember) continue;
    rest.push(entry?.below ? removeFields(item, entry.below, itemTypeOf(type)) : item);
  }
  if (rest.length === 0) return null;
  return rest.length === items.length && rest.every((item, index) => item === items[index]) ? value : rest;
}
