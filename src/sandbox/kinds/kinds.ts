/** What the API of the sandbox knows of a kind: enough to serve it as a real API server does. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject, ServedKind } from '../../core/live/liveObject.js';
import type { FieldType } from '../../core/objects/objectType.js';
import type { MessageFacts } from './messages/messageFacts.js';

/** One error of a validation, as a Status lists it. */
export interface FieldError {
  /** `spec.replicas` */
  readonly field: string;
  /** `FieldValueInvalid`, `FieldValueRequired`, `FieldValueForbidden`, `FieldValueNotSupported`, `FieldValueDuplicate`, `FieldValueTypeInvalid`. */
  readonly reason: string;
  /** As the real server words it: `Invalid value: -1: must be greater than or equal to 0`. */
  readonly message: string;
}

/** What discovery says of `deployments/scale`: its own kind and verbs. */
export interface SubresourceFacts {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** Where the scale subresource finds its values: JSONPaths, `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** A text with a selector in it; undefined where `spec.selector` is one, or there is none. */
  readonly labelSelector: string | undefined;
}

/** One version of one kind. */
export interface SandboxKind extends ServedKind {
  readonly categories: readonly string[];
  readonly type: FieldType;
  /** An object of the kind with nothing set, which a create is tracked against; undefined for custom kinds. */
  readonly emptyObject?: JsonObject | undefined;
  /** True where a spec change counts a generation up. */
  readonly hasGeneration: boolean;
  /** What discovery lists below the kind; the names are those of `subresources`. */
  readonly subresourceFacts: readonly SubresourceFacts[];
  /** Undefined for a kind without that subresource. */
  readonly scale: ScalePaths | undefined;
  /** Fills in what the server would; the same object where there is nothing to fill in. */
  setDefaults(object: LiveObject): LiveObject;
  /**
   * What the server sets in a new object beside its defaults: a fresh status, finalizers, a Job's selector. It has its uid and
   * its defaults by then; what a Service needs of other Services is allocateService's (defaults/services.ts).
   */
  prepareCreate(object: LiveObject): LiveObject;
  /** What an update keeps of the object before where it doesn't say so: what was allocated for a Service. */
  prepareUpdate(object: LiveObject, before: LiveObject): LiveObject;
  /** Why the server can't even read the object, for which it answers BadRequest: the message; undefined where it can. */
  findDecodingFault(object: LiveObject): string | undefined;
  /** @param before undefined for a new object; immutable fields are told against it */
  validate(object: LiveObject, before: LiveObject | undefined): readonly FieldError[];
  /** Fields that aren't in the schema: dropped, and named for the `fieldValidation` parameter. */
  prune(object: LiveObject): { readonly object: LiveObject; readonly unknownFields: readonly string[] };
  /** The object in another served version of its kind. */
  convert(object: LiveObject, version: string): LiveObject;
  /** A `meta.k8s.io/v1` Table. @param now milliseconds since 1970, for ages */
  toTable(objects: readonly LiveObject[], now: number): JsonObject;
}

/** All that is served: built-in kinds and those of the CustomResourceDefinitions in the store. Immutable. */
export interface SandboxKinds {
  readonly all: readonly SandboxKind[];
  /** What `/scale` of other kinds is; nothing of it is served by itself. */
  readonly scale: SandboxKind;
  /** The protobuf messages of the built-in kinds. */
  readonly messages: MessageFacts;
  /** Undefined where it isn't served. */
  find(group: string, version: string, plural: string): SandboxKind | undefined;
  findKind(group: string, kind: string, version?: string): SandboxKind | undefined;
  /** The version in which objects of a kind are kept. */
  storageKind(group: string, kind: string): SandboxKind | undefined;
  /** The same with the kinds of these definitions; one that is broken has its errors in its conditions and serves nothing. */
  withDefinitions(definitions: readonly LiveObject[]): SandboxKinds;
  /** `/openapi/v2` as JSON, and `/openapi/v3/<path>`; undefined for a path that there isn't. */
  openApiV2(): JsonObject;
  openApiV3(path: string): JsonObject | undefined;
  /** The paths below `/openapi/v3`: `api/v1`, `apis/apps/v1`. */
  readonly openApiPaths: readonly string[];
}
