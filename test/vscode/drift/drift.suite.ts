import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { installExternalSecrets, startSandbox, type StartedSandbox } from '../../support/host/startSandbox.js';
import { connectFor, patience, setKubeconfig, syncBy, closeSync } from '../../support/host/clusterSteps.js';
import { answerNotification, chooseInMenu, choosePick, expand, row, waitForRow } from '../../support/host/tree.js';
import { closeAll, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const stage = 'apps/dashboard/overlays/stage/kustomization.yaml';
const deployment = '/apis/apps/v1/namespaces/dashboard-stage/deployments/dashboard';
const environment = 'Environment dashboard stage';
const replicas = 'spec.replicas';
const service = '/api/v1/namespaces/dashboard-stage/services/dashboard';
const worker = '/apis/apps/v1/namespaces/orders-prod/deployments/orders-worker';
/** What is left out stands there where no file of an operator can say it. */
const settings = '.gitops-workbench.yaml';

describe('Drift and syncs', function () {
  this.timeout(90_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  let sandbox: StartedSandbox;

  before(async () => {
    sandbox = await startSandbox();
    await installExternalSecrets(sandbox.client, ['orders-prod']);
    const priority = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'customer-facing' }, value: 1000 };
    assert.equal((await sandbox.client.create('/apis/scheduling.k8s.io/v1/priorityclasses', priority)).status, 201);
    await setKubeconfig(sandbox.kubeconfig);
    await vscode.commands.executeCommand('gitops.environments.focus');
    await openFile(stage);
  });
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-drift');
  });
  after(async () => {
    await closeAll();
    await setKubeconfig(undefined);
    sandbox.stop();
  });

  async function replicasNow(): Promise<unknown> {
    return ((await sandbox.client.get(deployment)).body['spec'] as { readonly replicas?: number } | undefined)?.replicas;
  }

  async function scaleByHand(count: number): Promise<void> {
    const { status, body } = await sandbox.client.patch(deployment, { spec: { replicas: count } }, 'kubectl-scale');
    assert.equal(status, 200, JSON.stringify(body));
  }

  /** Opens the tree down to the field that was changed by hand. */
  async function openField(): Promise<void> {
    await waitForRow(environment, /1 drifted/, patience);
    await expand(environment);
    await expand('Drift');
    await expand('Deployment dashboard differs');
    await waitForRow(replicas);
  }

  it('contact no cluster before one is connected, and the tree says so', async () => {
    await expand(environment);
    assert.match(await waitForRow('Cluster'), /not connected.*Nothing is contacted before you connect/);
    assert.equal((await window.textOf('.statusbar')).includes(sandbox.client.context), false);
  });

  it('connect the context that is chosen, for the environments that are chosen', async () => {
    await connectFor(sandbox.client.context, ['dashboard stage', 'orders prod']);
    await waitForRow('Cluster', new RegExp(`${sandbox.client.context}.*connected`));
    await waitForRow(environment, /drifted/, patience);
    await waitFor('the status', async () => (await window.textOf('.statusbar')).includes(sandbox.client.context));
  });

  it('show a plan before anything is written, and write nothing when it is closed', async () => {
    const planning = vscode.commands.executeCommand('gitops.sync.start', uriOf(stage));
    const words = await waitForRow('Plan of dashboard stage', /to create/, patience);
    assert.ok(words.includes(sandbox.client.context));
    await waitForRow('Deployment dashboard, create');
    await waitFor('the changes', () => tabLabels().some((label) => label.startsWith('Plan for dashboard stage')));
    assert.equal((await sandbox.client.get(deployment)).status, 404);
    await answerNotification('Nothing was written yet', 'Close Plan');
    await planning;
    await waitFor('no plan', async () => (await window.textOf(row('Plan of dashboard stage'))) === '');
    assert.equal((await sandbox.client.get(deployment)).status, 404);
  });

  it('apply a plan after a yes, and follow it to its end', async () => {
    const words = await syncBy('gitops.sync.start', uriOf(stage), 'dashboard stage', [['Sync dashboard stage in', 'Sync']]);
    assert.match(words, /Done: \d+ created/);
    assert.equal(await replicasNow(), 2);
    await waitForRow(environment, /in sync, Healthy/, patience);
    await closeAll();
  });

  it('show a field that somebody changed, by whom, and what becomes of it', async () => {
    await scaleByHand(5);
    await openField();
    assert.match(await waitForRow(replicas), /git 2 → live 5, by kubectl-scale, just now/);
  });

  it('lead from the field to the line that declares it', async () => {
    await window.click(row(replicas));
    const editor = await waitFor('the overlay', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uriOf(stage).toString()));
    const line = editor.document.getText().split('\n').indexOf('    count: 2');
    await waitFor('the line', () => editor.selection.active.line === line);
    await waitFor('the count in the status bar', async () => /gitops-sandbox\s+1$/m.test(await window.textOf('.statusbar')));
  });

  it('set the live object beside the desired one in the diff editor', async () => {
    await chooseInMenu('Deployment dashboard differs', 'Compare Live with Desired');
    const input = await waitFor('the comparison', () => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      return activeTab?.input instanceof vscode.TabInputTextDiff && activeTab.input;
    });
    const [live, desired] = await Promise.all([input.original, input.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()));
    assert.match(live ?? '', /^ {2}replicas: 5$/m);
    assert.match(desired ?? '', /^ {2}replicas: 2$/m);
    await closeAll();
  });

  it('set a field back in the cluster after a yes', async () => {
    await openField();
    await chooseInMenu(replicas, 'Revert in Cluster…');
    await choosePick('Set spec.replicas of Deployment dashboard back', 'Revert');
    await waitFor('the replicas', async () => (await replicasNow()) === 2, patience);
    await waitForRow(environment, /in sync/, patience);
  });

  it('take a live value into git, as an edit that is not saved', async () => {
    await scaleByHand(4);
    await openField();
    await chooseInMenu(replicas, 'Adopt into Git');
    const editor = await waitFor('the edit', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uriOf(stage).toString() && document.isDirty),
    );
    assert.match(editor.document.getText(), /^ {4}count: 4$/m);
    await waitForRow(environment, /in sync/, patience);
    await closeAll();
    await waitForRow(environment, /1 drifted/, patience);
  });

  it('leave a difference out with a reason, which stands in the settings, until that is undone', async () => {
    await openField();
    const ignoring = chooseInMenu(replicas, 'Ignore with a Reason…');
    await waitFor('the question', async () => (await window.textOf('.quick-input-widget')).includes('Ignore spec.replicas of Deployment dashboard'));
    await window.press('Enter');
    await waitFor('the words', async () => (await window.textOf('.quick-input-message')).includes('Without a reason nobody knows'));
    await window.type('Scaled by hand during the sale');
    await window.press('Enter');
    await ignoring;
    const editor = await waitFor('the edit', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uriOf(settings).toString() && document.isDirty),
    );
    assert.match(editor.document.getText(), /path: \/spec\/replicas\n +reason: Scaled by hand during the sale\n/);
    await waitForRow(environment, /in sync/, patience);
    await window.press('Control+z');
    await waitFor('the text as it was', () => !editor.document.getText().includes('replicas'));
    await waitForRow(environment, /1 drifted/, patience);
    await closeAll();
  });

  it('set a whole object back that somebody deleted', async () => {
    assert.equal((await sandbox.client.delete(service)).status, 200);
    await waitForRow(environment, /2 drifted/, patience);
    await chooseInMenu('Service dashboard missing', 'Revert in Cluster…');
    await choosePick('Set Service dashboard back', 'Revert');
    await waitFor('the service', async () => (await sandbox.client.get(service)).status === 200, patience);
    await waitForRow(environment, /1 drifted/, patience);
  });

  it('ask for the name of a protected environment, leave it alone without, and sync it with', async () => {
    await openFile('apps/orders/overlays/prod/kustomization.yaml');
    const syncing = vscode.commands.executeCommand('gitops.sync.start', uriOf('apps/orders/overlays/prod/kustomization.yaml'));
    await answerNotification('Nothing was written yet', 'Apply…');
    await waitFor('the question', async () => (await window.textOf('.quick-input-widget')).includes('orders prod is protected'));
    await window.type('orders');
    await window.press('Enter');
    await syncing;
    await waitFor('the words', async () => (await window.textOf('.notification-toast')).includes('orders prod was left as it is'));
    assert.equal((await sandbox.client.get(worker)).status, 404);
    const applying = vscode.commands.executeCommand('gitops.sync.run');
    await waitFor('the question again', async () => (await window.textOf('.quick-input-widget')).includes('orders prod is protected'));
    await window.type('orders stage');
    await window.press('Enter');
    await waitFor('the words', async () => (await window.textOf('.quick-input-message')).includes('That is not its name'));
    await window.press('Control+a');
    await window.type('orders prod');
    await window.press('Enter');
    await waitForRow('Sync of orders prod', /Done/, patience);
    await applying;
    assert.equal((await sandbox.client.get(worker)).status, 200);
    await closeSync('orders prod');
    await closeAll();
  });

  it('say so when the cluster is gone, and are connected again when it is asked for', async () => {
    const disconnecting = vscode.commands.executeCommand('gitops.clusters.disconnect');
    await disconnecting;
    await waitForRow('Cluster', /not connected/);
    await waitFor('no status', async () => !(await window.textOf('.statusbar')).includes(sandbox.client.context));
    await window.click(row('Cluster'));
    await waitForRow('Cluster', /connected, v1/, patience);
    await waitForRow(environment, /1 drifted/, patience);
  });

  it('start a sandbox of their own when that is asked for, connect it, and end it', async () => {
    const own = 'The sandbox runs as gitops-sandbox';
    await vscode.commands.executeCommand('gitops.clusters.disconnect');
    await setKubeconfig(undefined);
    const starting = vscode.commands.executeCommand('gitops.sandbox.start');
    await waitFor('the question', async () => (await window.textOf('.quick-input-title')).includes('Environments to look at in the sandbox'), patience);
    await window.press('Escape');
    await starting;
    await waitFor('the words', async () => (await window.textOf('.notification-toast')).includes(own));
    await waitFor('the status', async () => (await window.textOf('.statusbar')).includes('gitops-sandbox'));
    await vscode.commands.executeCommand('gitops.sandbox.stop');
    await waitFor('no status', async () => !(await window.textOf('.statusbar')).includes('gitops-sandbox'));
  });
});

function tabLabels(): readonly string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
}
