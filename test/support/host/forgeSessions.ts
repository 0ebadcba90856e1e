/** What an extension for a forge brings to the editor: sessions, which the user is asked about by the editor itself. */
import * as vscode from 'vscode';

export class ForgeSessions implements vscode.AuthenticationProvider {
  readonly #changes = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  readonly onDidChangeSessions = this.#changes.event;
  readonly #token: string;
  #sessions: vscode.AuthenticationSession[] = [];
  /** How often somebody was asked to sign in. */
  signIns = 0;

  constructor(token: string) {
    this.#token = token;
  }

  getSessions(): Promise<vscode.AuthenticationSession[]> {
    return Promise.resolve(this.#sessions);
  }

  createSession(scopes: readonly string[]): Promise<vscode.AuthenticationSession> {
    const session = { id: 'session', accessToken: this.#token, account: { id: 'mira', label: 'mira' }, scopes };
    this.signIns++;
    this.#sessions = [session];
    this.#changes.fire({ added: [session], removed: [], changed: [] });
    return Promise.resolve(session);
  }

  removeSession(): Promise<void> {
    const removed = this.#sessions;
    this.#sessions = [];
    this.#changes.fire({ added: [], removed, changed: [] });
    return Promise.resolve();
  }
}
