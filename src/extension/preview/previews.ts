/**
 * The open previews: their texts and states, kept up with the server. As a content provider it hands the editor a whole
 * text; the editor applies the least change of it, so that scroll position and folding stay.
 */
import * as vscode from 'vscode';
import type { PreviewChange, PreviewScheme, PreviewState, PreviewText } from '../../server/protocol.js';
import type { Guard } from '../bindings.js';
import type { Server } from '../server/server.js';

export const previewScheme: PreviewScheme = 'gitops-preview';

export class Previews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #open = new Map<string, PreviewText>();
  readonly #opening = new Map<string, Promise<PreviewText>>();
  readonly #textChanged = new vscode.EventEmitter<vscode.Uri>();
  readonly #stateChanged = new vscode.EventEmitter<PreviewState>();
  readonly #subscriptions: vscode.Disposable;

  readonly onDidChange = this.#textChanged.event;
  /** Fires after every change, with or without one of the text. */
  readonly onDidChangeState = this.#stateChanged.event;

  constructor(
    private readonly server: Server,
    private readonly guard: Guard,
  ) {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(previewScheme, this),
      server.on('gitops/preview/changed', (change) => this.#take(change)),
      server.onDidRestart(() => this.#reopen()),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.uri.scheme === previewScheme) this.#close(document.uri);
      }),
    );
  }

  /** The addresses of the previews that are open, those in view first. */
  get shown(): readonly string[] {
    const visible = new Set(vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString()));
    return [...this.#open.keys()].sort((a, b) => Number(visible.has(b)) - Number(visible.has(a)));
  }

  /** The state of a preview that is open. */
  state(uri: vscode.Uri): PreviewState | undefined {
    return this.#open.get(uri.toString());
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const key = uri.toString();
    const known = this.#open.get(key) ?? (await this.#load(key));
    return known.text;
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, this.#textChanged, this.#stateChanged).dispose();
  }

  /** Asks the server for the whole; a preview that is asked for already is asked for once. */
  #load(key: string): Promise<PreviewText> {
    const running = this.#opening.get(key);
    if (running) return running;
    const loading = this.server.request('gitops/preview/open', { uri: key }).then(
      (preview) => {
        this.#opening.delete(key);
        this.#open.set(key, preview);
        this.#stateChanged.fire(preview);
        return preview;
      },
      (error: unknown) => {
        this.#opening.delete(key);
        throw error;
      },
    );
    this.#opening.set(key, loading);
    return loading;
  }

  #take(change: PreviewChange): void {
    const key = vscode.Uri.parse(change.uri).toString();
    const known = this.#open.get(key);
    if (!known) return;
    if (change.version <= known.version) return;
    if (change.baseVersion !== known.version) return this.#reload(key);
    const { edit, baseVersion: _, ...state } = change;
    const text = edit ? known.text.slice(0, edit.start) + edit.text + known.text.slice(edit.end) : known.text;
    this.#open.set(key, { ...state, text });
    if (edit) this.#textChanged.fire(vscode.Uri.parse(change.uri));
    this.#stateChanged.fire(state);
  }

  #reload(key: string): void {
    void this.guard('preview', async () => {
      await this.#load(key);
      this.#textChanged.fire(vscode.Uri.parse(key));
    });
  }

  #reopen(): void {
    for (const key of this.#open.keys()) this.#reload(key);
  }

  #close(uri: vscode.Uri): void {
    if (this.#open.delete(uri.toString())) void this.server.notify('gitops/preview/close', { uri: uri.toString() });
  }
}
