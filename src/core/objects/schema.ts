/**
 * What is known of the fields of Kubernetes objects, as far as merging needs it (kyaml/openapi v0.21.2): element types,
 * merge keys and patch strategies. Kinds that are not known have no schema: their lists are replaced.
 */
import type { Gvk } from './resId.js';

/** The schema of one field (or of a whole object): where its children's schemas are found, and how patches treat it. */
export interface FieldSchema {
  /** The child field's schema, or undefined where nothing is known of it. */
  field(name: string): FieldSchema | undefined;
  /** The schema of a list's elements. */
  readonly elements: FieldSchema | undefined;
  /** `x-kubernetes-patch-strategy` as kyaml reads it: `merge`, `replace`, `retainKeys`, or empty. */
  readonly patchStrategy: readonly string[];
  /** `x-kubernetes-patch-merge-key` or the list-map keys, in the order kyaml tries them. */
  readonly mergeKeys: readonly string[];
}

export interface ObjectSchema {
  /** The schema of a kind, or undefined for an unknown one. */
  of(gvk: Gvk): FieldSchema | undefined;
}
