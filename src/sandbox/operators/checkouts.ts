/** Clones of the sandbox's repositories that the simulated operators read from, as a repo server or a source controller has them. */
import fs from 'node:fs';
import path from 'node:path';
import { toCorePath } from '../../adapters/disk/paths.js';
import { gitRepositories } from '../../adapters/git/gitRepositories.js';
import { RevisionTrees } from '../../services/revisionTrees.js';
import { runGitCommand } from '../gitRemote/gitCommand.js';
import type { GitRemote } from '../gitRemote/gitRemote.js';

export interface Checkout {
  /** The top folder, with `/`; no file is checked out in it. */
  readonly top: string;
  readonly trees: RevisionTrees;
  /** The full hash of a branch, a tag or a commit; of the default branch for `HEAD` and the empty text. */
  resolve(revision: string): Promise<string>;
  /** @param folder below the top, as an operator's object names it */
  hasFolder(commit: string, folder: string): Promise<boolean>;
}

export class Checkouts {
  readonly #trees = new RevisionTrees(gitRepositories);
  /** One fetch at a time, by repository. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly remote: GitRemote,
    private readonly folder: string,
  ) {}

  /** With all that was pushed. @throws where no repository of the sandbox answers for the URL */
  async open(url: string): Promise<Checkout> {
    const repository = this.remote.repositoryFor(url);
    if (repository === undefined) throw new Error(`failed to list refs: repository not found: the sandbox's git remote has no ${url}`);
    const top = path.join(this.folder, repository);
    const turn = (this.#turns.get(repository) ?? Promise.resolve()).then(() => this.#fetch(repository, top));
    this.#turns.set(
      repository,
      turn.catch(() => undefined),
    );
    await turn;
    return {
      top: toCorePath(fs.realpathSync(top)),
      trees: this.#trees,
      resolve: (revision) => resolve(top, revision),
      hasFolder: (commit, folder) => hasFolder(top, commit, folder),
    };
  }

  async #fetch(repository: string, top: string): Promise<void> {
    fs.mkdirSync(this.folder, { recursive: true });
    if (fs.existsSync(top)) await runGitCommand(top, ['fetch', '--quiet', '--prune', '--tags', '--force', 'origin']);
    else await runGitCommand(this.folder, ['clone', '--quiet', '--no-checkout', '--', this.remote.folderOf(repository), top]);
  }
}

async function resolve(top: string, revision: string): Promise<string> {
  const isHead = revision === '' || revision === 'HEAD';
  for (const name of isHead ? ['refs/remotes/origin/HEAD'] : [`refs/remotes/origin/${revision}`, `refs/tags/${revision}`, revision]) {
    const found = await runGitCommand(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]).catch(() => '');
    if (found !== '') return found.trim();
  }
  throw new Error(`unable to resolve '${revision}' to a commit SHA`);
}

async function hasFolder(top: string, commit: string, folder: string): Promise<boolean> {
  const relative = path.posix.normalize(folder === '' ? '.' : folder).replace(/^\/+|\/+$/g, '');
  const type = await runGitCommand(top, ['cat-file', '-t', `${commit}:${relative === '.' ? '' : relative}`]).catch(() => '');
  return type.trim() === 'tree';
}
