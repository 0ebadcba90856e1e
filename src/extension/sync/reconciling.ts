/** Reconciling continuously from this window: the cluster is set back to git whenever it drifts, until it is switched off or the window is closed. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { ask } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { ensureConnected } from '../clusters/ensureConnected.js';
import type { EnvironmentTarget } from '../commands.js';
import { confirm } from '../confirm.js';
import { findTarget } from '../environments/target.js';

export function registerReconciling(app: App): vscode.Disposable {
  const turn = async (target: EnvironmentTarget | undefined, on: boolean): Promise<void> => {
    const environment = await findTarget(app, target, on ? 'Reconcile continuously' : 'Stop reconciling');
    if (!environment || !(await ensureConnected(app, environment))) return;
    const { id, label, isProtected } = environment;
    const context = app.live.environment(id)?.context ?? '';
    const detail = `Whatever differs from the files as they are here is set back in ${context}, while this window is open.`;
    if (on && !(await confirm({ label, isProtected, question: `Reconcile ${label} continuously?`, detail, action: 'Reconcile' }))) return;
    if ((await ask(app, 'gitops/sync/reconcile', { id, on })) === undefined) return;
    await app.live.refresh([id]);
    void vscode.window.setStatusBarMessage(on ? `$(sync) ${label} is reconciled continuously` : `${label} is not reconciled any more`, 5000);
  };
  return registerCommands(app.guard, {
    'gitops.sync.reconcile': (target) => turn(target, true),
    'gitops.sync.stopReconciling': (target) => turn(target, false),
  });
}
