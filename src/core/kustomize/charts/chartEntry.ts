/**
 * One chart that a kustomization inflates, as its entry says it (kustomize api v0.21.2 types/helmchartargs.go): an item of
 * `helmCharts` with the settings of `helmGlobals`, or the configuration of a HelmChartInflationGenerator.
 */
import type { MapNode, YamlNode } from '../../yaml/nodes.js';
import { flagAt, mapAt, textAt, textsAt } from '../decode/readNormal.js';
import type { Text } from '../kustomization.js';
import { fromYaml11 } from '../patches/jsonValue.js';
import { throughKyaml } from './jsonForm.js';

export interface ChartEntry {
  /** The entry itself, for problems that are about none of its fields; it is the same for as long as its text is. */
  readonly node: MapNode;
  /** The way to it, for people: `helmCharts[0]`. */
  readonly field: string;
  readonly name?: Text | undefined;
  readonly version?: Text | undefined;
  readonly repo?: Text | undefined;
  readonly releaseName?: Text | undefined;
  readonly nameTemplate?: Text | undefined;
  /** The release's own, or what it inherits. */
  readonly namespace?: Text | undefined;
  readonly valuesFile?: Text | undefined;
  readonly additionalValuesFiles: readonly Text[];
  /** Each scalar is what JSON makes of it; undefined where there is none, or an empty one. */
  readonly valuesInline?: MapNode | undefined;
  readonly valuesMerge?: Text | undefined;
  readonly chartHome?: Text | undefined;
  readonly includeCrds: boolean;
  readonly skipHooks: boolean;
  readonly skipTests: boolean;
  readonly devel: boolean;
  readonly apiVersions: readonly Text[];
  readonly kubeVersion?: Text | undefined;
}

/**
 * An item of `helmCharts`, in normal form.
 * @param inherited the kustomization's namespace, or that of what includes it
 */
export function readChartEntry(node: MapNode, index: number, globals: MapNode | undefined, inherited: Text | undefined): ChartEntry {
  const entry = readEntry(node, `helmCharts[${index}]`, globals, fromYaml11);
  return entry.namespace ? entry : { ...entry, namespace: inherited };
}

/** The configuration of a generator, in normal form: it stands for itself and inherits nothing. */
export function readChartConfig(node: MapNode): ChartEntry {
  return readEntry(node, 'HelmChartInflationGenerator', node, throughKyaml);
}

/** @param toJson what becomes of values on the way that the entry is read */
function readEntry(node: MapNode, field: string, globals: MapNode | undefined, toJson: (node: YamlNode) => YamlNode): ChartEntry {
  const inline = mapAt(node, 'valuesInline');
  const values = inline && inline.pairs.length > 0 ? toJson(inline) : undefined;
  return {
    node,
    field,
    name: textAt(node, 'name'),
    version: textAt(node, 'version'),
    repo: textAt(node, 'repo'),
    releaseName: textAt(node, 'releaseName'),
    nameTemplate: textAt(node, 'nameTemplate'),
    namespace: textAt(node, 'namespace'),
    valuesFile: textAt(node, 'valuesFile'),
    additionalValuesFiles: textsAt(node, 'additionalValuesFiles'),
    valuesInline: values?.kind === 'map' ? values : undefined,
    valuesMerge: textAt(node, 'valuesMerge'),
    chartHome: globals && textAt(globals, 'chartHome'),
    includeCrds: flagAt(node, 'includeCRDs'),
    skipHooks: flagAt(node, 'skipHooks'),
    skipTests: flagAt(node, 'skipTests'),
    devel: flagAt(node, 'devel'),
    apiVersions: textsAt(node, 'apiVersions'),
    kubeVersion: textAt(node, 'kubeVersion'),
  };
}
