/**
 * Executes the templates of a chart and of those below it, as helm's engine does (pkg/engine/engine.go v3.22): deeper files
 * first in reading, so that those of the outer chart win; `.Values` of a chart is the part of its parent's that is named
 * after it, shared with it.
 */
import { joinTemplates, type RefusedTemplate } from '../template/renderTemplate.js';
import { helmFunctions, withoutNoValue } from '../template/functions/helm.js';
import type { Budget } from '../template/evaluate.js';
import type { TemplateCryptography } from '../template/cryptography.js';
import type { ParsedTemplate } from '../template/parse/parser.js';
import { MapValue, Text, type Struct, type Value } from '../template/values.js';
import { baseName } from '../base/path.js';
import type { ActiveChart } from './activeChart.js';
import type { ChartFile } from './chart.js';
import { tableAt } from './coalesceValues.js';
import { asValues, chartData, filesData, makeScope } from './templateData.js';

/** What one file of templates gave. */
export interface TemplateOutput {
  /** `app/templates/deployment.yaml`. */
  readonly name: string;
  readonly file: ChartFile;
  readonly text: Text;
}

export interface RunInputs {
  readonly root: ActiveChart;
  /** Of the root chart, with those of the charts below it. */
  readonly values: MapValue;
  readonly release: MapValue;
  readonly capabilities: Struct;
  readonly parse: (file: ChartFile, name: string) => ParsedTemplate;
  readonly budget?: Budget;
  /** Nanoseconds since 1970, for templates that ask. */
  readonly now: bigint;
  readonly cryptography: TemplateCryptography;
}

interface Entry {
  readonly name: string;
  readonly file: ChartFile;
  readonly scope: MapValue;
  readonly basePath: string;
}

/** The outputs of all templates but partials, by their names; or the first mistake. */
export function runTemplates(inputs: RunInputs): readonly TemplateOutput[] | RefusedTemplate {
  const entries = new Map<string, Entry>();
  gather(inputs.root, inputs.values, inputs, entries);
  const sorted = [...entries.values()].sort((a, b) => compareTemplateNames(a.name, b.name));
  const set = joinTemplates(sorted.map(({ file, name }) => inputs.parse(file, name)));
  if ('error' in set) return set;
  const outputs: TemplateOutput[] = [];
  for (const { name, file, scope, basePath } of sorted) {
    if (baseName(name).startsWith('_')) continue;
    scope.entries.set('Template', asValues(makeScope({ Name: new Text(name), BasePath: new Text(basePath) })));
    const result = set.render(name, asValues(scope), helmFunctions, {
      missingKey: 'zero',
      seed: seedOf(name),
      now: inputs.now,
      cryptography: inputs.cryptography,
      ...(inputs.budget && { budget: inputs.budget }),
    });
    if ('error' in result) return result;
    outputs.push({ name, file, text: withoutNoValue(new Text(result.text, result.spans)) });
  }
  return outputs;
}

/** Each file has random values of its own, so that an edit of one doesn't change those of the others. */
function seedOf(name: string): number {
  let seed = 17;
  for (let at = 0; at < name.length; at++) seed = (Math.imul(seed, 31) + name.charCodeAt(at)) | 0;
  return seed;
}

/** The scope of a chart's templates; those of the charts below it stand in its `.Subcharts`. */
function gather(chart: ActiveChart, above: MapValue, inputs: RunInputs, entries: Map<string, Entry>): MapValue {
  const values = chart.isRoot ? above : (tableAt(above, chart.name) ?? new MapValue(new Map()));
  const below = new Map<string, Value>();
  const scope = makeScope({
    Chart: chartData(chart),
    Files: filesData(chart.chart.files),
    Release: inputs.release,
    Capabilities: inputs.capabilities,
    Values: asValues(values),
    Subcharts: new MapValue(below),
  });
  for (const dependency of chart.dependencies) below.set(dependency.name, gather(dependency, values, inputs, entries));
  const isLibrary = chart.chart.metadata.type.toLowerCase() === 'library';
  for (const file of chart.chart.templates) {
    if (isLibrary && !baseName(file.name).startsWith('_')) continue;
    const name = `${chart.fullPath}/${file.name}`;
    entries.set(name, { name, file, scope, basePath: `${chart.fullPath}/templates` });
  }
  return scope;
}

/** The order in which files of templates are read, by their full names: of two definitions with one name the later counts. Deeper paths first, and of one depth the later name first (engine.sortTemplates). */
export function compareTemplateNames(a: string, b: string): number {
  const depth = (name: string): number => name.split('/').length;
  return depth(b) - depth(a) || (a < b ? 1 : a > b ? -1 : 0);
}
