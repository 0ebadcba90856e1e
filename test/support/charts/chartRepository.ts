/** A repository of charts on this machine, over HTTP as `helm repo` knows them, and pushing charts into a registry. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256 } from './chartArchives.js';

/** What is answered at a path; a function answers for itself. */
export type Page = string | Buffer | ((request: http.IncomingMessage, response: http.ServerResponse) => void);

export interface ChartRepository {
  readonly address: string;
  /** `GET /path authorization` of each request, in order. */
  readonly requests: readonly string[];
  /** By path, such as `/charts/index.yaml`; changes count at once. */
  readonly pages: Map<string, Page>;
  close(): Promise<void>;
}

export async function startChartRepository(pages: Readonly<Record<string, Page>> = {}): Promise<ChartRepository> {
  const known = new Map(Object.entries(pages));
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? '-'}`);
    const page = known.get(request.url ?? '');
    if (page === undefined) response.writeHead(404).end();
    else if (typeof page === 'function') page(request, response);
    else response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { address: `http://127.0.0.1:${port}`, requests, pages: known, close };
}

/** An index with versions of one chart. */
export function indexOf(name: string, versions: readonly { readonly version: string; readonly url: string; readonly digest?: string }[]): string {
  const entries = versions.map(
    ({ version, url, digest }) => `  - apiVersion: v2\n    name: ${name}\n    version: ${version}\n    urls: [${url}]\n${digest === undefined ? '' : `    digest: ${digest}\n`}`,
  );
  return `apiVersion: v1\nentries:\n  ${name}:\n${entries.join('')}`;
}

/** Pushes a chart as `helm push` does. */
export async function pushChart(host: string, repository: string, tag: string, archive: Buffer): Promise<void> {
  const config = Buffer.from('{}');
  for (const blob of [config, archive]) await pushBlob(host, repository, blob);
  const describe = (mediaType: string, blob: Buffer): object => ({ mediaType, digest: `sha256:${sha256(blob)}`, size: blob.length });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: describe('application/vnd.cncf.helm.config.v1+json', config),
    layers: [describe('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive)],
  });
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    body: manifest,
  });
  if (answer.status !== 201) throw new Error(`${tag}: ${answer.status} ${await answer.text()}`);
}

async function pushBlob(host: string, repository: string, bytes: Buffer): Promise<void> {
  const session = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(session.headers.get('location') ?? '', `http://${host}`);
  location.searchParams.set('digest', `sha256:${sha256(bytes)}`);
  const answer = await fetch(location, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array(bytes) });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
}
