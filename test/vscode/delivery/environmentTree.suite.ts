import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';

/** A row of the tree, by its label and what stands before it in the words for screen readers. */
function row(spoken: string): string {
  return `.pane-body .monaco-list-row[aria-label^="${spoken}"]`;
}

async function treeText(): Promise<string> {
  return window.textOf('.pane-body .monaco-list-row');
}

async function showTree(): Promise<void> {
  await vscode.commands.executeCommand('gitops.environments.focus');
  await waitFor('the environments', async () => (await treeText()).includes('orders'));
}

/** Opens a row that is closed. */
async function expand(spoken: string): Promise<void> {
  await waitFor(spoken, async () => (await window.textOf(row(spoken))) !== '');
  if ((await window.attributeOf(row(spoken), 'aria-expanded')) !== 'true') await window.click(row(spoken));
}

describe('The tree of environments', () => {
  afterEach(closeAll);

  it('shows the environments of an app in the order of promotion', async () => {
    await showTree();
    const text = await treeText();
    const places = ['dev', 'stage', 'prod'].map((name) => text.search(new RegExp(`^${name}.*· orders-${name}`, 'm')));
    assert.ok(places.every((place) => place >= 0) && places[0]! < places[1]! && places[1]! < places[2]!, text);
  });

  it('says to a screen reader what an environment is', async () => {
    await showTree();
    const spoken = await window.attributeOf(row('Environment orders prod'), 'aria-label');
    assert.match(spoken, /^Environment orders prod, protected, .*namespace orders-prod, version sha-2b9f6a13/);
  });

  it('leads from an image to the line that sets its tag', async () => {
    await showTree();
    await expand('Environment orders prod');
    await expand('Images');
    await waitFor('the image', async () => (await window.textOf(row('Image ghcr.io/tidepool-example/orders-api'))) !== '');
    await window.click(`${row('Image ghcr.io/tidepool-example/orders-api')}:has-text("sha-2b9f6a13")`);
    const editor = await waitFor('the overlay', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uriOf(prod).toString()));
    await waitFor('the tag', () => editor.document.getText(editor.selection) === 'sha-2b9f6a13');
  });

  it('leads from an object to its line in the preview', async () => {
    await showTree();
    await expand('Environment orders prod');
    await expand('Resources');
    await expand('PodDisruptionBudget');
    const object = row('PodDisruptionBudget orders-api');
    await waitFor('the object', async () => (await window.textOf(object)) !== '');
    await window.click(object);
    const preview = await waitFor('the preview', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview'));
    await waitFor('the line of the object', () => {
      const { line } = preview.selection.active;
      return line > 0 && preview.document.getText(new vscode.Range(line, 0, line + 5, 0)).includes('kind: PodDisruptionBudget');
    });
  });

  it('follows an unsaved edit, and keeps open what was open', async () => {
    await showTree();
    await expand('Environment orders prod');
    await expand('Images');
    const editor = await openFile(prod);
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-abcdef01');
    await waitFor('the new tag', async () => /^orders-api.*sha-abcdef01/m.test(await treeText()));
    const text = await waitFor('the mark', async () => {
      const shown = await treeText();
      return /^prod.*sha-abcdef01.*unsaved/m.test(shown) && shown;
    });
    assert.match(text, /^Images/m);
  });

  it('says what is not saved, then what is not committed, of the environments that read the file', async () => {
    await showTree();
    const editor = await openFile('apps/orders/overlays/stage/kustomization.yaml');
    await editUnsaved(editor, 'apiVersion:', '# a comment\napiVersion:');
    await waitFor('the mark of an unsaved file', async () => /^stage.*· unsaved/m.test(await treeText()));
    await editor.document.save();
    await waitFor('the mark of an uncommitted file', async () => /^stage.*sha-2b9f6a13 · uncommitted/m.test(await treeText()));
    assert.doesNotMatch(await treeText(), /^prod.*committed/m);
    await editUnsaved(editor, '# a comment\n', '');
    await editor.document.save();
    await waitFor('the mark to go', async () => !/^stage.*committed/m.test(await treeText()));
  });

  it('is filtered by words, and says so', async () => {
    await showTree();
    await vscode.commands.executeCommand('gitops.environments.filter', 'prod orders-api');
    const text = await waitFor('the filtered tree', async () => {
      const shown = await treeText();
      return !shown.includes('dashboard') && shown;
    });
    assert.match(text, /^prod/m);
    assert.doesNotMatch(text, /^stage/m);
    await waitFor('the message', async () => /“prod orders-api”: 1 of \d+ environments/.test(await window.textOf('.pane-body')));
    await vscode.commands.executeCommand('gitops.environments.filter', 'nothing of it');
    await waitFor('the message', async () => (await window.textOf('.pane-body')).includes('No environment matches “nothing of it”.'));
    await vscode.commands.executeCommand('gitops.environments.clearFilter');
    await waitFor('the whole tree', async () => (await treeText()).includes('dashboard'));
  });

  it('offers in the context menu what can be done with an environment', async () => {
    await showTree();
    await window.rightClick(row('Environment orders prod'));
    const menu = await waitFor('the menu', async () => {
      const shown = await window.textOf('.monaco-menu');
      return shown !== '' && shown;
    });
    for (const item of ['Preview as Deployed', 'Open Source', 'Compare with…', 'Copy Name']) assert.ok(menu.includes(item), menu);
    await window.press('Escape');
  });

  it('compares an environment with one that is chosen', async () => {
    await showTree();
    await window.rightClick(row('Environment orders prod'));
    await waitFor('the menu', async () => (await window.textOf('.monaco-menu')).includes('Compare with…'));
    // The menu lets clicks of the first moments pass, which may belong to the click that opened it.
    await new Promise((done) => setTimeout(done, 300));
    await window.click('.monaco-menu .action-label:has-text("Compare with…")');
    await waitFor('the others, the nearest first', async () => (await window.textOf('.quick-input-list .monaco-list-row')).startsWith('orders stage'));
    await window.press('Enter');
    const input = await waitFor('the comparison', () => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      return activeTab?.input instanceof vscode.TabInputTextDiff && activeTab.input;
    });
    assert.match(input.original.path, /orders stage/);
    assert.match(input.modified.path, /orders prod/);
  });

  it('marks files of a protected environment in the explorer, and no others', async () => {
    await showTree();
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('revealInExplorer', uriOf(prod));
    const file = '.explorer-folders-view .monaco-list-row:has-text("capacity.yaml") .monaco-icon-label';
    await waitFor('the mark', async () => (await window.attributeOf(file, 'class')).includes('itemBadge'));
    const base = '.explorer-folders-view .monaco-list-row:has-text("base") .monaco-icon-label';
    assert.doesNotMatch(await window.attributeOf(base, 'class'), /itemBadge/);
    await vscode.commands.executeCommand('gitops.environments.focus');
  });
});
