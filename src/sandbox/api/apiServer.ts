/**
 * The API over HTTPS on the loopback: reads requests, answers them, keeps watches open. HTTP/1.1 with JSON; bodies may
 * be protobuf, answers never are.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../core/live/json.js';
import { authenticate, authorizePath, type KnownUser } from './access.js';
import { ApiError, noSuchPath, statusOf } from './apiError.js';
import type { ServerIdentity } from './certificates.js';
import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList, versionInfo } from './discovery.js';
import type { ObjectApi } from './objectApi.js';
import { ObjectRequests } from './objectRequests.js';
import { readResourcePath } from './requestPath.js';
import type { Answer, ApiRequest } from './requests.js';
import { watchObjects } from './watching.js';

export interface ApiServerOptions {
  readonly api: ObjectApi;
  readonly users: readonly KnownUser[];
  readonly identity: ServerIdentity;
  /** 0 or left out for a free one. */
  readonly port?: number | undefined;
  /** Seconds between the bookmarks of a watch; 60 where left out. */
  readonly bookmarkSeconds?: number | undefined;
  /** Told of errors of our own. */
  readonly report: (error: unknown) => void;
}

export interface ApiServer {
  /** `https://127.0.0.1:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

/** As a real server takes them (limit of etcd's requests, doubled). */
const mostBytes = 3 * 1024 * 1024;

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const handler = new Handler(options);
  const { key, certificate } = options.identity;
  const server = https.createServer({ key, cert: certificate, keepAliveTimeout: 60_000 }, (request, response) => handler.handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = portOf(server.address());
  handler.authority = `127.0.0.1:${port}`;
  return {
    address: `https://127.0.0.1:${port}`,
    close: () => {
      handler.endWatches();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function portOf(address: AddressInfo | string | null): { readonly port: number } {
  return typeof address === 'object' && address !== null ? address : { port: 0 };
}

class Handler {
  authority = '';
  readonly #watches = new Set<() => void>();
  readonly #requests: ObjectRequests;
  /** Texts of OpenAPI documents, by path, of the kinds that they were made for. */
  #documents: { readonly kinds: unknown; readonly texts: Map<string, string> } = { kinds: undefined, texts: new Map() };

  constructor(private readonly options: ApiServerOptions) {
    this.#requests = new ObjectRequests(options.api, options.users);
  }

  endWatches(): void {
    for (const end of [...this.#watches]) end();
  }

  handle(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) chunks.push(chunk);
    });
    // a client that leaves in the middle gets no answer
    incoming.on('error', () => response.destroy());
    incoming.on('end', () => {
      const warnings: string[] = [];
      try {
        if (size > mostBytes) throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${mostBytes}`);
        this.#answer(incoming, Buffer.concat(chunks), warnings, response);
      } catch (error) {
        this.#refuse(error, warnings, response);
      }
    });
  }

  #refuse(error: unknown, warnings: readonly string[], response: ServerResponse): void {
    const refusal = error instanceof ApiError ? error : new ApiError(500, 'InternalError', `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`);
    if (refusal !== error) this.options.report(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { retryAfterSeconds } = refusal.details ?? {};
    if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
    send(response, { code: refusal.code, body: statusOf(refusal) }, warnings);
  }

  #answer(incoming: IncomingMessage, bytes: Buffer, warnings: string[], response: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', 'https://127.0.0.1');
    const { headers, method = 'GET' } = incoming;
    const path = url.pathname;
    if (['/healthz', '/readyz', '/livez'].some((each) => path === each || path.startsWith(`${each}/`))) {
      send(response, { code: 200, text: 'ok' }, []);
      return;
    }
    const user = authenticate(this.options.users, headers.authorization);
    if (headers['impersonate-user'] !== undefined) throw new ApiError(501, 'NotImplemented', 'the sandbox does not serve impersonation', {});
    const { messages } = this.options.api.kinds;
    const request: ApiRequest = { method, path, query: url.searchParams, headers, bytes, text: bytes.toString('utf8'), messages, user, warnings };
    const answer = this.#answerTo(request, response);
    if (answer && 'watch' in answer) this.#watch(request, answer.watch, response);
    else if (answer) send(response, answer, warnings);
  }

  /** Undefined where the answer was given already. */
  #answerTo(request: ApiRequest, response: ServerResponse): Answer | undefined {
    const parts = request.path.split('/').filter((part) => part !== '');
    const resource = readResourcePath(request.path);
    if (resource?.plural !== undefined) return this.#requests.answer(request, { ...resource, plural: resource.plural });
    authorizePath(request.user, request.method === 'GET' || request.method === 'HEAD' ? 'get' : request.method.toLowerCase(), request.path);
    if (parts[0] === 'openapi') return this.#answerOpenApi(request, parts.slice(1), response);
    const body = this.#discover(request, parts);
    if (!body) throw noSuchPath();
    return body;
  }

  #discover({ headers }: ApiRequest, [root, first, second]: readonly string[]): Answer | undefined {
    const { kinds } = this.options.api;
    const isAggregated = (headers.accept ?? '').includes('as=APIGroupDiscoveryList');
    if (root === undefined) return { code: 200, body: { paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] } };
    if (root === 'version') return { code: 200, body: versionInfo() };
    if ((root === 'api' || root === 'apis') && first === undefined) {
      if (isAggregated) return { code: 200, body: aggregatedDiscovery(kinds, root === 'api'), mediaType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
      return { code: 200, body: root === 'api' ? coreVersions(this.authority) : groupList(kinds) };
    }
    if (first === undefined) return undefined;
    const found =
      root === 'api' ? resourceList(kinds, '', first) : root !== 'apis' ? undefined : second === undefined ? groupDocument(kinds, first) : resourceList(kinds, first, second);
    return found && { code: 200, body: found };
  }

  #answerOpenApi({ headers }: ApiRequest, [version, ...rest]: readonly string[], response: ServerResponse): Answer | undefined {
    const text = version === 'v2' ? this.#document('v2') : version === 'v3' ? (rest.length === 0 ? this.#openApiIndex() : this.#document(rest.join('/'))) : undefined;
    if (text === undefined) throw noSuchPath();
    const etag = `"${hashOf(text)}"`;
    response.setHeader('etag', etag);
    response.setHeader('cache-control', 'no-cache, private');
    if (headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return undefined;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    return undefined;
  }

  #openApiIndex(): string {
    const paths = this.options.api.kinds.openApiPaths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(this.#document(path) ?? '')}` }]);
    return JSON.stringify({ paths: Object.fromEntries(paths) as JsonObject });
  }

  #document(path: string): string | undefined {
    const { kinds } = this.options.api;
    if (this.#documents.kinds !== kinds) this.#documents = { kinds, texts: new Map() };
    const known = this.#documents.texts.get(path);
    if (known !== undefined) return known;
    const document = path === 'v2' ? kinds.openApiV2() : kinds.openApiV3(path);
    if (!document) return undefined;
    const text = JSON.stringify(document);
    this.#documents.texts.set(path, text);
    return text;
  }

  #watch(request: ApiRequest, watch: Extract<Answer, { readonly watch: unknown }>['watch'], response: ServerResponse): void {
    const { api, bookmarkSeconds = 60 } = this.options;
    const end = watchObjects({ ...watch, storage: api.storage, rendering: () => this.#requests.rendering(request), bookmarkSeconds }, response);
    this.#watches.add(end);
    response.once('close', () => {
      this.#watches.delete(end);
      end();
    });
  }
}

function hashOf(text: string): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase();
}

function send(response: ServerResponse, answer: Exclude<Answer, { readonly watch: unknown }>, warnings: readonly string[]): void {
  if (warnings.length > 0)
    response.setHeader(
      'warning',
      warnings.map((warning) => `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`),
    );
  const text = 'text' in answer ? answer.text : JSON.stringify(answer.body);
  const type = 'text' in answer ? 'text/plain; charset=utf-8' : (answer.mediaType ?? 'application/json');
  const bytes = Buffer.from(text);
  response.writeHead(answer.code, { 'content-type': type, 'content-length': bytes.length, 'cache-control': 'no-cache, private' }).end(bytes);
}
