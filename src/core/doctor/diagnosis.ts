/**
 * What the doctor says: a symptom, its causes with the evidence of each, and what mends it, as data. A cause without
 * evidence is no cause. What can be run goes the ways that there are already: it is told before, and asked for.
 */
import type { Location } from '../base/source.js';
import type { TextChange } from '../base/problem.js';
import type { JsonValue } from '../live/json.js';
import type { FieldStep } from '../objects/compare.js';
import type { ResId } from '../objects/resId.js';
import type { OperatorAction } from '../operators/planAction.js';

/** Closed and stable, one per file of this folder that looks for it. */
export type DiagnosisCode =
  | 'comparison-error'
  | 'wrong-path'
  | 'application-unknown'
  | 'old-version'
  | 'no-sync'
  | 'operator-disagrees'
  | 'image-pull'
  | 'image-automation'
  | 'crash-loop'
  | 'container-config'
  | 'not-ready'
  | 'pending'
  | 'unbound-volume'
  | 'quota'
  | 'forbidden'
  | 'route'
  | 'stuck-deletion';

export interface Diagnosis {
  readonly code: DiagnosisCode;
  readonly severity: 'error' | 'warning';
  /** One sentence: what people see. */
  readonly symptom: string;
  /** The object that shows it; undefined where it is of the environment as a whole. */
  readonly object: ResId | undefined;
  /** The most likely first; at least one. */
  readonly causes: readonly Cause[];
}

export interface Cause {
  /** One sentence. */
  readonly cause: string;
  /** What shows it, one sentence each; at least one. */
  readonly evidence: readonly string[];
  /** One or two sentences: what to do. */
  readonly fix: string;
  readonly runnable: RunnableFix | undefined;
  /** The text to mend; undefined where it stands in no file here. */
  readonly place: Location | undefined;
}

export interface RunnableFix {
  readonly action: FixAction;
  /** For a button: `Push main`. */
  readonly title: string;
  /** What it would do, one sentence. */
  readonly effect: string;
}

export type FixAction =
  | { readonly kind: 'edit'; readonly changes: readonly TextChange[] }
  /** Writes the smallest change to the environment's own files that makes one field say something else. */
  | { readonly kind: 'set'; readonly object: ResId; readonly path: readonly FieldStep[]; readonly value: JsonValue }
  /** A request to an operator's object. */
  | { readonly kind: 'operator'; readonly id: ResId; readonly action: OperatorAction }
  /** A plan of a sync from here, to be confirmed. */
  | { readonly kind: 'sync' }
  | { readonly kind: 'push'; readonly folder: string; readonly branch: string };

/** A cause with what isn't there left out. */
export function causeOf(cause: string, evidence: readonly string[], fix: string, more: Partial<Pick<Cause, 'runnable' | 'place'>> = {}): Cause {
  return { cause, evidence, fix, runnable: more.runnable, place: more.place };
}
