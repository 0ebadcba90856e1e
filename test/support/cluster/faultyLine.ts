/**
 * A line to an API server that understands what goes over it: it may refuse a request, lose its answer, keep it waiting, break
 * the connection, and hold back the events of watches and end them. It takes tokens of its own, and lets the server refuse all others.
 */
import http from 'node:http';
import https from 'node:https';
import type { Credentials } from '../../../src/adapters/kube/credentials.js';

/** What becomes of one request. */
export type LineFault =
  /** It never reaches the server. @param retryAfter in seconds */
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfter?: number }
  /** The server does it, and this stands in the place of its answer. */
  | { readonly kind: 'loseAnswer'; readonly status: number }
  /** It reaches the server late. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The connection breaks before the server does it, or when it has done it: without a byte of the answer, or within it. */
  | { readonly kind: 'break'; readonly when: 'before' | 'behind' | 'within' }
  /** Nobody ever answers. */
  | { readonly kind: 'silence' };

export interface LineRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** How often the same was asked before. */
  readonly before: number;
  /** True where it changes something: no reading, no dry run. */
  readonly isWrite: boolean;
}

export interface FaultyLine {
  readonly address: string;
  /** Tokens that stand for the credentials that the line has. */
  readonly tokens: Set<string>;
  /** Undefined lets a request pass. */
  fault: (request: LineRequest) => LineFault | undefined;
  /** From now on no event of a watch that is open comes through. */
  holdWatches(): void;
  /** Ends the watches that are held as a server does whose history no longer reaches back; how many there were. */
  expireWatches(): number;
  /** Resolves when the server has ended everything that was passed on, but for watches, whether or not somebody waits for it. */
  whenIdle(): Promise<void>;
  close(): Promise<void>;
}

interface OpenWatch {
  readonly response: http.ServerResponse;
  isHeld: boolean;
}

export async function startFaultyLine(credentials: Credentials): Promise<FaultyLine> {
  const watches = new Set<OpenWatch>();
  const asked = new Map<string, number>();
  const tokens = new Set<string>();
  let underWay = 0;

  const passOn = (request: http.IncomingMessage, body: Buffer, response: http.ServerResponse, fault: LineFault | undefined): void => {
    const isKnown = tokens.has((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    const own = isKnown ? credentials.headers : { Authorization: 'Bearer of-yesterday' };
    const { authorization: _dropped, host: _replaced, ...headers } = request.headers;
    const url = new URL(`${credentials.server}${request.url ?? ''}`);
    const options = { method: request.method, agent: credentials.agent, headers: { ...headers, ...own } };
    const isWatch = url.searchParams.get('watch') === '1';
    if (!isWatch) underWay++;
    const upstream = https.request(url, options, (answer) => {
      if (fault?.kind === 'loseAnswer') {
        answer.resume();
        answer.once('end', () => refuse(response, fault.status));
        return;
      }
      if (fault?.kind === 'break') return breakAnswer(answer, response, fault.when === 'within');
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      if (isWatch) passWatch(answer, response);
      else {
        answer.pipe(response);
        // Nobody may be there to read it any more.
        response.once('close', () => answer.resume());
      }
    });
    upstream.once('error', () => response.destroy());
    if (isWatch) response.once('close', () => upstream.destroy());
    else upstream.once('close', () => underWay--);
    upstream.end(body);
  };

  const passWatch = (answer: http.IncomingMessage, response: http.ServerResponse): void => {
    const watch: OpenWatch = { response, isHeld: false };
    watches.add(watch);
    response.once('close', () => watches.delete(watch));
    response.flushHeaders();
    let rest = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      if (!watch.isHeld) for (const line of lines) response.write(`${line}\n`);
    });
    answer.once('end', () => response.end());
    answer.once('error', () => response.destroy());
  };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { method = '', url: path = '' } = request;
      const key = `${method} ${path}`;
      const before = asked.get(key) ?? 0;
      asked.set(key, before + 1);
      const fault = line.fault({ method, path, before, isWrite: method !== 'GET' && !path.includes('dryRun=') && !path.includes('selfsubjectaccessreviews') });
      const body = Buffer.concat(chunks);
      switch (fault?.kind) {
        case 'silence':
          return;
        case 'refuse':
          return refuse(response, fault.status, fault.retryAfter);
        case 'delay':
          setTimeout(() => passOn(request, body, response, undefined), fault.milliseconds);
          return;
        case 'break':
          if (fault.when === 'before') response.destroy();
          else passOn(request, body, response, fault);
          return;
        default:
          passOn(request, body, response, fault);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();

  const line: FaultyLine = {
    address: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    tokens,
    fault: () => undefined,
    holdWatches: () => {
      for (const watch of watches) watch.isHeld = true;
    },
    expireWatches: () => {
      const held = [...watches].filter(({ isHeld }) => isHeld);
      for (const { response } of held) response.end(`${JSON.stringify({ type: 'ERROR', object: statusOf(410) })}\n`);
      return held.length;
    },
    whenIdle: async () => {
      while (underWay > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    close: () => {
      server.closeAllConnections();
      credentials.agent.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return line;
}

/** Closes the connection when the server has answered; where it is within the answer, behind the first half of it. */
function breakAnswer(answer: http.IncomingMessage, response: http.ServerResponse, isWithin: boolean): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.once('end', () => {
    if (!isWithin) return void response.destroy();
    const body = Buffer.concat(chunks);
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
  });
}

const reasons: Readonly<Record<number, string>> = { 410: 'Expired', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable' };

function statusOf(code: number): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason: reasons[code] ?? '', message: `the line says ${code}` };
}

function refuse(response: http.ServerResponse, status: number, retryAfter?: number): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }) }).end(JSON.stringify(statusOf(status)));
}
