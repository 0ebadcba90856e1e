/**
 * Gives templates of charts their language. Where a chart stands in a folder that is called so, package.json does it by
 * the path; of any other `templates/` only a Chart.yaml beside it tells that these are no plain YAML files.
 */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { onSettingsChange, readSetting } from '../bindings.js';

/** How many folders above a template its chart may be. */
const mostLevels = 6;

export function watchTemplates(app: App): vscode.Disposable {
  const look = (document: vscode.TextDocument): void => void app.guard('language of a template', () => setLanguage(document));
  const lookAtAll = (): void => vscode.workspace.textDocuments.forEach(look);
  lookAtAll();
  return vscode.Disposable.from(vscode.workspace.onDidOpenTextDocument(look), onSettingsChange(lookAtAll));
}

async function setLanguage(document: vscode.TextDocument): Promise<void> {
  if (document.uri.scheme !== 'file' || document.languageId !== 'yaml' || !/\/templates\/.*\.ya?ml$/.test(document.uri.path)) return;
  if (!readSetting('gitops.charts.detectTemplates') || isSetByUser(document.uri)) return;
  if (!(await isInChart(document.uri)) || document.isClosed || document.languageId !== 'yaml') return;
  await vscode.languages.setTextDocumentLanguage(document, 'helm');
}

/** True where `files.associations` names templates: then the user has decided. */
function isSetByUser(uri: vscode.Uri): boolean {
  const associations = vscode.workspace.getConfiguration('files', uri).get<Readonly<Record<string, string>>>('associations', {});
  return Object.keys(associations).some((pattern) => pattern.includes('templates'));
}

async function isInChart(uri: vscode.Uri): Promise<boolean> {
  let folder = vscode.Uri.joinPath(uri, '..');
  for (let level = 0; level < mostLevels; level++) {
    const isTemplates = folder.path.endsWith('/templates');
    folder = vscode.Uri.joinPath(folder, '..');
    if (isTemplates && (await exists(vscode.Uri.joinPath(folder, 'Chart.yaml')))) return true;
  }
  return false;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}
