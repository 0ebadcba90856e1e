/** `status [ENV]`: the delivery ladder of one environment or of all, each rung with its evidence. */
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import { climbLadder, type LadderGit, type Rung } from '../core/sync/ladder.js';
import type { DeliveryState } from '../services/delivery.js';
import { Failure } from '../services/failure.js';
import type { GitState } from '../services/ports.js';
import { connectCluster, type ClusterWords } from './clusterConnection.js';
import { writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { findEnvironment } from './environments.js';
import { lookAtLive, type LiveLook } from './liveLook.js';
import { openFiles, type OpenFiles } from './openFiles.js';

export interface StatusWords extends ClusterWords {
  readonly workspace?: string;
  readonly format: 'text' | 'json';
  readonly build: BuildOptions;
}

/** What git says, by the top folder of a repository; undefined where it can't be asked. */
type GitAnswers = Map<string, Promise<GitState | undefined>>;

/** Status 1 where a rung is not done, for all that is known. */
export async function status(name: string | undefined, words: StatusWords, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, words.workspace);
  const { delivery } = files.open(words.build).state;
  const environments = name === undefined ? delivery.model.environments : [findEnvironment(name, delivery)];
  const answers: GitAnswers = new Map();
  const found: { readonly environment: Environment; readonly rungs: readonly Rung[] }[] = [];
  for (const environment of environments) found.push({ environment, rungs: await rungsOf(environment, delivery, files, { words, answers }, commandLine) });
  const fields = found.map(({ environment, rungs }) => ({ environment: environment.label, rungs }));
  const text = words.format === 'json' ? `${JSON.stringify(name === undefined ? fields : fields[0])}\n` : found.map(formatLadder).join('\n');
  await writeText(commandLine.output, text);
  return found.some(({ rungs }) => rungs.some(({ state }) => state === 'pending' || state === 'failed')) ? 1 : 0;
}

async function rungsOf(
  environment: Environment,
  delivery: DeliveryState,
  files: OpenFiles,
  { words, answers }: { readonly words: StatusWords; readonly answers: GitAnswers },
  commandLine: CommandLine,
): Promise<readonly Rung[]> {
  const git = await gitOf(environment, delivery, files, answers, commandLine.signal);
  const { look, notAsked } = await lookIfNamed(environment, delivery, words, commandLine);
  return climbLadder({
    unsaved: [],
    git,
    trackedRevision: environment.sources[0]?.revision?.value,
    operator: environment.operator,
    live: look && { drift: look.drift, status: look.operator },
    notAsked,
  });
}

/** A cluster is asked where the user names one, and only for what renders. */
async function lookIfNamed(
  environment: Environment,
  delivery: DeliveryState,
  words: StatusWords,
  commandLine: CommandLine,
): Promise<{ readonly look: LiveLook | undefined; readonly notAsked: string }> {
  if (words.context === undefined && words.kubeconfig === undefined) return { look: undefined, notAsked: 'No cluster was asked; name one with --context or --kubeconfig.' };
  const { rendering } = delivery.render(environment);
  if (!rendering.ok) return { look: undefined, notAsked: `It can't be rendered: ${rendering.problems[0]?.message ?? 'there is no output.'}` };
  const connected = await connectCluster(environment, words, commandLine);
  try {
    return { look: await lookAtLive(environment, delivery, connected, commandLine.signal), notAsked: '' };
  } finally {
    connected.cluster.close();
  }
}

async function gitOf(environment: Environment, delivery: DeliveryState, { label }: OpenFiles, answers: GitAnswers, signal: AbortSignal): Promise<LadderGit | undefined> {
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

const marks: Readonly<Record<Rung['state'], string>> = { done: '✓', pending: '…', failed: '✗', unknown: '?' };

function formatLadder({ environment, rungs }: { readonly environment: Environment; readonly rungs: readonly Rung[] }): string {
  const lines = rungs.map(({ rung, state, evidence }) => `  ${marks[state]} ${rung.padEnd(10)}  ${evidence}\n`);
  return `${environment.label}\n${lines.join('')}`;
}
