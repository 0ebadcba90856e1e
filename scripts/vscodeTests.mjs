// Runs the suites of test/vscode in a real VS Code, one window per folder there: `main`, `restricted`, `multiroot`, `yaml`.
// usage: node scripts/vscodeTests.mjs [NAME ...]
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { runSuites } from '../test/support/host/runSuites.mjs';
import { copySample } from './samples.mjs';

const project = path.resolve(import.meta.dirname, '..');
const screenshots = path.join(project, 'out/screenshots');

/** The pictures that the README shows: made by the suites, taken over with --pictures. */
const readmePictures = ['preview', 'broken', 'compare'];

/** What each window opens: made fresh in `folder`. */
const windows = {
  main: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {} }),
  restricted: (folder) => ({
    workspace: copySample('argocd-kustomize', path.join(folder, 'shop')),
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' },
  }),
  multiroot: (folder) => {
    const folders = ['argocd-kustomize', 'broken'].map((name) => ({ path: copySample(name, path.join(folder, name)) }));
    const workspace = path.join(folder, 'all.code-workspace');
    fs.writeFileSync(workspace, JSON.stringify({ folders, settings: {} }));
    return { workspace, settings: {} };
  },
  yaml: (folder) => ({
    workspace: copySample('argocd-kustomize', path.join(folder, 'shop')),
    settings: {},
    otherExtensions: [path.join(project, 'test/vscode/yaml/redhat.vscode-yaml-0.0.1')],
  }),
};

/** One CommonJS bundle per window that registers its suites and runs them. */
async function bundleSuites(name) {
  const folder = path.join(project, 'test/vscode', name);
  const suites = fs.readdirSync(folder).filter((file) => file.endsWith('.suite.ts'));
  const outfile = path.join(project, 'out/vscode', `${name}.cjs`);
  const imports = suites.map((file) => `  require(${JSON.stringify(path.join(folder, file))});`).join('\n');
  await build({
    stdin: {
      contents: `import { runMocha } from ${JSON.stringify(path.join(project, 'test/support/host/inHost.ts'))};\nexport const run = () => runMocha(() => {\n${imports}\n});\n`,
      resolveDir: project,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

const words = process.argv.slice(2);
const names = words.some((word) => !word.startsWith('--')) ? words.filter((word) => !word.startsWith('--')) : Object.keys(windows);
execFileSync(process.execPath, [path.join(project, 'scripts/build.mjs')], { cwd: project, stdio: 'inherit' });
let [passed, failed] = [0, 0];
for (const name of names) {
  console.log(`\n== VS Code: ${name}`);
  const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), `gitops-workbench-${name}-`)));
  const { workspace, settings, otherExtensions = [] } = windows[name](scratch);
  const result = await runSuites({ name, extensionFolder: project, otherExtensions, suites: await bundleSuites(name), workspace, settings, screenshots, timeoutSeconds: 240 });
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  passed += result.passed;
  failed += result.failed;
}
if (words.includes('--pictures')) {
  for (const name of readmePictures) fs.copyFileSync(path.join(screenshots, `${name}.png`), path.join(project, 'media/screenshots', `${name}.png`));
  console.log(`The README's pictures are those of this run: ${readmePictures.join(', ')}.`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
