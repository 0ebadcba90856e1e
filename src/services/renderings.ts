/**
 * The renderings of a workspace, kept for as long as everything that they read still answers the same, and the reverse
 * question: which of them read a file. Owns the cache that all builds share.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { buildKustomization, type BuildOptions, type BuildRequest } from '../core/kustomize/build.js';
import { BuildCache, isSeen, type Seen } from '../core/kustomize/buildCache.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { ParsedYaml } from '../core/yaml/parse.js';

export interface TimedRendering {
  readonly rendering: Rendering;
  /** What building it took. */
  readonly milliseconds: number;
}

interface KeptRendering {
  readonly timed: TimedRendering;
  readonly seen: readonly (readonly [path: string, seen: Seen])[];
  /** The snapshot in which it was last found to be good. */
  validIn: FileTree;
}

export type FetchedLookup = NonNullable<BuildRequest['fetched']>;

export class Renderings {
  #cache = new BuildCache();
  readonly #kept = new Map<string, KeptRendering>();
  readonly #users = new Map<string, Set<string>>();
  readonly #fetched: FetchedLookup | undefined;
  readonly #now: () => number;
  #options: BuildOptions;

  /** @param now a clock in milliseconds, for what a rendering took */
  constructor(options: { readonly build: BuildOptions; readonly fetched?: FetchedLookup; readonly now: () => number }) {
    this.#options = options.build;
    this.#fetched = options.fetched;
    this.#now = options.now;
  }

  get options(): BuildOptions {
    return this.#options;
  }

  /** What all builds share; another one after {@link forgetAll}. */
  get cache(): BuildCache {
    return this.#cache;
  }

  /** Renders otherwise from now on: nothing kept is good any more. */
  setOptions(options: BuildOptions): void {
    this.#options = options;
    this.#forgetRenderings();
  }

  /** Renders a folder of a snapshot; the same object as before where nothing that it read has changed. */
  render(folder: string, tree: FileTree): TimedRendering {
    const kept = this.#kept.get(folder);
    if (kept && this.#isGood(kept, tree)) return kept.timed;
    const timed = this.#build(folder, tree);
    const { dependencies } = timed.rendering;
    this.#noteUses(folder, dependencies, kept?.timed.rendering.dependencies);
    this.#kept.set(folder, { timed, seen: [...dependencies].map((path) => [path, look(tree, path)] as const), validIn: tree });
    return timed;
  }

  /** The parsed form of a file of a snapshot; undefined where there is none. */
  parse(path: string, tree: FileTree): ParsedYaml | undefined {
    const source = tree.read(path);
    return source && this.#cache.parse(source);
  }

  /** The folders whose latest rendering read `path` or looked for it. */
  usersOf(path: string): readonly string[] {
    return [...(this.#users.get(path) ?? [])];
  }

  /** Forgets folders that hold no kustomization any more. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const [folder, { timed }] of this.#kept) {
      if (folders.has(folder)) continue;
      this.#kept.delete(folder);
      this.#noteUses(folder, new Set(), timed.rendering.dependencies);
    }
  }

  /** After something remote was fetched for the first time: what waited for it is built again. */
  forgetLacking(): void {
    for (const [folder, { timed }] of this.#kept) if (timed.rendering.lacks.length > 0) this.#kept.delete(folder);
  }

  /** After something remote was fetched anew: finished bases may hold the old state, so all is built again. */
  forgetAll(): void {
    this.#cache = new BuildCache();
    this.#forgetRenderings();
  }

  #build(folder: string, tree: FileTree): TimedRendering {
    const start = this.#now();
    const rendering = buildKustomization({ tree, folder, options: this.#options, cache: this.#cache, ...(this.#fetched && { fetched: this.#fetched }) });
    return { rendering, milliseconds: this.#now() - start };
  }

  #forgetRenderings(): void {
    this.#kept.clear();
    this.#users.clear();
  }

  #isGood(kept: KeptRendering, tree: FileTree): boolean {
    if (kept.validIn === tree) return true;
    for (const [path, seen] of kept.seen) if (!isSeen(tree, path, seen)) return false;
    kept.validIn = tree;
    return true;
  }

  #noteUses(folder: string, now: ReadonlySet<string>, before: ReadonlySet<string> | undefined): void {
    for (const path of before ?? []) {
      if (now.has(path)) continue;
      const users = this.#users.get(path);
      users?.delete(folder);
      if (users?.size === 0) this.#users.delete(path);
    }
    for (const path of now) {
      const users = this.#users.get(path);
      if (users) users.add(folder);
      else this.#users.set(path, new Set([folder]));
    }
  }
}

function look(tree: FileTree, path: string): Seen {
  const source = tree.read(path);
  if (source) return source;
  return tree.kind(path) === 'directory' ? 'directory' : 'none';
}
