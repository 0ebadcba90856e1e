/** A tree that notes what it was asked for and what it answered: what is made of the answers is good as long as they stay the same. */
import type { EntryKind, FileTree } from './fileTree.js';
import { isInside, parentPath } from './path.js';
import type { SourceText } from './source.js';

export class NotedTree implements FileTree {
  readonly #kinds = new Map<string, EntryKind>();
  readonly #texts = new Map<string, SourceText | undefined>();
  readonly #lists = new Map<string, string>();

  constructor(private readonly tree: FileTree) {}

  /** Every path that was asked for. */
  get paths(): ReadonlySet<string> {
    return new Set([...this.#kinds.keys(), ...this.#texts.keys(), ...this.#lists.keys()]);
  }

  /** True where `tree` would answer the same. */
  isStill(tree: FileTree): boolean {
    for (const [path, kind] of this.#kinds) if (tree.kind(path) !== kind) return false;
    for (const [path, source] of this.#texts) if (tree.read(path) !== source) return false;
    for (const [path, names] of this.#lists) if (joinNames(tree, path) !== names) return false;
    return true;
  }

  /** The same for what was asked of one path. */
  isStillAt(tree: FileTree, path: string): boolean {
    const [kind, names] = [this.#kinds.get(path), this.#lists.get(path)];
    if (kind !== undefined && tree.kind(path) !== kind) return false;
    if (names !== undefined && joinNames(tree, path) !== names) return false;
    return !this.#texts.has(path) || tree.read(path) === this.#texts.get(path);
  }

  /** True where a change at `path` may lead to another answer; `tree` is the state after it. */
  isConcernedBy(tree: FileTree, path: string): boolean {
    if (this.#texts.has(path)) return this.#texts.get(path) !== tree.read(path);
    const kind = this.#kinds.get(path);
    if (kind !== undefined && kind !== tree.kind(path)) return true;
    for (let folder = path; ; folder = parentPath(folder)) {
      const names = this.#lists.get(folder);
      if (names !== undefined && names !== joinNames(tree, folder)) return true;
      if (parentPath(folder) === folder) break;
    }
    // A folder that came or went takes along what is below it.
    return tree.kind(path) !== 'file' && [...this.paths].some((each) => each !== path && isInside(each, path));
  }

  /** Takes over what another one noted. */
  noteAll(other: NotedTree): void {
    for (const [path, kind] of other.#kinds) this.#kinds.set(path, kind);
    for (const [path, source] of other.#texts) this.#texts.set(path, source);
    for (const [path, names] of other.#lists) this.#lists.set(path, names);
  }

  kind(path: string): EntryKind {
    const kind = this.tree.kind(path);
    this.#kinds.set(path, kind);
    return kind;
  }

  read(path: string): SourceText | undefined {
    const source = this.tree.read(path);
    this.#texts.set(path, source);
    return source;
  }

  readBytes(path: string): Uint8Array | undefined {
    this.read(path);
    return this.tree.readBytes(path);
  }

  list(path: string): readonly string[] {
    this.#lists.set(path, joinNames(this.tree, path));
    return this.tree.list(path);
  }

  realPath(path: string): string {
    this.kind(parentPath(path));
    return this.tree.realPath(path);
  }
}

/** The names in a folder; nothing where it is none. */
function joinNames(tree: FileTree, path: string): string {
  return tree.list(path).join('\n');
}
