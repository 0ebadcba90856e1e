import assert from 'node:assert/strict';
import { Live, type LiveServer } from '../../../src/extension/live/live.js';
import type { DriftDetails, EnvironmentLive, SyncProgress } from '../../../src/server/clusterProtocol.js';
import { connectionOf, detailsOf, liveOf, objectOf, rowOf } from '../../support/liveFixtures.js';

/** A server that answers from what a test puts into it, and says what a test likes. */
class ScriptedServer implements LiveServer {
  environments: readonly EnvironmentLive[] = [];
  drift: DriftDetails = detailsOf('a', []);
  isAble = true;
  readonly asked: string[] = [];
  readonly #listeners = new Map<string, (parameters: never) => void>();
  #restarted: () => void = () => undefined;

  readonly request: LiveServer['request'] = (method) => {
    this.asked.push(method);
    if (!this.isAble) return Promise.reject(new Error('Unhandled method'));
    const answers: Readonly<Record<string, unknown>> = {
      'gitops/cluster/connections': [connectionOf('kind-dev')],
      'gitops/live/environments': this.environments,
      'gitops/live/drift': this.drift,
      'gitops/sync/history': [],
    };
    return Promise.resolve(answers[method] as never);
  };
  readonly on: LiveServer['on'] = (method, listener) => {
    this.#listeners.set(method, listener);
    return { dispose: () => undefined };
  };
  readonly onDidRestart: LiveServer['onDidRestart'] = (listener) => {
    this.#restarted = listener;
    return { dispose: () => undefined };
  };

  async say(method: string, parameters: unknown): Promise<void> {
    this.#listeners.get(method)?.(parameters as never);
    await settled();
  }

  async restart(): Promise<void> {
    this.#restarted();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setImmediate(done));
}

const drifted = { objects: 12, missing: 0, changed: 1, extra: 0, foreign: 0, unknown: 0 };

describe('what is known of clusters', () => {
  it('is nothing, and no error, with a server that knows no clusters', async () => {
    const server = new ScriptedServer();
    server.isAble = false;
    const live = new Live(server);
    await live.refresh();
    assert.deepEqual([live.connections, live.environments, live.environment('a')], [[], [], undefined]);
  });

  it('tells views which environments are other than before, and only those', async () => {
    const server = new ScriptedServer();
    const live = new Live(server);
    const heard: (readonly string[])[] = [];
    live.onDidChange((ids) => heard.push(ids));
    server.environments = [liveOf('a'), liveOf('b')];
    await live.refresh();
    server.environments = [liveOf('a'), liveOf('b', { counts: drifted })];
    await server.say('gitops/live/changed', { ids: ['a', 'b'] });
    assert.deepEqual(heard, [['a', 'b'], ['b']]);
  });

  it('keeps drift until the server says that it changed, and tells of it where someone asked for it', async () => {
    const server = new ScriptedServer();
    server.environments = [liveOf('a', { counts: drifted })];
    const live = new Live(server);
    await live.refresh();
    await Promise.all([live.drift('a'), live.drift('a')]);
    assert.equal(server.asked.filter((method) => method === 'gitops/live/drift').length, 1);
    const heard: (readonly string[])[] = [];
    live.onDidChange((ids) => heard.push(ids));
    await server.say('gitops/live/changed', { ids: ['a'] });
    assert.deepEqual(heard, [], 'the drift is the same');
    server.drift = detailsOf('a', [rowOf(objectOf('Deployment', 'orders'))]);
    await server.say('gitops/live/changed', { ids: ['a'] });
    assert.deepEqual(heard, [['a']]);
    assert.deepEqual(await live.drift('a'), server.drift);
  });

  it('asks once more, and not for each word, when the server says more than one thing while it answers', async () => {
    const server = new ScriptedServer();
    const live = new Live(server);
    void live.refresh();
    for (let count = 0; count < 5; count++) void live.refresh(['a']);
    await settled();
    assert.equal(server.asked.filter((method) => method === 'gitops/live/environments').length, 2);
  });

  it('knows how far a sync is, until it is over', async () => {
    const server = new ScriptedServer();
    const live = new Live(server);
    const progress: SyncProgress = { runId: 'r', id: 'a', phase: 'running', message: '', part: 0.5, objects: [] };
    await server.say('gitops/sync/progress', progress);
    assert.equal(live.progress('a')?.part, 0.5);
    await server.say('gitops/sync/progress', { ...progress, phase: 'done', part: 1 });
    assert.equal(live.progress('a'), undefined);
  });

  it('forgets progress that no server reports any more', async () => {
    const server = new ScriptedServer();
    server.environments = [liveOf('a', { runningSync: 'r' })];
    const live = new Live(server);
    await server.say('gitops/sync/progress', { runId: 'r', id: 'a', phase: 'running', message: '', part: 0.5, objects: [] });
    await live.refresh();
    assert.ok(live.progress('a'));
    server.environments = [liveOf('a')];
    await server.restart();
    assert.equal(live.progress('a'), undefined);
  });
});
