/** The preview: read-only documents that follow the unsaved buffers. */
import * as vscode from 'vscode';
import type { PreviewState } from '../../server/protocol.js';
import type { App } from '../app.js';
import { registerCommands, setContextKey } from '../bindings.js';
import { registerBanner } from './banner.js';
import { registerDecorations } from './decorations.js';
import { openPreview } from './open.js';
import { showPreviewLine } from './show.js';
import { revealInPreview, revealSource } from './reveal.js';
import { Previews, previewScheme } from './previews.js';

export function register(app: App): vscode.Disposable {
  const previews = new Previews(app.server, app.guard);
  const updateKeys = (): void => {
    const state = activeState(previews);
    setContextKey('gitops.activePreviewIsChart', state?.kustomizationUri.endsWith('/Chart.yaml') ?? false);
    setContextKey('gitops.previewHasMaskedSecrets', state?.secrets === 'masked');
    setContextKey('gitops.previewHasRevealedSecrets', state?.secrets === 'revealed');
  };
  return vscode.Disposable.from(
    previews,
    registerDecorations(app.context, previews),
    registerBanner(previews),
    previews.onDidChangeState(updateKeys),
    vscode.window.onDidChangeActiveTextEditor(updateKeys),
    registerCommands(app.guard, {
      'gitops.preview.openToSide': (target) => openPreview(app, asUri(target)),
      '_gitops.preview.pick': (target) => openPreview(app, asUri(target)),
      '_gitops.preview.showLine': (uri, line) => showPreviewLine(vscode.Uri.parse(uri), line),
      'gitops.preview.revealSecrets': (uri) => showSecrets(app, previews, uri, true),
      'gitops.preview.maskSecrets': (uri) => showSecrets(app, previews, uri, false),
      'gitops.preview.showKustomization': async (uri) => {
        const state = activeState(previews, uri);
        if (state) await vscode.window.showTextDocument(vscode.Uri.parse(state.kustomizationUri), { viewColumn: vscode.ViewColumn.One });
      },
      'gitops.preview.revealSource': () => revealSource(),
      'gitops.preview.revealLine': () => revealInPreview(app, previews),
      'gitops.preview.nextChange': () => moveToChange(previews, 1),
      'gitops.preview.previousChange': () => moveToChange(previews, -1),
      'gitops.preview.compareWithHead': async (uri) => compareWithHead(app, activeState(previews, uri)),
    }),
  );
}

/** Menus pass a URI, code lenses a text. */
function asUri(target: vscode.Uri | string | undefined): vscode.Uri | undefined {
  return typeof target === 'string' ? vscode.Uri.parse(target) : target;
}

function activeState(previews: Previews, uri?: vscode.Uri): PreviewState | undefined {
  const active = uri ?? vscode.window.activeTextEditor?.document.uri;
  return active?.scheme === previewScheme ? previews.state(active) : undefined;
}

async function showSecrets(app: App, previews: Previews, uri: vscode.Uri | undefined, show: boolean): Promise<void> {
  const state = activeState(previews, uri);
  if (state) await app.server.request('gitops/preview/showSecrets', { uri: state.uri, show });
}

async function compareWithHead(app: App, state: PreviewState | undefined): Promise<void> {
  if (!state) return;
  const { uri } = await app.server.request('gitops/preview/uri', { folderUri: state.folderUri, previewUri: state.uri, revision: 'HEAD' });
  const now = await app.server.request('gitops/preview/uri', { folderUri: state.folderUri, previewUri: state.uri });
  await vscode.commands.executeCommand('vscode.diff', vscode.Uri.parse(uri), vscode.Uri.parse(now.uri), `${state.label}: HEAD ↔ now`);
}

/** Puts the cursor on the next marked line, going around at the end. */
function moveToChange(previews: Previews, direction: 1 | -1): void {
  const editor = vscode.window.activeTextEditor;
  const marks = activeState(previews)?.marks ?? [];
  if (!editor || marks.length === 0) return;
  const line = editor.selection.active.line;
  const ahead = direction === 1 ? marks.find(({ first }) => first > line) : marks.findLast(({ last }) => last < line);
  const mark = ahead ?? (direction === 1 ? marks[0] : marks.at(-1));
  if (!mark) return;
  const position = new vscode.Position(mark.first, 0);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(mark.first, 0, mark.last, 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
