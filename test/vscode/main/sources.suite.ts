import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, hoverText, openFile, uriOf, waitFor, waitForDiagnostic, waitForText } from '../../support/host/workspace.js';

const stage = 'apps/dashboard/overlays/stage/kustomization.yaml';
const prod = 'apps/orders/overlays/prod/kustomization.yaml';

describe('Sources in VS Code', () => {
  afterEach(closeAll);

  it('have no problems in the sample as it comes', async () => {
    const { document } = await openFile(prod);
    await waitFor('the lenses', async () => (await lensTitles(document.uri)).length > 0);
    const problems = vscode.languages
      .getDiagnostics()
      .flatMap(([uri, diagnostics]) => diagnostics.map(({ message, severity }) => `${vscode.workspace.asRelativePath(uri)}: ${vscode.DiagnosticSeverity[severity]} ${message}`));
    assert.deepEqual(
      problems.filter((problem) => problem.includes(': Error ')),
      [],
    );
  });

  it('show an error where it is made, unsaved, and a quick fix mends it', async () => {
    const editor = await openFile(stage);
    await editUnsaved(editor, '"1.10"', '1.10');
    const diagnostic = await waitForDiagnostic(editor.document.uri, ({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    assert.equal(editor.document.getText(diagnostic.range), '1.10');
    assert.equal(diagnostic.source, 'GitOps');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      editor.document.uri,
      diagnostic.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.ok(fix?.edit, JSON.stringify(actions));
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(editor.document.getText(), /newTag: "1\.10"/);
    await waitFor('the error to go', () => vscode.languages.getDiagnostics(editor.document.uri).length === 0);
  });

  it('show an error of a base in the base, for a kustomization that is not open', async () => {
    const editor = await openFile('apps/orders/base/service.yaml');
    await editUnsaved(editor, 'kind: Service', 'kindd: Service');
    const diagnostic = await waitForDiagnostic(editor.document.uri, ({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    assert.match(diagnostic.message, /kind/);
    assert.doesNotMatch(diagnostic.message, /\(in /);
    assert.equal(vscode.languages.getDiagnostics(editor.document.uri).length, 1);
  });

  it('say above a base file and above a patch which environments they affect', async () => {
    const base = await openFile('apps/orders/base/api.yaml');
    assert.deepEqual(await waitForLenses(base.document.uri), ['Affects dev, preview, prod, stage']);
    const patch = await openFile('apps/orders/overlays/prod/capacity.yaml');
    assert.deepEqual(await waitForLenses(patch.document.uri), ['Affects prod']);
  });

  it('offer the preview and a comparison above a kustomization', async () => {
    const { document } = await openFile(prod);
    assert.deepEqual(await waitForLenses(document.uri), ['Preview', 'Compare with …']);
  });

  it('link to the files that a kustomization names', async () => {
    const { document } = await openFile(prod);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
    const targets = links.map(({ target }) => target && vscode.workspace.asRelativePath(target));
    assert.deepEqual(targets, [
      'apps/orders/base/kustomization.yaml',
      'apps/orders/overlays/prod/network-policy.yaml',
      'apps/orders/components/autoscaling/kustomization.yaml',
      'apps/orders/components/public-host/kustomization.yaml',
      'apps/orders/overlays/prod/capacity.yaml',
      'apps/orders/overlays/prod/database.yaml',
    ]);
  });

  it('complete fields, files and images in a kustomization', async () => {
    const editor = await openFile(prod);
    const complete = async (text: string): Promise<string[]> => {
      const { document } = editor;
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, text);
      await vscode.workspace.applyEdit(edit);
      const end = document.lineAt(document.lineCount - 1).range.end;
      const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, end);
      await vscode.commands.executeCommand('undo');
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await complete('name')).includes('nameSuffix'));
    assert.ok((await complete('generators:\n  - ')).includes('capacity.yaml'));
    assert.ok((await complete('imageTags:\n  - ')).includes('newTag'));
  });

  it('explain the fields of a kustomization', async () => {
    const { document } = await openFile(prod);
    const position = document.positionAt(document.getText().indexOf('replicas:') + 2);
    assert.match(await hoverText(document.uri, position), /number of replicas of workloads/);
  });
});

describe('Comparisons in VS Code', () => {
  afterEach(closeAll);

  it('show two environments in the diff editor', async () => {
    const comparing = vscode.commands.executeCommand('gitops.environments.compare', uriOf('apps/orders/overlays/stage'));
    await pick('orders prod');
    await comparing;
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.equal(tab?.label, 'orders stage ↔ orders prod');
    assert.ok(tab.input instanceof vscode.TabInputTextDiff);
    const [left, right] = await Promise.all([tab.input.original, tab.input.modified].map((uri) => vscode.workspace.openTextDocument(uri)));
    assert.match(left?.getText() ?? '', /namespace: orders-stage/);
    assert.match(right?.getText() ?? '', /namespace: orders-prod/);
  });

  it('show what an unsaved change does against HEAD', async () => {
    const editor = await openFile(prod);
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-11111111');
    await vscode.commands.executeCommand('gitops.preview.openToSide', editor.document.uri);
    const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview');
    assert.ok(shown);
    await vscode.window.showTextDocument(shown.document, shown.viewColumn);
    await vscode.commands.executeCommand('gitops.preview.compareWithHead');
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const [before, now] = await Promise.all([input.original, input.modified].map((uri) => vscode.workspace.openTextDocument(uri)));
    assert.match(before?.getText() ?? '', /sha-2b9f6a13/);
    assert.doesNotMatch(before?.getText() ?? '', /sha-11111111/);
    assert.match(now?.getText() ?? '', /sha-11111111/);
  });
});

describe('Comparisons of revisions in VS Code', () => {
  afterEach(closeAll);

  it('show one environment as it was committed and as it is now', async () => {
    const editor = await openFile(prod);
    await editUnsaved(editor, 'newTag: sha-2b9f6a13', 'newTag: sha-22222222');
    const comparing = vscode.commands.executeCommand('gitops.environments.compareRevisions', editor.document.uri);
    await pick('HEAD');
    await waitFor('the second list', async () => (await window.textOf('.quick-input-title')).includes('2/2'));
    await pick('Now');
    await comparing;
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.equal(tab?.label, 'orders prod: HEAD ↔ Now');
    assert.ok(tab.input instanceof vscode.TabInputTextDiff);
    const [before, now] = await Promise.all([tab.input.original, tab.input.modified].map((uri) => vscode.workspace.openTextDocument(uri)));
    assert.match(before?.getText() ?? '', /orders-api:sha-2b9f6a13/);
    assert.match(now?.getText() ?? '', /orders-api:sha-22222222/);
  });
});

describe('A preview of HEAD', () => {
  afterEach(closeAll);

  it('moves on when something is committed', async () => {
    const folder = uriOf('apps/dashboard/overlays/stage');
    await vscode.commands.executeCommand('gitops.preview.openToSide', folder);
    const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview');
    assert.ok(shown);
    const atHead = await vscode.workspace.openTextDocument(shown.document.uri.with({ query: 'HEAD' }));
    await vscode.window.showTextDocument(atHead);
    assert.match(atHead.getText(), /replicas: 2\n/);
    const file = vscode.Uri.joinPath(folder, 'kustomization.yaml');
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text.replace('count: 2', 'count: 5')));
    await waitForText(shown.document, /replicas: 5\n/);
    assert.match(atHead.getText(), /replicas: 2\n/);
    execFileSync('git', ['commit', '--quiet', '--all', '--message', 'More dashboards'], { cwd: uriOf('').fsPath });
    await waitForText(atHead, /replicas: 5\n/);
  });
});

async function lensTitles(uri: vscode.Uri): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return lenses.map(({ command }) => command?.title ?? '');
}

function waitForLenses(uri: vscode.Uri): Promise<string[]> {
  return waitFor('lenses', async () => {
    const titles = await lensTitles(uri);
    return titles.length > 0 && titles;
  });
}

/** Takes an entry of the open list. */
async function pick(text: string): Promise<void> {
  await waitFor(`${text} in the list`, async () => (await window.textOf('.quick-input-list')).includes(text));
  await window.type(text);
  await window.press('Enter');
}
