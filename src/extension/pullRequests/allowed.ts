/** The forges that may be asked which pull requests are open, as the user's setting has them, and the editor's sessions with those. */
import { readSetting, writeSetting } from '../bindings.js';
import { forgeAt, type Forge } from '../plans/forge.js';
import { currentSession, enterpriseAddress } from '../plans/forgeSession.js';

/** Hosts, such as `github.com`; anything else in the setting is left out. */
export function allowedForges(): readonly string[] {
  const value: unknown = readSetting('gitops.pullRequests.allowed');
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Writes the user's setting. */
export async function allowForge(host: string): Promise<void> {
  await writeSetting('gitops.pullRequests.allowed', [...new Set([...allowedForges(), host])].sort());
}

/** The token for a forge that the user allowed; null where it wasn't allowed, or there is no session. Nobody is asked. */
export async function allowedSession({ kind, host }: Pick<Forge, 'kind' | 'host'>): Promise<{ readonly token: string } | null> {
  const forge = allowedForges().includes(host) ? forgeAt(host, kind, enterpriseAddress()) : undefined;
  const session = forge && (await currentSession(forge));
  return session ? { token: session.token } : null;
}
