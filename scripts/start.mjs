// Builds the extension and opens a real VS Code with it on a writable copy of a sample repository.
// A sandbox runs beside it, with the sample delivered: one environment drifted, one behind a commit that isn't pushed.
// usage: npm start -- [--sample NAME] [--port N] [--open] [--desktop] [--without-sandbox]
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ProvisionError } from '../test/support/host/provision.mjs';
import { uriPathOf } from '../test/support/host/runSuites.mjs';
import { quietSettings } from '../test/support/host/userSettings.mjs';
import { startVsCodeServer } from '../test/support/host/vsCodeServer.mjs';
import { copySample, sampleNames } from './samples.mjs';
import { startSampleSandbox } from './sampleSandbox.mjs';

const project = path.resolve(import.meta.dirname, '..');
const options = readOptions();

/** Where to begin in a sample. */
const hints = {
  'argocd-kustomize': 'Open an overlay, such as apps/orders/overlays/prod/kustomization.yaml, and press the preview button in its title.\n',
  'argocd-helm': 'Open values of an environment, such as charts/orders/values-prod.yaml, and press the preview button in its title.\n',
};

/** What has to be ended in order before this process may; a part that is started later adds itself. */
const running = { stop: () => Promise.resolve(), stopping: false };
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-workbench-')));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

try {
  console.log('Building …');
  execFileSync(process.execPath, [path.join(project, 'scripts/build.mjs')], { cwd: project, stdio: 'inherit' });
  const repository = copySample(options.sample, path.join(scratch, options.sample));
  const environment = options['without-sandbox'] ? {} : await startSandbox(repository);
  await (options.desktop ? openDesktop(repository, environment) : openInBrowser(repository, environment));
} catch (error) {
  // A failed build has said what is wrong with it.
  console.error(error instanceof ProvisionError || error.status === undefined ? error.message : 'The build failed.');
  process.exitCode = 2;
}

/** Ctrl-C ends all in order, also while VS Code is still being installed; the second time, at once. */
async function stop() {
  if (running.stopping) process.exit(130);
  running.stopping = true;
  await running.stop();
  console.log('\nStopped.');
  process.exit();
}

function readOptions() {
  const fail = (message) => {
    console.error(`${message}\nusage: npm start -- [--sample NAME] [--port N] [--open] [--desktop] [--without-sandbox]`);
    process.exit(2);
  };
  try {
    const { values } = parseArgs({
      options: {
        sample: { type: 'string', default: 'argocd-kustomize' },
        port: { type: 'string', default: process.env.PORT ?? '0' },
        open: { type: 'boolean', default: false },
        desktop: { type: 'boolean', default: false },
        'without-sandbox': { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) return fail(`${values.port} is no port: give a number up to 65535, or leave it out for a free one.`);
    if (!sampleNames().includes(values.sample)) return fail(`There is no sample ${values.sample}; there are ${sampleNames().join(', ')}.`);
    return { ...values, port };
  } catch (error) {
    return fail(error.message);
  }
}

/** The variables for VS Code: the sandbox is the only cluster that it sees, and is connected when the window opens. */
async function startSandbox(repository) {
  console.log('Starting the sandbox …');
  const sandbox = await startSampleSandbox({ program: path.join(project, 'dist/cli.js'), repository, dataFolder: path.join(scratch, 'sandbox') });
  running.stop = sandbox.stop;
  console.log(`The sandbox is up: ${sandbox.words}.\n  export KUBECONFIG=${sandbox.kubeconfig}`);
  return { KUBECONFIG: sandbox.kubeconfig, GITOPS_WORKBENCH_SANDBOX: sandbox.kubeconfig };
}

/** An installed VS Code with the extension loaded from this folder; comes back when its window is closed. */
async function openDesktop(repository, environment) {
  console.log(`Opening VS Code on ${repository}; close its window, or press Ctrl-C, to end.`);
  const words = ['--wait', '--new-window', `--extensionDevelopmentPath=${project}`, '--disable-workspace-trust', repository];
  const child = spawn('code', words, { stdio: 'inherit', shell: process.platform === 'win32', env: { ...process.env, ...environment } });
  await new Promise((done, fail) => {
    child.once('exit', done);
    child.once('error', (error) =>
      fail(error.code === 'ENOENT' ? new Error('There is no `code` on the PATH: install VS Code with its command, or run npm start without --desktop.') : error),
    );
  });
}

/** Serves VS Code until this process is stopped; fails when the server ends by itself. */
async function openInBrowser(repository, environment) {
  const extensionsFolder = path.join(scratch, 'extensions');
  installExtension(extensionsFolder);
  console.log('Starting VS Code …');
  const server = await startVsCodeServer({ dataFolder: path.join(scratch, 'data'), extensionsFolder, userSettings: quietSettings, port: options.port, env: environment });
  const stopSandbox = running.stop;
  running.stop = async () => {
    await server.stop();
    await stopSandbox();
  };
  const url = `${server.url}/?folder=${encodeURIComponent(uriPathOf(repository))}`;
  const hint = hints[options.sample] ?? '';
  console.log(`\nGitOps Workbench runs at\n\n  ${url}\n\n${hint}The repository is a copy in ${repository}. Ctrl-C ends it.`);
  if (options.open) openUrl(url);
  const words = await server.ended;
  if (!running.stopping) throw new Error(`VS Code's server ended: ${words}`);
}

/** Puts what the packaged extension holds where the server looks for extensions. */
function installExtension(extensionsFolder) {
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(project, 'package.json'), 'utf8'));
  const folder = path.join(extensionsFolder, `${publisher}.${name}-${version}`);
  fs.mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist', 'media', 'schemas', 'syntaxes', 'samples/argocd-kustomize', 'docs/rules']) {
    if (fs.existsSync(path.join(project, part))) fs.cpSync(path.join(project, part), path.join(folder, part), { recursive: true });
  }
}

function openUrl(url) {
  const [command, ...words] = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url.replaceAll('&', '^&')] }[process.platform] ?? ['xdg-open', url];
  const child = spawn(command, words, { stdio: 'ignore', detached: true });
  child.once('error', () => console.error('No browser could be opened; open the address yourself.'));
  child.unref();
}
