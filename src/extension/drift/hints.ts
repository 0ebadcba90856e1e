/** Notes behind the lines of source files about what is live where that is something else. They follow the cluster and the text. */
import * as vscode from 'vscode';
import type { LiveHint } from '../../server/clusterProtocol.js';
import type { App } from '../app.js';
import { request } from '../ask.js';
import { onSettingsChange, readSetting } from '../bindings.js';
import { isFailureWords } from '../failures.js';

/** This long after the last keystroke the notes are asked for again, in milliseconds. */
const pause = 400;

export class LiveHints implements vscode.Disposable {
  readonly #app: App;
  readonly #subscriptions: vscode.Disposable;
  readonly #type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('gitops.liveHintForeground'), margin: '0 0 0 3ch', fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
    const later = (): void => this.#paintLater();
    const [lived, connected] = [app.live.onDidChange(later), app.live.onDidChangeConnections(later)];
    this.#subscriptions = vscode.Disposable.from(
      lived,
      connected,
      onSettingsChange(later),
      vscode.window.onDidChangeVisibleTextEditors(later),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === 'file') later();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(this.#subscriptions, this.#type).dispose();
  }

  #paintLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#app.guard('live hints', () => this.#paint()), pause);
  }

  async #paint(): Promise<void> {
    const isOn = readSetting('gitops.drift.hints') && this.#app.live.connections.length > 0;
    await Promise.all(
      vscode.window.visibleTextEditors
        .filter(({ document }) => document.uri.scheme === 'file')
        .map(async (editor) => {
          const { version } = editor.document;
          const hints = isOn ? await this.#hintsOf(editor.document) : [];
          // A text that changed meanwhile asks for itself.
          if (editor.document.version === version) editor.setDecorations(this.#type, toOptions(hints, editor.document));
        }),
    );
  }

  async #hintsOf({ uri }: vscode.TextDocument): Promise<readonly LiveHint[]> {
    const hints = await request(this.#app, 'gitops/live/hints', { uri: uri.toString() });
    return isFailureWords(hints) ? [] : hints;
  }
}

/** Several notes on one line stand behind one another. */
function toOptions(hints: readonly LiveHint[], document: vscode.TextDocument): vscode.DecorationOptions[] {
  const lines = [...new Set(hints.map(({ line }) => line))].filter((line) => line < document.lineCount);
  return lines.map((line) => {
    const here = hints.filter((hint) => hint.line === line);
    const tooltip = new vscode.MarkdownString(here.map((hint) => hint.tooltip).join('\n\n---\n\n'), true);
    return { range: document.lineAt(line).range, hoverMessage: tooltip, renderOptions: { after: { contentText: here.map(({ text }) => text).join('; ') } } };
  });
}
