/** Users and passwords for registries, in the editor's own store of secrets: never in a setting, a file or the log. */
import type * as vscode from 'vscode';

export interface RegistrySecret {
  readonly username: string;
  readonly password: string;
}

/** What the store keeps for a registry is found by this name. */
function keyOf(host: string): string {
  return `gitops.registry ${host}`;
}

/** What was stored for a registry; undefined where nothing was. */
export async function readSecret({ secrets }: Pick<vscode.ExtensionContext, 'secrets'>, host: string): Promise<RegistrySecret | undefined> {
  const text = await secrets.get(keyOf(host));
  if (text === undefined) return undefined;
  const stored: unknown = JSON.parse(text);
  return typeof stored === 'object' && stored !== null && 'username' in stored && 'password' in stored && typeof stored.username === 'string' && typeof stored.password === 'string'
    ? { username: stored.username, password: stored.password }
    : undefined;
}

export async function storeSecret({ secrets }: Pick<vscode.ExtensionContext, 'secrets'>, host: string, secret: RegistrySecret): Promise<void> {
  await secrets.store(keyOf(host), JSON.stringify(secret));
}

export async function forgetSecret({ secrets }: Pick<vscode.ExtensionContext, 'secrets'>, host: string): Promise<void> {
  await secrets.delete(keyOf(host));
}
