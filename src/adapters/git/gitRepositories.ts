/** The git repositories on this machine, by the git that is installed. */
import fs from 'node:fs';
import { parentPath, relativePath } from '../../core/base/path.js';
import { Failure } from '../../services/failure.js';
import type { BranchState, CommitFacts, GitRepositories, RefFacts } from '../../services/ports.js';
import { toCorePath, toSystemPath } from '../disk/paths.js';
import { GitRevisionTree } from './revisionTree.js';
import { runGit } from './runGit.js';

/** The installed git. */
export const gitRepositories: GitRepositories = {
  async topOf(folder, signal) {
    try {
      const top = (await runGit(nearestFolder(folder), ['rev-parse', '--show-toplevel'], signal)).replace(/\n$/, '');
      // A bare repository has no files on disk that the revision's paths could stand for.
      return top === '' ? undefined : toCorePath(top);
    } catch (error) {
      if (error instanceof Failure && (error.code === 'git/no-repository' || error.message.includes('must be run in a work tree'))) return undefined;
      throw error;
    }
  },

  async commitOf(top, revision, signal) {
    const unknown = (cause?: unknown): Failure =>
      new Failure('git/unknown-revision', `The revision ${revision} is not in this repository.`, 'Fetch it, or name a branch, a tag or a commit that is here.', { cause });
    // Nothing that git would take for an option, a range or several words.
    if (revision === '' || revision.startsWith('-') || revision.includes('..') || /[\s\0]/.test(revision)) throw unknown();
    try {
      return (await runGit(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], signal)).trim();
    } catch (error) {
      if (error instanceof Failure && error.code === 'git/failed') throw unknown(error);
      throw error;
    }
  },

  async openCommit(top, commit, signal) {
    if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new Failure('git/unknown-revision', `${commit} is not a full hash.`, 'Resolve the revision first.');
    return new GitRevisionTree(top, commit, await runGit(top, ['ls-tree', '-r', '-z', '--full-tree', commit], signal));
  },

  async commitsOf(top, folder, most, signal) {
    const path = relativePath(top, folder);
    const format = '--format=%H%x00%s%x00%an%x00%aI';
    try {
      const output = await runGit(top, ['--literal-pathspecs', 'log', `--max-count=${Math.trunc(most)}`, format, '--end-of-options', 'HEAD', '--', path], signal);
      return output
        .split('\n')
        .filter((line) => line !== '')
        .map(toCommit);
    } catch (error) {
      // A repository without a commit has no HEAD to begin at.
      if (error instanceof Failure && error.code === 'git/failed' && !(await hasCommit(top, signal))) return [];
      throw error;
    }
  },

  async refsOf(top, signal) {
    const format = '--format=%(refname)%00%(refname:short)%00%(contents:subject)';
    const output = await runGit(top, ['for-each-ref', format, '--sort=-creatordate', 'refs/heads', 'refs/remotes', 'refs/tags'], signal);
    return output
      .split('\n')
      .filter((line) => line !== '')
      .flatMap(toRef);
  },

  async mergeBase(top, a, b, signal) {
    const [left, right] = await Promise.all([this.commitOf(top, a, signal), this.commitOf(top, b, signal)]);
    try {
      return (await runGit(top, ['merge-base', left, right], signal)).trim();
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'git/failed') throw error;
      throw new Failure('git/unknown-revision', `${a} and ${b} have no commit in common.`, 'Fetch more of the history, or compare other branches.', { cause: error });
    }
  },

  async stateOf(top, signal) {
    const [status, branches] = await Promise.all([
      runGit(top, ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'], signal),
      runGit(top, ['for-each-ref', '--format=%(refname:short)%00%(upstream)%00%(upstream:track,nobracket)%00%(objectname)', 'refs/heads'], signal),
    ]);
    return {
      changed: status.split('\0').flatMap((entry) => (entry.length > 3 ? [`${top}/${entry.slice(3)}`] : [])),
      branches: branches.split('\n').flatMap(toBranchState),
    };
  },
};

/** `main\0refs/remotes/origin/main\0ahead 1, behind 2\0<hash>`; nothing stands third where they are the same, `gone` where the upstream is. */
function toBranchState(line: string): readonly BranchState[] {
  const [name = '', upstream = '', track = '', commit = ''] = line.split('\0');
  if (name === '') return [];
  if (upstream === '' || track === 'gone') return [{ name, commit, ahead: undefined, behind: undefined }];
  const count = (word: string): number => Number(new RegExp(`${word} (\\d+)`).exec(track)?.[1] ?? 0);
  return [{ name, commit, ahead: count('ahead'), behind: count('behind') }];
}

async function hasCommit(top: string, signal: AbortSignal): Promise<boolean> {
  return (await runGit(top, ['rev-list', '--max-count=1', '--all'], signal)).trim() !== '';
}

/** The folder itself or, where it is only in another revision, the nearest one above it that is on disk. */
function nearestFolder(folder: string): string {
  let nearest = folder;
  while (!fs.statSync(toSystemPath(nearest), { throwIfNoEntry: false })?.isDirectory()) {
    const parent = parentPath(nearest);
    if (parent === nearest) return nearest;
    nearest = parent;
  }
  return nearest;
}

function toCommit(line: string): CommitFacts {
  const [hash = '', subject = '', author = '', date = ''] = line.split('\0');
  return { hash, subject, author, date };
}

function toRef(line: string): readonly RefFacts[] {
  const [full = '', name = '', subject = ''] = line.split('\0');
  if (full.endsWith('/HEAD')) return [];
  return [{ name, subject, kind: full.startsWith('refs/heads/') ? 'branch' : full.startsWith('refs/tags/') ? 'tag' : 'remoteBranch' }];
}
