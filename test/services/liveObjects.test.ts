/** What is watched stays true through ends, gaps and refusals of watches. */
import assert from 'node:assert/strict';
import type { LiveObject, ServedKind } from '../../src/core/live/liveObject.js';
import { ClusterFailure, type FailureCode } from '../../src/services/failure.js';
import { LiveObjects, type LiveObjectsOptions } from '../../src/services/liveObjects.js';
import type { Cluster, ListAnswer, WatchEvent } from '../../src/services/ports.js';

const kind: ServedKind = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: [],
  isNamespaced: true,
  verbs: [],
  subresources: [],
};
const watched = { kind, namespace: 'shop' };
const never = new AbortController().signal;

const object = (name: string, resourceVersion: string): LiveObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', resourceVersion } });
const failure = (code: FailureCode): ClusterFailure => new ClusterFailure(code, code, '', 0, '', [], undefined);

type Watch = (version: string, signal: AbortSignal) => AsyncIterable<WatchEvent>;

describe('live objects', () => {
  let lists: (ListAnswer | ClusterFailure)[];
  let watches: Watch[];
  let asked: string[];
  let told: string[][];
  let states: number;
  let options: LiveObjectsOptions;
  let live: LiveObjects;

  /** A watch that gives these events, then waits until it is stopped. */
  const open = (...events: WatchEvent[]): Watch =>
    async function* (_version, signal) {
      yield* events;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
  /** A watch that gives these events, and then ends as servers do, or fails. */
  const ended = (events: WatchEvent[], error?: ClusterFailure): Watch =>
    async function* () {
      yield* events;
      if (error) throw error;
    };

  beforeEach(() => {
    [lists, watches, asked, told, states] = [[], [], [], [], 0];
    const cluster = {
      list: async () => {
        asked.push('list');
        const answer = lists.shift() ?? failure('cluster/unreachable');
        if (answer instanceof ClusterFailure) throw answer;
        return answer;
      },
      watch: (_kind: ServedKind, _selection: unknown, version: string, signal: AbortSignal) => {
        asked.push(`watch ${version}`);
        return (watches.shift() ?? open())(version, signal);
      },
    } as unknown as Cluster;
    options = {
      cluster,
      onChange: (keys) => told.push([...keys]),
      onState: () => states++,
      onBug: (error) => assert.fail(String(error)),
      pause: 2,
    };
    live = new LiveObjects(options);
  });
  afterEach(() => live.close());

  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
  const names = (): readonly string[] => live.list('', 'ConfigMap').map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion ?? ''}`);

  it('are read once and then followed', async () => {
    lists = [{ items: [object('a', '1')], resourceVersion: '5' }];
    watches = [open({ type: 'added', object: object('b', '6') }, { type: 'modified', object: object('a', '7') }, { type: 'deleted', object: object('b', '8') })];
    live.want('orders', [watched]);
    await live.whenRead([watched], never);
    assert.ok(live.isRead('', 'ConfigMap', 'shop'));
    await settle();
    assert.deepEqual(names(), ['a@7']);
    assert.equal(live.get({ group: '', kind: 'ConfigMap', namespace: 'shop', name: 'a' })?.metadata.resourceVersion, '7');
    assert.deepEqual([...new Set(told.flat())], ['/ConfigMap/shop/a', '/ConfigMap/shop/b']);
  });

  it('go on behind the last version when the server ends a watch, bookmarks counted', async () => {
    lists = [{ items: [], resourceVersion: '5' }];
    watches = [ended([{ type: 'bookmark', object: object('', '9') }]), ended([{ type: 'added', object: object('a', '12') }])];
    live.want('orders', [watched]);
    await settle();
    assert.deepEqual(asked, ['list', 'watch 5', 'watch 9', 'watch 12']);
  });

  it('are read anew when the version is gone, and what vanished meanwhile is told', async () => {
    lists = [
      { items: [object('a', '1'), object('b', '2')], resourceVersion: '5' },
      { items: [object('b', '2')], resourceVersion: '50' },
    ];
    watches = [ended([], failure('cluster/gone'))];
    live.want('orders', [watched]);
    await settle();
    assert.deepEqual(asked, ['list', 'watch 5', 'list', 'watch 50']);
    assert.deepEqual(names(), ['b@2']);
    assert.deepEqual(told.at(-1)?.includes('/ConfigMap/shop/a'), true);
  });

  it('are not read again and again without a pause where each version is gone at once', async () => {
    lists = Array.from({ length: 1000 }, () => ({ items: [object('a', '1')], resourceVersion: '5' }));
    watches = Array.from({ length: 1000 }, () => ended([], failure('cluster/gone')));
    live = new LiveObjects({ ...options, pause: 60_000 });
    live.want('orders', [watched]);
    await settle();
    assert.deepEqual(asked, ['list', 'watch 5', 'list', 'watch 5']);
    assert.equal(live.failureOf('', 'ConfigMap', 'shop')?.code, 'cluster/gone');
  });

  it('are not read before the time that a busy server says', async () => {
    lists = [new ClusterFailure('cluster/busy', 'busy', '', 429, '', [], 60), { items: [], resourceVersion: '5' }];
    live.want('orders', [watched]);
    await live.whenRead([watched], never);
    await settle();
    assert.deepEqual(asked, ['list']);
    assert.equal(live.failureOf('', 'ConfigMap', 'shop')?.code, 'cluster/busy');
  });

  it('keep what is known while the server is away, and say why', async () => {
    lists = [
      { items: [object('a', '1')], resourceVersion: '5' },
      failure('cluster/unreachable'),
      failure('cluster/unreachable'),
      { items: [object('a', '3')], resourceVersion: '9' },
    ];
    let sawFailure = false;
    watches = [ended([], failure('cluster/unreachable'))];
    live.want('orders', [watched]);
    await live.whenRead([watched], never);
    for (let turn = 0; turn < 20 && names()[0] !== 'a@3'; turn++) {
      sawFailure ||= live.failureOf('', 'ConfigMap', 'shop')?.code === 'cluster/unreachable' && names()[0] === 'a@1';
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.ok(sawFailure);
    assert.deepEqual(names(), ['a@3']);
    assert.equal(live.failureOf('', 'ConfigMap', 'shop'), undefined);
    assert.ok(states >= 2);
  });

  it('say that a kind is forbidden, without asking again at once', async () => {
    lists = [failure('cluster/forbidden')];
    live.want('orders', [watched]);
    await live.whenRead([watched], never);
    await settle();
    assert.equal(live.failureOf('', 'ConfigMap', 'shop')?.code, 'cluster/forbidden');
    assert.equal(live.isRead('', 'ConfigMap', 'shop'), false);
    assert.deepEqual(asked, ['list']);
  });

  it('are shared, and let go when nobody wants them', async () => {
    let stopped = false;
    lists = [{ items: [object('a', '1')], resourceVersion: '5' }];
    watches = [
      async function* (_version, signal) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        stopped = true;
        yield* [];
      },
    ];
    live.want('orders', [watched]);
    live.want('shop', [watched]);
    await settle();
    live.want('orders', []);
    await settle();
    assert.deepEqual([live.size, stopped], [1, false]);
    live.want('shop', []);
    await settle();
    assert.deepEqual([live.size, stopped], [0, true]);
    assert.deepEqual(asked, ['list', 'watch 5']);
  });
});
