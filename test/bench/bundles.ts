/** What an installed extension costs before it does anything: the sizes of its bundles and the time the client takes to load and activate. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../support/projectFolder.js';
import { formatBytes, formatMs, quantile, type Row } from './table.js';

const budgets: Readonly<Record<string, string>> = { 'extension.js': 'under 600 KB' };

export function measureBundles(runs: number): readonly Row[] {
  const dist = path.join(projectFolder, 'dist');
  const names = ['extension.js', 'server.js', 'cli.js'].filter((name) => fs.existsSync(path.join(dist, name)));
  if (names.length === 0) return [{ what: 'bundle sizes', measured: 'no dist/: run npm run build', budget: '' }];
  const rows = names.map((name): Row => {
    const { size } = fs.statSync(path.join(dist, name));
    return { what: `size of dist/${name}`, measured: formatBytes(size), budget: budgets[name] ?? '', value: size };
  });
  const client = path.join(dist, 'extension.js');
  if (!fs.existsSync(client)) return rows;
  const load = quantile(
    Array.from({ length: runs }, () => loadTime(client)),
    0.5,
  );
  return [...rows, { what: `loading the client's bundle (activation's larger part), median of ${runs}`, measured: formatMs(load), budget: 'activation under 50 ms', value: load }];
}

/** Milliseconds that a fresh Node takes to evaluate the client's bundle, with a stand-in for the editor's API. */
function loadTime(client: string): number {
  const program = `
    const Module = require('node:module');
    const stub = new Proxy(function () {}, { get: (target, key) => (key === 'prototype' ? target.prototype : stub), apply: () => stub, construct: () => ({}) });
    const load = Module._load;
    Module._load = (request, ...rest) => (request === 'vscode' ? stub : load(request, ...rest));
    const start = performance.now();
    require(${JSON.stringify(client)});
    console.log(performance.now() - start);
    process.exit(0);`;
  const run = spawnSync(process.execPath, ['--input-type=commonjs', '-e', program], { encoding: 'utf8' });
  const ms = Number(run.stdout);
  if (run.status !== 0 || Number.isNaN(ms)) throw new Error(`dist/extension.js does not load: ${run.stderr}`);
  return ms;
}
