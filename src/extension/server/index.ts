/** The server's own commands. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';

export function register({ server, log, guard }: App): vscode.Disposable {
  return registerCommands(guard, {
    'gitops.server.restart': async () => {
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Restarting the GitOps server' }, () => server.restart());
    },
    'gitops.log.show': () => log.show(),
    '_gitops.place.show': async (uri, range) => {
      const selection = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
      await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection, viewColumn: columnForSources() });
    },
  });
}

/** Sources are shown where sources are, not over a preview. */
function columnForSources(): vscode.ViewColumn {
  const group = vscode.window.tabGroups.all.find((candidate) => candidate.activeTab?.input instanceof vscode.TabInputText && candidate.activeTab.input.uri.scheme === 'file');
  return group?.viewColumn ?? vscode.ViewColumn.One;
}
