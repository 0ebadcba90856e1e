/**
 * `registry-move FROM TO`: takes images from another registry, or under another name, on every branch that an environment
 * follows, and shows that nothing but names of images changes in what environments render to.
 */
import { messageOptions } from '../core/gitops/commitSubject.js';
import { registryMoveMessage } from '../core/promote/commitMessage.js';
import type { RevisionTree } from '../services/ports.js';
import { describeMoved, moveAgain, planMoveOfRegistry, type RegistryMovePlan } from '../services/registryMove.js';
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
import { labelLocation, openFiles, type OpenFiles } from './openFiles.js';

export interface RegistryMoveWords extends EditWords {
  /** Also references in arguments, commands and variables of containers. */
  readonly texts?: true;
}

/** Plans and carries out a change of the registry. */
export async function moveRegistry(from: string, to: string, words: RegistryMoveWords, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, words.workspace);
  const workspace = openEdits(files.open(words.build), commandLine);
  const options = { workingFiles: !makesCommits(words) && words.dryRun !== true, includesTexts: words.texts === true };
  const plan = await planMoveOfRegistry({ from, to }, workspace, options, commandLine.signal);
  tellPlan(plan, words, files, commandLine);
  if (plan.refusal !== undefined) throw new CommandError(`Nothing is changed: ${plan.refusal}`);
  if (words.dryRun !== true) requireAnswers(plan.questions, words);
  const message = (): string =>
    registryMoveMessage(
      plan.move,
      plan.environments.map((moved) => describeMoved(moved, plan.move)),
      messageOptions(workspace.present().delivery.settings.commits, { skipCi: words.skipCi }),
    );
  const branches = plan.branches.map((edits) => ({ edits, message, again: (tree: RevisionTree, signal: AbortSignal) => moveAgain(edits, tree, workspace, signal) }));
  const outcomes = words.dryRun === true ? [] : await deliverEdits(branches, words, files, commandLine);
  await writeText(commandLine.output, words.format === 'json' ? `${JSON.stringify(describePlan(plan, outcomes, files))}\n` : formatPlan(plan, outcomes, files));
  return 0;
}

function tellPlan({ warnings, texts, leftOver, move }: RegistryMovePlan, words: RegistryMoveWords, { label }: OpenFiles, { errors }: CommandLine): void {
  for (const warning of warnings) errors.write(`warning: ${warning}\n`);
  if (words.texts !== true) {
    for (const { place, references } of texts) {
      const at = labelLocation(place.source.locate(place.start, place.end), label);
      errors.write(`warning: ${at} names ${references.join(', ')} in a text of a container and stays; --texts changes it too.\n`);
    }
  }
  for (const location of leftOver) errors.write(`warning: ${labelLocation(location, label)} names ${move.from} too; no environment is rendered from it, so it stays.\n`);
}

function describePlan({ move, branches, environments, texts, leftOver }: RegistryMovePlan, outcomes: readonly BranchFields[], files: OpenFiles): unknown {
  const mask = makeMask();
  const { label } = files;
  return {
    from: move.from,
    to: move.to,
    ...describeOutcome(outcomes, branches),
    edits: branches.flatMap((branch) => describeEdits(branch.files, label)),
    rendered: environments.flatMap(({ environment, changes }) =>
      changes.map((change): ComparedObject & { environment: string } => ({ environment: environment.label, ...describeChange(change, files, mask) })),
    ),
    findings: [],
    branches: outcomes,
    texts: texts.map(({ place, references }) => ({ file: label(place.source.path), line: place.source.locate(place.start, place.end).range.start.line + 1, references })),
    leftOver: leftOver.map(({ path, range }) => ({ file: label(path), line: range.start.line + 1 })),
  };
}

function formatPlan({ branches, environments }: RegistryMovePlan, outcomes: readonly BranchFields[], files: OpenFiles): string {
  const mask = makeMask();
  const targets = environments.map(({ environment, changes }) => `\n${environment.label}\n${formatComparison(changes.map((change) => describeChange(change, files, mask)))}`);
  return `${formatEdits(branches, files.label)}${targets.join('')}${outcomes.map(formatOutcome).join('')}`;
}
