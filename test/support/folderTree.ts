/**
 * A FileTree over the disk for tests: what was read once stays as it was read, so that one tree can be shared by
 * thousands of builds. And a view of any tree with one file replaced, which is what a keystroke makes of a snapshot.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { EntryKind, FileTree } from '../../src/core/base/fileTree.js';
import { isInside, normalizePath } from '../../src/core/base/path.js';
import { SourceText } from '../../src/core/base/source.js';

export class FolderTree implements FileTree {
  readonly #kinds = new Map<string, EntryKind>();
  readonly #texts = new Map<string, SourceText | undefined>();
  readonly #real = new Map<string, string>();

  kind(name: string): EntryKind {
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      // Below a file there is nothing, which statSync takes for a failure.
      const stat = fs.existsSync(name) ? fs.statSync(name) : undefined;
      kind = stat?.isFile() ? 'file' : stat?.isDirectory() ? 'directory' : 'none';
      this.#kinds.set(name, kind);
    }
    return kind;
  }

  read(name: string): SourceText | undefined {
    if (!this.#texts.has(name)) {
      const bytes = this.readBytes(name);
      this.#texts.set(name, bytes && new SourceText(name, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)));
    }
    return this.#texts.get(name);
  }

  readBytes(name: string): Uint8Array | undefined {
    return this.kind(name) === 'file' ? fs.readFileSync(name) : undefined;
  }

  list(name: string): readonly string[] {
    return this.kind(name) === 'directory' ? fs.readdirSync(name).sort() : [];
  }

  realPath(name: string): string {
    let real = this.#real.get(name);
    if (real === undefined) {
      real = this.kind(name) === 'none' ? name : normalizePath(fs.realpathSync(name));
      this.#real.set(name, real);
    }
    return real;
  }
}

/** `tree` with the text of one file replaced (or the file added to its folder). */
export function withFile(tree: FileTree, name: string, text: string): FileTree {
  const source = new SourceText(name, text);
  const folder = path.posix.dirname(name);
  return {
    kind: (each) => (each === name ? 'file' : each !== '/' && isInside(folder, each) ? 'directory' : tree.kind(each)),
    read: (each) => (each === name ? source : tree.read(each)),
    readBytes: (each) => (each === name ? new TextEncoder().encode(text) : tree.readBytes(each)),
    list: (each) => (each === folder ? [...new Set([...tree.list(each), path.posix.basename(name)])].sort() : tree.list(each)),
    realPath: (each) => tree.realPath(each),
  };
}
