/** The syncs that were made from here: a list, and what changed in the files since one of them. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { ask } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { ensureConnected } from '../clusters/ensureConnected.js';
import { countOf } from '../delivery/words.js';
import { findTarget } from '../environments/target.js';
import { shortRevision, timeOf } from '../live/words.js';

const icons = { done: 'pass', failed: 'error', cancelled: 'circle-slash', running: 'sync' } as const;

export function registerHistory(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.sync.history': async (target) => {
      const environment = await findTarget(app, target, 'Show the syncs of');
      if (!environment || !(await ensureConnected(app, environment))) return;
      const records = await ask(app, 'gitops/sync/history', { id: environment.id });
      if (!records) return;
      if (records.length === 0) return void vscode.window.showInformationMessage(`${environment.label} was not synced from here yet.`);
      const items = records.map(({ revision, result, objects, user, at }) => ({
        label: shortRevision(revision),
        description: `${result} · ${countOf(objects, 'object')}`,
        detail: [user, timeOf(at)].filter((word) => word !== '').join(' · '),
        iconPath: new vscode.ThemeIcon(icons[result]),
        revision,
      }));
      const chosen = await vscode.window.showQuickPick(items, {
        title: `Syncs of ${environment.label}: choose one to see what changed since`,
        matchOnDescription: true,
        matchOnDetail: true,
      });
      const { folderUri, previewUri, label } = environment;
      if (!chosen || folderUri === undefined || previewUri === undefined) return;
      const { uri } = await app.server.request('gitops/preview/uri', { folderUri, revision: chosen.revision });
      const now = await app.server.request('gitops/preview/uri', { folderUri });
      await vscode.commands.executeCommand('vscode.diff', vscode.Uri.parse(uri), vscode.Uri.parse(now.uri), `${label}: ${chosen.label} ↔ now`, { preview: false });
    },
  });
}
