import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { connectFor, patience, setKubeconfig, syncBy, type SyncAnswers } from '../../support/host/clusterSteps.js';
import { window } from '../../support/host/inHost.js';
import { startSandbox, type StartedSandbox } from '../../support/host/startSandbox.js';
import { chooseInMenu, choosePick, waitForRow } from '../../support/host/tree.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor, waitForText } from '../../support/host/workspace.js';
import { pushImage } from '../../support/registry/dockerRegistry.js';

const stage = 'apps/dashboard/overlays/stage/kustomization.yaml';
const policies = 'image-policies.yaml';
const label = 'dashboard stage';
const environment = `Environment ${label}`;
const plain: SyncAnswers = [[`Sync ${label} in`, 'Sync']];

describe('Registries of images', function () {
  this.timeout(240_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  let sandbox: StartedSandbox;

  before(async () => {
    sandbox = await startSandbox();
    await setKubeconfig(sandbox.kubeconfig);
    for (const [tag, created] of [
      ['1.9.0', '2026-01-01T00:00:00Z'],
      ['1.10.0', '2026-02-01T00:00:00Z'],
      ['2.0.0-rc.1', '2026-03-01T00:00:00Z'],
      ['dev', '2026-03-01T00:00:00Z'],
    ] as const) {
      await pushImage(sandbox.registry, 'dashboard', tag, { created });
    }
    await vscode.commands.executeCommand('gitops.environments.focus');
  });
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-registries');
  });
  after(async () => {
    await closeAll();
    fs.rmSync(uriOf(policies).fsPath, { force: true });
    await vscode.commands.executeCommand('gitops.clusters.disconnect', { context: sandbox.client.context });
    await vscode.workspace.getConfiguration().update('gitops.registries.allowed', undefined, vscode.ConfigurationTarget.Global);
    await setKubeconfig(undefined);
    sandbox.stop();
  });

  /** Points the overlay at the sandbox's registry, without saving. */
  async function useSandboxRegistry(tag: string): Promise<vscode.TextEditor> {
    const editor = await openFile(stage);
    await editUnsaved(editor, 'newTag: "1.10"', `newName: ${sandbox.registry}/dashboard\n    newTag: ${tag}`);
    return editor;
  }

  it('are asked only after they were allowed, which is asked for by their hosts', async () => {
    await useSandboxRegistry('dev');
    const allowing = vscode.commands.executeCommand('gitops.registries.allow');
    await waitFor('the hosts', async () => (await window.textOf('.quick-input-list')).includes(sandbox.registry), 30);
    await window.click(`.quick-input-list .monaco-list-row:has-text("${sandbox.registry}")`);
    await waitFor('the choice', async () => (await window.textOf('.quick-input-count')).startsWith('1 '));
    await window.press('Enter');
    await allowing;
    assert.deepEqual(vscode.workspace.getConfiguration().get('gitops.registries.allowed'), [sandbox.registry]);
  });

  it('complete the tags that they have', async () => {
    const editor = await openFile(stage);
    const { document } = editor;
    const at = document.positionAt(document.getText().indexOf('newTag: dev') + 'newTag: '.length);
    let seen = '';
    const labels = await waitFor(
      'the tags',
      async () => {
        const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at);
        const found = list.items.map(({ label: item }) => (typeof item === 'string' ? item : item.label));
        seen = found.join(' ');
        return found.some((tag) => tag.includes('1.10.0')) && found;
      },
      60,
    ).catch((error: unknown) => {
      throw new Error(`there are ${seen}`, { cause: error });
    });
    for (const tag of ['1.9.0', '1.10.0', '2.0.0-rc.1'])
      assert.ok(
        labels.some((item) => item.includes(tag)),
        labels.join(' '),
      );
  });

  it('say of a policy which tag it selects, as Flux would', async () => {
    const group = 'apiVersion: image.toolkit.fluxcd.io/v1';
    const repository = `${group}\nkind: ImageRepository\nmetadata: {name: dashboard, namespace: flux-system}\nspec: {image: ${sandbox.registry}/dashboard, interval: 5m}\n`;
    const policy = `${group}\nkind: ImagePolicy\nmetadata: {name: dashboard, namespace: flux-system}\nspec:\n  imageRepositoryRef: {name: dashboard}\n  policy: {semver: {range: ">=1.0.0"}}\n`;
    fs.writeFileSync(uriOf(policies).fsPath, `${repository}---\n${policy}`);
    const editor = await openFile(policies);
    await waitFor('the lens', async () => (await window.textOf('.codelens-decoration')).includes('Selects 1.10.0 of 4 tags'), 60);
    await editUnsaved(editor, '>=1.0.0', '>=1.0.0-0');
    await waitFor('the lens', async () => (await window.textOf('.codelens-decoration')).includes('Selects 2.0.0-rc.1 of 4 tags'), 60);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('show what runs an older build of its tag, and restart it after a yes', async () => {
    const { document } = await openFile(stage);
    await waitForText(document, /newTag: dev/);
    await document.save();
    await connectFor(sandbox.client.context, [label]);
    assert.match(await syncBy('gitops.sync.start', uriOf(stage), label, plain), /Done/);
    await waitForRow(environment, /Healthy/, patience);
    const digest = await pushImage(sandbox.registry, 'dashboard', 'dev', { created: '2026-04-01T00:00:00Z' });
    await vscode.commands.executeCommand('gitops.registries.refresh');
    const restarting = chooseInMenu(environment, 'Restart Rollout…');
    await restarting;
    await choosePick(`Restart which rollout of ${label}?`, 'Deployment dashboard');
    await choosePick('Restart Deployment dashboard?', 'Restart');
    await waitFor('pods of the new build', async () => everyRuns(digest), patience);
  });

  async function everyRuns(digest: string): Promise<boolean> {
    const { body } = await sandbox.client.get('/api/v1/namespaces/dashboard-stage/pods');
    const pods = body['items'] as readonly { readonly status?: { readonly containerStatuses?: readonly { readonly imageID: string; readonly ready: boolean }[] } }[];
    const statuses = pods.flatMap(({ status }) => status?.containerStatuses ?? []);
    return statuses.length === 2 && statuses.every(({ imageID, ready }) => ready && imageID.endsWith(digest));
  }
});
