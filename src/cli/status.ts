/** `status [ENV]`: the delivery ladder of one environment or of all, each rung with its evidence. */
import type { Environment } from '../core/gitops/delivery.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import { climbLadder, type LadderGit, type Rung } from '../core/sync/ladder.js';
import type { DeliveryState } from '../services/delivery.js';
import { connectCluster, type ClusterWords } from './clusterConnection.js';
import { writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { findEnvironment } from './environments.js';
import { askGitOf, type GitAnswers } from './gitFacts.js';
import { lookAtLive, type LiveLook } from './liveLook.js';
import { openFiles, type OpenFiles } from './openFiles.js';

export interface StatusWords extends ClusterWords {
  readonly workspace?: string;
  readonly format: 'text' | 'json';
  readonly build: BuildOptions;
}

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
  const git = await askGitOf(environment, delivery, files, answers, commandLine.signal);
  const { look, notAsked } = await lookIfNamed(environment, delivery, git, words, commandLine);
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
  git: LadderGit | undefined,
  words: StatusWords,
  commandLine: CommandLine,
): Promise<{ readonly look: LiveLook | undefined; readonly notAsked: string }> {
  if (words.context === undefined && words.kubeconfig === undefined) return { look: undefined, notAsked: 'No cluster was asked; name one with --context or --kubeconfig.' };
  const { rendering } = delivery.render(environment);
  if (!rendering.ok) return { look: undefined, notAsked: `It can't be rendered: ${rendering.problems[0]?.message ?? 'there is no output.'}` };
  const connected = await connectCluster(environment, words, commandLine);
  try {
    return { look: await lookAtLive(environment, delivery, connected, git, commandLine.signal), notAsked: '' };
  } finally {
    connected.cluster.close();
  }
}

const marks: Readonly<Record<Rung['state'], string>> = { done: '✓', pending: '…', failed: '✗', unknown: '?' };

function formatLadder({ environment, rungs }: { readonly environment: Environment; readonly rungs: readonly Rung[] }): string {
  const lines = rungs.map(({ rung, state, evidence }) => `  ${marks[state]} ${rung.padEnd(10)}  ${evidence}\n`);
  return `${environment.label}\n${lines.join('')}`;
}
