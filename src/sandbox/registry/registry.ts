/**
 * An OCI registry on the loopback (distribution spec v1.1): push with sessions, chunks and mounts, pull, tags, referrers,
 * deletion. Everyone on this machine may pull; pushing may ask for a password. There is no well-kept one on npm.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import { listen, stopServer } from '../listen.js';
import { RegistryStore } from './registryStore.js';
import { answerRegistry } from './registryRequests.js';

export interface RegistryOptions {
  readonly clock: Clock;
  readonly port?: number | undefined;
  /** Where all is kept; in memory only where left out. */
  readonly folder?: string | undefined;
  /** Asked for by basic authentication, for everything; nobody is asked where left out. */
  readonly password?: { readonly user: string; readonly password: string } | undefined;
}

export interface Registry {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** `127.0.0.1:PORT`: how images of it begin. */
  readonly host: string;
  readonly store: RegistryStore;
  close(): Promise<void>;
}

export async function startRegistry({ port = 0, folder, password }: RegistryOptions): Promise<Registry> {
  const store = new RegistryStore(folder);
  const server = createServer((request, response) => {
    void handle(request, response, store, password);
  });
  const host = `127.0.0.1:${await listen(server, port)}`;
  return { address: `http://${host}`, host, store, close: () => stopServer(server) };
}

async function handle(request: IncomingMessage, response: ServerResponse, store: RegistryStore, password: RegistryOptions['password']): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = isLetIn(request, password)
    ? answerRegistry({ method: request.method ?? 'GET', url: request.url ?? '/', headers: request.headers, body: Buffer.concat(chunks) }, store)
    : {
        status: 401,
        headers: { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="GitOps Workbench sandbox"' },
        body: JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }),
      };
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, { 'docker-distribution-api-version': 'registry/2.0', ...(body && { 'content-length': body.length }), ...answer.headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function isLetIn(request: IncomingMessage, password: RegistryOptions['password']): boolean {
  if (!password) return true;
  return request.headers.authorization === `Basic ${Buffer.from(`${password.user}:${password.password}`).toString('base64')}`;
}
