/** Steps that suites in the extension host have in common: files of the opened sample, their editors, their previews. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The URI of a file of the first workspace folder. */
export function uriOf(path: string, folder = 0): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[folder];
  assert.ok(root, 'no folder is open');
  return vscode.Uri.joinPath(root.uri, path);
}

/** Opens a file in the first column. */
export async function openFile(path: string, folder = 0): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(uriOf(path, folder), { viewColumn: vscode.ViewColumn.One, preview: false });
}

/** Runs the command on a file that one environment uses, and gives the preview's document. */
export async function openPreviewOf(path: string, folder = 0): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('gitops.preview.openToSide', uriOf(path, folder));
  const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview');
  assert.ok(shown, `no preview of ${path} is shown`);
  return shown.document;
}

/** Replaces the first `before` of a document, without saving. */
export async function editUnsaved(editor: vscode.TextEditor, before: string, after: string): Promise<void> {
  const { document } = editor;
  const at = document.getText().indexOf(before);
  assert.ok(at >= 0, `${before} is not in ${document.uri.path}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + before.length)), after);
  assert.equal(await vscode.workspace.applyEdit(edit), true);
}

/** Comes back with what `look` finds as soon as it finds something. */
export async function waitFor<Found>(what: string, look: () => Found | Promise<Found>, seconds = 10): Promise<Exclude<Found, false | undefined | null>> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined && found !== null) return found as Exclude<Found, false | undefined | null>;
    if (Date.now() > until) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Waits until a document matches. */
export async function waitForText(document: vscode.TextDocument, pattern: RegExp): Promise<void> {
  await waitFor(`${pattern.source} in ${document.uri.path}`, () => pattern.test(document.getText())).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${document.getText()}`);
  });
}

/** Diagnostics of a file, once there are some that `fits`. */
export async function waitForDiagnostic(uri: vscode.Uri, fits: (diagnostic: vscode.Diagnostic) => boolean): Promise<vscode.Diagnostic> {
  return waitFor(`a diagnostic in ${uri.path}`, () => vscode.languages.getDiagnostics(uri).find(fits));
}

/** The text of all hovers at a place. */
export async function hoverText(uri: vscode.Uri, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, position);
  return hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value))).join('\n');
}

/** Leaves the window as it was: unsaved changes are dropped, editors closed. */
export async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
