/** What an extension for a forge brings to the editor: sessions, which the user is asked about by the editor itself. */
import * as vscode from 'vscode';
import { waitFor } from './workspace.js';

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

/**
 * Lets this extension have a session, by the item that the editor puts into its menu of accounts for an extension that asks without
 * insisting. The question of one that insists is a dialog, which VS Code shows no tests.
 */
export async function signInFromAccounts(provider: string, scopes: readonly string[]): Promise<void> {
  await vscode.authentication.getSession(provider, scopes, {});
  const command = await waitFor('the item of the menu', async () =>
    (await vscode.commands.getCommands(false)).find((id) => id.startsWith(`${provider}:`) && id.includes(':signIn')),
  );
  await vscode.commands.executeCommand(command);
}
