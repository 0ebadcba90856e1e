/** How commits lie to each other, by the git that is installed. Nothing is fetched: what isn't in this clone isn't known. */
import { relativePath } from '../../core/base/path.js';
import { Failure } from '../../services/failure.js';
import type { CommitFacts, GitAncestry, RefTip } from '../../services/ports.js';
import { runGit } from './runGit.js';

/** More paths than this are asked for by their folder: a command line has an end. */
const mostPaths = 400;

/** The installed git. */
export const gitAncestry: GitAncestry = {
  async commitsTouching(top, revisions, paths, most, signal) {
    revisions.forEach(assertHash);
    if (revisions.length === 0 || paths.length === 0) return [];
    const within = [...new Set(paths.map((path) => relativePath(top, path)))].filter((path) => path !== '..' && !path.startsWith('../'));
    const format = '--format=%H%x00%s%x00%an%x00%aI';
    const words = ['--literal-pathspecs', 'log', `--max-count=${Math.trunc(most)}`, '--date-order', '--no-show-signature', format, ...revisions, '--', ...shorten(within)];
    return (await runGit(top, words, signal))
      .split('\n')
      .filter((line) => line !== '')
      .map(toCommit);
  },

  async commitOfLine(top, { path, text, line }, signal) {
    const at = `${Math.trunc(line) + 1}`;
    const words = ['blame', '--no-textconv', '--porcelain', '-L', `${at},${at}`, '--contents', '-', '--', relativePath(top, path)];
    let output: string;
    try {
      output = await runGit(top, words, signal, text);
    } catch (error) {
      // A file that no commit has.
      if (error instanceof Failure && error.code === 'git/failed') return undefined;
      throw error;
    }
    const hash = /^[0-9a-f]{40,64}/.exec(output)?.[0];
    if (hash === undefined || /^0+$/.test(hash)) return undefined;
    const format = '--format=%H%x00%s%x00%an%x00%aI';
    const [commit] = (await runGit(top, ['log', '--max-count=1', '--no-show-signature', format, hash, '--'], signal)).split('\n');
    return commit === undefined || commit === '' ? undefined : toCommit(commit);
  },

  async hasInHistory(top, commit, ancestor, signal) {
    assertHash(commit);
    assertHash(ancestor);
    if (commit === ancestor) return true;
    try {
      // The commits of `ancestor` that `commit` lacks: none where it has them all. It fails for what isn't here.
      return (await runGit(top, ['rev-list', '--max-count=1', ancestor, `^${commit}`, '--'], signal)).trim() === '';
    } catch (error) {
      if (error instanceof Failure && error.code === 'git/failed') return undefined;
      throw error;
    }
  },

  async tipsOf(top, signal) {
    const format = '--format=%(refname)%00%(objectname)%00%(*objectname)%00%(symref)%00%(upstream)';
    return (await runGit(top, ['for-each-ref', format, 'refs/heads', 'refs/remotes', 'refs/tags'], signal))
      .split('\n')
      .filter((line) => line !== '')
      .map(toTip);
  },

  async remoteBranchesWith(top, commit, signal) {
    assertHash(commit);
    try {
      return (await runGit(top, ['for-each-ref', '--format=%(refname)', `--contains=${commit}`, 'refs/remotes'], signal))
        .split('\n')
        .filter((name) => name !== '' && !name.endsWith('/HEAD'))
        .map((name) => name.replace(/^refs\/remotes\//, ''));
    } catch (error) {
      // A commit that isn't here is in no branch here.
      if (error instanceof Failure && error.code === 'git/failed') return [];
      throw error;
    }
  },

  async headOf(top, signal) {
    try {
      return (await runGit(top, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], signal)).trim();
    } catch (error) {
      if (error instanceof Failure && error.code === 'git/failed') return undefined;
      throw error;
    }
  },
};

/** Folders in the place of their files where there are too many. */
function shorten(paths: readonly string[]): readonly string[] {
  let shorter = paths;
  while (shorter.length > mostPaths) {
    const next = [...new Set(shorter.map((path) => path.slice(0, Math.max(path.lastIndexOf('/'), 0))))];
    if (next.includes('')) return ['.'];
    shorter = next;
  }
  return shorter.map((path) => (path === '' ? '.' : path));
}

function toCommit(line: string): CommitFacts {
  const [hash = '', subject = '', author = '', date = ''] = line.split('\0');
  return { hash, subject, author, date };
}

function toTip(line: string): RefTip {
  const [ref = '', object = '', peeled = '', symref = '', upstream = ''] = line.split('\0');
  return { ref, commit: peeled === '' ? object : peeled, target: symref === '' ? undefined : symref, upstream: upstream === '' ? undefined : upstream };
}

function assertHash(text: string): void {
  if (!/^[0-9a-f]{40,64}$/.test(text)) throw new Failure('git/unknown-revision', `${text} is not a full hash.`, 'Resolve the revision first.');
}
