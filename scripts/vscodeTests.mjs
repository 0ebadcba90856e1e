// Runs the suites of test/vscode in a real VS Code, one window per folder there: `main`, `delivery`, `topology`, `declarations`,
// `drift`, `syncs`, `operators`, `driftPictures`, `promotion`, `doctor`, `charts`, `dialogs`, `empty`, `restricted`, `multiroot`, `yaml`.
// VSCODE_TEST=electron runs them in a desktop VS Code (see test/support/host/desktop.mjs).
// With --second-try a window in which something failed is opened once more, anew; the second run counts.
// usage: node scripts/vscodeTests.mjs [NAME ...] [--pictures] [--second-try]
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ProvisionError, provisionBrowser, provisionVsCode } from '../test/support/host/provision.mjs';
import { runSuites } from '../test/support/host/runSuites.mjs';
import { copySample } from './samples.mjs';
import { startSampleSandbox } from './sampleSandbox.mjs';

const project = path.resolve(import.meta.dirname, '..');
const screenshots = path.join(project, 'out/screenshots');

/** The pictures that the README shows: made by the suites, taken over with --pictures. */
const readmePictures = ['preview', 'broken', 'compare', 'board', 'topology', 'drift', 'plan', 'promote', 'rollback', 'ladder', 'doctor', 'chart'];

/** A workspace file over copies of several samples. */
function workspaceOf(folder, samples) {
  const folders = samples.map((name) => ({ path: copySample(name, path.join(folder, name)) }));
  const workspace = path.join(folder, 'all.code-workspace');
  fs.writeFileSync(workspace, JSON.stringify({ folders, settings: {} }));
  return workspace;
}

/** What each window opens: made fresh in `folder`. */
const windows = {
  main: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {} }),
  delivery: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {} }),
  declarations: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {} }),
  empty: (folder) => {
    const workspace = path.join(folder, 'nothing');
    fs.mkdirSync(workspace, { recursive: true });
    return { workspace, settings: {} };
  },
  restricted: (folder) => ({
    workspace: copySample('argocd-kustomize', path.join(folder, 'shop')),
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' },
  }),
  multiroot: (folder) => ({ workspace: workspaceOf(folder, ['argocd-kustomize', 'broken']), settings: {} }),
  drift: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {}, timeoutSeconds: 480 }),
  syncs: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {}, timeoutSeconds: 480 }),
  /** As `npm start` opens it: with a sandbox in which the sample is delivered. */
  operators: async (folder) => {
    const workspace = copySample('argocd-kustomize', path.join(folder, 'argocd-kustomize'));
    const { kubeconfig, stop } = await startSampleSandbox({ program: path.join(project, 'dist/cli.js'), repository: workspace, dataFolder: path.join(folder, 'sandbox') });
    return { workspace, settings: {}, timeoutSeconds: 480, env: { KUBECONFIG: kubeconfig, GITOPS_WORKBENCH_SANDBOX: kubeconfig }, stop };
  },
  driftPictures: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {} }),
  promotion: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {}, timeoutSeconds: 480 }),
  doctor: (folder) => ({ workspace: copySample('argocd-kustomize', path.join(folder, 'shop')), settings: {}, timeoutSeconds: 480 }),
  dialogs: (folder) => ({ workspace: workspaceOf(folder, ['argocd-kustomize', 'flux-images']), settings: {} }),
  topology: (folder) => ({ workspace: workspaceOf(folder, ['flux-images', 'build-in-cluster', 'argocd-branches']), settings: {} }),
  charts: (folder) => ({ workspace: copySample('argocd-helm', path.join(folder, 'charts')), settings: {}, timeoutSeconds: 480 }),
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

/** Opens one window on fresh files, and runs its suites in it. */
async function runWindow(name, folder) {
  const { workspace, settings, otherExtensions, env = {}, stop, timeoutSeconds = 240 } = await windows[name](folder);
  try {
    return await runSuites({ name, extensionFolder: project, otherExtensions, suites: await bundleSuites(name), workspace, settings, env, screenshots, timeoutSeconds });
  } finally {
    await stop?.();
  }
}

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'boolean', default: false }, 'second-try': { type: 'boolean', default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(windows);
const unknown = names.filter((name) => !(name in windows));
if (unknown.length > 0) {
  console.error(`There is no window ${unknown.join(', ')}; there are ${Object.keys(windows).join(', ')}.`);
  process.exit(2);
}
// Exiting, rather than being killed, lets the server and the browser be ended too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-workbench-windows-')));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

try {
  execFileSync(process.execPath, [path.join(project, 'scripts/build.mjs')], { cwd: project, stdio: 'inherit' });
  if (process.env.VSCODE_TEST !== 'electron') {
    await provisionVsCode();
    await provisionBrowser();
  }
} catch (error) {
  // A failed build has said what is wrong with it.
  console.error(error instanceof ProvisionError || error.status === undefined ? error.message : 'There is nothing to run the suites on: the build failed.');
  console.log('\n0 passed, 1 failed');
  process.exit(1);
}
let [passed, failed] = [0, 0];
for (const name of names) {
  console.log(`\n== VS Code: ${name}`);
  let result = await runWindow(name, path.join(scratch, name));
  if (result.failed > 0 && options['second-try']) {
    const first = result;
    console.log(`\n== VS Code: ${name}, once more`);
    result = await runWindow(name, path.join(scratch, `${name}-again`));
    if (result.failed === 0) console.log(`  passed at the second try: the window ${name} (${first.failed} failed at first)`);
  }
  if (result.failed > 0) console.log(`  failed: ${result.failed} in the window ${name}`);
  passed += result.passed;
  failed += result.failed;
}
if (options.pictures && failed === 0) {
  for (const name of readmePictures) fs.copyFileSync(path.join(screenshots, `${name}.png`), path.join(project, 'media/screenshots', `${name}.png`));
  console.log(`The README's pictures are those of this run: ${readmePictures.join(', ')}.`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
