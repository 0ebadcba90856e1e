/** How a file is named to people: relative to its workspace folder, with the folder's name in front where there are several. */
import { baseName, isInside, relativePath } from '../core/base/path.js';
import type { Location } from '../core/base/source.js';

export type FileLabel = (path: string) => string;

/** Labels for a set of workspace folders (absolute paths). A file outside of all is named by its whole path. */
export function makeFileLabel(folders: readonly string[]): FileLabel {
  const byDepth = [...folders].sort((a, b) => b.length - a.length);
  return (path) => {
    const folder = byDepth.find((candidate) => isInside(path, candidate));
    if (folder === undefined) return path;
    const relative = relativePath(folder, path);
    if (folders.length < 2) return relative;
    return relative === '.' ? baseName(folder) : `${baseName(folder)}/${relative}`;
  };
}

/** `overlays/prod/kustomization.yaml:24`, with a 1-based line. */
export function labelLocation(location: Location, label: FileLabel): string {
  return `${label(location.path)}:${location.range.start.line + 1}`;
}
