/**
 * Runs git for what writes: with the user's own settings, hooks and signing, without a shell, and never asking on a
 * terminal. Only fixed subcommands and validated words come here.
 */
import { spawn } from 'node:child_process';
import { Failure } from '../../services/failure.js';
import { toSystemPath } from '../disk/paths.js';
import { gitFailure, notInstalled } from './runGit.js';

export interface GitRun {
  readonly status: number;
  readonly output: Buffer;
  readonly errors: string;
}

export interface GitRunOptions {
  readonly input?: string | Uint8Array | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Undefined for what must not end half way. */
  readonly signal: AbortSignal | undefined;
}

/** What another git that started us may have set for itself (git rev-parse --local-env-vars). */
const inherited: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
]);

/** English messages, in the user's character set: hooks see it too. */
function writingEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !inherited.has(name) && name !== 'LC_ALL' && name !== 'LANGUAGE');
  const language = process.env['LC_ALL'] ?? process.env['LC_CTYPE'] ?? process.env['LANG'];
  return { ...Object.fromEntries(own), ...(language !== undefined && { LC_CTYPE: language }), LC_MESSAGES: 'C', GIT_TERMINAL_PROMPT: '0', ...extra };
}

/** Runs git to its end, whatever its status. Rejects where it can't be started, and when it is cancelled. */
export function runForStatus(folder: string, words: readonly string[], { input, env = {}, signal }: GitRunOptions): Promise<GitRun> {
  return new Promise((done, fail) => {
    signal?.throwIfAborted();
    const child = spawn('git', ['-c', 'core.quotePath=false', ...words], {
      cwd: toSystemPath(folder),
      env: writingEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      ...(signal && { signal }),
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', (error) => fail(signal?.aborted ? error : notInstalled(error)));
    // Git may end before it has read all that it is sent; its status says what that means.
    child.stdin.on('error', () => child.stdin.destroy());
    child.once('close', (status) => done({ status: status ?? 128, output: Buffer.concat(output), errors: Buffer.concat(errors).toString('utf8') }));
    child.stdin.end(input);
  });
}

/** What git prints. @throws Failure where it ends with an error */
export async function writeGit(folder: string, words: readonly string[], options: GitRunOptions): Promise<string> {
  return (await writeGitForBytes(folder, words, options)).toString('utf8');
}

/** The bytes that git prints. @throws Failure where it ends with an error */
export async function writeGitForBytes(folder: string, words: readonly string[], options: GitRunOptions): Promise<Buffer> {
  const { status, output, errors } = await runForStatus(folder, words, options);
  if (status !== 0) throw gitFailure(errors, words);
  return output;
}

/** A setting, as git reads it; undefined where it isn't set. @param type as `git config --type` */
export async function readSetting(folder: string, name: string, type: 'bool' | undefined, signal: AbortSignal): Promise<string | undefined> {
  const { status, output, errors } = await runForStatus(folder, ['config', ...(type ? [`--type=${type}`] : []), '--get', name], { signal });
  if (status === 0) return output.toString('utf8').replace(/\n$/, '');
  if (status === 1) return undefined;
  throw new Failure('git/failed', `The git setting ${name} can't be read: ${firstLine(errors)}`, 'Mend it with git config.');
}

/** The line that says what is wrong, without a password in it. */
export function firstLine(errors: string): string {
  const lines = errors.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const line = lines.find((each) => /^(?:fatal|error|remote): /.test(each)) ?? lines[0] ?? 'it said nothing';
  return `${hidePasswords(line.replace(/^(?:fatal|error|remote): +/, '')).replace(/\.$/, '')}.`;
}

/** URLs without what stands before their host. */
export function hidePasswords(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1');
}
