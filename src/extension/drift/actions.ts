/** What can be done about drift: look at both sides, set the cluster back, take the live value into git, leave it out with a reason. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { Place } from '../../server/protocol.js';
import type { App } from '../app.js';
import { ask, askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { confirm } from '../confirm.js';
import { findTarget } from '../environments/target.js';
import { nameOf } from '../live/words.js';
import { showDifference, showDifferences } from './differences.js';
import type { DriftNode, DriftTarget } from './target.js';

export function registerDriftActions(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.drift.compare': async (node) => {
      const found = await findDrift(app, node, 'Compare live with desired', 'objects');
      if (found?.drift.change) await showDifference(found.drift.change);
    },
    'gitops.drift.compareAll': async (target) => {
      const environment = await findTarget(app, target, 'Compare live with desired');
      if (environment) await compareAll(app, environment);
    },
    'gitops.drift.refresh': async (target) => {
      const environment = await findTarget(app, target, 'Compare with its cluster');
      if (!environment) return;
      await askWithProgress(app, `Comparing ${environment.label} with its cluster…`, 'gitops/live/refresh', { id: environment.id });
      await app.live.refresh([environment.id]);
    },
    'gitops.drift.revert': async (node) => {
      const found = await findDrift(app, node, 'Revert in cluster', 'fields');
      if (found) await revert(app, found);
    },
    'gitops.drift.adopt': async (node) => {
      const found = await findDrift(app, node, 'Adopt into git', 'fields');
      if (found) await adopt(app, found);
    },
    'gitops.drift.ignore': async (node) => {
      const found = await findDrift(app, node, 'Ignore', 'fields');
      if (found) await ignore(app, found);
    },
    'gitops.drift.openLine': async (node) => {
      const place = (await findDrift(app, node, 'Go to the line that declares', 'fields'))?.drift.place;
      if (place) await showPlace(place);
    },
    'gitops.drift.copyValue': async (node) => {
      const live = (await findDrift(app, node, 'Copy the live value of', 'fields'))?.drift.live;
      if (live !== undefined) await vscode.env.clipboard.writeText(live);
    },
    '_gitops.drift.show': async ({ environmentId }) => {
      await vscode.commands.executeCommand('_gitops.environments.reveal', { environmentId }, 'drift');
    },
  });
}

interface FoundDrift {
  readonly environment: EnvironmentSummary;
  readonly drift: DriftTarget;
}

/** What a node of the tree stands for; from the palette, an object or a field of an environment that the user chooses. */
async function findDrift(app: App, node: DriftNode | undefined, title: string, wanted: 'objects' | 'fields'): Promise<FoundDrift | undefined> {
  const environment = node?.environmentId === undefined ? await findTarget(app, undefined, title) : (await app.delivery.load()).find(({ id }) => id === node.environmentId);
  if (!environment) return undefined;
  const drift = node?.drift ?? (await pickDrift(app, environment, title, wanted));
  return drift && { environment, drift };
}

async function pickDrift(app: App, environment: EnvironmentSummary, title: string, wanted: 'objects' | 'fields'): Promise<DriftTarget | undefined> {
  const details = await ask(app, 'gitops/live/drift', { id: environment.id });
  if (!details) return undefined;
  const items = details.rows.flatMap(({ object, reason, state, fields, change, place }): (vscode.QuickPickItem & { readonly drift: DriftTarget })[] => {
    const whole = { object, path: undefined, change, place, live: undefined, desired: undefined };
    if (wanted === 'objects') return [{ label: nameOf(object), description: state, detail: reason, drift: whole }];
    return fields.map((field) => ({
      label: field.path,
      description: nameOf(object),
      detail: `git ${field.desired ?? 'nothing'} → live ${field.live ?? 'nothing'}${field.by === '' ? '' : ` · ${field.by}`}`,
      drift: { object, path: field.path, change, place: field.place, live: field.live, desired: field.desired },
    }));
  });
  if (items.length === 0) {
    void vscode.window.showInformationMessage(`${environment.label} is in sync: there is nothing of it to choose.`);
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title: `${title}: ${environment.label}`, matchOnDescription: true, matchOnDetail: true }))?.drift;
}

async function compareAll(app: App, { id, label }: EnvironmentSummary): Promise<void> {
  const details = await askWithProgress(app, `Comparing ${label} with its cluster…`, 'gitops/live/drift', { id });
  if (!details) return;
  if (details.changes.length === 0) return void vscode.window.showInformationMessage(`${label} is in sync: there is nothing to compare.`);
  await showDifferences(`${label}: live ↔ desired`, details.changes);
}

async function revert(app: App, { environment, drift }: FoundDrift): Promise<void> {
  const { id, label, isProtected } = environment;
  const { object, path, live, desired } = drift;
  const what = path === undefined ? nameOf(object) : `${path} of ${nameOf(object)}`;
  const values = path === undefined ? '' : ` It is ${live ?? 'not set'} now, and becomes ${desired ?? 'unset'}.`;
  const context = app.live.environment(id)?.context ?? '';
  const question = `Set ${what} back to what git says?`;
  if (!(await confirm({ label, isProtected, question, detail: `In the cluster ${context}.${values}`.trim(), action: 'Revert' }))) return;
  const answer = await askWithProgress(app, `Reverting ${what}…`, 'gitops/drift/revert', { id, object, ...(path !== undefined && { path }) });
  if (answer === undefined) return;
  void vscode.window.setStatusBarMessage(`$(check) Reverted ${what}`, 5000);
  await app.live.refresh([id]);
}

async function adopt(app: App, { environment, drift }: FoundDrift): Promise<void> {
  const { object, path } = drift;
  if (path === undefined) return;
  const answer = await ask(app, 'gitops/drift/adopt', { id: environment.id, object, path });
  if (!answer) return;
  await showPlace(answer.place);
  void vscode.window.setStatusBarMessage(`$(check) ${path} is as in the cluster now: look at the edit, then save and commit it`, 8000);
}

async function ignore(app: App, { environment, drift }: FoundDrift): Promise<void> {
  const { object, path } = drift;
  if (path === undefined) return;
  const reason = await vscode.window.showInputBox({
    title: `Ignore ${path} of ${nameOf(object)}`,
    prompt: 'Why is this left out of the comparison? The reason stands beside the setting, for those who come later.',
    placeHolder: 'Scaled by hand during the sale',
    validateInput: (text) => (text.trim() === '' ? 'Without a reason nobody knows later whether this still holds.' : undefined),
    ignoreFocusOut: true,
  });
  if (reason === undefined) return;
  const answer = await ask(app, 'gitops/drift/ignore', { id: environment.id, object, path, reason: reason.trim() });
  if (answer) await showPlace(answer.place);
}

async function showPlace({ uri, range }: Place): Promise<void> {
  await vscode.commands.executeCommand('_gitops.place.show', uri, range);
}
