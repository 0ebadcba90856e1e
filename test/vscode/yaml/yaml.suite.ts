import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, editUnsaved, openFile, openPreviewOf, uriOf, waitFor, waitForDiagnostic } from '../../support/host/workspace.js';

interface YamlExtension {
  schemaOf(resource: string): string | undefined;
}

const prod = 'apps/orders/overlays/prod';

describe('Beside the YAML extension', () => {
  afterEach(closeAll);

  async function schemaOf(path: string): Promise<string | undefined> {
    const extension = vscode.extensions.getExtension<YamlExtension>('redhat.vscode-yaml');
    assert.ok(extension);
    return (await extension.activate()).schemaOf(uriOf(path).toString());
  }

  it('kustomizations and patches may hold anything, as they are checked by rendering', async () => {
    await openFile(`${prod}/kustomization.yaml`);
    const content = await waitFor('the schema', () => schemaOf(`${prod}/capacity.yaml`));
    const schema: unknown = JSON.parse(content);
    assert.deepEqual(Object.keys(schema as object), ['$schema', 'title']);
    assert.equal(await schemaOf(`${prod}/kustomization.yaml`), content);
  });

  it('whole objects keep the schema that the YAML extension has for them', async () => {
    await openFile(`${prod}/kustomization.yaml`);
    await waitFor('the schema', () => schemaOf(`${prod}/capacity.yaml`));
    assert.equal(await schemaOf('apps/orders/base/api.yaml'), undefined);
    assert.equal(await schemaOf('README.md'), undefined);
  });

  it('syntax errors of an open file are left to it', async () => {
    const editor = await openFile('apps/orders/base/service.yaml');
    const preview = await openPreviewOf(`${prod}/kustomization.yaml`);
    await editUnsaved(editor, 'kind: Service', 'kind: "Service');
    await waitFor('the banner', async () => (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', preview.uri, 100)).length > 0);
    assert.deepEqual(
      vscode.languages.getDiagnostics(editor.document.uri).filter(({ source }) => source === 'GitOps'),
      [],
    );
  });

  it('what only rendering finds is still reported', async () => {
    const editor = await openFile(`${prod}/kustomization.yaml`);
    await editUnsaved(editor, 'path: capacity.yaml', 'path: gone.yaml');
    await waitForDiagnostic(editor.document.uri, ({ message }) => message.includes('gone.yaml'));
  });

  it('package.json keeps it from checking kustomizations before this extension is active', () => {
    const manifest: unknown = vscode.extensions.getExtension('gitops-workbench.gitops-workbench')?.packageJSON;
    assert.match(JSON.stringify(manifest), /"yamlValidation":\[\{"fileMatch":\["kustomization\.yaml","kustomization\.yml","Kustomization"\]/);
  });
});
