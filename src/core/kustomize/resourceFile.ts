/**
 * Turns a file of manifests into objects as kustomize's resource factory does (api/resource/factory.go, kyaml/kio
 * v0.21.2): lists are opened, empty documents skipped, and what has no kind or no name refused.
 */
import type { Place, Problems } from '../base/problem.js';
import { scalarValue, type MapNode, type YamlNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import { buildAnnotations } from './annotations.js';
import { Resource, type GenerationBehavior } from './resource.js';

/** What counts as an object's name: kustomize wants one as it is, the API server also makes one from `generateName`. */
export type NameRule = 'name' | 'nameOrGenerateName';

/** The objects of a parsed file in kustomize's order; with an error reported, those before it. */
export function readResources(parsed: ParsedYaml, problems: Problems, nameRule: NameRule = 'name'): readonly Resource[] {
  problems.addAll(parsed.problems);
  if (parsed.problems.some((problem) => problem.severity === 'error')) return [];
  const roots: YamlNode[] = [];
  for (const document of parsed.documents) {
    if (!document.root || isEmpty(document.root)) continue;
    const items = parsed.documents.length === 1 ? listItems(document.root) : undefined;
    if (items) roots.push(...items.filter((item) => !isEmpty(item)));
    else roots.push(document.root);
    reportDuplicateKeys(document.duplicateKeys, problems);
  }
  const resources: Resource[] = [];
  const queue = roots;
  for (let next = queue.shift(); next; next = queue.shift()) {
    const object = validateObject(next, problems, nameRule);
    if (!object) return resources;
    const inner = kindOf(object).endsWith('List') ? openList(object, problems) : undefined;
    if (inner === 'invalid') return resources;
    if (inner) queue.push(...inner.filter((item) => !isEmpty(item)));
    else resources.push(makeResource(object));
  }
  return resources;
}

/** The items of a `List` or `ResourceList` that is a file's only document. */
function listItems(root: YamlNode): readonly YamlNode[] | undefined {
  if (root.kind !== 'map') return undefined;
  const kind = kindOf(root);
  if (kind !== 'List' && kind !== 'ResourceList') return undefined;
  if (!root.pair('items') && !root.pair('functionConfig')) return undefined;
  const items = root.get('items');
  return items?.kind === 'sequence' ? items.items : [];
}

/** The items of any other `...List`; undefined where it has no field `items` and so stands for itself. */
function openList(object: MapNode, problems: Problems): readonly YamlNode[] | 'invalid' | undefined {
  const pair = object.pair('items');
  if (!pair) return undefined;
  if (pair.value.kind === 'sequence') return pair.value.items;
  if (pair.value.kind === 'scalar' && pair.value.tag === '!!null') return [];
  problems.error('kustomize/invalid-list', `The items of a ${kindOf(object)} must be a list.`, pair.value);
  return 'invalid';
}

function validateObject(node: YamlNode, problems: Problems, nameRule: NameRule): MapNode | undefined {
  if (node.kind !== 'map') {
    problems.error('kustomize/not-an-object', 'A Kubernetes object must be a map with apiVersion, kind and metadata.', node);
    return undefined;
  }
  const kind = kindOf(node);
  if (kind === '') {
    problems.error('kustomize/missing-kind', 'This object has no kind; every object needs one.', headOf(node));
    return undefined;
  }
  if (kind.endsWith('List')) return node;
  const metadata = node.get('metadata');
  const field = (key: string): YamlNode | undefined => (metadata?.kind === 'map' ? metadata.get(key) : undefined);
  const name = field('name') ?? (nameRule === 'nameOrGenerateName' ? field('generateName') : undefined);
  if (name === undefined || (name.kind === 'scalar' && (name.value === '' || name.tag === '!!null'))) {
    problems.error('kustomize/missing-name', `This ${kind} has no metadata.name; every object needs one.`, metadata ?? headOf(node));
    return undefined;
  }
  return node;
}

/** Takes over what a file says with kustomize's own build annotations, as tools that chain builds write them. */
function makeResource(root: MapNode): Resource {
  const resource = new Resource(root);
  const metadata = root.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  if (annotations?.kind !== 'map') return resource;
  const value = (name: string): string | undefined => scalarValue(annotations.get(name));
  const list = (name: string): readonly string[] => value(name)?.split(',') ?? [];
  if (!annotations.pairs.some((pair) => pair.key.value.startsWith('internal.config.kubernetes.io/'))) return resource;
  resource.needsHashSuffix = value(buildAnnotations.needsHashSuffix) === 'enabled';
  resource.behavior = behaviorOf(value(buildAnnotations.behavior));
  resource.namePrefixes = list(buildAnnotations.prefixes);
  resource.nameSuffixes = list(buildAnnotations.suffixes);
  const [names, namespaces, kinds] = [list(buildAnnotations.previousNames), list(buildAnnotations.previousNamespaces), list(buildAnnotations.previousKinds)];
  resource.previousNames = names.map((name, index) => ({ name, namespace: namespaces[index] ?? '', kind: kinds[index] ?? '' }));
  return resource;
}

/** The behavior that a text names; anything unknown is unspecified. */
export function behaviorOf(text: string | undefined): GenerationBehavior {
  return text === 'create' || text === 'replace' || text === 'merge' ? text : 'unspecified';
}

function reportDuplicateKeys(keys: readonly (Place & { readonly value: string })[], problems: Problems): void {
  for (const key of keys) {
    problems.error('kustomize/duplicate-key', `The key ${key.value} stands twice in the same map; remove one.`, key);
  }
}

function kindOf(object: MapNode): string {
  return scalarValue(object.get('kind')) ?? '';
}

function isEmpty(node: YamlNode): boolean {
  if (node.kind === 'scalar') return node.tag === '!!null';
  return node.kind === 'map' ? node.pairs.length === 0 : node.items.length === 0;
}

/** The first line of an object, so that a problem about all of it does not underline all of it. */
function headOf(node: MapNode): Place {
  const first = node.pairs[0];
  return first ? { source: first.key.source, start: first.key.start, end: first.value.kind === 'scalar' ? first.value.end : first.key.end } : node;
}
