// Starts and stops the server of a real VS Code.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ProvisionError, provisionVsCode } from './provision.mjs';
import { writeUserSettings } from './userSettings.mjs';

/**
 * Starts VS Code's server and gives its address once it answers. It ends with this process at the latest.
 * @param {{ dataFolder: string, extensionsFolder: string, userSettings?: object, port?: number, env?: object }} options
 * @returns {Promise<{ url: string, ended: Promise<string>, stop: () => Promise<void> }>} `ended`: by itself or stopped, with its last words
 */
export async function startVsCodeServer({ dataFolder, extensionsFolder, userSettings = {}, port = 0, env = {} }) {
  const folder = await provisionVsCode();
  await checkPort(port);
  writeUserSettings(path.join(dataFolder, 'data'), userSettings);
  fs.mkdirSync(extensionsFolder, { recursive: true });
  const child = spawn(
    process.execPath,
    [
      path.join(folder, 'out/server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
      ...['--telemetry-level', 'off', '--server-data-dir', dataFolder, '--extensions-dir', extensionsFolder],
    ],
    // A group of its own: what the server starts ends with it, and Ctrl-C reaches only us, who stop it in order.
    { cwd: os.tmpdir(), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' },
  );
  const killNow = () => signal(child, 'SIGKILL');
  // Before others who wait for the exit remove the files that it writes.
  process.prependOnceListener('exit', killNow);
  const ended = new Promise((done) => {
    const tail = { text: '' };
    const read = (chunk) => (tail.text = (tail.text + String(chunk)).slice(-2000));
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code, by) => {
      process.off('exit', killNow);
      done(`${by ?? `status ${code}`}; its last words: ${tail.text.trim()}`);
    });
  });
  const stop = () => stopTree(child);
  try {
    return { url: await addressOf(child, ended), ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** VS Code's server doesn't end when its port is taken, it only never answers: so this is found out before. */
async function checkPort(port) {
  const probe = net.createServer();
  await new Promise((done, fail) => {
    probe.once('error', (error) => fail(new ProvisionError(`Port ${port} can't be used: ${error.message}.`, 'Name another, or leave it out for a free one.', error)));
    probe.listen(port, '127.0.0.1', done);
  });
  await new Promise((done) => probe.close(done));
}

/** The address that the server says it listens on. */
async function addressOf(child, ended) {
  const address = new Promise((done) => {
    let output = '';
    const read = (chunk) => {
      output += String(chunk);
      const found = /Extension host agent listening on (\d+)/.exec(output);
      if (!found) return;
      child.stdout.off('data', read);
      done(`http://127.0.0.1:${found[1]}`);
    };
    child.stdout.on('data', read);
  });
  const patience = new AbortController();
  try {
    return await Promise.race([
      address,
      ended.then((words) => {
        throw new ProvisionError(`VS Code's server ended at once: ${words}.`, 'Delete the folder .vscode-test and try again.');
      }),
      wait(60_000, undefined, { signal: patience.signal }).then(() => {
        throw new ProvisionError("VS Code's server did not start within a minute.", 'See whether the machine is busy, or delete the folder .vscode-test, and try again.');
      }),
    ]);
  } finally {
    patience.abort();
  }
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
    if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
