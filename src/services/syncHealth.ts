/** Waiting for objects of a sync: until they are healthy, until hooks are through, until something is gone. */
import type { Health } from '../core/live/health.js';
import { healthOf } from '../core/live/healthOf.js';
import { isJsonObject, isList } from '../core/live/json.js';
import { liveKey, type LiveObject } from '../core/live/liveObject.js';
import type { ResId } from '../core/objects/resId.js';
import { nameOf } from '../core/sync/planObject.js';
import type { BoundedWork } from './boundedWork.js';
import type { Cluster } from './ports.js';
import type { SyncClock } from './syncClock.js';

/** What is waited for. */
export interface Waited {
  readonly id: ResId;
  readonly isHook: boolean;
}

export interface WaitOptions {
  readonly cluster: Cluster;
  readonly work: BoundedWork;
  readonly clock: SyncClock;
  /** Milliseconds for all of them together. */
  readonly timeout: number;
  /** True where something that is suspended (a paused rollout) counts as through. */
  readonly acceptsSuspended: boolean;
  readonly onLook: (looks: ReadonlyMap<string, Health | undefined>, pending: readonly Waited[]) => void;
}

export type WaitResult = { readonly kind: 'ready' } | { readonly kind: 'degraded' | 'timed-out'; readonly message: string; readonly ids: readonly ResId[] };

const firstPause = 200;
const longestPause = 2000;
/** A status that is still that of the former spec may look bad for a moment. */
const degradedGrace = 3000;

/** Looks until all are healthy, one is degraded for a while, or the time is over. Kinds without health are through at once. */
export async function waitForHealth(waited: readonly Waited[], { cluster, work, clock, timeout, acceptsSuspended, onLook }: WaitOptions, signal: AbortSignal): Promise<WaitResult> {
  const started = clock.now();
  const looks = new Map<string, Health | undefined>();
  const degradedSince = new Map<string, number>();
  let pending = [...waited];
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    await work.each(
      pending,
      'look',
      async ({ id, isHook }) => {
        const live = await cluster.get(id, signal);
        // A hook that is gone has done its work and was cleaned up, by its own time to live or by somebody.
        looks.set(liveKey(id), live ? healthOf(live, clock.now()) : isHook ? { status: 'Healthy', message: 'It is gone.' } : { status: 'Missing', message: 'It is gone.' });
      },
      signal,
    );
    const now = clock.now();
    for (const { id } of pending) {
      const key = liveKey(id);
      if (looks.get(key)?.status !== 'Degraded') degradedSince.delete(key);
      else if (!degradedSince.has(key)) degradedSince.set(key, now);
    }
    pending = pending.filter(({ id }) => !isThrough(looks.get(liveKey(id)), acceptsSuspended));
    onLook(looks, pending);
    if (pending.length === 0) return { kind: 'ready' };
    const degraded = pending.filter(({ id, isHook }) => {
      const since = degradedSince.get(liveKey(id));
      return since !== undefined && (isHook || now - since >= degradedGrace);
    });
    if (degraded.length > 0) return { kind: 'degraded', message: describeWaited(degraded, looks), ids: degraded.map(({ id }) => id) };
    if (now - started >= timeout) return { kind: 'timed-out', message: describeWaited(pending, looks), ids: pending.map(({ id }) => id) };
    await clock.sleep(Math.min(pause, Math.max(1, started + timeout - now)), signal);
  }
}

/** Waits until the server serves the kinds of these CustomResourceDefinitions; the names of those that it doesn't in time. */
export async function waitForEstablished(
  names: readonly ResId[],
  options: Pick<WaitOptions, 'cluster' | 'work' | 'clock' | 'timeout'>,
  signal: AbortSignal,
): Promise<readonly ResId[]> {
  return pollUntil(names, async (id) => isEstablished(await options.cluster.get(id, signal)), options, signal);
}

/** Waits until objects with these uids are gone; those that aren't in time. */
export async function waitForGone(
  gone: readonly { readonly id: ResId; readonly uid: string | undefined }[],
  options: Pick<WaitOptions, 'cluster' | 'work' | 'clock' | 'timeout'>,
  signal: AbortSignal,
): Promise<readonly ResId[]> {
  const left = await pollUntil(
    gone,
    async ({ id, uid }) => {
      const live = await options.cluster.get(id, signal);
      return !live || (uid !== undefined && live.metadata.uid !== uid);
    },
    options,
    signal,
  );
  return left.map(({ id }) => id);
}

/** `Deployment shop/web (1 of 3 updated) and 2 more`: for people. */
export function describeWaited(waited: readonly Waited[], looks: ReadonlyMap<string, Health | undefined>): string {
  const [first] = waited;
  if (!first) return '';
  const message = looks.get(liveKey(first.id))?.message ?? '';
  const more = waited.length - 1;
  return `${nameOf(first.id)}${message === '' ? '' : ` (${message})`}${more > 0 ? ` and ${more} more` : ''}`;
}

function isThrough(health: Health | undefined, acceptsSuspended: boolean): boolean {
  return health === undefined || health.status === 'Healthy' || (acceptsSuspended && health.status === 'Suspended');
}

function isEstablished(definition: LiveObject | undefined): boolean {
  const status = definition?.['status'];
  const conditions = isJsonObject(status) ? status['conditions'] : undefined;
  return isList(conditions) && conditions.some((condition) => isJsonObject(condition) && condition['type'] === 'Established' && condition['status'] === 'True');
}

async function pollUntil<T>(
  items: readonly T[],
  isDone: (item: T) => Promise<boolean>,
  { work, clock, timeout }: Pick<WaitOptions, 'work' | 'clock' | 'timeout'>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const started = clock.now();
  let left = items;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, longestPause)) {
    const done = new Set<T>();
    await work.each(
      left,
      'look',
      async (item) => {
        if (await isDone(item)) done.add(item);
      },
      signal,
    );
    left = left.filter((item) => !done.has(item));
    if (left.length === 0 || clock.now() - started >= timeout) return left;
    await clock.sleep(pause, signal);
  }
}
