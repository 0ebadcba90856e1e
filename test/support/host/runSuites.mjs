// Runs suites inside the extension host of a real VS Code: its server, a browser that opens the window, and a small
// loopback service by which a suite presses keys and takes pictures.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { provisionBrowser } from './provision.mjs';
import { quietSettings, startVsCodeServer } from './vsCodeServer.mjs';

/**
 * Opens one window and runs the bundled suites in it.
 * @param {{ name: string, extensionFolder: string, otherExtensions?: string[], suites: string, workspace: string, settings: object, screenshots: string, timeoutSeconds: number }} options
 *   `otherExtensions`: folders named `publisher.name-version`, installed beside it; `suites`: the CommonJS bundle with `run()`; `workspace`: a folder or a .code-workspace file
 * @returns {Promise<{ passed: number, failed: number }>} a run that never ended counts as one failure
 */
export async function runSuites({ name, extensionFolder, otherExtensions = [], suites, workspace, settings, screenshots, timeoutSeconds }) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), `gitops-workbench-${name}-`));
  const report = path.join(scratch, 'report.json');
  for (const folder of otherExtensions) fs.cpSync(folder, path.join(scratch, 'extensions', path.basename(folder)), { recursive: true });
  const browserFiles = await provisionBrowser();
  const browser = await chromium.launch({ executablePath: browserFiles.executablePath, args: browserFiles.args, env: { ...process.env, ...browserFiles.env }, headless: true });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 2 });
  const driver = await startDriver(page, screenshots);
  const server = await startVsCodeServer({
    dataFolder: path.join(scratch, 'data'),
    extensionsFolder: path.join(scratch, 'extensions'),
    userSettings: { ...quietSettings, ...settings },
    env: { GITOPS_TEST_DRIVER: driver.url, GITOPS_TEST_REPORT: report },
  });
  try {
    const ended = new Promise((done, fail) => {
      void page.exposeFunction('codeAutomationExit', done);
      void page.exposeFunction('codeAutomationLog', (_type, words) => {
        if (!isNoise(words.map(String).join(' '))) console.log(...words);
      });
      page.on('crash', () => fail(new Error('the window crashed')));
    });
    await page.goto(addressOf(server.url, extensionFolder, suites, workspace));
    const timer = new Promise((_done, fail) => setTimeout(() => fail(new Error(`the suites did not end within ${timeoutSeconds} s`)), timeoutSeconds * 1000).unref());
    await Promise.race([ended, timer]);
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    await page.screenshot({ path: path.join(screenshots, `failed-${name}.png`) }).catch((problem) => console.error(`no picture either: ${problem.message}`));
  } finally {
    await browser.close();
    await server.stop();
    await driver.stop();
  }
  const result = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : { passed: 0, failed: 1 };
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  return result;
}

/**
 * What VS Code itself complains of on a machine without native add-ons and network: its log writer, its watchdog and search
 * (none of which a test uses), the gallery.
 */
function isNoise(text) {
  return /Could not locate the bindings file|connection token|Creating a socket|Updating additional builtin|ServiceWorker|Service Worker|ChatSessionStore|native-watchdog|ENOTFOUND|getaddrinfo|@vscode\/ripgrep|bin\/rg ENOENT/.test(text);
}

/** The window's address: what to open, which extension to load, which module to run. */
function addressOf(url, extensionFolder, suites, workspace) {
  const remote = (file) => `vscode-remote://${new URL(url).host}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extensionFolder)],
    ['extensionTestsPath', remote(suites)],
  ];
  const opened = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  return `${url}/?${opened}=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/**
 * What a suite may ask of the window: POST /screenshot?name=, /press?keys=, /type?text=, /click?selector=, /hover?selector=,
 * /text?selector=, /box?selector=; an error comes back as status 500 with its words.
 */
async function startDriver(page, screenshots) {
  fs.mkdirSync(screenshots, { recursive: true });
  const actions = {
    '/screenshot': async (query) => {
      await page.screenshot({ path: path.join(screenshots, `${path.basename(query.get('name'))}.png`) });
      return '';
    },
    '/press': async (query) => (await page.keyboard.press(query.get('keys')), ''),
    '/type': async (query) => (await page.keyboard.type(query.get('text')), ''),
    '/click': async (query) => (await page.locator(query.get('selector')).first().click({ timeout: 10_000 }), ''),
    '/hover': async (query) => (await page.locator(query.get('selector')).first().hover({ timeout: 10_000 }), ''),
    '/move': async (query) => (await page.mouse.move(Number(query.get('x')), Number(query.get('y'))), ''),
    '/text': async (query) => (await page.locator(query.get('selector')).allInnerTexts()).join('\n'),
  };
  const service = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const action = actions[pathname];
    if (!action) return void response.writeHead(404).end();
    action(searchParams).then(
      (text) => response.end(text),
      (error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise((done) => service.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${service.address().port}`, stop: () => new Promise((done) => (service.closeAllConnections(), service.close(done))) };
}
