/**
 * Applies a strategic merge patch to one object of a build (Resource.ApplySmPatch and resWrangler.ApplySmPatch of api
 * v0.21.2): the object keeps its name, namespace and kind unless the patch may change them, and where the patch was given
 * a target its labels and annotations are texts whatever it says.
 */
import type { SourceText } from '../../base/source.js';
import { type MapNode, Pair, ScalarNode, isMissingOrNull, makeMap, scalarValue, type Step, type YamlNode } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import type { BuildContext } from '../context.js';
import type { ResMap } from '../resMap.js';
import type { Resource } from '../resource.js';
import { textOf } from './elementList.js';
import { settledStyle } from './jsonValue.js';
import { mergeStrategic, type MergeFailure } from './mergeStrategic.js';

/** A patch made ready to be applied to any number of objects. */
export interface PreparedPatch {
  readonly root: MapNode;
  readonly allowsNameChange: boolean;
  readonly allowsKindChange: boolean;
  /** True where what kustomize notes in annotations does not outlive the patch, since it takes all annotations away. */
  readonly dropsAnnotations: boolean;
  /** True where the patch names a namespace, which it can't change: the object's is written anew. */
  readonly rewritesNamespace: boolean;
  readonly step: Step;
}

interface PatchOptions {
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
  /** True for a patch that is applied to selected objects rather than to the one that it names. */
  readonly hasTarget: boolean;
}

/** Makes a patch ready: without what says which object it is for, unless it may change that. */
export function preparePatch(patch: MapNode, options: PatchOptions, step: Step): PreparedPatch {
  const { allowNameChange, allowKindChange, hasTarget } = options;
  const rewritesNamespace = namesNamespace(patch);
  let root = patch.without('apiVersion');
  if (!allowKindChange) root = root.without('kind');
  const metadata = root.get('metadata');
  if (metadata?.kind === 'map') {
    let fields = metadata.without('namespace');
    if (!allowNameChange) fields = fields.without('name');
    if (hasTarget) fields = withTexts(fields, 'labels');
    if (hasTarget || allowNameChange || allowKindChange) fields = withTexts(fields, 'annotations');
    root = fields.pairs.length === 0 ? root.without('metadata') : root.with('metadata', fields);
  }
  return { root, allowsNameChange: allowNameChange, allowsKindChange: allowKindChange, dropsAnnotations: dropsAnnotations(root), rewritesNamespace, step };
}

/** A map of labels or annotations with texts for values, as kyaml's SetLabels writes it; none where there is nothing in it. */
function withTexts(metadata: MapNode, field: 'labels' | 'annotations'): MapNode {
  const map = metadata.get(field);
  if (map === undefined) return metadata;
  if (map.kind !== 'map' || map.pairs.length === 0) return metadata.without(field);
  return metadata.with(field, map.withPairs(map.pairs.map(({ key, value }) => new Pair(asText(key), asText(value)))));
}

function asText(node: YamlNode): ScalarNode {
  const text = textOf(node);
  return new ScalarNode(text, '!!str', settledStyle(text), node.source, node.start, node.end, node.step, node.was);
}

function namesNamespace(patch: MapNode): boolean {
  const metadata = patch.get('metadata');
  return metadata?.kind === 'map' && metadata.pair('namespace') !== undefined;
}

function dropsAnnotations(root: MapNode): boolean {
  const metadata = root.get('metadata');
  if (metadata?.kind !== 'map') return false;
  const annotations = metadata.get('annotations');
  const isNull = annotations !== undefined && isMissingOrNull(annotations);
  return isNull || replacesOrDeletes(metadata) || (annotations?.kind === 'map' && replacesOrDeletes(annotations));
}

function replacesOrDeletes(map: MapNode): boolean {
  const directive = scalarValue(map.get('$patch'));
  return directive === 'replace' || directive === 'delete';
}

/** Applies the patch; the object is taken out of the map where the patch deletes it. A part that does not fit is reported. */
export function applyStrategicMerge(map: ResMap, resource: Resource, patch: PreparedPatch, context: BuildContext): void {
  if (patch.allowsNameChange || patch.allowsKindChange) resource.storePreviousId();
  const before = resource.root;
  const result = mergeStrategic(before, patch.root, context.schema, patch.step);
  if ('failure' in result) {
    reportFailure(result.failure, context);
    return;
  }
  if ('deleted' in result || result.root.pairs.length === 0) {
    map.filter((other) => other !== resource);
    return;
  }
  if (patch.dropsAnnotations) forgetHistory(resource);
  resource.root = keepIdentity(result.root, before, patch);
}

/** Kustomize keeps an object's history in its annotations, and loses it with them. */
function forgetHistory(resource: Resource): void {
  resource.previousNames = [];
  resource.namePrefixes = [];
  resource.nameSuffixes = [];
  resource.referredBy = [];
  resource.needsHashSuffix = false;
  resource.behavior = 'unspecified';
}

function keepIdentity(after: MapNode, before: MapNode, patch: PreparedPatch): MapNode {
  const root = patch.allowsKindChange ? after : keepField(after, before, 'kind');
  const old = before.get('metadata');
  if (old?.kind !== 'map') return root;
  const merged = root.get('metadata');
  let metadata = merged?.kind === 'map' ? merged : makeMap([], patch.root, patch.step, old);
  if (!patch.allowsNameChange) metadata = keepField(metadata, old, 'name', asUntagged);
  metadata = keepField(metadata, old, 'namespace', patch.rewritesNamespace ? asUntagged : undefined);
  return root.with('metadata', metadata, before.pair('metadata')?.key);
}

function keepField(after: MapNode, before: MapNode, field: string, rewrite = (value: YamlNode): YamlNode => value): MapNode {
  const old = before.pair(field);
  return old ? after.with(field, rewrite(old.value), old.key) : after.without(field);
}

/**
 * Kustomize writes a name or namespace that the patch overwrote anew without saying that it is a text: a `5` that a step
 * had set as a text reads as a number from then on (kyaml RNode.SetName and SetNamespace v0.21.2).
 */
function asUntagged(node: YamlNode): YamlNode {
  if (node.kind !== 'scalar' || node.style !== 'plain' || node.tag !== '!!str') return node;
  const tag = resolveTag(node.value);
  return tag === '!!str' ? node : new ScalarNode(node.value, tag, node.style, node.source, node.start, node.end, node.step, node.was);
}

function reportFailure(failure: MergeFailure, context: BuildContext): void {
  const { code, message, node, other } = failure;
  const where = (source: SourceText, { start, end }: YamlNode): ReturnType<SourceText['locate']> => source.locate(start, end);
  const related = other ? [{ location: where(other.source, other), message: 'what stands in the object' }] : [];
  context.problems.error(code, message, node, { related });
}
