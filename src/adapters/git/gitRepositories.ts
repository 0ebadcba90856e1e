/** The git repositories on this machine, by the git that is installed. */
import { toCorePath } from '../disk/paths.js';
import { Failure } from '../../services/failure.js';
import type { CommitFacts, GitRepositories } from '../../services/ports.js';
import { relativePath } from '../../core/base/path.js';
import { GitRevisionTree } from './revisionTree.js';
import { runGit } from './runGit.js';

/** The installed git. */
export const gitRepositories: GitRepositories = {
  async topOf(folder, signal) {
    try {
      return toCorePath((await runGit(folder, ['rev-parse', '--show-toplevel'], signal)).trim());
    } catch (error) {
      if (error instanceof Failure && error.code === 'git/no-repository') return undefined;
      throw error;
    }
  },

  async openRevision(top, revision, signal) {
    const commit = await resolveCommit(top, revision, signal);
    return new GitRevisionTree(top, commit, await runGit(top, ['ls-tree', '-r', '-z', '--long', '--full-tree', commit], signal));
  },

  async commitsOf(top, folder, most, signal) {
    const path = relativePath(top, folder);
    const output = await runGit(top, ['log', `--max-count=${Math.trunc(most)}`, '--format=%H%x00%s%x00%an%x00%aI', '--', path], signal);
    return output.split('\n').filter((line) => line !== '').map(toCommit);
  },

  async refsOf(top, signal) {
    const output = await runGit(top, ['for-each-ref', '--format=%(refname:short)', '--sort=-committerdate', 'refs/heads', 'refs/remotes', 'refs/tags'], signal);
    return output.split('\n').filter((name) => name !== '' && !name.endsWith('/HEAD'));
  },
};

function toCommit(line: string): CommitFacts {
  const [hash = '', subject = '', author = '', date = ''] = line.split('\0');
  return { hash, subject, author, date };
}

/** The full hash of what a revision names; nothing that git would take for an option. */
async function resolveCommit(top: string, revision: string, signal: AbortSignal): Promise<string> {
  const unknown = (cause?: unknown): Failure => new Failure('git/unknown-revision', `The revision ${revision} is not in this repository.`, 'Fetch it, or name a branch, a tag or a commit that is here.', { cause });
  if (revision === '' || revision.startsWith('-') || /[\s\0]/.test(revision)) throw unknown();
  try {
    return (await runGit(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], signal)).trim();
  } catch (error) {
    if (error instanceof Failure && error.code === 'git/failed') throw unknown(error);
    throw error;
  }
}
