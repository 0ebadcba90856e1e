/**
 * What kept results saw of the files. A snapshot that knows what changed since the one before costs by what changed; another
 * one is asked everything again.
 */
import type { FileTree } from '../base/fileTree.js';
import type { NotedTree } from '../base/notedTree.js';

/** What one result saw, and where that may have changed since. */
export interface Sighting {
  readonly noted: NotedTree;
  /** Undefined where it may have anywhere. */
  suspects: Set<string> | undefined;
}

export class Sightings {
  readonly #all = new Set<Sighting>();
  readonly #byPath = new Map<string, Set<Sighting>>();
  #tree: FileTree | undefined;

  /** Goes on to another snapshot. */
  follow(tree: FileTree): void {
    const before = this.#tree;
    this.#tree = tree;
    if (before === tree) return;
    const changed = before && tree.changesSince?.(before);
    if (changed) for (const path of changed) for (const sighting of this.#byPath.get(path) ?? []) sighting.suspects?.add(path);
    else for (const sighting of this.#all) sighting.suspects = undefined;
  }

  /** Keeps what was seen of the present snapshot, in the place of what the same result saw before. */
  keep(noted: NotedTree, instead: Sighting | undefined): Sighting {
    const before = instead?.noted.paths;
    const sighting: Sighting = instead && this.#all.has(instead) ? instead : { noted, suspects: new Set() };
    this.#all.add(sighting);
    // One that sees the same again costs next to nothing.
    const now = noted.paths;
    for (const path of before ?? []) if (!now.has(path)) this.#forgetPath(path, sighting);
    for (const path of now) {
      if (before?.has(path)) continue;
      const others = this.#byPath.get(path);
      if (others) others.add(sighting);
      else this.#byPath.set(path, new Set([sighting]));
    }
    return Object.assign(sighting, { noted, suspects: new Set<string>() });
  }

  drop(sighting: Sighting): void {
    this.#all.delete(sighting);
    for (const path of sighting.noted.paths) this.#forgetPath(path, sighting);
  }

  /** True where the present snapshot answers all of it as before. */
  isGood(sighting: Sighting): boolean {
    const { suspects, noted } = sighting;
    if (suspects?.size === 0) return true;
    const tree = this.#tree;
    if (!tree || !(suspects ? [...suspects].every((path) => noted.isStillAt(tree, path)) : noted.isStill(tree))) return false;
    // What changed was changed back.
    sighting.suspects = new Set();
    return true;
  }

  #forgetPath(path: string, sighting: Sighting): void {
    const others = this.#byPath.get(path);
    others?.delete(sighting);
    if (others?.size === 0) this.#byPath.delete(path);
  }
}
