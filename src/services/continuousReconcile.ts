/**
 * Keeps environments without an operator as their renders say, while it is switched on: plans when something may have
 * changed, and runs what needs no decision. Where a plan has a question, something is blocked or the plan is refused, it
 * pauses until somebody has looked. What fails, and what others keep changing back, is tried again with growing pauses.
 */
import { hasWork, plannedObjects, type BlockCause, type SyncPlan } from '../core/sync/syncPlan.js';
import type { SyncRun } from '../core/sync/syncRun.js';
import { Failure, isCancelled } from './failure.js';
import type { SyncClock } from './syncClock.js';

export type ReconcileState =
  /** As declared when it was last looked at. */
  | { readonly kind: 'in-sync' }
  | { readonly kind: 'planning' }
  | { readonly kind: 'syncing' }
  /** A person has to look: one sentence says at what. */
  | { readonly kind: 'paused'; readonly reason: string }
  /** @param until milliseconds since 1970 */
  | { readonly kind: 'waiting'; readonly until: number; readonly reason: string };

/** How one environment is planned and synced. */
export interface ReconcileWork<Plan extends { readonly plan: SyncPlan }> {
  readonly plan: (signal: AbortSignal) => Promise<Plan>;
  readonly run: (plan: Plan, signal: AbortSignal) => Promise<SyncRun>;
}

export interface ContinuousReconcileOptions {
  readonly clock: SyncClock;
  /** Called with the id of an environment whose state changed. */
  readonly onChange: (id: string) => void;
  /** Bugs of ours; the environment is then switched off. */
  readonly onBug: (id: string, error: unknown) => void;
  /** Changes that come within this time are looked at together, in milliseconds. */
  readonly debounce?: number;
}

interface Loop {
  readonly stop: AbortController;
  state: ReconcileState;
  /** Something may have changed since the last plan began. */
  isDue: boolean;
  wake: () => void;
}

const defaultDebounce = 1000;
const firstPause = 5000;
const longestPause = 5 * 60_000;
/** Syncs that follow each other faster than this are a fight with somebody. */
const quietTime = 60_000;

/** Causes of blocked objects that nobody has to look at: they are as wished. */
const harmless: ReadonlySet<BlockCause> = new Set<BlockCause>(['option', 'deleting']);

export class ContinuousReconcile {
  readonly #options: ContinuousReconcileOptions;
  readonly #loops = new Map<string, Loop>();

  constructor(options: ContinuousReconcileOptions) {
    this.#options = options;
  }

  /** Switches it on for an environment, and looks at once. One that is on stays as it is. */
  start<Plan extends { readonly plan: SyncPlan }>(id: string, work: ReconcileWork<Plan>): void {
    if (this.#loops.has(id)) return;
    const loop: Loop = { stop: new AbortController(), state: { kind: 'planning' }, isDue: true, wake: () => undefined };
    this.#loops.set(id, loop);
    void this.#run(id, loop, work).catch((error: unknown) => {
      if (loop.stop.signal.aborted || isCancelled(error)) return;
      this.stop(id);
      this.#options.onBug(id, error);
    });
  }

  /** Switches it off; a sync that runs is cancelled. */
  stop(id: string): void {
    const loop = this.#loops.get(id);
    if (!loop) return;
    this.#loops.delete(id);
    loop.stop.abort();
    loop.wake();
    this.#options.onChange(id);
  }

  /** Something may have changed: the render, a live object, or somebody has looked at what it paused for. */
  poke(id: string): void {
    const loop = this.#loops.get(id);
    if (!loop) return;
    loop.isDue = true;
    loop.wake();
  }

  /** Undefined where it is off. */
  stateOf(id: string): ReconcileState | undefined {
    return this.#loops.get(id)?.state;
  }

  get ids(): readonly string[] {
    return [...this.#loops.keys()];
  }

  /** Switches all of them off. */
  close(): void {
    for (const id of this.ids) this.stop(id);
  }

  async #run<Plan extends { readonly plan: SyncPlan }>(id: string, loop: Loop, work: ReconcileWork<Plan>): Promise<void> {
    const { clock, debounce = defaultDebounce } = this.#options;
    const { signal } = loop.stop;
    let pause = firstPause;
    let lastSync = -Infinity;
    for (;;) {
      while (!loop.isDue) {
        await new Promise<void>((resolve) => (loop.wake = resolve));
        signal.throwIfAborted();
      }
      await clock.sleep(debounce, signal);
      loop.isDue = false;
      const outcome = await this.#once(id, loop, work);
      if (outcome.kind === 'quiet') {
        if (clock.now() - lastSync > quietTime) pause = firstPause;
        this.#set(id, loop, outcome.state);
        continue;
      }
      const isFight = outcome.kind === 'synced' && clock.now() - lastSync < quietTime;
      lastSync = clock.now();
      if (outcome.kind === 'synced' && !isFight) {
        this.#set(id, loop, { kind: 'in-sync' });
        continue;
      }
      const reason = outcome.kind === 'failed' ? outcome.reason : 'Something keeps changing what was synced: it waits before it syncs again.';
      this.#set(id, loop, { kind: 'waiting', until: clock.now() + pause, reason });
      await clock.sleep(pause, signal);
      pause = Math.min(pause * 2, longestPause);
      if (outcome.kind === 'failed') loop.isDue = true;
    }
  }

  async #once<Plan extends { readonly plan: SyncPlan }>(
    id: string,
    loop: Loop,
    work: ReconcileWork<Plan>,
  ): Promise<{ readonly kind: 'quiet'; readonly state: ReconcileState } | { readonly kind: 'synced' } | { readonly kind: 'failed'; readonly reason: string }> {
    const { signal } = loop.stop;
    try {
      this.#set(id, loop, { kind: 'planning' });
      const planned = await work.plan(signal);
      const reason = pauseReason(planned.plan);
      if (reason !== undefined) return { kind: 'quiet', state: { kind: 'paused', reason } };
      if (!hasWork(planned.plan)) return { kind: 'quiet', state: { kind: 'in-sync' } };
      this.#set(id, loop, { kind: 'syncing' });
      const { result, message } = await work.run(planned, signal);
      return result === 'done' ? { kind: 'synced' } : { kind: 'failed', reason: message };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure)) throw error;
      return { kind: 'failed', reason: `${error.message} ${error.action}`.trim() };
    }
  }

  #set(id: string, loop: Loop, state: ReconcileState): void {
    if (this.#loops.get(id) !== loop) return;
    loop.state = state;
    this.#options.onChange(id);
  }
}

/** What a person has to look at before a plan runs by itself; undefined where nothing. */
export function pauseReason(plan: SyncPlan): string | undefined {
  if (plan.refusal !== undefined) return plan.refusal;
  const [question, ...more] = plan.questions;
  if (question) return more.length === 0 ? question.question : `${question.question} (and ${more.length} more questions)`;
  const blocked = plannedObjects(plan).find(({ cause }) => cause !== undefined && !harmless.has(cause));
  return blocked && `${blocked.id.kind} ${blocked.id.name} is blocked: ${blocked.reason}`;
}
