/** The editor's session with the place where a repository lives, so that a pull request can be made there. Nobody is signed in unasked. */
import * as vscode from 'vscode';
import type { Forge } from './forge.js';

export interface ForgeSession {
  readonly host: string;
  readonly token: string;
}

/** Signs in, which the editor asks the user about; undefined where the user didn't want to, or nothing here can. */
export async function signIn({ host, name, provider, scopes }: Forge): Promise<ForgeSession | undefined> {
  try {
    const session = await vscode.authentication.getSession(provider, scopes, { createIfNone: true });
    return { host, token: session.accessToken };
  } catch (error) {
    // The editor says of a refusal and of a missing provider alike that it gave no session: the page in the browser is what is left.
    const words = error instanceof Error ? error.message : String(error);
    void vscode.window.showWarningMessage(`The editor has no session with ${name} (${words}): the pull request opens in the browser.`);
    return undefined;
  }
}
