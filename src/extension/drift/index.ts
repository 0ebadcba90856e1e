/** Drift: its documents, differences and actions, the notes in source files, and what a person is told by itself. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { readSetting } from '../bindings.js';
import { registerDriftActions } from './actions.js';
import { LiveDocuments } from './documents.js';
import { LiveHints } from './hints.js';

export function register(app: App): vscode.Disposable {
  return vscode.Disposable.from(
    new LiveDocuments(app),
    new LiveHints(app),
    registerDriftActions(app),
    app.server.on('gitops/live/attention', ({ id, label, message }) => {
      if (readSetting('gitops.drift.notifications')) void app.guard('notification', () => tell(id, label, message));
    }),
  );
}

async function tell(environmentId: string, label: string, message: string): Promise<void> {
  const [show, diagnose, settings] = ['Show Drift', 'Diagnose…', 'Settings'];
  const answer = await vscode.window.showWarningMessage(`${label}: ${message}`, show, diagnose, settings);
  if (answer === diagnose) await vscode.commands.executeCommand('gitops.doctor.diagnose', { environmentId });
  if (answer === show) await vscode.commands.executeCommand('_gitops.drift.show', { environmentId });
  if (answer === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'gitops.drift.notifications');
}
