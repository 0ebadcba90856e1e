/** The objects of the sandbox, and how everything within it reads, writes and watches them without HTTP. */
import type { JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import type { ResId } from '../../core/objects/resId.js';
import type { SandboxKinds } from '../kinds/kinds.js';

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** In the version in which it is stored; for DELETED its last state. */
  readonly object: LiveObject;
}

/** What the controllers of the sandbox use. Writes go the same way as those over HTTP (defaults, validation, managed fields). */
export interface SandboxStore {
  /** Changes when a CustomResourceDefinition does. */
  readonly kinds: SandboxKinds;
  get(id: Omit<ResId, 'version'>): LiveObject | undefined;
  /** @param namespace undefined for all */
  list(group: string, kind: string, namespace?: string): readonly LiveObject[];
  /** Throws an ApiError where the API would refuse. */
  create(object: LiveObject, manager: string): LiveObject;
  /** A JSON merge patch, without a precondition. @param subresource `status` */
  patch(id: Omit<ResId, 'version'>, patch: JsonValue, options: { readonly manager: string; readonly subresource?: string }): LiveObject;
  delete(id: Omit<ResId, 'version'>, propagation?: 'Foreground' | 'Background' | 'Orphan'): void;
  /** Calls back after each write, in order, never within the write; returns what ends it. */
  subscribe(onEvent: (event: StoreEvent) => void): () => void;
}
