/** What is asked before a plan is applied: whether to prune, each dangerous thing by itself, whose fields are taken over, and a protected environment's name. */
import type { PlanQuestion, SyncPlanView } from '../../server/clusterProtocol.js';
import { choose, confirm } from '../confirm.js';
import { countOf } from '../delivery/words.js';
import { nameOf, shortRevision } from '../live/words.js';
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
  return choose(`Prune ${countOf(pruned.length, 'object')} that git does not have any more?`, [
    { label: 'Sync without Pruning', detail: 'They stay as they are; a later sync can prune them', icon: 'check', value: false },
    { label: 'Sync and Prune', detail: `Deletes ${names}`, icon: 'trash', value: true },
  ]);
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
  const { label, isProtected, context, isPast, revision } = plan;
  const what = isPast ? `${label} back to ${shortRevision(revision)}` : label;
  const isConfirmed =
    (wasAsked && !isProtected) || (await confirm({ label, isProtected, question: `Sync ${what} in ${context}?`, detail: `${capitalize(wordsOfPlan(plan))}.`, action: 'Sync' }));
  return isConfirmed ? { confirmed, takeOver: takeOver === true } : undefined;
}

async function askForTakeOver(plan: SyncPlanView): Promise<boolean | 'unasked' | undefined> {
  const contested = objectsOf(plan).filter(({ conflicts }) => conflicts.length > 0);
  if (!plan.hasConflicts || contested.length === 0) return 'unasked';
  const names = namesOf(contested.map(({ object, conflicts }) => `${nameOf(object)} (${conflicts.join(', ')})`));
  return choose(`Take over fields that others set in ${countOf(contested.length, 'object')}?`, [
    { label: 'Leave Theirs', detail: `These fields stay as they are, and the rest is synced: ${names}`, icon: 'person', value: false },
    { label: 'Take Over', detail: `They become what git says: ${names}`, icon: 'person-add', value: true },
  ]);
}

/** True for yes, false for no; undefined where the user gave up. */
async function askFor({ question, isDangerous }: PlanQuestion): Promise<boolean | undefined> {
  return choose(question, [
    { label: 'No, Leave It', detail: 'The rest is synced', icon: 'check', value: false },
    { label: isDangerous ? 'Yes, I Am Sure' : 'Yes', detail: isDangerous ? 'This cannot be undone' : '', icon: isDangerous ? 'warning' : 'check', value: true },
  ]);
}

function namesOf(names: readonly string[]): string {
  const more = names.length > maximumNames ? [`and ${names.length - maximumNames} more`] : [];
  return [...names.slice(0, maximumNames), ...more].join(', ');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
