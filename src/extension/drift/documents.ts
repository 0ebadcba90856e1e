/** Read-only documents of what is live and what is desired, which the server makes; open ones follow the cluster. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { request } from '../ask.js';
import { describeFailure, isFailureWords } from '../failures.js';

export const liveScheme = 'gitops-live';

/** The query of a document that stands for an object that isn't there. */
export const emptyQuery = 'nothing';

export class LiveDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(app: App) {
    this.#app = app;
    const lived = app.server.on('gitops/live/changed', () => this.#refreshAll());
    this.#subscriptions = vscode.Disposable.from(lived, vscode.workspace.registerTextDocumentContentProvider(liveScheme, this));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    if (uri.query === emptyQuery) return '';
    const answer = await request(this.#app, 'gitops/live/text', { uri: uri.toString() });
    return isFailureWords(answer) ? `# ${describeFailure(answer).replaceAll('\n', '\n# ')}\n` : answer.text;
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, this.#changed).dispose();
  }

  #refreshAll(): void {
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === liveScheme && canChange(uri)) this.#changed.fire(uri);
  }
}

/** A plan stays what it was when it was shown: the third part of the address names it. */
function canChange({ query }: vscode.Uri): boolean {
  return query !== emptyQuery && (query.split('&')[2] ?? '') === '';
}
