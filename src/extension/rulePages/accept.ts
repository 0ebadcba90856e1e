/** Accepts a finding: a comment above its line that names the rule and gives the reason. */
import * as vscode from 'vscode';

/** Asks for the reason, and writes the comment with the indentation of the 0-based `line`. */
export async function acceptFinding(uri: string, line: number, rule: string): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: `Accept ${rule}`,
    prompt: 'Why is this accepted? The reason stands in the comment, for those who come later.',
    validateInput: (text) => (text.trim() === '' ? 'Without a reason the finding would stay.' : undefined),
  });
  if (reason === undefined) return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const indentation = /^\s*/.exec(document.lineAt(line).text)?.[0] ?? '';
  const end = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(line, 0), `${indentation}# gitops-ignore ${rule}: ${reason.trim()}${end}`);
  await vscode.workspace.applyEdit(edit);
}
