/**
 * What a chart is rendered with, whoever asks: a person, an Argo CD Application, a Flux HelmRelease, `helmCharts` of a
 * kustomization. Layers of values stand in ascending precedence; every text is the node it was read from.
 */
import type { FileTree } from '../base/fileTree.js';
import type { MapNode, ScalarNode } from '../yaml/nodes.js';
import type { FetchedEntry, Rendering } from './rendering.js';

/** One source of values; a later one wins over an earlier one. */
export type ValuesLayer =
  /** A values file, absolute; `isOptional`: left out where it is missing. `node` is the text that names it. */
  | { readonly kind: 'file'; readonly path: string; readonly node: ScalarNode | undefined; readonly isOptional: boolean }
  /** Values given as a map. */
  | { readonly kind: 'map'; readonly node: MapNode }
  /** Values given as YAML in a text. */
  | { readonly kind: 'text'; readonly node: ScalarNode }
  /** One of helm's `--set`, `--set-string`, `--set-file`, `--set-json`; the path in helm's own syntax. */
  | { readonly kind: 'set'; readonly path: ScalarNode; readonly value: ScalarNode; readonly as: 'typed' | 'string' | 'file' | 'json' };

export interface ChartInputs {
  readonly releaseName: string;
  /** Makes the name of the release, in the place of {@link releaseName}: helm's `--name-template`. */
  readonly nameTemplate?: ScalarNode;
  /** The release's namespace; empty where none is said. */
  readonly namespace: string;
  readonly values: readonly ValuesLayer[];
  /** What takes the place of the chart's own values.yaml, below all layers; missing where that is meant. */
  readonly defaultValues?: readonly ValuesLayer[];
  readonly includeCrds: boolean;
  readonly skipHooks: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  /** `v1.34.0`; undefined for the default. */
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
}

export interface ChartRequest {
  readonly tree: FileTree;
  /** The chart's folder or archive, absolute. */
  readonly path: string;
  readonly inputs: ChartInputs;
  /** Folders outside of which nothing is read; missing where the whole disk is meant. */
  readonly boundary?: readonly string[];
  /** Where a chart was fetched to, for dependencies that charts/ lacks; missing where nothing fetched is to be used. */
  readonly fetched?: (spec: string) => FetchedEntry | undefined;
  /** True to take dependencies with `file://` from where they are, as `helm dependency build` puts them into charts/. */
  readonly buildsDependencies?: boolean;
}

/** Renders a chart: what renderers of other things are handed, so that they need not know this one. */
export type RenderChart = (request: ChartRequest) => Rendering;
