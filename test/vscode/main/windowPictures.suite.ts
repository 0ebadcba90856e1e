import * as vscode from 'vscode';
import { window } from '../../support/host/inHost.js';
import { closeAll, editUnsaved, openFile, openPreviewOf, uriOf, waitFor } from '../../support/host/workspace.js';

const prod = 'apps/orders/overlays/prod/kustomization.yaml';

/** Pictures for people: the README shows the first. */
describe('Pictures of the window', () => {
  afterEach(closeAll);

  for (const [name, theme] of [
    ['preview', 'Default Dark Modern'],
    ['preview-light', 'Default Light Modern'],
  ] as const) {
    it(`show the preview beside its overlay, with the origin of an image (${name})`, async () => {
      await useTheme(theme);
      const { preview, editor } = await showPreview();
      const line = lineOf(preview.document, 'image: ghcr.io/tidepool-example/orders-api:');
      preview.selection = new vscode.Selection(line, 16, line, 16);
      preview.revealRange(new vscode.Range(Math.max(0, line - 18), 0, line - 18, 0), vscode.TextEditorRevealType.AtTop);
      editor.selection = new vscode.Selection(11, 12, 11, 12);
      await vscode.commands.executeCommand('editor.action.showHover');
      await waitFor('the hover', async () => (await window.textOf('.monaco-hover')).includes('set by'));
      await settle();
      await window.screenshot(name);
    });
  }

  it('show a broken input with the last good text', async () => {
    await useTheme('Default Dark Modern');
    const { editor } = await showPreview();
    await editUnsaved(editor, 'path: capacity.yaml', 'path: capacty.yaml');
    await waitFor('the banner', async () => (await window.textOf('.codelens-decoration')).includes('capacty.yaml'));
    await settle();
    await window.screenshot('broken');
  });

  it('show two environments side by side', async () => {
    await useTheme('Default Dark Modern');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    const comparing = vscode.commands.executeCommand('gitops.environments.compare', uriOf('apps/orders/overlays/stage'));
    await waitFor('the environments', async () => (await window.textOf('.quick-input-list')).includes('orders prod'));
    await window.screenshot('environments');
    await window.type('orders prod');
    await window.press('Enter');
    await comparing;
    await settle();
    await window.screenshot('compare');
  });

  it('show completion in a kustomization', async () => {
    await useTheme('Default Dark Modern');
    const editor = await openFile(prod);
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    await editor.edit((edit) => edit.insert(end, 're'));
    const typed = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(typed, typed);
    await vscode.commands.executeCommand('editor.action.triggerSuggest');
    await waitFor('the suggestions', async () => (await window.textOf('.suggest-widget')).includes('replacements'));
    await settle();
    await window.screenshot('completion');
  });

  it('show the walkthrough', async () => {
    await useTheme('Default Dark Modern');
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'gitops-workbench.gitops-workbench#start');
    await waitFor('the walkthrough', async () => (await window.textOf('.gettingStartedContainer')).includes('Preview an overlay as you type'));
    await settle();
    await window.screenshot('walkthrough');
  });
});

async function useTheme(theme: string): Promise<void> {
  await vscode.workspace.getConfiguration().update('workbench.colorTheme', theme, vscode.ConfigurationTarget.Global);
}

async function showPreview(): Promise<{ preview: vscode.TextEditor; editor: vscode.TextEditor }> {
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  const editor = await openFile(prod);
  // The editor asks for lenses only while it has the focus.
  await waitFor('the lenses of the kustomization', async () => (await window.textOf('.codelens-decoration')).includes('Preview'));
  const document = await openPreviewOf(prod);
  const preview = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Two });
  return { preview, editor };
}

/** Fades and layouts of the window have no event to wait for. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 800));
}

function lineOf(document: vscode.TextDocument, text: string): number {
  return document
    .getText()
    .split('\n')
    .findIndex((line) => line.includes(text));
}
