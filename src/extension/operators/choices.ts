/** What a sync by Argo CD can be told, and what can be asked of an operator now, as data. */
import type { DriftRow, OperatorAction, OperatorSummary } from '../../server/clusterProtocol.js';
import { isAtWork, nameOf, shortRevision, timeOf } from '../live/words.js';

export interface SyncOption {
  readonly key: 'prune' | 'dryRun' | 'force' | 'selected' | 'revision';
  readonly label: string;
  readonly detail: string;
}

/** The options of *Sync with Argo CD*, as its own dialog has them. */
export const syncOptions: readonly SyncOption[] = [
  { key: 'prune', label: 'Prune', detail: 'Delete what is tracked and not in git any more' },
  { key: 'dryRun', label: 'Dry Run', detail: 'Only tell what would be done' },
  { key: 'force', label: 'Force', detail: 'Delete and create anew what cannot be changed: pods restart, data may be lost' },
  { key: 'selected', label: 'Selected Resources Only…', detail: 'Choose the resources; hooks do not run then' },
  { key: 'revision', label: 'Another Revision…', detail: 'For this sync only' },
];

/** What differs between live and git as a list to choose from. */
export function resourceItems(rows: readonly DriftRow[]): readonly { readonly label: string; readonly description: string; readonly object: DriftRow['object'] }[] {
  return rows
    .filter(({ state }) => state !== 'foreign')
    .map(({ object, state }) => ({ label: nameOf(object), description: [object.namespace, state].filter((word) => word !== '').join(' · '), object }));
}

/** The past deliveries that can be gone back to, the newest first. The one that is live is not among them. */
export function rollbackItems({ history, revision }: OperatorSummary): readonly { readonly label: string; readonly description: string; readonly historyId: string }[] {
  const [newest, ...others] = [...history].sort((a, b) => (a.at < b.at ? 1 : -1));
  const past = newest?.revision === revision ? others : newest ? [newest, ...others] : [];
  return past.map(({ id, revision: past, at }) => ({ label: shortRevision(past), description: `${id} · ${timeOf(at)}`, historyId: id }));
}

/** Why an action can't be had now; undefined where it can. */
export function refusalOf(action: OperatorAction['kind'], summary: OperatorSummary): string | undefined {
  const { operator, operation, isAutomated, isSuspended } = summary;
  const isBusy = isAtWork(summary);
  const name = operator === 'argocd' ? 'Argo CD' : 'Flux';
  if (action === 'terminate' && !isBusy) return `${name} does nothing now that could be terminated.`;
  if (action === 'sync' && isBusy) return `${name} is at work on it already (${operation?.phase ?? ''}). Terminate that first, or wait.`;
  if (action === 'rollback' && isAutomated) return 'Argo CD rolls nothing back while auto-sync is on: it would deliver the new revision at once. Suspend auto-sync first.';
  if (action === 'reconcile' && isSuspended) return 'Flux leaves it alone while it is suspended. Resume it first.';
  return undefined;
}
