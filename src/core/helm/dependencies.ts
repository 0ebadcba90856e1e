/**
 * What a chart depends on and charts/ does not have: taken from beside it, or from where it was fetched to on request.
 * What was not fetched is a lack, which a service can mend. Versions are those of Chart.lock where there is one.
 */
import { joinPath } from '../base/path.js';
import type { Problems } from '../base/problem.js';
import { formatRemoteChart, isChartRepository } from '../objects/remoteChart.js';
import type { FetchedEntry, Lack } from '../objects/rendering.js';
import { isCompatible } from './activeChart.js';
import type { Chart, ChartDependency } from './chart.js';
import { isInSync, readChartLock, type ChartLock } from './chartLock.js';
import { isMistake, loadChart, type ChartMistake, type ChartSources } from './loadChart.js';

/** How a chart may be completed. */
export interface CompleteWith {
  readonly sources: ChartSources;
  /** True to take dependencies with `file://` from where they are. */
  readonly takesLocal: boolean;
  /** Where a chart was fetched to; missing where nothing fetched is to be used. */
  readonly fetched: ((spec: string) => FetchedEntry | undefined) | undefined;
}

/** A chart with its dependencies, and what of them could be fetched. */
export interface CompletedChart {
  readonly chart: Chart;
  readonly lacks: readonly Lack[];
}

/** The chart with what charts/ lacks, as far as that can be had. What is still missing then is reported by {@link reportMissing}. */
export function completeChart(chart: Chart, complete: CompleteWith): CompletedChart | ChartMistake {
  const charts = [...chart.charts];
  const lacks: Lack[] = [];
  let lock: ChartLock | undefined | 'unread' = 'unread';
  for (const dependency of missingDependencies(chart)) {
    if (dependency.repository.startsWith('file://')) {
      const found = complete.takesLocal ? localChart(chart, dependency, complete.sources) : undefined;
      if (found && isMistake(found)) return found;
      if (found) charts.push(found);
    } else if (complete.fetched && isChartRepository(dependency.repository)) {
      if (lock === 'unread') lock = lockOf(chart, complete.sources);
      if (lock && !isInSync(lock, chart.metadata.dependencies)) {
        const message = 'Chart.lock is out of sync with the dependencies here; run helm dependency update, or remove it.';
        return { code: 'helm/lock-out-of-sync', message, place: dependency.node };
      }
      const found = fetchedChart(dependency, lock, complete, lacks);
      if (found && isMistake(found)) return found;
      if (found) charts.push(found);
    }
  }
  return { chart: charts.length === chart.charts.length ? chart : { ...chart, charts }, lacks };
}

/** Reports what Chart.yaml names and charts/ does not have, each at its line. False where something is missing. */
export function reportMissing(chart: Chart, problems: Problems): boolean {
  const missing = missingDependencies(chart);
  for (const { name, node } of missing) problems.error('helm/dependency-not-fetched', `found in Chart.yaml, but missing in charts/ directory: ${name}`, node);
  return missing.length === 0;
}

function missingDependencies({ charts, metadata }: Chart): readonly ChartDependency[] {
  return metadata.dependencies.filter(({ name }) => !charts.some((each) => each.metadata.name === name));
}

function localChart(chart: Chart, { name, repository, version, node }: ChartDependency, sources: ChartSources): Chart | ChartMistake {
  const found = loadChart(joinPath(chart.path, repository.slice('file://'.length)), sources);
  if (isMistake(found)) return { ...found, message: `dependency ${name}: ${found.message}`, place: node };
  if (version !== '' && !isCompatible(version, found.metadata.version)) {
    return { code: 'helm/dependency-version', message: `can't get a valid version for dependency ${name}: ${found.metadata.version} is not ${version}`, place: node };
  }
  return found;
}

function fetchedChart(dependency: ChartDependency, lock: ChartLock | undefined, { fetched, sources }: CompleteWith, lacks: Lack[]): Chart | ChartMistake | undefined {
  const { name, repository, version, node } = dependency;
  const locked = lock?.dependencies.find((each) => each.name === name && each.repository === repository);
  const spec = formatRemoteChart({ repository, name, version: locked?.version ?? version, devel: false });
  const entry = fetched?.(spec);
  if (!entry) {
    lacks.push({ kind: 'chart', spec, location: node.source.locate(node.start, node.end) });
    return undefined;
  }
  return loadChart(entry.path, sources);
}

function lockOf(chart: Chart, { tree, parse }: ChartSources): ChartLock | undefined {
  const name = chart.metadata.apiVersion === 'v1' ? 'requirements.lock' : 'Chart.lock';
  const path = joinPath(chart.path, name);
  const source = tree.kind(path) === 'file' ? tree.read(path) : undefined;
  return source && readChartLock(parse(source));
}
