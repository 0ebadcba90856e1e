/** Opens a preview beside what it is a preview of, asking which environment where a file is used by several. */
import * as vscode from 'vscode';
import type { EnvironmentInfo } from '../../server/protocol.js';
import type { App } from '../app.js';
import { pickEnvironment, rememberChoice } from '../environments/pick.js';
import { findChartPreview } from '../charts/open.js';
import { previewScheme } from './previews.js';
import { showPreview } from './show.js';

/** Opens the preview of `target`, or of the file in the active editor. */
export async function openPreview(app: App, target: vscode.Uri | undefined): Promise<void> {
  const uri = target ?? vscode.window.activeTextEditor?.document.uri;
  if (!uri) return void vscode.window.showInformationMessage('Open a kustomization or a chart, or a file that one uses, to preview it.');
  if (uri.scheme === previewScheme) return;
  const found = await choosePreview(app, uri);
  if (found) await showPreview(vscode.Uri.parse(found.previewUri));
}

/** What shows `uri`; undefined where nothing does (which is said) or the user chose nothing. */
async function choosePreview(app: App, uri: vscode.Uri): Promise<Pick<EnvironmentInfo, 'previewUri'> | undefined> {
  if (uri.scheme !== 'file') {
    void vscode.window.showInformationMessage('Only files on disk can be previewed.');
    return undefined;
  }
  const candidates = await app.server.request('gitops/environments/of', { uri: uri.toString() });
  const chart = await app.server.request('gitops/charts/of', { uri: uri.toString() });
  if (chart) return findChartPreview(app, uri, chart, candidates);
  const [only, second] = candidates;
  if (!only) {
    void vscode.window.showInformationMessage(`No kustomization and no chart of this workspace uses ${vscode.workspace.asRelativePath(uri)}.`);
    return undefined;
  }
  if (!second) return only;
  const chosen = await pickEnvironment(app.context, candidates, { title: `Preview ${vscode.workspace.asRelativePath(uri)} in`, remember: uri.toString() });
  if (chosen) await rememberChoice(app.context, uri.toString(), chosen);
  return chosen;
}
