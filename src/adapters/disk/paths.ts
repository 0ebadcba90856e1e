/** The one place where the system's paths become core's (`/repo/a`, `c:/repo/a`), and back. */
import { normalizePath } from '../../core/base/path.js';

/**
 * Core's form of an absolute path of this system: slashes, and on Windows a drive in lower case. The prefix of long
 * paths (`\\?\`) goes; a network share keeps its two slashes.
 */
export function toCorePath(systemPath: string, platform: NodeJS.Platform = process.platform): string {
  // Elsewhere a backslash is a character like any other, which core can't express; such files are out of reach.
  if (platform !== 'win32') return normalizePath(systemPath);
  const short = systemPath.replace(/^[\\/]{2}\?[\\/](?:UNC[\\/])?/i, (prefix) => (/UNC/i.test(prefix) ? '\\\\' : ''));
  const path = normalizePath(short);
  return /^[\\/]{2}[^\\/]/.test(short) ? `/${path}` : path;
}

/** The system's form of a path of core's. */
export function toSystemPath(path: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? path.replaceAll('/', '\\') : path;
}
