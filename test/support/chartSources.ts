/** Charts of a tree as environments that edits are tried on, without operators: each chart with its inputs is one. */
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import type { FileTree } from '../../src/core/base/fileTree.js';
import type { TextChange } from '../../src/core/base/problem.js';
import type { ChartInputs } from '../../src/core/objects/chartInputs.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { ChartCache } from '../../src/core/helm/chartCache.js';
import { renderChart } from '../../src/core/helm/renderChart.js';
import { textsAfter, type EditSources } from '../../src/core/promote/editSources.js';
import { withTexts } from './kustomizeSources.js';

export interface ChartTarget {
  readonly id: string;
  /** The chart's folder, absolute. */
  readonly path: string;
  readonly inputs: ChartInputs;
}

/** A rendering is made when it is asked for, and again only where a file that it read has changed. */
export function chartSources(
  tree: FileTree,
  charts: readonly ChartTarget[],
  cache = new ChartCache(),
  known: (id: string) => Rendering | undefined = () => undefined,
): EditSources {
  const renderings = new Map<string, Rendering>();
  const chartOf = (id: string): ChartTarget | undefined => charts.find((chart) => chart.id === id);
  const renderingOf = (id: string): Rendering | undefined => {
    const chart = chartOf(id);
    const found = renderings.get(id) ?? known(id) ?? (chart && renderChart({ tree, path: chart.path, inputs: chart.inputs }, { tools: chartTools, cache }));
    if (found) renderings.set(id, found);
    return found;
  };
  return {
    targets: charts.map(({ id, path }) => ({ id, label: id, folder: path, declaration: undefined })),
    renderingOf,
    parse: (path) => {
      const source = tree.read(path);
      return source && cache.parseYaml(source);
    },
    kustomizationFileOf: () => undefined,
    valuesOf: (id) => chartOf(id)?.inputs.values ?? [],
    edit: (changes: readonly TextChange[]) => {
      const texts = textsAfter(changes, (path) => tree.read(path)) ?? new Map<string, string>();
      return chartSources(withTexts(tree, texts), charts, cache, (id) => {
        const before = renderingOf(id);
        return before && [...texts.keys()].some((path) => before.dependencies.has(path)) ? undefined : before;
      });
    },
  };
}
