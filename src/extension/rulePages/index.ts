/** The pages of rules, which diagnostics link to: they are in the package, and shown in the editor's Markdown preview. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { acceptFinding } from './accept.js';
import { pagesFolder } from './pages.js';

export function register(app: App): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.window.registerUriHandler({ handleUri: ({ path }) => void app.guard('rule page', () => showPage(app, /^\/rules\/(.+)$/.exec(path)?.[1] ?? '')) }),
    registerCommands(app.guard, { '_gitops.rules.show': (rule) => showPage(app, rule), '_gitops.rules.accept': acceptFinding }),
  );
}

/** Shows the page of a rule, `images/latest-tag`. Anybody can make a link: it must name one of our pages. */
async function showPage(app: App, rule: string): Promise<void> {
  const page = /^[a-z\d-]+\/[a-z\d-]+$/.test(rule) ? vscode.Uri.joinPath(pagesFolder(app.context.extensionUri), `${rule}.md`) : undefined;
  if (!page || !(await isFile(page))) return void vscode.window.showInformationMessage('This version of GitOps Workbench has no such page.');
  await vscode.commands.executeCommand('markdown.showPreview', page);
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => type === vscode.FileType.File,
    () => false,
  );
}
