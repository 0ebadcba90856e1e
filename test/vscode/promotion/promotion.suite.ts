import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { patience } from '../../support/host/clusterSteps.js';
import { window } from '../../support/host/inHost.js';
import { connectDelivery, git, remoteFile, startDelivery, stopDelivery } from '../../support/host/startDelivery.js';
import type { StartedSandbox } from '../../support/host/startSandbox.js';
import { picturesOf } from '../../support/host/themes.js';
import { acceptPick, answerNotification, chooseInMenu, choosePick, expand, waitForRow } from '../../support/host/tree.js';
import { closeAll, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const stage = 'apps/orders/overlays/stage/kustomization.yaml';
const prod = 'apps/orders/overlays/prod/kustomization.yaml';
const deployment = '/apis/apps/v1/namespaces/orders-stage/deployments/orders-api';
const image = 'sha-7c41d09e';
const earlier = 'sha-2b9f6a13';

describe('Promotions and rollbacks', function () {
  this.timeout(240_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  let sandbox: StartedSandbox;
  let original: string;

  before(async () => {
    await vscode.commands.executeCommand('gitops.environments.focus');
    sandbox = await startDelivery();
    await connectDelivery(sandbox, ['orders stage', 'orders prod', 'orders dev']);
    original = remoteFile(stage);
  });
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-promotion');
  });
  after(async () => {
    await closeAll();
    await stopDelivery(sandbox);
  });

  async function imageOfStage(): Promise<string> {
    const { body } = await sandbox.client.get(deployment);
    return JSON.stringify(body['spec'] ?? {});
  }

  /** Plans a promotion of dev to stage from the tree, without asking a registry. */
  async function planStage(): Promise<Thenable<unknown>> {
    const planning = chooseInMenu('Environment orders dev', 'Promote…');
    await planning;
    await acceptPick('(2/3)');
    await choosePick('Ask ghcr.io', 'Not Now');
    await waitForRow('Plan of orders', /Nothing was written yet/, patience);
    return planning;
  }

  it('show a plan with all that speaks for and against it, and write nothing before a yes', async () => {
    await planStage();
    assert.match(await waitForRow('Environment orders stage, sha'), new RegExp(`${earlier} → ${image}.*in sync, Healthy`));
    await waitForRow('Rendered');
    await waitForRow('Findings');
    await waitFor('the changes', () => tabLabels().some((label) => label.includes('now ↔ planned')));
    await picturesOf('promote');
    await answerNotification('Nothing was written yet', 'Close Plan');
    await waitFor('no plan', async () => (await window.textOf('.pane-header:has-text("Promotion")')) === '');
    assert.equal(remoteFile(stage), original);
    assert.equal(git('status', '--porcelain'), '');
    await closeAll();
  });

  it('commit, push and follow the change until it is healthy, and leave unsaved and uncommitted work alone', async () => {
    fs.appendFileSync(uriOf('README.md').fsPath, '\nWork in progress\n');
    await planStage();
    await answerNotification('Nothing was written yet', 'Deliver…');
    await choosePick('orders', 'Commit and Push');
    await choosePick('orders prod follows main too', 'Yes');
    await acceptPick('Commit message');
    await waitForRow('Delivery of orders', /healthy/i, patience);
    assert.equal(remoteFile(stage), original.replace(earlier, image));
    assert.ok((await imageOfStage()).includes(image));
    assert.equal(git('status', '--porcelain'), 'M README.md');
    await vscode.commands.executeCommand('gitops.plans.discard');
    await closeAll();
  });

  it('take the name of a protected environment before they push to it', async () => {
    await openFile(prod);
    const text = remoteFile(prod);
    const promoting = vscode.commands.executeCommand('gitops.promote.start');
    await choosePick('Promote (1/3)', 'orders stage');
    await acceptPick('(2/3)');
    await choosePick('Ask ghcr.io', 'Not Now');
    await waitForRow('Plan of orders', /Nothing was written yet/, patience);
    await answerNotification('Nothing was written yet', 'Deliver…');
    await choosePick('orders', 'Commit and Push');
    await waitFor('the question', async () => (await window.textOf('.quick-input-widget')).includes('orders prod'));
    await window.press('Escape');
    await promoting;
    assert.equal(remoteFile(prod), text);
    await vscode.commands.executeCommand('gitops.plans.discard');
    await closeAll();
  });

  it('list what an environment was, compare it with now, and take it back byte for byte', async () => {
    const rolling = chooseInMenu('Environment orders stage', 'Roll Back…');
    await rolling;
    const list = await waitFor(
      'the history',
      async () => {
        const text = await window.textOf('.quick-input-list');
        return text.includes(image) && text.includes(earlier) && text;
      },
      patience,
    );
    assert.match(list, /now/);
    await window.screenshot('history');
    await acceptPick('Roll Back orders stage');
    await waitForRow('Plan of orders stage', /Nothing was written yet/, patience);
    await waitFor('the changes', () => tabLabels().some((label) => label.includes('now ↔ planned')));
    await picturesOf('rollback');
    await answerNotification('Nothing was written yet', 'Deliver…');
    await choosePick('orders stage', 'Commit and Push');
    await acceptPick('Commit message');
    await waitForRow('Delivery of orders stage', /healthy/i, patience);
    assert.equal(remoteFile(stage), original);
    assert.ok((await imageOfStage()).includes(earlier));
    await vscode.commands.executeCommand('gitops.plans.discard');
    await closeAll();
  });

  it('create the environment of a pull request in the cluster after a yes', async () => {
    fs.writeFileSync(
      uriOf('.gitops-workbench.yaml').fsPath,
      `pullRequests:\n  - {number: 42, title: Retry payments, branch: main, headSha: ${git('rev-parse', 'HEAD')}, labels: [preview]}\n`,
    );
    const preview = 'Preview environment orders-pr-42';
    await expand('Preview environments of pull requests');
    await waitForRow(preview, /#42 Retry payments · from main \(checked out\) · orders-pr-42 · not created/, patience);
    const creating = chooseInMenu(preview, 'Create Environment of Pull Request…');
    await creating;
    await choosePick('Create orders-pr-42?', 'Create');
    await waitForRow(preview, /· created/, patience);
    const application = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/orders-pr-42';
    assert.equal((await sandbox.client.get(application)).status, 200);
    fs.rmSync(uriOf('.gitops-workbench.yaml').fsPath);
  });
});

function tabLabels(): readonly string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
}
