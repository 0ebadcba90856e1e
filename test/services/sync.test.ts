import assert from 'node:assert/strict';
import { isJsonObject } from '../../src/core/live/json.js';
import type { LiveObject } from '../../src/core/live/liveObject.js';
import { undoTarget } from '../../src/core/sync/deliveryRecord.js';
import type { SyncProgressEvent, SyncRun } from '../../src/core/sync/syncRun.js';
import { readDeliveries } from '../../src/services/syncInventory.js';
import { MemoryCluster, settleAtOnce } from '../support/memoryCluster.js';
import { parent, planLines, syncOnce } from '../support/syncFixtures.js';

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const config = (name: string, value = '1', annotations = ''): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {${annotations}}}\ndata: {a: "${value}"}\n`;
const deployment = (name: string, selector = name, wave = 0): string =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, annotations: {argocd.argoproj.io/sync-wave: "${wave}"}}\nspec: {replicas: 2, selector: {matchLabels: {app: ${selector}}}, template: {metadata: {labels: {app: ${selector}}}}}\n`;
const hook = (name: string, phase: string, policy = 'BeforeHookCreation'): string =>
  `---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}, annotations: {argocd.argoproj.io/hook: ${phase}, argocd.argoproj.io/hook-delete-policy: "${policy}"}}\n`;
const widgets =
  '---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}}\n---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n';

function lines({ objects }: SyncRun): readonly string[] {
  return objects.map(({ action, id }) => `${action} ${id.kind} ${id.name}`);
}

function withJobs(conditions: (name: string) => string): (object: LiveObject) => ReturnType<typeof settleAtOnce> {
  return (object) => (object.kind === 'Job' ? { conditions: [{ type: conditions(object.metadata.name), status: 'True' }] } : settleAtOnce(object));
}

function dataOf(object: LiveObject | undefined): unknown {
  return object?.['data'];
}

const now = new AbortController().signal;

describe('a sync', () => {
  it('carries out its plan, in order, with the inventory first and last', async () => {
    const cluster = new MemoryCluster();
    const { run } = await syncOnce({ cluster, manifests: deployment('web') + config('settings') + `---\n${namespace}` });
    assert.equal(run.result, 'done');
    assert.deepEqual(lines(run), ['created Namespace shop', 'created ConfigMap settings', 'created Deployment web']);
    assert.deepEqual(cluster.writes, [
      // The namespace holds the inventory.
      'apply Namespace shop',
      'apply ConfigMap shop/gitops-workbench-shop',
      'apply ConfigMap shop/gitops-workbench-shop',
      'apply ConfigMap shop/settings',
      'apply Deployment shop/web',
      'apply ConfigMap shop/gitops-workbench-shop',
    ]);
    assert.equal(run.objects.find(({ id }) => id.kind === 'Deployment')?.health?.status, 'Healthy');
  });

  it('notes kinds and namespaces before it writes, and forgets them after it pruned', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') });
    const scope = (): unknown => cluster.find('ConfigMap', parent.name)?.metadata.annotations?.['applyset.kubernetes.io/contains-group-kinds'];
    let atWrite: unknown;
    cluster.options.onRequest = ({ verb, id, isDryRun }) => {
      if (verb === 'apply' && !isDryRun && id.kind === 'Deployment') atWrite = scope();
    };
    await syncOnce({ cluster, manifests: namespace + deployment('web') });
    assert.equal(atWrite, 'ConfigMap,Deployment.apps,Namespace');
    assert.equal(scope(), 'Deployment.apps,Namespace');
    assert.equal(cluster.find('ConfigMap', 'a'), undefined);
  });

  it('writes only what differs', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') + config('b') });
    cluster.requests.length = 0;
    const { run } = await syncOnce({ cluster, manifests: namespace + config('a', '2') + config('b') });
    assert.deepEqual(lines(run), ['unchanged Namespace shop', 'changed ConfigMap a', 'unchanged ConfigMap b']);
    assert.deepEqual(
      cluster.writes.filter((write) => !write.endsWith(parent.name)),
      ['apply ConfigMap shop/a'],
    );
  });

  it('waits for definitions before it makes objects of their kinds', async () => {
    let looks = 0;
    const cluster = new MemoryCluster({ settle: (object) => (object.kind === 'CustomResourceDefinition' ? undefined : settleAtOnce(object)) });
    cluster.options.onRequest = ({ verb, id }) => {
      // The server establishes it after a while.
      if (verb !== 'get' || id.kind !== 'CustomResourceDefinition' || ++looks !== 5) return;
      const definition = cluster.find('CustomResourceDefinition', 'widgets.example.com');
      if (definition) cluster.put({ ...definition, status: { conditions: [{ type: 'Established', status: 'True' }] } });
    };
    const { run } = await syncOnce({ cluster, manifests: namespace + widgets });
    assert.equal(run.result, 'done', run.message);
    assert.ok(looks >= 5);
    assert.ok(cluster.find('Widget', 'w', 'shop'));
  });

  it('does not begin a wave before the one in front of it is healthy, and says what it waits for', async () => {
    let looks = 0;
    const cluster = new MemoryCluster({
      settle: (object) => (object.metadata.name === 'first' ? { observedGeneration: 1, replicas: 2, updatedReplicas: 1 } : settleAtOnce(object)),
    });
    cluster.options.onRequest = ({ verb, id }) => {
      if (verb !== 'get' || id.name !== 'first' || ++looks !== 6) return;
      const first = cluster.find('Deployment', 'first');
      assert.equal(cluster.find('Deployment', 'second'), undefined);
      if (first) cluster.put({ ...first, status: {} });
      cluster.options.settle = settleAtOnce;
      if (first) cluster.put(first);
    };
    const events: SyncProgressEvent[] = [];
    const { run } = await syncOnce(
      { cluster, manifests: namespace + deployment('first') + deployment('second', 'second', 1) },
      { timeout: 60_000, onProgress: (event) => events.push(event) },
    );
    assert.equal(run.result, 'done', run.message);
    assert.ok(events.some(({ phase, message }) => phase === 'waiting' && message.startsWith('Sync: waiting for Deployment shop/first (')));
    assert.equal(events.at(-1)?.phase, 'done');
    assert.deepEqual(
      [...events].map(({ part }) => part),
      [...events].map(({ part }) => part).sort(),
    );
  });

  it('fails when a wave is not healthy in time, and leaves later waves alone', async () => {
    const cluster = new MemoryCluster({ settle: (object) => (object.metadata.name === 'first' ? { observedGeneration: 1, updatedReplicas: 0 } : settleAtOnce(object)) });
    const { run } = await syncOnce({ cluster, manifests: namespace + deployment('first') + deployment('second', 'second', 1) }, { timeout: 5000 });
    assert.equal(run.result, 'failed');
    assert.match(run.message, /^Sync: not healthy within 5 s: Deployment shop\/first/);
    assert.equal(cluster.find('Deployment', 'second'), undefined);
  });

  it('runs hooks around the objects, and deletes them as their policies say', async () => {
    const cluster = new MemoryCluster();
    const manifests = namespace + hook('before', 'PreSync', 'HookSucceeded') + hook('after', 'PostSync', 'HookFailed') + hook('sorry', 'SyncFail') + config('a');
    const { run } = await syncOnce({ cluster, manifests });
    assert.equal(run.result, 'done', run.message);
    assert.deepEqual(lines(run), ['created Namespace shop', 'created Job before', 'created ConfigMap a', 'created Job after']);
    assert.equal(cluster.find('Job', 'before'), undefined);
    assert.ok(cluster.find('Job', 'after'));
  });

  it('makes a hook of an earlier sync anew, and prunes one that is no longer declared', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + hook('smoke', 'PostSync') + hook('gone', 'PostSync') });
    const uid = cluster.find('Job', 'smoke')?.metadata.uid;
    await syncOnce({ cluster, manifests: namespace + hook('smoke', 'PostSync') });
    assert.notEqual(cluster.find('Job', 'smoke')?.metadata.uid, uid);
    assert.equal(cluster.find('Job', 'gone'), undefined);
  });

  it('stops when a hook fails, runs the hooks for that, and deletes those that go on failure', async () => {
    const cluster = new MemoryCluster({ settle: withJobs((name) => (name === 'before' ? 'Failed' : 'Complete')) });
    const manifests = namespace + hook('before', 'PreSync', 'HookFailed') + hook('sorry', 'SyncFail') + config('a');
    const { run } = await syncOnce({ cluster, manifests });
    assert.equal(run.result, 'failed');
    assert.match(run.message, /^PreSync: degraded: Job shop\/before/);
    assert.deepEqual(lines(run), ['created Namespace shop', 'created Job before', 'created Job sorry']);
    assert.equal(cluster.find('Job', 'before'), undefined);
    assert.equal(cluster.find('ConfigMap', 'a'), undefined);
  });

  it('leaves out what was not confirmed, and carries out what was', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + deployment('web') });
    const uid = cluster.find('Deployment', 'web')?.metadata.uid;
    const changed = namespace + deployment('web', 'other');
    const left = await syncOnce({ cluster, manifests: changed });
    assert.deepEqual(lines(left.run), ['unchanged Namespace shop', 'blocked Deployment web']);
    assert.equal(cluster.find('Deployment', 'web')?.metadata.uid, uid);
    const { run } = await syncOnce({ cluster, manifests: changed }, { confirmed: ['replace/apps/v1/Deployment/shop/web'] });
    assert.equal(run.result, 'done', run.message);
    assert.notEqual(cluster.find('Deployment', 'web')?.metadata.uid, uid);
  });

  it('takes fields over that others set, or leaves them, as was chosen', async () => {
    const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
    const edit = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' }, data: { a: 'by hand' } };
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') });
    await cluster.apply(id, edit, { fieldManager: 'kubectl', force: true });
    const left = await syncOnce({ cluster, manifests: namespace + config('a', '1', 'note: "new"') }, { takeOver: false });
    assert.equal(left.run.result, 'done', left.run.message);
    assert.deepEqual([dataOf(cluster.find('ConfigMap', 'a')), cluster.find('ConfigMap', 'a')?.metadata.annotations], [{ a: 'by hand' }, { note: 'new' }]);
    assert.equal(left.run.objects.find(({ id: { name } }) => name === 'a')?.message, 'One field was left to others (kubectl).');
    await syncOnce({ cluster, manifests: namespace + config('a') }, { takeOver: true });
    assert.deepEqual(dataOf(cluster.find('ConfigMap', 'a')), { a: '1' });
  });

  it('goes on with the other objects of a wave when one is refused, and then fails', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace });
    cluster.options.onRequest = ({ verb, id, isDryRun }) => {
      if (verb === 'apply' && !isDryRun && id.name === 'a') throw Object.assign(new Error('unused'), {});
    };
    await assert.rejects(syncOnce({ cluster, manifests: namespace + config('a') }), /unused/, 'what is no refusal is a bug, and is not hidden');
  });

  it('can be cancelled, and the next one goes on', async () => {
    const cluster = new MemoryCluster();
    const stop = new AbortController();
    cluster.options.onRequest = ({ verb, id, isDryRun }) => {
      if (verb === 'apply' && !isDryRun && id.name === 'b') stop.abort();
      if (stop.signal.aborted && verb !== 'get' && id.name !== parent.name) throw stop.signal.reason;
    };
    const manifests = namespace + config('a') + deployment('b');
    const { run } = await syncOnce({ cluster, manifests }, { signal: stop.signal });
    assert.equal(run.result, 'cancelled');
    assert.deepEqual(
      (await readDeliveries(cluster, parent, now)).map(({ result }) => result),
      ['cancelled'],
    );
    cluster.options.onRequest = () => undefined;
    const next = await syncOnce({ cluster, manifests });
    assert.deepEqual([next.run.result, ...lines(next.run)], ['done', 'unchanged Namespace shop', 'unchanged ConfigMap a', 'created Deployment b']);
  });

  it('leaves a record of each delivery, and says which one to go back to', async () => {
    const cluster = new MemoryCluster();
    for (const [revision, value] of [
      ['r1', '1'],
      ['r2', '2'],
      ['r2', '2'],
    ] as const)
      await syncOnce({ cluster, manifests: namespace + config('a', value), revision });
    const records = await readDeliveries(cluster, parent, now);
    assert.deepEqual(
      records.map(({ revision, user, result, counts }) => ({ revision, user, result, counts })),
      [
        { revision: 'r2', user: 'ada', result: 'done', counts: { unchanged: 2 } },
        { revision: 'r2', user: 'ada', result: 'done', counts: { unchanged: 1, changed: 1 } },
        { revision: 'r1', user: 'ada', result: 'done', counts: { created: 2 } },
      ],
    );
    assert.equal(undoTarget(records)?.revision, 'r1');
  });

  it('does not prune what somebody took out of the environment since the plan was made', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') + config('old') });
    cluster.options.onRequest = ({ verb, id }) => {
      const old = cluster.find('ConfigMap', 'old');
      if (verb === 'apply' && id.name === parent.name && old) cluster.put({ ...old, metadata: { ...old.metadata, labels: {} } });
    };
    const { run } = await syncOnce({ cluster, manifests: namespace + config('a') });
    assert.equal(run.objects.find(({ id }) => id.name === 'old')?.message, 'It is no longer kept by this environment.');
    assert.ok(cluster.find('ConfigMap', 'old'));
  });

  it('waits until what it pruned is gone, and keeps track of what a finalizer holds', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') + deployment('held') });
    const held = cluster.find('Deployment', 'held');
    assert.ok(held);
    cluster.put({ ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } });
    const { run } = await syncOnce({ cluster, manifests: namespace + config('a') });
    assert.equal(run.objects.find(({ id }) => id.name === 'held')?.message, 'It is being deleted, and not gone yet: a finalizer holds it.');
    assert.match(cluster.find('ConfigMap', parent.name)?.metadata.annotations?.['applyset.kubernetes.io/contains-group-kinds'] ?? '', /Deployment/);
    const { plan } = await syncOnce({ cluster, manifests: namespace + config('a') });
    assert.deepEqual(planLines(plan).slice(-1), ['Prune: blocked Deployment held (deleting)']);
  });

  it('refuses to begin while another one begins', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace });
    let isFirst = true;
    cluster.options.onRequest = ({ verb, id, isDryRun }) => {
      const inventory = cluster.find('ConfigMap', parent.name);
      if (verb !== 'apply' || isDryRun || id.name !== parent.name || !isFirst || !inventory) return;
      isFirst = false;
      cluster.put({ ...inventory, metadata: { ...inventory.metadata, annotations: { ...inventory.metadata.annotations, other: 'sync' } } });
    };
    const { run } = await syncOnce({ cluster, manifests: namespace + config('a') });
    assert.deepEqual([run.result, run.message], ['failed', 'Another sync of this environment has just begun. Plan again when it is over.']);
    assert.equal(cluster.find('ConfigMap', 'a'), undefined);
  });

  it('sends whole numbers with all their digits', async () => {
    const cluster = new MemoryCluster();
    const sent: string[] = [];
    const apply = cluster.apply.bind(cluster);
    cluster.apply = (id, object, options) => {
      if (typeof object === 'string') sent.push(object);
      return apply(id, object, options);
    };
    await syncOnce({ cluster, manifests: namespace + config('big').replace('data: {a: "1"}', 'data: {a: 9007199254740993}') });
    assert.ok(sent.some((text) => text.includes('"a":9007199254740993}')));
    assert.ok(isJsonObject(dataOf(cluster.find('ConfigMap', 'big'))));
  });
});
