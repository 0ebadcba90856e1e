/**
 * An object on its way through a rendering: its present tree, and what kustomize keeps beside it (in annotations that
 * it removes at the end; here in fields). The tree is immutable and replaced as a whole, so a copy of a Resource is
 * cheap and a finished base can be shared between overlays.
 */
import { idOfObject } from '../objects/objectId.js';
import { effectiveNamespace, type Gvk, type ResId } from '../objects/resId.js';
import type { MapNode } from '../yaml/nodes.js';
import { followSharedScalars, withoutSharedScalars } from './sharedScalars.js';

export type GenerationBehavior = 'unspecified' | 'create' | 'replace' | 'merge';

/** Where an object or a change came from, as `buildMetadata` writes it down (kustomize's resource.Origin). */
export interface BuildOrigin {
  /** The file, as seen from the folder that is built. */
  readonly path?: string;
  readonly repo?: string;
  readonly ref?: string;
  /** For what a generator made or a transformer changed: the file with its configuration. */
  readonly configuredIn?: string;
  readonly configuredBy?: { readonly apiVersion: string; readonly kind: string; readonly name?: string; readonly namespace?: string };
}

/** An earlier identity; the namespace is the effective one. */
export interface PreviousName {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export class Resource {
  #root: MapNode;
  #id: ResId | undefined;
  /** What {@link previousIds} are made of. */
  previousNames: readonly PreviousName[] = [];
  /** Prefixes and suffixes that were given to the name, in the order they were given. */
  namePrefixes: readonly string[] = [];
  nameSuffixes: readonly string[] = [];
  /** Ids of the objects whose references were changed to follow this one's name. */
  referredBy: readonly ResId[] = [];
  /** Names of the vars that read a field of this object. */
  varNames: readonly string[] = [];
  needsHashSuffix = false;
  behavior: GenerationBehavior = 'unspecified';
  /** For a patch: whether it may change the name or kind of what it is applied to. */
  allowsNameChange = false;
  allowsKindChange = false;
  /** True where several fields hold the same scalar and so change together (see sharedScalars.ts). */
  sharesScalars = false;

  constructor(root: MapNode) {
    this.#root = root;
  }

  get root(): MapNode {
    return this.#root;
  }

  set root(root: MapNode) {
    if (root === this.#root) return;
    const before = this.#root;
    this.#root = this.sharesScalars ? followSharedScalars(before, root) : root;
    if (idFields.some((field) => before.get(field) !== this.#root.get(field))) this.#id = undefined;
  }

  /** Makes each field's value its own, as the copy does that kustomize makes for a JSON patch. */
  separateScalars(): void {
    if (!this.sharesScalars) return;
    this.sharesScalars = false;
    this.root = withoutSharedScalars(this.#root);
  }

  copy(): Resource {
    const copy = new Resource(this.#root);
    copy.previousNames = this.previousNames;
    copy.namePrefixes = this.namePrefixes;
    copy.nameSuffixes = this.nameSuffixes;
    copy.referredBy = this.referredBy;
    copy.varNames = this.varNames;
    copy.needsHashSuffix = this.needsHashSuffix;
    copy.behavior = this.behavior;
    copy.allowsNameChange = this.allowsNameChange;
    copy.allowsKindChange = this.allowsKindChange;
    copy.sharesScalars = this.sharesScalars;
    return copy;
  }

  /** The present id, as written (kustomize's CurId). */
  get id(): ResId {
    return (this.#id ??= idOfObject(this.#root));
  }

  get gvk(): Gvk {
    return this.id;
  }

  get name(): string {
    return this.id.name;
  }

  get namespace(): string {
    return this.id.namespace;
  }

  /** Every id that the object had, oldest first, without the present one; group and version are the present ones, as in kustomize's PrevIds. */
  get previousIds(): readonly ResId[] {
    const { group, version } = this.id;
    return this.previousNames.map((previous) => ({ group, version, ...previous }));
  }

  /** The first id that the object had (kustomize's OrgId). */
  get originalId(): ResId {
    return this.previousIds[0] ?? this.id;
  }

  /**
   * True where kustomize has noted something in the object's annotations by now, which it takes out again at the end: to
   * it the object has annotations then.
   */
  get hasNotes(): boolean {
    return this.previousNames.length > 0 || this.namePrefixes.length > 0 || this.nameSuffixes.length > 0 || this.root.step?.kind === 'generator';
  }

  /** Remembers the present id before a step changes it (kustomize's StorePreviousId). */
  storePreviousId(): void {
    const { kind, name } = this.id;
    this.previousNames = [...this.previousNames, { kind, name, namespace: effectiveNamespace(this.id) }];
  }
}

/** The fields that an id is read from. */
const idFields = ['apiVersion', 'kind', 'metadata'] as const;
