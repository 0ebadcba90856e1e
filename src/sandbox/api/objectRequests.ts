/** Requests about objects: which are read, written, deleted, watched (apiserver v0.34, pkg/endpoints/installer.go and handlers). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/live/json.js';
import { apiVersionOf } from '../../core/objects/resId.js';
import { numberAt, objectAt, stringAt, textsAt } from '../../core/live/readFields.js';
import { formatTime } from '../../services/syncClock.js';
import type { SandboxKind } from '../kinds/kinds.js';
import type { ExpectedKind } from '../kinds/messages/readMessage.js';
import { authorize, type KnownUser } from './access.js';
import { badRequest, invalid, methodNotAllowed, noSuchPath, notServedHere, unsupportedMediaType } from './apiError.js';
import type { Deletion, DeletionOptions, Propagation } from './deletion.js';
import { listObjects, readSelectors } from './listing.js';
import type { ObjectApi } from './objectApi.js';
import { patchChange } from './patches.js';
import { presentList, presentObject, readRepresentation, type Rendering } from './representation.js';
import { bodyOf, isProtobuf, mediaTypeOf, readDryRun, requireJsonAccepted, writeOptionsOf, type Answer, type ApiRequest } from './requests.js';
import type { ResourcePath } from './requestPath.js';
import { answerReview } from './reviews.js';
import { scaleOf } from './scales.js';
import { selectedName } from './selectors.js';
import { bindPod, evictPod, finalizeNamespace, logOf } from './subresources.js';
import type { Applied, ScaleWrite, Target } from './writes.js';

const applyType = 'application/apply-patch+yaml';

export class ObjectRequests {
  constructor(
    private readonly api: ObjectApi,
    private readonly users: readonly KnownUser[],
  ) {}

  /** Throws an ApiError where the request is refused. */
  answer(request: ApiRequest, path: ResourcePath & { readonly plural: string }): Answer {
    const kind = this.api.kinds.find(path.group, path.version, path.plural);
    const verb = verbOf(request, path);
    const { group, plural, subresource, namespace = '', name = '' } = path;
    const asked = name === '' ? (selectedName(request.query.get('fieldSelector') ?? '') ?? '') : name;
    authorize(request.user, { verb, group, plural, subresource, namespace: namespaceForAccess(path), name: asked });
    if (!kind || (path.namespace !== undefined && !kind.isNamespaced && plural !== 'namespaces')) throw noSuchPath();
    requireJsonAccepted(request);
    if (isProtobuf(request) && kind.emptyObject === undefined) throw unsupportedMediaType(['application/json', 'application/yaml']);
    if (path.name === undefined) return this.#answerCollection(request, kind, verb, path.namespace);
    if (kind.isNamespaced && path.namespace === undefined) throw noSuchPath();
    const target = { kind, namespace: kind.isNamespaced ? namespace : '', name };
    if (path.subresource !== '') return this.#answerSubresource(request, target, verb, path.subresource);
    return this.#answerObject(request, target, verb);
  }

  #answerCollection(request: ApiRequest, kind: SandboxKind, verb: string, namespace: string | undefined): Answer {
    const { query } = request;
    if (verb === 'update' || verb === 'patch') throw methodNotAllowed();
    if (verb === 'create') return this.#create(request, kind, namespace);
    if (!kind.verbs.includes(verb)) throw methodNotAllowed();
    if (verb === 'watch') return { watch: { kind, namespace, query } };
    if (verb === 'deletecollection') return this.#deleteCollection(request, kind, namespace);
    const { objects, metadata } = listObjects(this.api.storage, kind, namespace, query);
    return { code: 200, body: presentList(kind, objects, metadata, this.rendering(request)) };
  }

  #create(request: ApiRequest, kind: SandboxKind, namespace: string | undefined): Answer {
    const body = bodyOf(request, expectedOf(kind));
    const review = answerReview(kind.plural, body, request.user, this.users, formatTime(this.api.clock.now()));
    if (review) return { code: 201, body: review };
    if (!kind.verbs.includes('create') || (kind.isNamespaced && namespace === undefined)) throw methodNotAllowed();
    if (!kind.verbs.includes('get')) throw notServedHere(kind.kind);
    const object = this.api.writes.create({ kind, namespace: namespace ?? '' }, body, writeOptionsOf(request, ''));
    return { code: 201, body: presentObject(kind, object, this.rendering(request)) };
  }

  #answerObject(request: ApiRequest, target: Target, verb: string): Answer {
    const { kind } = target;
    if (!kind.verbs.includes(verb)) throw methodNotAllowed();
    if (verb === 'delete') return this.#delete(request, target);
    const { object, isNew } = this.#readOrWrite(request, target, verb, '');
    return { code: isNew ? 201 : 200, body: presentObject(kind, object, this.rendering(request)) };
  }

  #readOrWrite(request: ApiRequest, target: Target, verb: string, subresource: string): Applied {
    const { writes } = this.api;
    if (verb === 'get') return { object: writes.live(target), isNew: false };
    const options = writeOptionsOf(request, subresource);
    if (verb === 'update') return { object: writes.replace(target, bodyOf(request, expectedOf(target.kind)), options), isNew: false };
    if (isApply(request)) {
      requireManager(request);
      return writes.apply(target, bodyOf(request, expectedOf(target.kind)), { ...options, force: request.query.get('force') === 'true' });
    }
    forbidForce(request);
    return { object: writes.patch(target, patchChange(mediaTypeOf(request), request.text, target.kind), options), isNew: false };
  }

  #answerSubresource(request: ApiRequest, target: Target, verb: string, subresource: string): Answer {
    const { kind } = target;
    const facts = kind.subresourceFacts.find(({ name }) => name === subresource);
    if (!facts) throw noSuchPath();
    if (!facts.verbs.includes(verb)) throw methodNotAllowed();
    const rendering = this.rendering(request);
    if (subresource === 'status') return { code: 200, body: presentObject(kind, this.#readOrWrite(request, target, verb, 'status').object, rendering) };
    if (subresource === 'scale') return { code: 200, body: this.#scale(request, target, verb) };
    if (kind.group !== '') throw notServedHere(`${kind.plural}/${subresource}`);
    const options = writeOptionsOf(request, subresource);
    switch (`${kind.kind}/${subresource}`) {
      case 'Pod/eviction': {
        const body = bodyOf(request, { apiVersion: 'policy/v1', kind: 'Eviction' });
        const isDryRun = options.dryRun === true || readDryRun(textsAt(body, 'deleteOptions', 'dryRun'));
        return { code: 201, body: evictPod(this.api, target, body, isDryRun) };
      }
      case 'Pod/binding':
        return { code: 201, body: bindPod(this.api, target, bodyOf(request, { apiVersion: 'v1', kind: 'Binding' }), options) };
      case 'Pod/log':
        return { code: 200, text: logOf(this.api.writes.live(target), request.query.get('container') ?? undefined) };
      case 'Pod/resize':
        return { code: 200, body: presentObject(kind, this.#readOrWrite(request, target, verb, subresource).object, rendering) };
      case 'Namespace/finalize':
        return { code: 200, body: finalizeNamespace(this.api, target, bodyOf(request, expectedOf(kind)), options) };
      default:
        throw notServedHere(`${kind.plural}/${subresource}`);
    }
  }

  #scale(request: ApiRequest, target: Target, verb: string): JsonObject {
    const { writes } = this.api;
    if (verb === 'get') return scaleOf(target, writes.live(target));
    return scaleOf(target, writes.scale(target, this.#scaleWrite(request, verb), writeOptionsOf(request, 'scale')));
  }

  #scaleWrite(request: ApiRequest, verb: string): ScaleWrite {
    const { scale } = this.api.kinds;
    if (verb === 'update') return { kind: 'replace', body: bodyOf(request, expectedOf(scale)) };
    if (isApply(request)) {
      requireManager(request);
      return { kind: 'apply', body: bodyOf(request, expectedOf(scale)), force: request.query.get('force') === 'true' };
    }
    forbidForce(request);
    return { kind: 'patch', change: patchChange(mediaTypeOf(request), request.text, scale) };
  }

  #delete(request: ApiRequest, target: Target): Answer {
    const deletion = this.api.deletions.delete(target, deletionOptionsOf(request, target.kind));
    const isShown = !deletion.isGone || returnsDeleted.has(`${target.kind.group}/${target.kind.kind}`);
    return { code: 200, body: isShown ? presentObject(target.kind, deletion.object, this.rendering(request)) : deletedStatus(target, deletion) };
  }

  #deleteCollection(request: ApiRequest, kind: SandboxKind, namespace: string | undefined): Answer {
    const matches = readSelectors(kind, request.query);
    const options = deletionOptionsOf(request, kind);
    const found = this.api.storage.list(kind.group, kind.kind, namespace).filter(matches);
    const deleted = found.map(({ metadata }) => this.api.deletions.delete({ kind, namespace: metadata.namespace ?? '', name: metadata.name }, options).object);
    return { code: 200, body: presentList(kind, deleted, { resourceVersion: String(this.api.storage.version) }, this.rendering(request)) };
  }

  rendering({ headers, query }: ApiRequest): Rendering {
    return { representation: readRepresentation(headers.accept), includeObject: query.get('includeObject') ?? 'Metadata', now: this.api.clock.now() };
  }
}

function verbOf({ method, query }: ApiRequest, { name }: ResourcePath): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (name !== undefined && query.get('watch') !== 'true' && query.get('watch') !== '1') return 'get';
      return query.get('watch') === 'true' || query.get('watch') === '1' ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      throw methodNotAllowed();
  }
}

/** A namespace is within itself, as authorization sees it. */
function namespaceForAccess({ plural, namespace, name, group }: ResourcePath): string {
  return group === '' && plural === 'namespaces' ? (name ?? '') : (namespace ?? '');
}

function expectedOf(kind: SandboxKind): ExpectedKind {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind };
}

function isApply(request: ApiRequest): boolean {
  return request.method === 'PATCH' && mediaTypeOf(request) === applyType;
}

function requireManager({ query }: ApiRequest): void {
  if (query.get('fieldManager')) return;
  throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    { field: 'fieldManager', reason: 'FieldValueRequired', message: 'Required value: is required for apply patch' },
  ]);
}

function forbidForce({ query }: ApiRequest): void {
  if (query.get('force') === null) return;
  throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
    { field: 'force', reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified for non-apply patch' },
  ]);
}

/** Kinds that answer a deletion with what is deleted. */
const returnsDeleted = new Set([
  '/Pod',
  '/Service',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  '/ServiceAccount',
  '/Node',
  '/PodTemplate',
  '/ResourceQuota',
  'policy/PodSecurityPolicy',
]);
/** Kinds whose dependents are kept where the client doesn't say. */
const orphansByDefault = new Set(['/ReplicationController', 'batch/Job']);

function deletedStatus({ kind: { group, plural }, name }: Target, { object }: Deletion): JsonObject {
  const { uid } = object.metadata;
  const details = { name, ...(group !== '' && { group }), kind: plural, ...(uid !== undefined && { uid }) };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

function deletionOptionsOf(request: ApiRequest, kind: SandboxKind): DeletionOptions {
  const { query, text } = request;
  const body: JsonValue = text.trim() === '' ? {} : bodyOf(request, { apiVersion: 'v1', kind: 'DeleteOptions' });
  if (!isJsonObject(body)) throw badRequest('the body of a deletion must be DeleteOptions');
  const given = stringAt(body, 'propagationPolicy') || (query.get('propagationPolicy') ?? '');
  const fallback = orphansByDefault.has(`${kind.group}/${kind.kind}`) ? 'Orphan' : undefined;
  const preconditions = objectAt(body, 'preconditions');
  const grace = query.get('gracePeriodSeconds');
  return {
    propagation: given === '' ? (orphanOf(body['orphanDependents'] ?? query.get('orphanDependents')) ?? fallback) : readPropagation(given),
    gracePeriodSeconds: numberAt(body, 'gracePeriodSeconds') ?? (grace === null ? undefined : Number(grace)),
    uid: stringAt(preconditions, 'uid') || undefined,
    resourceVersion: stringAt(preconditions, 'resourceVersion') || undefined,
    dryRun: readDryRun([...textsAt(body, 'dryRun'), ...query.getAll('dryRun')]),
  };
}

function orphanOf(value: JsonValue | undefined): Propagation | undefined {
  return value === true || value === 'true' ? 'Orphan' : value === false || value === 'false' ? 'Background' : undefined;
}

function readPropagation(text: string): Propagation {
  if (text === 'Foreground' || text === 'Background' || text === 'Orphan') return text;
  throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
    { field: 'propagationPolicy', reason: 'FieldValueNotSupported', message: `Unsupported value: "${text}": supported values: "Background", "Foreground", "Orphan", "nil"` },
  ]);
}
