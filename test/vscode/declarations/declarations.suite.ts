import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, uriOf, waitFor, waitForDiagnostic, waitForText } from '../../support/host/workspace.js';

/** A set of the workspace's own, in the older of the two template languages. */
const set = 'bootstrap/orders-regions.yaml';

const setText = `# The same app in several regions.
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: orders-regions
spec:
  generators:
    - list:
        elements:
          - environment: stage
            region: north
          - environment: prod
            region: north
          - environment: prod
            region: south
  template:
    metadata:
      name: orders-{{environment}}-{{region}}
    spec:
      project: tidepool
      source:
        repoURL: https://github.com/tidepool-example/delivery.git
        targetRevision: main
        path: apps/orders/overlays/{{environment}}
      destination:
        server: https://kubernetes.default.svc
        namespace: orders-{{environment}}-{{region}}
`;

async function lensTitles(uri: vscode.Uri): Promise<string> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return lenses.map(({ command }) => command?.title).join('\n');
}

async function openGenerated(): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('gitops.applications.preview');
  return waitFor('the generated Applications', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-generated')?.document);
}

describe('Declarations of delivery', () => {
  before(() => vscode.workspace.fs.writeFile(uriOf(set), Buffer.from(setText)));
  after(() => vscode.workspace.fs.delete(uriOf(set)));
  afterEach(closeAll);

  it('show the Applications that an ApplicationSet generates, beside it', async () => {
    const editor = await openFile(set);
    const document = await openGenerated();
    assert.match(document.getText(), /^# 3 Applications\n/);
    for (const name of ['stage-north', 'prod-north', 'prod-south']) assert.match(document.getText(), new RegExp(`^  name: orders-${name}$`, 'm'));
    assert.equal(document.languageId, 'yaml');
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
  });

  it('follow the set while it is written, also when it moves', async () => {
    const editor = await openFile(set);
    const document = await openGenerated();
    await editUnsaved(editor, '# The same', '# one more line\n# The same');
    await editUnsaved(editor, 'region: south', 'region: west');
    await waitForText(document, /^ {2}name: orders-prod-west$/m);
    assert.match(document.getText(), /^# 3 Applications\n/);
  });

  it('say in a comment how many Applications there are, also when there are none', async () => {
    const editor = await openFile(set);
    const document = await openGenerated();
    const elements = /elements:\n[^]*?(?= {2}template)/.exec(setText)?.[0] ?? '';
    await editUnsaved(editor, elements, 'elements: []\n');
    await waitForText(document, /^# No Application is generated\n/);
  });

  it('have a lens above the set and above what declares an environment', async () => {
    const { document } = await openFile(set);
    assert.match(
      await waitFor('the lens', async () => (await lensTitles(document.uri)).includes('Preview generated Applications') && lensTitles(document.uri)),
      /Preview generated Applications/,
    );
    const application = await openFile('bootstrap/dashboard-stage.yaml');
    await waitFor('the lens', async () => (await lensTitles(application.document.uri)).includes('Preview as deployed (dashboard stage)'));
  });

  it('open the preview as deployed of the environment at the cursor', async () => {
    await openFile('bootstrap/dashboard-stage.yaml');
    await vscode.commands.executeCommand('gitops.environments.preview');
    const preview = await waitFor('the preview', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview'));
    assert.match(preview.document.uri.path, /dashboard stage/);
    assert.match(preview.document.getText(), /kind: Deployment/);
  });

  it('ask which environment is meant where a set declares several', async () => {
    await openFile(set);
    const opening = vscode.commands.executeCommand('gitops.environments.preview');
    const offered = await waitFor('the environments', async () => {
      const shown = await window.textOf('.quick-input-list');
      return shown.includes('orders prod-south') && shown;
    });
    assert.doesNotMatch(offered, /dashboard/);
    await window.type('orders prod-south');
    await window.press('Enter');
    await opening;
    const preview = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview');
    assert.match(preview?.document.getText() ?? '', /namespace: orders-prod/);
  });
});

describe('Around the workspace', () => {
  afterEach(closeAll);

  it('the page of a rule is shown, and nothing that is none', async () => {
    const pages = path.join(vscode.extensions.getExtension('gitops-workbench.gitops-workbench')?.extensionPath ?? '', 'docs/rules');
    const group = fs.readdirSync(pages).find((name) => fs.statSync(path.join(pages, name)).isDirectory());
    assert.ok(group);
    const rule = `${group}/${path.basename(fs.readdirSync(path.join(pages, group))[0] ?? '', '.md')}`;
    await vscode.commands.executeCommand('_gitops.rules.show', rule);
    await waitFor('the page', () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('_gitops.rules.show', '../../README');
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab, undefined);
  });

  it('a finding links to the page of its rule', async () => {
    const editor = await openFile('apps/orders/overlays/prod/kustomization.yaml');
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: latest');
    const found = await waitForDiagnostic(editor.document.uri, ({ code }) => typeof code === 'object' && code.value === 'images/latest-tag');
    assert.ok(typeof found.code === 'object');
    assert.equal(found.code.target.toString(), `${vscode.env.uriScheme}://gitops-workbench.gitops-workbench/rules/images/latest-tag`);
  });

  it('the sample is copied whole, into a folder of its own, with a history', async () => {
    const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-workbench-sample-'));
    try {
      for (const name of ['gitops-sample', 'gitops-sample-2']) {
        await vscode.commands.executeCommand('_gitops.sample.copy', vscode.Uri.file(parent).toString());
        assert.equal(fs.existsSync(path.join(parent, name, 'apps/orders/overlays/prod/kustomization.yaml')), true);
        assert.equal(fs.existsSync(path.join(parent, name, '.git')), true);
      }
    } finally {
      fs.rmSync(parent, { recursive: true });
    }
  });

  it('the settings file is completed by its schema', () => {
    const manifest = vscode.extensions.getExtension('gitops-workbench.gitops-workbench')?.packageJSON as {
      contributes: { yamlValidation: readonly { fileMatch: readonly string[]; url: string }[] };
    };
    const [entry] = manifest.contributes.yamlValidation.filter(({ fileMatch }) => fileMatch.includes('.gitops-workbench.yaml'));
    assert.equal(entry?.url, './schemas/gitops-workbench.schema.json');
    assert.ok(uriOf('.'));
  });
});
