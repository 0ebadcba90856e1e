import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, waitFor, waitForDiagnostic } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';
const input = '.quick-input-widget';

/** The command by which the light bulb at a finding accepts it. */
async function acceptCommand(uri: vscode.Uri, range: vscode.Range): Promise<vscode.Command> {
  return waitFor('the action', async () => {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range);
    return actions.find(({ command }) => command?.command === '_gitops.rules.accept')?.command;
  });
}

describe('Accepting a finding with a reason', () => {
  afterEach(closeAll);

  async function findLatest(): Promise<{ editor: vscode.TextEditor; diagnostic: vscode.Diagnostic }> {
    const editor = await openFile(prod);
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: latest');
    const diagnostic = await waitForDiagnostic(editor.document.uri, ({ code }) => typeof code === 'object' && code.value === 'images/latest-tag');
    return { editor, diagnostic };
  }

  it('writes the reason above the line, and the finding is gone', async () => {
    const { editor, diagnostic } = await findLatest();
    const { document } = editor;
    const command = await acceptCommand(document.uri, diagnostic.range);
    const accepting = vscode.commands.executeCommand(command.command, ...((command.arguments ?? []) as readonly unknown[]));
    await waitFor('the question', async () => (await window.textOf(input)).includes('Why is this accepted?'));
    await window.type('the registry keeps one tag');
    await window.press('Enter');
    await accepting;
    const line = document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('newTag: latest'));
    assert.equal(document.lineAt(line - 1).text, '    # gitops-ignore images/latest-tag: the registry keeps one tag');
    await waitFor('no finding', () => !vscode.languages.getDiagnostics(document.uri).some(({ code }) => typeof code === 'object' && code.value === 'images/latest-tag'));
  });

  it('takes no empty reason, and leaves everything as it is after Escape', async () => {
    const { editor, diagnostic } = await findLatest();
    const { document } = editor;
    const before = document.getText();
    const command = await acceptCommand(document.uri, diagnostic.range);
    const accepting = vscode.commands.executeCommand(command.command, ...((command.arguments ?? []) as readonly unknown[]));
    await waitFor('the question', async () => (await window.textOf(input)).includes('Why is this accepted?'));
    await window.press('Enter');
    await waitFor('the refusal', async () => (await window.textOf(input)).includes('Without a reason the finding would stay.'));
    await window.press('Escape');
    await accepting;
    assert.equal(document.getText(), before);
  });
});
