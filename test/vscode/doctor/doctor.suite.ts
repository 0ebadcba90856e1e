import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { patience } from '../../support/host/clusterSteps.js';
import { window } from '../../support/host/inHost.js';
import { connectDelivery, git, startDelivery, stopDelivery } from '../../support/host/startDelivery.js';
import type { StartedSandbox } from '../../support/host/startSandbox.js';
import { picturesOf } from '../../support/host/themes.js';
import { answerNotification, chooseInMenu, choosePick, expand, row, waitForRow } from '../../support/host/tree.js';
import { closeAll, editUnsaved, openFile, waitFor } from '../../support/host/workspace.js';

const overlay = 'apps/orders/overlays/stage/kustomization.yaml';
const environment = 'Environment orders stage';

describe('The delivery ladder and the doctor', function () {
  this.timeout(240_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  let sandbox: StartedSandbox;

  before(async () => {
    await vscode.commands.executeCommand('gitops.environments.focus');
    sandbox = await startDelivery();
    await connectDelivery(sandbox, ['orders stage', 'orders prod', 'orders dev']);
  });
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-doctor');
  });
  after(async () => {
    await closeAll();
    await stopDelivery(sandbox);
  });

  it('say of what is delivered that it is healthy, with the evidence of every rung', async () => {
    await expand(environment);
    await waitForRow('Delivery', /delivered and healthy/, patience);
    await expand('Delivery');
    for (const rung of ['Saved', 'Committed', 'Pushed to origin', 'Healthy']) assert.match(await waitForRow(`${rung}, done`), /\. \S+/);
  });

  it('tell from an editor where a change is: not saved, not committed, not pushed', async () => {
    const editor = await openFile(overlay);
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-7c41d09e');
    await vscode.commands.executeCommand('gitops.ladder.find');
    await waitForRow('Delivery', /not yet: Saved/, patience);
    await waitFor('the words', async () => (await window.textOf('.notification-toast')).includes('orders stage: not yet: Saved'));
    await editor.document.save();
    await waitForRow('Delivery', /not yet: Committed/, patience);
    await vscode.commands.executeCommand('notifications.clearAll');
    await picturesOf('ladder');
    git('commit', '--quiet', '--all', '--message', 'Orders on stage: sha-7c41d09e');
    await vscode.commands.executeCommand('gitops.ladder.find');
    await waitForRow('Delivery', /not yet: Pushed to origin/, patience);
  });

  it('diagnose why what runs is older than git, and mend it after a yes', async () => {
    const visiting = chooseInMenu(environment, 'Diagnose Environment…');
    await visiting;
    await waitForRow('orders stage: ', /symptom/, patience);
    const words = await window.textOf('.pane-header:has-text("Diagnosis")');
    assert.match(words, /orders stage/i);
    await picturesOf('doctor');
    await answerNotification('orders stage', 'Push main');
    await choosePick('Push main', 'Push main');
    await waitFor('the push', () => git('rev-parse', 'origin/main') === git('rev-parse', 'main'), patience);
    await waitForRow('orders stage: ', /^/, patience);
  });

  it('follow a change to the end, and say that it is there', async () => {
    const following = chooseInMenu(environment, 'Where Is My Change?');
    await following;
    await waitForRow('Delivery', /delivered and healthy/, 2 * patience);
    assert.match(JSON.stringify((await sandbox.client.get('/apis/apps/v1/namespaces/orders-stage/deployments/orders-api')).body['spec']), /sha-7c41d09e/);
  });

  it('write a report that can be copied', async () => {
    await vscode.commands.executeCommand('gitops.doctor.openReport');
    const report = await waitFor('the report', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-report'));
    assert.match(report.document.getText(), /orders stage/);
    await vscode.commands.executeCommand('gitops.doctor.copyReport');
    await waitFor('the copy', async () => (await vscode.env.clipboard.readText()).includes('orders stage'));
    await vscode.commands.executeCommand('gitops.doctor.close');
    await waitFor('no diagnosis', async () => (await window.textOf(row('orders stage: '))) === '');
  });
});
