/** "Roll Back…": the history of an environment as a list, in which each version can be looked at, and the plan that takes back what came after one. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { HistoryEntry } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { ask, askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { findTarget } from '../environments/target.js';
import type { EditPlans } from '../plans/editPlans.js';
import { showPreview } from '../preview/show.js';
import { describeEntry } from './entries.js';

/** As many commits are shown at first; a row below them asks for all. */
const most = 50;

export function registerRollback(app: App, plans: EditPlans): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.rollback.start': async (target) => {
      if (!plans.isFree()) return;
      const environment = await findTarget(app, target, 'Roll back');
      if (environment) await rollBack(app, plans, environment);
    },
  });
}

async function rollBack(app: App, plans: EditPlans, environment: EnvironmentSummary): Promise<void> {
  const { id, label } = environment;
  const entries = await askWithProgress(app, `Reading the history of ${label}…`, 'gitops/rollback/history', { id, most });
  if (!entries) return;
  if (!entries.some(({ isCurrent }) => !isCurrent)) {
    return void vscode.window.showInformationMessage(`${label} has no earlier version: one commit has made all that it renders to.`);
  }
  const chosen = await chooseEntry(app, environment, entries);
  if (!chosen) return;
  const plan = await askWithProgress(app, `Planning to take ${label} back to ${chosen.commit.slice(0, 8)}…`, 'gitops/rollback/plan', { id, to: chosen.commit });
  if (plan) await plans.show(plan);
}

interface EntryItem extends vscode.QuickPickItem {
  readonly entry?: HistoryEntry;
}

/** What a button of an entry does. */
type EntryAction = 'compare' | 'preview' | 'copy';

interface EntryButton extends vscode.QuickInputButton {
  readonly action: EntryAction;
}

const actionIcons: Readonly<Record<EntryAction, string>> = { compare: 'compare-changes', preview: 'open-preview', copy: 'copy' };
const actionWords: Readonly<Record<EntryAction, string>> = { compare: 'Compare with now', preview: 'Preview at this commit', copy: 'Copy commit' };

function buttonFor(action: EntryAction): EntryButton {
  return { action, iconPath: new vscode.ThemeIcon(actionIcons[action]), tooltip: actionWords[action] };
}

/** The version that the environment is to go back to; the list stays while versions are looked at. */
function chooseEntry(app: App, environment: EnvironmentSummary, entries: readonly HistoryEntry[]): Promise<HistoryEntry | undefined> {
  const pick = vscode.window.createQuickPick<EntryItem>();
  const items = entries.map((entry): EntryItem => ({
    ...describeEntry(entry),
    iconPath: new vscode.ThemeIcon(entry.isCurrent ? 'circle-filled' : 'git-commit'),
    buttons: (entry.isCurrent ? (['preview', 'copy'] as const) : (['compare', 'preview', 'copy'] as const)).map(buttonFor),
    entry,
  }));
  const isCurrent = ({ entry }: EntryItem): boolean => entry?.isCurrent === true;
  pick.items = [...items.filter(isCurrent), { label: 'Go back to', kind: vscode.QuickPickItemKind.Separator }, ...items.filter((item) => !isCurrent(item))];
  pick.activeItems = pick.items.filter(({ entry }) => entry && !entry.isCurrent).slice(0, 1);
  pick.title = `Roll Back ${environment.label}: to which version?`;
  pick.placeholder = 'Commits that changed what it renders to; the buttons compare and preview';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  return new Promise((done) => {
    pick.onDidTriggerItemButton(({ item, button }) => {
      if (item.entry && 'action' in button) void app.guard('history', () => look(app, environment, item.entry, button.action));
    });
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      if (item?.entry?.isCurrent === true) return void (pick.placeholder = 'That is what there is now: choose an earlier one');
      if (item?.entry) done(item.entry);
      pick.hide();
    });
    pick.onDidHide(() => {
      done(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

async function look(app: App, { id, label }: EnvironmentSummary, entry: HistoryEntry | undefined, action: unknown): Promise<void> {
  if (!entry) return;
  if (action === 'copy') return vscode.env.clipboard.writeText(entry.commit);
  const sides = await ask(app, 'gitops/rollback/compare', { id, commit: entry.commit });
  if (!sides) return;
  const [left, right] = [vscode.Uri.parse(sides.leftUri), vscode.Uri.parse(sides.rightUri)];
  if (action === 'preview') await showPreview(left);
  else await vscode.commands.executeCommand('vscode.diff', left, right, sides.label === '' ? `${label}: ${entry.commit.slice(0, 8)} ↔ now` : sides.label, { preview: true });
}
