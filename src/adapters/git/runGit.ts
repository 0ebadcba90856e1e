/** Runs git for one answer. Only fixed subcommands and validated words come here. */
import { spawn } from 'node:child_process';
import { Failure } from '../../services/failure.js';
import { toSystemPath } from '../disk/paths.js';

/** The environment for git: it never asks, writes no locks beside our reading, and speaks English. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
}

/** Settings that keep a repository's own configuration from running anything. */
export const safeSettings: readonly string[] = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.ext.allow=never',
  '-c',
  'core.quotePath=false',
  '-c',
  'log.showSignature=false',
];

/**
 * What git prints for `words` in `folder`.
 * @param input what it reads from its standard input
 * @throws Failure when git is not installed, or ends with an error (`git/failed`, with its first line of complaint)
 */
export async function runGit(folder: string, words: readonly string[], signal: AbortSignal, input = ''): Promise<string> {
  return (await runGitForBytes(folder, words, signal, input)).toString('utf8');
}

function runGitForBytes(folder: string, words: readonly string[], signal: AbortSignal, input: string): Promise<Buffer> {
  return new Promise((done, fail) => {
    const child = spawn('git', [...safeSettings, ...words], { cwd: toSystemPath(folder), env: gitEnvironment(), stdio: ['pipe', 'pipe', 'pipe'], signal, windowsHide: true });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    // What it doesn't read it doesn't want: it says itself what went wrong.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(input);
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', (error) => fail(signal.aborted ? error : notInstalled(error)));
    child.once('close', (status) => {
      if (status === 0) done(Buffer.concat(output));
      else fail(gitFailure(Buffer.concat(errors).toString('utf8'), words));
    });
  });
}

/** The failure for a git that could not be started. */
export function notInstalled(cause: unknown): Failure {
  return new Failure('git/not-installed', 'Git could not be started.', 'Install git and see that it is on the PATH.', { cause });
}

/** What an error of git means. @param words of the command, for its name */
export function gitFailure(errors: string, words: readonly string[]): Failure {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  const line = (lines.find((each) => /^(?:fatal|error|remote): /.test(each)) ?? lines[0] ?? 'it said nothing').replace(/^(?:fatal|error|remote): /, '');
  const command = words.find((word) => /^[a-z]/.test(word) && !word.includes('=')) ?? '';
  if (errors.includes('not a git repository')) return new Failure('git/no-repository', 'This folder is in no git repository.', 'Open a folder that is under git.');
  return new Failure('git/failed', `git ${command} failed: ${line.replace(/\.$/, '')}.`, 'Run the same in a terminal to see more.', { cause: new Error(errors) });
}
