/** A chart as it is read from its folder or archive: nothing is decided yet that depends on values. */
import type { SourceText } from '../base/source.js';
import type { MapNode, ScalarNode } from '../yaml/nodes.js';

/** A file of a chart; `name` is its path within the chart, with `/`. */
export interface ChartFile {
  readonly name: string;
  /** Its text, without a byte order mark; where it stands in an archive its path goes through the archive. */
  readonly source: SourceText;
  /** Its bytes, read when they are asked for. */
  readonly bytes: () => Uint8Array;
}

/** `import-values` of a dependency: a name below `exports`, or a way in the child and one in the parent. */
export type ValueImport = { readonly exported: string } | { readonly child: string; readonly parent: string };

/** An entry of `dependencies` in Chart.yaml, or of requirements.yaml. */
export interface ChartDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly condition: string;
  readonly tags: readonly string[];
  readonly imports: readonly ValueImport[];
  readonly alias: string;
  /** The entry as it stands in its file. */
  readonly node: MapNode;
}

/** Chart.yaml, as helm's chart.Metadata (pkg/chart/metadata.go v3.22) has it. Texts that are missing are empty. */
export interface ChartMetadata {
  readonly name: string;
  readonly home: string;
  readonly sources: readonly string[];
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly maintainers: readonly Maintainer[];
  readonly icon: string;
  readonly apiVersion: string;
  readonly condition: string;
  readonly tags: string;
  readonly appVersion: string;
  readonly deprecated: boolean;
  readonly annotations: ReadonlyMap<string, string> | undefined;
  readonly kubeVersion: string;
  readonly dependencies: readonly ChartDependency[];
  readonly type: string;
  /** Where a text stands in Chart.yaml, by its field. */
  readonly nodes: ReadonlyMap<string, ScalarNode>;
}

export interface Maintainer {
  readonly name: string;
  readonly email: string;
  readonly url: string;
}

export interface Chart {
  /** The folder of the chart, or its archive; absolute. */
  readonly path: string;
  readonly metadata: ChartMetadata;
  /** Chart.yaml. */
  readonly file: SourceText;
  /** The chart's own values; undefined where it has none. */
  readonly values: MapNode | undefined;
  readonly schema: ChartFile | undefined;
  readonly templates: readonly ChartFile[];
  /** What is neither of these: for `.Files`, and the definitions in crds/. */
  readonly files: readonly ChartFile[];
  /** What stands in charts/, by the names of its folders and archives. */
  readonly charts: readonly Chart[];
}
