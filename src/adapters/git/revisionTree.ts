/**
 * The files of a commit, read from the object store: one `git ls-tree` for the names, one `git cat-file --batch` for the
 * contents. It answers at once from what it has; what it lacks it notes, and reads when asked to.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { EntryKind, FileTree } from '../../core/base/fileTree.js';
import { baseName, isInside, joinPath, normalizePath, parentPath } from '../../core/base/path.js';
import { SourceText } from '../../core/base/source.js';
import type { RevisionTree } from '../../services/ports.js';
import { toSystemPath } from '../disk/paths.js';
import { BatchReader } from './batchReader.js';
import { gitEnvironment, safeSettings } from './runGit.js';

interface TreeEntry {
  readonly mode: string;
  readonly hash: string;
}

/** What a commit holds, and as much of it as was read. */
interface Contents {
  readonly top: string;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly folders: ReadonlyMap<string, readonly string[]>;
  readonly bytes: Map<string, Uint8Array | undefined>;
  readonly texts: Map<string, SourceText>;
  readonly wanted: Set<string>;
}

/** Files beside a wanted one that are read with it: most renderings need them next. */
const readAhead = /\.(?:ya?ml|json|env|properties)$|^Kustomization$/;
const mostReadAhead = 100;

export class GitRevisionTree implements RevisionTree {
  readonly #contents: Contents;
  #process: ChildProcessWithoutNullStreams | undefined;
  #reader: BatchReader | undefined;

  /** @param listing what `git ls-tree -r -z` printed for `commit` */
  constructor(
    readonly top: string,
    readonly commit: string,
    listing: string,
  ) {
    this.#contents = { top, ...readListing(top, listing), bytes: new Map(), texts: new Map(), wanted: new Set() };
  }

  snapshot(): FileTree {
    return new RevisionSnapshot(this.#contents);
  }

  async loadWanted(signal: AbortSignal): Promise<boolean> {
    const { wanted, entries, bytes } = this.#contents;
    const paths = this.#withSiblings([...wanted]);
    wanted.clear();
    if (paths.length === 0) return false;
    this.#reader ??= this.#start();
    const contents = await this.#reader.read(
      paths.map((path) => entries.get(path)?.hash ?? ''),
      signal,
    );
    paths.forEach((path, index) => bytes.set(path, contents[index]));
    return true;
  }

  #withSiblings(wanted: readonly string[]): readonly string[] {
    const { folders, entries, bytes } = this.#contents;
    const paths = new Set(wanted);
    for (const folder of new Set(wanted.map(parentPath))) {
      const siblings = (folders.get(folder) ?? []).filter((name) => readAhead.test(name) && isContent(entries.get(`${folder}/${name}`)));
      if (siblings.length <= mostReadAhead) for (const name of siblings) paths.add(`${folder}/${name}`);
    }
    return [...paths].filter((path) => !bytes.has(path));
  }

  #start(): BatchReader {
    const child = spawn('git', [...safeSettings, 'cat-file', '--batch'], { cwd: toSystemPath(this.top), env: gitEnvironment(), stdio: 'pipe', windowsHide: true });
    this.#process = child;
    return new BatchReader(child);
  }

  close(): void {
    this.#process?.stdin.end();
    this.#process?.kill();
    this.#process = undefined;
    this.#reader = undefined;
  }
}

/** A file or a symbolic link; not a submodule. */
function isContent(entry: TreeEntry | undefined): boolean {
  return entry !== undefined && (isFile(entry) || entry.mode === '120000');
}

function isFile(entry: TreeEntry): boolean {
  return entry.mode.startsWith('100');
}

function readListing(top: string, listing: string): Pick<Contents, 'entries' | 'folders'> {
  const entries = new Map<string, TreeEntry>();
  const folders = new Map<string, string[]>([[top, []]]);
  const folderOf = (path: string): string[] => {
    let names = folders.get(path);
    if (!names) {
      folders.set(path, (names = []));
      folderOf(parentPath(path)).push(baseName(path));
    }
    return names;
  };
  for (const line of listing.split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', , hash = ''] = line.slice(0, tab).split(' ');
    const path = `${top}/${line.slice(tab + 1)}`;
    entries.set(path, { mode, hash });
    folderOf(parentPath(path)).push(baseName(path));
  }
  return { entries, folders };
}

/** How many symbolic links may lead to one another. */
const mostHops = 40;

class RevisionSnapshot implements FileTree {
  readonly #contents: Contents;

  constructor(contents: Contents) {
    this.#contents = contents;
  }

  kind(path: string): EntryKind {
    const real = this.realPath(path);
    const entry = this.#contents.entries.get(real);
    if (entry) return isFile(entry) ? 'file' : 'none';
    return this.#contents.folders.has(real) ? 'directory' : 'none';
  }

  read(path: string): SourceText | undefined {
    const known = this.#contents.texts.get(path);
    if (known) return known;
    const bytes = this.readBytes(path);
    if (!bytes) return undefined;
    const source = new SourceText(path, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    this.#contents.texts.set(path, source);
    return source;
  }

  readBytes(path: string): Uint8Array | undefined {
    if (this.kind(path) !== 'file') return undefined;
    return this.#contentOf(this.realPath(path));
  }

  list(path: string): readonly string[] {
    return [...(this.#contents.folders.get(this.realPath(path)) ?? [])].sort();
  }

  realPath(path: string): string {
    return this.#follow(normalizePath(path), 0) ?? path;
  }

  #contentOf(path: string): Uint8Array | undefined {
    const { bytes, wanted } = this.#contents;
    if (!bytes.has(path)) wanted.add(path);
    return bytes.get(path);
  }

  /** Follows links, those of folders on the way too; undefined where one leads out of the repository, in a circle, or was not read yet. */
  #follow(path: string, hops: number): string | undefined {
    const { top, entries, folders } = this.#contents;
    if (hops > mostHops || !isInside(path, top)) return undefined;
    const entry = entries.get(path);
    if (entry?.mode === '120000') {
      const target = this.#contentOf(path);
      return target && this.#follow(joinPath(parentPath(path), new TextDecoder().decode(target)), hops + 1);
    }
    if (entry || folders.has(path)) return path;
    const parent = this.#follow(parentPath(path), hops + 1);
    if (parent === undefined || parent === parentPath(path)) return parent === undefined ? undefined : path;
    return this.#follow(joinPath(parent, baseName(path)), hops + 1);
  }
}
