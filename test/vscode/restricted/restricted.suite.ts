import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, openPreviewOf, uriOf, waitFor, waitForDiagnostic, waitForText } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';

describe('In Restricted Mode', () => {
  afterEach(closeAll);

  it('the workspace is not trusted', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('an overlay is rendered and follows an unsaved edit', async () => {
    const editor = await openFile(prod);
    const preview = await openPreviewOf(prod);
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-33333333');
    await waitForText(preview, /sha-33333333/);
  });

  it('problems are reported', async () => {
    const editor = await openFile(prod);
    await editUnsaved(editor, 'path: capacity.yaml', 'path: gone.yaml');
    await waitForDiagnostic(editor.document.uri, ({ message }) => message.includes('gone.yaml'));
  });

  it('environments are shown, and nothing is claimed that only git could know', async () => {
    await vscode.commands.executeCommand('gitops.environments.focus');
    const rows = '.pane-body .monaco-list-row';
    await waitFor('the environments', async () => (await window.textOf(rows)).includes('orders-prod'));
    await window.click(`${rows}[aria-label^="Environment orders prod"]`);
    await waitFor('its parts', async () => (await window.textOf(rows)).includes('Delivery'));
    await window.click(`${rows}[aria-label^="Delivery"]`);
    const text = await waitFor('the sentence', async () => {
      const shown = await window.textOf(rows);
      return shown.includes('What is committed and pushed is not known here') && shown;
    });
    assert.doesNotMatch(text, /Everything is committed/);
  });

  it('git is left alone: a preview of a revision says why it is empty', async () => {
    const { document } = await openFile(prod);
    const preview = await openPreviewOf(prod);
    const atHead = preview.uri.with({ query: 'HEAD' });
    const text = (await vscode.workspace.openTextDocument(atHead)).getText();
    assert.match(text, /Restricted Mode/);
    assert.doesNotMatch(text, /kind:/);
    assert.ok(document);
  });

  it('the setting that lets kustomizations read outside their folders is not taken from the workspace', async () => {
    await vscode.workspace.getConfiguration('gitops').update('kustomize.loadRestrictor', 'none', vscode.ConfigurationTarget.Workspace);
    assert.equal(vscode.workspace.getConfiguration('gitops').get('kustomize.loadRestrictor'), 'rootOnly');
    await vscode.workspace.fs.delete(uriOf('.vscode'), { recursive: true });
  });
});
