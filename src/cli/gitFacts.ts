/** What git says of the files that an environment is rendered from. */
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { LadderGit } from '../core/sync/ladder.js';
import type { DeliveryState } from '../services/delivery.js';
import { Failure } from '../services/failure.js';
import type { GitState } from '../services/ports.js';
import type { OpenFiles } from './openFiles.js';

/** Answers by the top folder of a repository; undefined where git can't be asked. */
export type GitAnswers = Map<string, Promise<GitState | undefined>>;

/** Undefined for files that git knows nothing of. */
export async function askGitOf(
  environment: Environment,
  delivery: DeliveryState,
  { label }: Pick<OpenFiles, 'label'>,
  answers: GitAnswers,
  signal: AbortSignal,
): Promise<LadderGit | undefined> {
  const folder = environment.sources[0]?.folder;
  const repository = delivery.model.repositories.filter(({ top }) => folder === top || folder?.startsWith(`${top}/`) === true).sort((a, b) => b.top.length - a.top.length)[0];
  if (!repository) return undefined;
  const { top, branch } = repository;
  const asked = answers.get(top) ?? askGit(top, signal);
  answers.set(top, asked);
  const state = await asked;
  if (!state) return undefined;
  const { dependencies } = delivery.render(environment).rendering;
  const own = state.branches.find(({ name }) => name === branch);
  const tracked = state.branches.find(({ name }) => name === environment.sources[0]?.revision?.value);
  return {
    uncommitted: state.changed.filter((path) => dependencies.has(path) || environment.declaredAt.source.path === path).map(label),
    branch,
    commit: own?.commit,
    ahead: own?.ahead,
    behind: own?.behind,
    trackedCommit: tracked?.commit,
  };
}

async function askGit(top: string, signal: AbortSignal): Promise<GitState | undefined> {
  try {
    return await gitRepositories.stateOf(top, signal);
  } catch (error) {
    // A folder that git can't read is one that it knows nothing of.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
