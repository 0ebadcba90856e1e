/**
 * `sync ENV`: plans a sync, shows it, asks, carries it out and waits for health. An environment that Argo CD or Flux
 * delivers is handed to it: nothing that an operator keeps is written here.
 */
import { randomUUID } from 'node:crypto';
import type { Environment } from '../core/gitops/delivery.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import { declarationIdOf } from '../core/operators/declarationOf.js';
import type { SyncQuestion, SyncPlan } from '../core/sync/syncPlan.js';
import { hasWork, plannedObjects } from '../core/sync/syncPlan.js';
import type { SyncProgressEvent, SyncRun } from '../core/sync/syncRun.js';
import { undoTarget } from '../core/sync/deliveryRecord.js';
import { parentOf, planSyncOf, type PlannedSync } from '../services/environmentSync.js';
import { ClusterFailure, Failure } from '../services/failure.js';
import type { ResId } from '../core/objects/resId.js';
import { runSync } from '../services/sync.js';
import { systemClock } from '../services/syncClock.js';
import { findUnmet } from '../services/syncDependencies.js';
import { readDeliveries } from '../services/syncInventory.js';
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { Answers } from './answers.js';
import { connectCluster, type ClusterWords, type ConnectedCluster } from './clusterConnection.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { findEnvironment } from './environments.js';
import { openFiles } from './openFiles.js';
import { handOver } from './handOver.js';
import { describePlannedSync, describeRun, formatHistory, formatPlan, formatRun, isFinding } from './syncText.js';

export interface SyncWords extends ClusterWords {
  readonly workspace?: string;
  readonly format: 'text' | 'json';
  readonly dryRun?: true;
  readonly prune?: true;
  readonly yes?: true;
  /** The name of a protected environment, typed. */
  readonly protected?: string;
  /** Keys of dangerous questions. */
  readonly confirm?: readonly string[];
  /** Seconds, or `90s`, `5m`, `1h30m`. */
  readonly timeout: string;
  /** False for `--no-wait`. */
  readonly wait: boolean;
  readonly leaveConflicts?: true;
  readonly skipBlocked?: true;
  readonly withoutOperator?: true;
  /** A git revision to sync, instead of the files as they are. */
  readonly revision?: string;
  /** Goes back to the delivery before the last one. */
  readonly undo?: true;
  /** Prints the record of deliveries. */
  readonly history?: true;
  readonly build: BuildOptions;
}

/** Syncs what the user named; status 1 where something was left out, 2 where it failed or could not begin. */
export async function sync(name: string, words: SyncWords, commandLine: CommandLine): Promise<ExitStatus> {
  const timeout = readDuration(words.timeout);
  const files = openFiles(commandLine, words.workspace);
  const workspace = files.open(words.build);
  const { delivery } = workspace.state;
  const environment = findEnvironment(name, delivery);
  const { signal } = commandLine;
  const connected = await connectCluster(environment, words, commandLine);
  const answers = new Answers(commandLine);
  const { cluster, context } = connected;
  try {
    if (words.history) return await printHistory(environment, connected, words.format, commandLine);
    if (environment.operator !== 'none') {
      const declaration = await findDeclared(environment, connected, signal);
      if (declaration) return await handOver(declaration, { environment, words, connected, timeout, confirm: () => confirmSync(environment, words, answers) }, commandLine);
      if (!words.withoutOperator) throw new CommandError(missingOperator(environment));
    }
    const wanted = words.undo ? await findUndo(environment, connected, signal) : words.revision;
    const at = wanted === undefined ? delivery : (await workspace.deliveryAt(wanted, signal)).delivery;
    const then = wanted === undefined ? environment : findEnvironment(environment.id, at);
    const revision = await revisionOf(environment.sources[0]?.folder ?? files.workspace, wanted, signal);
    const planned = await planSyncOf(
      {
        cluster,
        environment: then,
        rendering: at.render(then).rendering,
        fallbackNamespace: context.namespace,
        revision,
        choices: { prune: words.prune === true, only: undefined },
        ignore: at.settings.driftIgnore,
        unmet: await findUnmet(then, at.model, { cluster, fallbackNamespace: context.namespace, revision }, signal),
      },
      signal,
    );
    return await carryOut({ environment, words, connected, timeout, planned, answers }, commandLine);
  } finally {
    answers.close();
    cluster.close();
  }
}

/** The commit of the delivery to go back to. @throws CommandError where there is none, or it was none */
async function findUndo(environment: Environment, { cluster, context }: ConnectedCluster, signal: AbortSignal): Promise<string> {
  const target = undoTarget(await readDeliveries(cluster, parentOf(environment, context.namespace), signal));
  if (!target) throw new CommandError(`${environment.label} has no earlier delivery of another revision; \`sync --history\` lists them.`);
  if (!/^[0-9a-f]{40,64}$/.test(target.revision))
    throw new CommandError(`The delivery before was of ${target.revision}, which can't be rendered again; name a commit with --revision.`);
  return target.revision;
}

async function printHistory(environment: Environment, { cluster, context }: ConnectedCluster, format: SyncWords['format'], { output, signal }: CommandLine): Promise<ExitStatus> {
  const records = await readDeliveries(cluster, parentOf(environment, context.namespace), signal);
  await writeText(output, format === 'json' ? `${JSON.stringify(records)}\n` : formatHistory(records));
  return 0;
}

interface Carrying {
  readonly environment: Environment;
  readonly words: SyncWords;
  readonly connected: ConnectedCluster;
  readonly timeout: number;
  readonly planned: PlannedSync;
  readonly answers: Answers;
}

async function carryOut({ environment, words, connected, timeout, planned, answers }: Carrying, commandLine: CommandLine): Promise<ExitStatus> {
  const { plan, keeper } = planned;
  const { output, errors, signal, variables } = commandLine;
  const isText = words.format === 'text';
  const print = (text: string): Promise<void> => writeText(isText ? output : errors, text);
  await print(formatPlan(plan, { label: environment.label, context: connected.context.name }));
  if (plan.refusal !== undefined) throw new CommandError(plan.refusal);
  const findings = plannedObjects(plan).filter(isFinding);
  if (words.dryRun) {
    if (!isText) await writeText(output, `${JSON.stringify(describePlannedSync(plan, environment))}\n`);
    return findings.length > 0 ? 1 : 0;
  }
  if (findings.length > 0 && !words.skipBlocked) {
    throw new CommandError(`${findings.length === 1 ? 'One object is' : `${findings.length} objects are`} blocked, so nothing was written; --skip-blocked syncs the others.`);
  }
  if (hasWork(plan)) await confirmSync(environment, words, answers);
  const confirmed = await confirmQuestions(plan, words, answers, commandLine);
  const run = await runSync(
    plan,
    {
      cluster: connected.cluster,
      inventory: keeper,
      clock: systemClock,
      confirmed,
      takeOver: words.leaveConflicts !== true,
      user: variables['USER'] ?? variables['USERNAME'] ?? connected.context.user,
      runId: randomUUID(),
      timeout,
      waitsForHealth: words.wait,
      onProgress: progressPrinter(commandLine),
    },
    signal,
  );
  await writeText(output, isText ? formatRun(run) : `${JSON.stringify(describeRun(run, plan, environment))}\n`);
  return statusOf(run, plan, confirmed);
}

function statusOf({ result }: SyncRun, plan: SyncPlan, confirmed: ReadonlySet<string>): ExitStatus {
  if (result !== 'done') return 2;
  return plannedObjects(plan).some((planned) => isFinding(planned) || planned.needs.some((key) => !confirmed.has(key))) ? 1 : 0;
}

/** Each message once, as it comes. */
function progressPrinter({ errors }: CommandLine): (event: SyncProgressEvent) => void {
  let last = '';
  return ({ phase, message }) => {
    if ((phase !== 'running' && phase !== 'waiting') || message === last) return;
    last = message;
    errors.write(`${message}\n`);
  };
}

/** @throws CommandError where nobody says yes */
async function confirmSync(environment: Environment, { yes, protected: typed }: SyncWords, answers: Answers): Promise<void> {
  const names = [environment.label, environment.name, environment.id];
  if (environment.isProtected) {
    if (typed !== undefined && !names.includes(typed)) throw new CommandError(`--protected ${typed} is not the name of this environment, ${environment.label}.`);
    if (typed !== undefined && yes) return;
    const answer = await answers.ask(`${environment.label} is protected. Type its name to sync it: `);
    if (answer === undefined) throw new CommandError(`${environment.label} is protected: pass --yes and --protected "${environment.label}".`);
    if (!names.includes(answer)) throw new CommandError('That is not its name; nothing was written.');
    return;
  }
  if (yes) return;
  const answer = await answers.ask('Sync? (yes/no) ');
  if (answer === undefined) throw new CommandError('Nobody is there to say yes; pass --yes.');
  if (!/^y(es)?$/i.test(answer)) throw new CommandError('Nothing was written.');
}

/** The keys of the questions that get a yes; --yes alone answers only those that lose nothing. */
async function confirmQuestions(plan: SyncPlan, { yes, confirm = [] }: SyncWords, answers: Answers, { errors }: CommandLine): Promise<ReadonlySet<string>> {
  const unknown = confirm.filter((key) => key !== 'all' && !plan.questions.some((question) => question.key === key));
  if (unknown.length > 0) throw new CommandError(`The plan has no question ${unknown.join(', ')}.`);
  const confirmed = new Set<string>();
  for (const question of plan.questions) {
    if (confirm.includes(question.key) || confirm.includes('all') || (yes && !question.isDangerous)) confirmed.add(question.key);
    else if (!yes && (await answersYes(question, answers))) confirmed.add(question.key);
    else errors.write(`Left out: ${question.question} (--confirm ${question.key})\n`);
  }
  return confirmed;
}

async function answersYes({ question }: SyncQuestion, answers: Answers): Promise<boolean> {
  const answer = await answers.ask(`${question} (yes/no) `);
  return answer !== undefined && /^y(es)?$/i.test(answer);
}

async function findDeclared(environment: Environment, { cluster }: ConnectedCluster, signal: AbortSignal): Promise<ResId | undefined> {
  const id = declarationIdOf(environment);
  try {
    return id && (await cluster.get(id, signal)) ? id : undefined;
  } catch (error) {
    if (error instanceof ClusterFailure && error.code === 'cluster/kind-not-served') return undefined;
    throw error;
  }
}

function missingOperator({ label, operator, declaration }: Environment): string {
  const words = operator === 'argocd' ? 'Argo CD' : 'Flux';
  const object = declaration ? `${declaration.id.kind} ${declaration.id.namespace === '' ? '' : `${declaration.id.namespace}/`}${declaration.id.name}` : 'its declaration';
  return `${label} is delivered by ${words}, and ${object} is not in this cluster; name the operator's cluster with --context, or pass --without-operator.`;
}

/** The commit that is rendered, with a word on what isn't committed. */
async function revisionOf(folder: string, wanted: string | undefined, signal: AbortSignal): Promise<string> {
  try {
    const top = await gitRepositories.topOf(folder, signal);
    if (top === undefined) return 'files that git does not know';
    if (wanted !== undefined) return await gitRepositories.commitOf(top, wanted, signal);
    const [commit, { changed }] = await Promise.all([gitRepositories.commitOf(top, 'HEAD', signal), gitRepositories.stateOf(top, signal)]);
    return changed.length > 0 ? `${commit} with changes that are not committed` : commit;
  } catch (error) {
    // Without a git, or before the first commit.
    if (error instanceof Failure && wanted === undefined) return 'files that git does not know';
    throw error;
  }
}

/** Milliseconds. @throws CommandError for what is no duration */
export function readDuration(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (seconds !== undefined) return seconds * 1000;
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!parts || text === '') throw new CommandError(`${text} is no time; write seconds, or 90s, 5m, 1h30m.`);
  const [, hours = '0', minutes = '0', rest = '0'] = parts;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)) * 1000;
}
