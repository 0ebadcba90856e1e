import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { startSandbox, type StartedSandbox } from '../../support/host/startSandbox.js';
import { connectFor, setKubeconfig, syncBy } from '../../support/host/clusterSteps.js';
import { answerNotification, expand, waitForRow } from '../../support/host/tree.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor } from '../../support/host/workspace.js';

const stage = 'apps/dashboard/overlays/stage/kustomization.yaml';
const deployment = '/apis/apps/v1/namespaces/dashboard-stage/deployments/dashboard';
const environment = 'Environment dashboard stage';

/** Pictures for people: the README shows the dark ones. */
describe('Pictures of drift', function () {
  this.timeout(120_000);
  this.bail(true);
  let sandbox: StartedSandbox;

  before(async () => {
    sandbox = await startSandbox();
    await setKubeconfig(sandbox.kubeconfig);
    await vscode.commands.executeCommand('gitops.environments.focus');
    await connectFor(sandbox.client.context, ['dashboard stage']);
    await waitForRow(environment, /drifted/, 60);
    await syncBy('gitops.sync.start', uriOf(stage), 'dashboard stage', [['Sync dashboard stage in', 'Sync']]);
    await sandbox.client.patch(deployment, { spec: { replicas: 5 } }, 'kubectl-scale');
    await sandbox.client.patch(deployment, { metadata: { labels: { 'app.kubernetes.io/part-of': 'something-else' } } }, 'kubectl-edit');
    await closeAll();
  });
  after(async () => {
    await closeAll();
    await setKubeconfig(undefined);
    sandbox.stop();
  });

  for (const [name, theme] of [
    ['drift', 'Default Dark Modern'],
    ['drift-light', 'Default Light Modern'],
  ] as const) {
    it(`show who changed what in the cluster, in the tree and behind the line that declares it (${name})`, async () => {
      await useTheme(theme);
      await openFile(stage);
      await vscode.commands.executeCommand('gitops.environments.focus');
      await waitForRow(environment, /1 drifted/, 60);
      await expand(environment);
      await expand('Drift');
      await waitForRow('spec.replicas', /live 5/);
      await vscode.commands.executeCommand('notifications.clearAll');
      await window.moveMouse(900, 700);
      await settle();
      await window.screenshot(name);
    });
  }

  for (const [name, theme] of [
    ['plan', 'Default Dark Modern'],
    ['plan-light', 'Default Light Modern'],
  ] as const) {
    it(`show the plan of a sync before anything is written (${name})`, async () => {
      await useTheme(theme);
      const editor = await openFile(stage);
      await editUnsaved(editor, 'newTag: "1.10"', 'newTag: "1.11"');
      await waitForRow(environment, /1\.11/, 30);
      const planning = vscode.commands.executeCommand('gitops.sync.start', uriOf(stage));
      await waitForRow('Plan of dashboard stage', /to change/, 60);
      await waitFor('the question', async () => (await window.textOf('.notification-toast')).includes('Nothing was written yet'), 20);
      await window.moveMouse(900, 700);
      await settle();
      await window.screenshot(name);
      await answerNotification('Nothing was written yet', 'Close Plan');
      await planning;
      await closeAll();
    });
  }
});

async function useTheme(theme: string): Promise<void> {
  await vscode.workspace.getConfiguration().update('workbench.colorTheme', theme, vscode.ConfigurationTarget.Global);
}

/** Fades and layouts of the window have no event to wait for. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 1000));
}
