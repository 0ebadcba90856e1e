/** The places where repositories live that the editor can have a session with. Data in, data out. */

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
