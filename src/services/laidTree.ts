/** The files of a commit with edits on top: how things would be after a commit that isn't made. */
import type { EntryKind, FileTree } from '../core/base/fileTree.js';
import { baseName, isInside, parentPath } from '../core/base/path.js';
import { SourceText } from '../core/base/source.js';
import type { FileEdit, RevisionTree } from './ports.js';

/** The same tree with the edits made; what it lacks it reads as before. */
export function layEdits(tree: RevisionTree, edits: readonly FileEdit[]): RevisionTree {
  const contents = new Map(edits.map(({ path, content }) => [path, typeof content === 'string' ? new TextEncoder().encode(content) : content]));
  const texts = new Map<string, SourceText>();
  return {
    top: tree.top,
    commit: tree.commit,
    snapshot: () => new LaidSnapshot(tree.snapshot(), contents, texts),
    loadWanted: (signal) => tree.loadWanted(signal),
    close: () => tree.close(),
  };
}

class LaidSnapshot implements FileTree {
  constructor(
    private readonly below: FileTree,
    private readonly contents: ReadonlyMap<string, Uint8Array | undefined>,
    private readonly texts: Map<string, SourceText>,
  ) {}

  kind(path: string): EntryKind {
    if (this.contents.has(path)) return this.contents.get(path) ? 'file' : 'none';
    const kind = this.below.kind(path);
    if (kind === 'directory') return this.list(path).length > 0 ? 'directory' : 'none';
    if (kind === 'none' && this.#added.some((each) => isInside(each, path))) return 'directory';
    return kind;
  }

  read(path: string): SourceText | undefined {
    if (!this.contents.has(path)) return this.below.read(path);
    const known = this.texts.get(path);
    const bytes = this.contents.get(path);
    if (known || !bytes) return known;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const before = this.below.read(path);
    const source = before?.text === text ? before : new SourceText(path, text);
    this.texts.set(path, source);
    return source;
  }

  readBytes(path: string): Uint8Array | undefined {
    return this.contents.has(path) ? this.contents.get(path) : this.below.readBytes(path);
  }

  list(path: string): readonly string[] {
    const names = new Set(this.below.list(path));
    for (const each of this.#added) {
      for (let at = each; isInside(at, path) && at !== path; at = parentPath(at)) if (parentPath(at) === path) names.add(baseName(at));
    }
    return [...names].filter((name) => this.kind(`${path}/${name}`) !== 'none').sort();
  }

  realPath(path: string): string {
    return this.contents.has(path) ? path : this.below.realPath(path);
  }

  get #added(): readonly string[] {
    return [...this.contents].flatMap(([path, bytes]) => (bytes ? [path] : []));
  }
}
