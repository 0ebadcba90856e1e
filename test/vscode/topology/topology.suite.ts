import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, waitFor } from '../../support/host/workspace.js';

describe('The topology', () => {
  afterEach(closeAll);

  it('opens the file that a node stands in', async () => {
    await vscode.commands.executeCommand('gitops.topology.open');
    const node = '.node.environment[aria-label^="atlas prod"]';
    await waitFor('the environments', async () => (await window.textOf(node)) !== '');
    await window.click(node);
    const editor = await waitFor('the file', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'file'));
    assert.match(editor.document.uri.path, /argocd-branches\/deploy\/argocd\/environments\.yaml$/);
  });

  it('is walked with arrow keys, and lights the way through the focused node', async () => {
    await vscode.commands.executeCommand('gitops.topology.open');
    const node = '.node.environment[aria-label^="atlas prod"]';
    await waitFor('the environments', async () => (await window.textOf(node)) !== '');
    await window.click('.bar .filter');
    await window.type('atlas prod');
    await waitFor('the filtered picture', async () => !(await window.textOf('.node.environment')).includes('archive'));
    await window.press('Enter');
    await waitFor('the focus', async () => (await window.textOf('.node:focus')) !== '');
    const first = await window.attributeOf('.node:focus', 'aria-label');
    await window.press('ArrowRight');
    await waitFor('the next node', async () => (await window.attributeOf('.node:focus', 'aria-label')) !== first);
    assert.notEqual(await window.textOf('.node.lit'), '');
    await window.click('.bar .filter');
    await window.press('Control+a');
    await window.press('Delete');
  });
});
