/**
 * The files of a commit, read from the object store: one `git ls-tree` for the names, one `git cat-file --batch` for the
 * contents. It answers at once from what it has; what it lacks it notes, and reads when asked to.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { EntryKind } from '../../core/base/fileTree.js';
import { joinPath, normalizePath, parentPath } from '../../core/base/path.js';
import { SourceText } from '../../core/base/source.js';
import type { RevisionTree } from '../../services/ports.js';
import { toSystemPath } from '../disk/paths.js';
import { BatchReader } from './batchReader.js';
import { gitEnvironment, safeSettings } from './runGit.js';

interface TreeEntry {
  readonly mode: string;
  readonly hash: string;
  readonly size: number;
}

/** Files beside a wanted one are read with it up to this size: most renderings need them next. */
const largestSibling = 256 * 1024;
/** What is larger is not read at all. */
const largestBlob = 64 * 1024 * 1024;

export class GitRevisionTree implements RevisionTree {
  readonly #entries = new Map<string, TreeEntry>();
  readonly #folders = new Map<string, string[]>();
  readonly #contents = new Map<string, Uint8Array>();
  readonly #texts = new Map<string, SourceText>();
  readonly #wanted = new Set<string>();
  #process: ChildProcessWithoutNullStreams | undefined;
  #reader: BatchReader | undefined;

  /** @param listing what `git ls-tree -r -z --long` printed for `commit` */
  constructor(
    readonly top: string,
    readonly commit: string,
    listing: string,
  ) {
    this.#folders.set(top, []);
    for (const line of listing.split('\0')) {
      const match = /^(\d+) (\w+) ([0-9a-f]+) +(-|\d+)\t([\s\S]+)$/.exec(line);
      if (match) this.#add(`${top}/${match[5] ?? ''}`, { mode: match[1] ?? '', hash: match[3] ?? '', size: Number(match[4]) });
    }
  }

  #add(path: string, entry: TreeEntry): void {
    this.#entries.set(path, entry);
    for (let child = path; child !== this.top; child = parentPath(child)) {
      const folder = parentPath(child);
      const name = child.slice(folder.length + 1);
      const names = this.#folders.get(folder);
      if (names) {
        names.push(name);
        if (folder !== parentPath(path) || this.#folders.has(child)) return;
        return;
      }
      this.#folders.set(folder, [name]);
    }
  }

  kind(path: string): EntryKind {
    const real = this.realPath(path);
    const entry = this.#entries.get(real);
    if (entry) return entry.mode.startsWith('100') ? 'file' : 'none';
    return this.#folders.has(real) ? 'directory' : 'none';
  }

  read(path: string): SourceText | undefined {
    const bytes = this.readBytes(path);
    if (!bytes) return undefined;
    let source = this.#texts.get(path);
    if (!source) this.#texts.set(path, (source = new SourceText(path, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))));
    return source;
  }

  readBytes(path: string): Uint8Array | undefined {
    if (this.kind(path) !== 'file') return undefined;
    const real = this.realPath(path);
    const bytes = this.#contents.get(real);
    if (!bytes) this.#wanted.add(real);
    return bytes;
  }

  list(path: string): readonly string[] {
    return [...(this.#folders.get(this.realPath(path)) ?? [])].sort();
  }

  /** Follows symbolic links, of folders too; one that leads out of the repository or in a circle leads nowhere. */
  realPath(path: string): string {
    return this.#follow(normalizePath(path), 0);
  }

  #follow(path: string, hops: number): string {
    if (this.#entries.get(path)?.mode !== '120000') {
      if (this.#entries.has(path) || this.#folders.has(path) || path === this.top || !path.startsWith(`${this.top}/`)) return path;
      const parent = this.#follow(parentPath(path), hops);
      const moved = `${parent}/${path.slice(path.lastIndexOf('/') + 1)}`;
      return moved === path || hops > 40 ? path : this.#follow(moved, hops + 1);
    }
    const target = this.#contents.get(path);
    if (!target) {
      this.#wanted.add(path);
      return path;
    }
    return hops > 40 ? path : this.#follow(joinPath(parentPath(path), new TextDecoder().decode(target)), hops + 1);
  }

  async loadWanted(signal: AbortSignal): Promise<boolean> {
    const paths = this.#withSiblings([...this.#wanted]);
    this.#wanted.clear();
    if (paths.length === 0) return false;
    this.#reader ??= this.#start();
    const contents = await this.#reader.read(paths.map(([, entry]) => entry.hash), signal);
    paths.forEach(([path], index) => this.#contents.set(path, contents[index] ?? new Uint8Array()));
    return true;
  }

  #withSiblings(wanted: readonly string[]): readonly (readonly [path: string, entry: TreeEntry])[] {
    const paths = new Set(wanted);
    for (const path of wanted) {
      const folder = parentPath(path);
      for (const name of this.#folders.get(folder) ?? []) {
        const entry = this.#entries.get(`${folder}/${name}`);
        if (entry && entry.size <= largestSibling) paths.add(`${folder}/${name}`);
      }
    }
    return [...paths].flatMap((path) => {
      const entry = this.#entries.get(path);
      return entry && !this.#contents.has(path) && entry.mode !== '160000' && entry.size <= largestBlob ? [[path, entry] as const] : [];
    });
  }

  #start(): BatchReader {
    const child = spawn('git', [...safeSettings, 'cat-file', '--batch'], { cwd: toSystemPath(this.top), env: { ...process.env, ...gitEnvironment }, stdio: 'pipe', windowsHide: true });
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
