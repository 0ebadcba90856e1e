/**
 * Finds and reads what a kustomization names, as kustomize's file loader does (api/internal/loader v0.21.2): relative to
 * the kustomization's folder, not outside it unless allowed, never in a circle. Every look is noted, so that a build
 * knows what it depends on.
 */
import type { FileTree } from '../base/fileTree.js';
import { isAbsolutePath, isInside, joinPath, parentPath } from '../base/path.js';
import type { SourceText } from '../base/source.js';
import type { Seen } from './buildCache.js';

/** A snapshot that remembers which paths were asked for and what they answered. */
export class ObservedTree implements FileTree {
  readonly seen = new Map<string, Seen>();

  constructor(readonly tree: FileTree) {}

  kind(path: string): 'file' | 'directory' | 'none' {
    const kind = this.tree.kind(path);
    if (kind === 'file') this.read(path);
    else this.#note(path, kind);
    return kind;
  }

  read(path: string): SourceText | undefined {
    const source = this.tree.read(path);
    if (source) this.seen.set(path, source);
    else if (!this.seen.has(path)) this.#note(path, this.tree.kind(path) === 'directory' ? 'directory' : 'none');
    return source;
  }

  readBytes(path: string): Uint8Array | undefined {
    this.read(path);
    return this.tree.readBytes(path);
  }

  list(path: string): readonly string[] {
    const names = this.tree.list(path);
    this.seen.set(path, names);
    return names;
  }

  realPath(path: string): string {
    return this.tree.realPath(path);
  }

  /** Notes what an earlier build saw, as if it had been looked at again. */
  noteAll(seen: ReadonlyMap<string, Seen>): void {
    for (const [path, what] of seen) this.#note(path, what);
  }

  /** What is known already of a folder's names is more than that there is a folder. */
  #note(path: string, what: Seen): void {
    if (what !== 'directory' || !this.seen.has(path)) this.seen.set(path, what);
  }
}

/** Why a path could not be had. */
export type LoadFailure =
  | { readonly kind: 'missing' }
  | { readonly kind: 'directory' }
  | { readonly kind: 'outside'; readonly root: string }
  | { readonly kind: 'cycle'; readonly root: string }
  | { readonly kind: 'absolute' }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'outside-repository'; readonly root: string }
  | { readonly kind: 'outside-workspace' }
  | { readonly kind: 'no-directory' }
  | { readonly kind: 'empty' };

/** What a kustomization may read. */
export interface LoadLimits {
  /** Files only in and below its own folder: kustomize's load restriction. */
  readonly restricted: boolean;
  /** Folders outside of which nothing at all is read; undefined where the whole disk is meant. Symbolic links resolved. */
  readonly boundary: readonly string[] | undefined;
}

export class Loader {
  /**
   * @param root the folder, with symbolic links resolved
   * @param repositoryRoot where `root` lies in a fetched repository, that repository's folder: nothing outside is reached
   */
  constructor(
    readonly tree: FileTree,
    readonly root: string,
    readonly limits: LoadLimits,
    readonly referrer: Loader | undefined,
    readonly repositoryRoot: string | undefined,
  ) {}

  /** The absolute path of a file that the kustomization names, or why it can't be read. */
  filePath(path: string): string | LoadFailure {
    return resolveFile(this.tree, this.root, path, this.limits);
  }

  /** The loader of a folder that the kustomization names. */
  enter(path: string): Loader | LoadFailure {
    if (path === '') return { kind: 'empty' };
    if (isAbsolutePath(path)) return { kind: 'absolute' };
    if (hasAmbiguousSegment(path)) return { kind: 'ambiguous' };
    const joined = joinPath(this.root, path);
    const kind = this.tree.kind(joined);
    if (kind === 'none') return { kind: 'missing' };
    if (kind === 'file') return { kind: 'no-directory' };
    const root = this.tree.realPath(joined);
    const repository = this.#containingRepository();
    if (repository === undefined && isOutside(root, this.limits)) return { kind: 'outside-workspace' };
    if (repository !== undefined && !isInside(root, repository)) return { kind: 'outside-repository', root: repository };
    const visited = this.#visitedAbove(root);
    if (visited !== undefined) return { kind: 'cycle', root: visited };
    return new Loader(this.tree, root, this.limits, this, undefined);
  }

  /** The loader of a folder that was fetched; it is always restricted. */
  enterFetched(folder: string, repositoryRoot: string): Loader {
    return new Loader(this.tree, this.tree.realPath(folder), { restricted: true, boundary: undefined }, this, this.tree.realPath(repositoryRoot));
  }

  /** True when a folder that was built below here would have been refused as a circle. */
  wouldCycle(roots: ReadonlySet<string>): boolean {
    for (const root of roots) if (this.#visitedAbove(root) !== undefined) return true;
    return false;
  }

  /** The visited folder that `root` equals or contains. */
  #visitedAbove(root: string): string | undefined {
    if (isInside(this.root, root)) return this.root;
    return this.referrer === undefined ? undefined : this.referrer.#visitedAbove(root);
  }

  #containingRepository(): string | undefined {
    if (this.repositoryRoot !== undefined || this.referrer === undefined) return this.repositoryRoot;
    return this.referrer.#containingRepository();
  }
}

/** The absolute path of the file `path` as named from the folder `root`. */
export function resolveFile(tree: FileTree, root: string, path: string, limits: LoadLimits): string | LoadFailure {
  const joined = joinPath(root, path);
  const kind = tree.kind(joined);
  if (kind === 'none') return { kind: 'missing' };
  if (kind === 'directory') return { kind: 'directory' };
  const real = tree.realPath(joined);
  if (isOutside(real, limits)) return { kind: 'outside-workspace' };
  return limits.restricted && !isInside(parentPath(real), root) ? { kind: 'outside', root } : joined;
}

function isOutside(realPath: string, { boundary }: LoadLimits): boolean {
  return boundary !== undefined && !boundary.some((folder) => isInside(realPath, folder));
}

/** A part such as `..base` or `a..`: most likely a slip, and refused by kustomize since v5.8. */
function hasAmbiguousSegment(path: string): boolean {
  return path.split(/[\\/]/).some((part) => part !== '' && part !== '.' && part !== '..' && part.includes('..'));
}
