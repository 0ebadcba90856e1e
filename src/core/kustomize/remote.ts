/**
 * Tells remote entries (`github.com/org/repo//path?ref=v1`, `https://host/file.yaml`) from local ones and takes them
 * apart, as kustomize does (api/internal/git/repospec.go and api/internal/loader v0.21.2). Nothing is fetched here.
 */

/** A file that is read over HTTP. */
export interface RemoteFile {
  readonly kind: 'file';
  readonly url: string;
}

/** A folder in a git repository. */
export interface RemoteRepository {
  readonly kind: 'repository';
  /** What `git clone` takes: `https://github.com/org/repo`, `git@host:org/repo.git`. */
  readonly repository: string;
  /** Branch, tag or commit; the repository's default branch where there is none. */
  readonly ref?: string;
  /** The folder in the repository; its root where there is none. */
  readonly path?: string;
  /** Seconds that fetching may take. */
  readonly timeout: number;
  readonly submodules: boolean;
}

/**
 * What a remote entry names, or undefined for a local one.
 *
 * For an `http(s)` address that could be either, kustomize asks the server first and clones when what comes back is no
 * manifest. Without asking, an address counts as a file when nothing in it speaks of a repository (`//`, `.git`,
 * `_git/`, `ref`) and it has a manifest's extension or a host that serves raw files.
 */
export function parseRemoteEntry(entry: string): RemoteFile | RemoteRepository | undefined {
  const repository = parseRepository(entry);
  if (!/^https?:/i.test(entry)) return repository;
  const { path, query } = cutQuery(entry.replace(/^https?:\/*/i, ''));
  const speaksOfRepository = /\/\/|\.git(?![a-z])|_git\//i.test(path) || query.has('ref') || query.has('version');
  const looksLikeFile = /\.(?:ya?ml|json)$/i.test(path) || /^(?:raw\.|gist\.|[^/]*usercontent\.com\/)/i.test(path);
  return repository && (speaksOfRepository || !looksLikeFile) ? repository : { kind: 'file', url: entry };
}

/** The repository that kustomize would clone for `entry` (NewRepoSpecFromURL). */
function parseRepository(entry: string): RemoteRepository | undefined {
  if (entry.startsWith('/')) return undefined;
  const { path: address, query } = cutQuery(entry);
  const found = extractHost(address);
  if (!found) return undefined;
  const parts = splitPath(found.rest, found.host.startsWith('file://'));
  if (!parts || parts.repository === '' || leavesRepository(parts.path)) return undefined;
  const ref = [query.get('ref'), query.get('version')].find((value) => value !== null && value !== '') ?? '';
  const path = parts.path.replace(/^\//, '');
  return {
    kind: 'repository',
    repository: found.host + parts.repository,
    ...(ref !== '' && { ref }),
    ...(path !== '' && { path }),
    timeout: parseTimeout(query.get('timeout') ?? ''),
    submodules: !/^(?:0|f|F|false|False|FALSE)$/.test(query.get('submodules') ?? ''),
  };
}

function cutQuery(entry: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = entry.indexOf('?');
  const text = at < 0 ? '' : entry.slice(at + 1);
  // Go refuses a whole query with a semicolon or a broken escape in it, and kustomize then takes its defaults.
  const isSound = !text.includes(';') && !/%(?![0-9a-fA-F]{2})/.test(text);
  return { path: at < 0 ? entry : entry.slice(0, at), query: new URLSearchParams(isSound ? text : '') };
}

const schemes = ['ssh://', 'https://', 'http://', 'file://'] as const;

/** Splits off scheme, user and host: `https://github.com/` and what follows. */
function extractHost(address: string): { readonly host: string; readonly rest: string } | undefined {
  const unforced = address.replace(/^git::/i, '');
  const scheme = schemes.find((prefix) => unforced.toLowerCase().startsWith(prefix)) ?? '';
  const withoutScheme = unforced.slice(scheme.length);
  const user = /^[a-zA-Z][a-zA-Z0-9-]*@/.exec(withoutScheme)?.[0] ?? '';
  const rest = withoutScheme.slice(user.length);
  const isGithub = /^github\.com[/:]/i.test(rest);
  const allowsColon = scheme === '' && (user !== '' || isGithub);
  if (scheme === '' && !allowsColon) return undefined;
  if (scheme === 'file://') return { host: scheme, rest: user + rest };
  const at = findSeparator(rest, allowsColon);
  const host = at < 0 ? rest : rest.slice(0, at + 1);
  const path = at < 0 ? '' : rest.slice(at + 1);
  if (isGithub) return { host: scheme === 'ssh://' || user !== '' ? `${user}github.com:` : 'https://github.com/', rest: path };
  return host === '' ? undefined : { host: scheme + user + host, rest: path };
}

function findSeparator(address: string, allowsColon: boolean): number {
  const slash = address.indexOf('/');
  const colon = allowsColon ? address.indexOf(':') : -1;
  return allowsColon && (slash < 0 || (colon > 0 && colon < slash)) ? colon : slash;
}

/** The repository's part of a path and the folder in it: by a mark in the path, else after two segments. */
function splitPath(path: string, takesAll: boolean): { readonly repository: string; readonly path: string } | undefined {
  const azure = path.indexOf('_git/');
  if (azure >= 0) {
    const [name = '', ...rest] = path.slice(azure + 5).split('/');
    return { repository: path.slice(0, azure + 5) + name, path: rest.join('/') };
  }
  const double = path.indexOf('//');
  if (double >= 0) return { repository: path.slice(0, double), path: path.slice(double + 2) };
  const suffix = path.indexOf('.git');
  if (suffix >= 0) return { repository: path.slice(0, suffix + 4), path: path.slice(suffix + 4) };
  if (takesAll) return { repository: path, path: '' };
  const segments = path.split('/');
  return segments.length < 2 ? undefined : { repository: segments.slice(0, 2).join('/'), path: segments.slice(2).join('/') };
}

function leavesRepository(path: string): boolean {
  const trimmed = path.replace(/^\//, '');
  if (trimmed.startsWith('/')) return false;
  let depth = 0;
  for (const part of trimmed.split('/')) {
    if (part === '' || part === '.') continue;
    depth += part === '..' ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

const defaultTimeout = 27;
const secondsPerUnit: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-9],
  ['us', 1e-6],
  ['µs', 1e-6],
  ['μs', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

/** Seconds, given as a number or as a Go duration such as `1m30s`; the default for anything else. */
function parseTimeout(text: string): number {
  if (/^\+?\d+$/.test(text)) return Number(text) > 0 ? Number(text) : defaultTimeout;
  if (!/^\+?(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*$/.test(text)) return defaultTimeout;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) seconds += Number(amount) * (secondsPerUnit.get(unit ?? '') ?? 0);
  return seconds > 0 ? seconds : defaultTimeout;
}
