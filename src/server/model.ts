/** What the language features need to know of the workspace: which kustomizations there are, what they render to, who uses what. */
import type { FileTree } from '../core/base/fileTree.js';
import type { ParsedYaml } from '../core/yaml/parse.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { ChosenInputs } from '../services/chartRenderings.js';
import type { DeliveryState } from '../services/delivery.js';
import type { Root } from '../services/kustomizationRoots.js';
import type { TimedRendering } from '../services/renderingMemo.js';

/** One state of the workspace; a change makes another. */
export interface Model {
  readonly tree: FileTree;
  /** All kustomizations, environments first, then by label. */
  readonly roots: readonly Root[];
  rootOf(folder: string): Root | undefined;
  /** Renders a folder as it is now; the same result as long as nothing that it read changes. */
  render(folder: string): TimedRendering;
  /** The kustomizations whose rendering reads `path`, itself included, in the order of {@link roots}; as far as they were rendered. */
  usersOf(path: string): readonly Root[];
  /** The parsed form of a file; undefined where there is none. */
  parse(path: string): ParsedYaml | undefined;
  readonly workspaceFolders: readonly string[];
  /** How the workspace is delivered; found when asked for the first time. */
  readonly delivery: DeliveryState;
  /** Folders with a chart. */
  readonly charts: readonly string[];
  /** Renders a chart as `helm template` prints it, with inputs that somebody chose, or with those of an environment. */
  renderChart(folder: string, inputs: ChosenInputs | Environment): TimedRendering;
  /** All YAML files of the workspace, absolute. */
  readonly yamlFiles: readonly string[];
}
