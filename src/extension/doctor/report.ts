/** What the doctor found as Markdown: a read-only document, and text for the clipboard. The server masks what is secret. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { ask, request } from '../ask.js';
import { describeFailure, isFailureWords } from '../failures.js';

const reportScheme = 'gitops-report';

export class DoctorReports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(app: App) {
    this.#app = app;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(reportScheme, this);
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    const answer = await request(this.#app, 'gitops/doctor/report', query === '' ? {} : { ids: [query] });
    return isFailureWords(answer) ? describeFailure(answer) : answer.markdown;
  }

  /** Shows the report of one environment, or of all that were visited. */
  async open(id: string | undefined): Promise<void> {
    const label = this.#app.delivery.environments.find((environment) => environment.id === id)?.label ?? 'environments';
    const uri = vscode.Uri.from({ scheme: reportScheme, path: `/Diagnosis of ${label.replaceAll('/', '-')}.md`, query: id ?? '' });
    // One that is open already shows the visit before.
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  async copy(id: string | undefined): Promise<void> {
    const open = vscode.window.activeTextEditor?.document;
    const wanted = id ?? (open?.uri.scheme === reportScheme && open.uri.query !== '' ? open.uri.query : undefined);
    const answer = await ask(this.#app, 'gitops/doctor/report', wanted === undefined ? {} : { ids: [wanted] });
    if (!answer) return;
    await vscode.env.clipboard.writeText(answer.markdown);
    void vscode.window.setStatusBarMessage('$(check) The report is in the clipboard', 5000);
  }

  dispose(): void {
    vscode.Disposable.from(this.#registration, this.#changed).dispose();
  }
}
