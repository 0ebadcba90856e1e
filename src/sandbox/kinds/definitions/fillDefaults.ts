/** The defaults of structural schemas (apiextensions-apiserver v0.34, pkg/apiserver/schema/defaulting). */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../../core/live/json.js';

/** The value with the defaults of its schema, and without nulls that it doesn't allow; the same value where there is nothing to do. */
export function fillDefaults(value: JsonValue, schema: JsonValue | undefined): JsonValue {
  if (!isJsonObject(schema)) return value;
  if (isList(value)) return fillList(value, schema['items']);
  return isJsonObject(value) ? fillObject(value, schema) : value;
}

function fillList(list: readonly JsonValue[], items: JsonValue | undefined): readonly JsonValue[] {
  const filled = list.map((each) => fillDefaults(each, items));
  return filled.some((each, index) => each !== list[index]) ? filled : list;
}

function fillObject(object: JsonObject, schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const changes: Record<string, JsonValue | undefined> = {};
  const fill = (name: string, property: JsonObject): void => {
    const value = object[name];
    const given = property['default'];
    // a null where null isn't allowed counts as not given
    const isMissing = value === undefined || (value === null && property['nullable'] !== true);
    const start = isMissing ? given : value;
    const filled = start === undefined ? undefined : fillDefaults(start, property);
    if (filled !== value) changes[name] = filled;
  };
  for (const [name, property] of Object.entries(properties)) if (isJsonObject(property)) fill(name, property);
  const others = schema['additionalProperties'];
  if (isJsonObject(others)) {
    for (const name of Object.keys(object)) if (object[name] !== undefined && !(name in properties)) fill(name, others);
  }
  if (Object.keys(changes).length === 0) return object;
  return Object.fromEntries(Object.entries({ ...object, ...changes }).filter(([, value]) => value !== undefined));
}
