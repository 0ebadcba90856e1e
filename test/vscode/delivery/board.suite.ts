import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';

/** The card of an environment, by what a screen reader says first. */
function card(label: string): string {
  return `.card[aria-label^="${label}"]`;
}

async function showBoard(): Promise<void> {
  await vscode.commands.executeCommand('gitops.board.open');
  await waitFor('the cards', async () => (await window.textOf(card('orders prod'))).includes('sha-2b9f6a13'));
}

/** What a screen reader says of the focused card. */
async function focused(): Promise<string> {
  return (await window.textOf('.card:focus')) === '' ? '' : window.attributeOf('.card:focus', 'aria-label');
}

async function pressUntil(key: string, label: string): Promise<void> {
  await window.press(key);
  await waitFor(`the focus on ${label} after ${key}`, async () => (await focused()).startsWith(label));
}

describe('The delivery board', () => {
  afterEach(closeAll);

  it('shows versions by app and environment, with what differs from the environment before', async () => {
    await showBoard();
    const heads = (await window.textOf('[role=columnheader]')).split('\n');
    assert.deepEqual(
      heads.filter((head) => ['dev', 'stage', 'prod'].includes(head)),
      ['dev', 'stage', 'prod'],
    );
    const text = await window.textOf(card('orders prod'));
    assert.match(text, /same images as stage/);
    assert.match(text, /\d+ changed/);
    assert.match(text, /→/);
  });

  it('is walked with arrow keys as one stop of the Tab key', async () => {
    await showBoard();
    await window.click(`${card('orders stage')} .version`);
    await pressUntil('ArrowRight', 'orders prod');
    await pressUntil('ArrowLeft', 'orders stage');
    await pressUntil('Home', await window.attributeOf('.row:has(.app:text-is("orders")) .card', 'aria-label'));
    await pressUntil('End', 'orders preview');
    await pressUntil('ArrowLeft', 'orders prod');
    await pressUntil('ArrowUp', 'dashboard stage');
    await pressUntil('ArrowDown', 'orders stage');
    assert.equal((await window.textOf('.card[tabindex="0"]')).includes('sha-2b9f6a13'), true);
    assert.equal(await window.attributeOf('.card[tabindex="0"]', 'aria-label'), await focused());
  });

  it('opens the preview with Enter, and compares with the environment before with D', async () => {
    await showBoard();
    await window.click(`${card('orders prod')} .version`);
    await window.press('Enter');
    await waitFor('the preview', () =>
      vscode.window.visibleTextEditors.some(({ document }) => document.uri.scheme === 'gitops-preview' && document.uri.path.includes('orders prod')),
    );
    await window.click(`${card('orders prod')} .version`);
    await window.press('d');
    const input = await waitFor('the comparison', () => {
      const tabs = vscode.window.tabGroups.all.flatMap(({ activeTab }) => activeTab?.input ?? []);
      return tabs.find((each) => each instanceof vscode.TabInputTextDiff);
    });
    assert.match(input.original.path, /orders stage/);
    assert.match(input.modified.path, /orders prod/);
  });

  it('opens the source with S, at the overlay', async () => {
    await showBoard();
    await window.click(`${card('orders prod')} .version`);
    await window.press('s');
    await waitFor('the overlay', () => vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === uriOf(prod).toString()));
  });

  it('offers the rest in the menu of a card', async () => {
    await showBoard();
    await window.rightClick(`${card('orders prod')} .version`);
    const menu = await waitFor('the menu', async () => {
      const shown = await window.textOf('.monaco-menu');
      return shown !== '' && shown;
    });
    for (const item of ['Preview as Deployed', 'Open Source', 'Compare with…', 'Copy Name']) assert.ok(menu.includes(item), menu);
    await window.press('Escape');
  });

  it('is filtered while one types', async () => {
    await showBoard();
    await window.click('.bar .filter');
    await window.type('dashboard');
    await waitFor('the filtered board', async () => (await window.textOf('.rowheader, .app')) === 'dashboard');
    assert.match(await window.textOf('.count'), /^2 of \d+ environments$/);
    await window.press('Control+a');
    await window.press('Delete');
    await waitFor('the whole board', async () => (await window.textOf('.app')).includes('orders'));
  });

  it('follows an unsaved edit', async () => {
    const editor = await openFile(prod);
    await showBoard();
    await vscode.commands.executeCommand('workbench.action.moveEditorToNextGroup');
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-abcdef01');
    const text = await waitFor('the new version', async () => {
      const shown = await window.textOf(card('orders prod'));
      return shown.includes('sha-abcdef01') && shown;
    });
    assert.match(text, /stage has sha-2b9f6a13/);
    await waitFor('the mark', async () => (await window.textOf(card('orders prod'))).includes('unsaved'));
  });

  it('comes back as it was after it was hidden', async () => {
    await showBoard();
    await window.click('.bar .filter');
    await window.type('prod');
    await waitFor('the filtered board', async () => !(await window.textOf('.app')).includes('dashboard'));
    await openFile(prod);
    await showBoard();
    assert.equal((await window.textOf('.app')).includes('dashboard'), false);
    await window.click('.bar .filter');
    await window.press('Control+a');
    await window.press('Delete');
  });
});
