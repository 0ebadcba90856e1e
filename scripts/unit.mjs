// Bundles the unit tests (all, or those below the paths given) and runs them with mocha.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const [filters, options] = [[], []];
for (const word of process.argv.slice(2)) (options.length > 0 || word.startsWith('-') ? options : filters).push(word);
const roots = filters.length > 0 ? filters : ['test'];
const entries = [...new Set(roots.flatMap((root) => (fs.statSync(root).isDirectory() ? fs.readdirSync(root, { recursive: true }).map((name) => path.join(root, name)) : [root])))]
  .filter((file) => file.endsWith('.test.ts'));
await build({ entryPoints: entries, outdir: 'out/unit', outbase: 'test', bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', sourcemap: true, outExtension: { '.js': '.mjs' }, logLevel: 'warning' });
const files = entries.map((file) => path.join('out/unit', path.relative('test', file)).replace(/\.ts$/, '.mjs'));
const run = spawnSync(process.execPath, ['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', ...options, ...files], { stdio: 'inherit' });
process.exit(run.status ?? 1);
