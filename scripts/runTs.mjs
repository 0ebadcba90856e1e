// Bundles a TypeScript program of this project and runs it.
// usage: node scripts/runTs.mjs FILE [ARGUMENT ...]
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';

const [entry, ...words] = process.argv.slice(2);
if (!entry) {
  console.error('usage: node scripts/runTs.mjs FILE [ARGUMENT ...]');
  process.exit(2);
}
const outfile = path.join('out/programs', `${entry.replace(/\.ts$/, '').replaceAll(/[\\/]/g, '-')}.mjs`);
await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', sourcemap: true, logLevel: 'warning' });
const run = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...words], { stdio: 'inherit' });
process.exit(run.status ?? 1);
