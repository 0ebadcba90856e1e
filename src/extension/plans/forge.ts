/** The places where repositories live that the editor can have a session with. Data in, data out. */

export interface Forge {
  /** With its port where it is reached at one. */
  readonly host: string;
  readonly kind: 'github' | 'gitlab';
  /** `GitHub`. */
  readonly name: string;
  readonly provider: string;
  readonly scopes: readonly string[];
}

const github: Forge = { host: 'github.com', kind: 'github', name: 'GitHub', provider: 'github', scopes: ['repo'] };
const gitlab: Forge = { host: 'gitlab.com', kind: 'gitlab', name: 'GitLab', provider: 'gitlab', scopes: ['api'] };

/**
 * The forge that a repository's address leads to, where the editor can have a session with it.
 * @param enterprise the address of the GitHub Enterprise server that the editor signs in to; empty where the user named none
 */
export function forgeOf(repoURL: string | undefined, enterprise = ''): Forge | undefined {
  return forgeAt(authorityOf(repoURL ?? ''), undefined, enterprise);
}

/** The forge at a host. @param kind what is known to run there; undefined where only the host tells */
export function forgeAt(host: string, kind: Forge['kind'] | undefined, enterprise = ''): Forge | undefined {
  const own = authorityOf(enterprise);
  const known: readonly Forge[] = own === '' ? [github, gitlab] : [github, gitlab, { ...github, host: own, name: 'GitHub Enterprise', provider: 'github-enterprise' }];
  return known.find((forge) => forge.host === host.toLowerCase() && (kind === undefined || forge.kind === kind));
}

/** The host, with the port where that is one of HTTP. */
function authorityOf(address: string): string {
  const [, scheme, host = '', port = ''] = /^(?:([a-z+]+):\/\/)?(?:[^@/]+@)?([^/:]+)(:\d+(?=\/|$))?/i.exec(address) ?? [];
  return `${host}${/^https?$/i.test(scheme ?? '') ? port : ''}`.toLowerCase();
}
