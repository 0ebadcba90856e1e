/**
 * Syncs and watches over a connection that breaks, slows down, refuses and forgets, on the sandbox and on a real API server:
 * nothing may be lost or orphaned, and the next sync must complete.
 */
import assert from 'node:assert/strict';
import http from 'node:http';
import { KubeconfigFiles, type Credentials } from '../../src/adapters/kube/credentials.js';
import { KubeCluster } from '../../src/adapters/kube/kubeCluster.js';
import { KubeHttp } from '../../src/adapters/kube/kubeHttp.js';
import { applySetOf } from '../../src/core/live/applySet.js';
import { isJsonObject } from '../../src/core/live/json.js';
import type { LiveObject } from '../../src/core/live/liveObject.js';
import { LiveObjects } from '../../src/services/liveObjects.js';
import type { Cluster } from '../../src/services/ports.js';
import { describeOnClusters, type TestCluster } from '../support/cluster/clusters.js';
import { startFaultyLine, type FaultyLine, type LineFault, type LineRequest } from '../support/cluster/faultyLine.js';
import { connectTo, syncOn } from '../support/clusterSync.js';

const never = new AbortController().signal;
const config = (index: number, value: number): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${index}}\ndata: {a: "${value}"}\n`;
const many = (from: number, to: number, value: number): string => Array.from({ length: to - from }, (_, index) => config(from + index, value)).join('');

/** `c3=1`: the ConfigMaps of the environment that are there and stay, with what they say. */
async function keptIn(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const kind = await configMaps(cluster);
  const { items } = await cluster.list(kind, { namespace }, never);
  return items
    .filter((item) => applySetOf(item) !== undefined && item.metadata.deletionTimestamp === undefined)
    .map(tellContent)
    .sort();
}

async function configMaps(cluster: Cluster): Promise<Awaited<ReturnType<Cluster['kinds']>>[number]> {
  const kind = (await cluster.kinds(never)).find(({ group, kind: name }) => group === '' && name === 'ConfigMap');
  assert.ok(kind);
  return kind;
}

function tellContent({ metadata, ...rest }: LiveObject): string {
  const data = rest['data'];
  const value = isJsonObject(data) ? data['a'] : undefined;
  return `${metadata.name}=${typeof value === 'string' ? value : ''}`;
}

const contentOf = (from: number, to: number, value: number): readonly string[] => Array.from({ length: to - from }, (_, index) => `c${from + index}=${value}`).sort();

interface OnLine {
  readonly line: FaultyLine;
  /** Over the line; its token is the latest that was given out. */
  readonly cluster: Cluster;
  readonly direct: Cluster;
  readonly namespace: string;
  /** How often credentials were asked for. */
  readonly obtained: () => number;
  readonly close: () => Promise<void>;
}

const patience = { timeout: 30_000, pause: 20 };

async function connectOverLine(testCluster: TestCluster, options = patience): Promise<OnLine> {
  const namespace = await testCluster.makeNamespace();
  const files = new KubeconfigFiles([testCluster.kubeconfigPath]);
  const line = await startFaultyLine(await files.credentialsOf(files.contexts.current ?? '', false)());
  let obtained = 0;
  // A program that logs in takes a while.
  const obtain = async (): Promise<Credentials> => {
    const token = `token-${++obtained}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { server: line.address, headers: { Authorization: `Bearer ${token}` }, agent: new http.Agent({ keepAlive: true }) };
  };
  line.tokens.add('token-1');
  const cluster = new KubeCluster('line', new KubeHttp(line.address, obtain, options));
  const direct = await connectTo(testCluster.kubeconfigPath);
  const close = async (): Promise<void> => {
    cluster.close();
    direct.close();
    await line.close();
  };
  return { line, cluster, direct, namespace, obtained: () => obtained, close };
}

/** Of each third thing that is asked, the first time; the faults in turn. */
function eachThird(faults: readonly LineFault[], concerns: (request: LineRequest) => boolean = () => true): { readonly fault: FaultyLine['fault']; readonly count: () => number } {
  let seen = 0;
  let count = 0;
  const fault: FaultyLine['fault'] = (request) => (request.before === 0 && concerns(request) && seen++ % 3 === 0 ? faults[count++ % faults.length] : undefined);
  return { fault, count: () => count };
}

describeOnClusters('Syncs over a bad line', (testCluster) => {
  it('are done all the same, and leave nothing behind', async () => {
    const { line, cluster, direct, namespace, close } = await connectOverLine(testCluster);
    const places = ['within', 'behind', 'before'] as const;
    let asked = 0;
    const broken = { before: 0, behind: 0, within: 0 };
    // Of each third thing that is asked, the first three times: a connection that never reached the server is made anew thrice.
    const chosen = new Set<string>();
    line.fault = ({ method, path, before }) => {
      const key = `${method} ${path}`;
      if (before === 0 && asked++ % 3 === 0) chosen.add(key);
      if (!chosen.has(key) || before >= 3) return undefined;
      const when = places[(chosen.size + before) % 3] ?? 'within';
      broken[when]++;
      return { kind: 'break', when };
    };
    try {
      const first = await syncOn(cluster, namespace, many(0, 30, 1));
      assert.equal(first.run.result, 'done', first.run.message);
      const second = await syncOn(cluster, namespace, many(15, 45, 2));
      assert.equal(second.run.result, 'done', second.run.message);
      for (const when of places) assert.ok(broken[when] > 10, `${broken[when]} connections were broken ${when} the answer`);
      assert.deepEqual(await keptIn(direct, namespace), contentOf(15, 45, 2));
    } finally {
      await close();
    }
  });
});

const isWriteOfObject = ({ isWrite, path: where }: LineRequest): boolean => isWrite && !where.includes('/configmaps/set');

const troubles: readonly { readonly what: string; readonly faults: readonly LineFault[] }[] = [
  { what: 'asks to slow down (429)', faults: [{ kind: 'refuse', status: 429, retryAfter: 0 }] },
  {
    what: 'breaks down before and behind what it does (500, 503)',
    faults: [500, 503].flatMap((status) => [{ kind: 'refuse', status } as const, { kind: 'loseAnswer', status } as const]),
  },
  { what: 'is slow', faults: [{ kind: 'delay', milliseconds: 250 }] },
];

describeOnClusters('Syncs with a server in trouble', (testCluster) => {
  let on: OnLine;
  afterEach(() => on.close());

  for (const { what, faults } of troubles) {
    it(`that ${what} again and again are done all the same, and leave nothing behind`, async () => {
      on = await connectOverLine(testCluster);
      const { fault, count } = eachThird(faults);
      on.line.fault = fault;
      for (const [manifests, kept] of [
        [many(0, 12, 1), contentOf(0, 12, 1)],
        [many(6, 18, 2), contentOf(6, 18, 2)],
      ] as const) {
        const { run } = await syncOn(on.cluster, on.namespace, manifests);
        assert.equal(run.result, 'done', run.message);
        assert.deepEqual(await keptIn(on.direct, on.namespace), kept);
      }
      assert.ok(count() >= 10, `${count()} faults`);
    });
  }

  it('that loses the answers to what is created and replaced whole are done all the same', async () => {
    on = await connectOverLine(testCluster);
    const whole = (value: number): string => many(0, 6, value).replaceAll('metadata: {', "metadata: {annotations: {argocd.argoproj.io/sync-options: 'Replace=true'}, ");
    const lost: string[] = [];
    on.line.fault = (request) => {
      if (!isWriteOfObject(request) || request.before > 0) return undefined;
      lost.push(request.method);
      return { kind: 'break', when: 'behind' };
    };
    const first = await syncOn(on.cluster, on.namespace, whole(1));
    assert.equal(first.run.result, 'done', first.run.message);
    assert.ok(first.run.objects.every(({ action }) => action === 'created'));
    assert.ok((await syncOn(on.cluster, on.namespace, whole(1))).run.objects.every(({ action }) => action === 'unchanged'));
    const second = await syncOn(on.cluster, on.namespace, whole(2));
    assert.equal(second.run.result, 'done', second.run.message);
    assert.ok(second.run.objects.every(({ action }) => action === 'changed'));
    assert.deepEqual(await keptIn(on.direct, on.namespace), contentOf(0, 6, 2));
    assert.deepEqual([lost.includes('POST'), lost.filter((method) => method === 'PUT').length], [true, 6], lost.join(' '));
  });

  it('that says when to come back is not asked the same before', async () => {
    on = await connectOverLine(testCluster);
    const refused = new Map<string, number>();
    const pauses: number[] = [];
    on.line.fault = (request) => {
      const key = `${request.method} ${request.path}`;
      const since = refused.get(key);
      if (since !== undefined) pauses.push(performance.now() - since);
      refused.delete(key);
      if (!isWriteOfObject(request) || request.before > 0) return undefined;
      refused.set(key, performance.now());
      return { kind: 'refuse', status: 429, retryAfter: 1 };
    };
    const { run } = await syncOn(on.cluster, on.namespace, many(0, 4, 1));
    assert.equal(run.result, 'done', run.message);
    assert.equal(pauses.length, 4);
    assert.ok(Math.min(...pauses) >= 990, `asked again after ${Math.min(...pauses)} ms`);
    assert.deepEqual(await keptIn(on.direct, on.namespace), contentOf(0, 4, 1));
  });

  it('that never answers some writes are done all the same', async () => {
    on = await connectOverLine(testCluster, { ...patience, timeout: 8000 });
    const { fault, count } = eachThird([{ kind: 'silence' }], isWriteOfObject);
    on.line.fault = fault;
    const { run } = await syncOn(on.cluster, on.namespace, many(0, 6, 1));
    assert.equal(run.result, 'done', run.message);
    assert.deepEqual([count(), await keptIn(on.direct, on.namespace)], [2, contentOf(0, 6, 1)]);
  });

  it('that takes the token no more in their middle fail and say so; with a good one the next completes', async () => {
    on = await connectOverLine(testCluster);
    assert.equal((await syncOn(on.cluster, on.namespace, many(0, 20, 1))).run.result, 'done');
    let writes = 0;
    on.line.fault = (request) => {
      // Of 16 at a time: some were answered before.
      if (isWriteOfObject(request) && ++writes > 20) on.line.tokens.clear();
      return undefined;
    };
    const { run } = await syncOn(on.cluster, on.namespace, many(10, 40, 2));
    assert.equal(run.result, 'failed');
    assert.match(run.message, /Unauthorized/);
    assert.match(run.message, /Sign in again, or choose a context with valid credentials\./);
    await on.line.whenIdle();
    const between = await keptIn(on.direct, on.namespace);
    assert.ok(between.some((text) => text.endsWith('=2')) && between.some((text) => text.endsWith('=1')), between.join(' '));

    on.line.fault = () => undefined;
    on.line.tokens.add(`token-${on.obtained() + 1}`);
    const next = await syncOn(on.cluster, on.namespace, many(15, 25, 3));
    assert.equal(next.run.result, 'done', next.run.message);
    assert.deepEqual(await keptIn(on.direct, on.namespace), contentOf(15, 25, 3));
  });

  it('whose token runs out in their middle get another one, once, and are done', async () => {
    on = await connectOverLine(testCluster);
    let writes = 0;
    on.line.fault = (request) => {
      if (isWriteOfObject(request) && ++writes === 10) {
        on.line.tokens.clear();
        on.line.tokens.add('token-2');
      }
      return undefined;
    };
    const { run } = await syncOn(on.cluster, on.namespace, many(0, 40, 1));
    assert.equal(run.result, 'done', run.message);
    assert.deepEqual([on.obtained(), await keptIn(on.direct, on.namespace)], [2, contentOf(0, 40, 1)]);
  });
});

/** At most a minute: whether it became so is to be asserted. */
async function waitUntil(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo() && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 10));
}

describeOnClusters('Live objects over a bad line', (testCluster) => {
  it('are right again after a watch lost its place (410), with nothing lost and nothing kept that is gone', async () => {
    const { line, cluster, direct, namespace, close } = await connectOverLine(testCluster);
    const told = new Set<string>();
    const live = new LiveObjects({
      cluster,
      onChange: (keys) => keys.forEach((key) => told.add(key)),
      onState: () => undefined,
      onBug: (error) => assert.fail(String(error)),
      pause: 20,
    });
    const write = async (name: string, value: string): Promise<void> => {
      const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name };
      await direct.apply(id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: value } }, { fieldManager: 'tester', force: true }, never);
    };
    const remove = (name: string): Promise<boolean> => direct.delete({ group: '', version: 'v1', kind: 'ConfigMap', namespace, name }, {}, never);
    const cached = (): string =>
      live
        .list('', 'ConfigMap', namespace)
        .map(tellContent)
        .filter((text) => !text.startsWith('kube-root-ca.crt'))
        .sort()
        .join(' ');
    const until = async (expected: string): Promise<void> => {
      await waitUntil(() => cached() === expected);
      assert.equal(cached(), expected);
    };
    try {
      for (const name of ['gone', 'same', 'again', 'changed']) await write(name, '1');
      const watched = { kind: await configMaps(cluster), namespace };
      live.want('shop', [watched]);
      await live.whenRead([watched], never);
      await write('seen', '1');
      await until('again=1 changed=1 gone=1 same=1 seen=1');

      line.holdWatches();
      told.clear();
      await remove('gone');
      await remove('again');
      await write('again', '2');
      await write('changed', '2');
      await write('new', '2');
      assert.equal(cached(), 'again=1 changed=1 gone=1 same=1 seen=1');
      assert.equal(line.expireWatches(), 1);
      await until('again=2 changed=2 new=2 same=1 seen=1');
      // It is told when the objects that changed together are there.
      const untold = (): readonly string[] => ['gone', 'again', 'changed', 'new'].filter((name) => !told.has(`/ConfigMap/${namespace}/${name}`));
      await waitUntil(() => untold().length === 0);
      assert.deepEqual(untold(), []);

      // The watch that took its place works.
      await remove('new');
      await write('last', '3');
      await until('again=2 changed=2 last=3 same=1 seen=1');
      assert.ok(live.isRead('', 'ConfigMap', namespace));
    } finally {
      live.close();
      await close();
    }
  });
});
