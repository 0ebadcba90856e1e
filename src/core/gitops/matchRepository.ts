/** Which open repository a URL in a declaration means, and where a source's folder is in the workspace. */
import type { FileTree } from '../base/fileTree.js';
import { isInside, joinPath, normalizePath } from '../base/path.js';
import type { EnvironmentSource, Repository } from './delivery.js';
import { repositoryKey } from './gitUrl.js';

export interface MatchedFolder {
  readonly folder: string;
  /** The top folder of the repository, or the workspace folder that was taken for it. */
  readonly top: string;
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
    if (best && folder !== undefined) return { folder, top: best.top, matchedBy: 'remote' };
  }
  const unnamed = repositories.filter(({ remotes }) => url === undefined || remotes.length === 0).map(({ top }) => top);
  const parts = folders.filter((folder) => !repositories.some(({ top }) => top === folder));
  for (const top of [...unnamed, ...parts]) {
    const folder = within(top);
    if (folder !== undefined && tree.kind(folder) === 'directory') return { folder, top, matchedBy: 'path' };
  }
  return undefined;
}
