/** A cluster as a colleague with kubectl has it: reads and changes objects by its API, for suites that look at what the window shows of that. */
import fs from 'node:fs';
import https from 'node:https';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly { readonly name: string; readonly context: { readonly cluster: string; readonly user: string } }[];
  readonly clusters: readonly { readonly name: string; readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }[];
  readonly users: readonly { readonly name: string; readonly user: { readonly token: string } }[];
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export class ClusterClient {
  readonly context: string;
  readonly #server: string;
  readonly #ca: string;
  readonly #token: string;

  /** @param file a kubeconfig with a token; its current context is used */
  constructor(file: string) {
    const config = parse(fs.readFileSync(file, 'utf8')) as Kubeconfig;
    this.context = config['current-context'];
    const context = config.contexts.find(({ name }) => name === this.context)?.context;
    const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
    this.#server = cluster?.server ?? '';
    this.#ca = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString('utf8');
    this.#token = config.users.find(({ name }) => name === context?.user)?.user.token ?? '';
  }

  get(path: string): Promise<Answer> {
    return this.#send('GET', path);
  }

  create(path: string, object: unknown): Promise<Answer> {
    return this.#send('POST', path, object);
  }

  delete(path: string): Promise<Answer> {
    return this.#send('DELETE', path);
  }

  /** A merge patch by somebody called `manager`. */
  patch(path: string, patch: unknown, manager = 'kubectl-edit'): Promise<Answer> {
    return this.#send('PATCH', `${path}?fieldManager=${manager}`, patch, 'application/merge-patch+json');
  }

  #send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#token}`, accept: 'application/json', ...(body !== undefined && { 'content-type': type }) };
    return new Promise((done, fail) => {
      const request = https.request(new URL(path, this.#server), { method, headers, ca: this.#ca, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => done({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }));
      });
      request.once('error', fail);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
