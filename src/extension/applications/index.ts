/**
 * Files that declare delivery: the generated Applications of an ApplicationSet beside it, lenses above the set and above
 * what declares an environment, and the context keys of the menus.
 */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { onSettingsChange, readSetting, registerCommands, setContextKey } from '../bindings.js';
import { environmentsAt } from '../environments/target.js';
import { applicationSetLines } from './applicationSets.js';
import { GeneratedDocuments, generatedUri } from './generated.js';

const manifests: vscode.DocumentSelector = [{ scheme: 'file', language: 'yaml' }];

export function register(app: App): vscode.Disposable {
  const lenses = new DeclarationLenses(app);
  const updateKeys = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    const isManifest = document !== undefined && vscode.languages.match(manifests, document) > 0;
    setContextKey('gitops.activeFileHasApplicationSet', isManifest && applicationSetLines(document.getText()).length > 0);
    setContextKey('gitops.activeFileDeclaresEnvironment', isManifest && declaredIn(app, document).length > 0);
  };
  const delivered = app.delivery.onDidChange(updateKeys);
  return vscode.Disposable.from(
    new GeneratedDocuments(app),
    lenses,
    delivered,
    vscode.languages.registerCodeLensProvider(manifests, lenses),
    vscode.window.onDidChangeActiveTextEditor(updateKeys),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === vscode.window.activeTextEditor?.document) updateKeys();
    }),
    registerCommands(app.guard, { 'gitops.applications.preview': (uri, line) => previewGenerated(uri, line) }),
  );
}

/** Shows what the set at `line`, else at the cursor, generates. */
async function previewGenerated(target: vscode.Uri | string | undefined, line: number | undefined): Promise<void> {
  const uri = typeof target === 'string' ? vscode.Uri.parse(target) : (target ?? vscode.window.activeTextEditor?.document.uri);
  const sets = uri ? applicationSetLines((await vscode.workspace.openTextDocument(uri)).getText()) : [];
  if (!uri || sets.length === 0) return void vscode.window.showInformationMessage('Open a file with an ApplicationSet to see what it generates.');
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  const wanted = line ?? editor?.selection.active.line ?? 0;
  const set = sets.findLast((start) => start <= wanted) ?? sets[0] ?? 0;
  const document = await vscode.workspace.openTextDocument(generatedUri(uri, set));
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: false });
}

class DeclarationLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(app: App) {
    this.#app = app;
    const fire = (): void => this.#changed.fire();
    const delivered = app.delivery.onDidChange(fire);
    this.#subscriptions = vscode.Disposable.from(delivered, onSettingsChange(fire));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!readSetting('gitops.codeLens.enabled')) return [];
    const sets = applicationSetLines(document.getText());
    const generated = sets.map((line) =>
      lensAt(line, { title: 'Preview generated Applications', command: 'gitops.applications.preview', arguments: [document.uri.toString(), line] }),
    );
    const lines = [...new Set(declaredIn(this.#app, document).map(({ declaredAt }) => declaredAt.range.start.line))];
    const deployed = lines.filter((line) => line < document.lineCount).map((line) => this.#lensOfDeclaration(document, line));
    return [...generated, ...deployed];
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, this.#changed).dispose();
  }

  #lensOfDeclaration(document: vscode.TextDocument, line: number): vscode.CodeLens {
    const here = environmentsAt(this.#app.delivery.environments, document.uri, { line, text: document.getText() });
    const [only, second] = here;
    const title = only && !second ? `Preview as deployed (${only.label})` : `Preview as deployed (${here.length} environments) …`;
    return lensAt(line, { title, command: 'gitops.environments.preview', arguments: [only && !second ? { environmentId: only.id } : document.uri] });
  }
}

function lensAt(line: number, command: vscode.Command): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
}

/** Environments that an operator's object in a document declares. A kustomization has a preview of its own. */
function declaredIn(app: App, document: vscode.TextDocument): ReturnType<typeof environmentsAt> {
  const uri = document.uri.toString();
  return app.delivery.environments.filter(({ operator, declaredAt }) => operator !== 'none' && vscode.Uri.parse(declaredAt.uri).toString() === uri);
}
