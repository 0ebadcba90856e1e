/** What a server says to applying an object without doing it, and what a refusal means for a plan. */
import type { LiveObject } from '../live/liveObject.js';

export interface RefusalCause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

export interface Refusal {
  readonly kind: 'refused';
  /** Of the failure: `cluster/forbidden`. */
  readonly code: string;
  readonly message: string;
  readonly causes: readonly RefusalCause[];
}

export type Probe = { readonly kind: 'accepted'; readonly predicted: LiveObject } | Refusal;

export type RefusalMeaning =
  | 'forbidden'
  /** A field can't be changed in place. */
  | 'immutable'
  | 'kind-not-served'
  | 'namespace-missing'
  | 'invalid';

/** Words of the API server's own validation, and of rules in CustomResourceDefinitions, about fields that can't be changed. */
const immutableWords = /\bimmutable\b|may not (be )?changed?\b|can(not|'t) (be )?changed?\b|updates to .+ are forbidden/i;

/** Reads a refusal. A 404 for an object in a namespace means that the namespace isn't there. */
export function meaningOf({ code, message, causes }: Refusal): RefusalMeaning {
  switch (code) {
    case 'cluster/forbidden':
      return 'forbidden';
    case 'cluster/kind-not-served':
      return 'kind-not-served';
    case 'cluster/not-found':
      return 'namespace-missing';
    default:
      return [message, ...causes.map((cause) => cause.message)].some((text) => immutableWords.test(text)) ? 'immutable' : 'invalid';
  }
}
