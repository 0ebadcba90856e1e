/**
 * The substitutions in a text for editors: where each expression stands, what it is, and what comes out of it. A scalar
 * is looked at alone, while Flux substitutes a whole object's text; the two differ only where an expression runs over
 * the end of a scalar.
 */
import type { Place } from '../../../base/problem.js';
import { SourceText } from '../../../base/source.js';
import { embeddedSource } from '../../../yaml/embed.js';
import type { ScalarNode, YamlNode } from '../../../yaml/nodes.js';
import { evaluateExpression, type EvaluateReason } from './evaluate.js';
import { parseSubstitutions, type ExpressionPart, type ParseReason, type SubstitutionPart } from './parseSubstitutions.js';
import { valueOfVariable, type Variable, type Variables } from './variables.js';

/** What an expression does with its variable. */
export type SubstitutionForm = 'value' | 'default' | 'length' | 'case' | 'part' | 'trim' | 'replace';

/** One `${...}`. */
export interface SubstitutionUse {
  readonly place: Place;
  readonly name: string;
  readonly form: SubstitutionForm;
  /** As written: `:=`, `^^`, `//`. */
  readonly operator: string;
  /** For the form `default`: the text that is given, nested expressions as they stand. */
  readonly default: string | undefined;
  /** True where the variable is named within another expression. */
  readonly isNested: boolean;
  readonly expression: ExpressionPart;
}

export interface FoundSubstitutions {
  readonly uses: readonly SubstitutionUse[];
  /** What Flux can't read: it substitutes nothing in the object then. The uses are those before it. */
  readonly broken: { readonly reason: ParseReason; readonly place: Place } | undefined;
  /** Each `$$`, which becomes one `$`. */
  readonly doubled: readonly Place[];
}

/** The substitutions of a text, or of a scalar, whose places then stand in its file. */
export function findSubstitutions(given: SourceText | ScalarNode): FoundSubstitutions {
  const source = given instanceof SourceText ? given : embeddedSource(given);
  const { text } = source;
  const place = ({ start, end }: { readonly start: number; readonly end: number }): Place => ({ source, start, end });
  const parsed = parseSubstitutions(text);
  const readable = 'parts' in parsed ? parsed : parseSubstitutions(text.slice(0, parsed.start));
  const parts = 'parts' in readable ? readable.parts : [];
  return {
    uses: usesIn(parts, text, place, false),
    broken: 'parts' in parsed ? undefined : { reason: parsed.reason, place: place(parsed) },
    doubled: parts.filter(({ kind }) => kind === 'text').flatMap((part) => findDoubled(text, part).map((start) => place({ start, end: start + 2 }))),
  };
}

/** Calls `visit` for every scalar of a tree, keys too, that may hold a substitution. */
export function visitSubstitutableScalars(root: YamlNode, visit: (scalar: ScalarNode) => void): void {
  if (root.kind === 'scalar') {
    if (root.value.includes('$')) visit(root);
  } else if (root.kind === 'sequence') for (const item of root.items) visitSubstitutableScalars(item, visit);
  else {
    for (const { key, value } of root.pairs) {
      if (key.value.includes('$')) visit(key);
      visitSubstitutableScalars(value, visit);
    }
  }
}

/** What comes out of an expression. */
export type SubstitutionResult =
  | { readonly kind: 'value'; readonly value: string; readonly variable: Variable | undefined }
  /** Only the cluster knows. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly reason: EvaluateReason; readonly name: string | undefined };

/** The result of one use, for a hover or a rule. */
export function resultOfSubstitution({ expression }: SubstitutionUse, variables: Variables, isStrict: boolean): SubstitutionResult {
  const result = evaluateExpression(expression, { strict: isStrict, valueOf: (name) => valueOfVariable(variables, name) });
  if ('reason' in result) return { kind: 'failed', reason: result.reason, name: result.name };
  if (result.value === undefined) return { kind: 'unknown' };
  return { kind: 'value', value: result.value, variable: variables.byName.get(expression.name) };
}

function usesIn(parts: readonly SubstitutionPart[], text: string, place: (part: ExpressionPart) => Place, isNested: boolean): readonly SubstitutionUse[] {
  return parts.flatMap((part) => {
    if (part.kind === 'text') return [];
    const { name, operator, args } = part;
    const form = formOf(part);
    const [first] = args;
    const given = form === 'default' ? text.slice(first?.start ?? part.end - 1, part.end - 1) : undefined;
    return [{ place: place(part), name, form, operator, default: given, isNested, expression: part }, ...usesIn(args, text, place, true)];
  });
}

function formOf({ operator, args }: ExpressionPart): SubstitutionForm {
  if (operator === '') return 'value';
  if (operator === ':') return 'part';
  if (operator === '#' && args.length === 0) return 'length';
  if (operator.startsWith(':') || operator === '=') return 'default';
  if (operator.startsWith('/')) return 'replace';
  return operator.startsWith(',') || operator.startsWith('^') ? 'case' : 'trim';
}

/** Where pairs of dollar signs stand, taken from the left as the scanner does. */
function findDoubled(text: string, { start, end }: SubstitutionPart): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf('$$', start); at >= 0 && at + 1 < end; at = text.indexOf('$$', at + 2)) found.push(at);
  return found;
}
