/** Folders that the commands of a job work in, relative to the job's own folder. */
import { isAbsolutePath, normalizePath } from '../../base/path.js';
import { constantOf, type SymbolicText } from './symbolicText.js';

/** What stands for the job's own folder in texts (`$GITHUB_WORKSPACE`, `$CI_PROJECT_DIR`): no real path is so. */
export const workspaceFolder = '/@workspace';

/** Begins paths outside of the job's own folder: `/tmp/infra` is `@root/tmp/infra`. */
const outside = '@root';

/** The folder that `cd` leads to from `cwd`; undefined where that can't be told. */
export function changeDirectory(cwd: string | undefined, target: SymbolicText): string | undefined {
  const path = constantOf(target);
  return path === undefined || path === '-' ? undefined : resolveInJob(cwd, path);
}

/** A path relative to the job's folder (or to `@root`, where it lies outside); undefined where `cwd` would have to be known. */
export function resolveInJob(cwd: string | undefined, path: string): string | undefined {
  if (path === workspaceFolder || path.startsWith(`${workspaceFolder}/`)) return normalizePath(`.${path.slice(workspaceFolder.length)}`);
  if (isAbsolutePath(path)) return normalizePath(`${outside}/${path}`);
  if (path.startsWith('~')) return normalizePath(`${outside}/~/${path.slice(1)}`);
  if (cwd === undefined) return undefined;
  const resolved = normalizePath(`${cwd}/${path}`);
  const leaves = resolved === '..' || resolved.startsWith('../') || (isOutsideOfJob(cwd) && !isOutsideOfJob(resolved));
  return leaves ? undefined : resolved;
}

/** True for a path that {@link resolveInJob} found outside of the job's own folder. */
export function isOutsideOfJob(path: string): boolean {
  return path === outside || path.startsWith(`${outside}/`);
}

/** The same for a text: constant and within the job's folder, or undefined. */
export function resolveText(cwd: string | undefined, path: SymbolicText): string | undefined {
  const constant = constantOf(path);
  return constant === undefined || constant === '' ? undefined : resolveInJob(cwd, constant);
}
