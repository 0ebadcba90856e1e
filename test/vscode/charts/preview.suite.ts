import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, hoverText, openFile, openPreviewOf, uriOf, waitFor } from '../../support/host/workspace.js';

const orders = 'charts/orders';
const prod = `${orders}/values-prod.yaml`;
const library = `${orders}/charts/service/templates`;

/** As long as a machine may take that has much else to do. */
const patience = 90;

describe('Previews of charts in VS Code', function () {
  this.timeout(200_000);
  afterEach(closeAll);

  it('show what the environment of a values file renders to, beside it', async () => {
    const preview = await openChartPreview(prod);
    assert.match(preview.getText(), /^---\n# Source: orders\/templates\/scaling\.yaml\n/);
    assert.match(preview.getText(), /maxReplicas: 12\n/);
    assert.doesNotMatch(preview.getText(), /is in orders-prod/, 'the notes are left out');
    assert.match(preview.uri.path, /orders prod \(preview\)\.yaml$/);
  });

  it('follow each keystroke in values and in templates', async () => {
    const preview = await openChartPreview(prod);
    const values = await openFile(prod);
    await editUnsaved(values, 'maximum: 12', 'maximum: 15');
    await waitForPreview(preview, /maxReplicas: 15\n/);
    const template = await openFile(`${library}/_scaling.tpl`);
    await editUnsaved(template, 'minAvailable: 1', 'minAvailable: 2');
    await waitForPreview(preview, /minAvailable: 2\n/);
    assert.ok(values.document.isDirty && template.document.isDirty);
  });

  it('keep the last good text while a template is broken, and lead to the place', async () => {
    const preview = await openChartPreview(prod);
    const good = preview.getText();
    const template = await openFile(`${library}/_network.tpl`);
    await editUnsaved(template, '{{ .path }}', '{{ .path | nope }}');
    const lenses = await waitFor('the banner', async () => bannerOf(preview), patience);
    assert.match(lenses.map(({ command }) => command?.title).join('\n'), /Last good render: .*function "nope" not defined/);
    assert.equal(preview.getText(), good);
    const [first] = lenses;
    await vscode.commands.executeCommand(first?.command?.command ?? '', ...((first?.command?.arguments ?? []) as unknown[]));
    assert.equal(vscode.window.activeTextEditor?.document.uri.path.endsWith('_network.tpl'), true);
    const [diagnostic] = await waitFor(
      'the diagnostic',
      () => {
        const found = vscode.languages.getDiagnostics(template.document.uri).filter(({ message }) => message.includes('"nope" not defined'));
        return found.length > 0 && found;
      },
      patience,
    );
    assert.equal(template.document.lineAt(diagnostic?.range.start.line ?? 0).text.includes('nope'), true);
  });

  it('take templates for Helm, and values for YAML', async () => {
    const languageOf = async (path: string): Promise<string> => (await openFile(path)).document.languageId;
    assert.equal(await languageOf(`${orders}/templates/migrate.yaml`), 'helm');
    assert.equal(await languageOf(`${library}/_names.tpl`), 'helm');
    assert.equal(await languageOf(`${orders}/templates/NOTES.txt`), 'helm-notes');
    assert.equal(await languageOf(prod), 'yaml');
    // Nothing in this path says so; the Chart.yaml beside it does.
    const { document } = await openFile('apps/templates/applications.yaml');
    await waitFor(
      'the language',
      () => vscode.workspace.textDocuments.some(({ uri, languageId }) => uri.toString() === document.uri.toString() && languageId === 'helm'),
      patience,
    );
  });

  it('ask once what a chart is rendered with, and remember it', async () => {
    await openFile(`${orders}/templates/deployment.yaml`);
    const opening = vscode.commands.executeCommand('gitops.preview.openToSide');
    await waitFor('the list', async () => (await window.textOf('.quick-input-list')).includes('orders stage'), patience);
    const offered = await window.textOf('.quick-input-list');
    for (const name of ['orders dev', 'orders prod', 'The chart’s own values', 'values-stage.yaml', 'Several values files…']) assert.ok(offered.includes(name), offered);
    await window.type('orders stage');
    await window.press('Enter');
    await opening;
    assert.match(await shownPreview(), /orders stage \(preview\)\.yaml$/);
    await closeAll();
    await openFile(`${orders}/Chart.yaml`);
    await vscode.commands.executeCommand('gitops.preview.openToSide');
    assert.match(await shownPreview(), /orders stage \(preview\)\.yaml$/);
  });

  it('take a values file, a release name and a namespace of one’s own choice', async () => {
    await openFile('charts/storefront/Chart.yaml');
    const opening = vscode.commands.executeCommand('gitops.charts.chooseValues');
    await waitFor('the list', async () => (await window.textOf('.quick-input-list')).includes('values-stage.yaml'), patience);
    await window.type('values-stage.yaml');
    await window.press('Enter');
    await waitFor('the name', async () => (await window.textOf('.quick-input-title')).includes('name of the release'), patience);
    await window.press('Control+A');
    await window.type('shop');
    await window.press('Enter');
    await waitFor('the namespace', async () => (await window.textOf('.quick-input-title')).includes('namespace'), patience);
    await window.press('Control+A');
    await window.type('rehearsal');
    await window.press('Enter');
    await opening;
    assert.match(await shownPreview(), /storefront with values-stage\.yaml \(preview\)\.yaml$/);
    const preview = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview');
    assert.match(preview?.document.getText() ?? '', /app\.kubernetes\.io\/instance: shop\n[^]*"text": "A rehearsal\."/);
  });

  it('tell on hover the value, what it overrode, and the templates that wrote it', async () => {
    const preview = await openChartPreview(prod);
    const text = await hoverText(preview.uri, placeOf(preview, 'maxReplicas: 12', 6));
    assert.match(text, /`service\.autoscaling\.maximum` = `12` in \[charts\/orders\/values-prod\.yaml:12\]/);
    assert.match(text, /was `autoscaling\.maximum` = `6` in \[charts\/orders\/charts\/service\/values\.yaml:\d+\]/);
    assert.match(text, /written by `\{\{ \.maximum \}\}` in \[[^\]]*scaling\.tpl:17\].*, included in \[charts\/orders\/templates\/scaling\.yaml:1\]/);
  });

  it('go to the value behind a line, and to the template', async () => {
    const preview = await openChartPreview(prod);
    const position = placeOf(preview, 'maxReplicas: 12', 6);
    const [value] = await vscode.commands.executeCommand<vscode.LocationLink[]>('vscode.executeDefinitionProvider', preview.uri, position);
    assert.ok(value);
    assert.ok(value.targetUri.path.endsWith(prod));
    const source = await vscode.workspace.openTextDocument(value.targetUri);
    assert.equal(source.getText(value.targetRange), '12');
    const templates = await vscode.commands.executeCommand<vscode.LocationLink[]>('vscode.executeImplementationProvider', preview.uri, position);
    assert.deepEqual(
      templates.map(({ targetUri }) => targetUri.path.split('/').at(-1)),
      ['_scaling.tpl', 'scaling.yaml'],
    );
  });

  it('lead from a line to its source, and from a source to its lines', async () => {
    const preview = await openChartPreview(prod);
    const shown = await vscode.window.showTextDocument(preview, { viewColumn: vscode.ViewColumn.Two });
    const line = placeOf(preview, 'maxReplicas: 12', 0).line;
    shown.selection = new vscode.Selection(line, 4, line, 4);
    await vscode.commands.executeCommand('gitops.preview.revealSource');
    assert.ok(vscode.window.activeTextEditor?.document.uri.path.endsWith(prod));
    assert.equal(vscode.window.activeTextEditor?.document.getText(vscode.window.activeTextEditor.selection), '12');
    const template = await openFile(`${library}/_deployment.tpl`);
    const from = placeOf(template.document, 'imagePullPolicy', 0);
    template.selection = new vscode.Selection(from, from);
    await vscode.commands.executeCommand('gitops.preview.revealLine');
    const wanted = placeOf(preview, 'imagePullPolicy: IfNotPresent', 0).line;
    await waitFor(
      'the line in the preview',
      () => vscode.window.visibleTextEditors.some(({ document, selection }) => document === preview && selection.active.line === wanted),
      patience,
    );
  });

  it('find every environment in which a line of values or of a template ends up', async () => {
    const editor = await openFile(`${orders}/values.yaml`);
    const namesOf = async (document: vscode.TextDocument, text: string): Promise<readonly string[]> => {
      const found = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeReferenceProvider', document.uri, placeOf(document, text, 4));
      return [...new Set(found.filter(({ uri }) => uri.scheme === 'gitops-preview').map(({ uri }) => uri.path.split('/').at(-1)?.replace(' (preview).yaml', '') ?? ''))].sort();
    };
    assert.deepEqual(await namesOf(editor.document, 'CATALOG_URL'), ['orders dev', 'orders prod', 'orders stage']);
    const template = await openFile(`${library}/_deployment.tpl`);
    assert.deepEqual(await namesOf(template.document, 'replicas: {{'), ['orders dev', 'orders stage']);
  });

  it('name the environments that a file affects', async () => {
    const lenses = async (path: string): Promise<string> => {
      const editor = await openFile(path);
      const found = await waitFor(
        `the lenses of ${path}`,
        async () => {
          const all = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', editor.document.uri, 100);
          return all.some(({ command }) => command?.title.startsWith('Affects')) && all;
        },
        patience,
      );
      return found.map(({ command }) => command?.title ?? '').join(' | ');
    };
    assert.match(await lenses(prod), /Affects prod/);
    assert.match(await lenses(`${library}/_deployment.tpl`), /Affects dev, stage, prod/);
    assert.match(await lenses(`${orders}/Chart.yaml`), /Preview \| Preview with … \| Compare with … \| Affects dev, stage, prod/);
  });

  it('name the phases of hooks in the outline', async () => {
    const preview = await openChartPreview(prod);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', preview.uri);
    assert.deepEqual(
      symbols.filter(({ detail }) => detail.includes('hook')).map(({ name, detail }) => `${name}: ${detail}`),
      ['orders-ready: Pod · test hook', 'orders-migrate: Job · pre-install, pre-upgrade hook'],
    );
  });

  it('compare two environments of a chart', async () => {
    const comparing = vscode.commands.executeCommand('gitops.environments.compare', uriOf('charts/catalog/values-stage.yaml'));
    await waitFor('the environments', async () => (await window.textOf('.quick-input-list')).includes('catalog prod'), patience);
    assert.ok((await window.textOf('.quick-input-list')).includes('Values files…'));
    await window.type('catalog prod');
    await window.press('Enter');
    await comparing;
    const tab = await waitFor('the comparison', () => vscode.window.tabGroups.activeTabGroup.activeTab, patience);
    assert.equal(tab.label, 'catalog stage ↔ catalog prod');
    assert.ok(tab.input instanceof vscode.TabInputTextDiff);
    const [left, right] = await Promise.all([vscode.workspace.openTextDocument(tab.input.original), vscode.workspace.openTextDocument(tab.input.modified)]);
    assert.match(left.getText(), /CACHE_SECONDS: "300"/);
    assert.match(right.getText(), /CACHE_SECONDS: "900"/);
  });
});

/** The server starts with the first of them. */
async function openChartPreview(path: string): Promise<vscode.TextDocument> {
  await openFile(path);
  const preview = await openPreviewOf(path);
  await waitForPreview(preview, /\S/);
  return preview;
}

async function waitForPreview(preview: vscode.TextDocument, pattern: RegExp): Promise<void> {
  await waitFor(`${pattern.source} in ${preview.uri.path}`, () => pattern.test(preview.getText()), patience);
}

async function bannerOf(preview: vscode.TextDocument): Promise<readonly vscode.CodeLens[] | undefined> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', preview.uri, 100);
  const banner = found.filter(({ command }) => command?.title.includes('Last good render') ?? false);
  return banner.length > 0 ? banner : undefined;
}

async function shownPreview(): Promise<string> {
  const editor = await waitFor('a preview', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview'), patience);
  return editor.document.uri.path;
}

function placeOf(document: vscode.TextDocument, text: string, behind: number): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, `${text} is not in ${document.uri.path}\n${document.getText()}`);
  return document.positionAt(at + behind);
}
