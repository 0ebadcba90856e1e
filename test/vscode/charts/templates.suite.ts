import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, editUnsaved, hoverText, openFile, waitFor } from '../../support/host/workspace.js';

const migrate = 'charts/orders/templates/migrate.yaml';

/** As long as a machine may take that has much else to do. */
const patience = 90;

describe('Templates of charts in VS Code', function () {
  this.timeout(200_000);
  afterEach(closeAll);

  it('show on hover what a value is in each environment', async () => {
    const { document } = await openFile(migrate);
    const text = await waitFor(
      'the hover',
      async () => {
        const shown = await hoverText(document.uri, placeOf(document, '.Values.migration.backoff|Limit'));
        return shown.includes('`5`') && shown;
      },
      patience,
    );
    assert.match(text, /`2`.*charts\/orders\/values\.yaml:\d+/);
    assert.match(text, /prod.*`5`.*charts\/orders\/values-prod\.yaml:21/);
  });

  it('lead to the value, and to the template that is included', async () => {
    const { document } = await openFile(migrate);
    assert.deepEqual(await definitionsOf(document, '.Values.migration.backoff|Limit'), ['charts/orders/values-prod.yaml: backoffLimit', 'charts/orders/values.yaml: backoffLimit']);
    const [included] = await definitionsOf(document, 'include "service.im|age"');
    assert.match(included ?? '', /^charts\/orders\/charts\/service\/templates\/_names\.tpl: /);
  });

  it('complete values, functions and named templates', async () => {
    const editor = await openFile(migrate);
    const offered = async (from: string, to: string): Promise<readonly string[]> => {
      await editUnsaved(editor, from, to.replace('|', ''));
      return waitFor(
        `completion at ${to}`,
        async () => {
          const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', editor.document.uri, placeOf(editor.document, to));
          const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
          return labels.length > 0 && labels;
        },
        patience,
      );
    };
    assert.ok((await offered('.Values.migration.backoffLimit', '.Values.migration.|')).includes('backoffLimit'));
    assert.ok((await offered('.Values.migration.', '.Values.|')).includes('migration'));
    assert.ok((await offered('{{ .Values. }}', '{{ toY| }}')).includes('toYaml'));
    assert.ok((await offered('include "service.image"', 'include "|"')).includes('service.image'));
  });

  it('rename a key of values wherever it is named', async () => {
    const { document } = await openFile(migrate);
    const edit = await rename(document, '.Values.migration.backoff|Limit', 'attempts');
    assert.deepEqual(filesOf(edit), ['charts/orders/templates/migrate.yaml', 'charts/orders/values-prod.yaml', 'charts/orders/values.yaml']);
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    assert.match(document.getText(), /backoffLimit: \{\{ \.Values\.migration\.attempts \}\}/);
    const values = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(rootUri(), 'charts/orders/values-prod.yaml'));
    assert.match(values.getText(), /migration:\n {2}attempts: 5/);
  });

  it('rename a template with its calls', async () => {
    const { document } = await openFile('apps/templates/_application.tpl');
    const edit = await rename(document, 'define "apps.appli|cation"', 'apps.environment');
    assert.deepEqual(filesOf(edit), ['apps/templates/_application.tpl', 'apps/templates/applications.yaml']);
  });

  it('tell what a function takes', async () => {
    const { document } = await openFile('charts/orders/charts/service/templates/_names.tpl');
    const help = await waitFor(
      'the signature',
      async () => vscode.commands.executeCommand<vscode.SignatureHelp | undefined>('vscode.executeSignatureHelpProvider', document.uri, placeOf(document, 'trimSuffix |"-"')),
      patience,
    );
    assert.match(help.signatures[0]?.label ?? '', /^trimSuffix /);
  });
});

async function definitionsOf(document: vscode.TextDocument, marked: string): Promise<readonly string[]> {
  const found = await waitFor(
    `the definition of ${marked}`,
    async () => {
      const links = await vscode.commands.executeCommand<vscode.LocationLink[]>('vscode.executeDefinitionProvider', document.uri, placeOf(document, marked));
      return links.length > 0 && links;
    },
    patience,
  );
  const described: string[] = [];
  for (const { targetUri, targetSelectionRange, targetRange } of found) {
    const target = await vscode.workspace.openTextDocument(targetUri);
    described.push(`${labelOf(targetUri)}: ${target.getText(targetSelectionRange ?? targetRange)}`);
  }
  return described.sort();
}

function rename(document: vscode.TextDocument, marked: string, name: string): Promise<vscode.WorkspaceEdit> {
  return waitFor(
    `renaming ${marked}`,
    async () => {
      const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, placeOf(document, marked), name);
      return edit.size > 0 && edit;
    },
    patience,
  );
}

function filesOf(edit: vscode.WorkspaceEdit): readonly string[] {
  return edit
    .entries()
    .map(([uri]) => labelOf(uri))
    .sort();
}

function rootUri(): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0];
  assert.ok(root);
  return root.uri;
}

function labelOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}

/** The place of the `|` in a text that stands in the document. */
function placeOf(document: vscode.TextDocument, marked: string): vscode.Position {
  const at = document.getText().indexOf(marked.replace('|', ''));
  assert.ok(at >= 0, `${marked} is not in ${document.uri.path}\n${document.getText()}`);
  return document.positionAt(at + marked.indexOf('|'));
}
