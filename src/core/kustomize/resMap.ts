/** The objects of a rendering in the order they came (kustomize's api/resmap v0.21.2); no two have the same present id. */
import { effectiveNamespace, resIdEquals, type ResId } from '../objects/resId.js';
import type { Resource } from './resource.js';

export class ResMap {
  #resources: Resource[];

  constructor(resources: readonly Resource[] = []) {
    this.#resources = [...resources];
  }

  get resources(): readonly Resource[] {
    return this.#resources;
  }

  /** Appends all, but for those whose present id is already there; returns these. */
  appendAll(resources: readonly Resource[]): readonly Resource[] {
    const keys = new Set(this.#resources.map((resource) => idKey(resource.id)));
    const conflicts: Resource[] = [];
    for (const resource of resources) {
      const key = idKey(resource.id);
      if (keys.has(key)) conflicts.push(resource);
      else {
        keys.add(key);
        this.#resources.push(resource);
      }
    }
    return conflicts;
  }

  /** Puts `next` in the place of `resource`. */
  replace(resource: Resource, next: Resource): void {
    this.#resources = this.#resources.map((each) => (each === resource ? next : each));
  }

  /** Keeps what `keep` says yes to. */
  filter(keep: (resource: Resource) => boolean): void {
    this.#resources = this.#resources.filter(keep);
  }

  /** Another order, or another set. */
  setResources(resources: readonly Resource[]): void {
    this.#resources = [...resources];
  }

  /** Those whose present or any earlier id matches. */
  matchingAnyId(matches: (id: ResId) => boolean): readonly Resource[] {
    return this.#resources.filter((resource) => matches(resource.id) || (resource.previousNames.length > 0 && resource.previousIds.some(matches)));
  }

  /** Those whose present id matches. */
  matchingCurrentId(matches: (id: ResId) => boolean): readonly Resource[] {
    return this.#resources.filter((resource) => matches(resource.id));
  }

  /** Those that have, or once had, the id `id`. */
  byAnyId(id: ResId): readonly Resource[] {
    return this.matchingAnyId((other) => resIdEquals(id, other));
  }

  /** A map of copies, whose resources change without changing these. */
  copy(): ResMap {
    return new ResMap(this.#resources.map((resource) => resource.copy()));
  }
}

/** One string per distinct present id (with the effective namespace). */
export function idKey(id: ResId): string {
  return `${id.group}|${id.version}|${id.kind}|${effectiveNamespace(id)}|${id.name}`;
}
