/** What every generator works with, and the values that all of them may add to their parameters. */
import type { Place, Problems } from '../../../base/problem.js';
import { makeMap, makeScalar, Pair, type MapNode, type Step } from '../../../yaml/nodes.js';
import { pairsAt } from '../application.js';
import type { ParamSet } from './params.js';
import type { TemplateRenderer } from './renderTree.js';
import type { ApplicationSetWorld, SetLack } from './world.js';

export interface GeneratorContext {
  readonly world: ApplicationSetWorld;
  readonly renderer: TemplateRenderer;
  readonly problems: Problems;
  readonly lacks: SetLack[];
}

/** What a generator makes; undefined where it fails, which is reported. */
export type Generated = readonly ParamSet[] | undefined;

/** The step of Applications that a place stands for. */
export function stepAt(field: string, { source, start, end }: Place): Step {
  return { kind: 'applicationSet', field, source, start, end };
}

/**
 * The parameters with those of the generator's `values`, each filled with the parameters (not with each other): flat
 * `values.name`, or in Go templates a map.
 */
export function withValues(params: ParamSet, generator: MapNode, { renderer, problems }: GeneratorContext): ParamSet | undefined {
  const entries = pairsAt(generator, 'values');
  if (entries.length === 0) return params;
  const filled: Pair[] = [];
  for (const { key, value } of entries) {
    const text = renderer.renderText(value, params, problems);
    if (!text) return undefined;
    filled.push(new Pair(key, text));
  }
  if (renderer.isGo) {
    const node = makeMap(filled, generator.get('values') ?? generator, undefined);
    return { ...params, values: params.values.with('values', node), opaque: new Set([...params.opaque, 'values']) };
  }
  const values = filled.reduce((map, { key, value }) => map.with(`values.${key.value}`, value, makeScalar(`values.${key.value}`, key, undefined)), params.values);
  return { ...params, values };
}

/** A map of texts that all stand at one place. */
export function makeTexts(texts: Readonly<Record<string, string>>, place: Place): MapNode {
  return makeMap(
    Object.entries(texts).map(([key, value]) => new Pair(makeScalar(key, place, undefined), makeScalar(value, place, undefined))),
    place,
    undefined,
  );
}

/** More Applications than this come from no set that somebody means to look at. */
export const mostSets = 5000;

/** Says that a generator makes more than is looked at. */
export function refuseMore(place: Place, { problems }: GeneratorContext): void {
  const message = `This generator makes more than ${mostSets} sets of parameters; only the first ${mostSets} are looked at. Split the set to see the others.`;
  problems.warning('argocd/set-size-unsupported', message, place);
}

/** Whole parameter sets, or nothing where one of them failed. */
export function allOrNothing(sets: readonly (ParamSet | undefined)[]): Generated {
  return sets.every((set) => set !== undefined) ? sets : undefined;
}
