/** Follows a ladder until it is climbed or stuck: read again whenever something changed, and now and then without that. */
import type { Rung } from '../core/sync/ladder.js';
import type { Ladder } from './ladder.js';
import type { SyncClock } from './syncClock.js';

export interface FollowOptions {
  /** Reads the ladder as it is now. */
  readonly read: (signal: AbortSignal) => Promise<Ladder>;
  /** Told of every change, and of the end. */
  readonly tell: (progress: FollowProgress) => void;
  /** Calls back when something may have changed, until it is called off. */
  readonly onChange: (listener: () => void) => () => void;
  readonly clock: SyncClock;
  /** Milliseconds between looks without a change; 5 seconds where left out. */
  readonly pause?: number;
  /** Milliseconds that a failure must stand: operators try again; 10 seconds where left out. */
  readonly patience?: number;
  /** Milliseconds after which a failure is one though it changes; none where left out. */
  readonly timeout?: number;
}

export interface FollowProgress {
  readonly ladder: Ladder;
  readonly outcome: 'running' | 'healthy' | 'failed';
  /** One sentence. */
  readonly message: string;
}

/** The rungs that a change has yet to climb once it was committed. */
const waitedFor: ReadonlySet<string> = new Set(['tracked', 'synced', 'rolled-out', 'healthy']);

/** The end; rejects with what reading fails with, or with an AbortError. */
export async function followLadder(options: FollowOptions, signal: AbortSignal): Promise<FollowProgress> {
  const { read, tell, clock, pause = 5_000, patience = 10_000, timeout = 30 * 60_000 } = options;
  const start = clock.now();
  let failedSince: number | undefined;
  let told = '';
  for (;;) {
    const changed = nextChange(options, signal);
    try {
      const ladder = await read(signal);
      const open = ladder.rungs.find(({ rung, state }) => waitedFor.has(rung) && state !== 'done');
      const now = clock.now();
      failedSince = open?.state === 'failed' ? (failedSince ?? now) : undefined;
      const isStuck = failedSince !== undefined && now - failedSince >= patience;
      const isLate = now - start >= timeout;
      const progress: FollowProgress = { ladder, outcome: open ? (isStuck || isLate ? 'failed' : 'running') : 'healthy', message: messageOf(open, ladder, isLate) };
      const key = JSON.stringify([progress.outcome, ladder.rungs.map(({ state, evidence }) => [state, evidence])]);
      if (key !== told) tell(progress);
      told = key;
      if (progress.outcome !== 'running') return progress;
      await Promise.race([changed.promise, clock.sleep(failedSince === undefined ? pause : Math.min(pause, patience), signal)]);
    } finally {
      changed.callOff();
    }
  }
}

function nextChange({ onChange }: FollowOptions, signal: AbortSignal): { readonly promise: Promise<void>; readonly callOff: () => void } {
  let end: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  const off = onChange(end);
  signal.addEventListener('abort', end, { once: true });
  return {
    promise,
    callOff: () => {
      off();
      signal.removeEventListener('abort', end);
    },
  };
}

function messageOf(open: Rung | undefined, { rungs }: Ladder, isLate: boolean): string {
  if (!open) return rungs.find(({ rung }) => rung === 'rolled-out')?.evidence ?? 'Healthy.';
  return isLate ? `Not there in time: ${open.evidence}` : open.evidence;
}
