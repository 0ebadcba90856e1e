/** Answers to questions, kept for a while: one request per question in flight, failures kept for a shorter time, the oldest dropped first. */
import { RegistryFailure } from './failure.js';

export interface KeptAnswersOptions {
  /** How long an answer is good for, in milliseconds. */
  readonly lifetime: number;
  /** The same for a failure that doesn't say how long to wait. */
  readonly failureLifetime: number;
  readonly most: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

interface Refusal {
  readonly failure: RegistryFailure;
  readonly until: number;
}

interface UnderWay<T> {
  readonly answer: Promise<Kept<T>>;
  readonly abort: AbortController;
  waiting: number;
}

export class KeptAnswers<T> {
  readonly #options: KeptAnswersOptions;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #refused = new Map<string, Refusal>();
  readonly #underWay = new Map<string, UnderWay<T>>();

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
  }

  /** What is known and still good; undefined where it would have to be asked. */
  known(key: string): Kept<T> | undefined {
    const kept = this.#kept.get(key);
    return kept && kept.at + this.#options.lifetime > this.#options.now() ? kept : undefined;
  }

  /**
   * The answer. What `ask` is doing ends when nobody waits for it any more.
   * @param signal ends this wait
   */
  async get(key: string, ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Kept<T>> {
    signal.throwIfAborted();
    const known = this.known(key);
    if (known) return known;
    const refusal = this.#refused.get(key);
    if (refusal && refusal.until > this.#options.now()) throw refusal.failure;
    const running = this.#underWay.get(key) ?? this.#start(key, ask);
    running.waiting++;
    try {
      return await orAborted(running.answer, signal);
    } finally {
      running.waiting--;
      if (running.waiting === 0) running.abort.abort();
    }
  }

  /** Drops answers; what is under way goes on. */
  forget(isMeant: (key: string) => boolean): void {
    for (const map of [this.#kept, this.#refused]) for (const key of [...map.keys()]) if (isMeant(key)) map.delete(key);
  }

  #start(key: string, ask: (signal: AbortSignal) => Promise<T>): UnderWay<T> {
    const abort = new AbortController();
    const started: UnderWay<T> = { abort, waiting: 0, answer: this.#ask(key, ask, AbortSignal.any([abort.signal, this.#options.signal])) };
    this.#underWay.set(key, started);
    const end = (): void => {
      if (this.#underWay.get(key) === started) this.#underWay.delete(key);
    };
    started.answer.then(end, end);
    // What nobody waits for any more is not joined: it is being ended.
    abort.signal.addEventListener('abort', end);
    return started;
  }

  async #ask(key: string, ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Kept<T>> {
    const { now, most, failureLifetime } = this.#options;
    const at = now();
    try {
      const kept = { value: await ask(signal), at };
      this.#refused.delete(key);
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      dropOldest(this.#kept, most);
      return kept;
    } catch (error) {
      if (error instanceof RegistryFailure) {
        this.#refused.delete(key);
        this.#refused.set(key, { failure: error, until: now() + (error.retryAfter === undefined ? failureLifetime : error.retryAfter * 1000) });
        dropOldest(this.#refused, most);
      }
      throw error;
    }
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

/** Waits for a promise, unless the signal ends the wait. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    signal.addEventListener('abort', stop, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
