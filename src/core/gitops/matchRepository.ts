/** Which open repository a URL in a declaration means, and where a source's folder is in the workspace. */
import type { FileTree } from '../base/fileTree.js';
import { isInside, joinPath, normalizePath } from '../base/path.js';
import type { EnvironmentSource, Repository } from './delivery.js';

/** Host and path of a git URL, so that its https, ssh and scp forms are the same: `github.com/org/repo`. */
export function repositoryKey(url: string): string {
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(url.trim());
  const [, host = '', path = ''] = scp ?? /^[a-z][a-z+]*:\/\/(?:[^/@]*@)?([^/]*)(\/.*)?$/i.exec(url.trim()) ?? ['', '', url.trim()];
  const withoutPort = host.replace(/:\d+$/, '').replace(/^(?:ssh|altssh)\.(?=github\.com$|gitlab\.com$|bitbucket\.org$)/, '');
  const plain = `${withoutPort}/${path.replace(/^\/+/, '')}`.replace(/\/+$/, '').replace(/\.git$/, '');
  return plain.toLowerCase();
}

export interface MatchedFolder {
  readonly folder: string;
  readonly matchedBy: NonNullable<EnvironmentSource['matchedBy']>;
}

/**
 * The folder of `path` in the repository that `url` names. Where no open repository has such a remote, those without
 * any remote are asked whether they have the path, and workspace folders that are only a part of a repository. All are
 * asked for a source that is declared elsewhere, as Flux's own often is.
 */
export function findSourceFolder(
  tree: FileTree,
  where: { readonly repositories: readonly Repository[]; readonly folders: readonly string[] },
  url: string | undefined,
  path: string,
): MatchedFolder | undefined {
  const { repositories, folders } = where;
  const within = (top: string): string | undefined => {
    const folder = joinPath(top, `./${path.replace(/^\/+/, '')}`);
    return isInside(folder, normalizePath(top)) ? folder : undefined;
  };
  if (url !== undefined) {
    const key = repositoryKey(url);
    const named = repositories.filter(({ remotes }) => remotes.some((remote) => repositoryKey(remote.url) === key));
    // Two checkouts of one repository: the one that has the folder.
    const best = named.find(({ top }) => tree.kind(within(top) ?? top) === 'directory') ?? named[0];
    const folder = best && within(best.top);
    if (folder !== undefined) return { folder, matchedBy: 'remote' };
  }
  const unnamed = repositories.filter(({ remotes }) => url === undefined || remotes.length === 0).map(({ top }) => top);
  const parts = folders.filter((folder) => !repositories.some(({ top }) => top === folder));
  for (const top of [...unnamed, ...parts]) {
    const folder = within(top);
    if (folder !== undefined && tree.kind(folder) === 'directory') return { folder, matchedBy: 'path' };
  }
  return undefined;
}
