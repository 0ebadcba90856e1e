/** A server that answers as registries (and what pretends to be one) do: each test says how. It notes what it was asked. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly accept: string;
  readonly body: string;
}

export type Answer = (request: SeenRequest, response: http.ServerResponse) => void;

export interface ScriptedRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly seen: SeenRequest[];
  answer: Answer;
  close(): Promise<void>;
}

/** Starts a server on the loopback; it answers 404 until it is told otherwise. */
export async function startScriptedRegistry(answer: Answer = (_request, response) => void response.writeHead(404).end()): Promise<ScriptedRegistry> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, url, authorization: headers.authorization, accept: headers.accept ?? '', body: Buffer.concat(chunks).toString('utf8') };
      registry.seen.push(seen);
      registry.answer(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: ScriptedRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    answer,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return registry;
}

/** Answers a value as JSON. */
export function sendJson(response: http.ServerResponse, status: number, value: unknown, headers: http.OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** Refuses as registries do. */
export function refuse(response: http.ServerResponse, status: number, code: string, headers: http.OutgoingHttpHeaders = {}): void {
  sendJson(response, status, { errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] }, headers);
}

export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';

/** Answers a text with its digest, as a manifest. */
export function sendManifest(response: http.ServerResponse, text: string, type = ociManifest): void {
  response.writeHead(200, { 'Content-Type': type, 'Docker-Content-Digest': sha256(text), 'Content-Length': Buffer.byteLength(text) }).end(text);
}

export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
