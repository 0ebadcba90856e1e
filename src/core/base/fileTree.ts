/**
 * The snapshot that everything in core reads: disk under open buffers, a git revision, or memory. It does not change
 * while it is read; a later state is another snapshot, which gives the same SourceText object for an unchanged file.
 */
import { normalizePath, parentPath } from './path.js';
import { SourceText } from './source.js';

export type EntryKind = 'file' | 'directory' | 'none';

export interface FileTree {
  /** What stands at an absolute, normalized path, symbolic links followed. */
  kind(path: string): EntryKind;
  /** The file's text decoded as UTF-8 (a byte order mark is kept), or undefined where there is no readable file. The same object for as long as the content is the same. */
  read(path: string): SourceText | undefined;
  /** The file's bytes, for what may not be text. */
  readBytes(path: string): Uint8Array | undefined;
  /** Names in a folder, sorted; empty where there is none. */
  list(path: string): readonly string[];
  /** The path with symbolic links resolved; the path itself where there are none or it does not exist. */
  realPath(path: string): string;
  /**
   * The paths at which this snapshot may answer otherwise than an earlier one: files, and folders whose names changed. Undefined
   * (or no such method) where it doesn't know: then everything may differ.
   */
  changesSince?(before: FileTree): ReadonlySet<string> | undefined;
}

/** A tree in memory: for tests, and for texts that stand nowhere else. */
export class MemoryTree implements FileTree {
  readonly #files = new Map<string, SourceText>();
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #folders = new Map<string, Set<string>>();

  /** @param files absolute path to text or bytes */
  constructor(files: Readonly<Record<string, string | Uint8Array>>) {
    for (const [name, content] of Object.entries(files)) {
      const path = normalizePath(name);
      if (typeof content === 'string') this.#files.set(path, new SourceText(path, content));
      else {
        this.#bytes.set(path, content);
        this.#files.set(path, new SourceText(path, new TextDecoder('utf-8', { ignoreBOM: true }).decode(content)));
      }
      for (let child = path, parent = parentPath(path); child !== parent; child = parent, parent = parentPath(parent)) {
        const names = this.#folders.get(parent) ?? new Set<string>();
        names.add(child.slice(child.lastIndexOf('/') + 1));
        this.#folders.set(parent, names);
      }
    }
  }

  /** The same tree with one file replaced; the others keep their SourceText. */
  with(name: string, text: string): MemoryTree {
    const path = normalizePath(name);
    const copy = new MemoryTree({ [path]: text });
    for (const [other, source] of this.#files) if (other !== path) copy.#files.set(other, source);
    for (const [other, bytes] of this.#bytes) if (other !== path) copy.#bytes.set(other, bytes);
    for (const [folder, names] of this.#folders) copy.#folders.set(folder, new Set([...names, ...(copy.#folders.get(folder) ?? [])]));
    return copy;
  }

  kind(path: string): EntryKind {
    if (this.#files.has(path)) return 'file';
    return this.#folders.has(path) ? 'directory' : 'none';
  }

  read(path: string): SourceText | undefined {
    return this.#files.get(path);
  }

  readBytes(path: string): Uint8Array | undefined {
    const bytes = this.#bytes.get(path);
    if (bytes) return bytes;
    const source = this.#files.get(path);
    return source && new TextEncoder().encode(source.text);
  }

  list(path: string): readonly string[] {
    return [...(this.#folders.get(path) ?? [])].sort();
  }

  realPath(path: string): string {
    return path;
  }
}
