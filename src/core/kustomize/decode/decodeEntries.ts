/** Makes the entries of a kustomization's lists out of normalized maps; plugin configurations use the same shapes. */
import { makeMap, makeScalar, Pair, type MapNode, type YamlNode } from '../../yaml/nodes.js';
import type {
  FieldOptions,
  GeneratorArgs,
  GeneratorOptions,
  ImageEntry,
  LabelEntry,
  PatchEntry,
  ReplacementEntry,
  ReplacementSource,
  ReplacementTarget,
  ReplicaEntry,
  Selector,
  SortOptions,
  Text,
  TextMap,
  VarEntry,
} from '../kustomization.js';
import { fieldSpecsAt, flagAt, mapAt, mapsAt, textAt, textMapAt, textsAt, textsNamed, valueAt } from './readNormal.js';

export function decodeSelector(node: MapNode): Selector {
  return { node, ...textsNamed(node, 'group', 'version', 'kind', 'name', 'namespace', 'labelSelector', 'annotationSelector') };
}

export function decodeLabel(node: MapNode): LabelEntry {
  return {
    node,
    pairs: textMapAt(node, 'pairs') ?? { node: makeMap([], node, undefined), entries: [] },
    includeSelectors: flagAt(node, 'includeSelectors'),
    includeTemplates: flagAt(node, 'includeTemplates'),
    includeVolumeClaimTemplates: flagAt(node, 'includeVolumeClaimTemplates'),
    fieldSpecs: fieldSpecsAt(node, 'fields'),
  };
}

export function decodeImage(node: MapNode): ImageEntry {
  return { node, ...textsNamed(node, 'name', 'newName', 'newTag', 'tagSuffix', 'digest') };
}

export function decodeReplica(node: MapNode): ReplicaEntry {
  return { node, ...textsNamed(node, 'name', 'count') };
}

/** An entry of `patches` or `patchesJson6902`. */
export function decodePatch(node: MapNode, field: 'patches' | 'patchesJson6902', index: number): PatchEntry {
  const target = mapAt(node, 'target');
  const options = mapAt(node, 'options');
  return {
    node,
    field,
    index,
    ...textsNamed(node, 'path', 'patch'),
    ...(target && { target: decodeSelector(target) }),
    allowNameChange: options !== undefined && flagAt(options, 'allowNameChange'),
    allowKindChange: options !== undefined && flagAt(options, 'allowKindChange'),
  };
}

/** An item of `patchesStrategicMerge`. Its text is given as `path`; whether it is the patch itself the step finds out by parsing it. */
export function decodeStrategicMerge(text: Text, index: number): PatchEntry {
  return { node: text, field: 'patchesStrategicMerge', index, path: text, allowNameChange: false, allowKindChange: false };
}

export function decodeGeneratorOptions(node: MapNode): GeneratorOptions {
  const labels = textMapAt(node, 'labels');
  const annotations = textMapAt(node, 'annotations');
  return {
    node,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    disableNameSuffixHash: flagAt(node, 'disableNameSuffixHash'),
    immutable: flagAt(node, 'immutable'),
  };
}

/**
 * The options of one generator with those of the whole kustomization behind them: labels and annotations of its own win,
 * a flag holds if either side sets it (types.MergeGlobalOptionsIntoLocal, kustomize api v0.21.2).
 */
export function mergeGeneratorOptions(local: GeneratorOptions | undefined, global: GeneratorOptions | undefined): GeneratorOptions | undefined {
  if (!global || !local) return local ?? global;
  const labels = mergeTextMaps(local.labels, global.labels);
  const annotations = mergeTextMaps(local.annotations, global.annotations);
  return {
    node: local.node,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    disableNameSuffixHash: local.disableNameSuffixHash || global.disableNameSuffixHash,
    immutable: local.immutable || global.immutable,
  };
}

function mergeTextMaps(local: TextMap | undefined, global: TextMap | undefined): TextMap | undefined {
  if (!local || !global) return local ?? global;
  const own = new Set(local.entries.map((entry) => entry.key.value));
  return { node: local.node, entries: [...local.entries, ...global.entries.filter((entry) => !own.has(entry.key.value))] };
}

/** An entry of a generator, with `env` moved behind `envs` as kustomize does. */
export function decodeGenerator(node: MapNode, field: GeneratorArgs['field'], index: number, globalOptions: GeneratorOptions | undefined): GeneratorArgs {
  const own = mapAt(node, 'options');
  const options = mergeGeneratorOptions(own && decodeGeneratorOptions(own), globalOptions);
  const env = textAt(node, 'env');
  return {
    node,
    field,
    index,
    ...textsNamed(node, 'name', 'namespace', 'behavior', 'type'),
    literals: textsAt(node, 'literals'),
    files: textsAt(node, 'files'),
    envs: env ? [...textsAt(node, 'envs'), env] : textsAt(node, 'envs'),
    ...(options && { options }),
  };
}

/** A replacement of a kustomization, or (with `index` of its own) of a file of replacements. */
export function decodeReplacement(node: MapNode, index: number): ReplacementEntry {
  const source = mapAt(node, 'source');
  return {
    node,
    index,
    ...textsNamed(node, 'path', 'sourceValue'),
    ...(source && { source: decodeReplacementSource(source) }),
    targets: mapsAt(node, 'targets').map(decodeReplacementTarget),
  };
}

function decodeReplacementSource(node: MapNode): ReplacementSource {
  const options = decodeFieldOptions(node);
  return { node, ...textsNamed(node, 'group', 'version', 'kind', 'name', 'namespace', 'fieldPath'), ...(options && { options }) };
}

function decodeReplacementTarget(node: MapNode): ReplacementTarget {
  const select = mapAt(node, 'select');
  const options = decodeFieldOptions(node);
  return {
    node,
    ...(select && { select: decodeSelector(select) }),
    reject: mapsAt(node, 'reject').map(decodeSelector),
    fieldPaths: textsAt(node, 'fieldPaths'),
    ...(options && { options }),
  };
}

function decodeFieldOptions(holder: MapNode): FieldOptions | undefined {
  const node = mapAt(holder, 'options');
  return node && { delimiter: valueAt(node, 'delimiter'), index: Number(textAt(node, 'index')?.value ?? 0), encoding: valueAt(node, 'encoding'), create: flagAt(node, 'create') };
}

export function decodeVar(node: MapNode): VarEntry {
  const objref = mapAt(node, 'objref') ?? makeMap([], node, undefined);
  const fieldref = mapAt(node, 'fieldref');
  const version = valueAt(objref, 'apiVersion').split('/');
  const [first = '', second] = version;
  const fieldPath = fieldref ? valueAt(fieldref, 'fieldPath') : '';
  return {
    node,
    ...textsNamed(node, 'name'),
    objref: {
      group: version.length === 2 ? first : valueAt(objref, 'group'),
      version: version.length > 2 || (version.length === 1 && first === '') ? valueAt(objref, 'version') : (second ?? first),
      kind: valueAt(objref, 'kind'),
      name: valueAt(objref, 'name'),
      namespace: valueAt(objref, 'namespace'),
    },
    fieldPath: fieldPath === '' ? 'metadata.name' : fieldPath,
  };
}

export function decodeSortOptions(node: MapNode): SortOptions {
  const legacy = mapAt(node, 'legacySortOptions');
  const kinds = (key: string): readonly string[] => (legacy ? textsAt(legacy, key).map((kind) => kind.value) : []);
  return { node, order: valueAt(node, 'order'), ...(legacy && { legacyOrder: { orderFirst: kinds('orderFirst'), orderLast: kinds('orderLast') } }) };
}

const chartFieldsByOldName: ReadonlyMap<string, string> = new Map([
  ['chartName', 'name'],
  ['chartVersion', 'version'],
  ['chartRepoUrl', 'repo'],
  ['values', 'valuesFile'],
  ['valuesLocal', 'valuesInline'],
  ['valuesMerge', 'valuesMerge'],
  ['releaseName', 'releaseName'],
]);

/** An entry of `helmChartInflationGenerator` as one of `helmCharts` (types.SplitHelmParameters). */
export function convertOldChart(node: MapNode): MapNode {
  return renameFields(node, chartFieldsByOldName);
}

/** The settings for all charts that old entries hold: of each the last that is given. */
export function convertOldGlobals(charts: readonly MapNode[]): MapNode | undefined {
  const homes = new Map<string, YamlNode>();
  for (const chart of charts) {
    for (const [old, name] of [
      ['helmHome', 'configHome'],
      ['chartHome', 'chartHome'],
    ] as const) {
      const home = textAt(chart, old);
      if (home) homes.set(name, home);
    }
  }
  const [first] = charts;
  if (homes.size === 0 || !first) return undefined;
  return [...homes].reduce((map, [name, home]) => map.with(name, home), makeMap([], first, undefined));
}

function renameFields(node: MapNode, names: ReadonlyMap<string, string>): MapNode {
  return node.withPairs(
    node.pairs.flatMap(({ key, value }) => {
      const name = names.get(key.value);
      return name === undefined ? [] : [new Pair(makeScalar(name, key, key.step), value)];
    }),
  );
}
