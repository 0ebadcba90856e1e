/** Marks files that belong to protected environments in the explorer and in tabs. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { onSettingsChange, readSetting } from '../bindings.js';
import { protectedBy, protectedPlaces, type ProtectedPlaces } from './guarded.js';

export function register(app: App): vscode.Disposable {
  const marks = new ProtectedFileMarks(app);
  return vscode.Disposable.from(marks, vscode.window.registerFileDecorationProvider(marks));
}

const nothing: ProtectedPlaces = { folders: new Map(), files: new Map() };

class ProtectedFileMarks implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: readonly { dispose(): void }[];
  #places = nothing;
  #told = '';

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(app: App) {
    this.#app = app;
    this.#subscriptions = [app.delivery.onDidChange(() => this.#update()), onSettingsChange(() => this.#update())];
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file') return undefined;
    const labels = protectedBy(this.#places, uri.toString());
    if (labels.length === 0) return undefined;
    // Without a color of its own: the name keeps the one that git gives it.
    const decoration = new vscode.FileDecoration('P', `Protected environment: ${labels.join(', ')}`);
    decoration.propagate = false;
    return decoration;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }

  #update(): void {
    const places = readSetting('gitops.explorer.markProtectedFiles') ? protectedPlaces(this.#app.delivery.environments, (uri) => vscode.Uri.parse(uri).toString()) : nothing;
    this.#places = places;
    // Every keystroke changes the environments, but hardly ever which are protected.
    const told = JSON.stringify([[...places.folders], [...places.files]]);
    if (told === this.#told) return;
    this.#told = told;
    this.#changed.fire(undefined);
  }
}
