/** Follows commits that were pushed to the environments that they are for, until all are healthy or have failed. */
import { Failure } from '../../services/failure.js';
import { followLadder, type FollowProgress } from '../../services/followLadder.js';
import { systemClock } from '../../services/syncClock.js';
import type { Ladders } from '../doctor/ladders.js';
import type { FollowedLadder } from '../promoteProtocol.js';
import type { Session } from '../session.js';
import type { FollowLadders } from './planRuns.js';

/** Where no cluster is connected there is nothing to wait for: what is known is told once. */
export function followLaddersOf({ session, ladders }: { readonly session: Session; readonly ladders: Ladders }): FollowLadders {
  return async (commits, tell, signal) => {
    const known = new Map<string, FollowedLadder>();
    const note = (id: string, followed: FollowedLadder): void => {
      known.set(id, followed);
      tell([...known.values()]);
    };
    await Promise.all(
      [...commits].map(async ([id, commit]) => {
        try {
          const first = await ladders.readOf(id, { commit }, signal);
          const isSeen = first.rungs.some(({ rung, state }) => rung === 'synced' && state !== 'unknown');
          if (!isSeen) return note(id, describe(id, { ladder: first, outcome: 'running', message: '' }, 'unknown'));
          await followLadder(
            {
              clock: systemClock,
              read: (own) => ladders.readOf(id, { commit }, own),
              onChange: (listener) => ladders.onChange(listener),
              tell: (progress) => note(id, describe(id, progress, progress.outcome === 'running' ? 'moving' : progress.outcome)),
            },
            signal,
          );
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          const label = session.model.delivery.model.environments.find((each) => each.id === id)?.label ?? id;
          note(id, { id, label, state: 'unknown', rungs: [{ rung: 'synced', state: 'unknown', evidence: `${error.message} ${error.action}`.trim() }] });
        }
      }),
    );
    return [...known.values()];
  };
}

function describe(id: string, { ladder }: FollowProgress, state: FollowedLadder['state']): FollowedLadder {
  return { id, label: ladder.environment.label, state, rungs: ladder.rungs.map(({ rung, state: own, evidence }) => ({ rung, state: own, evidence })) };
}
