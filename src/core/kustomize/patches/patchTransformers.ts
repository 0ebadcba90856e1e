/**
 * The steps that patch objects, as kustomize's builtin transformers do (PatchStrategicMergeTransformer, PatchTransformer and
 * PatchJson6902Transformer in api/internal/builtins v0.21.2). Each step takes its entries as data, so that the
 * configuration of a plugin can make one too.
 */
import type { Place, Problems } from '../../base/problem.js';
import { formatResId, resIdEquals, type ResId } from '../../objects/resId.js';
import { type MapNode, Pair, makeMap, makeScalar, type Step } from '../../yaml/nodes.js';
import { buildAnnotations } from '../annotations.js';
import type { BuildContext, Transformer } from '../context.js';
import type { Kustomization, PatchEntry, Selector } from '../kustomization.js';
import { idKey, type ResMap } from '../resMap.js';
import type { Resource } from '../resource.js';
import { selectResources } from '../selector.js';
import { applyStrategicMerge, preparePatch } from './applyStrategicMerge.js';
import { applyJsonPatch, type JsonOperation } from './jsonPatch.js';
import { headOfEntry, loadJsonPatch, loadPatch, loadStrategicMerge } from './loadPatch.js';

/**
 * The steps for `patchesStrategicMerge` and `patches`, in kustomize's order.
 * @param folder that of the kustomization, from which paths are read
 */
export function patchTransformers(kustomization: Kustomization, folder: string): readonly Transformer[] {
  const { patchesStrategicMerge, patches } = kustomization;
  const merges = patchesStrategicMerge.length === 0 ? [] : [strategicMergeTransformer(patchesStrategicMerge, folder)];
  return [...merges, ...patches.map((entry) => patchTransformer(entry, folder))];
}

/** The steps for `patchesJson6902`, which come after labels and annotations. */
export function jsonPatchTransformers(kustomization: Kustomization, folder: string): readonly Transformer[] {
  return kustomization.patchesJson6902.map((entry) => jsonPatchTransformer(entry, folder));
}

/** Applies an entry of `patches`. */
export function patchTransformer(entry: PatchEntry, folder: string): Transformer {
  return {
    transform(map, context) {
      const loaded = loadPatch(entry, folder, context);
      if (loaded?.kind === 'strategicMerge') mergeEntry(map, entry, loaded.patches, context);
      else if (loaded && loaded.operations.length > 0) patchEntry(map, entry, loaded.operations, context);
    },
  };
}

/** Applies the items of `patchesStrategicMerge`: each to the one object that it names. */
export function strategicMergeTransformer(entries: readonly PatchEntry[], folder: string): Transformer {
  return {
    transform(map, context) {
      const loaded = entries.map((entry) => ({ entry, patches: loadStrategicMerge(entry, folder, context) }));
      if (context.problems.hasErrors) return;
      const [first] = entries;
      if (first && loaded.every(({ patches }) => patches?.length === 0)) {
        context.problems.error('kustomize/empty-patch', 'There is no patch in patchesStrategicMerge; give it one, or remove the field.', headOfEntry(first));
        return;
      }
      for (const { entry, patches } of loaded) {
        mergeNamed(map, entry, patches ?? [], true, context);
        if (context.problems.hasErrors) return;
      }
    },
  };
}

/** Applies an entry of `patchesJson6902`. */
export function jsonPatchTransformer(entry: PatchEntry, folder: string): Transformer {
  return {
    transform(map, context) {
      const { target } = entry;
      if (!target?.name || target.name.value === '') {
        context.problems.error(
          'kustomize/patch-without-target',
          'An entry of patchesJson6902 needs the name of its target; move it to patches to select by anything else.',
          target?.node ?? entry.node,
        );
        return;
      }
      const operations = loadJsonPatch(entry, folder, context);
      const selected = operations && selectTargets(map, target, context.problems);
      const step = stepOf(entry, 'jsonPatch');
      for (const resource of selected ?? []) {
        if (!patchResource(resource, operations ?? [], step, context.problems)) return;
      }
    },
  };
}

function mergeEntry(map: ResMap, entry: PatchEntry, patches: readonly Resource[], context: BuildContext): void {
  const { target } = entry;
  if (!target) {
    mergeNamed(map, entry, patches, false, context);
    return;
  }
  const [patch, second] = patches;
  if (!patch) return;
  if (second) {
    context.problems.error(
      'kustomize/patch-target-with-many',
      'A patch with a target can hold one object only; give each object its own entry, or leave the target out.',
      nameOf(second),
    );
    return;
  }
  const selected = selectTargets(map, target, context.problems);
  if (selected) mergeSelected(map, entry, patch, selected, stepOf(entry, 'strategicMerge'), context);
}

/** Each patch goes to the one object that has, or had, its id. */
function mergeNamed(map: ResMap, entry: PatchEntry, patches: readonly Resource[], checksIds: boolean, context: BuildContext): void {
  const step = stepOf(entry, 'strategicMerge');
  for (const patch of patches) {
    const [resource, second] = map.byAnyId(patch.originalId);
    if (!resource || second) {
      reportUnmatched(map, patch, second !== undefined, context.problems);
      return;
    }
    if (checksIds) mergeSelected(map, entry, patch, [resource], step, context);
    else applyStrategicMerge(map, resource, preparePatch(patch.root, { ...entry, hasTarget: false }, step), context);
    if (context.problems.hasErrors) return;
  }
}

function mergeSelected(map: ResMap, entry: PatchEntry, patch: Resource, selected: readonly Resource[], step: Step, context: BuildContext): void {
  warnOfNullTexts(patch.root, context.problems);
  const prepared = preparePatch(patch.root, { ...entry, hasTarget: true }, step);
  // Kustomize remembers the ids that were selected: another object of the same id is patched too.
  const ids = new Set(selected.map(({ id }) => formatResId(id)));
  for (const resource of map.resources) {
    if (!ids.has(formatResId(resource.id))) continue;
    applyStrategicMerge(map, resource, prepared, context);
    if (context.problems.hasErrors) return;
  }
  const seen = new Set<string>();
  for (const { id } of map.resources) {
    const key = idKey(id);
    if (seen.has(key)) {
      context.problems.error('kustomize/duplicate-id', `With this patch there are two objects ${formatResId(id)}; every object needs an id of its own.`, nameOf(patch));
      return;
    }
    seen.add(key);
  }
}

/** In a patch with a target a null label is no removal: kustomize writes the text `null`. */
function warnOfNullTexts(root: MapNode, problems: Problems): void {
  const metadata = root.get('metadata');
  for (const field of ['labels', 'annotations']) {
    const map = metadata?.kind === 'map' ? metadata.get(field) : undefined;
    for (const { key, value } of map?.kind === 'map' ? map.pairs : []) {
      if (value.kind !== 'scalar' || value.tag !== '!!null') continue;
      const becomes = value.value === '' ? 'an empty text' : `the text "${value.value}"`;
      problems.warning('kustomize/patch-null-is-text', `Here kustomize does not remove ${key.value} but sets it to ${becomes}; use a JSON patch to remove it.`, value);
    }
  }
}

function patchEntry(map: ResMap, entry: PatchEntry, operations: readonly JsonOperation[], context: BuildContext): void {
  const { target } = entry;
  if (!target) {
    context.problems.error('kustomize/patch-without-target', 'A JSON patch does not say which object it is for; give this entry a target.', headOfEntry(entry));
    return;
  }
  const step = stepOf(entry, 'jsonPatch');
  for (const resource of selectTargets(map, target, context.problems) ?? []) {
    resource.storePreviousId();
    if (!patchResource(resource, operations, step, context.problems)) return;
  }
}

function selectTargets(map: ResMap, target: Selector, problems: Problems): readonly Resource[] | undefined {
  const selected = selectResources(map, target, problems);
  if (selected?.length === 0) problems.warning('kustomize/patch-target-matches-nothing', 'No object matches this target, so the patch changes nothing.', target.node);
  return selected;
}

/**
 * Applies the operations to the object as kustomize has it, with the annotations in which it keeps the object's history:
 * a patch may add to annotations that only hold these.
 */
function patchResource(resource: Resource, operations: readonly JsonOperation[], step: Step, problems: Problems): boolean {
  resource.separateScalars();
  const history = historyOf(resource);
  const patched = applyJsonPatch(withHistory(resource.root, history, step), operations, step, problems);
  if (patched) resource.root = withoutHistory(patched, history);
  return patched !== undefined;
}

/** What kustomize has noted in an object's annotations (api/internal/utils/annotations.go). */
function historyOf(resource: Resource): ReadonlyMap<string, string> {
  const history = new Map<string, string>();
  const note = (name: string, values: readonly string[]): void => {
    if (values.length > 0) history.set(name, values.join(','));
  };
  const { previousNames } = resource;
  note(
    buildAnnotations.previousKinds,
    previousNames.map(({ kind }) => kind),
  );
  note(
    buildAnnotations.previousNames,
    previousNames.map(({ name }) => name),
  );
  note(
    buildAnnotations.previousNamespaces,
    previousNames.map(({ namespace }) => namespace),
  );
  note(buildAnnotations.prefixes, resource.namePrefixes);
  note(buildAnnotations.suffixes, resource.nameSuffixes);
  if (resource.behavior !== 'unspecified') history.set(buildAnnotations.behavior, resource.behavior);
  if (resource.needsHashSuffix) history.set(buildAnnotations.needsHashSuffix, 'enabled');
  return history;
}

function withHistory(root: MapNode, history: ReadonlyMap<string, string>, step: Step): MapNode {
  const metadata = root.get('metadata');
  if (history.size === 0 || metadata?.kind !== 'map') return root;
  const old = metadata.get('annotations');
  const annotations = old?.kind === 'map' ? old : makeMap([], metadata, step, old);
  const kept = annotations.pairs.filter(({ key }) => !history.has(key.value));
  const noted = [...history].map(([name, value]) => new Pair(makeScalar(name, step, step), makeScalar(value, step, step)));
  return root.with('metadata', metadata.with('annotations', annotations.withPairs([...kept, ...noted]), makeScalar('annotations', metadata, step)));
}

function withoutHistory(root: MapNode, history: ReadonlyMap<string, string>): MapNode {
  const metadata = root.get('metadata');
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  if (metadata?.kind !== 'map' || annotations?.kind !== 'map' || history.size === 0) return root;
  const kept = annotations.pairs.filter(({ key }) => !history.has(key.value));
  if (kept.length === 0) return root.with('metadata', metadata.without('annotations'));
  return root.with('metadata', metadata.with('annotations', annotations.withPairs(kept)));
}

function reportUnmatched(map: ResMap, patch: Resource, isAmbiguous: boolean, problems: Problems): void {
  const id = patch.originalId;
  const place = nameOf(patch);
  if (isAmbiguous) {
    problems.error(
      'kustomize/ambiguous-patch',
      `Several objects match the strategic merge patch ${formatResId(id)}; give its metadata the namespace of the one it is for, or the entry a target.`,
      place,
    );
    return;
  }
  const near = nearestOf(map, id);
  const hint = near ? ` There is ${formatResId(near)}.` : '';
  problems.error(
    'kustomize/patch-matches-nothing',
    `No resource matches the strategic merge patch ${formatResId(id)}; mend its apiVersion, kind, name or namespace.${hint}`,
    place,
  );
}

/** Where a patch says which object it is for. */
function nameOf(patch: Resource): Place {
  const metadata = patch.root.get('metadata');
  return (metadata?.kind === 'map' ? metadata.get('name') : undefined) ?? patch.root;
}

/** An object that differs from a patch in as little as possible: of the same kind and name, or else of the same name. */
function nearestOf(map: ResMap, id: ResId): ResId | undefined {
  const ids = map.resources.flatMap((resource) => [...resource.previousIds, resource.id]);
  const isSameName = (other: ResId): boolean => other.name === id.name && !resIdEquals(other, id);
  return ids.find((other) => isSameName(other) && other.kind === id.kind) ?? ids.find(isSameName);
}

/** One step for an entry, that all it sets refers to. */
function stepOf(entry: PatchEntry, kind: 'strategicMerge' | 'jsonPatch'): Step {
  const { source, start, end } = entry.node;
  return { kind, field: entry.directive ?? `${entry.field}[${entry.index}]`, source, start, end };
}
