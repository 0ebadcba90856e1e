/** Shows that the workspace is being rendered in the background, where that takes so long that someone may wonder. */
import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver';

/** Shorter work is not worth a word. */
const patienceMilliseconds = 1000;

export class BackgroundProgress {
  #started: number | undefined;
  #reporter: WorkDoneProgressServerReporter | undefined;
  #isAsked = false;

  constructor(private readonly connection: Connection) {}

  /** Work begins; one that is going on already is shown on. */
  begin(): void {
    this.#started ??= performance.now();
  }

  /** So much is done. */
  report(done: number, total: number): void {
    if (this.#started === undefined || performance.now() - this.#started < patienceMilliseconds) return;
    if (!this.#isAsked) this.#show();
    this.#reporter?.report(Math.round((done / total) * 100), `${done} of ${total}`);
  }

  end(): void {
    this.#started = undefined;
    this.#isAsked = false;
    this.#reporter?.done();
    this.#reporter = undefined;
  }

  #show(): void {
    this.#isAsked = true;
    void this.connection.window.createWorkDoneProgress().then((reporter) => {
      if (!this.#isAsked) return;
      this.#reporter = reporter;
      reporter.begin('GitOps: rendering the workspace', 0);
    });
  }
}
