/** What the view of deliveries shows: a plan of edits, how far its run is, how it ended; and words for all of it. Data in, data out. */
import type { DeliverWay, EditPlanView, EditProgress, ImageMove, PlanBranch, PlanTarget } from '../../server/promoteProtocol.js';
import { countOf } from '../delivery/words.js';

export type EditState =
  | { readonly kind: 'none' }
  | { readonly kind: 'plan'; readonly plan: EditPlanView }
  | { readonly kind: 'running'; readonly plan: EditPlanView; readonly progress: EditProgress | undefined }
  | { readonly kind: 'over'; readonly plan: EditPlanView; readonly progress: EditProgress };

/** What the view is called while it shows a plan. */
export const kindNames: Readonly<Record<EditPlanView['kind'], string>> = { promotion: 'Promotion', rollback: 'Rollback', registry: 'Image Registry' };

/** What becomes of a state when the server tells how far a run is: only the run of the plan that is shown counts. */
export function advance(state: EditState, runId: string | undefined, progress: EditProgress): EditState {
  if (state.kind !== 'running' || runId === undefined || progress.runId !== runId) return state;
  return { kind: isEnd(progress.phase) ? 'over' : 'running', plan: state.plan, progress };
}

export function isEnd(phase: EditProgress['phase']): boolean {
  return phase === 'done' || phase === 'failed' || phase === 'cancelled';
}

/** The targets that something is done to. */
export function changedTargets({ targets }: EditPlanView): readonly PlanTarget[] {
  return targets.filter(({ refusal, moves, rendered }) => refusal === undefined && (moves.some(({ state }) => state === 'moves') || differs(rendered)));
}

function differs({ added, removed, changed }: PlanTarget['rendered']): boolean {
  return added + removed + changed > 0;
}

/** `sha-1 → sha-2`, `2 images`, `already has sha-2`: what becomes of a target's images. */
export function wordsOfMoves(moves: readonly ImageMove[]): string {
  const moving = moves.filter(({ state }) => state === 'moves');
  const [only, second] = moving;
  if (only && !second) return `${only.before} → ${only.after}`;
  if (only) return countOf(moving.length, 'image');
  const [same] = moves.filter(({ state }) => state === 'same');
  return same ? `already has ${same.after}` : '';
}

/** `2 environments, 1 file on main`: what a plan does, in one sentence's room. */
export function wordsOfPlan(plan: EditPlanView): string {
  const changed = changedTargets(plan);
  const files = plan.branches.reduce((sum, branch) => sum + branch.files.length, 0);
  const branches = [...new Set(plan.branches.flatMap(({ branch }) => (branch === undefined ? [] : [branch])))];
  const on = branches.length === 0 ? '' : ` on ${branches.join(' and ')}`;
  if (files === 0) return 'nothing to change';
  return `${changed.length > 0 ? `${countOf(changed.length, 'environment')}, ` : ''}${countOf(files, 'file')}${on}`;
}

/** True where carrying it out would write something. */
export function isDeliverable({ refusal, branches }: EditPlanView): boolean {
  return refusal === undefined && branches.some(({ files }) => files.length > 0);
}

/** The ways that all branches of a plan allow, the proposed one first; those of the first branch where they have none in common. */
export function waysOf({ branches }: EditPlanView): readonly DeliverWay[] {
  const [first, ...others] = [...branches].sort((a, b) => Number(b.isProtected) - Number(a.isProtected));
  const common = (first?.ways ?? []).filter((way) => others.every(({ ways }) => ways.includes(way)));
  return common.length > 0 ? common : (first?.ways ?? []);
}

export interface WayWords {
  readonly label: string;
  readonly detail: string;
  readonly icon: string;
}

/** What a way is called, and what comes of it. */
export function wordsOfWay(way: DeliverWay, branches: readonly PlanBranch[]): WayWords {
  const names = [...new Set(branches.flatMap(({ branch }) => (branch === undefined ? [] : [branch])))].join(' and ');
  const commits = branches.length === 1 ? `One commit on ${names}` : `One commit each on ${names}`;
  const away = branches.some(({ isCheckedOut }) => !isCheckedOut) ? '; your working tree is not touched' : '';
  switch (way) {
    case 'push':
      return { label: 'Commit and Push', detail: `${commits}, and followed until it is healthy${away}`, icon: 'cloud-upload' };
    case 'pullRequest':
      return {
        label: 'Propose by Pull Request',
        detail: `${branches.map(({ topicBranch, branch }) => `${topicBranch} into ${branch ?? ''}`).join(', ')}`,
        icon: 'git-pull-request',
      };
    case 'commit':
      return { label: 'Commit Only', detail: `${commits}; nothing is delivered before you push it${away}`, icon: 'git-commit' };
    case 'edit':
      return { label: 'Edit Files Only', detail: 'The files change in the editor, to be looked at, saved and committed by you', icon: 'edit' };
  }
}

/** How a run ended or where it is, in one sentence. */
export function wordsOfProgress(progress: EditProgress | undefined): string {
  if (!progress) return 'Starting …';
  return progress.message;
}

/** The pages of pull requests that a run led to. */
export function pullRequestsOf(progress: EditProgress | undefined): readonly string[] {
  return (progress?.branches ?? []).flatMap(({ pullRequestUrl }) => (pullRequestUrl === undefined ? [] : [pullRequestUrl]));
}
