/** The cluster port over HTTP against a server that answers, stumbles and breaks as API servers and the way to them do. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';
import { KubeCluster } from '../../../src/adapters/kube/kubeCluster.js';
import { KubeHttp } from '../../../src/adapters/kube/kubeHttp.js';
import { ClusterFailure, isCancelled } from '../../../src/services/failure.js';
import type { WatchEvent } from '../../../src/services/ports.js';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

const configMap = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
const groups = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: { name: '' },
      versions: [
        {
          version: 'v1',
          resources: [
            {
              resource: 'configmaps',
              responseKind: { group: '', version: 'v1', kind: 'ConfigMap' },
              scope: 'Namespaced',
              singularResource: 'configmap',
              shortNames: ['cm'],
              verbs: ['get', 'list'],
              subresources: [],
            },
          ],
        },
      ],
    },
  ],
};

const json = (response: http.ServerResponse, status: number, value: unknown, headers: http.OutgoingHttpHeaders = {}): void => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
};
const refuse = (response: http.ServerResponse, code: number, reason: string, message: string, more: object = {}, headers: http.OutgoingHttpHeaders = {}): void =>
  json(response, code, { kind: 'Status', code, reason, message, ...more }, headers);

describe('a cluster over HTTP', () => {
  const never = new AbortController().signal;
  let server: http.Server;
  let cluster: KubeCluster;
  /** Waits for answers for a second only. */
  let impatient: KubeCluster;
  let answer: Answer;
  let seen: string[];
  let tokens: number;

  beforeEach(async () => {
    seen = [];
    tokens = 0;
    answer = (_request, response) => json(response, 200, object);
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/api') return json(response, 200, groups);
        if (request.url === '/apis') return json(response, 200, { kind: 'APIGroupDiscoveryList', items: [] });
        seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
        answer(request, response, Buffer.concat(chunks).toString());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const agent = new http.Agent({ keepAlive: true });
    const obtain = async () => ({ server: address, headers: { Authorization: `Bearer token-${++tokens}` }, agent });
    cluster = new KubeCluster('test', new KubeHttp(address, obtain, { timeout: 20_000, pause: 2 }));
    impatient = new KubeCluster('test', new KubeHttp(address, obtain, { timeout: 1000, pause: 2 }));
  });

  afterEach(() => {
    cluster.close();
    impatient.close();
    server.closeAllConnections();
    server.close();
  });

  async function failureOf(work: Promise<unknown>): Promise<ClusterFailure> {
    const error: unknown = await work.then(
      () => undefined,
      (each: unknown) => each,
    );
    assert.ok(error instanceof ClusterFailure, String(error));
    return error;
  }

  it('asks again where the server is busy and says when to come back', async () => {
    answer = (_request, response) => (seen.length < 3 ? refuse(response, 429, 'TooManyRequests', 'slow down', {}, { 'Retry-After': '0' }) : json(response, 200, object));
    assert.equal((await cluster.get(configMap, never))?.metadata.name, 'a');
    assert.equal(seen.length, 3);
  });

  it('gives up on a server that stays busy, after ten repeats', async () => {
    answer = (_request, response) => refuse(response, 429, 'TooManyRequests', 'slow down', {}, { 'Retry-After': '0' });
    assert.equal((await failureOf(cluster.get(configMap, never))).code, 'cluster/busy');
    assert.equal(seen.length, 11);
  });

  it('asks again after a connection broke', async () => {
    answer = (request, response) => (seen.length < 3 ? request.socket.destroy() : json(response, 200, object));
    assert.equal((await cluster.apply(configMap, object, { fieldManager: 'm', force: false }, never)).metadata.name, 'a');
    assert.equal(seen.length, 3);
  });

  it('asks again after an answer broke off in its middle', async () => {
    answer = (request, response) => {
      if (seen.length > 1) return json(response, 200, object);
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('{"apiVersion":', () => request.socket.destroy());
    };
    assert.equal((await cluster.get(configMap, never))?.metadata.name, 'a');
  });

  it('asks often where answers break off, for the server is there; seldom where it never answered', async () => {
    const isCut = (request: http.IncomingMessage, response: http.ServerResponse): void => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('{"apiVersion":', () => request.socket.destroy());
    };
    answer = (request, response) => (seen.length < 9 ? isCut(request, response) : json(response, 200, object));
    assert.equal((await cluster.get(configMap, never))?.metadata.name, 'a');
    seen = [];
    answer = isCut;
    const cut = await failureOf(cluster.get(configMap, never));
    assert.deepEqual([cut.code, seen.length], ['cluster/unreachable', 11]);
    assert.match(cut.message, /the connection was closed within an answer/);
    // A connection that is still open from before may be used up first.
    seen = [];
    answer = (request) => request.socket.destroy();
    assert.equal((await failureOf(cluster.get(configMap, never))).code, 'cluster/unreachable');
    assert.ok(seen.length <= 6, `asked ${seen.length} times`);
  });

  it('asks again after a compressed answer broke off in its middle, and takes one that is no gzip for what it is', async () => {
    const whole = zlib.gzipSync(JSON.stringify(object));
    answer = (request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': String(whole.length) });
      if (seen.length > 1) return void response.end(whole);
      response.write(whole.subarray(0, whole.length - 12), () => request.socket.destroy());
    };
    assert.equal((await cluster.get(configMap, never))?.metadata.name, 'a');
    assert.equal(seen.length, 2);
    answer = (_request, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('no gzip at all');
    assert.equal((await failureOf(cluster.get(configMap, never))).code, 'cluster/unexpected-answer');
  });

  it('says that an answer stopped coming', async () => {
    answer = (_request, response) => void response.writeHead(200, { 'Content-Length': '1000' }).write('{');
    assert.equal((await failureOf(impatient.get(configMap, never))).code, 'cluster/timed-out');
  });

  it('fails a watch whose refusal breaks off', async () => {
    answer = (request, response) => {
      response.writeHead(403, { 'Content-Length': '1000' });
      response.write('{"kind":', () => request.socket.destroy());
    };
    const kind = (await cluster.kinds(never))[0] ?? assert.fail();
    const watch = async (): Promise<void> => {
      for await (const event of cluster.watch(kind, { namespace: 'shop' }, '1', never)) assert.fail(event.type);
    };
    assert.equal((await failureOf(watch())).code, 'cluster/unreachable');
  });

  it('never creates twice: a create whose connection broke fails', async () => {
    answer = (request) => request.socket.destroy();
    assert.equal((await failureOf(cluster.create(configMap, object, { fieldManager: 'm' }, never))).code, 'cluster/unreachable');
    assert.equal(seen.length, 1);
  });

  it('renews credentials once when they are refused', async () => {
    const used: (string | undefined)[] = [];
    answer = (request, response) => {
      used.push(request.headers.authorization);
      if (used.length === 1) refuse(response, 401, 'Unauthorized', 'Unauthorized');
      else json(response, 200, object);
    };
    await cluster.get(configMap, never);
    assert.deepEqual(used, ['Bearer token-1', 'Bearer token-2']);
    answer = (_request, response) => refuse(response, 401, 'Unauthorized', 'Unauthorized');
    assert.equal((await failureOf(cluster.get(configMap, never))).code, 'cluster/unauthorized');
  });

  it('renews credentials once for all requests that were refused together, and breaks off none that is under way', async () => {
    let obtained = 0;
    const { server: address } = cluster;
    const obtain = async () => {
      const token = `token-${++obtained}`;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { server: address, headers: { Authorization: `Bearer ${token}` }, agent: new http.Agent({ keepAlive: true }) };
    };
    const slow = new KubeCluster('test', new KubeHttp(address, obtain, { timeout: 20_000, pause: 2 }));
    let endCreate: () => void = () => undefined;
    const isWaiting = new Promise<void>((resolve) => {
      answer = (request, response) => {
        if (request.method === 'POST') {
          endCreate = () => json(response, 201, object);
          resolve();
        } else if (request.headers.authorization === 'Bearer token-1') refuse(response, 401, 'Unauthorized', 'Unauthorized');
        else json(response, 200, object);
      };
    });
    const create = slow.create(configMap, object, { fieldManager: 'm' }, never);
    await isWaiting;
    await Promise.all(Array.from({ length: 20 }, () => slow.get(configMap, never)));
    endCreate();
    await create;
    assert.equal(obtained, 2);
    slow.close();
  });

  it('says that a server is silent', async () => {
    answer = () => undefined;
    const failure = await failureOf(impatient.create(configMap, object, { fieldManager: 'm' }, never));
    assert.equal(failure.code, 'cluster/timed-out');
    assert.match(failure.message, /^create ConfigMap shop\/a: no answer within 1 seconds\.$/);
  });

  it('stops at once when it is cancelled', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const work = cluster.get(configMap, stop.signal);
    setTimeout(() => stop.abort(), 20);
    await assert.rejects(work, (error) => isCancelled(error));
  });

  it('tells conflicts with their owners and fields', async () => {
    const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl" using v1', field: '.data.x' }];
    answer = (_request, response) => refuse(response, 409, 'Conflict', 'Apply failed with 1 conflict', { details: { causes } });
    const failure = await failureOf(cluster.apply(configMap, object, { fieldManager: 'm', force: false }, never));
    assert.deepEqual([failure.code, failure.reason, failure.causes], ['cluster/conflict', 'Conflict', causes]);
  });

  it('takes an apply that the server cannot merge for invalid, and sends it once', async () => {
    const message = 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .dta: field not declared in schema';
    answer = (_request, response) => refuse(response, 500, '', message);
    const failure = await failureOf(cluster.apply(configMap, object, { fieldManager: 'm', force: true, dryRun: true }, never));
    assert.deepEqual([failure.code, failure.message.endsWith(message), seen.length], ['cluster/invalid', true, 1]);
  });

  it('sends an apply as the server wants it', async () => {
    let type: string | undefined;
    answer = (request, response) => {
      type = request.headers['content-type'];
      json(response, 200, object);
    };
    await cluster.apply(configMap, object, { fieldManager: 'gitops workbench', force: true, dryRun: true }, never);
    assert.deepEqual(seen, ['PATCH /api/v1/namespaces/shop/configmaps/a?fieldManager=gitops+workbench&dryRun=All&force=true']);
    assert.equal(type, 'application/apply-patch+yaml');
  });

  it('gives undefined for what is not there, and false for deleting it', async () => {
    answer = (_request, response) => refuse(response, 404, 'NotFound', 'configmaps "a" not found');
    assert.equal(await cluster.get(configMap, never), undefined);
    assert.equal(await cluster.delete(configMap, {}, never), false);
  });

  it('says that a kind is not served', async () => {
    assert.equal((await failureOf(cluster.get({ ...configMap, kind: 'Widget' }, never))).code, 'cluster/kind-not-served');
    assert.deepEqual(seen, []);
  });

  it('says that a page is no API server', async () => {
    answer = (_request, response) => void response.end('<html>Sign in</html>');
    assert.equal((await failureOf(cluster.get(configMap, never))).code, 'cluster/unexpected-answer');
  });

  it('reads compressed answers', async () => {
    answer = (_request, response) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(zlib.gzipSync(JSON.stringify(object)));
    assert.equal((await cluster.get(configMap, never))?.metadata.name, 'a');
  });

  it('lists page by page, with kinds filled in', async () => {
    const [kind] = await cluster.kinds(never);
    assert.ok(kind);
    answer = (request, response) => {
      const next = new URL(request.url ?? '', 'http://x').searchParams.get('continue');
      json(response, 200, { metadata: { resourceVersion: '7', ...(next === null && { continue: 'more' }) }, items: [{ metadata: { name: next ?? 'first' } }] });
    };
    const { items, resourceVersion } = await cluster.list(kind, { namespace: 'shop', labelSelector: 'a=b' }, never);
    assert.deepEqual(
      items.map((each) => [each.kind, each.metadata.name]),
      [
        ['ConfigMap', 'first'],
        ['ConfigMap', 'more'],
      ],
    );
    assert.equal(resourceVersion, '7');
    assert.match(seen[0] ?? '', /^GET \/api\/v1\/namespaces\/shop\/configmaps\?labelSelector=a%3Db&limit=500$/);
  });

  it('lists all at once where the version of the first page is gone before the last was read', async () => {
    const [kind] = await cluster.kinds(never);
    assert.ok(kind);
    answer = (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      if (searchParams.has('continue')) refuse(response, 410, 'Expired', 'The provided continue parameter is too old');
      else if (searchParams.has('limit')) json(response, 200, { metadata: { resourceVersion: '7', continue: 'more' }, items: [{ metadata: { name: 'old' } }] });
      else json(response, 200, { metadata: { resourceVersion: '9' }, items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
    };
    const { items, resourceVersion } = await cluster.list(kind, { namespace: 'shop' }, never);
    assert.deepEqual([items.map(({ metadata }) => metadata.name), resourceVersion], [['a', 'b'], '9']);
    assert.equal(seen.length, 3);
  });

  async function collect(): Promise<{ events: WatchEvent[]; failure: unknown }> {
    const [kind] = await cluster.kinds(never);
    assert.ok(kind);
    const events: WatchEvent[] = [];
    try {
      for await (const event of cluster.watch(kind, {}, '7', never)) events.push(event);
    } catch (failure) {
      return { events, failure };
    }
    return { events, failure: undefined };
  }

  it('watches lines however they are cut', async () => {
    answer = (_request, response) => {
      const text = `${JSON.stringify({ type: 'ADDED', object: { ...object, data: { x: 'ä' } } })}\n${JSON.stringify({ type: 'BOOKMARK', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { resourceVersion: '9' } } })}\n`;
      const bytes = Buffer.from(text);
      const cut = bytes.indexOf('ä') + 1;
      response.write(bytes.subarray(0, cut), () => setTimeout(() => response.end(bytes.subarray(cut)), 10));
    };
    const { events, failure } = await collect();
    assert.equal(failure, undefined);
    assert.deepEqual(
      events.map(({ type, object: each }) => [type, each.metadata.resourceVersion, each['data']]),
      [
        ['added', undefined, { x: 'ä' }],
        ['bookmark', '9', undefined],
      ],
    );
  });

  it('says that a version is gone, whichever way the server does', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    answer = (_request, response) => void response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    const { failure } = await collect();
    assert.ok(failure instanceof ClusterFailure && failure.code === 'cluster/gone');
    answer = (_request, response) => json(response, 410, status);
    const { failure: atOnce } = await collect();
    assert.ok(atOnce instanceof ClusterFailure && atOnce.code === 'cluster/gone');
  });

  it('fails when a watch breaks off', async () => {
    answer = (request, response) => void response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`, () => setTimeout(() => request.socket.destroy(), 10));
    const { events, failure } = await collect();
    assert.equal(events.length, 1);
    assert.ok(failure instanceof ClusterFailure && failure.code === 'cluster/unreachable');
  });
});
