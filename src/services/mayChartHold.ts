/** A quick look at the templates of a chart: whether declarations of delivery can come out of it. */
import type { FileTree } from '../core/base/fileTree.js';
import { joinPath } from '../core/base/path.js';
import { mayHoldDeliveryObjects } from '../core/gitops/declarations.js';

/** How deep charts are looked for in charts, and folders in templates/. */
const mostLevels = 8;

/**
 * False where no template of the chart in `folder`, or of the charts that it takes from folders, names a kind that takes
 * part in delivery. What stands in an archive isn't looked at: a chart that has one may hold some.
 */
export function mayChartHold(tree: FileTree, folder: string, level = 0): boolean {
  if (level > mostLevels) return false;
  if (mayFolderHold(tree, joinPath(folder, 'templates'), level)) return true;
  const charts = joinPath(folder, 'charts');
  for (const name of tree.list(charts)) {
    if (name.endsWith('.tgz') || mayChartHold(tree, joinPath(charts, name), level + 1)) return true;
  }
  const neighbors = (tree.read(joinPath(folder, 'Chart.yaml'))?.text ?? '').matchAll(/\brepository:\s*["']?file:\/\/([^"'\s]+)/g);
  return [...neighbors].some(([, path = '']) => mayChartHold(tree, joinPath(folder, path), level + 1));
}

function mayFolderHold(tree: FileTree, folder: string, level: number): boolean {
  if (level > mostLevels) return false;
  return tree.list(folder).some((name) => {
    const path = joinPath(folder, name);
    return tree.kind(path) === 'directory' ? mayFolderHold(tree, path, level + 1) : mayHoldDeliveryObjects(tree.read(path)?.text ?? '');
  });
}
