/** The editor's sessions with the places where repositories live, for pull requests there. Nobody is signed in unasked. */
import * as vscode from 'vscode';
import type { Forge } from './forge.js';

export interface ForgeSession {
  readonly host: string;
  readonly kind: Forge['kind'];
  readonly token: string;
}

/** The address of the GitHub Enterprise server that the editor's own setting names; empty where it names none. */
export function enterpriseAddress(): string {
  const address: unknown = vscode.workspace.getConfiguration('github-enterprise').get('uri');
  return typeof address === 'string' ? address : '';
}

/**
 * Signs in, which the editor asks the user about; undefined where the user didn't want to, or nothing here can.
 * @param instead what happens then, the end of a sentence
 */
export async function signIn({ host, kind, name, provider, scopes }: Forge, instead = 'the pull request opens in the browser'): Promise<ForgeSession | undefined> {
  try {
    const session = await vscode.authentication.getSession(provider, scopes, { createIfNone: true });
    return { host, kind, token: session.accessToken };
  } catch (error) {
    // The editor says of a refusal and of a missing provider alike that it gave no session: what is left is another way.
    const words = error instanceof Error ? error.message : String(error);
    void vscode.window.showWarningMessage(`The editor has no session with ${name} (${words}): ${instead}.`);
    return undefined;
  }
}

/** The session that there is, if the user let this extension use it before; nobody is asked. */
export async function currentSession({ host, kind, provider, scopes }: Forge): Promise<ForgeSession | undefined> {
  try {
    const session = await vscode.authentication.getSession(provider, scopes, { silent: true });
    return session && { host, kind, token: session.accessToken };
  } catch (error) {
    // So the editor says that nothing provides sessions with it, after it has waited for that.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
