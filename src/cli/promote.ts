/**
 * `promote FROM TO...`: moves image versions between environments. The edits are worked out on the branch that each target
 * follows, shown, and then written: into the files here, or as a commit, pushed, or pushed as a branch for review.
 */
import { messageOptions } from '../core/gitops/commitSubject.js';
import { describeVersion } from '../core/promote/imageVersion.js';
import { promotionMessage } from '../core/promote/promotionWords.js';
import type { RevisionTree } from '../services/ports.js';
import { planAgain, planPromotion, type PlannedBranch, type PlannedTarget, type PromotionPlan } from '../services/promotion.js';
import { describeFinding, type FindingFields } from './check.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { describeChange, formatComparison, makeMask, type ComparedObject } from './compare.js';
import {
  deliverEdits,
  describeEdits,
  describeOutcome,
  formatEdits,
  formatOutcome,
  makesCommits,
  openEdits,
  requireAnswers,
  type BranchFields,
  type EditWords,
} from './editedBranches.js';
import { openFiles, type OpenFiles } from './openFiles.js';
import { formatProblem } from './problemLines.js';

export interface PromoteWords extends EditWords {
  readonly app?: readonly string[];
  readonly image?: readonly string[];
}

/** Plans and carries out a promotion; status 1 where the result has errors that were not there before. */
export async function promote(from: string, to: readonly string[], words: PromoteWords, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, words.workspace);
  const workspace = openEdits(files.open(words.build), commandLine);
  const request = { from, to, apps: words.app ?? [], images: words.image ?? [], workingFiles: !makesCommits(words) && words.dryRun !== true };
  const plan = await planPromotion(request, workspace, commandLine.signal);
  tellPlan(plan, commandLine);
  if (plan.refusal !== undefined) throw new CommandError(`Nothing is promoted: ${plan.refusal}`);
  if (words.dryRun !== true) requireAnswers(plan.questions, words);
  const options = messageOptions(workspace.present().delivery.settings.commits, { skipCi: words.skipCi });
  const branches = plan.branches.map((edits) => ({
    edits,
    message: () => promotionMessage(planOf(plan, edits), options),
    again: (tree: RevisionTree, signal: AbortSignal) => planAgain(edits, tree, workspace, signal),
  }));
  const outcomes = words.dryRun === true ? [] : await deliverEdits(branches, words, files, commandLine);
  const newErrors = plan.targets.some(({ findings }) => findings.some(({ problem, isNew }) => isNew && problem.severity === 'error'));
  await writeText(commandLine.output, words.format === 'json' ? `${JSON.stringify(describePlan(plan, outcomes, from, files))}\n` : formatPlan(plan, outcomes, files));
  return newErrors ? 1 : 0;
}

function tellPlan({ warnings, targets, refusal }: PromotionPlan, { errors }: CommandLine): void {
  for (const warning of [...warnings, ...targets.flatMap((target) => target.warnings)]) errors.write(`warning: ${warning}\n`);
  if (refusal !== undefined) return;
  for (const { environment, refusal: reason } of targets) if (reason !== undefined) errors.write(`warning: ${environment.label} stays as it is: ${reason}\n`);
}

function planOf({ targets }: PromotionPlan, branch: PlannedBranch): readonly PlannedTarget[] {
  return targets.filter(({ environment, changes }) => changes.length > 0 && branch.environments.includes(environment.id));
}

function describePlan(plan: PromotionPlan, outcomes: readonly BranchFields[], from: string, files: OpenFiles): unknown {
  const mask = makeMask();
  const changed = plan.targets.filter(({ changes }) => changes.length > 0);
  return {
    from,
    to: changed.map(({ environment }) => environment.label).join(', '),
    ...describeOutcome(outcomes, plan.branches),
    edits: plan.branches.flatMap((branch) => describeEdits(branch.files, files.label)),
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
  const targets = plan.targets.map(({ environment, changes, others, findings }) => {
    if (changes.length === 0) return '';
    const rendered = formatComparison(changes.map((change) => describeChange(change, files, mask)));
    const fresh = findings.filter(({ isNew }) => isNew).map(({ problem }) => formatProblem(problem, files.label, false));
    const stays =
      others.length === 0 ? '' : `${environment.label} differs in ${others.length === 1 ? 'one other object' : `${others.length} other objects`} and keeps what it has there.\n`;
    return `\n${environment.label}\n${rendered}${stays}${fresh.join('')}`;
  });
  return `${formatEdits(plan.branches, files.label)}${targets.join('')}${outcomes.map(formatOutcome).join('')}`;
}
