/**
 * One request to a registry: bounded in time and size, with redirects followed by hand. Credentials are given for one
 * origin and never leave it: a redirect to blob storage goes without them. Nothing goes from https to http.
 */
import http from 'node:http';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { RegistryFailure } from '../../services/failure.js';
import { openTunnel } from './proxy.js';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the origin of `url` alone. */
  readonly authorization: string | undefined;
  readonly body?: string;
  /** The most bytes of a body that are read. */
  readonly mostBytes: number;
  /** The registry's host, as people know it. */
  readonly host: string;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How long to wait; smaller in tests. */
export interface RegistryPatience {
  /** For the head of an answer, and between two parts of its body, in milliseconds. */
  readonly timeout: number;
  /** For an answer as a whole, with its redirects. */
  readonly whole: number;
  /** Before the first repeat, in milliseconds; it doubles each time. */
  readonly pause: number;
  /** The longest wait that a registry may ask for; what asks for more fails at once, in milliseconds. */
  readonly longestWait: number;
}

export const defaultPatience: RegistryPatience = { timeout: 15_000, whole: 60_000, pause: 250, longestWait: 3_000 };

const mostRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Connections of one client. */
export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
  /** For hosts that a user configured as insecure: any certificate will do. */
  readonly unchecked: https.Agent;
  /** The proxy that a URL is asked through; undefined where it is asked directly. */
  readonly proxyFor: (url: URL) => URL | undefined;
  /** True for the host of a URL whose certificate isn't checked, and that may be spoken to in plain http. */
  readonly isInsecure: (host: string) => boolean;
}

/** The answer, whatever its status; rejects with a {@link RegistryFailure}, or as the signal does. */
export async function sendRequest(request: RegistryRequest, agents: Agents, patience: RegistryPatience, signal: AbortSignal): Promise<RegistryAnswer> {
  const deadline = AbortSignal.timeout(patience.whole);
  const either = AbortSignal.any([signal, deadline]);
  try {
    return await follow(request, agents, patience, either);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RegistryFailure) throw error;
    if (deadline.aborted) throw timedOut(request.host, patience.whole, error);
    throw unreachable(request.host, error);
  }
}

async function follow(request: RegistryRequest, agents: Agents, patience: RegistryPatience, signal: AbortSignal): Promise<RegistryAnswer> {
  let { url, authorization } = request;
  for (let count = 0; ; count++) {
    refuseUnsafe(url, request, agents);
    const answer = await sendOnce({ ...request, url, authorization }, agents, patience.timeout, signal);
    const { location } = answer.headers;
    if (!redirects.has(answer.status) || location === undefined || request.method === 'POST') return answer;
    if (count === mostRedirects) throw unexpected(request.host, `redirects more than ${mostRedirects} times`);
    const next = parseUrl(location, url);
    if (!next) throw unexpected(request.host, 'redirects to no address');
    if (url.protocol === 'https:' && next.protocol !== 'https:') throw unsafe(request.host, `redirects to ${next.host} without encryption`);
    if (next.origin !== url.origin) authorization = undefined;
    url = next;
  }
}

/** A URL relative to another one; undefined for what is none. */
export function parseUrl(text: string, base: URL): URL | undefined {
  return URL.canParse(text, base.href) ? new URL(text, base) : undefined;
}

function refuseUnsafe(url: URL, { host }: RegistryRequest, { isInsecure }: Agents): void {
  if (url.protocol === 'https:') return;
  if (url.protocol !== 'http:') throw unexpected(host, `leads to an address with ${url.protocol}`);
  if (!isInsecure(url.host)) throw unsafe(host, `would be asked at ${url.host} without encryption`);
}

async function sendOnce(request: RegistryRequest, agents: Agents, timeout: number, signal: AbortSignal): Promise<RegistryAnswer> {
  const { url, method, headers, authorization, body } = request;
  const isPlain = url.protocol === 'http:';
  const isUnchecked = !isPlain && agents.isInsecure(url.host);
  const tunnel = await tunnelFor(request, agents, { isUnchecked, timeout }, signal);
  const agent = isPlain ? agents.http : isUnchecked ? agents.unchecked : agents.https;
  return new Promise((resolve, reject) => {
    const sent = (isPlain ? http : https).request(
      url,
      {
        method,
        ...(tunnel ? { createConnection: () => tunnel } : { agent }),
        signal,
        headers: {
          'User-Agent': 'gitops-workbench',
          ...headers,
          ...(authorization !== undefined && { Authorization: authorization }),
          ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) }),
        },
      },
      (answer) => {
        readBody(answer, request, timeout).then(
          (read) => {
            clearTimeout(timer);
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: read });
          },
          (error: unknown) => {
            clearTimeout(timer);
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      },
    );
    const timer = setTimeout(() => sent.destroy(timedOut(request.host, timeout)), timeout);
    sent.on('response', () => clearTimeout(timer));
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}

/** The connection through a proxy, for one request; undefined where none is taken. */
async function tunnelFor(
  { url, host }: RegistryRequest,
  { proxyFor }: Agents,
  { isUnchecked, timeout }: { readonly isUnchecked: boolean; readonly timeout: number },
  signal: AbortSignal,
): Promise<TLSSocket | undefined> {
  const proxy = proxyFor(url);
  if (!proxy) return undefined;
  const late = AbortSignal.timeout(timeout);
  try {
    return await openTunnel(proxy, url, { isUnchecked, signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    throw late.aborted && !signal.aborted ? timedOut(host, timeout, error) : error;
  }
}

/** The body, unless it grows too large or stops coming. */
function readBody(answer: http.IncomingMessage, { mostBytes, host }: RegistryRequest, timeout: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: Error): void => {
      clearTimeout(timer);
      answer.destroy(error);
      reject(error);
    };
    let timer = setTimeout(() => stop(timedOut(host, timeout)), timeout);
    answer.on('data', (chunk: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(() => stop(timedOut(host, timeout)), timeout);
      size += chunk.length;
      if (size > mostBytes)
        stop(
          new RegistryFailure(
            'registry/too-large',
            `${host} answers with more than ${Math.round(mostBytes / 1024)} KiB.`,
            'Look at the repository with another tool.',
            host,
            undefined,
          ),
        );
      else chunks.push(chunk);
    });
    answer.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    answer.once('error', stop);
    answer.once('close', () => {
      if (!answer.complete) stop(new Error('the connection was closed within an answer'));
    });
  });
}

function timedOut(host: string, milliseconds: number, cause?: unknown): RegistryFailure {
  return new RegistryFailure('registry/timed-out', `${host} did not answer within ${milliseconds / 1000} seconds.`, 'Check the network and try again.', host, undefined, { cause });
}

function unreachable(host: string, cause: unknown): RegistryFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RegistryFailure('registry/unreachable', `${host} can't be reached: ${reason}.`, 'Check its name and the network.', host, undefined, { cause });
}

function unsafe(host: string, what: string): RegistryFailure {
  return new RegistryFailure('registry/unsafe-address', `${host} ${what}.`, 'Add it to the registries that may be spoken to without encryption, if it is yours.', host, undefined);
}

/** A registry that does not behave as one. @param what the rest of the sentence that begins with its host */
export function unexpected(host: string, what: string): RegistryFailure {
  return new RegistryFailure('registry/unexpected-answer', `${host} ${what}.`, 'Check that this is a registry of images.', host, undefined);
}
