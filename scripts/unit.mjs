// Bundles the unit tests and runs them with mocha.
// usage: node scripts/unit.mjs [--exclude FOLDER,FOLDER] [FILE OR FOLDER ...] [MOCHA OPTION ...]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const words = process.argv.slice(2);
const excluded = words.includes('--exclude') ? words.splice(words.indexOf('--exclude'), 2)[1] : undefined;
// What comes from the first option on is mocha's; a `--` before it is taken too.
const firstOption = words.findIndex((word) => word.startsWith('-'));
const [own, options] = firstOption < 0 ? [words, []] : [words.slice(0, firstOption), words.slice(firstOption)];
const mochaOptions = options[0] === '--' ? options.slice(1) : options;
const roots = (own.length > 0 ? own : ['test']).map((root) => path.normalize(root));

const outdir = path.join('out/unit', excluded || own.length === 0 ? 'all' : 'some');
const entries = [...new Set(roots.flatMap(testsBelow))].filter(
  (file) => !(excluded ?? '').split(',').some((folder) => folder !== '' && file.startsWith(`${path.normalize(folder)}${path.sep}`)),
);
if (entries.length === 0) {
  console.error(`There is no test in ${roots.join(', ')}.`);
  process.exit(2);
}
fs.rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: entries,
  outdir,
  outbase: 'test',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
const files = entries.map((file) => path.join(outdir, path.relative('test', file)).replace(/\.ts$/, '.mjs'));
const run = spawnSync(process.execPath, ['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', '--timeout', '60000', ...mochaOptions, ...files], { stdio: 'inherit' });
process.exit(run.status ?? 1);

/** The test files at or below a path. */
function testsBelow(root) {
  if (!fs.existsSync(root)) return [];
  const names = fs.statSync(root).isDirectory() ? fs.readdirSync(root, { recursive: true }).map((name) => path.join(root, name)) : [root];
  return names.filter((file) => file.endsWith('.test.ts'));
}
