/**
 * Makes the ConfigMap or Secret of one entry of configMapGenerator or secretGenerator (kustomize api v0.21.2
 * internal/generators, kyaml v0.21.2 yaml/datamap.go). The hash of the content comes last, in a step of its own.
 */
import type { Place, Problems } from '../../base/problem.js';
import { makeMap, makeScalar, Pair, type MapNode, type ScalarNode, type Step } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import type { BuildContext } from '../context.js';
import type { GeneratorArgs, GeneratorOptions, TextMap } from '../kustomization.js';
import { Resource } from '../resource.js';
import { behaviorOf } from '../resourceFile.js';
import { encodeBase64 } from './base64.js';
import { checkLeadingTab } from './leadingTab.js';
import { readPairs, type DataPair } from './readPairs.js';

/**
 * The object that `args` asks for: one, or none where a mistake was reported.
 * @param folder what its paths are relative to
 * @param directive the way to `args` for people, where it isn't an entry of a kustomization's list
 */
export function generateResources(args: GeneratorArgs, context: BuildContext, folder: string, directive = `${args.field}[${args.index}]`): readonly Resource[] {
  const { problems } = context;
  if (!args.name) {
    problems.error('kustomize/generator-without-name', 'This generator has no name; every generated object needs one.', headOf(args.node));
    return [];
  }
  const step: Step = { kind: 'generator', field: directive, source: args.node.source, start: args.node.start, end: args.node.end };
  const pairs = readPairs(args, directive, context, folder);
  if (!checkPairs(args, pairs, problems)) return [];
  checkBehavior(args, problems);
  const resource = new Resource(makeObject(args, pairs, step));
  resource.needsHashSuffix = !args.options?.disableNameSuffixHash;
  resource.behavior = behaviorOf(args.behavior?.value);
  return [resource];
}

/** False where a key stands twice, or a value can't be printed. */
function checkPairs(args: GeneratorArgs, pairs: readonly DataPair[], problems: Problems): boolean {
  const byKey = new Map<string, DataPair>();
  let sound = true;
  for (const pair of pairs) {
    const { key, keyPlace } = pair;
    const earlier = byKey.get(key);
    if (earlier) {
      const related = [{ location: earlier.keyPlace.source.locate(earlier.keyPlace.start, earlier.keyPlace.end), message: `the first ${key}` }];
      problems.error('kustomize/repeated-data-key', `${args.name?.value ?? ''} gets the key ${key} twice; remove one.`, keyPlace, { related });
      sound = false;
    } else byKey.set(key, pair);
    if (args.field === 'configMapGenerator' && typeof pair.value === 'string') sound = checkLeadingTab(key, pair.value, pair.valuePlace, problems) && sound;
    if (!earlier && (!/^[-._a-zA-Z0-9]+$/.test(key) || key.length > 253)) {
      problems.warning('kustomize/invalid-data-key', `Kubernetes refuses the key ${key}: use letters, digits, dashes, dots and underscores only.`, keyPlace);
    }
  }
  return sound;
}

function checkBehavior({ behavior }: GeneratorArgs, problems: Problems): void {
  if (behavior && behaviorOf(behavior.value) === 'unspecified') {
    problems.warning('kustomize/unknown-behavior', `${behavior.value} is no behavior, and kustomize takes it for create; write create, merge or replace.`, behavior);
  }
}

function makeObject(args: GeneratorArgs, pairs: readonly DataPair[], step: Step): MapNode {
  const isSecret = args.field === 'secretGenerator';
  const constant = (key: string, value: string): Pair => new Pair(makeScalar(key, step, step), makeScalar(value, step, step));
  const fields = [constant('apiVersion', 'v1'), constant('kind', isSecret ? 'Secret' : 'ConfigMap'), new Pair(makeScalar('metadata', step, step), makeMetadata(args, step))];
  if (isSecret) fields.push(args.type ? textPair('type', args.type, step) : constant('type', 'Opaque'));
  fields.push(...(isSecret ? secretData(pairs, step) : configMapData(pairs, step)));
  if (args.options?.immutable) fields.push(new Pair(makeScalar('immutable', step, step), makeScalar('true', placeOfImmutable(args.options), step, undefined, '!!bool')));
  return makeMap(fields, step, step);
}

function makeMetadata(args: GeneratorArgs, step: Step): MapNode {
  const fields: Pair[] = [];
  if (args.name) fields.push(textPair('name', args.name, step));
  if (args.namespace) fields.push(textPair('namespace', args.namespace, step));
  const { labels, annotations } = args.options ?? {};
  if (labels && labels.entries.length > 0) fields.push(new Pair(makeScalar('labels', labels.node, step), textMapNode(labels, step)));
  if (annotations && annotations.entries.length > 0) fields.push(new Pair(makeScalar('annotations', annotations.node, step), textMapNode(annotations, step)));
  return makeMap(fields, args.name ?? step, step);
}

function textPair(key: string, text: ScalarNode, step: Step): Pair {
  return new Pair(makeScalar(key, text, step), makeScalar(text.value, text, step));
}

function textMapNode(map: TextMap, step: Step): MapNode {
  return makeMap(
    map.entries.map(({ key, value }) => new Pair(makeKey(key.value, key, step), makeScalar(value.value, value, step))),
    map.node,
    step,
  );
}

function placeOfImmutable(options: GeneratorOptions): Place {
  return options.node.get('immutable') ?? options.node;
}

function configMapData(pairs: readonly DataPair[], step: Step): readonly Pair[] {
  const texts = pairs.filter((pair) => typeof pair.value === 'string');
  const binaries = pairs.filter((pair) => typeof pair.value !== 'string');
  const field = (name: string, entries: readonly DataPair[]): readonly Pair[] =>
    entries.length === 0 ? [] : [new Pair(makeScalar(name, step, step), makeMap(entries.map(dataPair), step, step))];
  return [...field('data', texts), ...field('binaryData', binaries)];
}

function dataPair(pair: DataPair): Pair {
  const value = typeof pair.value === 'string' ? pair.value : encodeBase64(pair.value);
  return new Pair(makeKey(pair.key, pair.keyPlace, pair.step), makeScalar(value, pair.valuePlace, pair.step));
}

/** A Secret has `data` even where it is empty. */
function secretData(pairs: readonly DataPair[], step: Step): readonly Pair[] {
  const entries = pairs.map((pair) => {
    const bytes = typeof pair.value === 'string' ? new TextEncoder().encode(pair.value) : pair.value;
    return new Pair(makeKey(pair.key, pair.keyPlace, pair.step), makeScalar(encodeBase64(bytes), pair.valuePlace, pair.step));
  });
  return [new Pair(makeScalar('data', step, step), makeMap(entries, step, step))];
}

/**
 * A key that kustomize makes without saying that it is a string: one that reads as a number, boolean or null is taken for
 * that, and the object can't be printed.
 */
export function makeKey(key: string, place: Place, step: Step | undefined): ScalarNode {
  return makeScalar(key, place, step, undefined, resolveTag(key));
}

function headOf(node: MapNode): Place {
  const [first] = node.pairs;
  return first ? { source: first.key.source, start: first.key.start, end: first.key.end } : node;
}
