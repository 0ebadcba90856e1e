/**
 * Which of a chart's dependencies take part, under which names, and what their parents import of their values: helm's
 * ProcessDependenciesWithMerge (pkg/chartutil/dependencies.go v3.22). The loaded charts stay as they are.
 */
import { parseConstraints, parseVersion, satisfies } from '../template/functions/semver.js';
import { valueOfNode } from '../template/data.js';
import { Failure, MapValue, type Value } from '../template/values.js';
import type { Chart, ChartDependency } from './chart.js';
import { coalesceValues, copyMap, emptyMap, mergeTables, tableAt, valueAtPath, type ValueLevel, type Warn } from './coalesceValues.js';

/** A chart as it takes part in a rendering. */
export interface ActiveChart extends ValueLevel {
  readonly chart: Chart;
  /** The chart's name, or the alias that its parent gives it. */
  readonly name: string;
  /** `app/charts/redis`: what names of templates begin with. */
  readonly fullPath: string;
  readonly isRoot: boolean;
  /** The entries of `dependencies` that are enabled. */
  readonly requirements: readonly ChartDependency[];
  readonly dependencies: readonly ActiveChart[];
}

/** The chart with what `values` (the user's) enable of it. */
export function activateChart(chart: Chart, values: MapValue, warn: Warn): ActiveChart {
  const draft = enable(new Draft(chart, chart.metadata.name), values, '', warn);
  importValues(draft, warn);
  return finish(draft, '', true);
}

/** True where a version lies in a range; false where one of them can't be read. */
export function isCompatible(range: string, version: string): boolean {
  const parsed = parseVersion(version);
  const constraints = parseConstraints(range);
  return !(parsed instanceof Failure) && !(constraints instanceof Failure) && satisfies(parsed, constraints);
}

class Draft implements ValueLevel {
  values: MapValue;
  dependencies: Draft[];
  requirements: readonly ChartDependency[];

  constructor(
    readonly chart: Chart,
    readonly name: string,
  ) {
    const own = chart.values && valueOfNode(chart.values);
    this.values = own?.kind === 'map' ? own : emptyMap();
    this.dependencies = chart.charts.map((each) => new Draft(each, each.metadata.name));
    this.requirements = chart.metadata.dependencies;
  }
}

/** The name that a dependency goes by in its parent. */
function nameOf({ alias, name }: ChartDependency): string {
  return alias === '' ? name : alias;
}

function enable(draft: Draft, values: MapValue, path: string, warn: Warn): Draft {
  // A chart without the field is left as it is, with all that is in charts/.
  if (draft.chart.metadata.dependencies.length === 0) return draft;
  const fits = ({ name, version }: ChartDependency, { chart }: Draft): boolean => chart.metadata.name === name && isCompatible(version, chart.metadata.version);
  const undeclared = draft.dependencies.filter((existing) => !draft.requirements.some((requirement) => fits(requirement, existing)));
  const declared = draft.requirements.flatMap((requirement) => {
    const found = draft.dependencies.find((existing) => fits(requirement, existing));
    return found ? [new Draft(found.chart, nameOf(requirement))] : [];
  });
  draft.dependencies = [...undeclared, ...declared];
  const coalesced = coalesceValues(draft, values, false, warn);
  const disabled = new Set(draft.requirements.filter((requirement) => !isEnabled(requirement, coalesced, path, warn)).map(nameOf));
  draft.dependencies = draft.dependencies.filter(({ name }) => !disabled.has(name));
  draft.requirements = draft.requirements.filter((requirement) => !disabled.has(nameOf(requirement)));
  for (const dependency of draft.dependencies) enable(dependency, coalesced, `${path}${dependency.name}.`, warn);
  return draft;
}

/** Tags first, and then the first condition that has a boolean decides. */
function isEnabled({ tags, condition, name }: ChartDependency, values: MapValue, path: string, warn: Warn): boolean {
  let enabled = true;
  const tagged = values.entries.get('tags');
  if (tagged?.kind === 'map') {
    const settings = tags.flatMap((tag) => {
      const value = tagged.entries.get(tag);
      if (value && value.kind !== 'bool') warn(`Tag '${tag}' for chart ${name} returned non-bool value`);
      return value?.kind === 'bool' ? [value.value] : [];
    });
    enabled = settings.length === 0 || settings.includes(true);
  }
  for (const way of condition.trim().split(',')) {
    if (way === '') continue;
    const value = valueAtPath(values, path + way);
    if (value?.kind === 'bool') return value.value;
    if (value) warn(`Condition path '${way}' for chart ${name} returned non-bool value`);
  }
  return enabled;
}

/** From the innermost chart outwards: what a parent imports lies under its own values. */
function importValues(draft: Draft, warn: Warn): void {
  for (const dependency of draft.dependencies) importValues(dependency, warn);
  if (draft.chart.metadata.dependencies.length === 0) return;
  const values = coalesceValues(draft, emptyMap(), true, warn);
  let imported = emptyMap();
  for (const requirement of draft.requirements) {
    for (const each of requirement.imports) {
      const child = 'exported' in each ? `exports.${each.exported}` : each.child;
      const table = tableAt(values, `${nameOf(requirement)}.${child}`);
      if (!table) warn(`ImportValues missing table from chart ${nameOf(requirement)}: "${child}" is not a table`);
      else imported = mergeTables(imported, wrap('exported' in each ? '.' : each.parent, table), true, warn);
    }
  }
  draft.values = mergeTables(copyMap(values), imported, true, warn);
}

function wrap(path: string, table: MapValue): MapValue {
  if (path === '.') return table;
  return path.split('.').reduceRight<MapValue>((inner, key) => new MapValue(new Map<string, Value>([[key, inner]])), table);
}

function finish(draft: Draft, parent: string, isRoot: boolean): ActiveChart {
  const { chart, name, values, requirements } = draft;
  const fullPath = isRoot ? name : `${parent}/charts/${name}`;
  // What a chart has in charts/ without naming it belongs to the chart as it was loaded, and so stays below its own name: of a
  // chart under two aliases the templates of such charts have one name, and the last counts.
  const below = chart.metadata.dependencies.length === 0 && !isRoot ? `${parent}/charts/${chart.metadata.name}` : fullPath;
  return { chart, name, values, requirements, fullPath, isRoot, dependencies: draft.dependencies.map((each) => finish(each, below, false)) };
}
