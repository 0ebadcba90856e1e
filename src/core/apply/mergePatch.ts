/** JSON merge patches (RFC 7386) as evanphx/json-patch v4.12 applies them. */
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../live/json.js';
import { refusePatch, type PatchResult } from './patching.js';
import { presentFields } from './typedValue.js';

/** The object with a merge patch applied; the object itself where nothing changes. */
export function applyMergePatch(object: JsonObject, patch: JsonValue): PatchResult {
  if (!isJsonObject(patch)) return refusePatch(400, 'Invalid JSON Patch');
  return { kind: 'patched', object: mergeDocuments(object, patch) };
}

/** The patch that makes `after` out of `before`; undefined where they are equal. */
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

function mergeDocuments(object: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...object };
  let isChanged = false;
  for (const [name, value] of presentFields(patch)) {
    const known = object[name];
    if (value === null) {
      if (known === undefined) continue;
      delete merged[name];
    } else {
      const next = known === undefined || known === null ? withoutNulls(value) : mergeValue(known, value);
      if (next === known) continue;
      merged[name] = next;
    }
    isChanged = true;
  }
  return isChanged ? merged : object;
}

function mergeValue(known: JsonValue, value: JsonValue): JsonValue {
  if (!isJsonObject(known)) return withoutNulls(value);
  return isJsonObject(value) ? mergeDocuments(known, value) : value;
}

/** Without the fields of maps that are null; a null in a list stays. */
function withoutNulls(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries([...presentFields(value)].filter(([, each]) => each !== null).map(([name, each]) => [name, withoutNulls(each)]));
}
