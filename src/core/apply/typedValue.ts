/**
 * Values seen through their types, as server-side apply sees them (sigs.k8s.io/structured-merge-diff v6.3, typed/helpers.go):
 * what is merged field by field and what as a whole, and what identifies the items of a list. A value without a known
 * type is judged by what it is: maps by field, lists as a whole.
 */
import { keyElement, valueElement, type FieldElement } from '../live/fieldElement.js';
import { isJsonObject, isList, parseJson, type JsonObject, type JsonValue } from '../live/json.js';
import { anything, type FieldType, type ListType } from '../objects/objectType.js';

/** How a value is to be treated: null and what is missing fit everything, and count as maps where the type doesn't say. */
export function structureOf(type: FieldType, value: JsonValue | undefined): 'scalar' | 'list' | 'map' {
  if (type.kind === 'map' || type.kind === 'object') return 'map';
  if (type.kind === 'list') return 'list';
  if (type.kind !== 'any') return 'scalar';
  if (isList(value)) return 'list';
  return value === null || value === undefined || isJsonObject(value) ? 'map' : 'scalar';
}

/** True for a map or an object that is replaced as a whole. */
export function isAtomicMap(type: FieldType): boolean {
  return (type.kind === 'map' || type.kind === 'object' || type.kind === 'any') && type.isAtomic === true;
}

/** A list that is merged by its items; undefined for one that is replaced as a whole. */
export function associativeList(type: FieldType): ListType | undefined {
  return type.kind === 'list' && (type.listType === 'set' || type.listType === 'map') ? type : undefined;
}

/** The type of a field of a map; undefined where the type doesn't have it. */
export function declaredFieldType(type: FieldType, name: string): FieldType | undefined {
  if (type.kind === 'map') return type.values;
  if (type.kind !== 'object') return anything;
  return type.field(name)?.type ?? (type.isOpen || type.fieldNames.length === 0 ? anything : undefined);
}

/** The same, and for a field that isn't declared the type of anything. */
export function fieldTypeOf(type: FieldType, name: string): FieldType {
  return declaredFieldType(type, name) ?? anything;
}

/** True for a field that its type names, rather than a key of a map. */
export function isNamedField(type: FieldType, name: string): boolean {
  return type.kind === 'object' && type.field(name) !== undefined;
}

const atomicAnything: FieldType = { kind: 'any', isAtomic: true };

export function itemTypeOf(type: FieldType): FieldType {
  return type.kind === 'list' ? type.items : atomicAnything;
}

/** What identifies an item of an associative list, or why nothing does. */
export type ItemElement = { readonly element: FieldElement } | { readonly problem: string };

export function elementOfItem(list: ListType, item: JsonValue): ItemElement {
  return list.listType === 'map' ? elementByKeys(list, item) : elementByValue(item);
}

function elementByKeys({ keys: names, items }: ListType, item: JsonValue): ItemElement {
  if (item === null) return { problem: 'associative list with keys may not have a null element' };
  if (!isJsonObject(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const keys: Record<string, JsonValue> = {};
  let count = 0;
  for (const name of names) {
    const value = item[name] ?? keyDefault(items, name);
    if (value === undefined) continue;
    keys[name] = value;
    count++;
  }
  if (count > 0 || names.length === 0) return { element: keyElement(keys) };
  const quoted = names.map((name) => JSON.stringify(name)).join(' ');
  return { problem: `associative list with keys has an element that omits all key fields [${quoted}] (and doesn't have default values for any key fields)` };
}

/** The default of a key. Required fields of Kubernetes' own types have the zero of their type, which their schemas say too. */
function keyDefault(items: FieldType, name: string): JsonValue | undefined {
  const field = items.kind === 'object' ? items.field(name) : undefined;
  if (field?.defaultValue !== undefined) return parseJson(field.defaultValue);
  if (!field?.isRequired || items.kind !== 'object' || items.name === '') return undefined;
  if (field.type.kind === 'string') return '';
  return field.type.kind === 'int32' || field.type.kind === 'int64' ? 0 : undefined;
}

function elementByValue(item: JsonValue): ItemElement {
  if (isJsonObject(item)) return { problem: "associative list without keys has an element that's a map type" };
  if (isList(item)) return { problem: 'not supported: associative list with lists as elements' };
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  return { element: valueElement(item) };
}

/** The items of a list by what identifies them; those that nothing identifies are left out. */
export function itemsByElement(list: ListType, items: readonly JsonValue[]): ReadonlyMap<FieldElement, readonly JsonValue[]> {
  const byElement = new Map<FieldElement, JsonValue[]>();
  for (const item of items) {
    const found = elementOfItem(list, item);
    if ('problem' in found) continue;
    const same = byElement.get(found.element);
    if (same) same.push(item);
    else byElement.set(found.element, [item]);
  }
  return byElement;
}

export function mapOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return isList(value) ? value : undefined;
}

export function isEmptyMap(value: JsonObject | undefined): boolean {
  if (value) for (const name in value) if (value[name] !== undefined) return false;
  return true;
}

/** The fields of a map that are set. */
export function presentFields(value: JsonObject): readonly (readonly [string, JsonValue])[] {
  const fields: (readonly [string, JsonValue])[] = [];
  for (const name of Object.keys(value)) {
    const each = value[name];
    if (each !== undefined) fields.push([name, each]);
  }
  return fields;
}
