/** Objects as a cluster has them: JSON with the parts that every Kubernetes object carries. */
import { parseApiVersion, type ResId } from '../objects/resId.js';
import type { JsonObject, JsonValue } from './json.js';

export interface OwnerReference extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** One entry of `metadata.managedFields`: what a manager owns, in the FieldsV1 form. */
export interface ManagedFieldsEntry extends JsonObject {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: JsonObject;
  readonly subresource?: string;
}

export interface ObjectMeta extends JsonObject {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

export interface LiveObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** A kind that a server serves, from its discovery. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `deployments`. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
  readonly verbs: readonly string[];
  /** `status`, `scale`. */
  readonly subresources: readonly string[];
}

/** The identity of a live object; the namespace is empty for cluster-scoped ones. */
export function idOfLive({ apiVersion, kind, metadata }: LiveObject): ResId {
  return { ...parseApiVersion(apiVersion), kind, name: metadata.name, namespace: metadata.namespace ?? '' };
}

/** `apps/Deployment/shop/web`: the same for every version of a kind. An empty namespace stays empty. */
export function liveKey({ group, kind, namespace, name }: Omit<ResId, 'version'>): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** True for what has an apiVersion, a kind, and a name in its metadata. */
export function isLiveObject(value: JsonValue | undefined): value is LiveObject {
  if (typeof value !== 'object' || value === null || !('metadata' in value) || !('kind' in value) || !('apiVersion' in value)) return false;
  const { metadata } = value;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata && typeof metadata.name === 'string';
}
