/**
 * What an ApplicationSet generates (Argo CD v3.2.11 applicationset/controllers/template/template.go): the parameters of
 * its generators, put into its template. Every generated text that a parameter filled leads to that parameter; the rest
 * are the template's own nodes. What the set needs and nobody has is listed, not guessed.
 */
import { Problems, type Place, type Problem } from '../../../base/problem.js';
import { makeMap, makeScalar, makeSequence, type MapNode, Pair, scalarValue, type Step, type YamlNode } from '../../../yaml/nodes.js';
import { mapAt, scalarAt } from '../../declarations.js';
import type { DeliveryObject } from '../../delivery.js';
import { checkingOf, checkSpec, isTrue, mapsAt, textsAt } from '../application.js';
import { headOf } from '../argoType.js';
import { argoSpecs } from '../facts/argoSpecs.js';
import { generate, kindsOf, type GeneratorKind } from './generate.js';
import { mostSets, refuseMore, type GeneratorContext } from './generatorContext.js';
import { paramNames, settleNode, type ParamSet } from './params.js';
import { pullRequestOf } from './pullRequestGenerator.js';
import { TemplateRenderer, type ParameterUse } from './renderTree.js';
import { applyTemplatePatch } from './templatePatch.js';
import type { ApplicationSetWorld, SetLack } from './world.js';

export interface Expansion {
  readonly applications: readonly DeliveryObject[];
  readonly problems: readonly Problem[];
  /** What would be needed to know all that the set generates. */
  readonly lacks: readonly SetLack[];
  /** The parameters that the generators made, by name, each with where it stands first. */
  readonly parameters: ReadonlyMap<string, Place>;
  /** Where the templates ask for which parameters, one for each name in each text. */
  readonly uses: readonly ParameterUse[];
}

const resourcesFinalizer = 'resources-finalizer.argocd.argoproj.io';

/** Generates the Applications of a set. Never throws for what a user wrote. */
export function expandApplicationSet(set: DeliveryObject, world: ApplicationSetWorld): Expansion {
  const problems = new Problems();
  const checking = checkingOf(set, problems);
  const checked = checkSpec(set.root, argoSpecs.ApplicationSet, checking);
  // What plain scalars are is settled once: a text that a template makes later stays a text.
  const spec = checked && settleNode(checked, checking.readingOf(makeScalar('', checked, undefined)));
  if (spec?.kind !== 'map') return { applications: [], problems: problems.list, lacks: [], parameters: new Map(), uses: [] };
  return new Expander(set, spec, world, problems).expand();
}

class Expander {
  readonly #set: DeliveryObject;
  readonly #spec: MapNode;
  readonly #context: GeneratorContext;
  readonly #renderer: TemplateRenderer;
  readonly #problems: Problems;
  readonly #parameters = new Map<string, Place>();

  constructor(set: DeliveryObject, spec: MapNode, world: ApplicationSetWorld, problems: Problems) {
    const options = textsAt(spec, 'goTemplateOptions').map(({ value }) => value);
    this.#set = set;
    this.#spec = spec;
    this.#problems = problems;
    this.#renderer = new TemplateRenderer({ isGo: isTrue(spec, 'goTemplate'), options, renderGo: world.renderGoTemplate });
    this.#context = { world, renderer: this.#renderer, problems, lacks: [] };
  }

  expand(): Expansion {
    const applications: DeliveryObject[] = [];
    mapsAt(this.#spec, 'generators').forEach((entry, index) => {
      const kinds = kindsOf(entry);
      if (kinds.length === 0) this.#problems.warning('argocd/invalid-generator', 'This entry has no generator, so it makes nothing.', headOf(entry));
      for (const kind of kinds) applications.push(...this.#fromGenerator(entry, kind, `spec.generators[${index}]`));
    });
    return {
      applications: this.#withoutDuplicates(applications),
      problems: this.#problems.list,
      lacks: this.#context.lacks,
      parameters: this.#parameters,
      uses: this.#renderer.uses,
    };
  }

  #fromGenerator(entry: MapNode, kind: GeneratorKind, field: string): readonly DeliveryObject[] {
    const made = generate(entry, kind, field, 0, this.#context) ?? [];
    if (made.length > mostSets) refuseMore(headOf(entry), this.#context);
    const sets = made.slice(0, mostSets);
    const own = mapAt(entry, kind, 'template');
    const template = mergeTemplates(own, mapAt(this.#spec, 'template'));
    if (!template) return [];
    return sets.flatMap((params) => {
      this.#notePlaces(params);
      const root = this.#fromParams(template, params);
      return root ? [this.#asObject(root, params)] : [];
    });
  }

  #notePlaces(params: ParamSet): void {
    const visit = (node: YamlNode, name: string): void => {
      if (!this.#parameters.has(name)) this.#parameters.set(name, node);
    };
    for (const name of paramNames(params)) {
      const flat = params.values.get(name);
      if (flat) visit(flat, name);
      else visit(followPath(params.values, name) ?? params.values, name);
    }
  }

  /** The Application of one set of parameters. */
  #fromParams(template: MapNode, params: ParamSet): MapNode | undefined {
    const isEmpty = params.values.pairs.length === 0;
    const filled = isEmpty ? template : this.#renderer.renderTree(template, params, this.#problems);
    if (filled?.kind !== 'map') return undefined;
    const metadata = mapAt(filled, 'metadata') ?? makeMap([], template, params.step);
    const withFinalizer = isEmpty ? metadata : this.#withFinalizer(metadata, params.step);
    const spec = filled.get('spec');
    const header = (key: string, value: string): Pair => new Pair(makeScalar(key, metadata, params.step), makeScalar(value, metadata, params.step));
    const pairs = [header('apiVersion', 'argoproj.io/v1alpha1'), header('kind', 'Application'), new Pair(keyOf(filled, 'metadata', metadata), withFinalizer)];
    const app = makeMap(spec ? [...pairs, new Pair(keyOf(filled, 'spec', metadata), spec)] : pairs, filled, params.step);
    const patch = scalarAt(this.#spec, 'templatePatch');
    const patched = patch ? applyTemplatePatch(app, patch, params, { spec: argoSpecs.Application }, this.#renderer, this.#problems) : app;
    return patched && this.#inOwnNamespace(patched, params.step);
  }

  /** Applications are deleted with what they deployed, unless they have finalizers of their own or the set says otherwise. */
  #withFinalizer(metadata: MapNode, step: Step): MapNode {
    const present = metadata.get('finalizers');
    const preserves = isTrue(mapAt(this.#spec, 'syncPolicy'), 'preserveResourcesOnDeletion');
    if (preserves || (present?.kind === 'sequence' && present.items.length > 0)) return metadata;
    return metadata.with('finalizers', makeSequence([makeScalar(resourcesFinalizer, metadata, step)], metadata, step), makeScalar('finalizers', metadata, step));
  }

  /** An Application stands in the namespace of its set, whatever its template says. */
  #inOwnNamespace(app: MapNode, step: Step): MapNode {
    const metadata = mapAt(app, 'metadata');
    if (!metadata) return app;
    const own = scalarAt(mapAt(this.#set.root, 'metadata'), 'namespace');
    if (!own) return app.with('metadata', metadata.without('namespace'));
    const before = metadata.get('namespace');
    if (scalarValue(before) === own.value) return app;
    return app.with('metadata', metadata.with('namespace', makeScalar(own.value, own, step, before), makeScalar('namespace', own, step)));
  }

  #asObject(root: MapNode, params: ParamSet): DeliveryObject {
    const metadata = mapAt(root, 'metadata');
    const [name, namespace] = ['name', 'namespace'].map((key) => scalarAt(metadata, key)?.value ?? '');
    const id = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', name: name ?? '', namespace: namespace ?? '' };
    return { id, root, foundIn: { kind: 'applicationSet', set: this.#set, pullRequest: pullRequestOf(params) } };
  }

  /** The first of a name counts, as Argo CD has it; one without a name can't be. */
  #withoutDuplicates(applications: readonly DeliveryObject[]): readonly DeliveryObject[] {
    const known = new Map<string, DeliveryObject>();
    const reported = new Set<string>();
    for (const object of applications) {
      const { name } = object.id;
      const place = mapAt(object.root, 'metadata')?.get('name') ?? headOf(this.#spec);
      const first = known.get(name);
      if (name === '') this.#problems.error('argocd/generated-without-name', 'An Application without a name is generated here.', place);
      else if (!first) known.set(name, object);
      else if (!reported.has(name)) {
        reported.add(name);
        const other = mapAt(first.root, 'metadata')?.get('name');
        const related = other ? [{ location: other.source.locate(other.start, other.end), message: 'the first of the name' }] : [];
        this.#problems.error('argocd/generated-twice', `Two Applications with the name ${name} are generated; Argo CD makes only the first.`, place, { related });
      }
    }
    return [...known.values()];
  }
}

function keyOf(map: MapNode, name: string, place: Place): Pair['key'] {
  return map.pair(name)?.key ?? makeScalar(name, place, undefined);
}

/** A value by its flattened name. */
function followPath(values: MapNode, name: string): YamlNode | undefined {
  let at: YamlNode | undefined = values;
  let rest = name;
  while (at && rest !== '') {
    if (at.kind === 'scalar') return undefined;
    const keys: readonly string[] = at.kind === 'map' ? at.pairs.map(({ key }) => key.value) : at.items.map((_, index) => String(index));
    const key: string | undefined = keys.find((each) => rest === each || rest.startsWith(`${each}.`));
    if (key === undefined) return undefined;
    at = at.kind === 'map' ? at.get(key) : at.items[Number(key)];
    rest = rest.slice(key.length + 1);
  }
  return at;
}

/**
 * A generator's own template, with the set's where it says nothing (dario.cat/mergo without override): maps are merged,
 * lists and values that are there stay.
 */
function mergeTemplates(own: MapNode | undefined, base: MapNode | undefined): MapNode | undefined {
  if (!own || !base) return own ?? base;
  return fillFrom(own, base, '');
}

function fillFrom(own: MapNode, base: MapNode, field: string): MapNode {
  // Values for a chart are a text to Go: they are not merged.
  if (field === 'valuesObject' && own.pairs.length > 0) return own;
  let result = own;
  for (const { key, value } of base.pairs) {
    const before = result.get(key.value);
    if (!before || isEmptyValue(before)) result = result.with(key.value, value, key);
    else if (before.kind === 'map' && value.kind === 'map') result = result.with(key.value, fillFrom(before, value, key.value), key);
  }
  return result;
}

function isEmptyValue(node: YamlNode): boolean {
  if (node.kind === 'scalar')
    return node.tag === '!!null' || node.value === '' || (node.tag === '!!bool' && node.value === 'false') || (node.tag === '!!int' && node.value === '0');
  return node.kind === 'sequence' ? node.items.length === 0 : false;
}
