import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, openFile, openPreviewOf, waitFor } from '../../support/host/workspace.js';

const prod = 'charts/orders/values-prod.yaml';

/** Pictures for people: the README shows the dark one. */
describe('Pictures of charts', function () {
  this.timeout(200_000);
  afterEach(closeAll);

  for (const [name, theme] of [
    ['chart', 'Default Dark Modern'],
    ['chart-light', 'Default Light Modern'],
  ] as const) {
    it(`show a chart's preview beside the values of its environment, with the origin of a number (${name})`, async () => {
      await useTheme(theme);
      await vscode.commands.executeCommand('workbench.action.closeSidebar');
      const values = await openFile(prod);
      await waitFor('the lens of the values', async () => (await window.textOf('.codelens-decoration')).includes('Affects'), 90);
      values.selection = new vscode.Selection(11, 13, 11, 13);
      const document = await openPreviewOf(prod);
      const preview = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Two });
      const line = document
        .getText()
        .split('\n')
        .findIndex((text) => text.includes('maxReplicas: 12'));
      preview.revealRange(new vscode.Range(line - 16, 0, line - 16, 0), vscode.TextEditorRevealType.AtTop);
      preview.selection = new vscode.Selection(line, 8, line, 8);
      await vscode.commands.executeCommand('editor.action.showHover');
      await waitFor('the hover', async () => (await window.textOf('.monaco-hover')).includes('written by'), 90);
      await settle();
      await window.screenshot(name);
    });
  }

  it('show a template with its colors', async () => {
    await useTheme('Default Dark Modern');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await openFile('charts/orders/charts/service/templates/_deployment.tpl');
    await settle();
    await window.screenshot('template');
  });
});

async function useTheme(theme: string): Promise<void> {
  await vscode.workspace.getConfiguration().update('workbench.colorTheme', theme, vscode.ConfigurationTarget.Global);
}

/** Fades and layouts of the window have no event to wait for. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 800));
}
