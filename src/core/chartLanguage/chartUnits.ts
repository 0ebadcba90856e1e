/**
 * A chart with the charts below it, as its templates see one another: each is a unit whose values lie at a path in those of the
 * outermost. Which of them a rendering takes depends on values; here all take part.
 */
import { joinPath } from '../base/path.js';
import type { Chart, ChartDependency, ChartFile } from '../helm/chart.js';
import { isMistake, loadChart, type ChartMistake, type ChartSources } from '../helm/loadChart.js';
import { compareTemplateNames } from '../helm/runTemplates.js';
import type { KeyPath } from './refs.js';

/** A chart in its place below the outermost one. */
export interface ChartUnit {
  readonly chart: Chart;
  /** Where its values lie in those of the outermost chart: the names, or aliases, on the way. */
  readonly path: KeyPath;
  /** `app/charts/redis`: what names of templates begin with. */
  readonly fullPath: string;
  readonly isRoot: boolean;
  readonly below: readonly ChartUnit[];
  /** Entries of `dependencies` that are not there. */
  readonly missing: readonly ChartDependency[];
}

/** A file of templates of a unit, under its full name. */
export interface UnitFile {
  readonly unit: ChartUnit;
  readonly file: ChartFile;
  readonly name: string;
}

const deepest = 8;

/** The chart in a folder, with those beside it that it names as `file://`; or why it can't be read. */
export function readChartUnits(folder: string, sources: ChartSources): ChartUnit | ChartMistake {
  const chart = loadChart(folder, sources);
  if (isMistake(chart)) return chart;
  return unitOf(chart, sources, { path: [], fullPath: chart.metadata.name, isRoot: true }, 0);
}

function unitOf(chart: Chart, sources: ChartSources, place: Pick<ChartUnit, 'path' | 'fullPath' | 'isRoot'>, depth: number): ChartUnit {
  const below: ChartUnit[] = [];
  const missing: ChartDependency[] = [];
  const { dependencies } = chart.metadata;
  const add = (each: Chart, name: string): void => {
    const fullPath = `${place.fullPath}/charts/${name}`;
    below.push(unitOf(each, sources, { path: [...place.path, name], fullPath, isRoot: false }, depth + 1));
  };
  if (depth >= deepest) return { chart, ...place, below, missing: dependencies };
  for (const each of chart.charts) if (!dependencies.some(({ name }) => name === each.metadata.name)) add(each, each.metadata.name);
  for (const dependency of dependencies) {
    const { name, alias } = dependency;
    const found = chart.charts.find(({ metadata }) => metadata.name === name) ?? readBeside(chart, dependency, sources);
    if (found) add(found, alias === '' ? name : alias);
    else missing.push(dependency);
  }
  return { chart, ...place, below, missing };
}

function readBeside({ path }: Chart, { repository }: ChartDependency, sources: ChartSources): Chart | undefined {
  if (!repository.startsWith('file://')) return undefined;
  const found = loadChart(joinPath(path, repository.slice('file://'.length)), sources);
  return isMistake(found) ? undefined : found;
}

/** The unit and all below it. */
export function allUnits(unit: ChartUnit): readonly ChartUnit[] {
  return [unit, ...unit.below.flatMap(allUnits)];
}

/** All files of templates in the order in which helm reads them: a later definition replaces an earlier one. */
export function filesInOrder(root: ChartUnit): readonly UnitFile[] {
  return allUnits(root)
    .flatMap((unit) => unit.chart.templates.map((file) => ({ unit, file, name: `${unit.fullPath}/${file.name}` })))
    .sort((a, b) => compareTemplateNames(a.name, b.name));
}

/** True for a chart that only has templates for others. */
export function isLibrary({ chart }: ChartUnit): boolean {
  return chart.metadata.type.toLowerCase() === 'library';
}
