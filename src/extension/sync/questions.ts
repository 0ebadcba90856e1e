/** What is asked before a plan is applied: whether to prune, each dangerous thing by itself, whose fields are taken over, and a protected environment's name. */
import * as vscode from 'vscode';
import type { PlanQuestion, SyncPlanView } from '../../server/clusterProtocol.js';
import { confirm } from '../confirm.js';
import { countOf } from '../delivery/words.js';
import { nameOf } from '../live/words.js';
import { objectsOf, wordsOfPlan } from './syncState.js';

export interface PlanAnswers {
  /** Keys of the questions that were answered with yes. */
  readonly confirmed: readonly string[];
  readonly takeOver: boolean;
}

/** More names than these are only counted. */
const maximumNames = 8;

/** Whether what git doesn't have any more is deleted; `unasked` where there is nothing of the kind, undefined where the user gave up. */
export async function askForPruning(plan: SyncPlanView): Promise<boolean | 'unasked' | undefined> {
  const pruned = objectsOf(plan).filter(({ action }) => action === 'prune');
  if (pruned.length === 0) return 'unasked';
  const names = namesOf(pruned.map(({ object }) => nameOf(object)));
  const [prune, keep] = ['Sync and Prune', 'Sync without Pruning'];
  const answer = await vscode.window.showWarningMessage(
    `Sync ${plan.label} in ${plan.context}, and delete ${countOf(pruned.length, 'object')} that git does not have any more?`,
    { modal: true, detail: `${names}\n\nIn all: ${wordsOfPlan(plan)}.` },
    prune,
    keep,
  );
  return answer === undefined ? undefined : answer === prune;
}

/**
 * The answers to all the rest; undefined where the user wants none of it.
 * @param wasAsked true where the user has said yes to this sync already
 */
export async function confirmPlan(plan: SyncPlanView, wasAsked: boolean): Promise<PlanAnswers | undefined> {
  const takeOver = await askForTakeOver(plan);
  if (takeOver === undefined) return undefined;
  const confirmed: string[] = [];
  for (const question of plan.questions) {
    const answer = await askFor(question);
    if (answer === undefined) return undefined;
    if (answer) confirmed.push(question.key);
  }
  const { label, isProtected, context } = plan;
  const isConfirmed =
    (wasAsked && !isProtected) || (await confirm({ label, isProtected, question: `Sync ${label} in ${context}?`, detail: `${capitalize(wordsOfPlan(plan))}.`, action: 'Sync' }));
  return isConfirmed ? { confirmed, takeOver: takeOver === true } : undefined;
}

async function askForTakeOver(plan: SyncPlanView): Promise<boolean | 'unasked' | undefined> {
  const contested = objectsOf(plan).filter(({ conflicts }) => conflicts.length > 0);
  if (!plan.hasConflicts || contested.length === 0) return 'unasked';
  const names = namesOf(contested.map(({ object, conflicts }) => `${nameOf(object)}: ${conflicts.join(', ')}`));
  const [take, leave] = ['Take Over', 'Leave Theirs'];
  const answer = await vscode.window.showWarningMessage(
    `Take over fields that others set in ${countOf(contested.length, 'object')}?`,
    { modal: true, detail: `${names}\n\nOtherwise these fields stay as they are, and the rest is synced.` },
    take,
    leave,
  );
  return answer === undefined ? undefined : answer === take;
}

/** True for yes, false for no; undefined where the user gave up. */
async function askFor({ question, isDangerous }: PlanQuestion): Promise<boolean | undefined> {
  const [yes, no] = isDangerous ? ['Yes, I Am Sure', 'No, Leave It'] : ['Yes', 'No'];
  const answer = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail: isDangerous ? 'This cannot be undone. Without a yes it is left as it is, and the rest is synced.' : '' },
    yes,
    no,
  );
  return answer === undefined ? undefined : answer === yes;
}

function namesOf(names: readonly string[]): string {
  const more = names.length > maximumNames ? [`and ${names.length - maximumNames} more`] : [];
  return [...names.slice(0, maximumNames), ...more].join('\n');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
