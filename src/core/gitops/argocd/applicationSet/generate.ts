/**
 * Runs generators: each entry's own kind, filtered by its selector; matrix and merge of others (Argo CD v3.2.11
 * applicationset/generators generator_spec_processor.go, matrix.go, merge.go).
 */
import type { ScalarNode } from '../../../yaml/nodes.js';
import { makeScalar, Pair, type MapNode, type YamlNode } from '../../../yaml/nodes.js';
import { mapAt } from '../../declarations.js';
import { mapsAt, textsAt } from '../application.js';
import { headOf } from '../argoType.js';
import { generateClusters } from './clusterGenerator.js';
import { mostSets, refuseMore, type Generated, type GeneratorContext } from './generatorContext.js';
import { generateGit } from './gitGenerator.js';
import { generateList } from './listGenerator.js';
import { flattenParams, mergeOver, printGo, toGoValue, type ParamSet } from './params.js';
import { generatePullRequests } from './pullRequestGenerator.js';
import { readSelector } from './selector.js';

/** The kinds of generators, in the order in which an entry with several of them is run. */
export const generatorKinds = ['list', 'clusters', 'git', 'scmProvider', 'clusterDecisionResource', 'pullRequest', 'matrix', 'merge', 'plugin'] as const;
export type GeneratorKind = (typeof generatorKinds)[number];

/** The generators that an entry has. */
export function kindsOf(entry: MapNode): readonly GeneratorKind[] {
  return generatorKinds.filter((kind) => mapAt(entry, kind) !== undefined);
}

/** How deep matrix and merge may stand in each other: two levels below the set. */
const deepestNesting = 2;

/**
 * The parameters of one kind of generator in an entry of `generators`, filtered by the entry's selector.
 * @param depth how many matrix or merge generators stand around it
 */
export function generate(entry: MapNode, kind: GeneratorKind, field: string, depth: number, context: GeneratorContext): Generated {
  const generator = mapAt(entry, kind);
  if (!generator) return [];
  const selector = mapAt(entry, 'selector');
  const matches = selector ? readSelector(selector, context.problems) : () => true;
  if (!matches) return undefined;
  const sets = generateKind(generator, kind, `${field}.${kind}`, depth, context);
  return selector ? sets?.filter((set) => matches(labelsOf(set))) : sets;
}

function labelsOf(set: ParamSet): ReadonlyMap<string, string> {
  return new Map([...flattenParams(set)].map(([name, node]) => [name, printGo(node)]));
}

function generateKind(generator: MapNode, kind: GeneratorKind, field: string, depth: number, context: GeneratorContext): Generated {
  switch (kind) {
    case 'list':
      return generateList(generator, field, context);
    case 'clusters':
      return generateClusters(generator, field, context);
    case 'git':
      return generateGit(generator, field, context);
    case 'pullRequest':
      return generatePullRequests(generator, field, context);
    case 'matrix':
      return generateMatrix(generator, field, depth, context);
    case 'merge':
      return generateMerge(generator, field, depth, context);
    case 'scmProvider':
    case 'clusterDecisionResource':
    case 'plugin':
      context.lacks.push({
        kind: 'generator',
        spec: kind,
        place: headOf(generator),
        message: `The generator ${kind} asks other systems and is not run here; what it makes is unknown.`,
      });
      return [];
  }
}

/** Each set of the first with each of the second, which is filled with the first's parameters before it runs. */
function generateMatrix(matrix: MapNode, field: string, depth: number, context: GeneratorContext): Generated {
  const children = mapsAt(matrix, 'generators');
  const [first, second] = children;
  if (children.length !== 2 || !first || !second) {
    context.problems.error('argocd/invalid-generator', `A matrix has two generators, not ${children.length}.`, matrix.pair('generators')?.key ?? headOf(matrix));
    return undefined;
  }
  const result: ParamSet[] = [];
  for (const a of runChild(first, `${field}.generators[0]`, depth, undefined, context) ?? [undefined]) {
    if (!a) return undefined;
    const others = runChild(second, `${field}.generators[1]`, depth, a, context);
    if (!others) return undefined;
    for (const b of others) {
      const combined = context.renderer.isGo ? combineNested(a, b) : combineFlat(a, b, matrix, context);
      if (!combined) return undefined;
      if (result.length === mostSets) {
        refuseMore(headOf(matrix), context);
        return result;
      }
      result.push(combined);
    }
  }
  return result;
}

/** In Go templates the first generator's parameters win; maps are merged. */
function combineNested(a: ParamSet, b: ParamSet): ParamSet {
  return { values: mergeOver(b.values, a.values), opaque: new Set([...a.opaque, ...b.opaque]), step: b.step };
}

/** Without Go templates the same name may not have two values. */
function combineFlat(a: ParamSet, b: ParamSet, matrix: MapNode, { problems }: GeneratorContext): ParamSet | undefined {
  let { values } = asTexts(a);
  for (const { key, value } of asTexts(b).values.pairs) {
    const before = values.get(key.value);
    if (before?.kind === 'scalar' && value.kind === 'scalar' && before.value !== value.value) {
      const related = [
        { location: before.source.locate(before.start, before.end), message: `${before.value}, of the first` },
        { location: value.source.locate(value.start, value.end), message: `${value.value}, of the second` },
      ];
      problems.error(
        'argocd/matrix-conflict',
        `Both generators of this matrix have ${key.value}, with different values; rename one, or give one a pathParamPrefix.`,
        headOf(matrix),
        { related },
      );
      return undefined;
    }
    values = values.with(key.value, value, key);
  }
  return { values, opaque: a.opaque, step: b.step };
}

function asTexts(set: ParamSet): ParamSet {
  const toText = (node: YamlNode): ScalarNode => (node.kind === 'scalar' && node.tag === '!!str' ? node : makeScalar(printGo(node), node, undefined));
  return { ...set, values: set.values.withPairs(set.values.pairs.map(({ key, value }) => new Pair(key, toText(value)))) };
}

/** The sets of the first, each with what the others have for the same keys laid over it. */
function generateMerge(merge: MapNode, field: string, depth: number, context: GeneratorContext): Generated {
  const children = mapsAt(merge, 'generators');
  const keys = [...new Set(textsAt(merge, 'mergeKeys').map(({ value }) => value))];
  const { problems } = context;
  if (children.length < 2 || keys.length === 0) {
    const message = keys.length === 0 ? 'A merge needs mergeKeys: the parameters that tell which sets belong together.' : 'A merge has at least two generators.';
    problems.error('argocd/invalid-generator', message, headOf(merge));
    return undefined;
  }
  let base: Map<string, ParamSet> | undefined;
  for (const [index, child] of children.entries()) {
    const sets = runChild(child, `${field}.generators[${index}]`, depth, undefined, context);
    const byKey = sets && groupByKeys(sets, keys, child, context);
    if (!byKey) return undefined;
    if (!base) {
      base = byKey;
      continue;
    }
    for (const [key, set] of base) {
      const over = byKey.get(key);
      if (over) base.set(key, overlay(set, over, context));
    }
  }
  return base ? [...base.values()] : [];
}

function overlay(base: ParamSet, over: ParamSet, { renderer }: GeneratorContext): ParamSet {
  if (renderer.isGo) return { ...base, values: mergeOver(base.values, over.values), opaque: new Set([...base.opaque, ...over.opaque]) };
  return { ...base, values: over.values.pairs.reduce((map, { key, value }) => map.with(key.value, value, key), base.values) };
}

function groupByKeys(sets: readonly ParamSet[], keys: readonly string[], child: MapNode, { problems }: GeneratorContext): Map<string, ParamSet> | undefined {
  const byKey = new Map<string, ParamSet>();
  for (const set of sets) {
    const key = JSON.stringify(
      keys.map((name) => {
        const node = set.values.get(name);
        return node ? toGoValue(node) : null;
      }),
    );
    if (byKey.has(key)) {
      problems.error(
        'argocd/merge-duplicate',
        `Two sets of this generator are the same by ${keys.join(', ')}, which a merge refuses; add a key that tells them apart.`,
        headOf(child),
      );
      return undefined;
    }
    byKey.set(key, set);
  }
  return byKey;
}

/** A generator inside of a matrix or merge: exactly one kind, filled with `params` where a matrix gives some. */
function runChild(entry: MapNode, field: string, depth: number, params: ParamSet | undefined, context: GeneratorContext): Generated {
  const { problems, renderer } = context;
  const kinds = kindsOf(entry).filter((kind) => depth < deepestNesting - 1 || (kind !== 'matrix' && kind !== 'merge'));
  const [kind] = kinds;
  if (!kind || kinds.length > 1) {
    const message = kind ? 'An entry inside of a matrix or merge has one generator; split this one.' : 'This entry has no generator that may stand here.';
    problems.error('argocd/invalid-generator', message, headOf(entry));
    return undefined;
  }
  if (!params || params.values.pairs.length === 0) return generate(entry, kind, field, depth + 1, context);
  const filled = renderer.renderTree(entry, params, problems);
  return filled?.kind === 'map' ? generate(filled, kind, field, depth + 1, context) : undefined;
}
