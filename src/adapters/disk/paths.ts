/** The one place where the system's paths become core's (`/work/a`, `c:/work/a`), and back. */
import { normalizePath } from '../../core/base/path.js';

/** Core's form of an absolute path of this system: slashes, and on Windows a drive in lower case. UNC paths keep their two slashes. */
export function toCorePath(systemPath: string): string {
  const isUnc = systemPath.startsWith('\\\\');
  const path = normalizePath(systemPath);
  return isUnc ? `/${path}` : path;
}

/** The system's form of a path of core's. */
export function toSystemPath(path: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return path;
  return path.replaceAll('/', '\\');
}
