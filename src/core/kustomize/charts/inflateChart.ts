/**
 * The objects of a chart that a kustomization inflates, as kustomize has them from `helm template` (HelmChartInflationGenerator
 * in api/internal/builtins v0.21.2). The chart is rendered by whoever knows charts; here is which chart, with which inputs,
 * and what becomes of the output. Nothing is fetched: a chart that isn't there is a lack of the build.
 */
import { isInside, joinPath } from '../../base/path.js';
import type { Place, RelatedLocation } from '../../base/problem.js';
import type { ChartInputs, RenderChart, ValuesLayer } from '../../objects/chartInputs.js';
import { formatRemoteChart, isChartRepository } from '../../objects/remoteChart.js';
import type { FetchedEntry, Rendering } from '../../objects/rendering.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import { markHelmGenerated } from '../annotations.js';
import type { BuildContext } from '../context.js';
import { reportLoadFailure } from '../loadFailure.js';
import type { LoadLimits } from '../loader.js';
import type { Resource } from '../resource.js';
import { readResources } from '../resourceFile.js';
import type { ChartEntry } from './chartEntry.js';
import { mergeChartValues } from './mergedValues.js';

/** What inflating needs besides what every step has. */
export interface ChartWorld {
  readonly context: BuildContext;
  /** The folder of the kustomization. */
  readonly folder: string;
  readonly limits: LoadLimits;
  readonly enableHelm: boolean;
  readonly renderChart: RenderChart | undefined;
  /** For charts that don't say it themselves. */
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  /** Where something remote was fetched to; undefined where it wasn't, which is then a lack. */
  readonly findFetched: (spec: string, place: Place) => FetchedEntry | undefined;
}

/** A chart that is there. */
interface FoundChart {
  readonly path: string;
  /** Where it was fetched to; undefined for one of the workspace. */
  readonly fetched: FetchedEntry | undefined;
}

/** The objects of a chart; undefined where it can't be inflated, which is reported. */
export function inflateChart(entry: ChartEntry, world: ChartWorld): readonly Resource[] | undefined {
  const { problems } = world.context;
  if (!world.enableHelm) {
    problems.error(
      'kustomize/helm-not-enabled',
      'This kustomization inflates Helm charts; kustomize does that only with --enable-helm, which Argo CD gives it by kustomize.buildOptions of argocd-cm and Flux never does.',
      placeOf(entry),
    );
    return undefined;
  }
  if (!world.renderChart) {
    problems.error('helm/chart-unsupported', 'Charts are not rendered here.', placeOf(entry));
    return undefined;
  }
  if (!checkEntry(entry, world.context)) return undefined;
  const additional: ValuesLayer[] = [];
  for (const node of entry.additionalValuesFiles) {
    if (!world.context.load(world.folder, node.value, node)) return undefined;
    additional.push({ kind: 'file', path: joinPath(world.folder, node.value), node, isOptional: false });
  }
  const chart = findChart(entry, world);
  const values = chart && readValues(entry, chart, world);
  if (!chart || !values) return undefined;
  const rendering = world.renderChart({
    tree: world.context.tree,
    path: chart.path,
    inputs: inputsOf(entry, [values, ...additional], world),
    ...(world.limits.boundary && { boundary: chart.fetched ? [...world.limits.boundary, chart.fetched.root] : world.limits.boundary }),
  });
  for (const path of rendering.dependencies) world.context.tree.kind(path);
  reportRendering(entry, rendering, world.context);
  return rendering.ok ? resourcesOf(rendering, world.context) : undefined;
}

/** Where an entry begins: its name, or what else stands first in it. */
function placeOf({ name, node }: ChartEntry): Place {
  return name ?? node.pairs[0]?.key ?? node;
}

/** False where kustomize refuses the entry before it looks for a chart. */
function checkEntry(entry: ChartEntry, { problems }: BuildContext): boolean {
  const { name, releaseName, nameTemplate, valuesMerge } = entry;
  if (!name) {
    problems.error('kustomize/chart-without-name', 'This entry has no name; it is the name of the chart.', placeOf(entry));
    return false;
  }
  for (const text of [name, releaseName]) {
    if (text?.value.startsWith('-') !== true) continue;
    problems.error('kustomize/invalid-chart-entry', `${text.value} begins with a dash, which helm would take for an option; kustomize refuses it.`, text);
    return false;
  }
  if (releaseName && nameTemplate) {
    problems.error('kustomize/invalid-chart-entry', 'Helm takes either a releaseName or a nameTemplate; remove one.', nameTemplate);
    return false;
  }
  if (valuesMerge && !['merge', 'override', 'replace'].includes(valuesMerge.value)) {
    problems.error('kustomize/invalid-chart-entry', 'valuesMerge must be merge, override or replace.', valuesMerge);
    return false;
  }
  return true;
}

/** The folder that kustomize keeps charts of this entry in (chartFolders.ts tells the same of a text): those with a repository and a version have one of their own. */
function chartHome({ name, version, repo, chartHome: home }: ChartEntry, folder: string): string {
  const charts = joinPath(folder, home?.value ?? 'charts');
  return version && repo ? joinPath(charts, `${name?.value ?? ''}-${version.value}`) : charts;
}

function findChart(entry: ChartEntry, { context, folder, limits, findFetched }: ChartWorld): FoundChart | undefined {
  const { problems, tree } = context;
  const { name, repo, version, devel } = entry;
  const place = placeOf(entry);
  const path = joinPath(chartHome(entry, folder), name?.value ?? '');
  const isThere = tree.kind(path) === 'directory';
  if (isThere && limits.boundary?.some((each) => isInside(tree.realPath(path), each)) === false) {
    reportLoadFailure(problems, { source: place.source, start: place.start, end: place.end, value: path }, { kind: 'outside-workspace' });
    return undefined;
  }
  if (isThere) return { path, fetched: undefined };
  if (!repo) {
    problems.error('kustomize/missing-chart', `There is no chart at ${path}, and the entry names no repo to fetch it from.`, place);
    return undefined;
  }
  if (!isChartRepository(repo.value)) {
    problems.error('kustomize/invalid-chart-entry', `${repo.value} is no address of a chart repository; it begins with https:// or oci://.`, repo);
    return undefined;
  }
  const fetched = findFetched(formatRemoteChart({ repository: repo.value, name: name?.value ?? '', version: version?.value ?? '', devel }), place);
  return fetched && { path: fetched.path, fetched };
}

/** The values that come first: those of the file, the inline ones, or both together. */
function readValues(entry: ChartEntry, chart: FoundChart, { context, folder, limits }: ChartWorld): ValuesLayer | undefined {
  const { valuesFile, valuesInline, valuesMerge } = entry;
  if (valuesInline && valuesMerge?.value === 'replace') return { kind: 'map', node: valuesInline };
  // A chart that was fetched would be put into the chart home, which has to lie within the kustomization then.
  const own = joinPath(chartHome(entry, folder), `${entry.name?.value ?? ''}/values.yaml`);
  const place = placeOf(entry);
  const isOutside = !valuesFile && chart.fetched !== undefined && limits.restricted && !isInside(own, folder);
  if (isOutside) {
    reportLoadFailure(context.problems, { source: place.source, start: place.start, end: place.end, value: own }, { kind: 'outside', root: folder });
    return undefined;
  }
  const source = !valuesFile && chart.fetched ? context.tree.read(joinPath(chart.path, 'values.yaml')) : context.load(folder, valuesFile?.value ?? own, valuesFile ?? place);
  if (!source) {
    if (!valuesFile && chart.fetched) context.problems.error('kustomize/missing-file', `The chart has no values.yaml, and the entry names no values file.`, place);
    return undefined;
  }
  if (!valuesInline) return { kind: 'file', path: source.path, node: valuesFile, isOptional: false };
  const parsed = context.parse(source);
  context.problems.addAll(parsed.problems);
  if (parsed.problems.some(({ severity }) => severity === 'error')) return undefined;
  const [document] = parsed.documents;
  const root = document?.root;
  const isEmpty = !root && !/^---/m.test(source.text);
  if (!document || isEmpty || (root && root.kind !== 'map' && !(root.kind === 'scalar' && root.tag === '!!null'))) {
    const message = root ? 'A values file must hold a map.' : 'This values file is empty, which kustomize refuses where there are inline values; write {} into it.';
    context.problems.error('kustomize/invalid-chart-values', message, root ?? { source, start: 0, end: 0 });
    return undefined;
  }
  const [repeated] = document.duplicateKeys;
  if (repeated) {
    context.problems.error('kustomize/duplicate-key', `The key ${repeated.value} stands twice in the same map; remove one.`, repeated);
    return undefined;
  }
  const merged = mergeChartValues(root?.kind === 'map' ? root : undefined, valuesInline, valuesMerge?.value === 'merge' ? 'file' : 'inline', context);
  return merged && { kind: 'map', node: merged };
}

function inputsOf(entry: ChartEntry, values: readonly ValuesLayer[], { kubeVersion, apiVersions }: ChartWorld): ChartInputs {
  return {
    // Without a name helm is told to make one, and its `template` then takes the same for all.
    releaseName: entry.releaseName?.value ?? 'release-name',
    ...(entry.nameTemplate && { nameTemplate: entry.nameTemplate }),
    namespace: entry.namespace?.value ?? 'default',
    values,
    includeCrds: entry.includeCrds,
    skipHooks: entry.skipHooks,
    skipTests: entry.skipTests,
    skipSchemaValidation: false,
    kubeVersion: entry.kubeVersion?.value ?? kubeVersion,
    apiVersions: entry.apiVersions.length > 0 ? entry.apiVersions.map(({ value }) => value) : apiVersions,
  };
}

/** Hands on what the renderer found wrong; where that stands in the chart, the entry stands beside it. */
function reportRendering(entry: ChartEntry, { problems }: Rendering, context: BuildContext): void {
  const place = placeOf(entry);
  const inflated: RelatedLocation = { location: place.source.locate(place.start, place.end), message: `inflated by ${entry.field}` };
  context.problems.addAll(
    problems.map((problem) =>
      problem.location.path === place.source.path || problem.severity !== 'error' ? problem : { ...problem, related: [...(problem.related ?? []), inflated] },
    ),
  );
}

/** What helm printed, as kustomize reads it: lists are opened, and every object is marked as helm's. */
function resourcesOf({ objects, text }: Rendering, { problems }: BuildContext): readonly Resource[] {
  const documents: ParsedYaml['documents'] = objects.map(({ root }) => ({ root, start: root.start, end: root.end, duplicateKeys: duplicateKeys(root) }));
  const [first] = objects;
  if (!first) return [];
  // A list is opened otherwise where it is all that there is.
  const isAlone = documents.length === 1 && (text?.match(/^---/gm)?.length ?? 1) <= 1;
  const parsed: ParsedYaml = { source: first.root.source, documents: isAlone ? documents : [...documents, nothing(first.root)], problems: [], comments: [] };
  const resources = readResources(parsed, problems);
  for (const resource of resources) markHelmGenerated(resource);
  return resources;
}

function nothing(place: Place): ParsedYaml['documents'][number] {
  return { root: undefined, start: place.end, end: place.end, duplicateKeys: [] };
}

/** Keys that stand again in a map which already has them. */
function duplicateKeys(node: YamlNode, found: MapNode['pairs'][number]['key'][] = []): readonly MapNode['pairs'][number]['key'][] {
  if (node.kind === 'sequence') for (const item of node.items) duplicateKeys(item, found);
  if (node.kind !== 'map') return found;
  for (const pair of node.pairs) {
    if (node.pair(pair.key.value) !== pair) found.push(pair.key);
    duplicateKeys(pair.value, found);
  }
  return found;
}
