/**
 * What git says of the repositories of a workspace: files with changes that are not committed, commits that are not
 * pushed. Asked when something may have changed, kept in between; only where the workspace is trusted.
 */
import { Failure } from './failure.js';
import type { GitRepositories, GitState } from './ports.js';

export class GitStates {
  readonly #repositories: GitRepositories;
  readonly #states = new Map<string, GitState>();

  constructor(repositories: GitRepositories) {
    this.#repositories = repositories;
  }

  /** The latest answer for the repository at `top`; undefined where there was none. */
  of(top: string): GitState | undefined {
    return this.#states.get(top);
  }

  /** Asks git again. True where an answer differs from the one before. A repository that git can't read has no state. */
  async refresh(tops: readonly string[], signal: AbortSignal): Promise<boolean> {
    let hasChanged = false;
    for (const top of this.#states.keys()) if (!tops.includes(top)) hasChanged = this.#states.delete(top);
    for (const top of tops) {
      const state = await this.#ask(top, signal);
      if (JSON.stringify(state) === JSON.stringify(this.#states.get(top))) continue;
      hasChanged = true;
      if (state) this.#states.set(top, state);
      else this.#states.delete(top);
    }
    return hasChanged;
  }

  /** Forgets everything, when the workspace is not trusted any more; true where there was something. */
  forget(): boolean {
    const had = this.#states.size > 0;
    this.#states.clear();
    return had;
  }

  async #ask(top: string, signal: AbortSignal): Promise<GitState | undefined> {
    try {
      return await this.#repositories.stateOf(top, signal);
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }
}
