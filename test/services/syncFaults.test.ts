/**
 * What becomes of syncs that go wrong: servers that are busy or break down, answers that get lost, and a process that
 * dies at any of its requests. Each time nothing may be lost or orphaned, and the next sync must complete it.
 */
import assert from 'node:assert/strict';
import { applySetId, applySetOf } from '../../src/core/live/applySet.js';
import type { ClusterFailure } from '../../src/services/failure.js';
import { readDeliveries } from '../../src/services/syncInventory.js';
import { MemoryCluster, serverFailure, type MemoryRequest } from '../support/memoryCluster.js';
import { parent, syncOnce, TestClock } from '../support/syncFixtures.js';

const namespace = (name: string): string => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const config = (name: string, value = '1', place = ''): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${place}}\ndata: {a: "${value}"}\n`;
const deployment = (selector: string): string =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {argocd.argoproj.io/sync-options: Force=true}}\nspec: {replicas: 1, selector: {matchLabels: {app: ${selector}}}, template: {metadata: {labels: {app: ${selector}}}}}\n`;
const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: extra}\ndata: {a: eA==}\n';
const job = '---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, annotations: {argocd.argoproj.io/hook: PreSync}}\n';
const widgets =
  '---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}}\n';
const widget = '---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n';

const first = namespace('shop') + config('a') + config('b') + deployment('web');
/** Changes, a replacement, a new kind and a definition, a new namespace, a hook; `b` goes. */
const second = namespace('shop') + namespace('extra') + config('a', '2') + deployment('other') + secret + job + widgets + widget;
/** Most of it goes again. */
const third = namespace('shop') + namespace('extra') + config('c') + widgets;

function content(cluster: MemoryCluster): readonly string[] {
  return cluster.objects
    .filter(({ metadata }) => metadata.name !== parent.name && !['default', 'kube-system'].includes(metadata.name))
    .map(
      ({ kind, metadata, ...rest }) =>
        `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${JSON.stringify(rest['data'] ?? rest['spec'] ?? null)} ${applySetOf({ kind, metadata, apiVersion: '' }) === applySetId(parent)}`,
    )
    .sort();
}

class Killed extends Error {}

/** From its n-th write on nothing comes through any more; with `isLate` that write is carried out, and its answer lost. */
function killAt(cluster: MemoryCluster, n: number, isLate: boolean): () => boolean {
  let writes = 0;
  const isWrite = ({ verb, isDryRun }: MemoryRequest): boolean => verb !== 'get' && verb !== 'list' && !isDryRun;
  cluster.options.onRequest = (request) => {
    if (isWrite(request)) writes++;
    if (writes > n || (writes === n && !isLate)) throw new Killed('killed');
  };
  cluster.options.onWritten = () => {
    if (isLate && writes >= n) throw new Killed('killed');
  };
  return () => writes >= n;
}

function revive(cluster: MemoryCluster): void {
  cluster.options.onRequest = () => undefined;
  cluster.options.onWritten = () => undefined;
}

async function expectedOf(...states: readonly string[]): Promise<readonly string[]> {
  const cluster = new MemoryCluster();
  for (const manifests of states) assert.equal((await syncOnce({ cluster, manifests })).run.result, 'done');
  return content(cluster);
}

describe('a sync that is killed', () => {
  for (const isLate of [false, true]) {
    const how = isLate ? 'with the answer to a write lost' : 'before a write';

    it(`at each step ${how} is completed by the next one`, async () => {
      const expected = await expectedOf(first, second);
      for (let n = 1; ; n++) {
        const cluster = new MemoryCluster();
        await syncOnce({ cluster, manifests: first });
        const wasKilled = killAt(cluster, n, isLate);
        await syncOnce({ cluster, manifests: second }).catch((error: unknown) => assert.ok(error instanceof Killed, String(error)));
        if (!wasKilled()) break;
        revive(cluster);
        const { run } = await syncOnce({ cluster, manifests: second });
        assert.equal(run.result, 'done', `killed at write ${n}: ${run.message}`);
        assert.deepEqual(content(cluster), expected, `killed at write ${n}`);
        assert.ok(n < 100);
      }
    });

    it(`at each step ${how} leaves nothing behind that a later one with another render would not find`, async () => {
      const expected = await expectedOf(first, second, third);
      for (let n = 1; ; n++) {
        const cluster = new MemoryCluster();
        await syncOnce({ cluster, manifests: first });
        const wasKilled = killAt(cluster, n, isLate);
        await syncOnce({ cluster, manifests: second }).catch((error: unknown) => assert.ok(error instanceof Killed, String(error)));
        if (!wasKilled()) break;
        revive(cluster);
        const { run } = await syncOnce({ cluster, manifests: third });
        assert.equal(run.result, 'done', `killed at write ${n}: ${run.message}`);
        assert.deepEqual(content(cluster), expected, `killed at write ${n}`);
      }
    });

    it(`at each step of the first one ${how} leaves nothing behind either`, async () => {
      for (let n = 1; ; n++) {
        const cluster = new MemoryCluster();
        const wasKilled = killAt(cluster, n, isLate);
        await syncOnce({ cluster, manifests: second }).catch((error: unknown) => assert.ok(error instanceof Killed, String(error)));
        if (!wasKilled()) break;
        revive(cluster);
        const { plan } = await syncOnce({ cluster, manifests: config('only', '1', ', namespace: default') });
        const { run } = await syncOnce({ cluster, manifests: config('only', '1', ', namespace: default') }, { confirmed: plan.questions.map(({ key }) => key) });
        const left = content(cluster).filter((line) => line.endsWith(' true'));
        // Where not even the inventory's own namespace is there, there is nothing to keep anything in.
        if (cluster.find('Namespace', 'shop')) assert.equal(run.result, 'done', `killed at write ${n}: ${run.message}`);
        assert.deepEqual(
          left.filter((line) => !line.startsWith('ConfigMap default/only')),
          [],
          `killed at write ${n}`,
        );
      }
    });
  }

  it('is told as interrupted by the next one', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: first, revision: 'r1' });
    killAt(cluster, 3, false);
    await syncOnce({ cluster, manifests: second, revision: 'r2' }).catch((error: unknown) => assert.ok(error instanceof Killed));
    revive(cluster);
    await syncOnce({ cluster, manifests: second, revision: 'r3' });
    const records = await readDeliveries(cluster, parent, new AbortController().signal);
    assert.deepEqual(
      records.map(({ revision, result }) => `${revision} ${result}`),
      ['r3 done', 'r2 interrupted', 'r1 done'],
    );
  });
});

describe('a sync with a server in trouble', () => {
  const troubles: readonly (readonly [name: string, failure: () => ClusterFailure])[] = [
    ['asks to slow down (429)', () => serverFailure('cluster/busy', 429, 'too many requests', { retryAfter: 2 })],
    ['breaks down (500)', () => serverFailure('cluster/server-error', 500)],
    ['resets connections', () => serverFailure('cluster/unreachable', 0, 'socket hang up')],
    ['is slow', () => serverFailure('cluster/timed-out', 0)],
  ];

  for (const [name, failure] of troubles) {
    it(`that ${name} now and then is done all the same`, async () => {
      const expected = await expectedOf(first, second);
      const cluster = new MemoryCluster();
      await syncOnce({ cluster, manifests: first });
      let requests = 0;
      cluster.options.onRequest = ({ verb, id }) => {
        // The inventory's requests are repeated by the connection itself.
        if (id.name !== parent.name && verb !== 'list' && ++requests % 3 === 0) throw failure();
      };
      const { run } = await syncOnce({ cluster, manifests: second });
      assert.equal(run.result, 'done', run.message);
      assert.deepEqual(content(cluster), expected);
    });
  }

  it('that asks to slow down gets fewer requests at a time, and none before it said', async () => {
    const clock = new TestClock();
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace('shop') });
    const many = Array.from({ length: 60 }, (_, index) => config(`c${index}`)).join('');
    let underWay = 0;
    const most: number[] = [];
    let isBusy = true;
    cluster.options.onRequest = async ({ verb, isDryRun, id }) => {
      if (verb !== 'apply' || isDryRun || id.name === parent.name) return;
      underWay++;
      most.push(underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      if (!isBusy || most.length < 16) return;
      isBusy = false;
      throw serverFailure('cluster/busy', 429, 'busy', { retryAfter: 7 });
    };
    const before = clock.now();
    const { run } = await syncOnce({ cluster, manifests: namespace('shop') + many, clock });
    assert.equal(run.result, 'done', run.message);
    assert.equal(Math.max(...most), 16);
    assert.ok(Math.max(...most.slice(-20)) <= 12, `at most ${Math.max(...most.slice(-20))} at a time after it was busy`);
    assert.ok(clock.now() - before >= 7000);
  });

  it('that is gone ends the sync soon, with what was done and why', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: first });
    const many = Array.from({ length: 100 }, (_, index) => config(`c${index}`)).join('');
    let writes = 0;
    cluster.options.onRequest = ({ verb, isDryRun }) => {
      if (verb === 'apply' && !isDryRun) writes++;
      if (writes > 20) throw serverFailure('cluster/unreachable', 0, 'The server is gone.');
    };
    const { run } = await syncOnce({ cluster, manifests: first + many });
    assert.equal(run.result, 'failed');
    assert.match(run.message, /^The server is gone\. +Its record could not be written|^The server is gone\./);
    assert.ok(cluster.requests.length < 700, `${cluster.requests.length} requests`);
    revive(cluster);
    assert.equal((await syncOnce({ cluster, manifests: first + many })).run.result, 'done');
  });

  it('that no longer takes the credentials ends the sync at once', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: first });
    cluster.options.onRequest = ({ verb, isDryRun, id }) => {
      if (verb === 'apply' && !isDryRun && id.name !== parent.name) throw serverFailure('cluster/unauthorized', 401, 'Unauthorized');
    };
    const { run } = await syncOnce({ cluster, manifests: second });
    assert.deepEqual([run.result, run.message], ['failed', 'Unauthorized']);
    revive(cluster);
    const next = await syncOnce({ cluster, manifests: second });
    assert.deepEqual([next.run.result, content(cluster)], ['done', await expectedOf(first, second)]);
  });

  it('that fails for one object only fails that object, after trying it again', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: first });
    let tries = 0;
    cluster.options.onRequest = ({ verb, isDryRun, id }) => {
      if (verb !== 'apply' || isDryRun || id.name !== 'a') return;
      tries++;
      throw serverFailure('cluster/server-error', 500, 'failed calling webhook');
    };
    const { run } = await syncOnce({ cluster, manifests: namespace('shop') + config('a', '2') + config('b', '2') + deployment('web') });
    assert.deepEqual([run.result, run.message, tries], ['failed', 'Sync: ConfigMap shop/a: failed calling webhook', 4]);
    assert.deepEqual(cluster.find('ConfigMap', 'b')?.['data'], { a: '2' });
  });

  it('keeps what it could not prune, and prunes it the next time', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: first });
    cluster.options.onRequest = ({ verb, id }) => {
      if (verb === 'delete' && id.name === 'b') throw serverFailure('cluster/forbidden', 403, 'no');
    };
    const without = namespace('shop') + config('a') + deployment('web');
    assert.equal((await syncOnce({ cluster, manifests: without })).run.result, 'failed');
    revive(cluster);
    assert.deepEqual([(await syncOnce({ cluster, manifests: without })).run.result, content(cluster)], ['done', await expectedOf(first, without)]);
  });
});
