/**
 * Requests to one server, not too many at a time: those of more weight first, fewer at a time after the server said that
 * it is busy or broke down, and again later what failed only for that.
 */
import { ClusterFailure } from './failure.js';
import type { SyncClock } from './syncClock.js';

/** `write` goes before `look`: what changes something is never kept waiting by what watches progress. */
export type WorkKind = 'write' | 'look';

/** A cluster's connection repeats by itself what may be repeated at once; these come on top, for a server that is down longer. */
const mostAttempts = 4;
const firstPause = 500;
const longestPause = 15_000;

interface Waiting {
  readonly kind: WorkKind;
  readonly start: () => void;
}

export class BoundedWork {
  readonly #most: number;
  readonly #clock: SyncClock;
  readonly #waiting: Waiting[] = [];
  #limit: number;
  #running = 0;

  /** @param most requests under way at a time */
  constructor(most: number, clock: SyncClock) {
    this.#most = most;
    this.#limit = most;
    this.#clock = clock;
  }

  /** Carries out all of them; rejects with the first failure, when none is under way any more. */
  async each<T>(items: readonly T[], kind: WorkKind, work: (item: T) => Promise<void>, signal: AbortSignal): Promise<void> {
    const results = await Promise.allSettled(items.map((item) => this.run(kind, () => work(item), signal)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Carries out one request when it is its turn. It must do no harm to send it twice. */
  async run<T>(kind: WorkKind, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let pause = firstPause;
    for (let attempt = 1; ; attempt++) {
      await this.#turn(kind);
      try {
        signal.throwIfAborted();
        const answer = await work();
        this.#limit = Math.min(this.#most, this.#limit + 0.1);
        return answer;
      } catch (error) {
        if (!(error instanceof ClusterFailure) || !isPassing(error) || attempt === mostAttempts) throw error;
        this.#limit = Math.max(1, this.#limit / 2);
        pause = error.retryAfter === undefined ? pause : error.retryAfter * 1000;
      } finally {
        this.#running--;
        this.#startNext();
      }
      await this.#clock.sleep(pause, signal);
      pause = Math.min(pause * 2, longestPause);
    }
  }

  async #turn(kind: WorkKind): Promise<void> {
    if (this.#running < Math.floor(this.#limit) && this.#waiting.length === 0) {
      this.#running++;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push({ kind, start: resolve });
      this.#startNext();
    });
  }

  #startNext(): void {
    while (this.#running < Math.floor(this.#limit) && this.#waiting.length > 0) {
      const write = this.#waiting.findIndex(({ kind }) => kind === 'write');
      const [next] = this.#waiting.splice(Math.max(0, write), 1);
      this.#running++;
      next?.start();
    }
  }
}

/** True for what may well go away: the server is busy, breaks down, or can't be reached for a moment. */
function isPassing({ code }: ClusterFailure): boolean {
  return code === 'cluster/busy' || code === 'cluster/server-error' || code === 'cluster/unreachable' || code === 'cluster/timed-out';
}
