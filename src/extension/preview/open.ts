/** Opens a preview beside what it is a preview of, asking which environment where a file is used by several. */
import * as vscode from 'vscode';
import type { EnvironmentInfo } from '../../server/protocol.js';
import type { App } from '../app.js';
import { pickEnvironment, rememberChoice } from '../environments/pick.js';
import { previewScheme } from './previews.js';

/** Opens the preview of `target`, or of the file in the active editor. */
export async function openPreview(app: App, target: vscode.Uri | undefined): Promise<void> {
  const uri = target ?? vscode.window.activeTextEditor?.document.uri;
  if (!uri) return void vscode.window.showInformationMessage('Open a kustomization, or a file that one uses, to preview it.');
  if (uri.scheme === previewScheme) return;
  const environment = await chooseEnvironment(app, uri);
  if (environment) await showPreview(vscode.Uri.parse(environment.previewUri));
}

/** The environment that shows `uri`; undefined where there is none (which is said) or the user chose none. */
async function chooseEnvironment(app: App, uri: vscode.Uri): Promise<EnvironmentInfo | undefined> {
  if (uri.scheme !== 'file') {
    void vscode.window.showInformationMessage('Only files on disk can be previewed.');
    return undefined;
  }
  const candidates = await app.server.request('gitops/environments/of', { uri: uri.toString() });
  const [only, second] = candidates;
  if (!only) {
    void vscode.window.showInformationMessage(`No kustomization of this workspace uses ${vscode.workspace.asRelativePath(uri)}.`);
    return undefined;
  }
  if (!second) return only;
  const chosen = await pickEnvironment(app.context, candidates, { title: `Preview ${vscode.workspace.asRelativePath(uri)} in`, remember: uri.toString() });
  if (chosen) await rememberChoice(app.context, uri.toString(), chosen);
  return chosen;
}

/** Shows a preview beside the active editor, where it is already if it is, and leaves the focus where it was. */
export async function showPreview(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { viewColumn: columnOf(uri) ?? vscode.ViewColumn.Beside, preserveFocus: true, preview: false });
}

/** Shows a preview where it is already, else in the active column, with the cursor on a line (0-based). */
export async function showPreviewLine(uri: vscode.Uri, line: number): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document, { viewColumn: columnOf(uri) ?? vscode.ViewColumn.Active, preserveFocus: true, preview: false });
  editor.selection = new vscode.Selection(line, 0, line, 0);
  editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.AtTop);
}

/** The column in which a document has a tab. */
function columnOf(uri: vscode.Uri): vscode.ViewColumn | undefined {
  const hasTab = (tab: vscode.Tab): boolean => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString();
  return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(hasTab))?.viewColumn;
}
