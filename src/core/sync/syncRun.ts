/** What becomes of a plan while it runs, as data: events of its progress, and at the end the result by object. */
import type { Health } from '../live/health.js';
import type { ResId } from '../objects/resId.js';
import type { SyncPhase } from './syncPlan.js';

export type SyncResult = 'done' | 'failed' | 'cancelled';

export type SyncedAction = 'created' | 'changed' | 'unchanged' | 'pruned' | 'blocked' | 'failed';

export interface SyncedObject {
  readonly id: ResId;
  /** A failed one names what failed in `message`; a blocked one why it was left alone. */
  readonly action: SyncedAction;
  readonly phase: SyncPhase;
  readonly wave: number;
  /** As of the last look; undefined for kinds without a notion of it, and where nobody looked. */
  readonly health: Health | undefined;
  readonly message: string;
}

/** A look at a run. Each is complete: a later one replaces those before. */
export interface SyncProgressEvent {
  readonly phase: 'running' | 'waiting' | SyncResult;
  /** `Sync wave 1: 3 of 7 applied`, `Waiting for Deployment shop/orders: 1 of 3 replicas are ready`. */
  readonly message: string;
  /** 0 to 1. */
  readonly part: number;
  /** Those that something was said of so far, in the order in which it was first said. */
  readonly objects: readonly SyncedObject[];
}

export interface SyncRun {
  readonly result: SyncResult;
  /** One sentence. */
  readonly message: string;
  readonly objects: readonly SyncedObject[];
  /** RFC 3339. */
  readonly startedAt: string;
  readonly finishedAt: string;
}
