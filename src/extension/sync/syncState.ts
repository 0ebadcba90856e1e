/** What the view of syncs shows: a plan, how far its run is, and how it ended. Data in, data out. */
import type { PlannedObjectView, SyncedObjectView, SyncPlanView, SyncProgress } from '../../server/clusterProtocol.js';
import { nameOf } from '../live/words.js';

export type SyncState =
  | { readonly kind: 'none' }
  | { readonly kind: 'plan'; readonly plan: SyncPlanView }
  | { readonly kind: 'running'; readonly plan: SyncPlanView; readonly progress: SyncProgress | undefined }
  | { readonly kind: 'over'; readonly plan: SyncPlanView; readonly progress: SyncProgress };

export type PlannedAction = PlannedObjectView['action'];

/** True for what a run does something about. */
export function isChange(action: PlannedAction): boolean {
  return action !== 'unchanged' && action !== 'blocked';
}

/** All objects of a plan, in the order of the run. */
export function objectsOf({ waves }: SyncPlanView): readonly PlannedObjectView[] {
  return waves.flatMap(({ objects }) => objects);
}

const actionWords: Readonly<Record<PlannedAction, string>> = {
  create: 'to create',
  change: 'to change',
  adopt: 'to adopt',
  replace: 'to replace',
  prune: 'to prune',
  hook: 'to run as hook',
  blocked: 'blocked',
  unchanged: 'unchanged',
};

/** `2 to create, 1 to change, 12 unchanged`. */
export function wordsOfPlan(plan: SyncPlanView): string {
  const objects = objectsOf(plan);
  const parts = Object.entries(actionWords).flatMap(([action, words]) => {
    const count = objects.filter((object) => object.action === action).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}

const resultWords: Readonly<Record<SyncedObjectView['action'], string>> = {
  created: 'created',
  changed: 'changed',
  unchanged: 'unchanged',
  pruned: 'pruned',
  blocked: 'blocked',
  failed: 'failed',
};

/** `2 created, 1 failed`. */
export function wordsOfResult({ objects }: SyncProgress): string {
  const parts = Object.entries(resultWords).flatMap(([action, words]) => {
    const count = objects.filter((object) => object.action === action).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return parts.length === 0 ? 'nothing was written' : parts.join(', ');
}

/** The first object that failed or was blocked, in words; undefined where none did. */
export function firstFailure({ objects }: SyncProgress): { readonly object: SyncedObjectView; readonly words: string } | undefined {
  const object = objects.find(({ action }) => action === 'failed') ?? objects.find(({ action }) => action === 'blocked') ?? objects.find(({ health }) => health === 'Degraded');
  if (!object) return undefined;
  const state = object.action === 'failed' || object.action === 'blocked' ? object.action : 'is Degraded';
  return { object, words: `${nameOf(object.object)} ${state}${object.message === '' ? '' : `: ${object.message}`}` };
}

/** What becomes of a state when the server tells how far a run is: only the run of the plan that is shown counts. */
export function advance(state: SyncState, runId: string | undefined, progress: SyncProgress): SyncState {
  if (state.kind !== 'running' || (runId !== undefined ? progress.runId !== runId : progress.id !== state.plan.id)) return state;
  const isOver = progress.phase === 'done' || progress.phase === 'failed' || progress.phase === 'cancelled';
  return { kind: isOver ? 'over' : 'running', plan: state.plan, progress };
}
