/**
 * `promote FROM TO...`: moves image versions between environments. The edits are worked out on the branch that each target
 * follows, shown, and then written: into the files here, or as a commit, pushed, or pushed as a branch for review.
 */
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { gitWriter } from '../adapters/git/gitWriter.js';
import { readKubernetesTable } from '../adapters/disk/kubernetesTable.js';
import { toSystemPath } from '../adapters/disk/paths.js';
import { writeWhole } from '../adapters/disk/textFile.js';
import { messageOptions } from '../core/gitops/commitSubject.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import { describeVersion } from '../core/promote/imageVersion.js';
import { diffLines, formatUnifiedDiff } from '../core/promote/lineDiff.js';
import { promotionMessage, topicBranchOf } from '../core/promote/promotionWords.js';
import { Checks } from '../services/checks.js';
import type { DeliveredChange, DeliveryWay } from '../services/deliverChange.js';
import type { EditWorkspace } from '../services/editBases.js';
import { planPromotion, type PlannedBranch, type PlannedTarget, type PromotionPlan } from '../services/promotion.js';
import { deliverBranch, openPromotions } from '../services/promotionWorkspace.js';
import { describeFinding, type FindingFields } from './check.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { describeChange, formatComparison, makeMask, type ComparedObject } from './compare.js';
import { openFiles, type OpenFiles } from './openFiles.js';
import { formatProblem } from './problemLines.js';

export interface PromoteWords {
  readonly workspace?: string;
  readonly app?: readonly string[];
  readonly image?: readonly string[];
  readonly dryRun?: true;
  readonly commit?: true;
  readonly push?: true;
  /** A branch of its own, for a pull request. */
  readonly branch?: string;
  readonly message?: string;
  readonly skipCi?: true;
  /** Names of protected environments, typed again. */
  readonly protected?: readonly string[];
  readonly yes?: true;
  readonly format: 'text' | 'json';
  readonly build: BuildOptions;
}

/** One branch's part, as programs read it. */
interface BranchFields {
  readonly branch: string;
  readonly commit?: string;
  readonly pushed: boolean;
  readonly pullRequest?: string;
  readonly notes: readonly string[];
}

interface EditFields {
  readonly file: string;
  /** The lines, without the last line end. */
  readonly before: string;
  readonly after: string;
  /** 1-based. */
  readonly line: number;
}

/** Plans and carries out a promotion; status 1 where the result has errors that were not there before. */
export async function promote(from: string, to: readonly string[], words: PromoteWords, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, words.workspace);
  const workspace = openWorkspace(files, words, commandLine);
  const commits = words.commit === true || words.push === true || words.branch !== undefined;
  const request = { from, to, apps: words.app ?? [], images: words.image ?? [], workingFiles: !commits && words.dryRun !== true };
  const plan = await planPromotion(request, workspace, commandLine.signal);
  tellPlan(plan, commandLine);
  if (plan.refusal !== undefined) throw new CommandError(`Nothing is promoted: ${plan.refusal}`);
  if (words.dryRun !== true) requireAnswers(plan, words);
  const outcomes = words.dryRun === true ? [] : await carryOut(plan, words, { files, workspace, commits }, commandLine);
  const newErrors = plan.targets.some(({ findings }) => findings.some(({ problem, isNew }) => isNew && problem.severity === 'error'));
  await writeText(commandLine.output, words.format === 'json' ? `${JSON.stringify(describePlan(plan, outcomes, from, files))}\n` : formatPlan(plan, outcomes, files));
  return newErrors ? 1 : 0;
}

function openWorkspace(files: OpenFiles, { build }: PromoteWords, { errors, programFolder }: CommandLine): EditWorkspace {
  const checks = new Checks({
    onFailure: (rule, error) => errors.write(`The rule ${rule.id} failed by a bug; please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
    readTable: () => readKubernetesTable(programFolder),
  });
  return openPromotions({ workspace: files.open(build), writer: gitWriter, checks });
}

function tellPlan({ warnings, targets, refusal }: PromotionPlan, { errors }: CommandLine): void {
  for (const warning of [...warnings, ...targets.flatMap((target) => target.warnings)]) errors.write(`warning: ${warning}\n`);
  if (refusal !== undefined) return;
  for (const { environment, refusal: reason } of targets) if (reason !== undefined) errors.write(`warning: ${environment.label} stays as it is: ${reason}\n`);
}

/** A change for review answers for protected environments; everything else is answered here. */
function requireAnswers({ questions }: PromotionPlan, words: PromoteWords): void {
  for (const { question, typed } of questions) {
    if (typed === undefined ? words.yes === true : words.branch !== undefined || words.protected?.includes(typed) === true) continue;
    throw new CommandError(typed === undefined ? `${question} Answer with --yes.` : `${question} Say --protected ${typed}, or propose it with --branch.`);
  }
}

async function carryOut(
  plan: PromotionPlan,
  words: PromoteWords,
  { files, workspace, commits }: { readonly files: OpenFiles; readonly workspace: EditWorkspace; readonly commits: boolean },
  { errors, signal }: CommandLine,
): Promise<readonly BranchFields[]> {
  const outcomes: BranchFields[] = [];
  for (const branch of plan.branches) {
    if (!commits) {
      for (const { path, after } of branch.files) if (after !== undefined) writeWhole(toSystemPath(files.tree.realPath(path)), after);
      outcomes.push({ branch: branch.branch ?? '', pushed: false, notes: [] });
      continue;
    }
    const message = words.message ?? promotionMessage(planOf(plan, branch), messageOptions(workspace.present().delivery.settings.commits, { skipCi: words.skipCi }));
    const tell = (text: string): void => void errors.write(`${text}\n`);
    const delivered = await deliverBranch(
      { branch, message, way: wayOf(words, plan, branch), unsaved: [], tell },
      { writer: gitWriter, repositories: gitRepositories },
      workspace,
      signal,
    );
    outcomes.push(describeDelivered(delivered));
  }
  return outcomes;
}

function wayOf({ branch, push }: PromoteWords, plan: PromotionPlan, planned: PlannedBranch): DeliveryWay {
  if (branch === undefined) return { kind: push === true ? 'push' : 'commit' };
  // One name can't be two branches of one repository.
  return { kind: 'pullRequest', topicBranch: plan.branches.length === 1 ? branch : topicBranchOf(branch, planned.branch) };
}

function planOf({ targets }: PromotionPlan, branch: PlannedBranch): readonly PlannedTarget[] {
  return targets.filter(({ environment, changes }) => changes.length > 0 && branch.environments.includes(environment.id));
}

function describeDelivered({ writtenTo, commit, isPushed, pullRequest, notes, alsoPushed }: DeliveredChange): BranchFields {
  const also = alsoPushed.map(({ hash, subject }) => `${hash.slice(0, 8)} ${subject} was pushed with it.`);
  return { branch: writtenTo, ...(commit !== undefined && { commit }), pushed: isPushed, ...(pullRequest && { pullRequest: pullRequest.url }), notes: [...notes, ...also] };
}

function editsOf({ files }: PlannedBranch, label: OpenFiles['label']): readonly EditFields[] {
  return files.flatMap(({ path, before = '', after = '' }) =>
    diffLines(before, after).map((hunk) => ({ file: label(path), before: trimEnd(hunk.before), after: trimEnd(hunk.after), line: hunk.beforeLine + 1 })),
  );
}

function trimEnd(lines: readonly string[]): string {
  return lines.join('').replace(/\r?\n$/, '');
}

function describePlan(plan: PromotionPlan, outcomes: readonly BranchFields[], from: string, files: OpenFiles): unknown {
  const mask = makeMask();
  const changed = plan.targets.filter(({ changes }) => changes.length > 0);
  const [outcome] = outcomes;
  return {
    from,
    to: changed.map(({ environment }) => environment.label).join(', '),
    branch: outcome?.branch ?? plan.branches[0]?.branch ?? '',
    ...(outcome?.commit !== undefined && { commit: outcome.commit }),
    pushed: outcomes.length > 0 && outcomes.every(({ pushed }) => pushed),
    ...(outcome?.pullRequest !== undefined && { pullRequest: outcome.pullRequest }),
    edits: plan.branches.flatMap((branch) => editsOf(branch, files.label)),
    rendered: changed.flatMap(({ environment, changes }) =>
      changes.map((change): ComparedObject & { environment: string } => ({ environment: environment.label, ...describeChange(change, files, mask) })),
    ),
    findings: changed.flatMap(({ environment, findings }) =>
      findings.map(({ problem, isNew }): FindingFields & { isNew: boolean } => ({ ...describeFinding({ problem, environments: [environment.label] }, files.label), isNew })),
    ),
    branches: outcomes,
    targets: plan.targets.map(({ environment, refusal, isAlong, moves, warnings }) => ({
      environment: environment.label,
      ...(refusal !== undefined && { refusal }),
      ...(isAlong && { along: true }),
      images: moves.map(({ image, before, after, state, reason }) => ({
        image,
        before: before.map(describeVersion),
        ...(after && { after: describeVersion(after) }),
        state,
        ...(reason !== '' && { reason }),
      })),
      warnings,
    })),
  };
}

function formatPlan(plan: PromotionPlan, outcomes: readonly BranchFields[], files: OpenFiles): string {
  const mask = makeMask();
  const edits = plan.branches.map(({ branch, files: edited }) => {
    const diffs = edited.map(({ path, before = '', after = '' }) => formatUnifiedDiff({ name: files.label(path), text: before }, { name: files.label(path), text: after }));
    return `${branch === undefined || plan.branches.length < 2 ? '' : `# on ${branch}\n`}${diffs.join('')}`;
  });
  const targets = plan.targets.map(({ environment, changes, others, findings }) => {
    if (changes.length === 0) return '';
    const rendered = formatComparison(changes.map((change) => describeChange(change, files, mask)));
    const fresh = findings.filter(({ isNew }) => isNew).map(({ problem }) => formatProblem(problem, files.label, false));
    const stays =
      others.length === 0 ? '' : `${environment.label} differs in ${others.length === 1 ? 'one other object' : `${others.length} other objects`} and keeps what it has there.\n`;
    return `\n${environment.label}\n${rendered}${stays}${fresh.join('')}`;
  });
  return `${edits.join('')}${targets.join('')}${outcomes.map(formatOutcome).join('')}`;
}

function formatOutcome({ branch, commit, pushed, pullRequest, notes }: BranchFields): string {
  const done = commit === undefined ? 'Edited the files; nothing is committed.' : `Committed ${commit.slice(0, 8)} to ${branch}${pushed ? ' and pushed it' : ''}.`;
  return `\n${[done, ...notes, ...(pullRequest === undefined ? [] : [`Pull request: ${pullRequest}`])].join('\n')}\n`;
}
