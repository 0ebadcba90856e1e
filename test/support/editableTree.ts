/** Files in memory under open buffers, as snapshots: what a disk and an editor are to a workspace, for tests that change them. */
import type { EntryKind } from '../../src/core/base/fileTree.js';
import { isInside, parentPath } from '../../src/core/base/path.js';
import { SourceText } from '../../src/core/base/source.js';
import type { BufferedTree } from '../../src/services/ports.js';

export class EditableTree implements BufferedTree {
  readonly #disk: Map<string, string>;
  readonly #files: ReadonlyMap<string, SourceText>;
  readonly #buffers: ReadonlyMap<string, SourceText>;
  #folders: Map<string, Set<string>> | undefined;

  /** @param disk what stands on disk; changes of it are seen after {@link withChanges} */
  constructor(disk: Map<string, string>, files = sourcesOf(disk), buffers: ReadonlyMap<string, SourceText> = new Map()) {
    this.#disk = disk;
    this.#files = files;
    this.#buffers = buffers;
  }

  get unsaved(): readonly string[] {
    return [...this.#buffers].flatMap(([path, { text }]) => (this.#files.get(path)?.text === text ? [] : [path]));
  }

  /** All files, those of buffers included. */
  get paths(): readonly string[] {
    return [...new Set([...this.#files.keys(), ...this.#buffers.keys()])].sort();
  }

  get buffers(): readonly string[] {
    return [...this.#buffers.keys()];
  }

  withBuffer(path: string, text: string | undefined): EditableTree {
    if (this.#buffers.get(path)?.text === text) return this;
    const buffers = new Map(this.#buffers);
    const onDisk = this.#files.get(path);
    if (text === undefined) buffers.delete(path);
    else buffers.set(path, onDisk?.text === text ? onDisk : new SourceText(path, text));
    return new EditableTree(this.#disk, this.#files, buffers);
  }

  withChanges(paths: readonly string[]): EditableTree {
    const files = new Map(this.#files);
    const isMeant = (path: string): boolean => paths.some((changed) => isInside(path, changed));
    for (const path of files.keys()) if (isMeant(path) && !this.#disk.has(path)) files.delete(path);
    for (const [path, text] of this.#disk) if (isMeant(path) && files.get(path)?.text !== text) files.set(path, new SourceText(path, text));
    return new EditableTree(this.#disk, files, this.#buffers);
  }

  kind(path: string): EntryKind {
    if (this.#buffers.has(path) || this.#files.has(path)) return 'file';
    return this.#names.has(path) ? 'directory' : 'none';
  }

  read(path: string): SourceText | undefined {
    return this.#buffers.get(path) ?? this.#files.get(path);
  }

  readBytes(path: string): Uint8Array | undefined {
    const source = this.read(path);
    return source && new TextEncoder().encode(source.text);
  }

  list(path: string): readonly string[] {
    return [...(this.#names.get(path) ?? [])].sort();
  }

  realPath(path: string): string {
    return path;
  }

  get #names(): ReadonlyMap<string, ReadonlySet<string>> {
    if (this.#folders) return this.#folders;
    const folders = new Map<string, Set<string>>();
    for (const path of this.paths) {
      for (let child = path, parent = parentPath(path); child !== parent; child = parent, parent = parentPath(parent)) {
        const names = folders.get(parent) ?? new Set<string>();
        folders.set(parent, names.add(child.slice(child.lastIndexOf('/') + 1)));
      }
    }
    return (this.#folders = folders);
  }
}

function sourcesOf(disk: ReadonlyMap<string, string>): ReadonlyMap<string, SourceText> {
  return new Map([...disk].map(([path, text]) => [path, new SourceText(path, text)]));
}
