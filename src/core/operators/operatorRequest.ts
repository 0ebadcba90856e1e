/** What is asked of an operator, as data: the patch that says it, and what it means to have been carried out. */
import type { JsonObject } from '../live/json.js';
import type { ResId } from '../objects/resId.js';

/** One patch of one of the operator's objects. */
export interface OperatorRequest {
  readonly id: ResId;
  /** A JSON merge patch. Where it holds `metadata.resourceVersion`, the server refuses it with 409 when the object changed since it was read. */
  readonly patch: JsonObject;
  /** `Start a sync of Application orders-prod`. */
  readonly label: string;
  /** How its end is recognized. */
  readonly goal: RequestGoal;
}

export type RequestGoal =
  /** The operation that was asked for has ended. */
  | { readonly kind: 'operation' }
  /** No operation runs any more, however it ended. */
  | { readonly kind: 'operation-ended' }
  /** The annotation is gone: Argo CD takes it away with its new status. */
  | { readonly kind: 'annotation-removed'; readonly annotation: string }
  /** Flux has handled this token and is done with what followed. */
  | { readonly kind: 'reconciled'; readonly token: string }
  /** The patch was all. */
  | { readonly kind: 'written' }
  /** The patch was all, and stays for a few seconds: whatever delivers the object may set it back. */
  | { readonly kind: 'holds'; readonly state: 'suspended' | 'resumed'; /** `ApplicationSet shops`. */ readonly against: string };

/** Why a request isn't made. */
export interface RequestRefusal {
  readonly code: RefusalCode;
  /** One sentence: what isn't done, and why. */
  readonly message: string;
  /** One sentence: what can be done about it. */
  readonly action: string;
}

/** Closed. `another-operation` may be over soon; the others stay until somebody changes something. */
export type RefusalCode =
  | 'another-operation'
  | 'no-operation'
  | 'being-deleted'
  | 'auto-sync-on'
  | 'auto-sync-off'
  | 'unknown-history'
  | 'suspended'
  | 'not-suspended'
  | 'already-suspended'
  | 'no-source'
  | 'not-for-this-kind';

/** The requests in their order, each started when the one before is done; or why there is none. */
export type RequestPlan =
  | { readonly ok: true; readonly requests: readonly OperatorRequest[]; /** One sentence each, to be shown before. */ readonly warnings: readonly string[] }
  | { readonly ok: false; readonly refusal: RequestRefusal };

export function refuse(code: RefusalCode, message: string, action: string): RequestPlan {
  return { ok: false, refusal: { code, message, action } };
}
