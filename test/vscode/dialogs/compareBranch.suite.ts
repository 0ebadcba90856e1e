import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';
const picker = '.quick-input-list .monaco-list-row';

function git(...words: readonly string[]): void {
  execFileSync('git', words, { cwd: uriOf('').fsPath, stdio: 'pipe' });
}

/** A branch of its own with the files of `edits` changed, and `main` checked out again. */
function commitOnBranch(branch: string, edits: Readonly<Record<string, (text: string) => string>>): void {
  git('checkout', '--quiet', '-b', branch);
  for (const [path, edit] of Object.entries(edits)) {
    const file = uriOf(path).fsPath;
    fs.writeFileSync(file, edit(fs.readFileSync(file, 'utf8')));
  }
  git('commit', '--quiet', '--all', '--message', branch);
  git('checkout', '--quiet', 'main');
}

/** Types into the list that is open, once it offers that. */
async function choose(title: RegExp, text: string): Promise<void> {
  await waitFor(`the list ${title.source}`, async () => title.test(await window.textOf('.quick-input-title')) && (await window.textOf(picker)).includes(text));
  await window.type(text);
  await waitFor(`${text} in front`, async () => (await window.attributeOf(`${picker}.focused`, 'aria-label')).startsWith(text));
  await window.press('Enter');
}

function openTabs(): readonly string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
}

describe('Compare Branch', () => {
  before(async () => {
    commitOnBranch('bigger-prod', { [prod]: (text) => text.replace('count: 3', 'count: 7') });
    commitOnBranch('everywhere', { 'apps/orders/base/service.yaml': (text) => text.replace('kind: Service', 'kind: Service # the same') });
    commitOnBranch('new-port', { 'apps/orders/base/service.yaml': (text) => text.replace(/port: \d+/, 'port: 8123') });
    await openFile(prod);
  });
  afterEach(closeAll);

  it('shows what a branch changes in the one environment that it changes', async () => {
    const comparing = vscode.commands.executeCommand('gitops.environments.compareBranch');
    await choose(/what changes the environments/, 'bigger-prod');
    await choose(/the branch that it goes into/, 'main');
    await comparing;
    await waitFor('the comparison', () => openTabs().some((label) => label.startsWith('bigger-prod into main: 1 environment')));
    const text = await waitFor('both sides', async () => {
      // The editor draws spaces as ones that don't break.
      const shown = (await window.textOf('.editor-group-container .view-lines')).replaceAll('\u00a0', ' ');
      return shown.includes('replicas: 3') && shown.includes('replicas: 7') && shown;
    });
    assert.doesNotMatch(text, /orders-stage/);
  });

  it('lists the environments where several change, and shows those that are chosen', async () => {
    const comparing = vscode.commands.executeCommand('gitops.environments.compareBranch');
    await choose(/what changes the environments/, 'new-port');
    await choose(/the branch that it goes into/, 'main');
    const rows = await waitFor('the environments', async () => {
      const shown = await window.textOf(picker);
      return shown.includes('orders prod') && shown;
    });
    for (const label of ['orders dev', 'orders stage']) assert.ok(rows.includes(label), rows);
    assert.match(rows, /1 changed/);
    assert.doesNotMatch(rows, /dashboard/);
    await window.press('Enter');
    await comparing;
    await waitFor('the comparison', () => openTabs().some((label) => /^new-port into main: \d environments/.test(label)));
  });

  it('says that nothing changes where a branch changes only what is not rendered', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    const comparing = vscode.commands.executeCommand('gitops.environments.compareBranch');
    await choose(/what changes the environments/, 'everywhere');
    await choose(/the branch that it goes into/, 'main');
    await comparing;
    await waitFor('the words', async () => (await window.textOf('.notification-toast')).includes('everywhere changes no environment'));
    assert.deepEqual(
      openTabs().filter((label) => label.includes('into main')),
      [],
    );
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
