/** A quick look at the templates of charts: whether declarations of delivery can come out of them. */
import type { FileTree } from '../core/base/fileTree.js';
import { joinPath } from '../core/base/path.js';
import type { SourceText } from '../core/base/source.js';
import { mayHoldDeliveryObjects } from '../core/gitops/declarations.js';

/** How deep charts are looked for in charts, and folders in templates/. */
const mostLevels = 8;

/** Looks into charts; what was seen in a text is kept with it. */
export class ChartLook {
  readonly #seen = new WeakMap<SourceText, boolean>();

  /**
   * False where no template of the chart in `folder`, or of the charts that it takes from folders, names a kind that takes
   * part in delivery. What stands in an archive isn't looked at: a chart that has one may hold some.
   */
  mayHold(tree: FileTree, folder: string, level = 0): boolean {
    if (level > mostLevels) return false;
    if (this.#mayFolderHold(tree, joinPath(folder, 'templates'), level)) return true;
    const charts = joinPath(folder, 'charts');
    for (const name of tree.list(charts)) {
      if (name.endsWith('.tgz') || this.mayHold(tree, joinPath(charts, name), level + 1)) return true;
    }
    const neighbors = (tree.read(joinPath(folder, 'Chart.yaml'))?.text ?? '').matchAll(/\brepository:\s*["']?file:\/\/([^"'\s]+)/g);
    return [...neighbors].some(([, path = '']) => this.mayHold(tree, joinPath(folder, path), level + 1));
  }

  #mayFolderHold(tree: FileTree, folder: string, level: number): boolean {
    if (level > mostLevels) return false;
    return tree.list(folder).some((name) => {
      const path = joinPath(folder, name);
      return tree.kind(path) === 'directory' ? this.#mayFolderHold(tree, path, level + 1) : this.#mayFileHold(tree.read(path));
    });
  }

  #mayFileHold(source: SourceText | undefined): boolean {
    if (!source) return false;
    let may = this.#seen.get(source);
    if (may === undefined) this.#seen.set(source, (may = mayHoldDeliveryObjects(source.text)));
    return may;
  }
}
