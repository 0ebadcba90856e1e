/**
 * The files on disk under the editor's open buffers, as snapshots. A snapshot reads lazily and keeps what it read; the
 * next one keeps everything that did not change, so an edit of one buffer reads nothing.
 */
import fs from 'node:fs';
import { isInside, parentPath } from '../../core/base/path.js';
import type { EntryKind, FileTree } from '../../core/base/fileTree.js';
import { SourceText } from '../../core/base/source.js';
import { toCorePath, toSystemPath } from './paths.js';

/** Larger files are no manifests: they count as unreadable text. */
const largestText = 64 * 1024 * 1024;

/** What was found on disk so far. Only grows; a change on disk makes another one. */
class DiskCache {
  readonly kinds = new Map<string, EntryKind>();
  readonly texts = new Map<string, SourceText | undefined>();
  readonly bytes = new Map<string, Uint8Array | undefined>();
  readonly lists = new Map<string, readonly string[]>();
  readonly realPaths = new Map<string, string>();
  /** Texts of before a change: a file that reads the same again keeps its identity. */
  readonly earlier = new Map<string, SourceText>();

  /** What still holds when these paths, and all below them, may have changed. */
  without(paths: readonly string[]): DiskCache {
    const next = new DiskCache();
    const changed = (path: string): boolean => paths.some((each) => isInside(path, each));
    copyUnless(this.kinds, next.kinds, changed);
    copyUnless(this.texts, next.texts, changed);
    copyUnless(this.bytes, next.bytes, changed);
    copyUnless(this.realPaths, next.realPaths, changed);
    const folders = new Set(paths.map(parentPath));
    copyUnless(this.lists, next.lists, (path) => changed(path) || folders.has(path));
    for (const [path, source] of this.earlier) next.earlier.set(path, source);
    for (const [path, source] of this.texts) if (source && changed(path)) next.earlier.set(path, source);
    // a parent that was missing may be there now
    for (const path of paths) {
      for (let folder = parentPath(path); next.kinds.get(folder) === 'none'; folder = parentPath(folder)) next.kinds.delete(folder);
    }
    return next;
  }
}

function copyUnless<T>(from: ReadonlyMap<string, T>, to: Map<string, T>, skip: (path: string) => boolean): void {
  for (const [path, value] of from) if (!skip(path)) to.set(path, value);
}

export class DiskTree implements FileTree {
  readonly #disk: DiskCache;
  readonly #buffers: ReadonlyMap<string, SourceText>;

  private constructor(disk: DiskCache, buffers: ReadonlyMap<string, SourceText>) {
    this.#disk = disk;
    this.#buffers = buffers;
  }

  /** The disk as it is, with no buffer over it. */
  static open(): DiskTree {
    return new DiskTree(new DiskCache(), new Map());
  }

  /** The snapshot with the text of an open buffer in the place of a file; `undefined` when it was closed. */
  withBuffer(path: string, text: string | undefined): DiskTree {
    const current = this.#buffers.get(path);
    if (current?.text === text && (current !== undefined || text === undefined)) return this;
    const buffers = new Map(this.#buffers);
    if (text === undefined) buffers.delete(path);
    else {
      const onDisk = this.#disk.texts.get(path);
      buffers.set(path, onDisk?.text === text ? onDisk : new SourceText(path, text));
    }
    return new DiskTree(this.#disk, buffers);
  }

  /** The snapshot after these files or folders were created, changed or deleted on disk. */
  withChanges(paths: readonly string[]): DiskTree {
    return paths.length === 0 ? this : new DiskTree(this.#disk.without(paths), this.#buffers);
  }

  kind(path: string): EntryKind {
    if (this.#buffers.has(path)) return 'file';
    let kind = this.#disk.kinds.get(path);
    if (kind === undefined) {
      const stat = fs.statSync(toSystemPath(path), { throwIfNoEntry: false, bigint: false });
      kind = stat?.isFile() ? 'file' : stat?.isDirectory() ? 'directory' : 'none';
      this.#disk.kinds.set(path, kind);
    }
    return kind;
  }

  read(path: string): SourceText | undefined {
    const buffer = this.#buffers.get(path);
    if (buffer) return buffer;
    if (!this.#disk.texts.has(path)) this.#disk.texts.set(path, this.#readText(path));
    return this.#disk.texts.get(path);
  }

  #readText(path: string): SourceText | undefined {
    const bytes = this.#readDisk(path);
    if (!bytes) return undefined;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const earlier = this.#disk.earlier.get(path);
    return earlier?.text === text ? earlier : new SourceText(path, text);
  }

  readBytes(path: string): Uint8Array | undefined {
    const buffer = this.#buffers.get(path);
    if (buffer) return new TextEncoder().encode(buffer.text);
    if (!this.#disk.bytes.has(path)) this.#disk.bytes.set(path, this.#readDisk(path));
    return this.#disk.bytes.get(path);
  }

  #readDisk(path: string): Uint8Array | undefined {
    if (this.kind(path) !== 'file') return undefined;
    try {
      const file = toSystemPath(path);
      return fs.statSync(file).size > largestText ? undefined : fs.readFileSync(file);
    } catch (error) {
      if (isSystemError(error)) return undefined;
      throw error;
    }
  }

  list(path: string): readonly string[] {
    let names = this.#disk.lists.get(path);
    if (!names) {
      try {
        names = fs.readdirSync(toSystemPath(path)).sort();
      } catch (error) {
        if (!isSystemError(error)) throw error;
        names = [];
      }
      this.#disk.lists.set(path, names);
    }
    const unsaved = [...this.#buffers.keys()].filter((file) => parentPath(file) === path).map((file) => file.slice(file.lastIndexOf('/') + 1));
    return unsaved.every((name) => names.includes(name)) ? names : [...new Set([...names, ...unsaved])].sort();
  }

  realPath(path: string): string {
    let real = this.#disk.realPaths.get(path);
    if (real === undefined) {
      try {
        real = toCorePath(fs.realpathSync.native(toSystemPath(path)));
      } catch (error) {
        if (!isSystemError(error)) throw error;
        real = path;
      }
      this.#disk.realPaths.set(path, real);
    }
    return real;
  }
}

/** An answer of the file system (missing, no permission, a circle of links), not a bug. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
