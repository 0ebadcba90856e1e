/** `status [ENV]`: the delivery ladder of one environment or of all, each rung with its evidence; or of one line of a file. */
import type { Place } from '../core/base/problem.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import type { LadderLive, Rung } from '../core/sync/ladder.js';
import type { DeliveryState } from '../services/delivery.js';
import { readLadder, type FollowedLine, type LadderGitAccess } from '../services/ladder.js';
import { lookForLadder } from '../services/ladderLook.js';
import { connectCluster, type ClusterWords } from './clusterConnection.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { findEnvironment } from './environments.js';
import { askGitOf, gitAccessOf, type GitAnswers } from './gitFacts.js';
import { lookAtLive } from './liveLook.js';
import { openFiles, type OpenFiles } from './openFiles.js';

export interface StatusWords extends ClusterWords {
  readonly workspace?: string;
  readonly format: 'text' | 'json';
  readonly build: BuildOptions;
}

interface Asking {
  readonly files: OpenFiles;
  readonly delivery: DeliveryState;
  readonly git: LadderGitAccess;
  readonly answers: GitAnswers;
  readonly words: StatusWords;
  readonly commandLine: CommandLine;
  /** A line that is followed, in place of all that an environment renders to. */
  readonly line: FollowedLine | undefined;
}

/** Status 1 where a rung is not done, for all that is known. */
export async function status(name: string | undefined, words: StatusWords, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, words.workspace);
  const workspace = files.open(words.build);
  const { delivery } = workspace.state;
  const line = name === undefined ? undefined : findLine(name, files);
  const environments = line ? usersOf(line, delivery) : name === undefined ? delivery.model.environments : [findEnvironment(name, delivery)];
  if (line && environments.length === 0) throw new CommandError(`No environment is rendered from ${files.label(line.path)}.`);
  const answers: GitAnswers = new Map();
  const asking = { files, delivery, git: gitAccessOf(workspace, files.workspace, answers), answers, words, commandLine, line };
  const found: { readonly environment: Environment; readonly rungs: readonly Rung[] }[] = [];
  for (const environment of environments) found.push({ environment, rungs: await rungsOf(environment, asking) });
  const fields = found.map(({ environment, rungs }) => ({ environment: environment.label, rungs: rungs.map((rung) => fieldsOf(rung, files)) }));
  const text = words.format === 'json' ? `${JSON.stringify(name === undefined || line ? fields : fields[0])}\n` : found.map(formatLadder).join('\n');
  await writeText(commandLine.output, text);
  return found.some(({ rungs }) => rungs.some(({ state }) => state === 'pending' || state === 'failed')) ? 1 : 0;
}

/** `overlays/prod/web.yaml:12`, where there is such a file; undefined for the name of something else. */
function findLine(name: string, { tree, resolve, label }: OpenFiles): FollowedLine | undefined {
  const [, file, number] = /^(.+):([1-9]\d*)$/.exec(name) ?? [];
  const source = file === undefined ? undefined : tree.read(resolve(file));
  if (!source || number === undefined) return undefined;
  const line = Number(number) - 1;
  if (line >= source.lineStarts.length) throw new CommandError(`${label(source.path)} has ${source.lineStarts.length} lines.`);
  return { path: source.path, text: source.text, line };
}

function usersOf({ path }: FollowedLine, { model, render }: DeliveryState): readonly Environment[] {
  return model.environments.filter((environment) => environment.declaredAt.source.path === path || render(environment).rendering.dependencies.has(path));
}

async function rungsOf(environment: Environment, asking: Asking): Promise<readonly Rung[]> {
  const { files, delivery, git, commandLine, line } = asking;
  const { live, notAsked } = await lookIfNamed(environment, asking);
  const placeOf = (path: string): Place | undefined => {
    const source = files.tree.read(path);
    return source && { source, start: 0, end: 0 };
  };
  const request = { environment, delivery, git, unsaved: [], label: files.label, placeOf, line, live, notAsked, now: Date.now() };
  return (await readLadder(request, commandLine.signal)).rungs;
}

/** A cluster is asked where the user names one, and only for what renders. */
async function lookIfNamed(
  environment: Environment,
  { files, delivery, answers, words, commandLine }: Asking,
): Promise<{ readonly live: LadderLive | undefined; readonly notAsked: string }> {
  if (words.context === undefined && words.kubeconfig === undefined) return { live: undefined, notAsked: 'No cluster was asked; name one with --context or --kubeconfig.' };
  const { rendering } = delivery.render(environment);
  if (!rendering.ok) return { live: undefined, notAsked: `It can't be rendered: ${rendering.problems[0]?.message ?? 'there is no output.'}` };
  const { signal } = commandLine;
  const connected = await connectCluster(environment, words, commandLine);
  const { cluster, context } = connected;
  try {
    const { drift, operator } = await lookAtLive(environment, delivery, connected, await askGitOf(environment, delivery, files, answers, signal), commandLine);
    const live = await lookForLadder({ cluster, environment, drift, status: operator, fallbackNamespace: context.namespace, now: Date.now() }, signal);
    return { live, notAsked: '' };
  } finally {
    cluster.close();
  }
}

/** As programs read it. */
function fieldsOf({ rung, state, evidence, title, facts, place }: Rung, { label }: OpenFiles): object {
  const location = place?.source.locate(place.start, place.end);
  return { rung, state, evidence, title, facts, ...(location && { file: label(location.path), line: location.range.start.line + 1 }) };
}

const marks: Readonly<Record<Rung['state'], string>> = { done: '✓', pending: '…', failed: '✗', unknown: '?' };

function formatLadder({ environment, rungs }: { readonly environment: Environment; readonly rungs: readonly Rung[] }): string {
  const lines = rungs.map(({ rung, state, evidence }) => `  ${marks[state]} ${rung.padEnd(10)}  ${evidence}\n`);
  return `${environment.label}\n${lines.join('')}`;
}
