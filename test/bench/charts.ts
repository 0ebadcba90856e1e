/**
 * Charts: one character typed in a values file or in a template, until the new text of the preview and its problems are there;
 * and all charts rendered by a process that has read nothing yet, beside one `helm template` process per chart. The charts are
 * those of the large corpus, else those of the samples.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { normalizePath } from '../../src/core/base/path.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import type { RenderChart } from '../../src/core/objects/chartInputs.js';
import { renderingText, type Rendering } from '../../src/core/objects/rendering.js';
import type { ScalarNode, YamlNode } from '../../src/core/yaml/nodes.js';
import { findLargeCorpus } from '../support/corpus.js';
import { loadCorpusCharts, sampleInputs, type ChartCase } from '../support/corpusCharts.js';
import { FolderTree, withFile } from '../support/folderTree.js';
import { projectFolder } from '../support/projectFolder.js';
import type { ColdRun } from './coldRender.js';
import { spread } from './keystroke.js';
import { formatBytes, formatMs, quantile, type Row } from './table.js';

export interface ChartOptions {
  /** How many charts are edited, spread over the corpus. */
  readonly charts: number;
  readonly keystrokes: number;
  /** How many of them also go through `helm template` processes. */
  readonly processes: number;
  /** The command, or undefined where there is none. */
  readonly helm: string | undefined;
}

interface Edit {
  readonly file: string;
  readonly text: string;
  /** Where characters are typed. */
  readonly offset: number;
}

/** The charts that helm renders. */
export async function loadCharts(): Promise<readonly ChartCase[]> {
  const large = findLargeCorpus();
  return large === undefined ? sampleCharts() : (await loadCorpusCharts(large)).filter(({ entry }) => entry.ok);
}

/** Renders charts with an empty cache, in this process. @param step only each so-manieth */
export function renderChartsCold(charts: readonly ChartCase[], step: number): ColdRun {
  const renderChart = chartRenderer(chartTools);
  const start = performance.now();
  let [bytes, cases] = [0, 0];
  for (const [index, { tree, path: chart, inputs }] of charts.entries()) {
    if (index % step !== 0) continue;
    cases++;
    bytes += renderingText(renderChart({ tree, path: chart, inputs })).length;
  }
  return { cases, ms: performance.now() - start, bytes, peak: process.resourceUsage().maxRSS * 1024 };
}

export function measureCharts(charts: readonly ChartCase[], options: ChartOptions): readonly Row[] {
  if (charts.length === 0) return [{ what: 'keystroke in a chart', measured: 'no charts', budget: '' }];
  return [...measureKeystrokes(charts, options), ...measureCold(charts, options)];
}

function measureKeystrokes(charts: readonly ChartCase[], { charts: most, keystrokes }: ChartOptions): readonly Row[] {
  const times: Record<'values file' | 'template', number[]> = { 'values file': [], template: [] };
  let edited = 0;
  let largest = { size: 0, name: '', ms: 0 };
  for (const each of spread(charts, most)) {
    const renderChart = chartRenderer(chartTools);
    const first = render(each, renderChart);
    if (!first.ok) continue;
    edited++;
    for (const kind of ['values file', 'template'] as const) {
      const edit = findEdit(each, first, kind === 'template', renderChart);
      if (!edit) continue;
      const own = Array.from({ length: keystrokes }, (_, count) => typeOnce(each, edit, count + 1, renderChart));
      times[kind].push(...own);
      const size = renderingText(first).length;
      if (kind === 'values file' && size > largest.size) largest = { size, name: each.entry.id, ms: quantile(own, 0.5) };
    }
  }
  const rows = (['values file', 'template'] as const).flatMap((kind): readonly Row[] => {
    const all = times[kind];
    if (all.length === 0) return [];
    const [median, p95] = [quantile(all, 0.5), quantile(all, 0.95)];
    return [
      {
        what: `keystroke in a ${kind} to a chart's preview, median (${edited} charts, ${all.length} keystrokes)`,
        measured: formatMs(median),
        budget: 'under 20 ms',
        value: median,
      },
      { what: `keystroke in a ${kind} to a chart's preview, p95`, measured: formatMs(p95), budget: '', value: p95 },
    ];
  });
  const last: Row = {
    what: `the same in the largest chart, ${largest.name} (${formatBytes(largest.size)} of output)`,
    measured: formatMs(largest.ms),
    budget: '',
    value: largest.ms,
  };
  return largest.size > 0 ? [...rows, last] : rows;
}

function render({ tree, path: chart, inputs }: ChartCase, renderChart: RenderChart): Rendering {
  return renderChart({ tree, path: chart, inputs });
}

function typeOnce(each: ChartCase, edit: Edit, count: number, renderChart: RenderChart): number {
  const changed = withEdit(each, edit, 'abcdefghijklmnopqrstuvwxyz'.repeat(4).slice(0, count));
  const start = performance.now();
  const rendering = render(changed, renderChart);
  const output = renderingText(rendering);
  const elapsed = performance.now() - start;
  if (output === '' && rendering.problems.length === 0) throw new Error(`${each.entry.id}: neither output nor problems`);
  return elapsed;
}

function withEdit(each: ChartCase, { file, text, offset }: Edit, typed: string): ChartCase {
  return { ...each, tree: withFile(each.tree, file, text.slice(0, offset) + typed + text.slice(offset)) };
}

/** The end of a text that shows in the output, in a values file or in a template, where something can be typed without breaking the chart. */
function findEdit(each: ChartCase, rendering: Rendering, isInTemplate: boolean, renderChart: RenderChart): Edit | undefined {
  const before = renderingText(rendering);
  let tries = 0;
  for (const { root } of rendering.objects) {
    for (const { source, end, value, start } of scalarsBelow(root)) {
      const isTemplate = source.path.includes('/templates/');
      if (isTemplate !== isInTemplate || source.isEmbedded || each.tree.kind(source.path) !== 'file' || !/^[a-z][a-z-]+$/i.test(value) || source.text.slice(start, end) !== value)
        continue;
      const edit: Edit = { file: source.path, text: source.text, offset: end };
      const after = render(withEdit(each, edit, 'x'), renderChart);
      if (after.ok && renderingText(after) !== before) return edit;
      if (++tries > 10) return undefined;
    }
  }
  return undefined;
}

function scalarsBelow(node: YamlNode): readonly ScalarNode[] {
  if (node.kind === 'scalar') return [node];
  return node.kind === 'map' ? node.pairs.flatMap(({ value }) => scalarsBelow(value)) : node.items.flatMap(scalarsBelow);
}

function measureCold(charts: readonly ChartCase[], { processes, helm }: ChartOptions): readonly Row[] {
  const step = Math.max(1, Math.floor(charts.length / processes));
  const some = charts.filter((_, index) => index % step === 0);
  const ours = runChild(step);
  const theirs = helm === undefined ? undefined : runHelm(some, helm);
  const rows: Row[] = [
    {
      what: `cold render of ${ours.cases} charts in one process`,
      measured: theirs === undefined ? formatMs(ours.ms) : `${formatMs(ours.ms)}, ${(theirs / ours.ms).toFixed(1)}x faster`,
      budget: theirs === undefined ? 'faster than a `helm template` process per chart (no helm on the PATH)' : `a \`helm template\` process per chart: ${formatMs(theirs)}`,
      value: ours.ms,
    },
    { what: 'peak memory of the cold render of charts', measured: formatBytes(ours.peak), budget: '', value: ours.peak },
  ];
  if (step === 1 || processes < 100) return rows;
  const all = runChild(1);
  return [...rows, { what: `cold render of all ${all.cases} charts in one process`, measured: `${formatMs(all.ms)}, peak ${formatBytes(all.peak)}`, budget: '', value: all.ms }];
}

function runChild(step: number): ColdRun {
  const script = process.argv[1] ?? '';
  const run = spawnSync(process.execPath, [...process.execArgv, script, '--cold-charts', String(step)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.status !== 0) throw new Error(`the cold render of charts ended with ${run.status ?? run.signal}`);
  return JSON.parse(run.stdout) as ColdRun;
}

function runHelm(charts: readonly ChartCase[], helm: string): number {
  const start = performance.now();
  for (const { entry, root, path: chart } of charts) {
    const args = entry.args.length > 0 ? entry.args : ['template', 'release-name', chart];
    const run = spawnSync(helm, args, { cwd: root, maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`${entry.id}: helm template failed: ${String(run.stderr).slice(0, 500)}`);
  }
  return performance.now() - start;
}

/** The charts of the samples, each with its own values. */
function sampleCharts(): readonly ChartCase[] {
  const root = normalizePath(path.join(projectFolder, 'samples'));
  const tree = new FolderTree();
  const folders = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => path.basename(file) === 'Chart.yaml');
  const charts = folders.map((file): ChartCase => {
    const folder = normalizePath(path.join(root, path.dirname(file)));
    return { entry: { id: folder.slice(root.length + 1), tool: 'helm', repo: 'samples', dir: folder, args: [], ok: true }, tree, root, path: folder, inputs: sampleInputs };
  });
  const renderChart = chartRenderer(chartTools);
  return charts.filter((each) => render(each, renderChart).ok);
}
