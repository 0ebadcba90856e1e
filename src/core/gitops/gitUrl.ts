/**
 * When two git URLs mean one repository: as Argo CD decides it (which tells https from ssh), and as people do, who clone
 * by ssh what a declaration names by https. No network: hosts that answer to several names stay different.
 */

/** `git@host:path` and `ssh://…`, with any user (Argo CD v3.2.11 util/git/git.go). */
const sshUrl = /^(?:ssh:\/\/)?(?:[^/:]*?)@[^@]+$/;

/**
 * A URL in the form that Argo CD compares: lower case, without `.git`, without `ssh://`, the scp form with a slash for its
 * colon; empty where it is no URL (Argo CD v3.2.11 util/git/git.go NormalizeGitURL).
 */
export function normalizeGitUrl(url: string): string {
  let text = url.trim().toLowerCase();
  if (sshUrl.test(text) && !text.startsWith('ssh://')) text = `ssh://${text.replace(':', '/')}`;
  if (text.endsWith('.git')) text = text.slice(0, -'.git'.length);
  return isParsable(text) ? text.replace(/^ssh:\/\//, '') : '';
}

/** True where Argo CD takes both for one repository; a URL that is none is never the same. */
export function isSameGitUrl(a: string, b: string): boolean {
  const normal = normalizeGitUrl(a);
  return normal !== '' && normal === normalizeGitUrl(b);
}

/** What Go's net/url refuses: control characters, a colon in the first part of a relative path, a port that is no number. */
function isParsable(text: string): boolean {
  if (/[\u0000-\u001f\u007f]/.test(text) || text.startsWith(':')) return false;
  const scheme = /^([a-z][a-z0-9+.-]*):(.*)$/.exec(text);
  if (!scheme) return !/^[^/?#]*:/.test(text);
  const authority = /^\/\/([^/?#]*)/.exec(scheme[2] ?? '')?.[1];
  if (authority === undefined) return true;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return !/[\s<>"]/.test(host) && /^(?:\[[^\]]*\]|[^:]*)(?::\d*)?$/.test(host);
}

/**
 * Host and path of a repository, so that all ways to write its URL are the same: https, ssh and the scp form, with or
 * without user, port, `.git` and slash at the end, hosts and paths in any case: `github.com/org/repo`.
 */
export function repositoryKey(url: string): string {
  const text = url.trim();
  const scp = /^(?:[^\s/@:]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(text);
  const full = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/]*)(\/.*)?$/i.exec(text);
  const host = (scp?.[1] ?? full?.[1] ?? '').replace(/:\d*$/, '');
  const path = scp?.[2] ?? (full ? (full[2] ?? '') : text);
  // Where ssh is blocked, these forges listen for it at another name.
  const plainHost = host.replace(/^(?:ssh|altssh)\.(?=(?:github\.com|gitlab\.com|bitbucket\.org)$)/i, '');
  return `${plainHost}/${path.replace(/^\/+/, '')}`
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .replace(/\/+$/, '')
    .toLowerCase();
}

/** True where both name one repository, whichever way each is written. */
export function sameRepository(a: string, b: string): boolean {
  return repositoryKey(a) === repositoryKey(b);
}
