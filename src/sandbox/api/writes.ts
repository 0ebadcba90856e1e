/**
 * Writes as a real API server carries them out: read and checked against the kind, defaults filled in, managed fields
 * kept, what only the server sets is set, validated, stored (Kubernetes v1.34, apiserver pkg/endpoints/handlers and
 * pkg/registry/generic/registry/store.go). One write is one synchronous step, so none comes between another's.
 */
import { applyServerSide } from '../../core/apply/applyServerSide.js';
import { formatConflicts } from '../../core/apply/conflicts.js';
import { resetFieldsOf } from '../../core/apply/resetFields.js';
import { trackUpdate } from '../../core/apply/trackUpdate.js';
import type { ApplyConflict, Writer } from '../../core/apply/applying.js';
import type { FieldSet } from '../../core/live/fieldSet.js';
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../core/live/json.js';
import { isLiveObject, type LiveObject } from '../../core/live/liveObject.js';
import { apiVersionOf } from '../../core/objects/resId.js';
import type { Clock } from '../clock.js';
import { objectAt, stringAt } from '../../core/live/readFields.js';
import { formatTime } from '../../services/syncClock.js';
import type { SandboxKind, SandboxKinds } from '../kinds/kinds.js';
import { alreadyExists, ApiError, badRequest, conflict, forbidden, invalid, modifiedMeanwhile, notFound, type Subject } from './apiError.js';
import { prepareForCreate } from './createRules.js';
import { checkQuotas } from './quota.js';
import { managedScaleOf, withScale } from './scales.js';
import type { Storage } from './storage.js';
import { prepareForUpdate } from './updateRules.js';

export interface WriteOptions {
  readonly manager: string;
  readonly dryRun?: boolean | undefined;
  /** What is done about fields that the kind doesn't have; `Warn` where left out. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  /** Told of what the client should know, for the `Warning` header. */
  readonly warn?: ((text: string) => void) | undefined;
  /** `status`, `scale`; empty for the object itself. */
  readonly subresource?: string | undefined;
  /** The patch, where the write is one. */
  readonly patchText?: string | undefined;
}

export interface Target {
  /** In the version that is asked for. */
  readonly kind: SandboxKind;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** What writes stand on. */
export interface WriteWorld {
  readonly storage: Storage;
  readonly clock: Clock;
  kinds(): SandboxKinds;
  newUid(): string;
  /** Five letters for a name that begins with `generateName`. */
  nameSuffix(): string;
  /** Takes away an object that nothing holds any more. */
  removeEnded(object: LiveObject): void;
}

/** The change that a patch makes: from the object in the asked version to what it should be. */
export type Change = (live: LiveObject) => JsonValue;

/** How a scale is written. */
export type ScaleWrite =
  | { readonly kind: 'replace'; readonly body: JsonValue }
  | { readonly kind: 'patch'; readonly change: Change }
  | { readonly kind: 'apply'; readonly body: JsonValue; readonly force: boolean };

export interface Applied {
  readonly object: LiveObject;
  readonly isNew: boolean;
}

export class Writes {
  constructor(private readonly world: WriteWorld) {}

  create(target: Omit<Target, 'name'> & { readonly name?: string }, body: JsonValue, options: WriteOptions): LiveObject {
    const object = this.#read(target, this.#named(target, body), options);
    return this.#store({ ...target, name: object.metadata.name }, this.#tracked(target.kind, undefined, object, options), options);
  }

  replace(target: Target, body: JsonValue, options: WriteOptions): LiveObject {
    const after = this.#read(target, body, options);
    const before = this.live(target);
    requireVersion(target, after);
    return this.#save(target, before, this.#tracked(target.kind, before, after, options), options);
  }

  /** @param change makes the patched object, or throws an ApiError */
  patch(target: Target, change: Change, options: WriteOptions): LiveObject {
    const before = this.live(target);
    const after = this.#read(target, change(before), options);
    return this.#save(target, before, this.#tracked(target.kind, before, after, options), options);
  }

  /** Server-side apply: creates what isn't there. */
  apply(target: Target, body: JsonValue, options: WriteOptions & { readonly force: boolean }): Applied {
    const stored = this.#find(target);
    if (!stored && options.subresource) throw notFound(subjectOf(target));
    const live = stored && inVersion(target.kind, stored);
    const merged = this.#merged(target, live, body, options);
    if (live) return { object: this.#save(target, live, merged, options), isNew: false };
    return { object: this.#store(target, merged, options), isNew: true };
  }

  /**
   * A write of an object's scale, which is an object of its own as far as its fields and their managers go.
   * @returns the object itself
   */
  scale(target: Target, write: ScaleWrite, options: WriteOptions): LiveObject {
    const kinds = this.world.kinds();
    const before = this.live(target);
    const old = managedScaleOf(target, before, kinds);
    return this.#save(target, before, withScale(target, before, this.#nextScale({ ...target, kind: kinds.scale }, old, write, options), kinds), options);
  }

  #nextScale(target: Target, old: LiveObject, write: ScaleWrite, options: WriteOptions): LiveObject {
    if (write.kind === 'apply') return this.#merged(target, old, write.body, { ...options, force: write.force });
    const body = write.kind === 'patch' ? write.change(old) : write.body;
    const after = this.#read(target, body, options);
    return this.#tracked(target.kind, old, after, options);
  }

  /** What an apply makes of an object, with its defaults. */
  #merged(target: Target, live: LiveObject | undefined, body: JsonValue, options: WriteOptions & { readonly force: boolean }): LiveObject {
    const { kind } = target;
    const { writer, ignored } = this.#writer(kind, options);
    const result = applyServerSide({ live, applied: this.#readApplied(target, body), writer, force: options.force, type: kind.type, ignored, emptyObject: kind.emptyObject });
    if (result.kind === 'conflict') throw applyConflict(result.conflicts);
    if (result.kind === 'invalid') throw new ApiError(500, 'InternalError', result.message);
    return kind.setDefaults(result.object);
  }

  /** The object as it is stored, in the asked version. */
  live(target: Target): LiveObject {
    const stored = this.#find(target);
    if (!stored) throw notFound(subjectOf(target));
    return inVersion(target.kind, stored);
  }

  #find({ kind, namespace, name }: Target): LiveObject | undefined {
    return this.world.storage.get(kind.group, kind.kind, namespace, name);
  }

  /** The body as an object of the kind, with its defaults, without fields that the kind doesn't have. */
  #read(target: Omit<Target, 'name'> & { readonly name?: string }, body: JsonValue, options: WriteOptions): LiveObject {
    const { kind } = target;
    const pruned = this.#prune(kind, placed(target, checkedBody(kind, body)), options);
    return kind.setDefaults(pruned);
  }

  /** What is applied goes into the merge as it is: that refuses what the kind's schema doesn't have. */
  #readApplied(target: Target, body: JsonValue): LiveObject {
    return withoutServerFields(placed(target, checkedBody(target.kind, body)));
  }

  #prune(kind: SandboxKind, object: LiveObject, options: WriteOptions): LiveObject {
    const fault = kind.findDecodingFault(object);
    if (fault !== undefined) throw badRequest(fault);
    const { object: pruned, unknownFields } = kind.prune(object);
    tellUnknown(kind, unknownFields, options);
    return pruned;
  }

  /** The body with a name, which may be made up from `generateName`. */
  #named({ kind, name }: Omit<Target, 'name'> & { readonly name?: string }, body: JsonValue): JsonValue {
    if (!isJsonObject(body) || (name ?? stringAt(body, 'metadata', 'name')) !== '') return body;
    const generateName = stringAt(body, 'metadata', 'generateName');
    if (generateName !== '') return { ...body, metadata: { ...objectAt(body, 'metadata'), name: `${generateName}${this.world.nameSuffix()}` } };
    throw invalid(kind, '', [{ field: 'metadata.name', reason: 'FieldValueRequired', message: 'Required value: name or generateName is required' }]);
  }

  #writer(kind: SandboxKind, { manager, subresource = '' }: WriteOptions): { readonly writer: Writer; readonly ignored: FieldSet } {
    const { group, kind: name } = kind;
    return {
      writer: { manager, apiVersion: apiVersionOf(kind), time: formatTime(this.world.clock.now()), subresource },
      ignored: resetFieldsOf({ group, kind: name, subresource, hasStatus: kind.subresources.includes('status') }),
    };
  }

  /** A binding is the scheduler's: nobody owns what it sets. */
  #tracked(kind: SandboxKind, before: LiveObject | undefined, after: LiveObject, options: WriteOptions): LiveObject {
    if (options.subresource === 'binding') return after;
    return trackUpdate({ before, after, ...this.#writer(kind, options), type: kind.type, emptyObject: kind.emptyObject });
  }

  /** Stores a new object. */
  #store(target: Target, tracked: LiveObject, options: WriteOptions): LiveObject {
    const { kind, namespace } = target;
    const { storage, clock } = this.world;
    const subject = { ...subjectOf(target), name: tracked.metadata.name };
    if (tracked.metadata.resourceVersion !== undefined && tracked.metadata.resourceVersion !== '') {
      throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
    }
    this.#checkNamespace(kind, namespace, subject);
    const now = clock.now();
    const { resourceVersion: _version, deletionTimestamp: _deleted, selfLink: _link, ...metadata } = tracked.metadata;
    const system = { ...tracked, metadata: { ...metadata, name: tracked.metadata.name, uid: this.world.newUid(), creationTimestamp: formatTime(now) } };
    const prepared = prepareForCreate(system, { storage, kind, now });
    if (prepared.metadata.name === '')
      throw invalid(kind, '', [{ field: 'metadata.name', reason: 'FieldValueRequired', message: 'Required value: name or generateName is required' }]);
    this.#validate(kind, prepared, undefined);
    tellUnevaluated(prepared, options);
    checkQuotas(prepared, kind, (group, each) => (kind.isNamespaced ? storage.list(group, each, namespace) : []), this.world.kinds());
    if (storage.get(kind.group, kind.kind, namespace, prepared.metadata.name)) throw alreadyExists(subject);
    if (options.dryRun) return prepared;
    return inVersion(kind, storage.put(this.#toStore(prepared)));
  }

  /** Stores a change; nothing is written where nothing changes. */
  #save(target: Target, before: LiveObject, tracked: LiveObject, options: WriteOptions): LiveObject {
    const { kind } = target;
    checkPreconditions(target, before, tracked);
    const prepared = prepareForUpdate(before, tracked, { storage: this.world.storage, kind, subresource: options.subresource ?? '' });
    const after = mayNotGrow(before, prepared, kind);
    // an update may not move a pod to a node: a binding does
    if (options.subresource !== 'binding') this.#validate(kind, after, before);
    if (equalButTimes(before, after)) return before;
    tellUnevaluated(after, options);
    if (options.dryRun) return after;
    const stored = this.world.storage.write(() => {
      const written = this.world.storage.put(this.#toStore(after));
      this.world.removeEnded(written);
      return written;
    });
    return inVersion(kind, stored);
  }

  #validate(kind: SandboxKind, object: LiveObject, before: LiveObject | undefined): void {
    const errors = kind.validate(object, before);
    if (errors.length > 0) throw invalid(kind, object.metadata.name, errors);
  }

  #toStore(object: LiveObject): LiveObject {
    const { group, kind } = { group: object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '', kind: object.kind };
    const storageKind = this.world.kinds().storageKind(group, kind);
    return storageKind ? inVersion(storageKind, object) : object;
  }

  /** As admission does (plugin/pkg/admission/namespace/lifecycle). */
  #checkNamespace(kind: SandboxKind, namespace: string, subject: Subject): void {
    if (!kind.isNamespaced) return;
    const found = this.world.storage.get('', 'Namespace', '', namespace);
    if (!found) throw notFound({ group: '', plural: 'namespaces', name: namespace });
    if (found.metadata.deletionTimestamp === undefined) return;
    const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
    throw forbidden(subject, `unable to create new content in namespace ${namespace} because it is being terminated`, [cause]);
  }
}

export function subjectOf({ kind, name }: Pick<Target, 'kind' | 'name'>): Subject {
  return { group: kind.group, plural: kind.plural, name };
}

/** The object in the version of a kind. */
export function inVersion(kind: SandboxKind, object: LiveObject): LiveObject {
  return object.apiVersion === apiVersionOf(kind) ? object : kind.convert(object, kind.version);
}

/** A body that is an object of the kind; built-in ones need not say what they are. */
function checkedBody(kind: SandboxKind, body: JsonValue): JsonObject {
  if (!isJsonObject(body)) throw badRequest('the body of the request is not an object');
  const expected = apiVersionOf(kind);
  const [apiVersion, name] = [stringAt(body, 'apiVersion'), stringAt(body, 'kind')];
  if (kind.emptyObject === undefined && name === '') throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  if (name !== '' && name !== kind.kind) {
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
    throw badRequest(`${name} in version "${version}" cannot be handled as a ${kind.kind}: converting (${version}.${name}) to (${kind.kind}): unknown conversion`);
  }
  if (apiVersion !== '' && apiVersion !== expected) throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
  return name === '' || apiVersion === '' ? { ...body, apiVersion: expected, kind: kind.kind } : body;
}

/** The object in the place that the path names; a name or a namespace of its own must be the same. */
function placed({ kind, namespace, name }: Omit<Target, 'name'> & { readonly name?: string }, body: JsonObject): LiveObject {
  const metadata = objectAt(body, 'metadata');
  const { namespace: _given, ...others } = metadata;
  const [ownName, ownNamespace] = [stringAt(metadata, 'name'), stringAt(metadata, 'namespace')];
  if (name !== undefined && ownName !== '' && ownName !== name) throw badRequest(`the name of the object (${ownName}) does not match the name on the URL (${name})`);
  if (kind.isNamespaced && ownNamespace !== '' && ownNamespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const object: JsonObject = { ...body, metadata: { ...others, name: name ?? ownName, ...(kind.isNamespaced && { namespace }) } };
  if (!isLiveObject(object)) throw badRequest('the body of the request is not an object');
  return object;
}

/** What is sent along and belongs to the server alone has no meaning in an apply. */
function withoutServerFields(object: LiveObject): LiveObject {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([, value]) => value !== null && value !== undefined));
  return { ...object, metadata: { ...metadata, name: object.metadata.name } };
}

/** Who writes a definition with rules in CEL hears that nothing will be refused for them. */
function tellUnevaluated({ apiVersion, kind, spec }: LiveObject, { warn, subresource }: WriteOptions): void {
  if (!warn || subresource || kind !== 'CustomResourceDefinition' || apiVersion !== 'apiextensions.k8s.io/v1') return;
  if (JSON.stringify(spec ?? null).includes('"x-kubernetes-validations":'))
    warn("the sandbox doesn't evaluate rules in CEL (x-kubernetes-validations): a real API server may refuse objects that are accepted here");
}

function tellUnknown({ kind, version }: SandboxKind, fields: readonly string[], { fieldValidation = 'Warn', warn, patchText }: WriteOptions): void {
  if (fields.length === 0) return;
  const texts = fields.map((field) => `unknown field "${field}"`);
  if (fieldValidation === 'Warn') for (const text of texts) warn?.(text);
  if (fieldValidation !== 'Strict') return;
  const message = `strict decoding error: ${texts.join(', ')}`;
  if (patchText === undefined) throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${message}`);
  throw invalid({ group: '', kind: '' }, '', [{ field: 'patch', reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(patchText)}: ${message}` }]);
}

/** Built-in kinds that must not be replaced by a client that doesn't say which version it saw; custom ones never may. */
const wantVersion = new Set([
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'coordination.k8s.io/Lease',
  'node.k8s.io/RuntimeClass',
  'policy/PodDisruptionBudget',
  'storage.k8s.io/CSIDriver',
]);

function requireVersion({ kind, name }: Target, after: LiveObject): void {
  const isStrict = kind.emptyObject === undefined || wantVersion.has(`${kind.group}/${kind.kind}`);
  if (!isStrict || (after.metadata.resourceVersion ?? '') !== '') return;
  const errors = [{ field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', message: 'Invalid value: 0: must be specified for an update' }];
  throw invalid({ group: kind.group, kind: kind.plural }, name, errors);
}

function checkPreconditions(target: Target, before: LiveObject, after: LiveObject): void {
  const { uid, resourceVersion } = after.metadata;
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== '0' && resourceVersion !== before.metadata.resourceVersion)
    throw modifiedMeanwhile(subjectOf(target));
  if (uid !== undefined && uid !== '' && uid !== before.metadata.uid) {
    throw conflict(subjectOf(target), `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid ?? ''}`);
  }
}

/** An object that is being deleted gets no new finalizers. */
function mayNotGrow(before: LiveObject, after: LiveObject, kind: SandboxKind): LiveObject {
  if (before.metadata.deletionTimestamp === undefined) return after;
  const added = (after.metadata.finalizers ?? []).filter((each) => !(before.metadata.finalizers ?? []).includes(each));
  if (added.length === 0) return after;
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`;
  throw invalid(kind, after.metadata.name, [{ field: 'metadata.finalizers', reason: 'FieldValueForbidden', message }]);
}

/** Nothing but times of managed fields differs. */
function equalButTimes(before: LiveObject, after: LiveObject): boolean {
  if (before === after) return true;
  return jsonEquals(withoutTimes(before), withoutTimes(after));
}

function withoutTimes(object: LiveObject): JsonObject {
  return { ...object, metadata: { ...object.metadata, managedFields: object.metadata.managedFields?.map(({ time: _time, ...entry }) => entry) } };
}

function applyConflict(conflicts: readonly ApplyConflict[]): ApiError {
  const causes = conflicts.flatMap(({ description, fields }) =>
    fields.map(({ text }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${description}`, field: text })),
  );
  return new ApiError(409, 'Conflict', formatConflicts(conflicts), { causes });
}
