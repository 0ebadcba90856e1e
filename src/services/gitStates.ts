/**
 * What git says of the repositories of a workspace: files with changes that are not committed and what was committed of
 * them, commits that are not pushed. Asked when something may have changed, kept in between; only where the workspace is
 * trusted.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { isInside } from '../core/base/path.js';
import type { SourceText } from '../core/base/source.js';
import { Failure } from './failure.js';
import type { GitRepositories, GitState } from './ports.js';

interface Known {
  readonly state: GitState;
  /** The committed texts of the files that differ from them; undefined for new files. */
  readonly committed: ReadonlyMap<string, SourceText | undefined>;
}

/** More changed files than this are a change of the whole: what was committed of them is not looked at. */
const mostCommitted = 500;

/** Files that rules compare with what was committed. */
const comparedFiles = /\.(?:ya?ml|tpl|md|txt)$/;

export class GitStates {
  readonly #repositories: GitRepositories;
  readonly #known = new Map<string, Known>();
  /** Another one whenever an answer differs. */
  #generation = {};

  constructor(repositories: GitRepositories) {
    this.#repositories = repositories;
  }

  /** The latest answer for the repository at `top`; undefined where there was none. */
  of(top: string): GitState | undefined {
    return this.#known.get(top)?.state;
  }

  /** Changes whenever an answer does. */
  get generation(): unknown {
    return this.#generation;
  }

  /** A file as it was last committed: of one that did not change since, the text in `tree`. Undefined for a new file and outside of what is known. */
  committedText(path: string, tree: FileTree): SourceText | undefined {
    const top = [...this.#known.keys()].filter((each) => isInside(path, each)).sort((a, b) => b.length - a.length)[0];
    const committed = top === undefined ? undefined : this.#known.get(top)?.committed;
    if (!committed) return undefined;
    return committed.has(path) ? committed.get(path) : tree.read(path);
  }

  /** True once git answered for a repository. */
  get isKnown(): boolean {
    return this.#known.size > 0;
  }

  /**
   * Asks git again. True where an answer differs from the one before. A repository that git can't read has no state.
   * @param unsaved open files that differ from the disk, absolute
   */
  async refresh(tops: readonly string[], unsaved: readonly string[], signal: AbortSignal): Promise<boolean> {
    let hasChanged = false;
    for (const top of this.#known.keys()) if (!tops.includes(top)) hasChanged = this.#known.delete(top);
    for (const top of tops) {
      const known = await this.#ask(
        top,
        unsaved.filter((path) => isInside(path, top)),
        signal,
      );
      if (isSame(known, this.#known.get(top))) continue;
      hasChanged = true;
      if (known) this.#known.set(top, known);
      else this.#known.delete(top);
    }
    if (hasChanged) this.#generation = {};
    return hasChanged;
  }

  /** Forgets everything, when the workspace is not trusted any more; true where there was something. */
  forget(): boolean {
    const had = this.#known.size > 0;
    this.#known.clear();
    this.#generation = {};
    return had;
  }

  async #ask(top: string, unsaved: readonly string[], signal: AbortSignal): Promise<Known | undefined> {
    try {
      const state = await this.#repositories.stateOf(top, signal);
      return { state, committed: await this.#readCommitted(top, [...new Set([...state.changed, ...unsaved])], signal) };
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }

  async #readCommitted(top: string, changed: readonly string[], signal: AbortSignal): Promise<Known['committed']> {
    const paths = changed.filter((path) => comparedFiles.test(path));
    if (paths.length === 0 || paths.length > mostCommitted) return new Map();
    const commit = await this.#headOf(top, signal);
    if (commit === undefined) return new Map(paths.map((path) => [path, undefined]));
    const tree = await this.#repositories.openCommit(top, commit, signal);
    try {
      // The first look notes what is wanted, which is then read in one go.
      for (const path of paths) tree.snapshot().read(path);
      await tree.loadWanted(signal);
      const snapshot = tree.snapshot();
      return new Map(paths.map((path) => [path, snapshot.read(path)]));
    } finally {
      tree.close();
    }
  }

  /** The last commit; undefined in a repository that has none. */
  async #headOf(top: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.#repositories.commitOf(top, 'HEAD', signal);
    } catch (error) {
      if (error instanceof Failure && error.code === 'git/unknown-revision') return undefined;
      throw error;
    }
  }
}

function isSame(a: Known | undefined, b: Known | undefined): boolean {
  if (!a || !b) return a === b;
  const texts = (known: Known): readonly (readonly [string, string | undefined])[] => [...known.committed].map(([path, source]) => [path, source?.text]);
  return JSON.stringify(a.state) === JSON.stringify(b.state) && JSON.stringify(texts(a)) === JSON.stringify(texts(b));
}
