/** The list generator: elements written down (Argo CD v3.2.11 applicationset/generators/list.go). */
import { embeddedSource } from '../../../yaml/embed.js';
import { type MapNode, makeScalar, Pair, type YamlNode } from '../../../yaml/nodes.js';
import { parseYaml } from '../../../yaml/parse.js';
import { scalarAt } from '../../declarations.js';
import { itemsAt } from '../application.js';
import { headOf } from '../argoType.js';
import { allOrNothing, stepAt, type Generated, type GeneratorContext } from './generatorContext.js';
import { settleNode, type ParamSet } from './params.js';

export function generateList(list: MapNode, field: string, context: GeneratorContext): Generated {
  const elements = itemsAt(list, 'elements').map((node, index) => readElement(node, `${field}.elements[${index}]`, context));
  const more = readElementsYaml(list, field, context);
  return more && allOrNothing([...elements, ...more]);
}

function readElement(node: YamlNode, field: string, context: GeneratorContext): ParamSet | undefined {
  if (node.kind !== 'map') {
    context.problems.error('argocd/invalid-element', 'An element of a list is a map of parameters.', headOf(node));
    return undefined;
  }
  const set: ParamSet = { values: node, opaque: new Set(), step: stepAt(field, node) };
  return context.renderer.isGo ? set : flattenElement(set, context);
}

/** Without Go templates every parameter is a text; those in `values` get that in front of their names. */
function flattenElement(set: ParamSet, { problems }: GeneratorContext): ParamSet | undefined {
  const pairs: Pair[] = [];
  const add = (pair: Pair, name: string): boolean => {
    if (pair.value.kind === 'scalar' && pair.value.tag === '!!str') {
      pairs.push(name === pair.key.value ? pair : new Pair(makeScalar(name, pair.key, undefined), pair.value));
      return true;
    }
    problems.error('argocd/invalid-element', `${name} must be a string, as goTemplate isn't on; quote it.`, pair.value.kind === 'scalar' ? pair.value : headOf(pair.value));
    return false;
  };
  for (const pair of set.values.pairs) {
    const { key, value } = pair;
    if (key.value !== 'values') {
      if (!add(pair, key.value)) return undefined;
    } else if (value.kind !== 'map') {
      problems.error('argocd/invalid-element', 'values must be a map of strings.', headOf(value));
      return undefined;
    } else if (!value.pairs.every((inner) => add(inner, `values.${inner.key.value}`))) return undefined;
  }
  return { ...set, values: set.values.withPairs(pairs) };
}

/** `elementsYaml`: a list of maps as text, taken as it is in both dialects. */
function readElementsYaml(list: MapNode, field: string, { problems }: GeneratorContext): readonly ParamSet[] | undefined {
  const text = scalarAt(list, 'elementsYaml');
  if (!text) return [];
  const parsed = parseYaml(embeddedSource(text));
  if (parsed.problems.some(({ severity }) => severity === 'error')) {
    problems.addAll(parsed.problems);
    return undefined;
  }
  const root = parsed.documents.find((document) => document.root)?.root;
  if (!root || (root.kind === 'scalar' && root.tag === '!!null')) return [];
  if (root.kind !== 'sequence' || root.items.some((item) => item.kind !== 'map')) {
    problems.error('argocd/invalid-element', 'elementsYaml must be a list of maps.', text);
    return undefined;
  }
  return root.items.flatMap((item, index) => {
    const settled = settleNode(item, 'yaml11');
    return settled.kind === 'map' ? [{ values: settled, opaque: new Set<string>(), step: stepAt(`${field}.elementsYaml[${index}]`, item) }] : [];
  });
}
