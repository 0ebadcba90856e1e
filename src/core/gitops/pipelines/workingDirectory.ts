/** Folders that the commands of a job work in, relative to the job's own folder. */
import { isAbsolutePath, normalizePath } from '../../base/path.js';
import { constantHead, constantOf, constantText, withoutPrefix, type SymbolicText } from './symbolicText.js';

/** What stands for the job's own folder in texts (`$GITHUB_WORKSPACE`, `$CI_PROJECT_DIR`): no real path is so. */
export const workspaceFolder = '/@workspace';

/** The folder that `cd` leads to from `cwd`; undefined where that can't be told, or lies outside of the job's folder. */
export function changeDirectory(cwd: string | undefined, target: SymbolicText): string | undefined {
  const path = constantOf(target);
  return path === undefined ? undefined : resolveInJob(cwd, path);
}

/** A path within the job's folder, relative to it; undefined where it lies outside or `cwd` isn't known. */
export function resolveInJob(cwd: string | undefined, path: string): string | undefined {
  const inWorkspace = path === workspaceFolder || path.startsWith(`${workspaceFolder}/`) ? `.${path.slice(workspaceFolder.length)}` : undefined;
  if (inWorkspace === undefined && (isAbsolutePath(path) || path.startsWith('~') || cwd === undefined)) return undefined;
  const resolved = normalizePath(inWorkspace ?? `${cwd ?? '.'}/${path}`);
  return resolved === '..' || resolved.startsWith('../') ? undefined : resolved;
}

/** The same for a text: constant and within the job's folder, or undefined. */
export function resolveText(cwd: string | undefined, path: SymbolicText): string | undefined {
  const constant = constantOf(path);
  return constant === undefined || constant === '' ? undefined : resolveInJob(cwd, constant);
}

/** For people: a path as it is written, without what stands for the job's folder. */
export function withoutWorkspace(path: SymbolicText): SymbolicText {
  return constantHead(path).startsWith(workspaceFolder) ? (withoutPrefix(path, `${workspaceFolder}/`) ?? constantText('.')) : path;
}
