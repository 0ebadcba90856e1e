/**
 * What a git repository says of itself in its files: its remotes and the branch that is checked out. Read from the
 * snapshot like anything else, so that it works where no git is installed and where nothing may be executed.
 */
import type { FileTree } from '../base/fileTree.js';
import { joinPath, parentPath } from '../base/path.js';
import type { Repository } from './delivery.js';

/** The repository whose work tree has its top at `top`; without remotes where there is no git. */
export function readRepository(tree: FileTree, top: string): Repository {
  const folder = findGitFolder(tree, top);
  if (folder === undefined) return { top, remotes: [], branch: undefined };
  const common = tree.read(joinPath(folder, 'commondir'))?.text.trim();
  const config = tree.read(joinPath(common === undefined ? folder : joinPath(folder, common), 'config'))?.text ?? '';
  const head = tree.read(joinPath(folder, 'HEAD'))?.text.trim() ?? '';
  return { top, remotes: readRemotes(config), branch: /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] };
}

/** The nearest folder at or above `folder` with a `.git` in it; undefined where there is none. */
export function findRepositoryTop(tree: FileTree, folder: string): string | undefined {
  for (let at = folder, parent = parentPath(at); ; at = parent, parent = parentPath(at)) {
    if (tree.kind(joinPath(at, '.git')) !== 'none') return at;
    if (parent === at) return undefined;
  }
}

/** `.git` is a folder, or in worktrees and submodules a file that says where the folder is. */
function findGitFolder(tree: FileTree, top: string): string | undefined {
  const path = joinPath(top, '.git');
  if (tree.kind(path) === 'directory') return path;
  const place = /^gitdir: (.+)$/m.exec(tree.read(path)?.text ?? '')?.[1]?.trim();
  return place === undefined ? undefined : joinPath(top, place);
}

/** The `url` of each `[remote "name"]` section, in the order of the file (git-config's syntax as git itself writes it). */
function readRemotes(config: string): Repository['remotes'] {
  const remotes: { name: string; url: string }[] = [];
  let remote: string | undefined;
  for (const line of config.split(/\r?\n/)) {
    const section = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
    if (section) remote = section[1]?.toLowerCase() === 'remote' ? section[2]?.replace(/\\(.)/g, '$1') : undefined;
    const url = remote === undefined ? undefined : /^\s*url\s*=\s*(.*?)\s*$/i.exec(line)?.[1];
    if (remote !== undefined && url !== undefined) remotes.push({ name: remote, url: url.replace(/^"(.*)"$/, '$1') });
  }
  return remotes;
}
