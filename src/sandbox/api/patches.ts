/** The patches that the API takes, by media type (apiserver v0.34, pkg/endpoints/handlers/patch.go). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { SandboxKind } from '../kinds/kinds.js';
import { ApiError, notServedHere } from './apiError.js';
import { readBody } from './requestBody.js';

const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

/**
 * What a patch does to an object; throws an ApiError for a type that the kind doesn't take.
 * @param kind undefined for what has no kind of its own, such as a Scale
 */
export function patchChange(mediaType: string, text: string, kind: SandboxKind | undefined): (value: JsonObject) => JsonValue {
  const patch = readBody(text, false);
  switch (mediaType) {
    case 'application/merge-patch+json':
      return (value) => mergePatch(value, patch);
    case 'application/strategic-merge-patch+json':
      if (kind?.emptyObject === undefined) throw unsupported([...patchTypes, 'application/apply-patch+cbor']);
      throw notServedHere('strategic merge patches');
    case 'application/json-patch+json':
      throw notServedHere('JSON patches');
    default:
      throw unsupported([...patchTypes, 'application/strategic-merge-patch+json']);
  }
}

function unsupported(accepted: readonly string[]): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`, {});
}

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
