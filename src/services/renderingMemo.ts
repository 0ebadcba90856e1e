/**
 * Renderings that were made, each kept for as long as everything that it read still answers the same, and the reverse
 * question: which of them read a file.
 */
import type { FileTree } from '../core/base/fileTree.js';
import type { SourceText } from '../core/base/source.js';
import type { Rendering } from '../core/objects/rendering.js';

export interface TimedRendering {
  readonly rendering: Rendering;
  /** What making it took. */
  readonly milliseconds: number;
}

/** What was seen at a path: a file's text, a folder's names, or nothing. */
type Seen = SourceText | readonly string[] | undefined;

interface Kept {
  readonly timed: TimedRendering;
  readonly seen: readonly (readonly [path: string, seen: Seen])[];
  /** What else it was made of; compared by identity. */
  readonly stamp: readonly unknown[];
  /** True where something that it read answered otherwise since it was last looked through. */
  isSuspect: boolean;
}

export class RenderingMemo {
  readonly #kept = new Map<string, Kept>();
  readonly #users = new Map<string, Set<string>>();
  /** What was last seen at each path that has users. */
  readonly #seen = new Map<string, Seen>();
  /** The snapshot in which that was. */
  #tree: FileTree | undefined;
  #usersStamp: object = {};
  readonly #nobody: ReadonlySet<string> = new Set();
  readonly #now: () => number;

  /** @param now a clock in milliseconds, for what a rendering took */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The rendering `key` of a snapshot; the same object as before where nothing that it read has changed.
   * @param stamp what it is made of besides files; another one leads to another rendering
   */
  get(key: string, tree: FileTree, stamp: readonly unknown[], make: () => Rendering): TimedRendering {
    this.#lookAgain(tree);
    const kept = this.#kept.get(key);
    if (kept && isSame(kept.stamp, stamp) && isGood(kept, tree)) return kept.timed;
    const start = this.#now();
    const rendering = make();
    const timed = { rendering, milliseconds: this.#now() - start };
    this.#noteUses(key, rendering.dependencies, kept?.timed.rendering.dependencies);
    const seen = [...rendering.dependencies].map((path) => [path, this.#lookAt(path, tree)] as const);
    this.#kept.set(key, { timed, seen, stamp, isSuspect: false });
    return timed;
  }

  /** The latest rendering of a key, good or not any more; undefined where there was none. */
  latest(key: string): TimedRendering | undefined {
    return this.#kept.get(key)?.timed;
  }

  /** The keys whose latest rendering read `path` or looked for it. */
  usersOf(path: string): ReadonlySet<string> {
    return this.#users.get(path) ?? this.#nobody;
  }

  /** The same as long as {@link usersOf} answers the same for every path. */
  get usersStamp(): object {
    return this.#usersStamp;
  }

  /** Forgets every key but these. */
  keepOnly(keys: ReadonlySet<string>): void {
    this.forget((key) => !keys.has(key));
  }

  /** Forgets what `isForgotten` says yes to. */
  forget(isForgotten: (key: string, timed: TimedRendering) => boolean): void {
    for (const [key, { timed }] of this.#kept) {
      if (!isForgotten(key, timed)) continue;
      this.#kept.delete(key);
      this.#noteUses(key, new Set(), timed.rendering.dependencies);
    }
  }

  /** Looks once at every path that anything read and that may have changed, so that a snapshot costs by its files and not by their users. */
  #lookAgain(tree: FileTree): void {
    if (tree === this.#tree) return;
    const changed = this.#tree && tree.changesSince?.(this.#tree);
    this.#tree = tree;
    for (const path of changed ?? this.#seen.keys()) {
      if (!this.#seen.has(path)) continue;
      const before = this.#seen.get(path);
      const now = look(tree, path);
      if (isSeen(now, before)) continue;
      this.#seen.set(path, now);
      for (const key of this.#users.get(path) ?? []) {
        const user = this.#kept.get(key);
        if (user) user.isSuspect = true;
      }
    }
  }

  /** What stands at a path, from the last look where there was one. */
  #lookAt(path: string, tree: FileTree): Seen {
    if (this.#seen.has(path)) return this.#seen.get(path);
    const seen = look(tree, path);
    this.#seen.set(path, seen);
    return seen;
  }

  #noteUses(key: string, now: ReadonlySet<string>, before: ReadonlySet<string> | undefined): void {
    for (const path of before ?? []) {
      if (now.has(path)) continue;
      const users = this.#users.get(path);
      if (users?.delete(key)) this.#usersStamp = {};
      if (users?.size !== 0) continue;
      this.#users.delete(path);
      this.#seen.delete(path);
    }
    for (const path of now) {
      const users = this.#users.get(path);
      if (users?.has(key)) continue;
      this.#usersStamp = {};
      if (users) users.add(key);
      else this.#users.set(path, new Set([key]));
    }
  }
}

function isSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((each, index) => each === now[index]);
}

/** What is suspect may be good all the same: when a change was taken back. */
function isGood(kept: Kept, tree: FileTree): boolean {
  if (!kept.isSuspect) return true;
  for (const [path, seen] of kept.seen) if (!isSeen(look(tree, path), seen)) return false;
  kept.isSuspect = false;
  return true;
}

/** A folder is what its names are: a plan may read whatever stands in it. */
function look(tree: FileTree, path: string): Seen {
  return tree.read(path) ?? (tree.kind(path) === 'directory' ? tree.list(path) : undefined);
}

function isSeen(now: Seen, before: Seen): boolean {
  if (now === before) return true;
  return isNames(now) && isNames(before) && now.length === before.length && now.every((name, index) => name === before[index]);
}

function isNames(seen: Seen): seen is readonly string[] {
  return Array.isArray(seen);
}
