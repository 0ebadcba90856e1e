/**
 * What an installed extension costs before it does anything: the sizes of its bundles, minified as they are shipped, and
 * the time that the client's takes to load.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { projectFolder } from '../support/projectFolder.js';
import { formatBytes, formatMs, quantile, type Row } from './table.js';

const budgets: Readonly<Record<string, string>> = { 'extension.js': 'under 600 KB with connection.js' };

export function measureBundles(runs: number): readonly Row[] {
  const dist = path.join(projectFolder, 'dist');
  const names = ['extension.js', 'connection.js', 'server.js', 'credentials.js', 'cli.js'].filter((name) => fs.existsSync(path.join(dist, name)));
  if (names.length === 0) return [{ what: 'bundle sizes', measured: 'no dist/: run npm run build', budget: '' }];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-bundles-'));
  try {
    const rows = names.map((name): Row => {
      const code = minify(fs.readFileSync(path.join(dist, name), 'utf8'));
      fs.writeFileSync(path.join(folder, name), code);
      const size = Buffer.byteLength(code);
      return { what: `size of ${name}, minified`, measured: formatBytes(size), budget: budgets[name] ?? '', value: size };
    });
    return [...rows, ...measureLoading(path.join(folder, 'extension.js'), runs)];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function minify(code: string): string {
  return transformSync(code, { minify: true, legalComments: 'none', target: 'node20', platform: 'node' }).code;
}

function measureLoading(client: string, runs: number): readonly Row[] {
  if (!fs.existsSync(client)) return [];
  const load = quantile(
    Array.from({ length: runs }, () => loadTime(client)),
    0.5,
  );
  return [{ what: `loading the client's bundle (the larger part of activation), median of ${runs}`, measured: formatMs(load), budget: 'activation under 50 ms', value: load }];
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
  if (run.status !== 0 || run.stdout === '' || Number.isNaN(ms)) throw new Error(`the client's bundle does not load: ${run.stderr}`);
  return ms;
}
