/**
 * Evaluates the `${...}` expressions of a text as fluxcd/pkg/envsubst v1.8.0 does (template.go). What can't be known
 * here, because a variable may come from an object that only the cluster has, keeps its text.
 */
import { applyOperator, fromBytes, isDefaultOperator, toBytes } from './functions.js';
import { parseSubstitutions, type ExpressionPart, type ParseReason, type SubstitutionPart } from './parseSubstitutions.js';

/** What a name stands for: a value; nothing (`unset`); or something that isn't known here. */
export type VariableValue = { readonly kind: 'value'; readonly value: string } | { readonly kind: 'unset' } | { readonly kind: 'unknown' };

export interface EvaluateWith {
  readonly valueOf: (name: string) => VariableValue;
  /** A variable that is not set and has no default is an error (kustomize-controller's StrictPostBuildSubstitutions). */
  readonly strict: boolean;
}

/** Why a text can't be substituted. */
export type EvaluateReason = ParseReason | 'variable not set' | 'split character';

/** The text, and which part of it each expression became; or why there is none, and the expression that is to blame. */
export type Evaluated =
  { readonly text: string; readonly replaced: readonly Replaced[] } | { readonly reason: EvaluateReason; readonly name?: string; readonly start: number; readonly end: number };

/** An expression and its result. */
export interface Replaced {
  readonly expression: ExpressionPart;
  /** Undefined where it isn't known, and the expression kept its text. */
  readonly value: string | undefined;
}

/** Evaluates all expressions of `text`. */
export function evaluateText(text: string, given: EvaluateWith): Evaluated {
  const parsed = parseSubstitutions(text);
  if (!('parts' in parsed)) return parsed;
  const replaced: Replaced[] = [];
  let result = '';
  let split: Failed | undefined;
  for (const part of parsed.parts) {
    if (part.kind === 'text') {
      result += part.value;
      continue;
    }
    const value = evaluateExpression(part, given);
    if ('reason' in value) {
      // The original goes on with the bytes, and only the YAML reader refuses them.
      if (value.reason !== 'split character') return value;
      split ??= value;
      continue;
    }
    replaced.push({ expression: part, value: value.value });
    result += value.value ?? text.slice(part.start, part.end);
  }
  return split ?? { text: result, replaced };
}

type Failed = Extract<Evaluated, { reason: EvaluateReason }>;

/** The value of one expression: undefined where it isn't known. */
export function evaluateExpression(expression: ExpressionPart, given: EvaluateWith): { readonly value: string | undefined } | Failed {
  const { start, end } = expression;
  const bytes = evaluatePart(expression, given);
  if (typeof bytes === 'object') return bytes.kind === 'unknown' ? { value: undefined } : { reason: 'variable not set', name: bytes.name, start: bytes.start, end: bytes.end };
  const value = fromBytes(bytes);
  return value === undefined ? { reason: 'split character', start, end } : { value };
}

type Missing = { readonly kind: 'unknown' } | { readonly kind: 'unset'; readonly name: string; readonly start: number; readonly end: number };

function evaluatePart(part: SubstitutionPart, given: EvaluateWith): string | Missing {
  if (part.kind === 'text') return toBytes(part.value);
  const args: string[] = [];
  // The arguments come first, so that an unset variable in a default that isn't needed is an error too.
  for (const arg of part.args) {
    const value = evaluatePart(arg, given);
    if (typeof value === 'object') return value;
    args.push(value);
  }
  const { name, operator, start, end } = part;
  const variable = given.valueOf(name);
  if (variable.kind === 'unknown') return variable;
  if (variable.kind === 'unset' && given.strict && !isDefaultOperator(operator)) return { kind: 'unset', name, start, end };
  return applyOperator(operator, variable.kind === 'value' ? toBytes(variable.value) : '', args);
}
