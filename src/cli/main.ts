/** The entry of the command line: hands the process's streams to the program and ends with its status. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runProgram } from './program.js';

/** The status of a program that was interrupted, as shells have it. */
const interrupted = 130;
const controller = new AbortController();
/** A sync that is cancelled notes how far it came; everything else is over at once. */
const patience = process.argv[2] === 'sync' ? 20_000 : 500;
/** A sandbox is meant to be stopped: that is no failure. */
const isServer = process.argv[2] === 'sandbox';
if (isServer) process.on('SIGTERM', () => controller.abort());
process.on('SIGINT', () => {
  if (controller.signal.aborted) process.exit(interrupted);
  controller.abort();
  if (isServer) return;
  process.exitCode = interrupted;
  // What does not end by itself is ended.
  setTimeout(() => process.exit(interrupted), patience).unref();
});

// A reader that has enough (`| head`) closes the pipe: that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const { env } = process;

/** Where programs keep what they can fetch again: the XDG folder, or what the system has for it. */
function cacheHome(): string {
  if (env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME'];
  if (process.platform === 'win32') return env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local');
  return process.platform === 'darwin' ? path.join(os.homedir(), 'Library', 'Caches') : path.join(os.homedir(), '.cache');
}

void runProgram(process.argv.slice(2), {
  currentFolder: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  colorsErrors: process.stderr.isTTY && !env['NO_COLOR'],
  cacheFolder: path.join(cacheHome(), 'gitops-workbench'),
  programFolder: path.dirname(fs.realpathSync(process.argv[1] ?? '.')),
  variables: env,
  signal: controller.signal,
}).then((status) => {
  process.exitCode ??= status;
});
