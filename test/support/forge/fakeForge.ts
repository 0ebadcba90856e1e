/**
 * A forge on this machine for tests: it answers as GitHub's API does about the pull requests of one repository (list with pages
 * and entity tags, create, refuse), takes one token, and remembers what it was asked.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakePullRequest {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly into: string;
  readonly headSHA: string;
  readonly labels: readonly string[];
  readonly body?: string;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export const forgeToken = 'a-token-of-the-tests';

export class FakeForge {
  readonly seen: SeenRequest[] = [];
  readonly repository: string;
  /** Those that are open; replaced as a whole. */
  pullRequests: readonly FakePullRequest[] = [];
  /** What is answered instead, while set. */
  refusal: Refusal | undefined;
  readonly #server: Server;
  readonly #answerOther: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  readonly #pageSize: number;

  private constructor(server: Server, repository: string, options: FakeForgeOptions) {
    this.#server = server;
    this.repository = repository;
    this.#answerOther = options.answerOther;
    this.#pageSize = options.pageSize ?? 100;
  }

  /** @param repository `owner/name` */
  static async start(repository: string, options: FakeForgeOptions = {}): Promise<FakeForge> {
    const server = createServer();
    const forge = new FakeForge(server, repository, options);
    server.on('request', (request, response) => void forge.#answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return forge;
  }

  /** `127.0.0.1:40123`. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get address(): string {
    return `http://${this.host}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    if (!url.startsWith('/api/v3/')) {
      if (this.#answerOther) return this.#answerOther(request, response);
      return send(response, 404, { message: 'Not Found' });
    }
    this.seen.push({ method, url, authorization: headers.authorization });
    const text = await readText(request);
    const { refusal } = this;
    if (refusal) return send(response, refusal.status, refusal.body, refusal.headers);
    if (headers.authorization !== `Bearer ${forgeToken}`) return send(response, 401, { message: 'Bad credentials' });
    const { pathname, searchParams } = new URL(url, this.address);
    if (pathname !== `/api/v3/repos/${this.repository}/pulls`) return send(response, 404, { message: 'Not Found' });
    if (method === 'POST') return this.#create(JSON.parse(text) as Record<string, string>, response);
    this.#list(Number(searchParams.get('page') ?? '1'), headers['if-none-match'], response);
  }

  #create({ title = '', head = '', base = '', body = '' }: Readonly<Record<string, string>>, response: ServerResponse): void {
    const number = Math.max(0, ...this.pullRequests.map((each) => each.number)) + 1;
    const made: FakePullRequest = { number, title, branch: head, into: base, headSHA: '0'.repeat(40), labels: [], body };
    this.pullRequests = [...this.pullRequests, made];
    send(response, 201, this.#describe(made));
  }

  #list(page: number, known: string | undefined, response: ServerResponse): void {
    const shown = this.pullRequests.slice((page - 1) * this.#pageSize, page * this.#pageSize).map((each) => this.#describe(each));
    const etag = `W/"${createHash('sha256').update(JSON.stringify(shown)).digest('hex')}"`;
    if (known === etag) return send(response, 304, undefined, { etag });
    const hasNext = this.pullRequests.length > page * this.#pageSize;
    send(response, 200, shown, { etag, ...(hasNext && { link: `<${this.address}/api/v3/repos/${this.repository}/pulls?page=${page + 1}>; rel="next"` }) });
  }

  /** The shape of docs.github.com/rest/pulls/pulls, shortened. */
  #describe({ number, title, branch, into, headSHA, labels }: FakePullRequest): object {
    return {
      html_url: `${this.address}/${this.repository}/pull/${number}`,
      number,
      title,
      state: 'open',
      user: { login: 'mira' },
      labels: labels.map((name) => ({ name })),
      head: { ref: branch, sha: headSHA },
      base: { ref: into, sha: '1'.repeat(40) },
    };
  }
}

export interface FakeForgeOptions {
  /** What answers requests that are not for the API: git's, for one. */
  readonly answerOther?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly pageSize?: number;
}

function send(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
