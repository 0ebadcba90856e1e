// Runs suites inside the extension host of a real VS Code: in a browser, by the server that provision.mjs puts in place,
// or on the desktop (VSCODE_TEST=electron).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { startDriver } from './driver.mjs';
import { provisionBrowser } from './provision.mjs';
import { quietSettings } from './userSettings.mjs';
import { startVsCodeServer } from './vsCodeServer.mjs';

/**
 * Opens one window and runs the bundled suites in it.
 * @param {{ name: string, extensionFolder: string, otherExtensions?: string[], suites: string, workspace: string, settings: object, env?: object, screenshots: string, timeoutSeconds: number }} options
 *   `otherExtensions`: folders named `publisher.name-version`, installed beside it; `suites`: the CommonJS bundle with `run()`;
 *   `workspace`: a folder or a .code-workspace file; `settings`: the user's, over those that keep a window quiet
 * @returns {Promise<{ passed: number, failed: number }>} a run that broke, or ran no test, counts as one failure
 */
export async function runSuites({ name, otherExtensions = [], settings, env = {}, screenshots, ...options }) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), `gitops-workbench-${name}-`));
  const report = path.join(scratch, 'report.json');
  const extensionsFolder = path.join(scratch, 'extensions');
  fs.mkdirSync(extensionsFolder);
  for (const folder of otherExtensions) fs.cpSync(folder, path.join(extensionsFolder, path.basename(folder)), { recursive: true });
  const pictureOfFailure = path.join(screenshots, `failed-${name}.png`);
  fs.rmSync(pictureOfFailure, { force: true });

  /** Has the driver there while `use` runs; its address goes into the environment of the extension host. */
  const withDriver = async (openPage, use) => {
    const driver = await startDriver(openPage, screenshots);
    try {
      await use({ GITOPS_TEST_DRIVER: driver.url });
    } finally {
      await driver.stop();
    }
  };
  const run = {
    ...options,
    settings: { ...quietSettings, ...settings },
    dataFolder: path.join(scratch, 'data'),
    extensionsFolder,
    withDriver,
    env: { ...env, GITOPS_TEST_REPORT: report },
    pictureOfFailure,
  };
  try {
    if (process.env.VSCODE_TEST === 'electron') await (await import('./desktop.mjs')).runOnDesktop(run);
    else await runInBrowser(run);
    return readReport(report);
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    return { passed: 0, failed: 1 };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runInBrowser({ extensionFolder, suites, workspace, settings, dataFolder, extensionsFolder, withDriver, env, timeoutSeconds, pictureOfFailure }) {
  const { executablePath, args, env: browserEnv } = await provisionBrowser();
  const browser = await chromium.launch({ executablePath, args, env: { ...process.env, ...browserEnv }, headless: true });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 2 });
    await withDriver(
      () => Promise.resolve(page),
      async (driverEnv) => {
        const server = await startVsCodeServer({ dataFolder, extensionsFolder, userSettings: settings, env: { ...env, ...driverEnv } });
        try {
          const ended = endOf(page, server, timeoutSeconds);
          await page.goto(addressOf(server.url, extensionFolder, suites, workspace));
          await ended;
        } catch (error) {
          await takePicture(page, pictureOfFailure);
          throw error;
        } finally {
          // A window that outlives its server would only tell how it tries to get it back.
          await page.close();
          await server.stop();
        }
      },
    );
  } finally {
    await browser.close();
  }
}

/** Comes back when the extension host says that the suites are through; shows what they print until then. */
function endOf(page, server, timeoutSeconds) {
  const ended = new Promise((done, fail) => {
    page.on('crash', () => fail(new Error('the window crashed')));
    void server.ended.then((words) => fail(new Error(`VS Code's server ended: ${words}`)));
    setTimeout(() => fail(new Error(`the suites did not end within ${timeoutSeconds} s`)), timeoutSeconds * 1000).unref();
    page.exposeFunction('codeAutomationExit', done).catch(fail);
    const log = (_type, words) => {
      if (!isNoise(words.map(String).join(' '))) console.log(...words);
    };
    page.exposeFunction('codeAutomationLog', log).catch(fail);
  });
  // Whoever waits for it still gets the error; without this, one that comes before would end the process.
  ended.catch(() => undefined);
  return ended;
}

/**
 * What VS Code itself complains of on a machine without native add-ons and network: its log writer and its watchdog, which
 * no test uses, and the gallery.
 */
function isNoise(text) {
  return /Could not locate the bindings file|connection token|Creating a socket|Updating additional builtin|ServiceWorker|Service Worker|ChatSessionStore|native-watchdog|ENOTFOUND|getaddrinfo/.test(
    text,
  );
}

async function takePicture(page, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    await page.screenshot({ path: file });
    console.error(`How the window looked: ${file}`);
  } catch (error) {
    console.error(`There is no picture of the window: ${error.message}`);
  }
}

/** The window's address: what to open, which extension to load, which module to run. */
function addressOf(url, extensionFolder, suites, workspace) {
  const remote = (file) => `vscode-remote://${new URL(url).host}${uriPathOf(file)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extensionFolder)],
    ['extensionTestsPath', remote(suites)],
  ];
  const opened = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  return `${url}/?${opened}=${encodeURIComponent(uriPathOf(workspace))}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** A path as it stands in a URI: with `/`, and one in front of a drive. */
export function uriPathOf(file) {
  const slashed = file.replaceAll('\\', '/');
  return slashed.startsWith('/') ? slashed : `/${slashed}`;
}

function readReport(report) {
  if (!fs.existsSync(report)) throw new Error('the suites ended without a report: did loading them fail?');
  const { passed, failed } = JSON.parse(fs.readFileSync(report, 'utf8'));
  if (passed + failed === 0) throw new Error('no test was run');
  return { passed, failed };
}
