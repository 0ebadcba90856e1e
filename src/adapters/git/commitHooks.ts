/**
 * Asks the hooks that `git commit` would ask: pre-commit, prepare-commit-msg, commit-msg. They run in a work tree of their own that
 * holds the files as they will be committed; post-commit is not run. That work tree is not registered with the repository,
 * so that nothing stays behind when we are killed but a temporary folder.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../../services/failure.js';
import { toSystemPath } from '../disk/paths.js';
import { firstLine, hidePasswords, runForStatus, writeGit } from './writeGit.js';

export type CommitHook = 'pre-commit' | 'prepare-commit-msg' | 'commit-msg';

const commitHooks: readonly CommitHook[] = ['pre-commit', 'prepare-commit-msg', 'commit-msg'];

/** Those that are there and can be run. */
export async function findCommitHooks(top: string, signal: AbortSignal): Promise<readonly CommitHook[]> {
  const folder = await hooksFolder(top, signal);
  return commitHooks.filter((hook) => {
    const file = path.join(folder, hook);
    if (process.platform === 'win32') return fs.existsSync(file);
    return fs.existsSync(file) && (fs.statSync(file).mode & 0o111) !== 0;
  });
}

/** Absolute: a relative `core.hooksPath` is meant from the user's work tree. */
async function hooksFolder(top: string, signal: AbortSignal): Promise<string> {
  return path.resolve(toSystemPath(top), (await writeGit(top, ['rev-parse', '--git-path', 'hooks'], { signal })).replace(/\n$/, ''));
}

export interface HookRequest {
  /** Where the work tree is made; not there yet. */
  readonly folder: string;
  /** The index of the commit. */
  readonly index: string;
  readonly branch: string;
  readonly parent: string;
  readonly message: string;
}

/** The index and the message as the hooks leave them. @throws Failure `git/hook-refused` */
export async function askCommitHooks(
  top: string,
  hooks: readonly CommitHook[],
  request: HookRequest,
  signal: AbortSignal,
): Promise<{ readonly index: string; readonly message: string }> {
  const { folder } = request;
  const gitFolder = path.join(folder, '.git');
  const index = path.join(gitFolder, 'index');
  const messageFile = path.join(gitFolder, 'COMMIT_EDITMSG');
  await makeWorkTree(top, gitFolder, request, signal);
  fs.copyFileSync(request.index, index);
  fs.writeFileSync(messageFile, request.message);
  // A hook of files needs them; what is kept by LFS stays a pointer, which is what is committed.
  if (hooks.includes('pre-commit')) await writeGit(folder, ['checkout-index', '--all', '--force', '--quiet'], { env: { GIT_LFS_SKIP_SMUDGE: '1' }, signal });
  const env = { GIT_INDEX_FILE: index, GIT_EDITOR: ':' };
  const settings = ['-c', `core.hooksPath=${await hooksFolder(top, signal)}`];
  for (const hook of hooks) {
    const words = hook === 'pre-commit' ? [] : hook === 'commit-msg' ? [messageFile] : [messageFile, 'message'];
    const { status, errors, output } = await runForStatus(folder, [...settings, 'hook', 'run', hook, ...(words.length > 0 ? ['--', ...words] : [])], { env, signal });
    if (status !== 0) throw refusal(hook, `${errors}${output.toString('utf8')}`);
  }
  return { index, message: fs.readFileSync(messageFile, 'utf8') };
}

/**
 * A folder that git takes for a linked work tree of the repository (gitrepository-layout(5), commondir), on the branch where that
 * stands at the commit's parent, else detached at it.
 */
async function makeWorkTree(top: string, gitFolder: string, { branch, parent }: HookRequest, signal: AbortSignal): Promise<void> {
  const common = path.resolve(toSystemPath(top), (await writeGit(top, ['rev-parse', '--git-common-dir'], { signal })).replace(/\n$/, ''));
  const tip = await runForStatus(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${branch}`], { signal });
  const isThere = tip.status === 0 && tip.output.toString('utf8').trim() === parent;
  fs.mkdirSync(gitFolder, { recursive: true });
  fs.writeFileSync(path.join(gitFolder, 'commondir'), `${common}\n`);
  fs.writeFileSync(path.join(gitFolder, 'HEAD'), isThere ? `ref: refs/heads/${branch}\n` : `${parent}\n`);
}

function refusal(hook: CommitHook, said: string): Failure {
  if (said.includes('is not a git command')) {
    return new Failure('git/unsupported-repository', `The hook ${hook} can't be asked: that needs git 2.36 or newer.`, 'Install a newer git, or commit in a terminal.');
  }
  return new Failure('git/hook-refused', `The hook ${hook} refused the commit: ${firstLine(said)}`, 'Do what it asks for, or commit this change in a terminal.', {
    cause: new Error(hidePasswords(said)),
  });
}
