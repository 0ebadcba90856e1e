/**
 * The files on disk under the editor's open buffers, as snapshots. A snapshot reads lazily and keeps what it read; the
 * next one keeps everything that did not change, so an edit of one buffer reads nothing.
 */
import { baseName, parentPath } from '../../core/base/path.js';
import type { EntryKind, FileTree } from '../../core/base/fileTree.js';
import { SourceText } from '../../core/base/source.js';
import type { BufferedTree } from '../../services/ports.js';
import { DiskCache } from './diskCache.js';
import { SnapshotHistory } from './snapshotHistory.js';

export class DiskTree implements BufferedTree {
  readonly #disk: DiskCache;
  readonly #buffers: ReadonlyMap<string, SourceText>;
  /** The buffers by the files that they are written to, links followed. */
  readonly #byRealPath: ReadonlyMap<string, SourceText>;
  /** True where a buffer was opened under a path that leads elsewhere. */
  readonly #isOpenedByLink: boolean;
  /** The names of buffers by their folder. */
  readonly #namesByFolder: ReadonlyMap<string, readonly string[]>;
  /** A buffer's text under the names of links that lead to its file. */
  readonly #aliases: WeakMap<SourceText, Map<string, SourceText>>;
  readonly #history: SnapshotHistory;
  /** How many steps of the history led here. */
  readonly #age: number;

  private constructor(disk: DiskCache, buffers: ReadonlyMap<string, SourceText>, aliases: WeakMap<SourceText, Map<string, SourceText>>, history: SnapshotHistory) {
    this.#history = history;
    this.#age = history.length;
    this.#disk = disk;
    this.#buffers = buffers;
    this.#byRealPath = new Map([...buffers].map(([path, source]) => [disk.realPath(path), source]));
    this.#isOpenedByLink = [...this.#byRealPath.keys()].some((path) => !buffers.has(path));
    const names = new Map<string, string[]>();
    for (const path of buffers.keys()) names.set(parentPath(path), [...(names.get(parentPath(path)) ?? []), baseName(path)]);
    this.#namesByFolder = names;
    this.#aliases = aliases;
  }

  /** The disk as it is, with no buffer over it. */
  static open(): DiskTree {
    return new DiskTree(new DiskCache(), new Map(), new WeakMap(), new SnapshotHistory());
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
    return new DiskTree(this.#disk, buffers, this.#aliases, this.#step([path, parentPath(path)]));
  }

  withChanges(paths: readonly string[]): DiskTree {
    return paths.length === 0 ? this : new DiskTree(this.#disk.without(paths), this.#buffers, this.#aliases, this.#step(undefined));
  }

  changesSince(before: FileTree): ReadonlySet<string> | undefined {
    // With links one file is read under several names.
    if (!(before instanceof DiskTree) || before.#history !== this.#history || this.#disk.hasLinks || this.#isOpenedByLink || before.#isOpenedByLink) return undefined;
    return this.#history.between(before.#age, this.#age);
  }

  /** The history with one more step; one of its own for a second snapshot out of the same. */
  #step(changed: readonly string[] | undefined): SnapshotHistory {
    const history = this.#age === this.#history.length ? this.#history : new SnapshotHistory();
    history.add(changed);
    return history;
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
    if (this.#buffers.has(path)) return 'file';
    const kind = this.#disk.kind(path);
    return this.#linkedBuffer(path) ? 'file' : kind;
  }

  read(path: string): SourceText | undefined {
    const buffer = this.#buffers.get(path);
    if (buffer) return buffer;
    const source = this.#disk.read(path);
    return this.#linkedBuffer(path) ?? source;
  }

  readBytes(path: string): Uint8Array | undefined {
    const bytes = this.#disk.readBytes(path);
    const buffer = this.#buffers.get(path) ?? this.#linkedBuffer(path);
    return buffer ? new TextEncoder().encode(buffer.text) : bytes;
  }

  list(path: string): readonly string[] {
    const names = this.#disk.list(path);
    const unsaved = this.#namesByFolder.get(path);
    return unsaved === undefined || unsaved.every((name) => names.includes(name)) ? names : [...new Set([...names, ...unsaved])].sort();
  }

  realPath(path: string): string {
    return this.#disk.realPath(path);
  }

  /** The buffer whose file a path leads to by links, once the disk was asked for the path. Most workspaces have no link: they pay nothing. */
  #linkedBuffer(path: string): SourceText | undefined {
    if (this.#buffers.size === 0 || !(this.#disk.hasLinks || this.#isOpenedByLink)) return undefined;
    const linked = this.#byRealPath.get(this.#disk.realPath(path));
    if (!linked) return undefined;
    let aliases = this.#aliases.get(linked);
    if (!aliases) this.#aliases.set(linked, (aliases = new Map<string, SourceText>()));
    let alias = aliases.get(path);
    if (!alias) aliases.set(path, (alias = new SourceText(path, linked.text)));
    return alias;
  }
}
