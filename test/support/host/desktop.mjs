// Runs suites in a desktop VS Code: the one that VSCODE_EXECUTABLE names, else one that @vscode/test-electron downloads
// (VSCODE_VERSION, by default the newest). Not the default of the tests, as it needs a display and more than npm.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { chromium } from 'playwright-core';
import { ProvisionError } from './provision.mjs';
import { writeUserSettings } from './userSettings.mjs';

/** Opens the window, and comes back when it is closed. The arguments are those of runInBrowser. */
export async function runOnDesktop({ extensionFolder, suites, workspace, settings, dataFolder, extensionsFolder, withDriver, env, timeoutSeconds }) {
  const executable = process.env.VSCODE_EXECUTABLE ?? (await download());
  writeUserSettings(dataFolder, settings);
  const port = await freePort();
  const window = lazily(() => pageOf(port));
  await withDriver(window.get, async (driverEnv) => {
    const child = spawn(
      executable,
      [
        workspace,
        ...[`--extensionDevelopmentPath=${extensionFolder}`, `--extensionTestsPath=${suites}`, `--user-data-dir=${dataFolder}`, `--extensions-dir=${extensionsFolder}`],
        ...['--no-sandbox', '--disable-gpu-sandbox', '--disable-updates', '--skip-welcome', '--skip-release-notes', `--remote-debugging-port=${port}`],
      ],
      // Set in a terminal of VS Code itself, the variable would make the new one a plain Node.
      { env: { ...process.env, ...env, ...driverEnv, ELECTRON_RUN_AS_NODE: undefined }, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const timer = setTimeout(kill, timeoutSeconds * 1000);
    try {
      await new Promise((done, fail) => {
        child.once('error', fail);
        child.once('exit', (_code, signal) => (signal ? fail(new Error(`the suites did not end within ${timeoutSeconds} s, or the window was killed (${signal})`)) : done()));
      });
    } finally {
      clearTimeout(timer);
      process.off('exit', kill);
      await window.close();
    }
  });
}

async function download() {
  try {
    return await downloadAndUnzipVSCode({ version: process.env.VSCODE_VERSION ?? 'stable' });
  } catch (error) {
    throw new ProvisionError(`VS Code could not be downloaded: ${error.message}.`, 'Name an installed one with VSCODE_EXECUTABLE, or run the suites without VSCODE_TEST.', error);
  }
}

/** The workbench's page of a window that was started with a debugging port. */
async function pageOf(port) {
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const page = browser
    .contexts()
    .flatMap((context) => context.pages())
    .find((each) => each.url().includes('workbench'));
  if (!page) throw new Error('VS Code has no window to drive');
  return { page, close: () => browser.close() };
}

/** Connects when the page is first asked for; closing is nothing when it never was. */
function lazily(connect) {
  const state = { connection: undefined };
  const get = async () => {
    state.connection ??= connect().catch((error) => {
      state.connection = undefined;
      throw error;
    });
    return (await state.connection).page;
  };
  const close = async () => {
    if (state.connection) await (await state.connection).close();
  };
  return { get, close };
}

function freePort() {
  return new Promise((done, fail) => {
    const probe = net.createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
