/** JSON merge patches (RFC 7386) as evanphx/json-patch v4.12 applies them. */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import { refusePatch, type PatchResult } from './patching.js';
import { presentFields } from './typedValue.js';

/** The object with a merge patch applied; the object itself where nothing changes. */
export function applyMergePatch(object: JsonObject, patch: JsonValue): PatchResult {
  if (!isJsonObject(patch)) return refusePatch(400, 'Invalid JSON Patch');
  return { kind: 'patched', object: mergeDocuments(object, patch) };
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
