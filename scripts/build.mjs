// Bundles the extension, the language server and the command line into dist/, with the licenses of what they hold.
// `--watch` keeps at it, `--production` minifies and leaves source maps out.
import fs from 'node:fs';
import path from 'node:path';
import { context } from 'esbuild';

process.chdir(path.resolve(import.meta.dirname, '..'));
const [watch, production] = ['--watch', '--production'].map((flag) => process.argv.includes(flag));

/** Says when the bundles stand again; the editor's `watch` task reads these two lines. */
const announce = {
  name: 'announce',
  setup({ onStart, onEnd }) {
    onStart(() => console.log('[watch] build started'));
    onEnd(({ errors }) => console.log(`[watch] build finished${errors.length > 0 ? ` with ${errors.length} errors` : ''}`));
  },
};

/** esbuild's options for one bundle. Everything from npm goes in, but for what the host gives. */
const bundle = (entry, name, external = []) => ({
  entryPoints: { [name]: entry },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  metafile: true,
  plugins: [credentialsApart, leanClient, ...(watch ? [announce] : [])],
});

/** What reads kubeconfigs brings Kubernetes' own client along: it stands in a bundle of its own, which is read with the first kubeconfig. */
const credentialsApart = {
  name: 'credentials-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/credentials\.js$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: './credentials.js', external: true } : undefined));
  },
};

/** The client's generated classes and its own fetch aren't used for reading a kubeconfig; the headers are Node's. */
const leanClient = {
  name: 'lean-client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node-fetch$/ }, () => ({ path: 'node-fetch', namespace: 'lean' }));
    onResolve({ filter: /^\.\/gen\/index\.js$/ }, () => ({ path: 'gen', namespace: 'lean' }));
    onLoad({ filter: /^node-fetch$/, namespace: 'lean' }, () => ({ contents: 'export const Headers = globalThis.Headers; export default globalThis.fetch;' }));
    onLoad({ filter: /^gen$/, namespace: 'lean' }, () => ({ contents: 'export const createConfiguration = undefined, ServerConfiguration = undefined;' }));
  },
};

/** A page's script, for the browser that a webview is. */
const page = (entry, name) => ({ ...bundle(entry, name), platform: 'browser', target: 'es2022', format: 'iife' });

const bundles = [
  // The client library is most of the client: it stands in a bundle of its own, which is read when the server is needed.
  { ...bundle('src/extension/extension.ts', 'extension', ['vscode', './connection.js']), supported: { 'dynamic-import': false } },
  bundle('src/extension/server/connection.ts', 'connection', ['vscode']),
  page('src/webview/board/main.ts', 'board'),
  page('src/webview/topology/main.ts', 'topology'),
  bundle('src/adapters/kube/credentials.ts', 'credentials'),
  bundle('src/server/main.ts', 'server'),
  { ...bundle('src/cli/main.ts', 'cli'), banner: { js: '#!/usr/bin/env node' } },
];

fs.rmSync('dist', { recursive: true, force: true });
fs.mkdirSync('dist');
// The sources are ES modules, the bundles CommonJS: this tells Node so.
fs.writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
// The rules read it when they first ask for a type.
fs.copyFileSync('data/kubernetes/types.json', 'dist/kubernetes-types.json');
// The sandbox reads them when it starts.
fs.copyFileSync('data/sandbox/kinds.json', 'dist/sandbox-kinds.json');
fs.copyFileSync('data/sandbox/schemas.json.br', 'dist/sandbox-schemas.json.br');

const contexts = await Promise.all(bundles.map((options) => context(options)));
if (watch) {
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  const results = await Promise.allSettled(contexts.map((each) => each.rebuild()));
  await Promise.all(contexts.map((each) => each.dispose()));
  // esbuild has printed the errors, with their places, by now.
  if (results.some(({ status }) => status === 'rejected')) process.exit(1);
  for (const { value } of results) {
    for (const [file, { bytes }] of Object.entries(value.metafile.outputs)) if (file.endsWith('.js')) console.log(`${file} ${(bytes / 1024).toFixed(0)} KB`);
  }
  fs.chmodSync('dist/cli.js', 0o755);
  fs.writeFileSync('dist/licenses.txt', licensesOf(results.flatMap(({ value }) => Object.keys(value.metafile.inputs))));
}

/** The licenses of the libraries that went into the bundles, which ask to go where their code goes. */
function licensesOf(inputs) {
  const folders = new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version} (${license})\n\n${file ? fs.readFileSync(path.join(folder, file), 'utf8').trim() : 'The package holds no text of its license.'}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
