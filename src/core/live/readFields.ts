/** Reads fields of live objects whose shape nobody has checked: what isn't of the asked type counts as not there. */
import { isJsonObject, isList, type JsonObject, type JsonValue } from './json.js';

/** An entry of `status.conditions`, whatever controller wrote it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  /** Undefined where the entry has none; controllers differ between that and an empty text. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly observedGeneration: number | undefined;
}

/** The value at a path of map keys; undefined where a step isn't there, and for null. */
export function valueAt(object: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let value = object;
  for (const key of path) {
    if (!isJsonObject(value)) return undefined;
    value = value[key];
  }
  return value ?? undefined;
}

export function textAt(object: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const value = valueAt(object, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The text at a path, or an empty one: how Go's typed objects have what is missing. */
export function stringAt(object: JsonValue | undefined, ...path: readonly string[]): string {
  return textAt(object, ...path) ?? '';
}

export function numberAt(object: JsonValue | undefined, ...path: readonly string[]): number | undefined {
  const value = valueAt(object, ...path);
  return typeof value === 'number' ? value : undefined;
}

/** The number at a path, or 0: how Go's typed objects have what is missing. */
export function countAt(object: JsonValue | undefined, ...path: readonly string[]): number {
  return numberAt(object, ...path) ?? 0;
}

/** True only for the boolean `true`. */
export function isTrueAt(object: JsonValue | undefined, ...path: readonly string[]): boolean {
  return valueAt(object, ...path) === true;
}

/** The maps of a list; empty where there is no list. */
export function mapsAt(object: JsonValue | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const value = valueAt(object, ...path);
  return isList(value) ? value.filter(isJsonObject) : [];
}

export function mapAt(object: JsonValue | undefined, ...path: readonly string[]): JsonObject | undefined {
  const value = valueAt(object, ...path);
  return isJsonObject(value) ? value : undefined;
}

/** The map at a path, or an empty one. */
export function objectAt(object: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  return mapAt(object, ...path) ?? {};
}

/** The texts of a list; empty where there is no list. */
export function textsAt(object: JsonValue | undefined, ...path: readonly string[]): readonly string[] {
  const value = valueAt(object, ...path);
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The fields of a map whose values are texts. */
export function textsOf(map: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The conditions at a path, `status.conditions` where none is given. */
export function conditionsAt(object: JsonValue | undefined, ...path: readonly string[]): readonly Condition[] {
  return mapsAt(object, ...(path.length === 0 ? ['status', 'conditions'] : path)).map((entry) => ({
    type: textAt(entry, 'type') ?? '',
    status: textAt(entry, 'status') ?? '',
    reason: textAt(entry, 'reason'),
    message: textAt(entry, 'message'),
    observedGeneration: numberAt(entry, 'observedGeneration'),
  }));
}

/** True where the path holds a list, even an empty one. */
export function hasListAt(object: JsonValue | undefined, ...path: readonly string[]): boolean {
  return isList(valueAt(object, ...path));
}
