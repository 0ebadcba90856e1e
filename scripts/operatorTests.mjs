// Runs the tests of the hand-off to real operators, for those that the environment names:
//   GITOPS_TEST_ARGOCD_KUBECONFIG  kubeconfig of a cluster where Argo CD runs; its repo server must be able to read
//                                  repositories of this machine by file:// URLs
//   GITOPS_TEST_ARGOCD_NAMESPACE   where it runs; argocd where nothing is said
//   GITOPS_TEST_FLUX_KUBECONFIG    kubeconfig of a cluster where Flux's kustomize-controller runs; it must be able to
//                                  reach this machine at 127.0.0.1
// usage: node scripts/operatorTests.mjs [MOCHA OPTION ...]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const suites = [
  { file: 'test/operators/argocd.peer.ts', variable: 'GITOPS_TEST_ARGOCD_KUBECONFIG' },
  { file: 'test/operators/flux.peer.ts', variable: 'GITOPS_TEST_FLUX_KUBECONFIG' },
];

const wanted = suites.filter(({ variable }) => process.env[variable]);
if (wanted.length === 0) {
  console.error(`No operator to test with: set ${suites.map(({ variable }) => variable).join(' or ')}.`);
  process.exit(2);
}
const outdir = 'out/operators';
fs.rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: wanted.map(({ file }) => file),
  outdir,
  outbase: 'test/operators',
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
const files = wanted.map(({ file }) => path.join(outdir, path.basename(file).replace(/\.ts$/, '.mjs')));
const run = spawnSync(process.execPath, ['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', '--timeout', '120000', ...process.argv.slice(2), ...files], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
