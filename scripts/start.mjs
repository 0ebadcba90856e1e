// Builds the extension and opens a real VS Code with it on a writable copy of a sample repository.
// usage: npm start -- [--sample NAME] [--port N] [--open] [--desktop]
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { quietSettings, startVsCodeServer } from '../test/support/host/vsCodeServer.mjs';
import { copySample } from './samples.mjs';

const project = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: { sample: { type: 'string', default: 'argocd-kustomize' }, port: { type: 'string', default: process.env.PORT ?? '0' }, open: { type: 'boolean' }, desktop: { type: 'boolean' } },
});

console.log('Building …');
execFileSync(process.execPath, [path.join(project, 'scripts/build.mjs')], { cwd: project, stdio: 'inherit' });
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-workbench-')));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
const repository = copySample(options.sample, path.join(scratch, options.sample));

if (options.desktop) await openDesktop();
else await openInBrowser();

/** An installed VS Code with the extension loaded from this folder; comes back when its window is closed. */
async function openDesktop() {
  console.log(`Opening VS Code on ${repository}; close its window to end.`);
  const child = spawn('code', ['--wait', '--new-window', `--extensionDevelopmentPath=${project}`, '--disable-workspace-trust', repository], { stdio: 'inherit', shell: process.platform === 'win32' });
  await new Promise((done) => {
    child.once('exit', done);
    child.once('error', (error) => {
      console.error(error.code === 'ENOENT' ? 'There is no `code` on the PATH: install VS Code with its command, or run npm start without --desktop.' : error.message);
      process.exitCode = 2;
      done();
    });
  });
}

async function openInBrowser() {
  const extensionsFolder = path.join(scratch, 'extensions');
  installExtension(extensionsFolder);
  const server = await startVsCodeServer({ dataFolder: path.join(scratch, 'data'), extensionsFolder, userSettings: quietSettings, port: Number(options.port) });
  const url = `${server.url}/?folder=${encodeURIComponent(repository)}`;
  console.log(`\nGitOps Workbench runs at\n\n  ${url}\n\nOpen an overlay, such as apps/orders/overlays/prod/kustomization.yaml, and press the preview button in its title.\nThe repository is a copy in ${repository}. Ctrl-C ends it.`);
  if (options.open) openUrl(url);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.stop();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  await new Promise(() => undefined);
}

/** Puts what the packaged extension holds where the server looks for extensions. */
function installExtension(extensionsFolder) {
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(project, 'package.json'), 'utf8'));
  const folder = path.join(extensionsFolder, `${publisher}.${name}-${version}`);
  fs.mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist', 'media']) fs.cpSync(path.join(project, part), path.join(folder, part), { recursive: true });
}

function openUrl(url) {
  const [command, ...words] = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url.replaceAll('&', '^&')] }[process.platform] ?? ['xdg-open', url];
  const child = spawn(command, words, { stdio: 'ignore', detached: true });
  child.once('error', () => console.error(`No browser could be opened; open the address yourself.`));
  child.unref();
}
