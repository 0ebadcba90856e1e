/**
 * Paths inside core: absolute, separated by `/` on every system (`/repo/a`, on Windows `c:/repo/a`), without a trailing
 * slash. Adapters convert from and to the system's own form.
 */

/** Resolves `.` and `..` and double slashes; a `..` above the root stays at the root. A relative path stays relative. */
export function normalizePath(path: string): string {
  const slashed = path.includes('\\') ? path.replaceAll('\\', '/') : path;
  const drive = /^[a-zA-Z]:(?=\/|$)/.exec(slashed)?.[0] ?? '';
  const rest = slashed.slice(drive.length);
  const absolute = rest.startsWith('/');
  const parts: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
      else if (!absolute) parts.push('..');
    } else parts.push(part);
  }
  const joined = parts.join('/');
  if (absolute) return `${drive.toLowerCase()}/${joined}`;
  return drive.toLowerCase() + (joined === '' ? '.' : joined);
}

/** True for `/a` and `c:/a`. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || /^[a-zA-Z]:[\\/]/.test(path);
}

/** `relative` as seen from the folder `base`; an absolute `relative` is taken as it is. */
export function joinPath(base: string, relative: string): string {
  return isAbsolutePath(relative) ? normalizePath(relative) : normalizePath(`${base}/${relative}`);
}

/** The folder that holds `path`; the root's is the root. */
export function parentPath(path: string): string {
  const at = path.lastIndexOf('/');
  if (at < 0) return '.';
  const parent = path.slice(0, at);
  return parent === '' || /^[a-z]:$/.test(parent) ? `${parent}/` : parent;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** True when `path` is `folder` or lies below it. Both normalized. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** The way from the folder `from` to `to`, both absolute and normalized: `../base/a.yaml`, `.` for the same. */
export function relativePath(from: string, to: string): string {
  const a = from.split('/').filter((part) => part !== '');
  const b = to.split('/').filter((part) => part !== '');
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  const parts = [...a.slice(common).map(() => '..'), ...b.slice(common)];
  return parts.length === 0 ? '.' : parts.join('/');
}
