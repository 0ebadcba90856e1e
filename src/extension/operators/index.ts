/** Where Argo CD or Flux delivers: what is asked of them instead of syncing from here, and how far they are. */
import * as vscode from 'vscode';
import type { ObjectName, OperatorAction, OperatorSummary } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { ask } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { ensureConnected } from '../clusters/ensureConnected.js';
import type { EnvironmentTarget } from '../commands.js';
import { confirm } from '../confirm.js';
import { findTarget } from '../environments/target.js';
import { wordsOfOperator } from '../live/words.js';
import { askOperator } from './following.js';
import { refusalOf, resourceItems, rollbackItems, syncOptions, type SyncOption } from './choices.js';

type Name = OperatorSummary['operator'];

/** An environment that its operator's objects were found of. */
interface Operated {
  readonly environment: EnvironmentSummary;
  readonly operator: OperatorSummary;
}

export function register(app: App): vscode.Disposable {
  /** Makes the handler of a command: finds the environment, and asks its operator for what `choose` gives. */
  const handle =
    (name: Name, title: string, choose: (operated: Operated) => Promise<OperatorAction | undefined> | OperatorAction) =>
    async (target: EnvironmentTarget | undefined): Promise<void> => {
      const operated = await findOperated(app, target, name, title);
      const action = operated && (await choose(operated));
      if (operated && action) await act(app, operated, action);
    };
  return registerCommands(app.guard, {
    'gitops.argocd.sync': handle('argocd', 'Sync with Argo CD', (operated) => chooseSync(app, operated)),
    'gitops.argocd.refresh': handle('argocd', 'Refresh', () => ({ kind: 'refresh', hard: false })),
    'gitops.argocd.hardRefresh': handle('argocd', 'Hard refresh', () => ({ kind: 'refresh', hard: true })),
    'gitops.argocd.terminate': handle('argocd', 'Terminate the operation of', (operated) =>
      confirmed(operated, { kind: 'terminate' }, 'Terminate', 'What was applied until now stays; the rest is left out.'),
    ),
    'gitops.argocd.rollBack': handle('argocd', 'Roll back', chooseRollback),
    'gitops.argocd.suspend': handle('argocd', 'Suspend auto-sync of', (operated) =>
      confirmed(
        operated,
        { kind: 'suspend' },
        'Suspend',
        'Argo CD then delivers nothing by itself and sets nothing back. If the Application itself comes from git, its operator may switch auto-sync on again.',
      ),
    ),
    'gitops.argocd.resume': handle('argocd', 'Resume auto-sync of', (operated) =>
      confirmed(operated, { kind: 'resume' }, 'Resume', 'Argo CD then delivers the tracked revision at once where the cluster differs.'),
    ),
    'gitops.flux.reconcile': handle('flux', 'Reconcile', () => ({ kind: 'reconcile', withSource: false })),
    'gitops.flux.reconcileWithSource': handle('flux', 'Reconcile with source', () => ({ kind: 'reconcile', withSource: true })),
    'gitops.flux.suspend': handle('flux', 'Suspend', (operated) =>
      confirmed(operated, { kind: 'suspend' }, 'Suspend', 'Flux then delivers nothing of it and sets nothing back. If it comes from git itself, its parent may resume it.'),
    ),
    'gitops.flux.resume': handle('flux', 'Resume', (operated) => confirmed(operated, { kind: 'resume' }, 'Resume', 'Flux then reconciles it at once.')),
  });
}

/** The environment that is meant, if that operator delivers it in its cluster; says why not. */
async function findOperated(app: App, target: EnvironmentTarget | undefined, name: Name, title: string): Promise<Operated | undefined> {
  const environment = await findTarget(app, target, title);
  if (!environment || !(await ensureConnected(app, environment))) return undefined;
  const operator = app.live.environment(environment.id)?.operator;
  if (operator?.operator === name) return { environment, operator };
  const kinds = { argocd: 'no Application of Argo CD', flux: 'no Kustomization or HelmRelease of Flux' };
  void vscode.window.showInformationMessage(`There is ${kinds[name]} for ${environment.label} in its cluster.`);
  return undefined;
}

async function act(app: App, { environment, operator }: Operated, action: OperatorAction): Promise<void> {
  const refusal = refusalOf(action.kind, operator);
  if (refusal !== undefined) return void vscode.window.showWarningMessage(refusal);
  const name = operator.operator === 'argocd' ? 'Argo CD' : 'Flux';
  if (!(await askOperator(app, environment, name, action))) return;
  const now = app.live.environment(environment.id)?.operator;
  void vscode.window.setStatusBarMessage(`$(check) ${environment.label}: ${now ? wordsOfOperator(now) : `${name} did it`}`, 8000);
}

async function chooseSync(app: App, { environment, operator }: Operated): Promise<OperatorAction | undefined> {
  const refusal = refusalOf('sync', operator);
  if (refusal !== undefined) {
    void vscode.window.showWarningMessage(refusal);
    return undefined;
  }
  const { label, isProtected } = environment;
  const items = syncOptions.map(({ key, label: name, detail }) => ({ label: name, detail, key }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Sync ${label} with Argo CD: options (Enter syncs)`,
    canPickMany: true,
    placeHolder: 'No option: as the Application says',
  });
  if (!chosen) return undefined;
  const has = (key: SyncOption['key']): boolean => chosen.some((item) => item.key === key);
  const objects = has('selected') ? await chooseResources(app, environment) : undefined;
  if (has('selected') && !objects) return undefined;
  const revision = has('revision')
    ? await vscode.window.showInputBox({ title: `Revision to sync ${label} to`, prompt: 'A branch, tag or commit, for this sync only', value: environment.revision ?? '' })
    : undefined;
  if (has('revision') && (revision === undefined || revision === '')) return undefined;
  const words = [has('prune') ? 'prunes' : 'does not prune', has('force') ? 'forces' : '', has('dryRun') ? 'writes nothing (dry run)' : '']
    .filter((word) => word !== '')
    .join(', ');
  const question = `Have Argo CD sync ${label}${revision === undefined ? '' : ` to ${revision}`}?`;
  const isAsked = has('dryRun') || (await confirm({ label, isProtected, question, detail: `It ${words}.`, action: 'Sync' }));
  if (!isAsked) return undefined;
  return { kind: 'sync', prune: has('prune'), dryRun: has('dryRun'), force: has('force'), ...(revision !== undefined && { revision }), ...(objects && { objects }) };
}

async function chooseResources(app: App, { id, label }: EnvironmentSummary): Promise<readonly ObjectName[] | undefined> {
  const details = await ask(app, 'gitops/live/drift', { id });
  if (!details) return undefined;
  const items = resourceItems(details.rows);
  if (items.length === 0) void vscode.window.showInformationMessage(`${label} is in sync: there is nothing to choose.`);
  const chosen = items.length === 0 ? undefined : await vscode.window.showQuickPick(items, { title: `Resources of ${label} to sync`, canPickMany: true, matchOnDescription: true });
  return chosen && chosen.length > 0 ? chosen.map(({ object }) => object) : undefined;
}

async function chooseRollback({ environment, operator }: Operated): Promise<OperatorAction | undefined> {
  const refusal = refusalOf('rollback', operator);
  const items = rollbackItems(operator);
  if (refusal !== undefined || items.length === 0) {
    void vscode.window.showWarningMessage(refusal ?? `Argo CD keeps no earlier delivery of ${environment.label}.`);
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, { title: `Roll ${environment.label} back to`, matchOnDescription: true });
  const { label, isProtected } = environment;
  if (
    !chosen ||
    !(await confirm({
      label,
      isProtected,
      question: `Have Argo CD roll ${label} back to ${chosen.label}?`,
      detail: 'Git stays as it is: the Application is OutOfSync afterwards.',
      action: 'Roll Back',
    }))
  )
    return undefined;
  return { kind: 'rollback', historyId: chosen.historyId };
}

async function confirmed({ environment, operator }: Operated, operatorAction: OperatorAction, action: string, detail: string): Promise<OperatorAction | undefined> {
  const { label, isProtected } = environment;
  const refusal = refusalOf(operatorAction.kind, operator);
  if (refusal !== undefined) {
    void vscode.window.showWarningMessage(refusal);
    return undefined;
  }
  return (await confirm({ label, isProtected, question: `${action} ${label}?`, detail, action })) ? operatorAction : undefined;
}
