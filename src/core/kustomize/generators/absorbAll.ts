/**
 * Adds what a generator made to the objects that are there: as new ones, or in the place of those that they replace or
 * merge into (kustomize api v0.21.2 resmap/reswrangler.go appendReplaceOrMerge, resource/resource.go).
 */
import type { Place, Problems } from '../../base/problem.js';
import { formatResId } from '../../objects/resId.js';
import { isMissingOrNull, makeMap, makeScalar, Pair, ScalarNode, type MapNode, type YamlNode } from '../../yaml/nodes.js';
import { buildAnnotations, withOriginOf } from '../annotations.js';
import type { ResMap } from '../resMap.js';
import type { Resource } from '../resource.js';
import { encodeBase64 } from './base64.js';
import { makeKey } from './generateResources.js';
import { checkLeadingTab } from './leadingTab.js';

/**
 * Puts each of `resources` into `map` by its behavior.
 * @param place the generator, for problems
 */
export function absorbAll(map: ResMap, resources: readonly Resource[], problems: Problems, place: Place): void {
  for (const resource of resources) absorb(map, resource, problems, place);
}

function absorb(map: ResMap, resource: Resource, problems: Problems, place: Place): void {
  const [old, another] = map.byAnyId(resource.id);
  const changesAnother = resource.behavior === 'merge' || resource.behavior === 'replace';
  const name = formatResId(resource.id);
  if (!old) {
    if (changesAnother) problems.error('kustomize/nothing-to-merge', `There is no ${name} to ${resource.behavior}; bring it in with resources, or remove the behavior.`, place);
    else map.appendAll([resource]);
    return;
  }
  if (another) {
    problems.error('kustomize/ambiguous-merge', `Several objects are or were ${name}; give the generator the namespace of the one that is meant.`, place);
    return;
  }
  if (!changesAnother) {
    problems.error('kustomize/generator-conflict', `${name} is there already; give the generator another name, or behavior: merge or replace.`, place);
    return;
  }
  const merged = resource.behavior === 'merge' ? mergeData(resource, old, problems, place) : resource.root;
  if (!merged) return;
  map.replace(old, takeOver(resource, old, merged));
}

/** The new object under the old one's name, with labels, annotations and history of both. */
function takeOver(resource: Resource, old: Resource, root: MapNode): Resource {
  const next = old.copy();
  const withMetadata = copyMetadata(root, old.root);
  next.root = resource.behavior === 'merge' ? withOriginOf(withMetadata, old.root) : withMetadata;
  next.needsHashSuffix = resource.needsHashSuffix && old.needsHashSuffix;
  return next;
}

/** CopyMergeMetaDataFieldsFrom: labels and annotations of the new object win, name and namespace are the old one's. */
function copyMetadata(root: MapNode, oldRoot: MapNode): MapNode {
  const metadata = asMap(root.get('metadata')) ?? makeMap([], root, root.step);
  const old = asMap(oldRoot.get('metadata'));
  let next = setStrings(metadata, 'labels', mergeStrings(asMap(old?.get('labels')), asMap(metadata.get('labels')), rawText));
  next = setStrings(
    next,
    'annotations',
    mergeStrings(asMap(old?.get('annotations')), asMap(next.get('annotations')), rawText).filter((pair) => !ownAnnotations.has(pair.key.value)),
  );
  for (const field of ['name', 'namespace']) {
    const value = old?.get(field);
    next = value && !(value.kind === 'scalar' && value.value === '') ? next.with(field, value, old?.pair(field)?.key) : next.without(field);
  }
  return root.with('metadata', next);
}

/** What kustomize keeps in annotations is in fields of {@link Resource} here. */
const ownAnnotations: ReadonlySet<string> = new Set(Object.values(buildAnnotations));

/** MergeDataMapFrom and MergeBinaryDataMapFrom: the old entries, as strings, under the new ones. */
function mergeData(resource: Resource, old: Resource, problems: Problems, place: Place): MapNode | undefined {
  const isSecret = resource.id.group === '' && resource.id.version === 'v1' && resource.id.kind === 'Secret';
  const oldData = isSecret ? withStringData(old.root, problems, place) : asMap(old.root.get('data'));
  if (oldData === 'invalid') return undefined;
  const data = mergeStrings(oldData, asMap(resource.root.get('data')), valueText);
  if (!data.every((pair) => checkLeadingTab(pair.key.value, valueText(pair.value), pair.value, problems))) return undefined;
  const withData = setStrings(resource.root, 'data', data);
  return setStrings(withData, 'binaryData', mergeStrings(asMap(old.root.get('binaryData')), asMap(withData.get('binaryData')), valueText));
}

/** The data of a Secret with its stringData encoded into it, as the API server would (normalizeSecretStringData). */
function withStringData(root: MapNode, problems: Problems, place: Place): MapNode | 'invalid' | undefined {
  const stringData = root.get('stringData');
  const data = asMap(root.get('data'));
  if (isMissingOrNull(stringData)) return data;
  if (stringData.kind !== 'map' || stringData.pairs.some((pair) => pair.value.kind !== 'scalar')) {
    const related = [{ location: stringData.source.locate(stringData.start, stringData.start), message: 'this stringData' }];
    problems.error('kustomize/invalid-string-data', 'The Secret to merge into has a stringData that is no map of strings.', place, { related });
    return 'invalid';
  }
  const encoded = stringData.pairs.map(({ key, value }) => new Pair(key, makeScalar(encodeBase64(new TextEncoder().encode(valueText(value))), value, value.step)));
  const replaced = new Set(encoded.map((pair) => pair.key.value));
  return makeMap([...(data?.pairs.filter((pair) => !replaced.has(pair.key.value)) ?? []), ...encoded], data ?? stringData, (data ?? stringData).step);
}

/** The entries of both maps as strings, those of `over` winning. */
function mergeStrings(under: MapNode | undefined, over: MapNode | undefined, textOf: (node: YamlNode) => string): readonly Pair[] {
  const merged = new Map<string, Pair>();
  for (const { key, value } of under?.pairs ?? []) merged.set(key.value, new Pair(asKey(key), asText(value, textOf, undefined)));
  for (const { key, value } of over?.pairs ?? []) {
    const old = merged.get(key.value);
    merged.set(key.value, new Pair(asKey(key), asText(value, textOf, old?.value)));
  }
  return [...merged.values()];
}

function setStrings(map: MapNode, field: string, pairs: readonly Pair[]): MapNode {
  if (pairs.length === 0) return map.without(field);
  const present = map.get(field);
  const place = present ?? pairs[0]?.value ?? map;
  return map.with(field, present?.kind === 'map' ? present.withPairs(pairs) : makeMap(pairs, place, place.step));
}

function asKey(key: ScalarNode): ScalarNode {
  const made = makeKey(key.value, key, key.step);
  return key.tag === made.tag ? key : made;
}

function asText(node: YamlNode, textOf: (node: YamlNode) => string, was: YamlNode | undefined): ScalarNode {
  const value = textOf(node);
  if (node.kind === 'scalar' && node.value === value && node.tag === '!!str' && was === undefined) return node;
  return new ScalarNode(value, '!!str', 'plain', node.source, node.start, node.end, node.step, was ?? node.was);
}

/** The text of a label or annotation, whatever its type (RNode.getMapFromMeta); a null keeps its text. */
function rawText(node: YamlNode): string {
  return node.kind === 'scalar' ? node.value : '';
}

/** The text of a value of `data`; empty for a null (RNode.GetDataMap). */
function valueText(node: YamlNode): string {
  return node.kind === 'scalar' && node.tag !== '!!null' ? node.value : '';
}

function asMap(node: YamlNode | undefined): MapNode | undefined {
  return node?.kind === 'map' ? node : undefined;
}
