import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { ClusterClient } from '../../support/host/clusterClient.js';
import { patience } from '../../support/host/clusterSteps.js';
import { window } from '../../support/host/inHost.js';
import { answerNotification, choosePick, expand, waitForRow } from '../../support/host/tree.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const stage = 'apps/dashboard/overlays/stage/kustomization.yaml';
const application = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/dashboard-stage';
const deployment = '/apis/apps/v1/namespaces/dashboard-stage/deployments/dashboard';
const environment = 'Environment dashboard stage';

/** The window that `npm start` opens, and what is asked of Argo CD there, which the sandbox simulates. */
describe('The sandbox that a window was started with', function () {
  this.timeout(120_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  const client = new ClusterClient(process.env['GITOPS_WORKBENCH_SANDBOX'] ?? '');

  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-operators');
  });
  after(closeAll);

  async function statusOf(): Promise<ApplicationStatus> {
    return (await client.get(application)).body['status'] ?? {};
  }

  async function imageNow(): Promise<string> {
    const spec = (await client.get(deployment)).body['spec'] as { readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } };
    return spec.template.spec.containers[0]?.image ?? '';
  }

  async function replicasNow(): Promise<unknown> {
    return ((await client.get(deployment)).body['spec'] as { readonly replicas?: number }).replicas;
  }

  it('is connected without a question, and the tree has something true to show', async () => {
    await waitForRow(environment, /1 drifted, Healthy/, patience);
    await waitForRow('Environment orders stage', /2 ahead, Healthy/, patience);
    await waitForRow('Environment orders prod', /in sync, Healthy/, patience);
    await waitFor('the status', async () => (await window.textOf('.statusbar')).includes(client.context));
  });

  it('leaves what Argo CD delivers to Argo CD', async () => {
    await expand(environment);
    await waitForRow('Argo CD: OutOfSync', /Healthy/, patience);
    await expand('Argo CD: OutOfSync');
    await waitForRow('delivers by itself');
    await openFile(stage);
    const syncing = vscode.commands.executeCommand('gitops.sync.start', uriOf(stage));
    await answerNotification('Argo CD', 'Sync with Argo CD…');
    await waitFor('its options', async () => (await window.textOf('.quick-input-title')).includes('Sync dashboard stage with Argo CD'), patience);
    await window.press('Escape');
    await syncing;
    await vscode.commands.executeCommand('gitops.sync.discard');
    assert.equal(await replicasNow(), 5);
  });

  it('has Argo CD sync chosen resources, and follows it', async () => {
    const syncing = vscode.commands.executeCommand('gitops.argocd.sync', uriOf(stage));
    await pick('Sync dashboard stage with Argo CD', ['Selected Resources Only…']);
    await pick('Resources of dashboard stage to sync', ['Deployment dashboard']);
    await choosePick('Have Argo CD sync dashboard stage', 'Sync');
    await syncing;
    assert.equal(await replicasNow(), 2);
    await waitForRow(environment, /in sync, Healthy/, patience);
    await waitForRow('Argo CD: Synced', /Healthy/, patience);
  });

  it('refreshes, softly and hard', async () => {
    for (const command of ['gitops.argocd.refresh', 'gitops.argocd.hardRefresh']) {
      const before = (await statusOf()).reconciledAt;
      await nextSecond(before);
      await vscode.commands.executeCommand(command, uriOf(stage));
      await waitFor(`a newer look by ${command}`, async () => (await statusOf()).reconciledAt !== before, patience);
    }
  });

  it('sees what Argo CD delivers of a push, and rolls it back once auto-sync is suspended', async () => {
    await push('newTag: "1.10"', 'newTag: "1.11"');
    await vscode.commands.executeCommand('gitops.argocd.refresh', uriOf(stage));
    await waitFor('the new version', async () => (await imageNow()).endsWith(':1.11'), patience);
    await waitFor('its record', async () => ((await statusOf()).history ?? []).length >= 2, patience);
    await vscode.commands.executeCommand('gitops.argocd.rollBack', uriOf(stage));
    await waitFor('the words', async () => (await window.textOf('.notification-toast')).includes('Suspend auto-sync first'));
    await answer('gitops.argocd.suspend', 'Suspend dashboard stage', 'Suspend');
    await waitForRow('delivers when asked: auto-sync is off', /^/, patience);
    const rolling = vscode.commands.executeCommand('gitops.argocd.rollBack', uriOf(stage));
    await waitFor('the deliveries', async () => (await window.textOf('.quick-input-title')).includes('Roll dashboard stage back to'), patience);
    await window.press('Enter');
    await choosePick('Have Argo CD roll dashboard stage back to', 'Roll Back');
    await rolling;
    await waitFor('the version before', async () => (await imageNow()).endsWith(':1.10'), patience);
    await answer('gitops.argocd.resume', 'Resume dashboard stage', 'Resume');
    await waitFor('the version of git', async () => (await imageNow()).endsWith(':1.11'), patience);
    await waitForRow('delivers by itself', /^/, patience);
  });

  async function answer(command: string, question: string, action: string): Promise<void> {
    const asking = vscode.commands.executeCommand(command, uriOf(stage));
    await choosePick(question, action);
    await asking;
  }

  /** Edits the overlay, commits and pushes that. */
  async function push(before: string, after: string): Promise<void> {
    const editor = await openFile(stage);
    await editUnsaved(editor, before, after);
    await editor.document.save();
    git('add', '--all');
    git('commit', '--quiet', '--message', 'A change of the dashboard on stage');
    git('push', '--quiet', 'origin', 'main');
  }
});

interface ApplicationStatus {
  readonly reconciledAt?: string;
  readonly history?: readonly unknown[];
}

/** Picks these of a list in which none is picked. */
async function pick(title: string, labels: readonly string[]): Promise<void> {
  await waitFor(
    `the list ${title}`,
    async () => (await window.textOf('.quick-input-title')).includes(title) && (await window.textOf('.quick-input-list')).includes(labels[0] ?? ''),
    patience,
  );
  for (const label of labels) await window.click(`.quick-input-list .monaco-list-row:has-text("${label}")`);
  await window.press('Enter');
}

/** Times of Kubernetes have whole seconds. */
async function nextSecond(time: string | undefined): Promise<void> {
  await waitFor('another second', () => Math.floor(Date.now() / 1000) * 1000 > Date.parse(time ?? ''));
}

/** Runs git in the opened repository. */
function git(...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: uriOf('').fsPath, encoding: 'utf8', stdio: 'pipe' }).trim();
}
