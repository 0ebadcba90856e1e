import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { applyPlan, closeSync, connectFor, patience, setKubeconfig, syncBy, type SyncAnswers } from '../../support/host/clusterSteps.js';
import { window } from '../../support/host/inHost.js';
import { installExternalSecrets, startSandbox, type StartedSandbox } from '../../support/host/startSandbox.js';
import { answerNotification, choosePick, expand, waitForRow } from '../../support/host/tree.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const base = 'apps/dashboard/base/kustomization.yaml';
const stage = 'apps/dashboard/overlays/stage/kustomization.yaml';
const preview = 'apps/orders/overlays/preview/kustomization.yaml';
const deployment = '/apis/apps/v1/namespaces/dashboard-stage/deployments/dashboard';
const service = '/api/v1/namespaces/dashboard-stage/services/dashboard';
const previewApi = '/apis/apps/v1/namespaces/orders-preview/deployments/orders-api-preview';
const label = 'dashboard stage';
const environment = `Environment ${label}`;
const plain: SyncAnswers = [[`Sync ${label} in`, 'Sync']];

describe('Syncs and their questions', function () {
  this.timeout(120_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  let sandbox: StartedSandbox;

  before(async () => {
    sandbox = await startSandbox();
    await installExternalSecrets(sandbox.client, ['orders-preview']);
    await setKubeconfig(sandbox.kubeconfig);
    await vscode.commands.executeCommand('gitops.environments.focus');
    await openFile(stage);
    await connectFor(sandbox.client.context, [label, 'orders preview']);
    assert.match(await syncBy('gitops.sync.start', uriOf(stage), label, plain), /Done/);
  });
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-syncs');
  });
  after(async () => {
    await closeAll();
    await vscode.commands.executeCommand('gitops.clusters.disconnect', { context: sandbox.client.context });
    await setKubeconfig(undefined);
    sandbox.stop();
  });

  async function specOf(path: string): Promise<DeploymentSpec> {
    return (await sandbox.client.get(path)).body['spec'] ?? {};
  }

  async function imageNow(): Promise<string> {
    return (await specOf(deployment)).template?.spec.containers[0]?.image ?? '';
  }

  async function scale(path: string, replicas: number): Promise<void> {
    assert.equal((await sandbox.client.patch(path, { spec: { replicas } }, 'kubectl-scale')).status, 200);
  }

  it('leave to others what they set, or take it over, as is said', async () => {
    await scale(deployment, 5);
    await waitForRow(environment, /1 drifted/, patience);
    await syncBy('gitops.sync.start', uriOf(stage), label, [['Take over fields', 'Leave Theirs'], ...plain]);
    assert.equal((await specOf(deployment)).replicas, 5);
    await syncBy('gitops.sync.start', uriOf(stage), label, [['Take over fields', 'Take Over'], ...plain]);
    assert.equal((await specOf(deployment)).replicas, 2);
  });

  it('delete what git does not have any more only after a yes', async () => {
    await editUnsaved(await openFile(base), '  - service.yaml\n', '');
    await waitForRow(environment, /1 drifted/, patience);
    await syncBy('gitops.sync.start', uriOf(stage), label, [['Prune 1 object', 'Sync without Pruning']]);
    assert.equal((await sandbox.client.get(service)).status, 200);
    await syncBy('gitops.sync.start', uriOf(stage), label, [['Prune 1 object', 'Sync and Prune']]);
    assert.equal((await sandbox.client.get(service)).status, 404);
    await closeAll();
    await syncBy('gitops.sync.start', uriOf(stage), label, plain);
    assert.equal((await sandbox.client.get(service)).status, 200);
  });

  it('undo the last one by a plan of what was there before, and make a past one again', async () => {
    const first = git('rev-parse', '--short=7', 'HEAD');
    const editor = await openFile(stage);
    await editUnsaved(editor, 'newTag: "1.10"', 'newTag: "1.11"');
    await editor.document.save();
    await waitForRow(environment, /uncommitted/, patience);
    git('commit', '--quiet', '--all', '--message', 'Dashboard 1.11 on stage');
    const second = git('rev-parse', '--short=7', 'HEAD');
    await waitForRow(environment, /^(?!.*uncommitted)/, patience);
    await syncBy('gitops.sync.start', uriOf(stage), label, plain);
    assert.match(await imageNow(), /:1\.11$/);

    await syncBy('gitops.sync.undo', uriOf(stage), label, [[`Sync ${label} back to ${first}`, 'Sync']]);
    assert.match(await imageNow(), /:1\.10$/);
    await waitForRow(environment, /1 drifted/, patience);

    await expand(environment);
    await expand('Sync History');
    await waitForRow(`Sync of ${second}, done`);
    const again = vscode.commands.executeCommand('gitops.sync.history', uriOf(stage));
    await choosePick(`Syncs of ${label}`, second);
    await choosePick(`Sync of ${second}`, 'Sync This Again…');
    await waitForRow(`Plan of ${label}`, new RegExp(`back at ${second}`), patience);
    assert.match(await applyPlan(label, [[`Sync ${label} back to ${second}`, 'Sync']]), /Done/);
    await again;
    await closeSync(label);
    assert.match(await imageNow(), /:1\.11$/);
    await waitForRow(environment, /in sync/, patience);
  });

  it('stop where they are when they are cancelled, and the next completes them', async () => {
    const editor = await openFile(stage);
    await editUnsaved(editor, '    newTag: "1.11"', `    newName: ${sandbox.registry}/nobody/pushed-this\n    newTag: "1.11"`);
    await waitForRow(environment, /1 drifted/, patience);
    const syncing = vscode.commands.executeCommand('gitops.sync.start', uriOf(stage));
    await answerNotification('Nothing was written yet', 'Apply…');
    await choosePick(`Sync ${label} in`, 'Sync');
    await waitFor('the progress', async () => /Syncing dashboard stage.*[Ww]aiting for/s.test(await window.textOf('.notification-toast')), patience);
    await window.click('.notification-toast:has-text("Syncing dashboard stage") .monaco-button:has-text("Cancel")');
    await waitForRow(`Sync of ${label}`, /Cancelled/, patience);
    await syncing;
    await waitFor('the words', async () => (await window.textOf('.notification-toast')).includes('Sync again to complete it'));
    await closeSync(label);
    await closeAll();
    assert.match(await syncBy('gitops.sync.start', uriOf(stage), label, plain), /Done/);
    await waitForRow(environment, /in sync, Healthy/, patience);
  });

  it('happen by themselves where an environment is reconciled continuously, until that is switched off', async () => {
    const name = 'Environment orders preview';
    await openFile(preview);
    const starting = vscode.commands.executeCommand('gitops.sync.reconcile', uriOf(preview));
    await choosePick('Reconcile orders preview continuously', 'Reconcile');
    await starting;
    await waitForRow(name, /in sync/, patience);
    const { replicas = 0 } = await specOf(previewApi);
    await scale(previewApi, replicas + 3);
    await waitFor('the replicas as git says', async () => (await specOf(previewApi)).replicas === replicas, patience);
    await vscode.commands.executeCommand('gitops.sync.stopReconciling', uriOf(preview));
    await waitForRow(name, /in sync/, patience);
    await scale(previewApi, replicas + 2);
    await waitForRow(name, /1 drifted/, patience);
    assert.equal((await specOf(previewApi)).replicas, replicas + 2);
  });

  it('say that the cluster is out of reach, and never that all is in sync then', async () => {
    sandbox.stop();
    await waitForRow(environment, /cluster unknown/, patience);
    await expand(environment);
    await waitForRow('Cluster', /unreachable.*tried again/, patience);
    await waitFor('the status', async () => (await window.attributeOf('.statusbar-item[id*="gitops.clusters"]', 'aria-label')).includes('unreachable'));
    await vscode.commands.executeCommand('gitops.clusters.disconnect', { context: sandbox.client.context });
    await waitForRow('Cluster', /not connected/);
  });
});

interface DeploymentSpec {
  readonly replicas?: number;
  readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

/** Runs git in the opened repository. */
function git(...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: uriOf('').fsPath, encoding: 'utf8' }).trim();
}
