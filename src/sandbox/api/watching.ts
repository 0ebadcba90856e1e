/**
 * Watches: what is there or what has happened since a version, and then each write as it comes (apiserver v0.34,
 * pkg/endpoints/handlers/watch.go, pkg/storage/cacher). An object that begins or ceases to match the selectors is told as
 * added or deleted.
 */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { apiVersionOf } from '../../core/objects/resId.js';
import type { SandboxKind } from '../kinds/kinds.js';
import { ApiError, statusOf } from './apiError.js';
import { listOptionsInvalid, readSelectors, readVersion } from './listing.js';
import { presentEvent, type Rendering } from './representation.js';
import type { Matches } from './selectors.js';
import type { Change, Storage } from './storage.js';
import { inVersion } from './writes.js';

export interface WatchRequest {
  readonly storage: Storage;
  readonly kind: SandboxKind;
  /** Undefined for all. */
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  readonly rendering: () => Rendering;
  /** Seconds between bookmarks. */
  readonly bookmarkSeconds: number;
}

/** How long a watch lasts where the client doesn't say, in seconds. */
const defaultTimeout = 1800;
/** A client that reads slower than this many bytes behind is cut off, as by a real server whose buffer is full. */
const mostUnsent = 64 * 1024 * 1024;

/** Answers until the time is over, the client leaves, or what is returned is called. */
export function watchObjects(request: WatchRequest, response: ServerResponse): () => void {
  const { kind, namespace, query } = request;
  const matches = readSelectors(kind, query);
  const wantsInitial = query.get('sendInitialEvents') === 'true';
  checkOptions(query);
  const isAsked = (object: LiveObject): boolean => (namespace === undefined || (object.metadata.namespace ?? '') === namespace) && matches(object);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const stream = new Stream(request, response);
  const version = query.get('resourceVersion') ?? '';
  if (wantsInitial || version === '' || version === '0') sendInitial(stream, request, isAsked, wantsInitial);
  else if (!sendSince(stream, request, isAsked, readVersion(version))) return () => undefined;
  return follow(stream, request, isAsked);
}

function checkOptions(query: URLSearchParams): void {
  const [initial, match] = [query.get('sendInitialEvents'), query.get('resourceVersionMatch') ?? ''];
  if (initial !== null && match !== 'NotOlderThan') {
    throw listOptionsInvalid('resourceVersionMatch', 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (initial === null && match !== '')
    throw listOptionsInvalid('resourceVersionMatch', 'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  const version = query.get('resourceVersion') ?? '';
  if (version !== '') readVersion(version);
}

class Stream {
  #isFirst = true;

  constructor(
    private readonly request: WatchRequest,
    private readonly response: ServerResponse,
  ) {}

  send(type: string, object: LiveObject): void {
    const { kind, rendering } = this.request;
    this.#write({ type, object: presentEvent(kind, inVersion(kind, object), rendering(), this.#isFirst) });
    this.#isFirst = false;
  }

  bookmark(version: number, annotations?: JsonObject): void {
    const { kind } = this.request;
    const metadata = { resourceVersion: String(version), creationTimestamp: null, ...(annotations && { annotations }) };
    this.#write({ type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata } });
  }

  fail(error: ApiError): void {
    this.#write({ type: 'ERROR', object: statusOf(error) });
    this.response.end();
  }

  end(): void {
    if (!this.response.writableEnded) this.response.end();
  }

  #write(event: JsonObject): void {
    if (this.response.writableLength > mostUnsent) this.response.destroy();
    else if (!this.response.writableEnded && !this.response.destroyed) this.response.write(`${JSON.stringify(event)}\n`);
  }
}

function sendInitial(stream: Stream, { storage, kind, namespace, query }: WatchRequest, isAsked: Matches, isStreamedList: boolean): void {
  for (const object of storage.list(kind.group, kind.kind, namespace)) if (isAsked(object)) stream.send('ADDED', object);
  if (isStreamedList && query.get('allowWatchBookmarks') === 'true') stream.bookmark(storage.version, { 'k8s.io/initial-events-end': 'true' });
}

/** False where the version is too old to go on from. */
function sendSince(stream: Stream, { storage, kind }: WatchRequest, isAsked: Matches, version: number): boolean {
  const changes = storage.changesSince(kind.group, kind.kind, version);
  if (!changes) {
    stream.fail(new ApiError(410, 'Expired', `too old resource version: ${version} (${storage.version})`));
    return false;
  }
  for (const change of changes) tell(stream, change, isAsked);
  return true;
}

function follow(stream: Stream, { storage, kind, query, bookmarkSeconds }: WatchRequest, isAsked: Matches): () => void {
  const isOfKind = ({ object }: Change): boolean => object.kind === kind.kind && groupOf(object) === kind.group;
  const unsubscribe = storage.subscribe((change) => {
    if (isOfKind(change)) tell(stream, change, isAsked);
  });
  const wantsBookmarks = query.get('allowWatchBookmarks') === 'true';
  const bookmarks = wantsBookmarks ? setInterval(() => stream.bookmark(storage.version), bookmarkSeconds * 1000) : undefined;
  const end = (): void => {
    clearInterval(bookmarks);
    clearTimeout(timeout);
    unsubscribe();
    stream.end();
  };
  const finish = (): void => {
    if (wantsBookmarks) stream.bookmark(storage.version);
    end();
  };
  const timeout = setTimeout(finish, Number(query.get('timeoutSeconds') ?? defaultTimeout) * 1000);
  return end;
}

function groupOf({ apiVersion }: LiveObject): string {
  const at = apiVersion.indexOf('/');
  return at < 0 ? '' : apiVersion.slice(0, at);
}

function tell(stream: Stream, { type, object, before, version }: Change, isAsked: Matches): void {
  const [was, is] = [before !== undefined && isAsked(before), type !== 'DELETED' && isAsked(object)];
  if (is) stream.send(was ? 'MODIFIED' : 'ADDED', object);
  else if (was && before) {
    // the last state that was asked for, in the version in which it went
    const last = type === 'DELETED' ? object : before;
    stream.send('DELETED', { ...last, metadata: { ...last.metadata, resourceVersion: String(version) } });
  }
}
