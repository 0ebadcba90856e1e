/**
 * A cluster in memory for tests of what talks to one: objects, server-side apply with managed fields, deletion,
 * namespaces and CustomResourceDefinitions as far as a sync sees them. `onRequest` sees every request before it is
 * answered, and may fail it. Admission, defaults and watches are left out.
 */
import { applyServerSide } from '../../src/core/apply/applyServerSide.js';
import { isJsonObject, type JsonObject } from '../../src/core/live/json.js';
import { idOfLive, isLiveObject, liveKey, type LiveObject, type ServedKind } from '../../src/core/live/liveObject.js';
import { apiVersionOf, type ResId } from '../../src/core/objects/resId.js';
import { anything } from '../../src/core/objects/objectType.js';
import { ClusterFailure, type FailureCode, type StatusCause } from '../../src/services/failure.js';
import type { Access, ApplyOptions, Cluster, DeleteOptions, ListAnswer, Selection, WatchEvent, WriteOptions } from '../../src/services/ports.js';

export interface MemoryRequest {
  readonly verb: 'get' | 'list' | 'apply' | 'create' | 'replace' | 'delete';
  readonly id: ResId;
  readonly isDryRun: boolean;
}

export interface MemoryClusterOptions {
  /** Called before each request is answered; what it throws is the answer. */
  onRequest?: (request: MemoryRequest) => void | Promise<void>;
  /** Called after a write was carried out, before it is answered: an answer that gets lost. */
  onWritten?: (request: MemoryRequest) => void;
  /** What controllers make of an object that was written: its status. */
  settle?: (object: LiveObject) => JsonObject | undefined;
}

/** A failure as an API server's answer makes it. */
export function serverFailure(
  code: FailureCode,
  status: number,
  message = `${code} (${status})`,
  options: { readonly causes?: readonly StatusCause[]; readonly retryAfter?: number } = {},
): ClusterFailure {
  return new ClusterFailure(code, message, '', status, '', options.causes ?? [], options.retryAfter);
}

const builtIn: readonly (readonly [group: string, version: string, kind: string, plural: string, isNamespaced: boolean])[] = [
  ['', 'v1', 'Namespace', 'namespaces', false],
  ['', 'v1', 'ConfigMap', 'configmaps', true],
  ['', 'v1', 'Secret', 'secrets', true],
  ['', 'v1', 'Service', 'services', true],
  ['', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', true],
  ['apps', 'v1', 'Deployment', 'deployments', true],
  ['autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', true],
  ['batch', 'v1', 'Job', 'jobs', true],
  ['rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles', false],
  ['apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions', false],
];

/** Kinds of Job and Deployment that are through at once; CustomResourceDefinitions that are established. */
export function settleAtOnce(object: LiveObject): JsonObject | undefined {
  const generation = object.metadata.generation ?? 1;
  if (object.kind === 'Deployment') {
    const spec = object['spec'];
    const replicas = isJsonObject(spec) && typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
    return { observedGeneration: generation, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  }
  if (object.kind === 'Job') return { conditions: [{ type: 'Complete', status: 'True' }] };
  if (object.kind === 'CustomResourceDefinition') return { conditions: [{ type: 'Established', status: 'True' }] };
  return undefined;
}

export class MemoryCluster implements Cluster {
  readonly context = 'memory';
  readonly server = 'https://memory';
  readonly options: MemoryClusterOptions;
  /** Every request that came in, in order. */
  readonly requests: MemoryRequest[] = [];
  readonly #objects = new Map<string, LiveObject>();
  #version = 100;

  constructor(options: MemoryClusterOptions = {}) {
    this.options = { settle: settleAtOnce, ...options };
    for (const name of ['default', 'kube-system']) this.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }

  /** The live objects, in the order in which they were made. */
  get objects(): readonly LiveObject[] {
    return [...this.#objects.values()];
  }

  /** Writes that were carried out for real, as `apply Kind namespace/name`. */
  get writes(): readonly string[] {
    return this.requests
      .filter(({ verb, isDryRun }) => verb !== 'get' && verb !== 'list' && !isDryRun)
      .map(({ verb, id }) => `${verb} ${id.kind} ${id.namespace === '' ? '' : `${id.namespace}/`}${id.name}`);
  }

  find(kind: string, name: string, namespace?: string): LiveObject | undefined {
    return this.objects.find((object) => object.kind === kind && object.metadata.name === name && (namespace === undefined || object.metadata.namespace === namespace));
  }

  /** Puts an object there as if someone else had, with no request. */
  put(object: LiveObject): LiveObject {
    return this.#store(object);
  }

  version(): Promise<string> {
    return Promise.resolve('v1.34.0');
  }

  kinds(): Promise<readonly ServedKind[]> {
    const served = builtIn.map(([group, version, kind, plural, isNamespaced]) => servedKind(group, version, kind, plural, isNamespaced));
    const custom = this.objects.filter(({ kind }) => kind === 'CustomResourceDefinition').flatMap(kindsOfDefinition);
    return Promise.resolve([...served, ...custom]);
  }

  async get(id: ResId): Promise<LiveObject | undefined> {
    await this.#receive({ verb: 'get', id, isDryRun: false });
    return this.#objects.get(liveKey(id));
  }

  async list(kind: ServedKind, { namespace, labelSelector }: Selection): Promise<ListAnswer> {
    await this.#receive({ verb: 'list', id: { group: kind.group, version: kind.version, kind: kind.kind, namespace: namespace ?? '', name: '' }, isDryRun: false });
    const [key, value] = labelSelector?.split('=') ?? [];
    const items = this.objects.filter(
      (object) =>
        object.kind === kind.kind &&
        idOfLive(object).group === kind.group &&
        (namespace === undefined || object.metadata.namespace === namespace) &&
        (key === undefined || object.metadata.labels?.[key] === value),
    );
    return { items, resourceVersion: String(this.#version) };
  }

  async *watch(): AsyncIterable<WatchEvent> {
    // Nothing that is tested with this cluster watches.
  }

  async apply(id: ResId, object: JsonObject | string, { fieldManager, force, dryRun = false }: ApplyOptions): Promise<LiveObject> {
    const request: MemoryRequest = { verb: 'apply', id, isDryRun: dryRun };
    await this.#receive(request);
    await this.#check(id);
    const body: unknown = typeof object === 'string' ? JSON.parse(object) : object;
    if (!isJsonObject(body)) throw serverFailure('cluster/invalid', 400);
    const { applied, wanted } = splitVersion(body);
    const live = this.#objects.get(liveKey(id));
    if (wanted !== undefined && wanted !== live?.metadata.resourceVersion) throw serverFailure('cluster/conflict', 409, 'the object has been modified');
    const result = applyServerSide({
      live,
      applied,
      writer: { manager: fieldManager, apiVersion: apiVersionOf(id), time: '2026-01-01T00:00:00Z', subresource: '' },
      force,
      type: anything,
    });
    if (result.kind === 'invalid') throw serverFailure('cluster/invalid', 422, result.message);
    if (result.kind === 'conflict') {
      const causes = result.conflicts.flatMap(({ fields, description }) =>
        fields.map(({ text }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${description}`, field: text })),
      );
      throw serverFailure('cluster/conflict', 409, `Apply failed with ${causes.length} conflicts`, { causes });
    }
    refuseImmutable(live, result.object);
    if (!result.isChanged && live) return live;
    return dryRun ? result.object : this.#write(request, result.object);
  }

  async create(id: ResId, object: JsonObject, { dryRun = false }: WriteOptions): Promise<LiveObject> {
    const request: MemoryRequest = { verb: 'create', id, isDryRun: dryRun };
    await this.#receive(request);
    await this.#check(id);
    if (this.#objects.has(liveKey(id))) throw serverFailure('cluster/already-exists', 409);
    if (!isLiveObject(object)) throw serverFailure('cluster/invalid', 400);
    return dryRun ? object : this.#write(request, object);
  }

  async replace(id: ResId, object: JsonObject, { dryRun = false }: WriteOptions): Promise<LiveObject> {
    const request: MemoryRequest = { verb: 'replace', id, isDryRun: dryRun };
    await this.#receive(request);
    const live = this.#objects.get(liveKey(id));
    if (!live) throw serverFailure('cluster/not-found', 404);
    if (!isLiveObject(object)) throw serverFailure('cluster/invalid', 400);
    refuseImmutable(live, object);
    return dryRun ? object : this.#write(request, object);
  }

  patch(): Promise<LiveObject> {
    return Promise.reject(serverFailure('cluster/unexpected-answer', 501));
  }

  async delete(id: ResId, { uid, dryRun = false }: DeleteOptions): Promise<boolean> {
    const request: MemoryRequest = { verb: 'delete', id, isDryRun: dryRun };
    await this.#receive(request);
    const live = this.#objects.get(liveKey(id));
    if (!live) return false;
    if (uid !== undefined && uid !== live.metadata.uid) throw serverFailure('cluster/conflict', 409);
    if (!dryRun) {
      if ((live.metadata.finalizers ?? []).length > 0) this.#objects.set(liveKey(id), { ...live, metadata: { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
      else this.#objects.delete(liveKey(id));
      this.options.onWritten?.(request);
    }
    return true;
  }

  mayI(_access: Access): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): void {
    this.options.onRequest = () => {
      throw serverFailure('cluster/unreachable', 0, 'closed');
    };
  }

  async #receive(request: MemoryRequest): Promise<void> {
    this.requests.push(request);
    await this.options.onRequest?.(request);
  }

  async #check({ group, version, kind, namespace }: ResId): Promise<void> {
    const served = (await this.kinds()).some((each) => each.group === group && each.kind === kind && each.version === version);
    if (!served) throw serverFailure('cluster/kind-not-served', 404);
    if (namespace !== '' && !this.find('Namespace', namespace)) throw serverFailure('cluster/not-found', 404, `namespaces "${namespace}" not found`);
  }

  #write(request: MemoryRequest, object: LiveObject): LiveObject {
    const stored = this.#store(object);
    this.options.onWritten?.(request);
    return stored;
  }

  #store(object: LiveObject): LiveObject {
    const key = liveKey(idOfLive(object));
    const before = this.#objects.get(key);
    const { metadata } = object;
    this.#version++;
    const stored: LiveObject = {
      ...object,
      metadata: { ...metadata, uid: before?.metadata.uid ?? `uid-${this.#version}`, resourceVersion: String(this.#version), generation: (before?.metadata.generation ?? 0) + 1 },
    };
    const status = this.options.settle?.(stored);
    const settled = status ? { ...stored, status } : stored;
    this.#objects.set(key, settled);
    return settled;
  }
}

function servedKind(group: string, version: string, kind: string, plural: string, isNamespaced: boolean): ServedKind {
  return { group, version, kind, plural, singular: kind.toLowerCase(), shortNames: [], isNamespaced, verbs: ['get', 'list', 'patch', 'delete'], subresources: ['status'] };
}

function kindsOfDefinition({ spec }: LiveObject): readonly ServedKind[] {
  const names = isJsonObject(spec) ? spec['names'] : undefined;
  if (!isJsonObject(spec) || !isJsonObject(names)) return [];
  const [group, kind, plural] = [spec['group'], names['kind'], names['plural']];
  return typeof group === 'string' && typeof kind === 'string' && typeof plural === 'string' ? [servedKind(group, 'v1', kind, plural, spec['scope'] !== 'Cluster')] : [];
}

/** A version that is sent with an object is a condition. */
function splitVersion(body: JsonObject): { readonly applied: JsonObject; readonly wanted: string | undefined } {
  const { metadata } = body;
  if (!isJsonObject(metadata)) return { applied: body, wanted: undefined };
  const { resourceVersion, ...rest } = metadata;
  return { applied: { ...body, metadata: rest }, wanted: typeof resourceVersion === 'string' ? resourceVersion : undefined };
}

/** A Deployment's selector can't be changed. */
function refuseImmutable(live: LiveObject | undefined, next: LiveObject): void {
  const selectorOf = (object: LiveObject | undefined): string | undefined => {
    const spec = object?.['spec'];
    return isJsonObject(spec) && spec['selector'] !== undefined ? JSON.stringify(spec['selector']) : undefined;
  };
  if (live?.kind !== 'Deployment' || selectorOf(live) === undefined || selectorOf(live) === selectorOf(next)) return;
  throw serverFailure('cluster/invalid', 422, `Deployment.apps "${live.metadata.name}" is invalid`, {
    causes: [{ reason: 'FieldValueInvalid', field: 'spec.selector', message: 'Invalid value: field is immutable' }],
  });
}
