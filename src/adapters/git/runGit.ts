/** Runs git for one answer. Only fixed subcommands and validated words come here. */
import { spawn } from 'node:child_process';
import { Failure } from '../../services/failure.js';
import { toSystemPath } from '../disk/paths.js';

/** The environment for git: it never asks, never runs what a repository's files say, and speaks English. */
export const gitEnvironment: Readonly<Record<string, string>> = { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };

/** Settings that keep a repository from running anything while it is read. */
export const safeSettings: readonly string[] = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never', '-c', 'core.quotePath=false'];

/**
 * What git prints for `words`.
 * @throws Failure when git is not installed or answers with an error
 */
export function runGit(folder: string, words: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn('git', [...safeSettings, ...words], { cwd: toSystemPath(folder), env: { ...process.env, ...gitEnvironment }, stdio: ['ignore', 'pipe', 'pipe'], signal, windowsHide: true });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', (error) => fail(signal.aborted ? error : notInstalled(error)));
    child.once('close', (code) => {
      if (code === 0) done(Buffer.concat(output).toString('utf8'));
      else fail(gitFailure(Buffer.concat(errors).toString('utf8'), words[0] ?? ''));
    });
  });
}

/** The failure for a git that could not be started. */
export function notInstalled(cause: unknown): Failure {
  return new Failure('git/not-installed', 'Git could not be started.', 'Install git and see that it is on the PATH.', { cause });
}

function gitFailure(errors: string, command: string): Failure {
  const line = errors.split('\n').find((each) => /^(fatal|error):/.test(each)) ?? errors.split('\n')[0] ?? '';
  if (/not a git repository/.test(errors)) return new Failure('git/no-repository', 'This folder is in no git repository.', 'Open a folder that is under git.');
  return new Failure('git/failed', `git ${command} failed: ${line.replace(/^(fatal|error): /, '')}.`, 'Run the same in a terminal to see more.');
}
