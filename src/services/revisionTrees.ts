/**
 * The trees of the git revisions that were looked at last. A commit never changes, so what was read of it is kept for the
 * next look; one look at a tree goes on at a time.
 */
import { Failure } from './failure.js';
import type { GitRepositories, RevisionTree } from './ports.js';

interface KeptTree {
  readonly tree: RevisionTree;
  /** Settles when those who came before are done. */
  turn: Promise<void>;
}

/** A comparison needs two, and the next one mostly one of these again. */
const mostKept = 4;

export class RevisionTrees {
  readonly #repositories: GitRepositories;
  /** By commit, the one looked at last at the end. */
  readonly #kept = new Map<string, KeptTree>();

  constructor(repositories: GitRepositories) {
    this.#repositories = repositories;
  }

  /**
   * Hands `look` the files at `revision` of the repository that holds `folder`.
   * @throws Failure where there is no git, no repository or no such revision
   */
  async use<Result>(
    { folder, revision }: { readonly folder: string; readonly revision: string },
    look: (tree: RevisionTree) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    const kept = await this.#find(folder, revision, signal);
    const before = kept.turn;
    const { promise, resolve } = makeTurn();
    kept.turn = promise;
    await before;
    try {
      signal.throwIfAborted();
      return await look(kept.tree);
    } finally {
      kept.tree.close();
      resolve();
    }
  }

  async #find(folder: string, revision: string, signal: AbortSignal): Promise<KeptTree> {
    const top = await this.#repositories.topOf(folder, signal);
    if (top === undefined) throw new Failure('git/no-repository', `${folder} is in no git repository.`, 'Open a folder that is under git.');
    const commit = await this.#repositories.commitOf(top, revision, signal);
    const key = `${commit} ${top}`;
    let kept = this.#kept.get(key);
    if (!kept) {
      const tree = await this.#repositories.openCommit(top, commit, signal);
      // Another look may have opened it meanwhile.
      kept = this.#kept.get(key) ?? { tree, turn: Promise.resolve() };
    }
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return kept;
  }
}

function makeTurn(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
