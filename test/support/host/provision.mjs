// Puts a real VS Code and a browser in place with npm alone. VS Code: the server and workbench that the package
// `code-server` carries. Browser: an installed Chrome, Chromium or Edge, else the one in `@sparticuz/chromium`.
// Both go into .vscode-test/, once; an interrupted installation is begun again.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar';

const codeServerVersion = '4.100.3';
const ripgrepVersion = '1.18.0';
const chromiumVersion = '143.0.4';
const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const cache = path.join(project, '.vscode-test');

/** What keeps a real VS Code from being put in place, with what to do about it. */
export class ProvisionError extends Error {
  constructor(what, action, cause) {
    super(`${what} ${action}`, { cause });
    this.name = 'ProvisionError';
  }
}

/** The folder of VS Code's server (`out/server-main.js` in it). */
export async function provisionVsCode() {
  const root = await installOnce(`code-server-${codeServerVersion}-ripgrep-${ripgrepVersion}`, 'VS Code', async (folder) => {
    await npm(folder, ['install', '--ignore-scripts', `code-server@${codeServerVersion}`, `@vscode/ripgrep@${ripgrepVersion}`]);
    const server = path.join(folder, 'node_modules/code-server/lib/vscode');
    await npm(server, ['install', '--omit=dev', '--ignore-scripts']);
    addSearch(folder, server);
  });
  return path.join(root, 'node_modules/code-server/lib/vscode');
}

/**
 * Gives the server the program that it searches files with. Its own version of the package would download it in an install
 * script; newer ones bring it in a package for each platform. Without it, finding files fails in the window with an error.
 */
function addSearch(folder, server) {
  const program = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const source = path.join(folder, `node_modules/@vscode/ripgrep-${process.platform}-${process.arch}/bin`, program);
  const target = path.join(server, 'node_modules/@vscode/ripgrep/bin', program);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(source, target);
  fs.chmodSync(target, 0o755);
}

/** A browser to drive: its executable and the arguments that it needs. */
export async function provisionBrowser() {
  const installed = findBrowser();
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  if (installed) return { executablePath: installed, args: asRoot };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ProvisionError('There is no Chrome, Chromium or Edge on this machine, and npm has one only for Linux on x64.', 'Install one, or name it with CHROME_PATH.');
  }
  const root = await installOnce(`chromium-${chromiumVersion}`, 'Chromium', (folder) => npm(folder, ['install', '--ignore-scripts', `@sparticuz/chromium@${chromiumVersion}`]));
  return unpackChromium(root, asRoot);
}

/** Unpacks the packaged Chromium beside its own libraries: those for drawing, and those that a bare system lacks. */
async function unpackChromium(root, asRoot) {
  const packed = path.join(root, 'node_modules/@sparticuz/chromium/bin');
  const folder = path.join(root, 'unpacked');
  if (!fs.existsSync(folder)) {
    const part = `${folder}.${process.pid}.part`;
    fs.mkdirSync(part, { recursive: true });
    await pipeline(fs.createReadStream(path.join(packed, 'chromium.br')), createBrotliDecompress(), fs.createWriteStream(path.join(part, 'chromium'), { mode: 0o755 }));
    for (const name of ['swiftshader', 'al2023']) {
      await pipeline(fs.createReadStream(path.join(packed, `${name}.tar.br`)), createBrotliDecompress(), extract({ cwd: part }));
    }
    fs.renameSync(part, folder);
  }
  const libraries = [path.join(folder, 'lib'), path.join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { executablePath: path.join(folder, 'chromium'), args: ['--disable-gpu', '--no-zygote', ...asRoot], env: { LD_LIBRARY_PATH: libraries } };
}

/** The path of an installed browser of Chrome's kin, or undefined. */
function findBrowser() {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (!fs.existsSync(named)) throw new ProvisionError(`CHROME_PATH names ${named}, which is not there.`, 'Mend or unset it.');
    return named;
  }
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge', 'microsoft-edge-stable'];
  const inPath = (process.env.PATH ?? '').split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name)));
  const usual = {
    darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
    win32: [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LocalAppData']]
      .filter(Boolean)
      .flatMap((folder) => [path.join(folder, 'Google/Chrome/Application/chrome.exe'), path.join(folder, 'Microsoft/Edge/Application/msedge.exe')]),
    linux: inPath,
  }[process.platform];
  return (usual ?? []).find((file) => fs.existsSync(file));
}

/** Runs `install` in a fresh folder and gives it its name when all of it is there. Another process's work is waited for. */
async function installOnce(name, title, install) {
  const folder = path.join(cache, name);
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(cache, { recursive: true });
  const lock = path.join(cache, `${name}.lock`);
  if (!(await takeLock(lock))) return installOnce(name, title, install);
  const part = path.join(cache, `${name}.part`);
  try {
    if (fs.existsSync(folder)) return folder;
    fs.rmSync(part, { recursive: true, force: true });
    fs.mkdirSync(part);
    fs.writeFileSync(path.join(part, 'package.json'), '{ "private": true }\n');
    const started = Date.now();
    process.stderr.write(`Getting ${title} from npm, once …\n`);
    const ticks = setInterval(() => process.stderr.write(`  still getting ${title} (${Math.round((Date.now() - started) / 1000)} s)\n`), 10_000);
    try {
      await install(part);
    } finally {
      clearInterval(ticks);
    }
    fs.renameSync(part, folder);
    process.stderr.write(`${title} is in place (${Math.round((Date.now() - started) / 1000)} s)\n`);
    return folder;
  } catch (error) {
    throw new ProvisionError(
      `${title} could not be installed from npm: ${causeOf(error)}.`,
      'See that npm can reach its registry and that the disk has 1 GB free, then try again.',
      error,
    );
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

/** True when the lock is ours; false after another holder, alive until then, let go of it. */
async function takeLock(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  while (fs.existsSync(lock)) {
    if (!isAlive(Number(fs.readFileSync(lock, 'utf8')))) fs.rmSync(lock, { force: true });
    else await new Promise((done) => setTimeout(done, 500));
  }
  return false;
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function npm(cwd, words) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await promisify(execFile)(command, [...words, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, maxBuffer: 1 << 26, shell: process.platform === 'win32' });
}

/** What npm said was wrong, in at most three lines, without the pointer to its log. */
function causeOf(error) {
  const lines = String(error.stderr || error.message)
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim());
  return lines
    .filter((line) => line !== '' && !/^npm warn|complete log of this run/i.test(line))
    .slice(0, 3)
    .join('; ');
}
