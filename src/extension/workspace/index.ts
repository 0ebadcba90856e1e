/** Starts the server where there is something to render or that declares delivery, and keeps the context keys that menus depend on. */
import * as vscode from 'vscode';
import type { WorkspaceFacts } from '../../server/protocol.js';
import type { App } from '../app.js';
import { setContextKey } from '../bindings.js';

const startingGlob = '**/{kustomization.yaml,kustomization.yml,Kustomization,Chart.yaml,.gitops-workbench.yaml}';

export function register(app: App): vscode.Disposable {
  let used = new Set<string>();
  const updateActive = (): void => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    setContextKey('gitops.activeFileIsUsed', uri !== undefined && used.has(uri.toString()));
  };
  const take = (facts: WorkspaceFacts): void => {
    used = new Set([...facts.usedFiles, ...facts.folders, ...facts.charts.map((uri) => `${uri}/Chart.yaml`)].map(normalizeUri));
    setContextKey('gitops.hasKustomizations', facts.folders.length > 0);
    setContextKey('gitops.hasCharts', facts.charts.length > 0);
    setContextKey('gitops.kustomizationFolders', Object.fromEntries([...facts.folders, ...facts.charts].map((uri) => [vscode.Uri.parse(uri).fsPath, true as const])));
    updateActive();
  };
  const startIfNeeded = (): void =>
    void app.guard('start', async () => {
      if (app.server.isStarted || !(await hasSomethingToRender())) return;
      await app.server.start();
    });
  const timer = setImmediate(startIfNeeded);
  const watcher = vscode.workspace.createFileSystemWatcher(startingGlob, false, true, true);
  return vscode.Disposable.from(
    { dispose: () => clearImmediate(timer) },
    watcher,
    watcher.onDidCreate(startIfNeeded),
    vscode.workspace.onDidChangeWorkspaceFolders(startIfNeeded),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isTelling(document)) startIfNeeded();
    }),
    app.server.on('gitops/workspace/changed', take),
    vscode.window.onDidChangeActiveTextEditor(updateActive),
  );
}

async function hasSomethingToRender(): Promise<boolean> {
  if (vscode.workspace.textDocuments.some(isTelling)) return true;
  const found = await vscode.workspace.findFiles(startingGlob, '**/node_modules/**', 1);
  if (found.length > 0) return true;
  // The editor's search may be missing (as in some web hosts) and then finds nothing anywhere.
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) if (uri.scheme === 'file' && (await holdsSomethingToRender(uri))) return true;
  return false;
}

/** How many folders are looked into at most when the editor can't search. */
const maximumFolders = 500;

async function holdsSomethingToRender(root: vscode.Uri): Promise<boolean> {
  const queue = [root];
  for (let looked = 0; looked < maximumFolders; looked++) {
    const folder = queue.shift();
    if (!folder) return false;
    for (const [name, type] of await vscode.workspace.fs.readDirectory(folder)) {
      const uri = vscode.Uri.joinPath(folder, name);
      if (type === vscode.FileType.File && isStarting(uri)) return true;
      if (type === vscode.FileType.Directory && name !== 'node_modules' && name !== '.git') queue.push(uri);
    }
  }
  return false;
}

function isStarting(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && /\/(kustomization\.ya?ml|Kustomization|Chart\.yaml|\.gitops-workbench\.yaml)$/.test(uri.path);
}

/** True for an open file that is worth a server: also an Application or the like, which may stand in a file of any name. */
function isTelling(document: vscode.TextDocument): boolean {
  if (isStarting(document.uri)) return true;
  return document.uri.scheme === 'file' && document.languageId === 'yaml' && /^apiVersion: *['"]?(argoproj\.io|[a-z]+\.toolkit\.fluxcd\.io)\//m.test(document.getText());
}

/** The editor's own form of a URI. */
function normalizeUri(uri: string): string {
  return vscode.Uri.parse(uri).toString();
}
