/** What every step of a build is handed: where to report, how to read, and what the objects' schemas say. */
import type { FileTree } from '../base/fileTree.js';
import type { Place, Problems } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ObjectSchema } from '../objects/schema.js';
import type { ScalarNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { ChartEntry } from './charts/chartEntry.js';
import type { ResMap } from './resMap.js';
import type { Resource } from './resource.js';

export interface BuildContext {
  readonly problems: Problems;
  readonly schema: ObjectSchema;
  /** Parses a text, once per SourceText however often it is asked for. */
  readonly parse: (source: SourceText) => ParsedYaml;
  /** Parses the text that a scalar holds, such as an inline patch, once per scalar; `embed` says which text that is. */
  readonly parseInline: (scalar: ScalarNode, embed: (scalar: ScalarNode) => SourceText) => ParsedYaml;
  /**
   * Reads a file that a kustomization in the folder `from` names, as kustomize's file loader does: the load restriction
   * holds, and the read is noted as a dependency of the build. A failure is reported at `place` and gives undefined.
   */
  readonly load: (from: string, path: string, place: Place) => SourceText | undefined;
  /** The same for what may not be text. */
  readonly loadBytes: (from: string, path: string, place: Place) => Uint8Array | undefined;
  readonly tree: FileTree;
}

/** What generators are handed. */
export interface GeneratorContext extends BuildContext {
  /** The objects of a chart that the kustomization inflates; undefined where it can't be, which is reported. */
  readonly inflateChart: (entry: ChartEntry) => readonly Resource[] | undefined;
}

/**
 * A step over all objects. It changes `map` in place (its list and its resources' roots); a user's mistake is reported
 * to `context.problems` and the driver stops after the step.
 */
export interface Transformer {
  transform(map: ResMap, context: BuildContext): void;
}
