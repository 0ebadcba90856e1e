/** The renderings of a workspace's folders, and the cache that all builds share. */
import type { FileTree } from '../core/base/fileTree.js';
import { buildKustomization, type BuildOptions, type BuildRequest } from '../core/kustomize/build.js';
import { BuildCache } from '../core/kustomize/buildCache.js';
import type { ParsedYaml } from '../core/yaml/parse.js';
import { RenderingMemo, type TimedRendering } from './renderingMemo.js';

export type FetchedLookup = NonNullable<BuildRequest['fetched']>;

export class Renderings {
  #cache: BuildCache;
  readonly #memo: RenderingMemo;
  readonly #fetched: FetchedLookup | undefined;
  #options: BuildOptions;
  /** Another one whenever everything has to be built again. */
  #generation = {};

  /** @param now a clock in milliseconds, for what a rendering took */
  constructor(options: { readonly build: BuildOptions; readonly fetched?: FetchedLookup; readonly now: () => number; readonly cache?: BuildCache }) {
    this.#cache = options.cache ?? new BuildCache();
    this.#options = options.build;
    this.#fetched = options.fetched;
    this.#memo = new RenderingMemo(options.now);
  }

  get options(): BuildOptions {
    return this.#options;
  }

  get fetched(): FetchedLookup | undefined {
    return this.#fetched;
  }

  /** What all builds share; another one after {@link forgetAll}. */
  get cache(): BuildCache {
    return this.#cache;
  }

  /** Changes with everything that makes renderings differ and is no file. */
  get generation(): unknown {
    return this.#generation;
  }

  /** Renders otherwise from now on: nothing kept is good any more. */
  setOptions(options: BuildOptions): void {
    this.#options = options;
    this.#forgetRenderings();
  }

  /** Renders a folder of a snapshot; the same object as before where nothing that it read has changed. */
  render(folder: string, tree: FileTree): TimedRendering {
    const [options, cache, fetched] = [this.#options, this.#cache, this.#fetched];
    return this.#memo.get(folder, tree, [], () => buildKustomization({ tree, folder, options, cache, ...(fetched && { fetched }) }));
  }

  /** The parsed form of a file of a snapshot; undefined where there is none. */
  parse(path: string, tree: FileTree): ParsedYaml | undefined {
    const source = tree.read(path);
    return source && this.#cache.parse(source);
  }

  /** The folders whose latest rendering read `path` or looked for it. */
  usersOf(path: string): ReadonlySet<string> {
    return this.#memo.usersOf(path);
  }

  /** The same as long as {@link usersOf} answers the same for every path. */
  get usersStamp(): object {
    return this.#memo.usersStamp;
  }

  /** Forgets folders that hold no kustomization any more. */
  keepOnly(folders: ReadonlySet<string>): void {
    this.#memo.keepOnly(folders);
  }

  /** After something remote was fetched for the first time: what waited for it is built again. */
  forgetLacking(): void {
    this.#generation = {};
    this.#memo.forget((_, { rendering }) => rendering.lacks.length > 0);
  }

  /** After something remote was fetched anew: finished bases may hold the old state, so all is built again. */
  forgetAll(): void {
    this.#cache = new BuildCache();
    this.#forgetRenderings();
  }

  #forgetRenderings(): void {
    this.#generation = {};
    this.#memo.keepOnly(new Set());
  }
}
