/** Following a ladder: what is told, and when it ends. Time passes only while somebody sleeps. */
import assert from 'node:assert/strict';
import type { Environment } from '../../src/core/gitops/delivery.js';
import type { Rung, RungName, RungState } from '../../src/core/sync/ladder.js';
import { followLadder, type FollowOptions, type FollowProgress } from '../../src/services/followLadder.js';
import type { Ladder } from '../../src/services/ladder.js';
import { TestClock } from '../support/syncFixtures.js';

const never = new AbortController().signal;
const names: readonly RungName[] = ['saved', 'committed', 'pushed', 'tracked', 'synced', 'rolled-out', 'healthy'];

/** Done below the rung that is named, and `state` there. */
function ladderAt(open: RungName | undefined, state: RungState = 'pending', evidence = `About ${open ?? 'all'}.`): Ladder {
  const first = open === undefined ? names.length : names.indexOf(open);
  const rungs = names.map((rung, index): Rung => ({
    rung,
    title: rung,
    state: index < first ? 'done' : index === first ? state : 'pending',
    evidence: index === first ? evidence : `${rung} is done.`,
    facts: [],
    place: undefined,
  }));
  return { environment: { id: 'shop-prod' } as Environment, rungs, sources: [] };
}

interface Followed {
  readonly end: FollowProgress;
  readonly told: readonly string[];
  /** Seconds. */
  readonly took: number;
  /** Listeners that are left. */
  readonly listening: number;
}

/** Follows ladders, one a look; the last one stays. */
async function follow(ladders: readonly Ladder[], more: Partial<FollowOptions> = {}): Promise<Followed> {
  const clock = new TestClock();
  const start = clock.now();
  const told: string[] = [];
  const listeners = new Set<() => void>();
  let looks = 0;
  const end = await followLadder(
    {
      clock,
      read: () => Promise.resolve(ladders[Math.min(looks++, ladders.length - 1)] ?? assert.fail('a ladder')),
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      tell: ({ outcome, message }) => void told.push(`${outcome}: ${message}`),
      ...more,
    },
    never,
  );
  return { end, told, took: (clock.now() - start) / 1000, listening: listeners.size };
}

describe('following a ladder', () => {
  it('tells of every change once, and ends when all is healthy', async () => {
    const { end, told, took, listening } = await follow([ladderAt('synced'), ladderAt('synced'), ladderAt('rolled-out'), ladderAt(undefined)]);
    assert.deepEqual(told, ['running: About synced.', 'running: About rolled-out.', 'healthy: rolled-out is done.']);
    assert.deepEqual([end.outcome, took, listening], ['healthy', 15, 0]);
  });

  it('waits for nothing below the tracked revision: what was committed is on its way', async () => {
    const open = ladderAt(undefined);
    const unsaved: Ladder = { ...open, rungs: open.rungs.map((rung) => (rung.rung === 'committed' ? { ...rung, state: 'pending' } : rung)) };
    assert.equal((await follow([unsaved])).end.outcome, 'healthy');
  });

  it('looks at once where something changed', async () => {
    const clock = new TestClock();
    const start = clock.now();
    // A clock that stands still: only what is told wakes it.
    const standing = { now: () => clock.now(), sleep: () => new Promise<void>(() => undefined) };
    let change: () => void = () => assert.fail('nobody listens');
    const ladders = [ladderAt('synced'), ladderAt(undefined)];
    const end = await followLadder(
      {
        clock: standing,
        read: () => Promise.resolve(ladders.shift() ?? assert.fail('one look too many')),
        onChange: (listener) => {
          change = listener;
          return () => undefined;
        },
        tell: ({ outcome }) => {
          if (outcome === 'running') setImmediate(() => change());
        },
      },
      never,
    );
    assert.deepEqual([end.outcome, clock.now()], ['healthy', start]);
  });

  it('takes a failure for one only where it stands: operators try again', async () => {
    const failed = ladderAt('synced', 'failed', 'The sync failed.');
    const recovered = await follow([failed, ladderAt('synced'), failed, ladderAt(undefined)]);
    assert.equal(recovered.end.outcome, 'healthy');
    const stuck = await follow([failed], { patience: 12_000 });
    assert.deepEqual([stuck.end.outcome, stuck.end.message, stuck.took], ['failed', 'The sync failed.', 15]);
    assert.deepEqual(stuck.told, ['running: The sync failed.', 'failed: The sync failed.']);
  });

  it('gives up after a time, and says where it stands', async () => {
    const { end, took, listening } = await follow([ladderAt('rolled-out', 'pending', '1 of 3 pods is ready.')], { timeout: 60_000 });
    assert.deepEqual([end.outcome, end.message, took, listening], ['failed', 'Not there in time: 1 of 3 pods is ready.', 60, 0]);
  });

  it('ends where it is called off, and where reading fails, and listens no more', async () => {
    const stop = new AbortController();
    let listening = 0;
    const options: FollowOptions = {
      clock: new TestClock(),
      read: () => Promise.resolve(ladderAt('synced')),
      onChange: () => {
        listening++;
        return () => void listening--;
      },
      tell: () => stop.abort(),
    };
    await assert.rejects(followLadder(options, stop.signal), { name: 'AbortError' });
    await assert.rejects(followLadder({ ...options, read: () => Promise.reject(new Error('no answer')) }, never), /no answer/);
    assert.equal(listening, 0);
  });
});
