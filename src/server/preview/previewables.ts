/**
 * What can be previewed: kustomizations, and charts with the inputs of an environment. Both are known by a label, a
 * folder and the address of their preview, and can be asked which lines they come to.
 */
import { isInside, joinPath } from '../../core/base/path.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { chartPlanOf } from '../../services/chartRenderings.js';
import type { Root } from '../../services/kustomizationRoots.js';
import type { TimedRendering } from '../../services/renderingMemo.js';
import type { Model } from '../model.js';
import type { UriText } from '../protocol.js';
import { makePreviewUri, type PreviewAddress } from '../uris.js';

export interface Previewable {
  /** `orders prod`. */
  readonly label: string;
  /** `prod`: enough among those of one app. */
  readonly shortLabel: string;
  /** Where it is, for people. */
  readonly description: string;
  readonly folder: string;
  readonly uri: UriText;
  /** False for a base that other kustomizations build on. */
  readonly isEnvironment: boolean;
  readonly render: () => TimedRendering;
}

/** All kustomizations but components, then all charts of environments. */
export function listPreviewables(model: Model): readonly Previewable[] {
  return [...model.roots.filter(({ isComponent }) => !isComponent).map((root) => ofRoot(model, root)), ...chartEnvironments(model).map((each) => ofChart(model, each))];
}

/** What shows a file, environments first: itself for a kustomization or its folder, else all that use it. What uses it is known as far as it was rendered. */
export function previewablesOf(model: Model, path: string): readonly Previewable[] {
  const own = model.roots.find((root) => root.folder === path || root.file === path);
  if (own && !own.isComponent) return [ofRoot(model, own)];
  const users = usersOf(model, own?.file ?? path);
  const environments = users.filter(({ isEnvironment }) => isEnvironment);
  if (users.length > 0) return environments.length > 0 ? environments : users;
  // A folder of environments, or a chart: those in it.
  if (model.tree.kind(path) !== 'directory') return [];
  return listPreviewables(model).filter((each) => each.isEnvironment && isInside(each.folder, path));
}

/** Whatever renders with the help of a file. */
export function usersOf(model: Model, path: string): readonly Previewable[] {
  const roots = model.usersOf(path).filter(({ isComponent }) => !isComponent);
  const users = new Set(model.delivery.usersOf(path));
  return [
    ...roots.map((root) => ofRoot(model, root)),
    ...chartEnvironments(model)
      .filter(({ environment }) => users.has(environment))
      .map((each) => ofChart(model, each)),
  ];
}

/** The kustomization or chart that a preview's address stands for; undefined where it is gone, or was put together by hand. */
export function previewableAt(model: Model, { folder, environment }: PreviewAddress): Previewable | undefined {
  if (environment !== undefined) {
    const found = chartEnvironments(model).find((each) => each.environment.id === environment);
    return found && ofChart(model, found);
  }
  const root = model.rootOf(folder);
  return root && !root.isComponent ? ofRoot(model, root) : undefined;
}

interface ChartEnvironment {
  readonly environment: Environment;
  readonly folder: string;
}

function chartEnvironments(model: Model): readonly ChartEnvironment[] {
  return model.delivery.model.environments.flatMap((environment) => {
    if (!environment.sources.some(({ renderer }) => renderer === 'helm')) return [];
    const plan = chartPlanOf(model.delivery, environment);
    return plan ? [{ environment, folder: plan.folder }] : [];
  });
}

function ofRoot(model: Model, { folder, label, shortLabel, description, isEnvironment }: Root): Previewable {
  return { label, shortLabel, description, folder, isEnvironment, uri: makePreviewUri({ folder, revision: undefined }, label), render: () => model.render(folder) };
}

function ofChart(model: Model, { environment, folder }: ChartEnvironment): Previewable {
  const { id, label, name, sources } = environment;
  return {
    label,
    shortLabel: name === 'default' ? label : name,
    description: sources[0]?.path ?? folder,
    folder,
    isEnvironment: true,
    uri: makePreviewUri({ folder, revision: undefined, environment: id, chart: 'environment' }, label),
    render: () => model.renderChart(folder, environment),
  };
}

/** A chart that can be installed, with what it may be rendered with. */
export interface PreviewableChart {
  readonly folder: string;
  readonly name: string;
  readonly isLibrary: boolean;
  /** Values files that belong to the chart but its own values.yaml, absolute. */
  readonly valuesFiles: readonly string[];
}

/** The chart that a file or folder belongs to: of charts within charts the outermost. Undefined outside of charts. */
export function chartOf(model: Model, path: string): PreviewableChart | undefined {
  const around = model.charts.filter((folder) => isInside(path, folder)).sort((a, b) => b.length - a.length);
  let [folder] = around;
  if (folder === undefined) return undefined;
  for (const outer of around.slice(1)) if (isInside(folder, joinPath(outer, 'charts'))) folder = outer;
  const root = model.parse(joinPath(folder, 'Chart.yaml'))?.documents[0]?.root;
  const field = (key: string): string => {
    const node = root?.kind === 'map' ? root.get(key) : undefined;
    return node?.kind === 'scalar' ? node.value : '';
  };
  return { folder, name: field('name'), isLibrary: field('type') === 'library', valuesFiles: findValuesFiles(model, folder) };
}

/** The YAML files of a chart that are neither its templates nor what helm reads by itself, and those of its environments. */
function findValuesFiles(model: Model, folder: string): readonly string[] {
  const isPart = (path: string): boolean => ['templates', 'charts', 'crds'].some((part) => isInside(path, joinPath(folder, part)));
  const isHelms = (path: string): boolean => ['Chart.yaml', 'Chart.lock', 'values.yaml', 'requirements.yaml', 'values.schema.json'].some((name) => path === joinPath(folder, name));
  const own = model.yamlFiles.filter((path) => isInside(path, folder) && !isPart(path) && !isHelms(path) && /values|environments?\/|envs?\/|ci\//.test(path.slice(folder.length)));
  const used = chartEnvironments(model)
    .filter((each) => each.folder === folder)
    .flatMap(({ environment }) => chartPlanOf(model.delivery, environment)?.chart.values ?? [])
    .flatMap((layer) => (layer.kind === 'file' && !isHelms(layer.path) ? [layer.path] : []));
  return [...new Set([...own, ...used])].sort();
}
