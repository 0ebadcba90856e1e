/**
 * What is known of an object's fields for checking it: names, types, which are required. One form for Kubernetes' own
 * kinds and for those of CustomResourceDefinitions. Null is left out on purpose: it stands for "not set" everywhere.
 */
import type { MapNode } from '../yaml/nodes.js';
import type { Mismatch } from './matchType.js';

export type FieldType = ScalarType | MapType | ListType | ObjectType;

/** `quantity`, `intOrString`, `time` (RFC 3339) and `bytes` (base64) are as Kubernetes decodes them; `any` takes everything. */
export interface ScalarType {
  readonly kind: 'string' | 'boolean' | 'int32' | 'int64' | 'integer' | 'number' | 'quantity' | 'intOrString' | 'time' | 'bytes' | 'any';
  /** The texts that are allowed, as JSON has them without quotes; undefined where all are. */
  readonly values?: readonly string[];
  /** Only of `any`: true where server-side apply replaces even a map as a whole. */
  readonly isAtomic?: boolean;
}

/** An object with names of the user's choice, such as labels. */
export interface MapType {
  readonly kind: 'map';
  readonly values: FieldType;
  /** True where server-side apply replaces it as a whole. */
  readonly isAtomic: boolean;
}

export interface ListType {
  readonly kind: 'list';
  readonly items: FieldType;
  /** How server-side apply merges it; undefined where the schema doesn't say, which means atomic. */
  readonly listType: 'atomic' | 'set' | 'map' | undefined;
  /** The fields that identify an item of a list of type `map`. */
  readonly keys: readonly string[];
}

export interface Field {
  readonly type: FieldType;
  readonly isRequired: boolean;
  /** The value that the server sets where none is given, as JSON; undefined where the schema has none. */
  readonly defaultValue: string | undefined;
  /** How strategic merge patches merge it (the `patchStrategy` of Kubernetes' own kinds); undefined for the usual way. */
  readonly patchStrategy?: readonly PatchStrategy[];
  /** The field that identifies an item of a list merged so; undefined for a list of plain values. */
  readonly patchMergeKey?: string;
  /** True where a value that is empty, zero or false is the same to the server as none: it isn't there when the object is read. */
  readonly isZeroDropped?: boolean;
}

export type PatchStrategy = 'merge' | 'replace' | 'retainKeys';

export interface ObjectType {
  readonly kind: 'object';
  /** `PodSpec`; empty for a type within a CustomResourceDefinition. */
  readonly name: string;
  /** The field, or undefined where it isn't known. */
  field(name: string): Field | undefined;
  readonly fieldNames: readonly string[];
  readonly requiredNames: readonly string[];
  /** True where fields that aren't known are kept as they are (`x-kubernetes-preserve-unknown-fields`). */
  readonly isOpen: boolean;
  /** True where server-side apply replaces it as a whole. */
  readonly isAtomic: boolean;
  /** What was found in maps that were checked against this type; nodes never change. */
  readonly matched: WeakMap<MapNode, readonly Mismatch[]>;
}

/** A kind that a server knows. */
export interface KindType {
  readonly type: ObjectType;
  readonly isNamespaced: boolean;
  /** `deployments`. */
  readonly plural: string;
  /** The CustomResourceDefinition that it comes from; undefined for Kubernetes' own. */
  readonly definition: MapNode | undefined;
  /** An object of one of Kubernetes' own kinds with nothing set, in JSON as the server's Go types have it: what a create is compared with. */
  readonly empty?: string;
}

export const anything: ScalarType = { kind: 'any' };

/** An object's type from its fields. */
export function makeObjectType(name: string, fields: ReadonlyMap<string, Field>, isOpen: boolean, isAtomic = false): ObjectType {
  const fieldNames = [...fields.keys()];
  return {
    kind: 'object',
    name,
    field: (each) => fields.get(each),
    fieldNames,
    requiredNames: fieldNames.filter((each) => fields.get(each)?.isRequired),
    isOpen,
    isAtomic,
    matched: new WeakMap(),
  };
}
