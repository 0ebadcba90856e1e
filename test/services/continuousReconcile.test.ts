import assert from 'node:assert/strict';
import type { SyncPlan } from '../../src/core/sync/syncPlan.js';
import type { SyncRun } from '../../src/core/sync/syncRun.js';
import { ContinuousReconcile } from '../../src/services/continuousReconcile.js';
import { Failure } from '../../src/services/failure.js';
import { MemoryCluster } from '../support/memoryCluster.js';
import { planOf, syncOnce, TestClock } from '../support/syncFixtures.js';

const manifests = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "1"}\n';
const claim = '---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n';

/** Lets what was started come to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
}

interface Bench {
  readonly loop: ContinuousReconcile;
  readonly states: readonly string[];
  readonly clock: TestClock;
}

function bench(plan: () => Promise<{ readonly plan: SyncPlan }>, run: (planned: { readonly plan: SyncPlan }) => Promise<SyncRun>): Bench {
  const clock = new TestClock();
  const states: string[] = [];
  const loop = new ContinuousReconcile({
    clock,
    onChange: (id) => {
      const kind = loop.stateOf(id)?.kind ?? 'off';
      if (states.at(-1) !== kind) states.push(kind);
    },
    onBug: (_, error) => assert.fail(String(error)),
  });
  loop.start('shop', { plan, run });
  return { loop, states, clock };
}

const ended = (result: SyncRun['result'], message = ''): SyncRun => ({ result, message, objects: [], startedAt: '', finishedAt: '' });

describe('continuous reconciliation', () => {
  it('brings what differs back, and then only plans when it is poked', async () => {
    const cluster = new MemoryCluster();
    let runs = 0;
    const { loop, states } = bench(
      () => planOf({ cluster, manifests }),
      async () => {
        runs++;
        return (await syncOnce({ cluster, manifests })).run;
      },
    );
    await settle();
    assert.deepEqual([states, runs], [['planning', 'syncing', 'in-sync'], 1]);
    loop.poke('shop');
    loop.poke('shop');
    await settle();
    assert.deepEqual([states.slice(3), runs], [['planning', 'in-sync'], 1]);
    loop.close();
    assert.equal(loop.stateOf('shop'), undefined);
  });

  it('pauses where a plan has a question, and goes on when somebody has looked', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: manifests + claim });
    const run = async (): Promise<SyncRun> => (await syncOnce({ cluster, manifests })).run;
    const { loop, states } = bench(() => planOf({ cluster, manifests }), run);
    await settle();
    assert.deepEqual(states, ['planning', 'paused']);
    assert.deepEqual(loop.stateOf('shop'), { kind: 'paused', reason: 'Delete PersistentVolumeClaim shop/data and its data?' });
    assert.ok(cluster.find('PersistentVolumeClaim', 'data'));
    await syncOnce({ cluster, manifests }, { confirmed: ['prune/v1/PersistentVolumeClaim/shop/data'] });
    loop.poke('shop');
    await settle();
    assert.equal(loop.stateOf('shop')?.kind, 'in-sync');
    loop.close();
  });

  it('tries again with growing pauses when it fails', async () => {
    const cluster = new MemoryCluster();
    const starts: number[] = [];
    const { loop, clock } = bench(
      () => planOf({ cluster, manifests }),
      () => {
        starts.push(clock.now());
        if (starts.length === 4) throw new Failure('cluster/unreachable', 'Gone.', '');
        if (starts.length === 6) loop.close();
        return Promise.resolve(ended('failed', 'no'));
      },
    );
    await settle();
    const pauses = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    assert.deepEqual(pauses, [6000, 11_000, 21_000, 41_000, 81_000]);
  });

  it('does not fight with what changes things back all the time', async () => {
    const cluster = new MemoryCluster();
    const starts: number[] = [];
    const { loop, clock } = bench(
      () => planOf({ cluster, manifests }),
      () => {
        starts.push(clock.now());
        // Somebody deletes it at once.
        loop.poke('shop');
        if (starts.length === 5) loop.close();
        return Promise.resolve(ended('done'));
      },
    );
    await settle();
    const pauses = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    assert.deepEqual(pauses, [1000, 6000, 11_000, 21_000]);
  });

  it('is off when it is switched off, also in the middle of a sync', async () => {
    const cluster = new MemoryCluster();
    let signal: AbortSignal | undefined;
    const { loop } = bench(
      () => planOf({ cluster, manifests }),
      () => new Promise<SyncRun>(() => undefined),
    );
    loop.start('other', {
      plan: () => planOf({ cluster, manifests }),
      run: (_, given) => {
        signal = given;
        return new Promise<SyncRun>(() => undefined);
      },
    });
    await settle();
    loop.stop('other');
    assert.equal(signal?.aborted, true);
    assert.deepEqual(loop.ids, ['shop']);
    loop.close();
  });
});
