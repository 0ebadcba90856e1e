/** Reading objects whose fields may be missing or of any type, and finding the patch between two values. */
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../core/live/json.js';

/** What stands at the end of a path of field names; undefined where a step isn't there. */
export function valueAt(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), value);
}

/** The text at a path; empty where there is none. */
export function textAt(value: JsonValue | undefined, ...path: readonly string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The number at a path; undefined where there is none. */
export function numberAt(value: JsonValue | undefined, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** The map at a path; an empty one where there is none. */
export function mapAt(value: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The maps in the list at a path; none where there is no list. */
export function itemsAt(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const found = valueAt(value, ...path);
  return isList(found) ? found.filter(isJsonObject) : [];
}

/** The texts in the list at a path; none where there is no list. */
export function textsAt(value: JsonValue | undefined, ...path: readonly string[]): readonly string[] {
  const found = valueAt(value, ...path);
  return isList(found) ? found.filter((item) => typeof item === 'string') : [];
}

/** The fields of a map whose values are texts. */
export function textsOf(map: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The JSON merge patch (RFC 7386) that makes `after` out of `before`; undefined where they are equal. */
export function mergePatchBetween(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const name of Object.keys(before)) if (before[name] !== undefined && after[name] === undefined) patch[name] = null;
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (value === undefined || jsonEquals(old, value)) continue;
    const inner = isJsonObject(old) && isJsonObject(value) ? mergePatchBetween(old, value) : value;
    if (inner !== undefined) patch[name] = inner;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** A time as objects of Kubernetes have it: RFC 3339 in whole seconds. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
