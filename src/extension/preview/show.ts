/** Puts previews into editors: where they are shown already, else beside the sources. */
import * as vscode from 'vscode';

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
