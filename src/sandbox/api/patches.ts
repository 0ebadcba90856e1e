/** The patches that the API takes, by media type (apiserver v0.34, pkg/endpoints/handlers/patch.go). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/live/json.js';

/** A JSON merge patch (RFC 7386). */
export function mergePatch(value: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, JsonValue | undefined> = isJsonObject(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null || change === undefined) delete merged[name];
    else merged[name] = mergePatch(merged[name] ?? null, change);
  }
  const result: JsonObject = merged;
  return result;
}
