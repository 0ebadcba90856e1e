/**
 * What was found on disk so far. It reads lazily and only grows: what it once answered it answers again, whatever
 * happens on disk, until a change is announced, which makes another cache. A folder is listed once, which tells the kinds
 * of all its files without asking for each.
 */
import fs from 'node:fs';
import { baseName, joinPath, parentPath } from '../../core/base/path.js';
import type { EntryKind } from '../../core/base/fileTree.js';
import { SourceText } from '../../core/base/source.js';
import { toCorePath, toSystemPath } from './paths.js';

/** Larger files are no manifests: they count as unreadable. */
const largestFile = 64 * 1024 * 1024;

type ListedKind = 'file' | 'directory' | 'link' | 'other';

/** A listing, or why there is none. */
type Listing = ReadonlyMap<string, ListedKind> | 'none' | 'unreadable';

/** What tells two states of a file or folder apart. */
interface Stamp {
  readonly modified: number;
  readonly changed: number;
  readonly size: number;
  readonly inode: number;
}

export class DiskCache {
  readonly #listings: Map<string, Listing>;
  readonly #kinds: Map<string, EntryKind>;
  readonly #contents: Map<string, Buffer | undefined>;
  readonly #texts: Map<string, SourceText | undefined>;
  readonly #realPaths: Map<string, string>;
  /** Paths that lead by links to another one, with where they lead. */
  readonly #linked: Map<string, string>;
  readonly #stamps: Map<string, Stamp | undefined>;
  readonly #unreadable: Map<string, string>;
  /** Texts of before a change: a file that reads the same again keeps its identity. */
  readonly #earlier: Map<string, SourceText>;

  /** @param before what was found earlier, of which everything still holds */
  constructor(before?: DiskCache) {
    this.#listings = new Map(before ? before.#listings : undefined);
    this.#kinds = new Map(before ? before.#kinds : undefined);
    this.#contents = new Map(before ? before.#contents : undefined);
    this.#texts = new Map(before ? before.#texts : undefined);
    this.#realPaths = new Map(before ? before.#realPaths : undefined);
    this.#linked = new Map(before ? before.#linked : undefined);
    this.#stamps = new Map(before ? before.#stamps : undefined);
    this.#unreadable = new Map(before ? before.#unreadable : undefined);
    this.#earlier = new Map(before ? before.#earlier : undefined);
  }

  /** Files that are there but could not be read, with the reason. */
  get unreadable(): ReadonlyMap<string, string> {
    return this.#unreadable;
  }

  /** True once a path was met that leads elsewhere: as long as there is none, a path that was asked for is its own real path. */
  get hasLinks(): boolean {
    return this.#linked.size > 0;
  }

  kind(path: string): EntryKind {
    let kind = this.#kinds.get(path);
    if (kind === undefined) this.#kinds.set(path, (kind = this.#findKind(path)));
    return kind;
  }

  read(path: string): SourceText | undefined {
    let text = this.#texts.get(path);
    if (text === undefined && !this.#texts.has(path)) this.#texts.set(path, (text = this.#readText(path)));
    return text;
  }

  readBytes(path: string): Uint8Array | undefined {
    if (!this.#contents.has(path)) this.#contents.set(path, this.#readFile(path));
    return this.#contents.get(path);
  }

  list(path: string): readonly string[] {
    const listing = this.#listing(path);
    return typeof listing === 'string' ? [] : [...listing.keys()].sort();
  }

  realPath(path: string): string {
    let real = this.#realPaths.get(path);
    if (real === undefined) {
      this.#realPaths.set(path, (real = this.#findRealPath(path)));
      if (real !== path) this.#linked.set(path, real);
    }
    return real;
  }

  /** What still holds when these paths, and all below them, may have changed. */
  without(paths: readonly string[]): DiskCache {
    const changed = new Set(paths);
    for (const path of paths) {
      // A parent that was missing may be there now.
      for (let folder = parentPath(path); this.#listings.get(folder) === 'none'; folder = parentPath(folder)) changed.add(folder);
    }
    for (const [path, real] of this.#linked) if (isBelowAny(real, changed)) changed.add(path);
    const next = new DiskCache(this);
    for (const path of this.#withAllBelow(changed)) next.#forget(path);
    for (const path of changed) {
      next.#listings.delete(parentPath(path));
      next.#stamps.delete(parentPath(path));
    }
    return next;
  }

  /** What lies below a path is known only where its folder was listed: most changes need no look at everything. */
  #withAllBelow(changed: ReadonlySet<string>): ReadonlySet<string> {
    const folders = new Set([...changed].filter((path) => this.#listings.has(path)));
    const all = new Set(changed);
    if (folders.size > 0) {
      for (const known of [this.#kinds, this.#realPaths, this.#listings, this.#texts]) {
        for (const path of known.keys()) if (isBelowAny(path, folders)) all.add(path);
      }
    }
    return all;
  }

  #forget(path: string): void {
    const text = this.#texts.get(path);
    if (text) this.#earlier.set(path, text);
    for (const known of [this.#listings, this.#kinds, this.#contents, this.#texts, this.#realPaths, this.#linked, this.#stamps, this.#unreadable]) known.delete(path);
  }

  /** The files and folders that are not on disk as they were when they were read. */
  findStale(): readonly string[] {
    const stale: string[] = [];
    for (const [path, before] of this.#stamps) if (!isSameStamp(before, stampOf(path))) stale.push(path);
    return stale;
  }

  #findKind(path: string): EntryKind {
    const listed = this.#listedKind(path);
    if (listed === 'file' || listed === 'directory' || listed === 'none') return listed;
    const stat = listed === 'other' ? undefined : statOf(path);
    this.realPath(path);
    return stat?.isFile() ? 'file' : stat?.isDirectory() ? 'directory' : 'none';
  }

  /** What the folder's listing says of a path; `unsure` where only the system knows. */
  #listedKind(path: string): ListedKind | 'none' | 'unsure' {
    const folder = parentPath(path);
    if (folder === path) return 'unsure';
    const listing = this.#listing(folder);
    if (listing === 'none') return 'none';
    if (listing === 'unreadable') return 'unsure';
    const name = baseName(path);
    return listing.get(name) ?? (mayBeListedOtherwise(listing, name) ? 'unsure' : 'none');
  }

  #listing(folder: string): Listing {
    let listing = this.#listings.get(folder);
    if (listing === undefined) {
      this.#stamps.set(folder, stampOf(folder));
      this.realPath(folder);
      this.#listings.set(folder, (listing = readListing(folder)));
    }
    return listing;
  }

  #readText(path: string): SourceText | undefined {
    const bytes = this.#readFile(path);
    if (!bytes) return undefined;
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const earlier = this.#earlier.get(path);
    return earlier?.text === text ? earlier : new SourceText(path, text);
  }

  #readFile(path: string): Buffer | undefined {
    if (this.kind(path) !== 'file') return undefined;
    // Known from now on, so that a change of the file behind a link is a change of the link.
    this.realPath(path);
    const file = toSystemPath(path);
    try {
      const stat = fs.statSync(file);
      this.#stamps.set(path, toStamp(stat));
      if (stat.size <= largestFile) return fs.readFileSync(file);
      this.#unreadable.set(path, `larger than ${largestFile / 1024 / 1024} MB`);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#unreadable.set(path, error.message);
    }
    return undefined;
  }

  #findRealPath(path: string): string {
    const folder = parentPath(path);
    if (folder === path) return path;
    const listed = this.#listedKind(path);
    if (listed === 'none') return path;
    if (listed === 'file' || listed === 'directory') {
      const real = this.realPath(folder);
      return real === folder ? path : joinPath(real, baseName(path));
    }
    try {
      return toCorePath(fs.realpathSync.native(toSystemPath(path)));
    } catch (error) {
      if (isSystemError(error)) return path;
      throw error;
    }
  }
}

function readListing(folder: string): Listing {
  try {
    return new Map(fs.readdirSync(toSystemPath(folder), { withFileTypes: true }).map((entry) => [entry.name, listedKindOf(entry)]));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'none' : 'unreadable';
  }
}

function listedKindOf(entry: fs.Dirent): ListedKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  // Some file systems don't say what an entry is: it is looked at like a link.
  return entry.isSymbolicLink() || !(entry.isBlockDevice() || entry.isCharacterDevice() || entry.isFIFO() || entry.isSocket()) ? 'link' : 'other';
}

/** True where a file system that takes names of another case or Unicode form for the same might have the file. */
function mayBeListedOtherwise(listing: ReadonlyMap<string, ListedKind>, name: string): boolean {
  // What is not ASCII has more bytes than characters.
  if (Buffer.byteLength(name) !== name.length) return true;
  const lower = name.toLowerCase();
  for (const listed of listing.keys()) if (listed.length === name.length && listed.toLowerCase() === lower) return true;
  return false;
}

function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path; ; at = parentPath(at)) {
    if (folders.has(at)) return true;
    if (parentPath(at) === at) return false;
  }
}

function stampOf(path: string): Stamp | undefined {
  const stat = statOf(path);
  return stat && toStamp(stat);
}

function statOf(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(toSystemPath(path), { throwIfNoEntry: false });
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

function toStamp(stat: fs.Stats): Stamp {
  return { modified: stat.mtimeMs, changed: stat.ctimeMs, size: stat.size, inode: stat.ino };
}

function isSameStamp(a: Stamp | undefined, b: Stamp | undefined): boolean {
  if (!a || !b) return a === b;
  return a.modified === b.modified && a.changed === b.changed && a.size === b.size && a.inode === b.inode;
}

/** An answer of the file system (missing, no permission, a circle of links), not a bug. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
