import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, uriOf, waitFor } from '../../support/host/workspace.js';

describe('In a workspace without environments', () => {
  afterEach(closeAll);

  it('the tree says how environments are found, and offers a sample', async () => {
    await vscode.commands.executeCommand('gitops.environments.focus');
    const text = await waitFor('the welcome', async () => {
      const shown = await window.textOf('.pane-body');
      return shown.includes('No environments were found') && shown;
    });
    for (const words of ['Argo CD Applications', 'overlays/prod', '.gitops-workbench.yaml', 'Open a Sample Repository', 'Look Again']) assert.ok(text.includes(words), text);
    await window.screenshot('welcome');
  });

  it('the board and the topology say it too', async () => {
    await vscode.commands.executeCommand('gitops.board.open');
    await waitFor('the note', async () => (await window.textOf('.note')).includes('No environments were found'));
    await vscode.commands.executeCommand('gitops.topology.open');
    await waitFor('the note', async () => (await window.textOf('.note')).includes('Nothing is known of how commits reach environments'));
  });

  it('environments appear when an overlay is written', async () => {
    await vscode.commands.executeCommand('gitops.environments.focus');
    const write = (path: string, text: string): Thenable<void> => vscode.workspace.fs.writeFile(uriOf(path), Buffer.from(text));
    await write('apps/shop/base/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n');
    await write('apps/shop/base/kustomization.yaml', 'resources: [settings.yaml]\n');
    await write('apps/shop/overlays/prod/kustomization.yaml', 'resources: [../../base]\nnamespace: shop-prod\n');
    await waitFor('the environment', async () => (await window.textOf('.pane-body .monaco-list-row')).includes('shop-prod'));
  });
});
