/**
 * Post-build substitution of Flux: each object's text is substituted as a whole and read again (fluxcd/pkg/kustomize
 * v1.35.6 kustomize_varsub.go SubstituteVariables, as kustomize-controller v1.9.5 calls it). Objects that nothing
 * changes keep their identity. An expression whose variable only the cluster knows keeps its text and is reported.
 */
import type { Place, Problems } from '../../../base/problem.js';
import { SourceText } from '../../../base/source.js';
import type { BuildCache } from '../../../kustomize/build.js';
import { scalarValue, type MapNode, type ScalarNode } from '../../../yaml/nodes.js';
import { parseYaml } from '../../../yaml/parse.js';
import type { PrintedDocument } from '../../../yaml/print.js';
import { mapAt } from '../../declarations.js';
import type { FinishStep } from '../../renderPlan.js';
import { evaluateText, type Evaluated, type EvaluateWith } from './evaluate.js';
import { parseSubstitutions, type SubstitutionPart } from './parseSubstitutions.js';
import { restoreOrigins, type OriginOf } from './restoreOrigins.js';
import { valueOfVariable, type Variables } from './variables.js';

/** A variable that only the cluster knows, asked for by objects. */
export interface SubstitutionStandIn {
  readonly name: string;
  /** Where the objects name it. */
  readonly places: readonly Place[];
  /** The ConfigMaps and Secrets that may define it. */
  readonly from: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[];
}

export interface SubstituteWith {
  readonly variables: Variables;
  /** See {@link EvaluateWith.strict}. */
  readonly strict: boolean;
}

/** The step that substitutes. */
export function substitutionStep(given: SubstituteWith): FinishStep {
  return (objects, { problems, cache }) => {
    const { variables } = given;
    if (variables.byName.size === 0 && variables.open.length === 0 && !variables.isAlways) return objects;
    const asked = new Set<string>();
    const result = objects.map((root) => substituteObject(root, given, problems, cache, asked));
    const [open] = variables.open;
    if (asked.size > 0 && open) reportOpen([...asked], variables, problems);
    return result.some((root, index) => root !== objects[index]) ? result : objects;
  };
}

/** The variables that `objects`, before the substitution, ask for and that only the cluster knows. */
export function findStandIns(objects: readonly MapNode[], { variables, strict }: SubstituteWith, cache: BuildCache): readonly SubstitutionStandIn[] {
  const found = new Map<string, Place[]>();
  for (const root of objects) {
    const printed = printOf(root, cache);
    const parsed = printed && parseSubstitutions(printed.text);
    if (!printed || isDisabled(root) || !parsed || !('parts' in parsed)) continue;
    for (const { name, start } of namesIn(parsed.parts)) {
      if (valueOfVariable(variables, name).kind !== 'unknown') continue;
      found.set(name, [...(found.get(name) ?? []), nodeAt(printed, start)]);
    }
  }
  const from = variables.open.map(({ kind, namespace, name }) => ({ kind, namespace, name }));
  return strict || from.length > 0 ? [...found].map(([name, places]) => ({ name, places, from })) : [];
}

/** True for an object that asks to be left as it is. */
export function isDisabled(root: MapNode): boolean {
  const key = 'kustomize.toolkit.fluxcd.io/substitute';
  return ['labels', 'annotations'].some((field) => scalarValue(mapAt(root, 'metadata', field)?.get(key)) === 'disabled');
}

function substituteObject(root: MapNode, { variables, strict }: SubstituteWith, problems: Problems, cache: BuildCache, asked: Set<string>): MapNode {
  const printed = printOf(root, cache);
  if (!printed || !/\$[{$]/.test(printed.text) || isDisabled(root)) return root;
  const given: EvaluateWith = { strict, valueOf: (name) => valueOfVariable(variables, name) };
  const evaluated = evaluateText(printed.text, given);
  if (!('text' in evaluated)) {
    reportFailure(evaluated, printed, problems);
    return root;
  }
  for (const { expression, value } of evaluated.replaced) {
    if (value === undefined) for (const { name } of namesIn([expression])) if (valueOfVariable(variables, name).kind === 'unknown') asked.add(name);
  }
  if (evaluated.text === printed.text) return root;
  return readBack(root, evaluated.text, originsOf(variables), printed, problems);
}

function printOf(root: MapNode, cache: BuildCache): PrintedDocument | undefined {
  const printed = cache.print(root);
  return 'message' in printed ? undefined : printed;
}

/** The substituted text as a tree. */
function readBack(root: MapNode, text: string, originOf: OriginOf, printed: PrintedDocument, problems: Problems): MapNode {
  const parsed = parseYaml(new SourceText(root.source.path, text));
  const after = parsed.documents[0]?.root;
  const failure = parsed.problems.find(({ severity }) => severity === 'error');
  if (!failure && after?.kind === 'map') {
    const restored = restoreOrigins(root, after, originOf);
    return restored.kind === 'map' ? restored : root;
  }
  const line = failure?.location.range.start.line ?? 0;
  const shown = (text.split('\n')[line] ?? '').trim();
  const words = failure ? `: ${failure.message}` : '.';
  problems.error('flux/unreadable-substitution', `With its variables put in, \`${shown}\` is no longer what YAML can read${words}`, nodeOnLine(printed, line));
  return root;
}

/** The first variable of the old text that has a value leads; where a default alone did it, the text itself does. */
function originsOf(variables: Variables): OriginOf {
  return (before) => {
    const names = before ? namesOfText(before.value) : [];
    const variable = names.map((name) => variables.byName.get(name)).find((each) => each !== undefined);
    if (variable) return { place: variable.node, step: variable.step };
    return { place: before ?? variables.step, step: variables.step };
  };
}

function namesOfText(text: string): readonly string[] {
  const parsed = parseSubstitutions(text);
  return 'parts' in parsed ? namesIn(parsed.parts).map(({ name }) => name) : [];
}

/** The names in expressions, those in their arguments behind them. */
function namesIn(parts: readonly SubstitutionPart[]): readonly { readonly name: string; readonly start: number }[] {
  return parts.flatMap((part) => (part.kind === 'expression' ? [{ name: part.name, start: part.start }, ...namesIn(part.args)] : []));
}

function reportFailure(failure: Exclude<Evaluated, { text: string }>, printed: PrintedDocument, problems: Problems): void {
  const node = nodeAt(printed, failure.start);
  const expression = printed.text.slice(failure.start, failure.end);
  const at = node.source.text.slice(node.start, node.end).indexOf(expression);
  const place = at < 0 ? node : { source: node.source, start: node.start + at, end: node.start + at + expression.length };
  if (failure.reason === 'variable not set') {
    const words = `The variable ${failure.name ?? ''} is not set and has no default, which Flux refuses since version 2.9 (strict substitution): define it, or write \${${failure.name ?? ''}:=}.`;
    problems.error('flux/undefined-variable', words, place);
    return;
  }
  const mend = 'write $${ for text that is meant as it stands, or label the object kustomize.toolkit.fluxcd.io/substitute: disabled';
  if (failure.reason === 'nested too deeply') problems.error('flux/substitution-unsupported', 'This expression is nested deeper than this engine follows.', place);
  else if (failure.reason === 'split character') problems.error('flux/invalid-substitution', `${expression} cuts a character in two: Flux counts bytes here.`, place);
  else problems.error('flux/invalid-substitution', `Flux can't substitute ${expression} (${failure.reason}): ${mend}.`, place);
}

function reportOpen(names: readonly string[], variables: Variables, problems: Problems): void {
  const [first] = variables.open;
  if (!first) return;
  const objects = variables.open.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  const listed = names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
  problems.info(
    'flux/substitution-not-fetched',
    `${listed} may be defined in the cluster (${objects}), which isn't in the repository: the expressions are shown as they stand.`,
    first.node,
  );
}

function nodeAt(printed: PrintedDocument, offset: number): Place {
  let line = 0;
  for (let at = printed.text.indexOf('\n'); at >= 0 && at < offset; at = printed.text.indexOf('\n', at + 1)) line++;
  return nodeOnLine(printed, line);
}

function nodeOnLine(printed: PrintedDocument, line: number): Place {
  const shown = printed.lines[line] ?? printed.lines[0];
  const value = shown?.value;
  const isScalar = value?.kind === 'scalar';
  const key: ScalarNode | undefined = shown?.key;
  return (isScalar ? value : (key ?? value)) ?? { source: new SourceText('', ''), start: 0, end: 0 };
}
