/** What is asked of an operator is asked once, on the object as it is, and followed through what happens to watches. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/live/json.js';
import { idOfLive, type LiveObject, type ServedKind } from '../../src/core/live/liveObject.js';
import type { OperatorAction } from '../../src/core/operators/planAction.js';
import { type ClusterFailure, isCancelled } from '../../src/services/failure.js';
import { actOnOperator, planOperatorAction, type OperatorOutcome, type OperatorProgress } from '../../src/services/operators.js';
import type { Cluster, WatchEvent } from '../../src/services/ports.js';
import type { SyncClock } from '../../src/services/syncClock.js';
import { serverFailure } from '../support/memoryCluster.js';
import { changed, recordedApplication, recordedKustomization } from '../support/operatorObjects.js';

const synced = recordedApplication('synced');
const never = new AbortController().signal;
const served = (group: string, kind: string): ServedKind => ({
  group,
  version: 'v1',
  kind,
  plural: `${kind}s`,
  singular: '',
  shortNames: [],
  isNamespaced: true,
  verbs: [],
  subresources: [],
});

/** One object and its controller, which makes one state after the other once something was written. */
class OneObject {
  object: LiveObject | undefined;
  readonly asked: string[] = [];
  readonly patches: JsonValue[] = [];
  /** What the controller does after a patch, one state per look. */
  states: (JsonObject | 'deleted')[] = [];
  /** Answers in the place of the next patches. */
  refusals: ClusterFailure[] = [];
  /** How the next watches end before they say anything. */
  ends: (ClusterFailure | 'end')[] = [];
  onRead: () => void = () => undefined;

  constructor(object: LiveObject) {
    this.object = object;
  }

  get cluster(): Cluster {
    return {
      context: 'test',
      server: 'https://test',
      kinds: async () => [served('argoproj.io', 'Application'), served('kustomize.toolkit.fluxcd.io', 'Kustomization')],
      get: async () => {
        this.asked.push('get');
        this.onRead();
        return this.object;
      },
      list: async () => {
        this.asked.push('list');
        return { items: this.object ? [this.object] : [], resourceVersion: '1' };
      },
      watch: (_kind: ServedKind, _selection: unknown, _version: string, signal: AbortSignal) => this.#watch(signal),
      patch: async (_id: unknown, _type: unknown, patch: JsonValue) => {
        this.asked.push('patch');
        const refusal = this.refusals.shift();
        if (refusal) throw refusal;
        this.patches.push(patch);
        assert.ok(isJsonObject(patch) && this.object);
        this.object = changed(this.object, patch);
        return this.object;
      },
    } as unknown as Cluster;
  }

  async *#watch(signal: AbortSignal): AsyncIterable<WatchEvent> {
    this.asked.push('watch');
    const end = this.ends.shift();
    if (end === 'end') return;
    if (end) throw end;
    for (let state = this.states.shift(); state !== undefined; state = this.states.shift()) {
      await setImmediate();
      assert.ok(this.object);
      if (state === 'deleted') {
        yield { type: 'deleted', object: this.object };
        this.object = undefined;
      } else {
        this.object = changed(this.object, state);
        yield { type: 'modified', object: this.object };
      }
    }
    await new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
  }
}

/** Time goes on by what is slept. */
function fastClock(): SyncClock {
  let now = Date.parse('2026-11-21T12:00:00Z');
  return {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      if (signal.aborted) throw new DOMException('aborted', 'AbortError');
      now += milliseconds;
    },
  };
}

const running = { operation: { sync: {} }, status: { operationState: { phase: 'Running', operation: { sync: {} } } } };
const ended = (phase: string, message = ''): JsonObject => ({ operation: null, status: { operationState: { phase, message } } });

describe('asking an operator', () => {
  it('follows it to its end', async () => {
    const one = new OneObject(synced);
    one.states = [running, ended('Succeeded', 'successfully synced')];
    const { outcome, progress } = await act(one, { kind: 'sync' });
    assert.deepEqual([outcome.result, outcome.result === 'done' && outcome.message], ['done', 'successfully synced']);
    assert.deepEqual(
      progress.map(({ phase }) => phase),
      ['waiting', 'running', 'done'],
    );
    assert.equal(progress[0]?.step, 'Start a sync of Application handoff-app');
    assert.equal(one.patches.length, 1);
  });

  it('says how it failed', async () => {
    const one = new OneObject(synced);
    one.states = [running, ended('Failed', 'one or more objects failed to apply')];
    const { outcome } = await act(one, { kind: 'sync' });
    assert.deepEqual([outcome.result, outcome.result === 'failed' && outcome.message], ['failed', 'one or more objects failed to apply']);
  });

  it('plans anew on the object as it is when it changed meanwhile', async () => {
    const one = new OneObject(synced);
    one.refusals = [serverFailure('cluster/conflict', 409)];
    one.states = [ended('Succeeded')];
    assert.equal((await act(one, { kind: 'sync' })).outcome.result, 'done');
    assert.deepEqual(one.asked.slice(0, 4), ['get', 'patch', 'get', 'patch']);
  });

  it('never joins an operation that somebody else started meanwhile', async () => {
    const one = new OneObject(synced);
    one.refusals = [serverFailure('cluster/conflict', 409)];
    let reads = 0;
    one.onRead = () => {
      if (++reads === 2 && one.object) one.object = changed(one.object, running);
    };
    const { outcome } = await act(one, { kind: 'sync' });
    assert.equal(outcome.result === 'refused' && outcome.refusal.code, 'another-operation');
    assert.deepEqual(one.patches, []);
  });

  it('gives up on a server that always says conflict', async () => {
    const one = new OneObject(synced);
    one.refusals = Array.from({ length: 20 }, () => serverFailure('cluster/conflict', 409));
    await assert.rejects(act(one, { kind: 'sync' }), { code: 'cluster/conflict' });
    assert.equal(one.asked.filter((each) => each === 'patch').length, 10);
  });

  it('hands on what the server refuses', async () => {
    const one = new OneObject(synced);
    one.refusals = [serverFailure('cluster/forbidden', 403)];
    await assert.rejects(act(one, { kind: 'sync' }), { code: 'cluster/forbidden' });
    one.object = undefined;
    await assert.rejects(act(one, { kind: 'sync' }), { code: 'cluster/not-found' });
  });

  it('goes on after watches that end, get too old or break', async () => {
    const one = new OneObject(synced);
    one.ends = ['end', serverFailure('cluster/gone', 410), serverFailure('cluster/unreachable', 0)];
    one.states = [running, ended('Succeeded')];
    assert.equal((await act(one, { kind: 'sync' })).outcome.result, 'done');
    assert.equal(one.asked.filter((each) => each === 'list').length, 4);
  });

  it('reads now and then where it may not watch', async () => {
    const one = new OneObject(synced);
    one.ends = [serverFailure('cluster/forbidden', 403)];
    let reads = 0;
    one.onRead = () => {
      if (++reads === 4 && one.object) one.object = changed(one.object, ended('Succeeded'));
    };
    const { outcome } = await act(one, { kind: 'sync' });
    assert.equal(outcome.result, 'done');
    assert.ok(reads >= 4);
  });

  it('says when nobody takes it up, and when it takes too long', async () => {
    const idle = await act(new OneObject(synced), { kind: 'sync' });
    assert.ok(idle.outcome.result === 'timed-out');
    assert.equal(idle.outcome.message, 'Start a sync of Application handoff-app: nobody has taken it up.');
    const slow = new OneObject(synced);
    slow.states = [running];
    const { outcome } = await act(slow, { kind: 'sync' });
    assert.ok(outcome.result === 'timed-out' && outcome.message.includes('not done in time'));
  });

  it('ends when it is cancelled, and leaves the operation alone', async () => {
    const one = new OneObject(synced);
    one.states = [running];
    const stop = new AbortController();
    const acting = actOnOperator(
      idOfLive(synced),
      { kind: 'sync' },
      { cluster: one.cluster, user: 'me', clock: fastClock(), onProgress: ({ phase }) => phase === 'running' && stop.abort() },
      stop.signal,
    );
    await assert.rejects(acting, isCancelled);
    assert.equal(one.patches.length, 1);
  });

  it('looks whether what may be set back is, and else for a few seconds only', async () => {
    const owned = changed(recordedApplication('automated'), {
      metadata: { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'shops', uid: '1' }] },
    });
    const fought = new OneObject(owned);
    fought.states = [{ spec: { syncPolicy: { automated: {} } } }];
    const { outcome } = await act(fought, { kind: 'suspend' });
    assert.deepEqual([outcome.result, outcome.result === 'failed' && outcome.message], ['failed', 'ApplicationSet shops has set it back.']);
    assert.equal((await act(new OneObject(owned), { kind: 'suspend' })).outcome.result, 'done');
    const free = new OneObject(recordedApplication('automated'));
    assert.equal((await act(free, { kind: 'suspend' })).outcome.result, 'done');
    assert.deepEqual(free.asked, ['get', 'patch']);
  });

  it('notices that the object was deleted', async () => {
    const one = new OneObject(synced);
    one.states = [running, 'deleted'];
    assert.equal((await act(one, { kind: 'sync' })).outcome.result, 'failed');
  });

  it('says before what it would ask', async () => {
    const one = new OneObject(synced);
    const plan = await planOperatorAction(idOfLive(synced), { kind: 'sync', prune: true }, { cluster: one.cluster, user: 'me' }, never);
    assert.ok(plan.ok);
    assert.ok(plan.warnings.includes('Objects that are no longer in git are deleted.'));
    assert.deepEqual(one.patches, []);
  });

  it('uses one new token for all that Flux is asked', async () => {
    const one = new OneObject(recordedKustomization('caughtUp'));
    one.states = [{ status: { lastHandledReconcileAt: '2026-11-21T12:00:00.000Z' } }];
    const { outcome } = await act(one, { kind: 'reconcile', withSource: false });
    assert.equal(outcome.result, 'done', JSON.stringify(outcome));
    assert.deepEqual(one.patches, [{ metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': '2026-11-21T12:00:00.000Z' } } }]);
  });
});

async function act(one: OneObject, action: OperatorAction): Promise<{ readonly outcome: OperatorOutcome; readonly progress: readonly OperatorProgress[] }> {
  const progress: OperatorProgress[] = [];
  const id = idOfLive(one.object ?? synced);
  const outcome = await actOnOperator(id, action, { cluster: one.cluster, user: 'me', clock: fastClock(), onProgress: (step) => progress.push(step) }, never);
  return { outcome, progress };
}
