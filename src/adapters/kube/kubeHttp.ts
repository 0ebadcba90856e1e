/**
 * Requests to one API server: connections that are kept, credentials that are renewed once on 401, pauses where the
 * server asks for them (429, 503 with Retry-After), and repeats of what may safely be repeated when a connection breaks, as
 * often as client-go does (rest/request.go and rest/with_retry.go v0.34: up to 10 times).
 */
import { setMaxListeners } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import zlib from 'node:zlib';
import { ClusterFailure } from '../../services/failure.js';
import type { Credentials } from './credentials.js';
import { failureOfAnswer, failureOfError, timedOut, unexpectedAnswer } from './status.js';

export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** For people, as the beginning of a failure's message: `apply Deployment shop/web`. */
  readonly what: string;
  /** True where sending it twice does no harm. */
  readonly isRepeatable: boolean;
}

export interface KubeAnswer {
  readonly status: number;
  readonly text: string;
}

/** How long to wait; smaller in tests. */
export interface KubePatience {
  /** For the whole answer, in milliseconds. */
  readonly timeout: number;
  /** Before the first repeat, in milliseconds; it doubles each time. */
  readonly pause: number;
}

export const defaultPatience: KubePatience = { timeout: 60_000, pause: 200 };

const mostRepeats = 10;
/** Of what never reached the server: users shall not wait long to hear that it is not there. */
const mostReconnects = 3;
/** Between two repeats, in milliseconds: where the server is busy, and where the line is bad. */
const longestPause = 10_000;
const longestLinePause = 2000;
/** Requests under way at a time; the rest wait for their turn. Watches don't count. */
const mostAtOnce = 32;

/** What is known of a request that is under way. */
interface Attempt {
  used: Credentials | undefined;
  /** The server answered over its connection, now or before: if it breaks, the line is bad, not gone. */
  hasReached: boolean;
}

export class KubeHttp {
  readonly server: string;
  readonly #obtain: () => Promise<Credentials>;
  readonly #patience: KubePatience;
  #credentials: Promise<Credentials> | undefined;
  /** What `#credentials` gave, unless a server refused it. */
  #latest: Credentials | undefined;
  /** Those of former credentials are kept until what is under way on them has ended. */
  #agents: readonly http.Agent[] = [];
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(server: string, obtain: () => Promise<Credentials>, patience: KubePatience = defaultPatience) {
    this.server = server;
    this.#obtain = obtain;
    this.#patience = patience;
  }

  /** Rejects with a {@link ClusterFailure} for every status of 400 or more. */
  async send(request: KubeRequest, signal: AbortSignal): Promise<KubeAnswer> {
    // Each request listens: a thousand of them at once are no leak.
    setMaxListeners(0, signal);
    let pause = this.#patience.pause;
    let renewed = false;
    for (let tries = 0; ; tries++) {
      signal.throwIfAborted();
      const attempt: Attempt = { used: undefined, hasReached: false };
      try {
        return await this.#inTurn(() => this.#sendOnce(request, attempt, signal));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ClusterFailure)) throw error;
        if (error.status === 401 && !renewed) {
          renewed = true;
          this.#forget(attempt.used);
          continue;
        }
        if (!mayRepeat(error, request, attempt.hasReached, tries)) throw error;
        await sleep(error.retryAfter === undefined ? pause : error.retryAfter * 1000, signal);
        pause = Math.min(pause * 2, error.code === 'cluster/unreachable' ? longestLinePause : longestPause);
      }
    }
  }

  /** The body of an answer as it comes in. The signal ends it. */
  async stream(request: KubeRequest, signal: AbortSignal): Promise<Readable> {
    const credentials = await this.#current();
    const answer = await this.#open(request, credentials, signal, this.#patience.timeout);
    if ((answer.statusCode ?? 0) < 400) return decoded(answer);
    const text = await this.#readAll(answer, request.what);
    if (answer.statusCode === 401) this.#forget(credentials);
    throw failureOfAnswer(answer.statusCode ?? 0, text, request.what, retryAfterOf(answer));
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay >= mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#waiting.shift()?.();
    }
  }

  async #sendOnce(request: KubeRequest, attempt: Attempt, signal: AbortSignal): Promise<KubeAnswer> {
    attempt.used = await this.#current();
    const answer = await this.#open(request, attempt.used, signal, this.#patience.timeout, attempt);
    attempt.hasReached = true;
    const status = answer.statusCode ?? 0;
    const text = await this.#readAll(answer, request.what);
    if (status >= 400) throw failureOfAnswer(status, text, request.what, retryAfterOf(answer));
    return { status, text };
  }

  async #readAll(answer: http.IncomingMessage, what: string): Promise<string> {
    try {
      return await readAll(decoded(answer), what, this.#patience.timeout);
    } catch (error) {
      if (error instanceof ClusterFailure) throw error;
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) throw unexpectedAnswer(what, error);
      throw failureOfError(new Error('the connection was closed within an answer', { cause: error }), this.server);
    }
  }

  async #current(): Promise<Credentials> {
    this.#credentials ??= this.#obtain();
    const promise = this.#credentials;
    try {
      const credentials = await promise;
      if (this.#credentials === promise) {
        this.#latest = credentials;
        this.#useAgent(credentials.agent);
      }
      return credentials;
    } catch (error) {
      if (this.#credentials === promise) this.#credentials = undefined;
      throw error;
    }
  }

  /** Requests that were refused together ask for new credentials once: what is newer than theirs stays. */
  #forget(refused: Credentials | undefined): void {
    if (refused !== this.#latest) return;
    this.#latest = undefined;
    this.#credentials = undefined;
  }

  /** Former agents keep no idle connection any more; one under way, a watch perhaps, is left to its end. */
  #useAgent(agent: http.Agent): void {
    if (this.#agents.includes(agent)) return;
    for (const former of this.#agents) {
      former.maxFreeSockets = 0;
      for (const socket of Object.values(former.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
    }
    this.#agents = [...this.#agents.filter(({ sockets }) => Object.keys(sockets).length > 0), agent];
  }

  #open(
    { method, path, body, contentType, accept, what }: KubeRequest,
    credentials: Credentials,
    signal: AbortSignal,
    timeout: number,
    attempt?: Attempt,
  ): Promise<http.IncomingMessage> {
    const url = new URL(`${credentials.server}${path}`);
    const send = url.protocol === 'http:' ? http.request : https.request;
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          method,
          agent: credentials.agent,
          signal,
          headers: {
            ...credentials.headers,
            Accept: accept ?? 'application/json',
            'User-Agent': 'gitops-workbench',
            ...(!isLoopback(url.hostname) && { 'Accept-Encoding': 'gzip' }),
            ...(body !== undefined && { 'Content-Type': contentType ?? 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }),
          },
        },
        (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
      );
      const timer = setTimeout(() => request.destroy(timedOut(what, timeout / 1000)), timeout);
      request.on('error', (error) => {
        clearTimeout(timer);
        if (attempt && request.reusedSocket) attempt.hasReached = true;
        reject(signal.aborted || error instanceof ClusterFailure ? error : failureOfError(error, credentials.server));
      });
      request.end(body);
    });
  }
}

function mayRepeat(failure: ClusterFailure, request: KubeRequest, hasReached: boolean, tries: number): boolean {
  // The server asks to come back: it has done nothing.
  if (failure.status === 429 || (failure.status >= 500 && failure.retryAfter !== undefined)) return tries < mostRepeats;
  if (failure.code === 'cluster/unreachable') return request.isRepeatable && tries < (hasReached ? mostRepeats : mostReconnects);
  return failure.status >= 500 && failure.code !== 'cluster/invalid' && request.isRepeatable && tries < mostReconnects;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

function decoded(answer: http.IncomingMessage): Readable {
  if (answer.headers['content-encoding'] !== 'gzip') return answer;
  // Whoever reads hears of an error, and one that stops reading ends the answer too.
  return pipeline(answer, zlib.createGunzip(), () => undefined);
}

function retryAfterOf(answer: http.IncomingMessage): number | undefined {
  const seconds = Number(answer.headers['retry-after']);
  return answer.headers['retry-after'] !== undefined && Number.isFinite(seconds) ? seconds : undefined;
}

/** The whole text, unless it stops coming for too long. */
function readAll(body: Readable, what: string, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => body.destroy(timedOut(what, timeout / 1000)), timeout);
    };
    wait();
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      wait();
    });
    body.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    body.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** Rejects with the signal's reason. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
