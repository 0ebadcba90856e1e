/** The patches that the API takes, by media type (apiserver v0.34, pkg/endpoints/handlers/patch.go). */
import { applyJsonPatch } from '../../core/apply/jsonPatch.js';
import { applyMergePatch } from '../../core/apply/mergePatch.js';
import type { PatchResult } from '../../core/apply/patching.js';
import { applyStrategicMergePatch } from '../../core/apply/strategicMerge.js';
import type { JsonObject, JsonValue } from '../../core/live/json.js';
import type { SandboxKind } from '../kinds/kinds.js';
import { ApiError } from './apiError.js';
import { readBody } from './requestBody.js';

const jsonPatch = 'application/json-patch+json';
const mergePatch = 'application/merge-patch+json';
const strategicPatch = 'application/strategic-merge-patch+json';
const applyPatch = 'application/apply-patch+yaml';

/**
 * What a patch does to an object; throws an ApiError for a type that the kind doesn't take.
 * @param kind undefined for what has no kind of its own, such as a Scale
 */
export function patchChange(mediaType: string, text: string, kind: SandboxKind | undefined): (value: JsonObject) => JsonObject {
  const isBuiltIn = kind?.emptyObject !== undefined;
  const accepted = isBuiltIn ? [jsonPatch, mergePatch, strategicPatch, applyPatch] : [jsonPatch, mergePatch, applyPatch];
  if (!accepted.includes(mediaType)) {
    throw new ApiError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`, {});
  }
  const patch = readBody(text, false);
  if (mediaType === jsonPatch) return (value) => objectOf(applyJsonPatch(value, patch));
  if (mediaType === strategicPatch && kind) return (value) => objectOf(applyStrategicMergePatch(value, patch, kind.type));
  return (value) => applyMerge(value, patch);
}

/** A JSON merge patch (RFC 7386); throws an ApiError for one that can't be applied. */
export function applyMerge(value: JsonObject, patch: JsonValue): JsonObject {
  return objectOf(applyMergePatch(value, patch));
}

function objectOf(result: PatchResult): JsonObject {
  if (result.kind === 'patched') return result.object;
  throw new ApiError(result.code, reasons[result.code], result.message, {});
}

const reasons = { 400: 'BadRequest', 413: 'RequestEntityTooLarge', 422: 'Invalid', 500: 'InternalError' } as const;
