import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { answerNotification, choosePick, waitForRow } from '../../support/host/tree.js';
import { closeAll, openFile, uriOf, waitFor, waitForText } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';
const input = '.quick-input-widget';

/** The preview of prod, and not what the suites before had open beside it. */
async function previewProd(): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('gitops.preview.openToSide', uriOf(prod));
  const inputs = (): readonly unknown[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  const tab = await waitFor('the preview of prod', () => inputs().find((input) => input instanceof vscode.TabInputText && input.uri.scheme === 'gitops-preview'));
  assert.ok(tab instanceof vscode.TabInputText && tab.uri.path.includes('orders prod'));
  return vscode.workspace.openTextDocument(tab.uri);
}

/** Runs "Set This Here…" on the first line of the preview that fits, and answers with a text; gives the title of the question. */
async function setHere(preview: vscode.TextDocument, line: RegExp, value: string): Promise<string> {
  await waitForText(preview, line);
  const at = preview
    .getText()
    .split('\n')
    .findIndex((text) => line.test(text));
  assert.ok(at >= 0, `${line.source} is not in the preview`);
  const editor = await vscode.window.showTextDocument(preview, { viewColumn: vscode.ViewColumn.Two });
  const end = preview.lineAt(at).range.end;
  editor.selection = new vscode.Selection(end, end);
  const setting = vscode.commands.executeCommand('gitops.setHere.start');
  const title = await waitFor(
    'the question',
    async () => {
      const shown = await window.textOf('.quick-input-title:visible');
      return shown.startsWith('Set ') && shown;
    },
    30,
  );
  await window.press('Control+a');
  await window.type(value);
  await window.press('Enter');
  await setting;
  return title;
}

describe('Set This Here', function () {
  this.timeout(60_000);
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(closeAll);

  it('writes the value where this environment says it, and the preview follows', async () => {
    const preview = await previewProd();
    const title = await setHere(preview, /^ {2}replicas: 3$/m, '5');
    assert.equal(title, 'Set spec.replicas of Deployment orders-worker for orders prod');
    const { document } = await openFile(prod);
    assert.match(document.getText(), /^ {2}- name: orders-worker\n {4}count: 5$/m);
    assert.ok(document.isDirty);
    await waitForText(preview, /^ {2}replicas: 5$/m);
    await vscode.commands.executeCommand('undo');
    await waitForText(preview, /^ {2}replicas: 3$/m);
    assert.match(document.getText(), /count: 3/);
  });

  it('adds the smallest entry where the environment says nothing yet, and leaves the base alone', async () => {
    const preview = await previewProd();
    const bases = (): readonly string[] => vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && !uri.path.includes('/overlays/prod/')).map(({ uri }) => uri.path);
    await setHere(preview, /^ +timeoutSeconds: \d+$|^ +periodSeconds: \d+$|^ +containerPort: \d+$/m, '77');
    await waitForText(preview, /: 77$/m);
    assert.deepEqual(bases(), []);
    assert.ok(vscode.workspace.textDocuments.some(({ isDirty, uri }) => isDirty && uri.path.includes('/overlays/prod/')));
  });

  it('takes no text for a number, and nothing at all after Escape', async () => {
    const preview = await previewProd();
    await waitForText(preview, /^ {2}replicas: 3$/m);
    const before = preview.getText();
    const editor = await vscode.window.showTextDocument(preview, { viewColumn: vscode.ViewColumn.Two });
    const line = before.split('\n').indexOf('  replicas: 3');
    editor.selection = new vscode.Selection(line, 5, line, 5);
    const setting = vscode.commands.executeCommand('gitops.setHere.start');
    await waitFor('the question', async () => (await window.textOf('.quick-input-title:visible')).includes('spec.replicas'));
    await window.press('Control+a');
    await window.type('many');
    await waitFor('the complaint', async () => (await window.textOf(input)).includes('spec.replicas is a number.'));
    await window.press('Escape');
    await setting;
    assert.equal(preview.getText(), before);
    assert.deepEqual(
      vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty),
      [],
    );
  });
});

describe('Change Image Registry', function () {
  this.timeout(120_000);
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-registry-move');
    await vscode.commands.executeCommand('gitops.plans.discard');
    await closeAll();
  });

  it('shows which names of images change and nothing else, edits them after a yes, and is undone as one', async () => {
    const moving = vscode.commands.executeCommand('gitops.registries.move');
    await choosePick('Change Image Registry (1/2)', 'ghcr.io/tidepool-example');
    await waitFor('the new name', async () => (await window.textOf('.quick-input-title:visible')).includes('(2/2)'));
    await window.press('Control+a');
    await window.type('registry.tidepool.example/shop');
    await window.press('Enter');
    await waitForRow('Plan of ', /Nothing was written yet/, 60);
    await window.screenshot('registry-move');
    assert.deepEqual(
      vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty),
      [],
    );
    await answerNotification('Nothing was written yet', 'Deliver…');
    await choosePick('ghcr.io/tidepool-example', 'Edit Files Only');
    await waitFor('the question', async () => (await window.textOf('.quick-input-title:visible')).includes('orders prod is protected'), 30);
    await window.type('prod');
    await window.press('Enter');
    await moving;
    const { document } = await openFile(prod);
    await waitForText(document, /registry\.tidepool\.example\/shop\/orders-api/);
    const preview = await previewProd();
    await waitForText(preview, /image: registry\.tidepool\.example\/shop\/orders-api:sha-2b9f6a13/);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('undo');
    await waitForText(preview, /image: ghcr\.io\/tidepool-example\/orders-api:sha-2b9f6a13/);
  });
});
