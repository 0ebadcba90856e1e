/** Plans and runs for tests: an environment of one namespace in a cluster in memory, with time that doesn't pass by itself. */
import { randomUUID } from 'node:crypto';
import { noEnvironmentOptions, type EnvironmentOptions } from '../../src/core/sync/syncOptions.js';
import type { SyncPlan } from '../../src/core/sync/syncPlan.js';
import type { SyncProgressEvent, SyncRun } from '../../src/core/sync/syncRun.js';
import type { SyncStyle } from '../../src/core/sync/order.js';
import type { Cluster } from '../../src/services/ports.js';
import { runSync, type RunOptions } from '../../src/services/sync.js';
import type { SyncClock } from '../../src/services/syncClock.js';
import type { RenderedObject } from '../../src/core/objects/rendering.js';
import { ApplySetInventory, syncManager } from '../../src/services/syncInventory.js';
import { planEnvironmentSync } from '../../src/services/syncPlanning.js';
import { renderManifests } from './renderManifests.js';

/** Passes only while somebody sleeps. */
export class TestClock implements SyncClock {
  time = Date.parse('2026-01-01T00:00:00Z');

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.time += milliseconds;
    // Others get their turn, as they would while time passes.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
}

export const parent = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'gitops-workbench-shop' };

export interface SyncWish {
  readonly cluster: Cluster;
  readonly manifests: string;
  /** In the place of the manifests: what something else than a file rendered. */
  readonly objects?: readonly RenderedObject[];
  readonly revision?: string;
  readonly style?: SyncStyle;
  readonly options?: Partial<EnvironmentOptions>;
  readonly prune?: boolean;
  readonly only?: ReadonlySet<string>;
  readonly clock?: SyncClock;
}

export async function planOf({
  cluster,
  manifests,
  objects = renderManifests(manifests),
  revision = 'rev-1',
  style = 'plain',
  options = {},
  prune = true,
  only,
  clock = new TestClock(),
}: SyncWish): Promise<{
  readonly plan: SyncPlan;
  readonly inventory: ApplySetInventory;
}> {
  const inventory = new ApplySetInventory({ cluster, parent, environment: 'folder/shop', source: '' });
  const { plan } = await planEnvironmentSync(
    {
      cluster,
      inventory,
      clock,
      environment: 'folder/shop',
      revision,
      style,
      manager: syncManager,
      namespace: 'shop',
      objects,
      options: { ...noEnvironmentOptions, ...options },
      choices: { prune, only },
      unmet: [],
    },
    new AbortController().signal,
  );
  return { plan, inventory };
}

export interface RunWish {
  readonly confirmed?: readonly string[];
  readonly takeOver?: boolean;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: SyncProgressEvent) => void;
}

/** Plans, then runs. */
export async function syncOnce(wish: SyncWish, run: RunWish = {}): Promise<{ readonly plan: SyncPlan; readonly run: SyncRun }> {
  const clock = wish.clock ?? new TestClock();
  const { plan, inventory } = await planOf({ ...wish, clock });
  const options: RunOptions = {
    cluster: wish.cluster,
    inventory,
    clock,
    confirmed: new Set(run.confirmed ?? []),
    takeOver: run.takeOver ?? true,
    user: 'ada',
    runId: randomUUID(),
    timeout: run.timeout ?? 10_000,
    waitsForHealth: true,
    onProgress: run.onProgress ?? (() => undefined),
  };
  return { plan, run: await runSync(plan, options, run.signal ?? new AbortController().signal) };
}

/** What a plan says of each object: `create Deployment web`, in its order. */
export function planLines({ steps }: SyncPlan): readonly string[] {
  return steps.flatMap(({ label, groups }) => groups.flat().map(({ action, id, cause }) => `${label}: ${action} ${id.kind} ${id.name}${cause === undefined ? '' : ` (${cause})`}`));
}
