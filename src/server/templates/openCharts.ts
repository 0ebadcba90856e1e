/**
 * The charts of the workspace as language features see them: an index for each chart that a file is part of, and the values that
 * its environments give it. Made when asked for, and good until something that it read changes.
 */
import { chartTools } from '../../adapters/charts/chartTools.js';
import { NotedTree } from '../../core/base/notedTree.js';
import { baseName, isInside, joinPath, parentPath } from '../../core/base/path.js';
import type { SourceText } from '../../core/base/source.js';
import { buildChartIndex, ChartLanguageCache, type ChartIndex } from '../../core/chartLanguage/chartIndex.js';
import { readChartUnits, type ChartUnit } from '../../core/chartLanguage/chartUnits.js';
import type { KeyPath } from '../../core/chartLanguage/refs.js';
import { defaultSources, type ValuesSource } from '../../core/chartLanguage/valuesKeys.js';
import { activateChart } from '../../core/helm/activeChart.js';
import type { Chart } from '../../core/helm/chart.js';
import { coalesceValues, emptyMap } from '../../core/helm/coalesceValues.js';
import { isMistake, keepParsed, type ChartSources } from '../../core/helm/loadChart.js';
import { readUserValues } from '../../core/helm/userValues.js';
import type { ValuesLayer } from '../../core/objects/chartInputs.js';
import { MapValue } from '../../core/template/values.js';
import { embeddedSource } from '../../core/yaml/embed.js';
import { scalarValue, type MapNode } from '../../core/yaml/nodes.js';
import { parseYaml, type ParsedYaml } from '../../core/yaml/parse.js';
import type { Model } from '../model.js';

/** What an environment, or a values file that none uses, gives a chart. */
export interface ChartEnvironment {
  readonly label: string;
  readonly layers: readonly ValuesLayer[];
}

/** A chart with all that is known of it. */
export interface OpenChart {
  readonly folder: string;
  readonly index: ChartIndex;
  readonly environments: readonly ChartEnvironment[];
  /** All maps of values that can be edited: the charts' own, then those of environments. */
  readonly sources: readonly ValuesSource[];
  /** What an environment's templates see; the chart's own values for undefined. Undefined where the values can't be read. */
  readonly valuesFor: (environment: ChartEnvironment | undefined) => MapValue | undefined;
}

interface KeptChart {
  readonly noted: NotedTree;
  readonly environments: string;
  readonly chart: OpenChart | undefined;
}

export class OpenCharts {
  readonly #cache = new ChartLanguageCache();
  readonly #parse = keepParsed();
  /** The last texts that could be read, for files that are being written. */
  readonly #readable = new Map<string, ParsedYaml>();
  readonly #kept = new Map<string, KeptChart>();
  readonly #folders = new WeakMap<readonly string[], readonly string[]>();

  /** The index's own cache, for readers of single files. */
  get cache(): ChartLanguageCache {
    return this.#cache;
  }

  /** The charts that a file is part of: its own first, then those that take it in. Empty for a file of no chart. */
  chartsOf(model: Model, path: string): readonly OpenChart[] {
    return this.#foldersFor(model, path).flatMap((folder) => this.open(model, folder) ?? []);
  }

  /** The chart in a folder; undefined where it can't be read. */
  open(model: Model, folder: string): OpenChart | undefined {
    const environments = environmentsOf(model, folder);
    const key = environments.map(({ label, layers }) => `${label} ${layers.map(describeLayer).join()}`).join('\n');
    const before = this.#kept.get(folder);
    if (before?.environments === key && before.noted.isStill(model.tree)) return before.chart;
    const noted = new NotedTree(model.tree);
    const sources: ChartSources = { tree: noted, unpack: chartTools.unpack, parse: (source) => this.#parseReadable(source) };
    const unit = readChartUnits(folder, sources);
    // While Chart.yaml is being written the chart is what it was.
    const chart = isMistake(unit) ? before?.chart : this.#make(folder, unit, environments, sources);
    this.#kept.set(folder, { noted, environments: key, chart });
    return chart;
  }

  #make(folder: string, unit: ChartUnit, environments: readonly ChartEnvironment[], sources: ChartSources): OpenChart {
    const parsedLayers = environments.flatMap(({ layers }) => layers.flatMap((layer) => rootOfLayer(layer, sources) ?? []));
    const index = buildChartIndex(unit, this.#cache, parsedLayers);
    const chart = withBelow(unit);
    const kept = new Map<ChartEnvironment | undefined, MapValue | undefined>();
    return {
      folder,
      index,
      environments,
      sources: [...defaultSources(index), ...uniqueRoots(parsedLayers).map((root) => ({ root, prefix: [] as KeyPath }))],
      valuesFor: (environment) => {
        if (!kept.has(environment)) kept.set(environment, valuesOf(chart, environment?.layers ?? [], sources));
        return kept.get(environment);
      },
    };
  }

  /** A file that is just being written is read as it was when that was possible. */
  #parseReadable(source: SourceText): ParsedYaml {
    const parsed = this.#parse(source);
    if (!parsed.problems.some(({ severity }) => severity === 'error')) {
      this.#readable.set(source.path, parsed);
      return parsed;
    }
    return this.#readable.get(source.path) ?? { ...parsed, problems: [] };
  }

  #foldersFor(model: Model, path: string): readonly string[] {
    const own = chartFolderOf(model, path);
    const direct = own === undefined ? [] : [own];
    const using = own === undefined ? this.#usersOfValues(model, path) : this.#usersOfChart(model, own);
    return [...new Set([...direct, ...using])];
  }

  #chartFolders(model: Model): readonly string[] {
    const { yamlFiles } = model;
    let folders = this.#folders.get(yamlFiles);
    if (!folders) this.#folders.set(yamlFiles, (folders = yamlFiles.filter((path) => baseName(path) === 'Chart.yaml').map(parentPath)));
    return folders;
  }

  /** Charts that hold another one in charts/, or name it as `file://`; and those that take in these. */
  #usersOfChart(model: Model, chart: string, seen = new Set<string>([chart])): readonly string[] {
    const users = this.#chartFolders(model).filter((folder) => !seen.has(folder) && (isInside(chart, joinPath(folder, 'charts')) || takesIn(model, folder, chart)));
    for (const user of users) seen.add(user);
    return [...users, ...users.flatMap((user) => this.#usersOfChart(model, user, seen))];
  }

  /** Charts of which an environment takes its values from a file that is part of no chart. */
  #usersOfValues(model: Model, path: string): readonly string[] {
    if (!/\.ya?ml$/.test(path)) return [];
    const found = model.delivery.model.environments.flatMap((environment) =>
      model.delivery.plansOf(environment).flatMap(({ chart, folder }) => (chart?.values.some((layer) => layer.kind === 'file' && layer.path === path) ? [folder] : [])),
    );
    return [...new Set(found)];
  }
}

/** The innermost folder with a Chart.yaml that holds a file. */
export function chartFolderOf({ tree }: Pick<Model, 'tree'>, path: string): string | undefined {
  for (let folder = parentPath(path); ; folder = parentPath(folder)) {
    if (tree.kind(joinPath(folder, 'Chart.yaml')) === 'file') return folder;
    if (parentPath(folder) === folder) return undefined;
  }
}

/** True for a file that helm runs as a template. */
export function isTemplateFile(model: Pick<Model, 'tree'>, path: string): boolean {
  for (let at = path.lastIndexOf('/templates/'); at > 0; at = path.lastIndexOf('/templates/', at - 1)) {
    if (model.tree.kind(`${path.slice(0, at)}/Chart.yaml`) === 'file') return true;
  }
  return false;
}

function takesIn(model: Model, folder: string, chart: string): boolean {
  const root = model.parse(joinPath(folder, 'Chart.yaml'))?.documents[0]?.root;
  const dependencies = root?.kind === 'map' ? root.get('dependencies') : undefined;
  if (dependencies?.kind !== 'sequence') return false;
  return dependencies.items.some((item) => {
    const repository = item.kind === 'map' ? scalarValue(item.get('repository')) : undefined;
    return repository?.startsWith('file://') === true && joinPath(folder, repository.slice('file://'.length)) === chart;
  });
}

function environmentsOf(model: Model, folder: string): readonly ChartEnvironment[] {
  const { delivery } = model;
  const found = delivery.model.environments.flatMap((environment) =>
    delivery.plansOf(environment).flatMap((plan) => (plan.chart && plan.folder === folder ? [{ label: environment.label, layers: plan.chart.values }] : [])),
  );
  const used = new Set(found.flatMap(({ layers }) => layers.flatMap((layer) => (layer.kind === 'file' ? [layer.path] : []))));
  const others = model.tree
    .list(folder)
    .filter((name) => /^values[-._].*\.ya?ml$|.*[-._]values\.ya?ml$/.test(name) && !used.has(joinPath(folder, name)))
    .map((name): ChartEnvironment => ({ label: name, layers: [{ kind: 'file', path: joinPath(folder, name), node: undefined, isOptional: false }] }));
  return [...found, ...others];
}

function describeLayer(layer: ValuesLayer): string {
  switch (layer.kind) {
    case 'file':
      return layer.path;
    case 'map':
    case 'text':
      return `${layer.node.source.path} ${layer.node.start} ${layer.node.source.text.slice(layer.node.start, layer.node.end)}`;
    case 'set':
      return `${layer.path.value}=${layer.value.value}`;
  }
}

function rootOfLayer(layer: ValuesLayer, { tree, parse }: ChartSources): MapNode | undefined {
  switch (layer.kind) {
    case 'map':
      return layer.node;
    case 'text':
      return mapOf(parseYaml(embeddedSource(layer.node)));
    case 'file': {
      const source = tree.kind(layer.path) === 'file' ? tree.read(layer.path) : undefined;
      return source && mapOf(parse(source));
    }
    case 'set':
      return undefined;
  }
}

function mapOf({ documents }: ParsedYaml): MapNode | undefined {
  const root = documents[0]?.root;
  return root?.kind === 'map' ? root : undefined;
}

function uniqueRoots(roots: readonly MapNode[]): readonly MapNode[] {
  return roots.filter((root, index) => roots.findIndex(({ source, start }) => source === root.source && start === root.start) === index);
}

/** The chart with those below it that lie beside it. */
function withBelow({ chart, below }: ChartUnit): Chart {
  const charts = below.map(withBelow);
  return { ...chart, charts: charts.filter((each, index) => charts.findIndex(({ path }) => path === each.path) === index) };
}

function valuesOf(chart: Chart, layers: readonly ValuesLayer[], sources: ChartSources): MapValue | undefined {
  const given = readUserValues(layers, sources, { source: chart.file, start: 0, end: 0 });
  if (!(given instanceof MapValue)) return undefined;
  const ignore = (): void => undefined;
  return coalesceValues(activateChart(chart, given.entries.size === 0 ? emptyMap() : given, ignore), given, false, ignore);
}
