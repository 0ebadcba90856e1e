import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { acceptPick, choosePick, waitForRow } from '../../support/host/tree.js';
import { closeAll, uriOf, waitFor } from '../../support/host/workspace.js';

function card(label: string): string {
  return `.card[aria-label^="${label}"]`;
}

describe('Promoting from the board', function () {
  this.timeout(120_000);
  before(() => {
    execFileSync('git', ['branch', '--force', 'dev'], { cwd: uriOf('').fsPath, stdio: 'pipe' });
  });
  beforeEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('gitops.board.open');
    await waitFor('the cards', async () => (await window.textOf(card('orders prod'))).includes('sha-2b9f6a13'));
  });
  afterEach(async () => {
    await window.press('Escape');
    await vscode.commands.executeCommand('gitops.plans.discard');
    await closeAll();
  });

  async function planned(): Promise<string> {
    await choosePick('Ask ghcr.io', 'Not Now');
    return waitForRow('Plan of orders', /^/, 60);
  }

  it('plans it where a card is dropped on another one of its app', async () => {
    await window.drag(`${card('orders dev')} .version`, `${card('orders stage')} .version`);
    assert.match(await planned(), /dev.*stage/);
    assert.match(await waitForRow('Environment orders stage, sha'), /sha-2b9f6a13 → sha-7c41d09e/);
  });

  it('does nothing where a card is dropped on another app', async () => {
    await window.drag(`${card('orders dev')} .version`, `${card('dashboard stage')} .version`);
    // What a drop leads to comes at once or not at all: the next drop is answered after it.
    await window.drag(`${card('orders dev')} .version`, `${card('orders stage')} .version`);
    assert.match(await planned(), /orders/);
  });

  it('plans it with P at the keyboard, to an environment that is chosen there', async () => {
    await window.click(`${card('orders dev')} .version`);
    await window.press('p');
    await acceptPick('Promote orders dev (2/3)');
    assert.match(await planned(), /dev.*stage/);
  });
});
