/** The editor's session with the place where a repository lives, so that a pull request can be made there. Nobody is signed in unasked. */
import * as vscode from 'vscode';

export interface ForgeSession {
  readonly host: string;
  readonly token: string;
}

export interface Forge {
  readonly host: string;
  /** `GitHub`. */
  readonly name: string;
  readonly provider: string;
  readonly scopes: readonly string[];
}

const forges: readonly Forge[] = [
  { host: 'github.com', name: 'GitHub', provider: 'github', scopes: ['repo'] },
  { host: 'gitlab.com', name: 'GitLab', provider: 'gitlab', scopes: ['api'] },
];

/** The forge that a repository's address leads to, where the editor can have a session with it. */
export function forgeOf(repoURL: string | undefined): Forge | undefined {
  const host = /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([^/:]+)/i.exec(repoURL ?? '')?.[1]?.toLowerCase();
  return forges.find((forge) => forge.host === host);
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
