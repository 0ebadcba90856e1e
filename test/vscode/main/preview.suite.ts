import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, hoverText, openFile, openPreviewOf, uriOf, waitFor, waitForText } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod';

describe('The preview in VS Code', () => {
  afterEach(closeAll);

  it('opens beside the kustomization and leaves the focus there', async () => {
    const editor = await openFile(`${prod}/kustomization.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    assert.match(preview.getText(), /name: orders-api/);
    assert.equal(preview.languageId, 'yaml');
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), editor.document.uri.toString());
    const shown = vscode.window.visibleTextEditors.find(({ document }) => document === preview);
    assert.equal(shown?.viewColumn, vscode.ViewColumn.Two);
  });

  it('follows an unsaved edit of a patch', async () => {
    const editor = await openFile(`${prod}/capacity.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    await editUnsaved(editor, 'cpu: 200m', 'cpu: 999m');
    await waitForText(preview, /cpu: 999m/);
    assert.equal(editor.document.isDirty, true);
  });

  it('keeps its scroll position and what is folded', async () => {
    const editor = await openFile(`${prod}/kustomization.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    const shown = await vscode.window.showTextDocument(preview, { viewColumn: vscode.ViewColumn.Two });
    const line = preview
      .getText()
      .split('\n')
      .findIndex((text) => text.startsWith('kind: Deployment'));
    shown.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.AtTop);
    shown.selection = new vscode.Selection(line, 0, line, 0);
    await waitFor('the preview scrolled', () => (shown.visibleRanges[0]?.start.line ?? 0) > 5);
    const top = shown.visibleRanges[0]?.start.line;
    await vscode.window.showTextDocument(editor.document, { viewColumn: vscode.ViewColumn.One });
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-00000000');
    await waitForText(preview, /sha-00000000/);
    assert.equal(shown.visibleRanges[0]?.start.line, top);
    assert.equal(shown.selection.active.line, line);
  });

  it('asks which environment for a file that several use', async () => {
    await openFile('apps/orders/base/api.yaml');
    const opening = vscode.commands.executeCommand('gitops.preview.openToSide');
    await waitFor('the list of environments', async () => (await window.textOf('.quick-input-list')).includes('orders prod'));
    const offered = await window.textOf('.quick-input-list');
    for (const name of ['orders dev', 'orders preview', 'orders prod', 'orders stage']) assert.ok(offered.includes(name), offered);
    await window.type('orders stage');
    await window.press('Enter');
    await opening;
    assert.match(vscode.window.visibleTextEditors.map(({ document }) => document.uri.path).join(), /orders stage \(preview\)\.yaml/);
  });

  it('keeps the last good text and says what is wrong while the input is broken', async () => {
    const editor = await openFile(`${prod}/kustomization.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    const good = preview.getText();
    await editUnsaved(editor, 'path: capacity.yaml', 'path: gone.yaml');
    const lenses = await waitFor('the banner', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', preview.uri, 100);
      return found.length > 0 && found;
    });
    assert.match(lenses.map(({ command }) => command?.title).join('\n'), /gone\.yaml does not exist/);
    assert.equal(preview.getText(), good);
    const [first] = lenses;
    await vscode.commands.executeCommand(first?.command?.command ?? '', ...((first?.command?.arguments ?? []) as unknown[]));
    assert.equal(vscode.window.activeTextEditor?.document.uri.path.endsWith(`${prod}/kustomization.yaml`), true);
    assert.equal(vscode.window.activeTextEditor?.document.getText(vscode.window.activeTextEditor.selection), 'gone.yaml');
    await editUnsaved(editor, 'path: gone.yaml', 'path: capacity.yaml');
    await waitFor('the banner to go', async () => (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', preview.uri, 100)).length === 0);
  });

  it('tells on hover what set a field and what that overrode', async () => {
    await openFile(`${prod}/kustomization.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    const position = placeOf(preview, 'image: ghcr.io/tidepool-example/orders-api:', 8);
    const text = await hoverText(preview.uri, position);
    assert.match(text, /set by `images\[0\]\.newTag` in \[apps\/orders\/overlays\/prod\/kustomization\.yaml:12\]/);
    assert.match(text, /was `ghcr\.io\/tidepool-example\/orders-api/);
  });

  it('goes to the line that sets a field', async () => {
    await openFile(`${prod}/kustomization.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    const position = placeOf(preview, 'image: ghcr.io/tidepool-example/orders-api:', 8);
    const [target] = await vscode.commands.executeCommand<vscode.LocationLink[]>('vscode.executeDefinitionProvider', preview.uri, position);
    assert.ok(target);
    assert.ok(target.targetUri.path.endsWith(`${prod}/kustomization.yaml`));
    const source = await vscode.workspace.openTextDocument(target.targetUri);
    assert.equal(source.getText(target.targetRange), 'sha-2b9f6a13');
  });

  it('finds every environment in which a source line ends up', async () => {
    const editor = await openFile('apps/orders/base/service.yaml');
    const line = editor.document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('kind: Service'));
    const found = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeReferenceProvider', editor.document.uri, new vscode.Position(line, 2));
    const names = found.map(({ uri }) => uri.path.split('/').at(-1)).sort();
    assert.deepEqual(names, ['orders dev (preview).yaml', 'orders preview (preview).yaml', 'orders prod (preview).yaml', 'orders stage (preview).yaml']);
  });

  it('has an outline by object', async () => {
    await openFile(`${prod}/kustomization.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', preview.uri);
    const deployment = symbols.find(({ name, detail }) => name === 'orders-api' && detail.startsWith('Deployment'));
    assert.ok(deployment);
    assert.ok(deployment.children.some(({ name }) => name === 'spec'));
  });

  it('moves the cursor along the changes of the overlay', async () => {
    await openFile(`${prod}/kustomization.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    const shown = await vscode.window.showTextDocument(preview, { viewColumn: vscode.ViewColumn.Two });
    await vscode.commands.executeCommand('gitops.preview.nextChange');
    const first = shown.selection.active.line;
    await vscode.commands.executeCommand('gitops.preview.nextChange');
    assert.ok(shown.selection.active.line > first);
    await vscode.commands.executeCommand('gitops.preview.previousChange');
    assert.equal(shown.selection.active.line, first);
  });

  it('hides secrets until they are asked for', async () => {
    const local = 'apps/dashboard/overlays/local/kustomization.yaml';
    await openFile(local);
    const preview = await openPreviewOf(local);
    assert.match(preview.getText(), /key: ••••••••/);
    await vscode.window.showTextDocument(preview, { viewColumn: vscode.ViewColumn.Two });
    await vscode.commands.executeCommand('gitops.preview.revealSecrets');
    await waitForText(preview, new RegExp(`key: ${Buffer.from('only-for-laptops').toString('base64')}`));
    await vscode.commands.executeCommand('gitops.preview.maskSecrets');
    await waitForText(preview, /key: ••••••••/);
  });

  it('is there again after the server was restarted', async () => {
    const editor = await openFile(`${prod}/capacity.yaml`);
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    await vscode.commands.executeCommand('gitops.server.restart');
    await editUnsaved(editor, 'cpu: 200m', 'cpu: 777m');
    await waitForText(preview, /cpu: 777m/);
  });

  it('opens from the folder in the explorer', async () => {
    await vscode.commands.executeCommand('gitops.preview.openToSide', uriOf('apps/dashboard/overlays/stage'));
    const preview = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview');
    assert.match(preview?.document.uri.path ?? '', /dashboard stage \(preview\)\.yaml/);
  });
});

function placeOf(document: vscode.TextDocument, text: string, more: number): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, `${text} is not in ${document.uri.path}`);
  return document.positionAt(at + more);
}
