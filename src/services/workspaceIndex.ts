/**
 * Which folders of a workspace hold a kustomization or a chart, and which YAML files there are: found once by a walk
 * within a budget, then kept up with what changes. Folders that hold what tools put there (`node_modules`) and links to
 * folders are not entered.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { baseName, isInside, joinPath, parentPath } from '../core/base/path.js';
import { kustomizationFileNames } from '../core/kustomize/target.js';

export interface KustomizationPlace {
  readonly folder: string;
  /** Absolute path of the kustomization file. */
  readonly file: string;
}

/** Never entered: version control, installed packages, caches of tools. */
const skippedFolders: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  '.jj',
  'node_modules',
  'bower_components',
  '.terraform',
  '.terragrunt-cache',
  '.venv',
  '__pycache__',
  '.tox',
  '.gradle',
  '.m2',
  '.cache',
  '.vscode-test',
  '.yarn',
  '.pnpm-store',
]);

const defaultBudget = 100_000;

export class WorkspaceIndex {
  readonly #places = new Map<string, string>();
  readonly #charts = new Set<string>();
  readonly #yamlFiles = new Set<string>();
  readonly #budget: number;
  #folders: readonly string[];
  #entered = 0;
  #sorted: readonly KustomizationPlace[] | undefined;
  #sortedCharts: readonly string[] | undefined;
  #sortedYamlFiles: readonly string[] | undefined;

  /**
   * @param folders the workspace's folders, absolute
   * @param budget how many folders are entered at most
   */
  constructor(tree: FileTree, folders: readonly string[], budget = defaultBudget) {
    this.#folders = folders;
    this.#budget = budget;
    for (const folder of folders) this.#enter(tree, folder);
  }

  /** All kustomizations, sorted by folder; the same list until something changes. */
  get places(): readonly KustomizationPlace[] {
    return (this.#sorted ??= [...this.#places].map(([folder, file]) => ({ folder, file })).sort((a, b) => (a.folder < b.folder ? -1 : 1)));
  }

  /** The folders with a Chart.yaml, sorted; the same list until something changes. */
  get charts(): readonly string[] {
    return (this.#sortedCharts ??= [...this.#charts].sort());
  }

  /** All YAML files, sorted; the same list until something changes. */
  get yamlFiles(): readonly string[] {
    return (this.#sortedYamlFiles ??= [...this.#yamlFiles].sort());
  }

  /** True when the walk ended at its budget: there may be more. */
  get isIncomplete(): boolean {
    return this.#entered >= this.#budget;
  }

  setFolders(tree: FileTree, folders: readonly string[]): void {
    const added = folders.filter((folder) => !this.#folders.includes(folder));
    this.#folders = folders;
    for (const folder of [...this.#places.keys()]) if (!this.#holds(folder)) this.#remove(folder);
    for (const file of [...this.#yamlFiles]) if (!this.#holds(file)) this.#noteFile(file, false);
    for (const folder of added) this.#enter(tree, folder);
  }

  /** Takes in that these files or folders were created, changed or deleted; `tree` is the state after that. */
  update(tree: FileTree, paths: readonly string[]): void {
    const gone = new Set<string>();
    for (const path of paths) {
      if (!this.#holds(path)) continue;
      if (isYamlFile(path)) this.#noteFile(path, tree.kind(path) === 'file');
      if (isKustomizationFile(path)) this.#look(tree, parentPath(path));
      else if (tree.kind(path) === 'directory') this.#reenter(tree, path);
      else gone.add(path);
    }
    if (gone.size === 0) return;
    for (const folder of [...this.#places.keys()]) if (isBelowAny(folder, gone)) this.#remove(folder);
    for (const file of [...this.#yamlFiles]) if (isBelowAny(file, gone)) this.#noteFile(file, tree.kind(file) === 'file');
  }

  /** True below a workspace folder and in no skipped one. */
  #holds(path: string): boolean {
    return this.#folders.some((folder) => {
      if (!isInside(path, folder)) return false;
      return !path
        .slice(folder.length)
        .split('/')
        .some((name) => skippedFolders.has(name));
    });
  }

  #reenter(tree: FileTree, folder: string): void {
    for (const known of [...this.#places.keys()]) if (isInside(known, folder)) this.#look(tree, known);
    for (const file of [...this.#yamlFiles]) if (isInside(file, folder)) this.#noteFile(file, tree.kind(file) === 'file');
    this.#enter(tree, folder);
  }

  #enter(tree: FileTree, top: string): void {
    const queue = [top];
    for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
      if (this.#entered >= this.#budget) return;
      this.#entered++;
      const names = tree.list(folder);
      if (names.some((name) => isKustomizationFile(name))) this.#look(tree, folder);
      for (const name of names) {
        if (skippedFolders.has(name)) continue;
        const path = joinPath(folder, name);
        if (isYamlFile(name) && tree.kind(path) === 'file') this.#noteFile(path, true);
        // A link to a folder shows the same folder twice, or leads out of the workspace, or in a circle.
        if (tree.kind(path) === 'directory' && tree.realPath(path) === joinPath(tree.realPath(folder), name)) queue.push(path);
      }
    }
  }

  #look(tree: FileTree, folder: string): void {
    const file = kustomizationFileNames.map((name) => joinPath(folder, name)).find((path) => tree.kind(path) === 'file');
    if (file === undefined) this.#remove(folder);
    else if (this.#places.get(folder) !== file) {
      this.#places.set(folder, file);
      this.#sorted = undefined;
    }
  }

  #noteFile(path: string, exists: boolean): void {
    if (exists === this.#yamlFiles.has(path)) return;
    if (exists) this.#yamlFiles.add(path);
    else this.#yamlFiles.delete(path);
    this.#sortedYamlFiles = undefined;
    if (baseName(path) !== 'Chart.yaml') return;
    if (exists) this.#charts.add(parentPath(path));
    else this.#charts.delete(parentPath(path));
    this.#sortedCharts = undefined;
  }

  #remove(folder: string): void {
    if (this.#places.delete(folder)) this.#sorted = undefined;
  }
}

function isYamlFile(path: string): boolean {
  return path.endsWith('.yaml') || path.endsWith('.yml');
}

function isKustomizationFile(path: string): boolean {
  return (kustomizationFileNames as readonly string[]).includes(baseName(path));
}

function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path; ; at = parentPath(at)) {
    if (folders.has(at)) return true;
    if (parentPath(at) === at) return false;
  }
}
