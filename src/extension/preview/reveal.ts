/** From a line of a preview to its source, and from a line of a source to what comes out of it in a preview. */
import * as vscode from 'vscode';
import type { ClientCommands } from '../../server/protocol.js';
import type { App } from '../app.js';
import { openPreview } from './open.js';
import { showPreviewLine } from './show.js';
import { previewScheme, type Previews } from './previews.js';

/** Shows what set the line under the cursor: the value, or where none did, the template or resource that says it. */
export async function revealSource(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== previewScheme) return;
  const [target] = await vscode.commands.executeCommand<(vscode.LocationLink | vscode.Location)[]>(
    'vscode.executeDefinitionProvider',
    editor.document.uri,
    editor.selection.active,
  );
  if (!target) return void vscode.window.showInformationMessage('This line comes from no file.');
  const [uri, range] = 'targetUri' in target ? [target.targetUri, target.targetSelectionRange ?? target.targetRange] : [target.uri, target.range];
  const show: keyof ClientCommands = '_gitops.place.show';
  await vscode.commands.executeCommand(show, uri.toString(), range);
}

/** Shows what comes out of the line under the cursor: in a preview that is open, else in one that is opened. Called again, the next place. */
export async function revealInPreview(app: App, previews: Previews): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== 'file') return;
  const source = { uri: editor.document.uri.toString(), line: editor.selection.active.line };
  const found = (await findLines(app, previews, source)) ?? (await openAndFind(app, previews, editor.document.uri, source));
  if (!found) return void vscode.window.showInformationMessage('Nothing in the preview comes from this line.');
  const { uri, lines } = found;
  const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  const at = shown?.selection.active.line ?? -1;
  const next = lines.find((line) => line > at) ?? lines[0] ?? 0;
  await showPreviewLine(uri, next);
}

interface SourceLine {
  readonly uri: string;
  readonly line: number;
}

interface FoundLines {
  readonly uri: vscode.Uri;
  readonly lines: readonly number[];
}

async function openAndFind(app: App, previews: Previews, uri: vscode.Uri, source: SourceLine): Promise<FoundLines | undefined> {
  await openPreview(app, uri);
  return findLines(app, previews, source);
}

async function findLines(app: App, previews: Previews, { uri, line }: SourceLine): Promise<FoundLines | undefined> {
  for (const previewUri of previews.shown) {
    const lines = await app.server.request('gitops/preview/linesFrom', { previewUri, uri, line });
    if (lines.length > 0) return { uri: vscode.Uri.parse(previewUri), lines };
  }
  return undefined;
}
