import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, hoverText, openFile, openPreviewOf, uriOf, waitFor, waitForDiagnostic } from '../../support/host/workspace.js';

describe('In a workspace with several folders', () => {
  afterEach(closeAll);

  it('previews are there for each folder', async () => {
    const preview = await openPreviewOf('apps/dashboard/overlays/stage', 0);
    assert.match(preview.getText(), /namespace: dashboard-stage/);
  });

  it('places are named with the folder that they are in', async () => {
    const preview = await openPreviewOf('apps/dashboard/overlays/stage', 0);
    const position = preview.positionAt(preview.getText().indexOf('namespace: dashboard-stage') + 2);
    assert.match(await hoverText(preview.uri, position), /argocd-kustomize\/apps\/dashboard\/overlays\/stage\/kustomization\.yaml:3/);
  });

  it('problems are reported in the second folder too', async () => {
    const { document } = await openFile('missing-resource/kustomization.yaml', 1);
    const diagnostic = await waitForDiagnostic(document.uri, ({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    assert.equal(diagnostic.code, 'kustomize/missing-file');
  });

  it('every folder of broken samples has a problem', async () => {
    const folders = (await vscode.workspace.fs.readDirectory(uriOf('', 1))).filter(([name, type]) => type === vscode.FileType.Directory && name !== '.git').map(([name]) => name);
    assert.ok(folders.length > 20);
    await openFile('missing-resource/kustomization.yaml', 1);
    const hasProblem = (name: string): boolean =>
      vscode.languages.getDiagnostics().some(([uri, diagnostics]) => diagnostics.length > 0 && uri.path.startsWith(`${uriOf(name, 1).path}/`));
    await waitFor('problems everywhere', () => folders.every(hasProblem)).catch(() =>
      assert.deepEqual(
        folders.filter((name) => !hasProblem(name)),
        [],
      ),
    );
  });
});
