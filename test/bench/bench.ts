/**
 * The benchmark: `npm run bench`. Prints a table of what an author feels (a keystroke, a cold start, memory, the size of
 * the extension) beside the project's budgets, and beside the real tools where this machine has them.
 *
 *   --quick       fewer overlays and repositories: under a minute
 *   --write       also writes docs/benchmarks.md
 *   --only-charts measures charts alone
 *   --base REV    also measures another git revision and shows it beside this one
 *   --json FILE   also writes the rows as JSON
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findLargeCorpus, loadLargeCorpus, loadSmallCorpus, type CorpusCase } from '../support/corpus.js';
import { projectFolder } from '../support/projectFolder.js';
import { measureBundles } from './bundles.js';
import { loadCharts, measureCharts, renderChartsCold } from './charts.js';
import { checkCold, measureChecks } from './checks.js';
import { measureClusters } from './clusterSync.js';
import { measureColdRenders, renderCold } from './coldRender.js';
import { measureKeystrokes } from './keystroke.js';
import { measureRevision } from './otherRevision.js';
import { measureParseSpeed } from './parseSpeed.js';
import { formatTable, type Row } from './table.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    base: { type: 'string' },
    json: { type: 'string' },
    cold: { type: 'string' },
    'cold-charts': { type: 'string' },
    'only-charts': { type: 'boolean', default: false },
    check: { type: 'string' },
    keystrokes: { type: 'string', default: '0' },
  },
});

await main();

async function main(): Promise<void> {
  if (options.check !== undefined) {
    process.stdout.write(JSON.stringify(checkCold(options.check, Number(options.keystrokes))));
    return;
  }
  const charts = options.cold === undefined ? await loadCharts() : [];
  if (options['cold-charts'] !== undefined) {
    process.stdout.write(JSON.stringify(renderChartsCold(charts, Number(options['cold-charts']))));
    return;
  }
  const cases = await loadCases();
  if (options.cold !== undefined) {
    process.stdout.write(JSON.stringify(renderCold(cases.filter((each) => each.repo === options.cold))));
    return;
  }
  const ofCharts = measureCharts(charts, chartOptions());
  const rows = options['only-charts']
    ? ofCharts
    : [...measureAll(cases), ...ofCharts, ...(await measureClusters(options.quick ? { objects: 100, watched: 500 } : { objects: 1000, watched: 5000 }))];
  const base = options.base === undefined ? undefined : measureRevision(options.base, options.quick ? ['--quick'] : []);
  const table = formatRows(rows, base);
  console.log(`${environment(cases)}\n\n${table}`);
  if (options.json !== undefined) fs.writeFileSync(options.json, JSON.stringify(rows, undefined, 1));
  if (options.write) writeDocument(cases, table);
}

async function loadCases(): Promise<readonly CorpusCase[]> {
  const folder = findLargeCorpus();
  return folder === undefined ? loadSmallCorpus() : loadLargeCorpus(folder);
}

function measureAll(cases: readonly CorpusCase[]): readonly Row[] {
  const kustomize = findTool('KUSTOMIZE', 'kustomize');
  const size = options.quick ? { overlays: 40, keystrokes: 5, processes: 5 } : { overlays: 400, keystrokes: 10, processes: 40 };
  return [
    ...measureKeystrokes(cases, { ...size, kustomize }),
    ...measureParseSpeed(cases, options.quick ? 3 : 7),
    ...measureColdRenders(cases, options.quick ? 1 : undefined),
    ...measureChecks(cases, options.quick ? 1 : undefined),
    ...measureBundles(options.quick ? 3 : 9),
  ];
}

function chartOptions(): Parameters<typeof measureCharts>[1] {
  const helm = findTool('HELM', 'helm');
  return options.quick ? { charts: 10, keystrokes: 3, processes: 5, helm } : { charts: 200, keystrokes: 5, processes: 100, helm };
}

/** The real tool's command, from the environment or the PATH; undefined where this machine has none. */
function findTool(variable: string, name: string): string | undefined {
  const command = process.env[variable] ?? name;
  return spawnSync(command, ['version']).status === 0 ? command : undefined;
}

function formatRows(rows: readonly Row[], base: readonly Row[] | undefined): string {
  if (!base)
    return formatTable(
      ['what', 'measured', 'budget or peer'],
      rows.map((row) => [row.what, row.measured, row.budget]),
    );
  const before = (row: Row): Row | undefined => base.find((other) => other.what === row.what);
  return formatTable(
    ['what', 'measured', `at ${options.base ?? ''}`, 'change', 'budget or peer'],
    rows.map((row) => [row.what, row.measured, before(row)?.measured ?? '', change(row, before(row)), row.budget]),
  );
}

function change(row: Row, before: Row | undefined): string {
  if (row.value === undefined || before?.value === undefined || before.value === 0) return '';
  const percent = Math.round((100 * row.value) / before.value - 100);
  return `${percent > 0 ? '+' : ''}${percent} %`;
}

function environment(cases: readonly CorpusCase[]): string {
  const cpu = os.cpus();
  return `${cases.length} cases; Node ${process.version}, ${process.platform} ${process.arch}, ${cpu.length} x ${cpu[0]?.model ?? 'unknown'}`;
}

function writeDocument(cases: readonly CorpusCase[], table: string): void {
  const text = `# Benchmarks

Made by \`npm run bench -- --write\`. Every figure was measured in one run on one machine, the real tools' in that same run; budgets are
the project's own. A keystroke changes one character of a file and waits for the new text of the preview and its diagnostics, with
everything else in memory. A cold render starts a process that has read nothing.

Two aims are missed. New objects are tried on the server before anything is written, which \`kubectl apply\` doesn't do; and creating a thousand of them costs a real API server and its
etcd 2.4 seconds of processor time, so that on two cores nobody can be 5 times faster than kubectl. Bare requests without a plan were measured at 1.8 to 3.4 s. And what is found in the whole
workspace after a keystroke takes longer than 20 ms at p95 in the largest repository, where an edit of an app of apps finds all environments anew; the preview and its own problems are told before.

${environment(cases)}

${table}
`;
  fs.writeFileSync(path.join(projectFolder, 'docs', 'benchmarks.md'), text);
}
