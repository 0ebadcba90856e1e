/** One Kubernetes API server as one user: the {@link Cluster} port over HTTP. */
import type { Readable } from 'node:stream';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../core/live/json.js';
import { isLiveObject, type LiveObject, type ServedKind } from '../../core/live/liveObject.js';
import { apiVersionOf, type ResId } from '../../core/objects/resId.js';
import { ClusterFailure } from '../../services/failure.js';
import type { Access, ApplyOptions, Cluster, DeleteOptions, ListAnswer, PatchType, Selection, WatchEvent, WriteOptions } from '../../services/ports.js';
import { discoverKinds } from './discovery.js';
import type { KubeHttp, KubeRequest } from './kubeHttp.js';
import { failureOfAnswer, failureOfError, unexpectedAnswer } from './status.js';

/** Objects of one page of a list. */
const pageSize = 500;
/** Seconds after which the server is asked to end a watch, so that a dead connection is noticed. */
const watchSeconds = 290;
/** Before kinds that weren't found are looked for again, in milliseconds. */
const discoveryPause = 2000;

const patchTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

export class KubeCluster implements Cluster {
  readonly context: string;
  readonly #http: KubeHttp;
  #kinds: Promise<readonly ServedKind[]> | undefined;
  #discoveredAt = 0;

  constructor(context: string, http: KubeHttp) {
    this.context = context;
    this.#http = http;
  }

  get server(): string {
    return this.#http.server;
  }

  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.#get('/version', 'application/json', 'Ask for the version', signal);
    const version = isJsonObject(answer) ? answer['gitVersion'] : undefined;
    if (typeof version !== 'string') throw unexpectedAnswer('Ask for the version');
    return version;
  }

  async kinds(signal: AbortSignal, options?: { readonly refresh?: boolean }): Promise<readonly ServedKind[]> {
    if (options?.refresh === true) this.#kinds = undefined;
    if (!this.#kinds) {
      this.#discoveredAt = performance.now();
      this.#kinds = discoverKinds((path, accept) => this.#get(path, accept, 'Ask which kinds are served', signal));
    }
    const promise = this.#kinds;
    try {
      return await promise;
    } catch (error) {
      if (this.#kinds === promise) this.#kinds = undefined;
      throw error;
    }
  }

  async get(id: ResId, signal: AbortSignal): Promise<LiveObject | undefined> {
    const path = await this.#pathOf(id, signal);
    try {
      return await this.#sendForObject({ method: 'GET', path, what: `get ${describe(id)}`, isRepeatable: true }, signal);
    } catch (error) {
      if (error instanceof ClusterFailure && error.code === 'cluster/not-found') return undefined;
      throw error;
    }
  }

  async list(kind: ServedKind, selection: Selection, signal: AbortSignal): Promise<ListAnswer> {
    try {
      return await this.#listPages(kind, selection, { limit: String(pageSize) }, signal);
    } catch (error) {
      // The server forgot the version of the first page before the last was read; then all at once (client-go tools/pager/pager.go v0.34).
      if (!(error instanceof ClusterFailure) || error.code !== 'cluster/gone') throw error;
      return this.#listPages(kind, selection, {}, signal);
    }
  }

  async #listPages(kind: ServedKind, selection: Selection, limit: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ListAnswer> {
    const items: LiveObject[] = [];
    let next = '';
    for (;;) {
      const query = { ...selectionQuery(selection), ...limit, ...(next !== '' && { continue: next }) };
      const page = await this.#get(withQuery(collectionPath(kind, selection.namespace), query), 'application/json', `list ${kind.plural}`, signal);
      const metadata = isJsonObject(page) ? page['metadata'] : undefined;
      const found = isJsonObject(page) ? page['items'] : undefined;
      if (!isJsonObject(metadata) || !isList(found)) throw unexpectedAnswer(`list ${kind.plural}`);
      // The items of a list of built-in kinds carry neither kind nor version.
      for (const item of found) if (isJsonObject(item)) items.push(asLiveObject({ apiVersion: apiVersionOf(kind), kind: kind.kind, ...item }, `list ${kind.plural}`));
      next = typeof metadata['continue'] === 'string' ? metadata['continue'] : '';
      if (next === '') return { items, resourceVersion: typeof metadata['resourceVersion'] === 'string' ? metadata['resourceVersion'] : '' };
    }
  }

  async *watch(kind: ServedKind, selection: Selection, resourceVersion: string, signal: AbortSignal): AsyncIterable<WatchEvent> {
    const query = { ...selectionQuery(selection), watch: '1', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: String(watchSeconds) };
    const what = `watch ${kind.plural}`;
    const path = withQuery(collectionPath(kind, selection.namespace), query);
    const body = await this.#http.stream({ method: 'GET', path, what, isRepeatable: true }, signal);
    const idle = setTimeout(() => body.destroy(new Error('the watch fell silent')), (watchSeconds + 30) * 1000);
    try {
      for await (const line of linesOf(body)) yield readEvent(line, what);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ClusterFailure ? error : failureOfError(error, this.server);
    } finally {
      clearTimeout(idle);
      body.destroy();
    }
  }

  async apply(id: ResId, object: JsonObject | string, options: ApplyOptions, signal: AbortSignal): Promise<LiveObject> {
    const path = withQuery(await this.#pathOf(id, signal), { ...writeQuery(options), force: String(options.force) });
    const body = typeof object === 'string' ? object : JSON.stringify(object);
    return this.#sendForObject({ method: 'PATCH', path, body, contentType: 'application/apply-patch+yaml', what: `apply ${describe(id)}`, isRepeatable: true }, signal);
  }

  async create(id: ResId, object: JsonObject, options: WriteOptions, signal: AbortSignal): Promise<LiveObject> {
    const kind = await this.#kindOf(id, signal);
    const path = withQuery(collectionPath(kind, id.namespace), writeQuery(options));
    return this.#sendForObject({ method: 'POST', path, body: JSON.stringify(object), what: `create ${describe(id)}`, isRepeatable: options.dryRun === true }, signal);
  }

  async replace(id: ResId, object: JsonObject, options: WriteOptions, signal: AbortSignal): Promise<LiveObject> {
    const path = withQuery(await this.#pathOf(id, signal), writeQuery(options));
    return this.#sendForObject({ method: 'PUT', path, body: JSON.stringify(object), what: `replace ${describe(id)}`, isRepeatable: true }, signal);
  }

  async patch(id: ResId, type: PatchType, patch: JsonValue, options: WriteOptions & { readonly subresource?: string }, signal: AbortSignal): Promise<LiveObject> {
    const base = await this.#pathOf(id, signal);
    const path = withQuery(options.subresource === undefined ? base : `${base}/${options.subresource}`, writeQuery(options));
    const request: KubeRequest = {
      method: 'PATCH',
      path,
      body: JSON.stringify(patch),
      contentType: patchTypes[type],
      what: `patch ${describe(id)}`,
      isRepeatable: type !== 'json',
    };
    return this.#sendForObject(request, signal);
  }

  async delete(id: ResId, options: DeleteOptions, signal: AbortSignal): Promise<boolean> {
    const { propagation, uid, resourceVersion, dryRun } = options;
    const preconditions = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) };
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...(propagation !== undefined && { propagationPolicy: propagation }),
      ...(Object.keys(preconditions).length > 0 && { preconditions }),
      ...(dryRun === true && { dryRun: ['All'] }),
    };
    const path = await this.#pathOf(id, signal);
    try {
      await this.#http.send({ method: 'DELETE', path, body: JSON.stringify(body), what: `delete ${describe(id)}`, isRepeatable: true }, signal);
      return true;
    } catch (error) {
      if (error instanceof ClusterFailure && error.code === 'cluster/not-found') return false;
      throw error;
    }
  }

  async mayI({ verb, group, resource, namespace, name }: Access, signal: AbortSignal): Promise<boolean> {
    const [plural = '', subresource] = resource.split('/');
    const resourceAttributes = {
      verb,
      group,
      resource: plural,
      ...(subresource !== undefined && { subresource }),
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    };
    const body = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } });
    const what = `ask whether ${verb} ${resource} is allowed`;
    const { text } = await this.#http.send({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body, what, isRepeatable: true }, signal);
    const answer = parseJson(text, what);
    const status = isJsonObject(answer) ? answer['status'] : undefined;
    return isJsonObject(status) && status['allowed'] === true;
  }

  close(): void {
    this.#http.close();
  }

  async #get(path: string, accept: string, what: string, signal: AbortSignal): Promise<JsonValue> {
    const { text } = await this.#http.send({ method: 'GET', path, accept, what, isRepeatable: true }, signal);
    return parseJson(text, what);
  }

  async #sendForObject(request: KubeRequest, signal: AbortSignal): Promise<LiveObject> {
    const { text } = await this.#http.send(request, signal);
    return asLiveObject(parseJson(text, request.what), request.what);
  }

  async #pathOf(id: ResId, signal: AbortSignal): Promise<string> {
    const kind = await this.#kindOf(id, signal);
    return `${collectionPath(kind, kind.isNamespaced ? id.namespace : undefined)}/${encodeURIComponent(id.name)}`;
  }

  /** A kind may have come with a CustomResourceDefinition after the last discovery. */
  async #kindOf(id: ResId, signal: AbortSignal): Promise<ServedKind> {
    const isMeant = (each: ServedKind): boolean => each.group === id.group && each.kind === id.kind && (id.version === '' || each.version === id.version);
    const found = (await this.kinds(signal)).find(isMeant);
    if (found) return found;
    const refresh = performance.now() - this.#discoveredAt > discoveryPause;
    const foundLater = refresh ? (await this.kinds(signal, { refresh: true })).find(isMeant) : undefined;
    if (foundLater) return foundLater;
    const name = `${apiVersionOf(id)} ${id.kind}`;
    throw new ClusterFailure(
      'cluster/kind-not-served',
      `${this.server} doesn't serve ${name}.`,
      'Install its CustomResourceDefinition, or use a version that is served.',
      404,
      'NotFound',
      [],
      undefined,
    );
  }
}

/** `Deployment shop/web`. */
function describe({ kind, namespace, name }: ResId): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

function collectionPath({ group, version, plural, isNamespaced }: ServedKind, namespace: string | undefined): string {
  const top = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return isNamespaced && namespace !== undefined && namespace !== '' ? `${top}/namespaces/${encodeURIComponent(namespace)}/${plural}` : `${top}/${plural}`;
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

function selectionQuery({ labelSelector, fieldSelector }: Selection): Readonly<Record<string, string>> {
  return { ...(labelSelector !== undefined && { labelSelector }), ...(fieldSelector !== undefined && { fieldSelector }) };
}

function writeQuery({ fieldManager, dryRun }: WriteOptions): Readonly<Record<string, string>> {
  return { fieldManager, ...(dryRun === true && { dryRun: 'All' }) };
}

async function* linesOf(body: Readable): AsyncIterable<string> {
  let rest = '';
  body.setEncoding('utf8');
  for await (const chunk of body as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

const eventTypes: Readonly<Record<string, WatchEvent['type']>> = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted', BOOKMARK: 'bookmark' };

function readEvent(line: string, what: string): WatchEvent {
  const event = parseJson(line, what);
  if (!isJsonObject(event) || typeof event['type'] !== 'string') throw unexpectedAnswer(what);
  const object = event['object'];
  if (event['type'] === 'ERROR') {
    const status = isJsonObject(object) && typeof object['code'] === 'number' ? object['code'] : 500;
    throw failureOfAnswer(status, JSON.stringify(object), what, undefined);
  }
  const type = eventTypes[event['type']];
  if (!type || !isJsonObject(object)) throw unexpectedAnswer(what);
  // A bookmark's object has no name.
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  return { type, object: asLiveObject(type === 'bookmark' ? { ...object, metadata: { name: '', ...metadata } } : object, what) };
}

function parseJson(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) throw unexpectedAnswer(what, error);
    throw error;
  }
}

function asLiveObject(value: JsonValue, what: string): LiveObject {
  if (isLiveObject(value)) return value;
  throw unexpectedAnswer(what);
}
