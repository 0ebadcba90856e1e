// Bundles the extension, the language server and the command line into dist/. `--watch` keeps at it, `--production`
// minifies and leaves source maps out.
import fs from 'node:fs';
import { context } from 'esbuild';

const [watch, production] = ['--watch', '--production'].map((flag) => process.argv.includes(flag));

/** esbuild's options for one bundle. Everything from npm goes in, but for what the host gives. */
const bundle = (entry, name, format, external = []) => ({
  entryPoints: { [name]: entry },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format,
  external,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  metafile: true,
});

const bundles = [
  bundle('src/extension/extension.ts', 'extension', 'cjs', ['vscode']),
  bundle('src/server/main.ts', 'server', 'cjs'),
  { ...bundle('src/cli/main.ts', 'cli', 'cjs'), banner: { js: '#!/usr/bin/env node' } },
];

fs.rmSync('dist', { recursive: true, force: true });
fs.mkdirSync('dist');
// The sources are ES modules, the bundles CommonJS: this tells Node so.
fs.writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');

const contexts = await Promise.all(bundles.map((options) => context(options)));
if (watch) {
  await Promise.all(contexts.map((each) => each.watch()));
  console.log('watching');
} else {
  const results = await Promise.all(contexts.map((each) => each.rebuild()));
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) if (file.endsWith('.js')) console.log(`${file} ${(bytes / 1024).toFixed(0)} KB`);
  }
  fs.chmodSync('dist/cli.js', 0o755);
  await Promise.all(contexts.map((each) => each.dispose()));
}
