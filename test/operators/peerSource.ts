/** Stands in for Flux's source-controller: serves a folder as an artifact and keeps a GitRepository's status as that does. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { idOfLive, type LiveObject } from '../../src/core/live/liveObject.js';
import { textAt } from '../../src/core/live/readFields.js';
import type { ResId } from '../../src/core/objects/resId.js';
import type { Cluster } from '../../src/services/ports.js';
import { never, put, read } from './peer.js';

export class PeerSource {
  readonly #archives = new Map<string, Buffer>();
  readonly #server = http.createServer((request, response) => {
    const archive = this.#archives.get(request.url ?? '');
    response.writeHead(archive ? 200 : 404).end(archive);
  });
  #files: Readonly<Record<string, string>> = {};
  #revision = '';
  #timer: NodeJS.Timeout | undefined;
  id: ResId | undefined;

  constructor(readonly cluster: Cluster) {}

  async start(namespace: string, name: string): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const object: LiveObject = {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name, namespace },
      spec: { url: 'https://git.example.com/shop.git', ref: { branch: 'main' }, interval: '10m' },
    };
    this.id = idOfLive(await put(this.cluster, object));
  }

  /** The next state of the repository; it is fetched when the source is asked to. The commit that it has. */
  set(files: Readonly<Record<string, string>>): string {
    this.#files = files;
    const commit = createHash('sha1').update(JSON.stringify(files)).digest('hex');
    this.#revision = `main@sha1:${commit}`;
    return commit;
  }

  /** Answers requests to reconcile from now on. */
  answer(): void {
    this.#timer = setInterval(() => void this.#look(), 100);
  }

  ignore(): void {
    clearInterval(this.#timer);
  }

  async stop(): Promise<void> {
    this.ignore();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #look(): Promise<void> {
    if (this.id === undefined) return;
    const object = await read(this.cluster, this.id);
    const asked = object.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'];
    if (asked !== undefined && asked !== textAt(object, 'status', 'lastHandledReconcileAt')) await this.fetch(asked);
  }

  /** Puts the state into an artifact. */
  async fetch(handled?: string): Promise<void> {
    if (this.id === undefined) return;
    const archive = pack(this.#files);
    const digest = createHash('sha256').update(archive).digest('hex');
    const place = `/gitrepository/${this.id.namespace}/${this.id.name}/${digest}.tar.gz`;
    this.#archives.set(place, archive);
    const { port } = this.#server.address() as AddressInfo;
    const { metadata } = await read(this.cluster, this.id);
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const status = {
      observedGeneration: metadata.generation ?? 1,
      artifact: {
        url: `http://127.0.0.1:${String(port)}${place}`,
        path: place.slice(1),
        digest: `sha256:${digest}`,
        revision: this.#revision,
        lastUpdateTime: now,
        size: archive.length,
      },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Succeeded',
          message: `stored artifact for revision '${this.#revision}'`,
          lastTransitionTime: now,
          observedGeneration: metadata.generation ?? 1,
        },
      ],
      ...(handled === undefined ? {} : { lastHandledReconcileAt: handled }),
    };
    await this.cluster.patch(this.id, 'merge', { status }, { fieldManager: 'source-controller', subresource: 'status' }, never);
  }
}

function pack(files: Readonly<Record<string, string>>): Buffer {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'operators-test-'));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  const archive = execFileSync('tar', ['-C', folder, '-czf', '-', '.']);
  fs.rmSync(folder, { recursive: true });
  return archive;
}
