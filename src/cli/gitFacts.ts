/** What git says of the files that an environment is rendered from. */
import { gitAncestry } from '../adapters/git/gitAncestry.js';
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { isInside } from '../core/base/path.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { LadderGit } from '../core/sync/ladder.js';
import type { DeliveryState } from '../services/delivery.js';
import { Failure } from '../services/failure.js';
import { repositoryOf, type LadderGitAccess } from '../services/ladder.js';
import type { GitState } from '../services/ports.js';
import type { Workspace } from '../services/workspace.js';
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
  const repository = folder === undefined ? undefined : repositoryOf(folder, delivery.model.repositories);
  if (!repository) return undefined;
  const { top, branch } = repository;
  const state = await askOnce(top, answers, signal);
  if (!state) return undefined;
  const { dependencies } = delivery.render(environment).rendering;
  const own = state.branches.find(({ name }) => name === branch);
  return {
    uncommitted: state.changed.filter((path) => dependencies.has(path) || environment.declaredAt.source.path === path).map(label),
    branch,
    commit: own?.commit,
    ahead: own?.ahead,
    behind: own?.behind,
  };
}

/** What a ladder asks of git, with answers that are asked for once. */
export function gitAccessOf(workspace: Workspace, folder: string, answers: GitAnswers): LadderGitAccess {
  return {
    ancestry: gitAncestry,
    stateOf: (top, signal) => askOnce(top, answers, signal),
    deliveryAt: (top) => (isInside(folder, top) ? async (revision, signal) => (await workspace.deliveryAt(revision, signal)).delivery : undefined),
  };
}

function askOnce(top: string, answers: GitAnswers, signal: AbortSignal): Promise<GitState | undefined> {
  const asked = answers.get(top) ?? askGit(top, signal);
  answers.set(top, asked);
  return asked;
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
