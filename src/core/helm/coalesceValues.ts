/**
 * How values of several charts and layers become one: helm's coalescing (pkg/chartutil/coalesce.go v3.22). Maps are changed
 * in place as there, on copies that the caller makes; a scalar that overrides another one keeps it as what was there before.
 */
import { ListValue, MapValue, type Maybe, type Value } from '../template/values.js';
import { overriding } from './overrideValue.js';

/** What coalescing needs of a chart. */
export interface ValueLevel {
  readonly name: string;
  /** The chart's own values, after its imports. */
  readonly values: MapValue;
  readonly dependencies: readonly ValueLevel[];
}

/** Says what helm would print as a warning. */
export type Warn = (message: string) => void;

/** A copy down to the last map and list (copystructure.Copy). */
export function copyValue(value: Value): Value {
  if (value.kind === 'map') return copyMap(value);
  if (value.kind === 'list') return new ListValue(value.items.map(copyValue), value.node, value);
  return value;
}

/** The same for a map. */
export function copyMap(map: MapValue): MapValue {
  return new MapValue(() => new Map([...map.entries].map(([key, value]) => [key, copyValue(value)])), map.node);
}

/** An empty table. */
export function emptyMap(): MapValue {
  return new MapValue(new Map());
}

/** The values that a chart and its dependencies see, with `values` over their own. With `merges` nulls are kept. */
export function coalesceValues(chart: ValueLevel, values: MapValue, merges: boolean, warn: Warn): MapValue {
  const copy = copyMap(values);
  coalesce(chart, copy, merges, warn);
  return copy;
}

/** Lays a table under another one: what `over` says wins. Changes both, and gives `over`. */
export function mergeTables(over: MapValue, under: MapValue, merges: boolean, warn: Warn): MapValue {
  const [dst, src] = [over.entries, under.entries];
  const hadValue = new Set<string>();
  for (const [key, value] of src) if (value.kind !== 'nil') hadValue.add(key);
  for (const [key, value] of dst) if (value.kind === 'nil') src.set(key, value);
  for (const [key, value] of src) {
    const there = dst.get(key);
    if (!there) {
      dst.set(key, value);
    } else if (!merges && there.kind === 'nil' && hadValue.has(key)) {
      dst.delete(key);
    } else if (value.kind === 'map') {
      if (there.kind === 'map') mergeTables(there, value, merges, warn);
      else warn(`cannot overwrite table with non table for ${key}`);
    } else if (there.kind === 'map') {
      if (value.kind !== 'nil') warn(`destination for ${key} is a table. Ignoring non-table value`);
    } else {
      dst.set(key, overriding(there, value));
    }
  }
  return over;
}

function coalesce(chart: ValueLevel, values: MapValue, merges: boolean, warn: Warn): void {
  coalesceOwn(chart, values, merges, warn);
  for (const dependency of chart.dependencies) {
    const { entries } = values;
    const there = entries.get(dependency.name);
    if (there && there.kind !== 'map') {
      warn(`type mismatch on ${dependency.name}`);
      return;
    }
    const below = there ?? emptyMap();
    if (!there) entries.set(dependency.name, below);
    passGlobals(below, values, warn);
    coalesce(dependency, below, merges, warn);
  }
}

function coalesceOwn(chart: ValueLevel, values: MapValue, merges: boolean, warn: Warn): void {
  const { entries } = values;
  for (const [key, value] of copyMap(chart.values).entries) {
    const there = entries.get(key);
    if (!there) entries.set(key, value);
    else if (there.kind === 'nil' && !merges) entries.delete(key);
    else if (there.kind === 'map') {
      if (value.kind === 'map') mergeTables(there, value, merges || chart.dependencies.some(({ name }) => name === key), warn);
      else if (value.kind !== 'nil') warn(`skipped value for ${chart.name}.${key}: Not a table.`);
    } else entries.set(key, overriding(there, value));
  }
}

/** The globals of a chart go into its dependency, under what that one has. */
function passGlobals(below: MapValue, from: MapValue, warn: Warn): void {
  const own = below.entries.get('global');
  const above = from.entries.get('global');
  if ((own && own.kind !== 'map') || (above && above.kind !== 'map')) {
    warn(`skipping globals because ${own && own.kind !== 'map' ? 'destination' : 'source'} global is not a table.`);
    return;
  }
  const globals = own ?? emptyMap();
  for (const [key, value] of above?.entries ?? []) {
    const there = globals.entries.get(key);
    if (value.kind === 'map') {
      const copy = new MapValue(new Map(value.entries), value.node);
      if (!there) globals.entries.set(key, copy);
      else if (there.kind !== 'map') warn(`cannot merge map onto non-map for "${key}". Skipping.`);
      else globals.entries.set(key, mergeTables(copy, there, true, warn));
    } else if (there?.kind === 'map') warn(`key ${key} is table. Skipping`);
    else globals.entries.set(key, there ? overriding(value, there) : value);
  }
  below.entries.set('global', globals);
}

/** The table at a way of keys; undefined where there is none. */
export function tableAt(map: MapValue, path: string): MapValue | undefined {
  let at: MapValue = map;
  for (const part of path.split('.')) {
    const next = at.entries.get(part);
    if (next?.kind !== 'map') return undefined;
    at = next;
  }
  return at;
}

/** What is no table at a way of keys (chartutil.Values.PathValue); undefined where there is none. */
export function valueAtPath(map: MapValue, path: string): Maybe {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  const table = parts.length === 0 ? map : tableAt(map, parts.join('.'));
  const value = table?.entries.get(last);
  return value?.kind === 'map' ? undefined : value;
}

/** Layers of a user's values: maps are merged, all else is replaced (pkg/cli/values/options.go mergeMaps). */
export function layValues(under: MapValue, over: MapValue): MapValue {
  const out = new Map(under.entries);
  for (const [key, value] of over.entries) {
    const there = out.get(key);
    out.set(key, value.kind === 'map' && there?.kind === 'map' ? layValues(there, value) : there ? overriding(value, there) : value);
  }
  return new MapValue(out, over.node ?? under.node);
}
