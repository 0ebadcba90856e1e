/** Server-side apply as data: what goes in, what comes out (KEP-555; the semantics of sigs.k8s.io/structured-merge-diff v6). */
import type { FieldStep } from '../objects/compare.js';
import type { FieldType } from '../objects/objectType.js';
import type { FieldSet } from '../live/fieldSet.js';
import type { JsonObject } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';

/** Who writes, when, and in which version. */
export interface Writer {
  readonly manager: string;
  /** `group/version` that the writer's object has. */
  readonly apiVersion: string;
  /** RFC 3339, whole seconds, in UTC. */
  readonly time: string;
  /** `status`, `scale`; empty for the object itself. */
  readonly subresource: string;
}

export interface ApplyInput {
  /** Undefined where there is none yet. */
  readonly live: LiveObject | undefined;
  readonly applied: JsonObject;
  readonly writer: Writer;
  readonly force: boolean;
  /** The kind's type: list types and keys, atomic maps. `any` for a kind without a schema, which is then merged by maps alone. */
  readonly type: FieldType;
  /** The fields that the endpoint doesn't take, of `resetFieldsOf`; none where left out. */
  readonly ignored?: FieldSet;
  /** Of `emptyObjectOf`: what an object without managed fields is held to have set by itself. */
  readonly emptyObject?: JsonObject | undefined;
}

export interface ApplyConflict {
  readonly manager: string;
  /** `kubectl-client-side-apply` using apps/v1: what the message says of it. */
  readonly description: string;
  readonly fields: readonly { readonly path: readonly FieldStep[]; /** `.spec.replicas` */ readonly text: string }[];
}

export type ApplyResult =
  | { readonly kind: 'applied'; readonly object: LiveObject; readonly isChanged: boolean }
  | { readonly kind: 'conflict'; readonly conflicts: readonly ApplyConflict[] }
  /** Something that no merge is possible with: duplicate list keys, a wrong type. */
  | { readonly kind: 'invalid'; readonly message: string; /** The status of the server's answer: a merge that fails is its own failure to it. */ readonly code: 400 | 500 };
