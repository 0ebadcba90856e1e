/**
 * The syncs that were made of an environment, by whoever made them: a list of them, and what can be done with one. The
 * last one is undone by a sync of what was there before, a past one is made again; both are plans first.
 */
import * as vscode from 'vscode';
import type { DeliveryRecordSummary } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { ask } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { ensureConnected } from '../clusters/ensureConnected.js';
import type { SyncRecordTarget } from '../commands.js';
import { choose, type Choice } from '../confirm.js';
import { findTarget } from '../environments/target.js';
import { iconOfRecord } from '../environmentTree/icons.js';
import { shortRevision, wordsOfRecord } from '../live/words.js';

/** Plans a sync of a past commit, shows it, and asks. */
export type PlanPast = (environment: EnvironmentSummary, commit: string) => Promise<void>;

interface Found {
  readonly environment: EnvironmentSummary;
  /** The latest first, at least one. */
  readonly records: readonly DeliveryRecordSummary[];
}

export function registerHistory(app: App, planPast: PlanPast): vscode.Disposable {
  const history = new History(app, planPast);
  return registerCommands(app.guard, {
    'gitops.sync.history': (target) => history.show(target),
    'gitops.sync.undo': (target) => history.undo(target),
    'gitops.sync.repeat': (target) => history.repeat(target),
    'gitops.sync.compareRecord': (target) => history.compare(target),
  });
}

class History {
  readonly #app: App;
  readonly #planPast: PlanPast;

  constructor(app: App, planPast: PlanPast) {
    this.#app = app;
    this.#planPast = planPast;
  }

  /** Lists the syncs, and offers what can be done with the one that is chosen. */
  async show(target: SyncRecordTarget | undefined): Promise<void> {
    const found = await this.#find(target, 'Show the syncs of');
    if (!found) return;
    const { environment, records } = found;
    const record = await pickRecord(records, `Syncs of ${environment.label}`);
    if (!record) return;
    const action = await choose(`Sync of ${nameOf(record)}`, actionsFor(found, record));
    if (action === 'undo') await this.#goBackTo(environment, records.find(({ isUndoTarget }) => isUndoTarget)?.commit);
    if (action === 'repeat') await this.#goBackTo(environment, record.commit);
    if (action === 'compare') await this.#compare(environment, record);
  }

  /** Goes back to what was there before the last sync. */
  async undo(target: SyncRecordTarget | undefined): Promise<void> {
    const found = await this.#find(target, 'Undo the last sync of');
    if (!found) return;
    const { environment, records } = found;
    const earlier = records.find(({ isUndoTarget }) => isUndoTarget);
    if (!earlier) {
      return void vscode.window.showInformationMessage(
        `There is nothing to go back to: no earlier sync of ${environment.label} ended well with another commit. Roll back in git instead, or choose in its sync history.`,
      );
    }
    await this.#goBackTo(environment, earlier.commit);
  }

  /** Makes a past sync again. */
  async repeat(target: SyncRecordTarget | undefined): Promise<void> {
    const chosen = await this.#choose(target, 'Sync again', ({ commit }) => commit !== undefined);
    if (!chosen) return;
    const { environment, record } = chosen;
    if (record.commit === undefined) {
      return void vscode.window.showInformationMessage(`What was synced then was not committed (${record.revision}), so it cannot be rendered again.`);
    }
    await this.#goBackTo(environment, record.commit);
  }

  /** Shows what changed in the files since a sync. */
  async compare(target: SyncRecordTarget | undefined): Promise<void> {
    const chosen = await this.#choose(target, 'Compare with a sync', ({ commit }) => commit !== undefined);
    if (chosen) await this.#compare(chosen.environment, chosen.record);
  }

  /** An environment that was synced from here; what is not is told. */
  async #find(target: SyncRecordTarget | undefined, title: string): Promise<Found | undefined> {
    const environment = await findTarget(this.#app, target, title);
    if (!environment || !(await ensureConnected(this.#app, environment))) return undefined;
    const records = await ask(this.#app, 'gitops/sync/history', { id: environment.id });
    if (records?.length === 0) void vscode.window.showInformationMessage(`${environment.label} was not synced by GitOps Workbench yet.`);
    return records && records.length > 0 ? { environment, records } : undefined;
  }

  async #choose(
    target: SyncRecordTarget | undefined,
    title: string,
    isFit: (record: DeliveryRecordSummary) => boolean,
  ): Promise<{ readonly environment: EnvironmentSummary; readonly record: DeliveryRecordSummary } | undefined> {
    const found = await this.#find(target, title);
    if (!found) return undefined;
    const { environment, records } = found;
    const run = target && 'run' in target ? target.run : undefined;
    const record = run === undefined ? await pickRecord(records.filter(isFit), `${title}: ${environment.label}`) : records.find((each) => each.run === run);
    return record && { environment, record };
  }

  async #goBackTo(environment: EnvironmentSummary, commit: string | undefined): Promise<void> {
    if (commit === undefined) return;
    const { id, label } = environment;
    if (this.#app.live.environment(id)?.isReconciled) {
      const question = `${label} is reconciled continuously: it would go back to the files at once.`;
      const isStopped = await choose(question, [{ label: 'Stop Reconciling and Go On', detail: 'A plan comes first', icon: 'debug-stop', value: true }]);
      if (!isStopped || (await ask(this.#app, 'gitops/sync/reconcile', { id, on: false })) === undefined) return;
    }
    await this.#planPast(environment, commit);
  }

  async #compare({ label, folderUri }: EnvironmentSummary, { commit, revision }: DeliveryRecordSummary): Promise<void> {
    if (folderUri === undefined || commit === undefined) {
      return void vscode.window.showInformationMessage(`${revision} cannot be compared with the files: it is no commit of a repository here.`);
    }
    const then = await this.#app.server.request('gitops/preview/uri', { folderUri, revision: commit });
    const now = await this.#app.server.request('gitops/preview/uri', { folderUri });
    await vscode.commands.executeCommand('vscode.diff', vscode.Uri.parse(then.uri), vscode.Uri.parse(now.uri), `${label}: ${shortRevision(commit)} ↔ now`, { preview: false });
  }
}

type RecordAction = 'undo' | 'repeat' | 'compare';

/** What can be done with a record; that nothing can is an item too. */
function actionsFor({ environment, records }: Found, record: DeliveryRecordSummary): readonly Choice<RecordAction | undefined>[] {
  const earlier = records.find(({ isUndoTarget }) => isUndoTarget);
  const isLast = record === records[0];
  const again = `Plans a sync of what ${environment.label} renders to at ${shortRevision(record.revision)}; nothing is written before you have seen it`;
  const choices: readonly Choice<RecordAction | undefined>[] = [
    ...(isLast && earlier ? [{ label: 'Undo…', detail: `Plans a sync back to ${nameOf(earlier)}`, icon: 'discard', value: 'undo' as const }] : []),
    ...(record.commit === undefined ? [] : [{ label: 'Sync This Again…', detail: again, icon: 'redo', value: 'repeat' as const }]),
    ...(record.commit === undefined || environment.folderUri === undefined
      ? []
      : [{ label: 'Compare with Now', detail: 'What changed in the files since', icon: 'diff', value: 'compare' as const }]),
  ];
  const none = 'What was synced was not committed: it can be neither rendered again nor compared';
  return choices.length > 0 ? choices : [{ label: 'Nothing Can Be Done with It', detail: none, icon: 'circle-slash', value: undefined }];
}

async function pickRecord(records: readonly DeliveryRecordSummary[], title: string): Promise<DeliveryRecordSummary | undefined> {
  const items = records.map((record) => {
    const [label, ...words] = wordsOfRecord(record);
    return { label, description: words.join(' · '), detail: record.message, iconPath: new vscode.ThemeIcon(iconOfRecord(record.result).name), record };
  });
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'The latest first', matchOnDescription: true, matchOnDetail: true }))?.record;
}

/** `1a2b3c4 by jane, 2026-11-21 11:30`. */
function nameOf(record: DeliveryRecordSummary): string {
  const [revision, , , user, at] = wordsOfRecord(record);
  return `${revision}${user === '' ? '' : ` by ${user}`}, ${at}`;
}
