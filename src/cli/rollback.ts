/**
 * `rollback ENV`: takes the last delivery of an environment back, or all since a commit, as `git revert` would, with one commit on
 * the branch that the environment follows. What it leads to and what would undo it is shown first.
 */
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { gitWriter } from '../adapters/git/gitWriter.js';
import { compareRenderings } from '../core/objects/compare.js';
import { describeImage, rollbackBranch } from '../core/promote/commitMessage.js';
import type { SourceEdit } from '../core/promote/promotion.js';
import { previewChange, type DeliveredChange, type DeliveryWay } from '../services/deliverChange.js';
import { describeConflict, findHistory, planRollback, planRollbackOn, runRollback, type EnvironmentHistory, type RollbackPlan, type RollbackTools } from '../services/rollback.js';
import { describeFinding } from './check.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { describeChange, formatComparison, makeMask, type ComparedObject } from './compare.js';
import { describeEdits, formatFiles, openEdits, type EditWords } from './editedBranches.js';
import { findEnvironment } from './environments.js';
import { openFiles, type OpenFiles } from './openFiles.js';

export interface RollbackWords extends Omit<EditWords, 'branch' | 'commit'> {
  /** A revision of the environment's branch. */
  readonly to?: string;
  readonly history?: true;
  /** A branch of its own, for a pull request. */
  readonly branch?: string | true;
}

/** Plans and carries out a rollback; status 1 where the result has errors that were not there before. */
export async function rollback(name: string, words: RollbackWords, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, words.workspace);
  const workspace = files.open(words.build);
  const environment = findEnvironment(name, workspace.state.delivery);
  const tools = { writer: gitWriter, repositories: gitRepositories, workspace: openEdits(workspace, commandLine) };
  if (words.history) {
    const history = await findHistory(tools, environment, { until: words.to === undefined ? undefined : await resolveTo(words.to, files, commandLine) }, commandLine.signal);
    await writeText(commandLine.output, words.format === 'json' ? `${JSON.stringify(describeHistory(history))}\n` : formatHistory(history));
    return 0;
  }
  const plan = await planRollback(tools, { environment, to: words.to, skipCi: words.skipCi }, commandLine.signal);
  const findings = newFindings(plan, tools);
  tellPlan(plan, commandLine);
  if (plan.conflicts.length > 0) throw new CommandError(`Nothing is taken back: ${plan.conflicts.map((conflict) => describeConflict(conflict, plan.top)).join(' ')}`);
  const way = wayOf(words, plan);
  const preview = await previewChange(tools, changeOf(plan, way, tools, words), commandLine.signal);
  for (const { hash, subject } of preview.alsoPushed) commandLine.errors.write(`warning: ${hash.slice(0, 8)} ${subject} is pushed with it.\n`);
  if (words.dryRun !== true) requireAnswers(plan, words);
  const delivered = words.dryRun === true ? undefined : await carryOut(plan, way, words, tools, commandLine);
  const outcome = { plan, delivered, findings };
  await writeText(commandLine.output, words.format === 'json' ? `${JSON.stringify(describeOutcome(outcome, files))}\n` : formatOutcome(outcome, files));
  return findings.some(({ problem }) => problem.severity === 'error') ? 1 : 0;
}

interface Outcome {
  readonly plan: RollbackPlan;
  readonly delivered: DeliveredChange | undefined;
  readonly findings: ReturnType<typeof newFindings>;
}

async function resolveTo(to: string, files: OpenFiles, { signal }: CommandLine): Promise<string> {
  const top = await gitRepositories.topOf(files.workspace, signal);
  if (top === undefined) throw new CommandError('This folder is in no git repository.');
  return gitRepositories.commitOf(top, to, signal);
}

function newFindings(
  { states, environment }: RollbackPlan,
  { workspace }: RollbackTools,
): readonly { readonly problem: ReturnType<RollbackTools['workspace']['problemsOf']>[number] }[] {
  const find = (state: RollbackPlan['states']['before']): ReturnType<RollbackTools['workspace']['problemsOf']> => {
    const there = state.delivery.model.environments.find(({ id }) => id === environment.id);
    return there ? workspace.problemsOf(state, there) : [];
  };
  const known = new Set(find(states.before).map(({ code, message }) => `${code}\0${message}`));
  return find(states.after).flatMap((problem) => (known.has(`${problem.code}\0${problem.message}`) ? [] : [{ problem }]));
}

function tellPlan({ undoneBy, alsoChanged, isSameAsThen, to, environment }: RollbackPlan, { errors }: CommandLine): void {
  for (const { message, prevention } of undoneBy) errors.write(`warning: ${message} ${prevention}\n`);
  for (const { label } of alsoChanged) errors.write(`warning: ${label} changes with it, as the commits changed it too.\n`);
  if (!isSameAsThen)
    errors.write(`warning: ${environment.label} does not become quite what it was at ${to.hash.slice(0, 8)}: something else that it is made of has changed since.\n`);
}

/** A change for review answers for protected environments. */
function requireAnswers({ environment, alsoChanged, isProtected }: RollbackPlan, { branch, protected: typed = [], yes }: RollbackWords): void {
  if (branch !== undefined) return;
  const names = [...(isProtected ? [environment] : []), ...alsoChanged.filter((each) => each.isProtected)].map((each) => each.name);
  const missing = [...new Set(names)].find((each) => !typed.includes(each));
  if (missing !== undefined) throw new CommandError(`${missing} is protected. Say --protected ${missing}, or propose it with --branch.`);
  if (alsoChanged.length > 0 && yes !== true) throw new CommandError(`${alsoChanged.map(({ label }) => label).join(', ')} would change too. Answer with --yes.`);
}

function wayOf({ branch, push }: RollbackWords, { environment, to }: RollbackPlan): DeliveryWay {
  if (branch !== undefined) return { kind: 'pullRequest', topicBranch: branch === true ? rollbackBranch(environment.label, to.hash) : branch };
  return { kind: push === true ? 'push' : 'commit' };
}

function changeOf(plan: RollbackPlan, way: DeliveryWay, tools: RollbackTools, { message = plan.change.message }: RollbackWords): Parameters<typeof previewChange>[1] {
  return { top: plan.top, branch: plan.branch, way, plan: (base, signal) => planRollbackOn(plan, base, message, tools, signal) };
}

function carryOut(
  plan: RollbackPlan,
  way: DeliveryWay,
  { message, verify }: RollbackWords,
  tools: Parameters<typeof runRollback>[2],
  { errors, signal }: CommandLine,
): Promise<DeliveredChange> {
  return runRollback(plan, { way, message, skipHooks: verify === false, tell: (text) => void errors.write(`${text}\n`) }, tools, signal);
}

function textsOf({ change, states }: RollbackPlan): readonly SourceEdit[] {
  const decode = (content: string | Uint8Array | undefined): string => (typeof content === 'string' ? content : new TextDecoder().decode(content));
  return change.edits.map(({ path, content }) => ({ path, before: states.before.tree.read(path)?.text ?? '', after: decode(content) }));
}

function describeOutcome({ plan, delivered, findings }: Outcome, { label }: OpenFiles): unknown {
  const mask = makeMask();
  const rendered = compareRenderings(plan.before, plan.after).map((change): ComparedObject => describeChange(change, { label }, mask));
  return {
    from: plan.reverted[0]?.hash,
    to: plan.environment.label,
    toCommit: plan.to.hash,
    branch: delivered?.writtenTo ?? plan.branch,
    ...(delivered?.commit !== undefined && { commit: delivered.commit }),
    pushed: delivered?.isPushed ?? false,
    ...(delivered?.pullRequest && { pullRequest: delivered.pullRequest.url }),
    edits: describeEdits(textsOf(plan), label),
    rendered,
    findings: findings.map(({ problem }) => describeFinding({ problem, environments: [plan.environment.label] }, label)),
    reverted: plan.reverted.map(({ hash, subject, author, date }) => ({ commit: hash, subject, author, date })),
    sameAsThen: plan.isSameAsThen,
    alsoChanged: plan.alsoChanged.map((each) => each.label),
    undoneBy: plan.undoneBy,
    notes: delivered?.notes ?? [],
  };
}

function formatOutcome({ plan, delivered }: Outcome, { label }: OpenFiles): string {
  const mask = makeMask();
  const rendered = formatComparison(compareRenderings(plan.before, plan.after).map((change) => describeChange(change, { label }, mask)));
  const reverted = plan.reverted.map(({ hash, subject }) => `# takes back ${hash.slice(0, 8)} ${subject}\n`).join('');
  return `${reverted}${formatFiles(textsOf(plan), label)}\n${plan.environment.label}\n${rendered}${delivered ? formatDelivered(delivered) : ''}`;
}

function formatDelivered({ writtenTo, commit, isPushed, pullRequest, notes }: DeliveredChange): string {
  const done = commit === undefined ? 'The branch has it already.' : `Committed ${commit.slice(0, 8)} to ${writtenTo}${isPushed ? ' and pushed it' : ''}.`;
  return `\n${[done, ...notes, ...(pullRequest ? [`Pull request: ${pullRequest.url}`] : [])].join('\n')}\n`;
}

function describeHistory({ deliveries, environment, branch, incomplete }: EnvironmentHistory): unknown {
  return {
    environment: environment.label,
    branch,
    deliveries: deliveries.map(({ hash, subject, author, date, images, problem }) => ({
      commit: hash,
      subject,
      author,
      date,
      images: images.map(describeImage),
      ...(problem !== undefined && { problem }),
    })),
    ...(incomplete !== undefined && { incomplete }),
  };
}

function formatHistory({ deliveries, environment, branch, incomplete }: EnvironmentHistory): string {
  const lines = deliveries.map(
    ({ hash, subject, author, date, images, problem }) =>
      `  ${hash.slice(0, 8)}  ${date.slice(0, 16).replace('T', ' ')}  ${author}  ${subject}\n            ${problem ?? images.map(describeImage).join(' ')}\n`,
  );
  return `${environment.label} on ${branch}\n${lines.join('')}${incomplete === undefined ? '' : `${incomplete}\n`}`;
}
