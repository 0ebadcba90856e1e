// Starts and stops the server of a real VS Code.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProvisionError, provisionVsCode } from './provision.mjs';

/** Settings without which a window greets, asks or phones home. */
export const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'files.autoSave': 'off',
};

/**
 * Starts VS Code's server and gives its address once it answers.
 * @param {{ dataFolder: string, extensionsFolder: string, userSettings?: object, port?: number, env?: object }} options
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startVsCodeServer({ dataFolder, extensionsFolder, userSettings = {}, port = 0, env = {} }) {
  const folder = await provisionVsCode();
  const settingsFolder = path.join(dataFolder, 'data/User');
  fs.mkdirSync(settingsFolder, { recursive: true });
  fs.mkdirSync(extensionsFolder, { recursive: true });
  fs.writeFileSync(path.join(settingsFolder, 'settings.json'), JSON.stringify(userSettings, undefined, 2));
  const child = spawn(
    process.execPath,
    [
      path.join(folder, 'out/server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
      ...['--telemetry-level', 'off', '--server-data-dir', dataFolder, '--extensions-dir', extensionsFolder],
    ],
    { cwd: os.tmpdir(), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' },
  );
  const stop = () => stopTree(child);
  try {
    return { url: await addressOf(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf(child) {
  return new Promise((done, fail) => {
    let output = '';
    const refuse = (what) => fail(new ProvisionError(`${what}: ${output.slice(-400).trim()}`, 'Delete the folder .vscode-test and try again.'));
    const timer = setTimeout(() => refuse("VS Code's server did not start within a minute"), 60_000);
    const read = (chunk) => {
      output += chunk;
      const address = /Extension host agent listening on (\d+)/.exec(output);
      if (!address) return;
      clearTimeout(timer);
      done(`http://127.0.0.1:${address[1]}`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      refuse(`VS Code's server ended at once with status ${code}`);
    });
  });
}

/** Ends a child and all that it started; comes back when it is gone. */
async function stopTree(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  signal(child, 'SIGTERM');
  const timer = setTimeout(() => signal(child, 'SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
}

function signal(child, name) {
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
