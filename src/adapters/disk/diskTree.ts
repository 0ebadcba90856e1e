/**
 * The files on disk under the editor's open buffers, as snapshots. A snapshot reads lazily and keeps what it read; the
 * next one keeps everything that did not change, so an edit of one buffer reads nothing.
 */
import { parentPath } from '../../core/base/path.js';
import type { EntryKind } from '../../core/base/fileTree.js';
import { SourceText } from '../../core/base/source.js';
import type { BufferedTree } from '../../services/ports.js';
import { DiskCache } from './diskCache.js';

export class DiskTree implements BufferedTree {
  readonly #disk: DiskCache;
  readonly #buffers: ReadonlyMap<string, SourceText>;
  /** The buffers by the files that they are written to, links followed. */
  readonly #byRealPath: ReadonlyMap<string, SourceText>;
  /** A buffer's text under the names of links that lead to its file. */
  readonly #aliases: WeakMap<SourceText, Map<string, SourceText>>;

  private constructor(disk: DiskCache, buffers: ReadonlyMap<string, SourceText>, aliases: WeakMap<SourceText, Map<string, SourceText>>) {
    this.#disk = disk;
    this.#buffers = buffers;
    this.#byRealPath = new Map([...buffers].map(([path, source]) => [disk.realPath(path), source]));
    this.#aliases = aliases;
  }

  /** The disk as it is, with no buffer over it. */
  static open(): DiskTree {
    return new DiskTree(new DiskCache(), new Map(), new WeakMap());
  }

  withBuffer(path: string, text: string | undefined): DiskTree {
    const current = this.#buffers.get(path);
    if (current?.text === text) return this;
    const buffers = new Map(this.#buffers);
    if (text === undefined) buffers.delete(path);
    else {
      const onDisk = this.#disk.read(path);
      buffers.set(path, onDisk?.text === text ? onDisk : new SourceText(path, text));
    }
    return new DiskTree(this.#disk, buffers, this.#aliases);
  }

  withChanges(paths: readonly string[]): DiskTree {
    return paths.length === 0 ? this : new DiskTree(this.#disk.without(paths), this.#buffers, this.#aliases);
  }

  /** The snapshot of the disk as it is now, found out by looking at all that was read: for who hears of no changes. */
  revalidate(): DiskTree {
    return this.withChanges(this.#disk.findStale());
  }

  /** Files that are there but could not be read, with the reason. */
  get unreadable(): ReadonlyMap<string, string> {
    return this.#disk.unreadable;
  }

  get unsaved(): readonly string[] {
    return [...this.#buffers].flatMap(([path, source]) => (this.#disk.read(path)?.text === source.text ? [] : [path]));
  }

  kind(path: string): EntryKind {
    return this.#buffer(path) ? 'file' : this.#disk.kind(path);
  }

  read(path: string): SourceText | undefined {
    return this.#buffer(path) ?? this.#disk.read(path);
  }

  readBytes(path: string): Uint8Array | undefined {
    const buffer = this.#buffer(path);
    return buffer ? new TextEncoder().encode(buffer.text) : this.#disk.readBytes(path);
  }

  list(path: string): readonly string[] {
    const names = this.#disk.list(path);
    const unsaved = [...this.#buffers.keys()].filter((file) => parentPath(file) === path).map((file) => file.slice(file.lastIndexOf('/') + 1));
    return unsaved.every((name) => names.includes(name)) ? names : [...new Set([...names, ...unsaved])].sort();
  }

  realPath(path: string): string {
    return this.#disk.realPath(path);
  }

  /** The buffer at a path, or the one whose file the path leads to by links. */
  #buffer(path: string): SourceText | undefined {
    if (this.#buffers.size === 0) return undefined;
    const buffer = this.#buffers.get(path);
    if (buffer) return buffer;
    const linked = this.#byRealPath.get(this.#disk.realPath(path));
    if (!linked) return undefined;
    let aliases = this.#aliases.get(linked);
    if (!aliases) this.#aliases.set(linked, (aliases = new Map<string, SourceText>()));
    let alias = aliases.get(path);
    if (!alias) aliases.set(path, (alias = new SourceText(path, linked.text)));
    return alias;
  }
}
