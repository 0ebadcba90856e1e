/**
 * Checks values against values.schema.json of a chart and of those below it (pkg/chartutil/jsonschema.go v3.22). The
 * checking itself is a library's; here is which values are checked by which schema, and where a mistake stands.
 */
import type { SourceText } from '../base/source.js';
import { formatFloat } from '../template/format.js';
import { nodeOf, type MapValue, type Value } from '../template/values.js';
import type { ActiveChart } from './activeChart.js';
import type { ChartMistake } from './loadChart.js';

/** JSON, as a schema and what it checks are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One mistake: where in the values, and what is wrong. */
export interface SchemaMistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Checks a value against the text of a schema. `unsupported` says why it can't be checked here. */
export type CheckSchema = (schema: string, value: Json) => { readonly mistakes: readonly SchemaMistake[] } | { readonly invalid: string } | { readonly unsupported: string };

/** The first chart's mistakes as one refusal, at the value that the first of them is about. */
export function checkValues(chart: ActiveChart, values: MapValue, check: (schema: SourceText, value: Json) => ReturnType<CheckSchema>): ChartMistake | undefined {
  const { schema } = chart.chart;
  if (schema) {
    const result = check(schema.source, toJson(values));
    const place = { source: schema.source, start: 0, end: 0 };
    if ('unsupported' in result) return { code: 'helm/schema-unsupported', message: `The schema of ${chart.name} can't be checked here: ${result.unsupported}`, place };
    if ('invalid' in result) return { code: 'helm/invalid-schema', message: `${words}\n${chart.name}:\n${result.invalid}`, place };
    const [first] = result.mistakes;
    if (first) {
      const message = `${words}\n${chart.name}:\n${result.mistakes.map((each) => `- at '${pointer(each.path)}': ${each.message}`).join('\n')}`;
      return { code: 'helm/schema', message, place: nodeAt(values, first.path) ?? place };
    }
  }
  for (const dependency of chart.dependencies) {
    const below = values.entries.get(dependency.name);
    const mistake = below?.kind === 'map' ? checkValues(dependency, below, check) : undefined;
    if (mistake) return mistake;
  }
  return undefined;
}

const words = "values don't meet the specifications of the schema(s) in the following chart(s):";

function pointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function toJson(value: Value): Json {
  switch (value.kind) {
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, inner]) => [key, toJson(inner)]));
    case 'list':
      return value.items.map(toJson);
    case 'string':
      return value.text;
    case 'bool':
      return value.value;
    case 'int':
      return Number(value.value);
    case 'float':
      return Number(formatFloat(value.value, 'g', -1));
    default:
      return null;
  }
}

/** The node of the innermost value on a way that has one. */
function nodeAt(values: MapValue, path: readonly (string | number)[]): ReturnType<typeof nodeOf> {
  let at: Value | undefined = values;
  let found = nodeOf(values);
  for (const step of path) {
    at = at?.kind === 'map' ? at.entries.get(String(step)) : at?.kind === 'list' ? at.items[Number(step)] : undefined;
    found = nodeOf(at) ?? found;
  }
  return found;
}
