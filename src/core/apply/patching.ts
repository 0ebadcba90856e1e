/** Patches on plain JSON as kube-apiserver applies them: what comes out. Nothing that goes in is changed. */
import type { JsonObject } from '../live/json.js';

export type PatchResult =
  | { readonly kind: 'patched'; readonly object: JsonObject }
  | {
      readonly kind: 'refused';
      /** The status of the server's answer. */
      readonly code: 400 | 413 | 422 | 500;
      /** What the server answers. */
      readonly message: string;
      /** What was wrong, where the answer doesn't say. */
      readonly detail: string;
    };

export function refusePatch(code: 400 | 413 | 422 | 500, message: string, detail = message): PatchResult {
  return { kind: 'refused', code, message, detail };
}
