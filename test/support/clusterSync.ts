/** Syncs of small environments on a test cluster, through the connection that users have. */
import { randomUUID } from 'node:crypto';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import type { ResId } from '../../src/core/objects/resId.js';
import { noEnvironmentOptions } from '../../src/core/sync/syncOptions.js';
import type { SyncPlan } from '../../src/core/sync/syncPlan.js';
import type { SyncProgressEvent, SyncRun } from '../../src/core/sync/syncRun.js';
import type { Cluster } from '../../src/services/ports.js';
import { runSync } from '../../src/services/sync.js';
import { systemClock } from '../../src/services/syncClock.js';
import { ApplySetInventory, syncManager } from '../../src/services/syncInventory.js';
import { planEnvironmentSync } from '../../src/services/syncPlanning.js';
import { renderManifests } from './renderManifests.js';

export interface ClusterSyncOptions {
  readonly prune?: boolean;
  readonly confirmed?: readonly string[];
  readonly takeOver?: boolean;
  readonly waitsForHealth?: boolean;
  /** Milliseconds for the health of a step. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: SyncProgressEvent) => void;
  readonly parent?: Partial<ResId>;
}

/** Connects as the current context of a kubeconfig says. */
export async function connectTo(kubeconfigPath: string): Promise<Cluster> {
  const config = openKubeconfig({ file: kubeconfigPath });
  const { current, contexts } = await config.contexts();
  return config.connect(current ?? contexts[0]?.name ?? '', { mayRunPrograms: false });
}

/** Plans a sync of manifests into a namespace, with a set of its own there. */
export async function planOn(
  cluster: Cluster,
  namespace: string,
  manifests: string,
  { prune = true, parent = {} }: ClusterSyncOptions = {},
): Promise<{ readonly plan: SyncPlan; readonly inventory: ApplySetInventory }> {
  const inventory = new ApplySetInventory({
    cluster,
    parent: { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'set', ...parent },
    environment: `folder/${namespace}`,
    source: '',
  });
  const request = {
    cluster,
    inventory,
    clock: systemClock,
    environment: `folder/${namespace}`,
    revision: 'rev',
    style: 'plain',
    manager: syncManager,
    namespace,
    objects: renderManifests(manifests),
    options: noEnvironmentOptions,
    choices: { prune, only: undefined },
    unmet: [],
  } as const;
  const { plan } = await planEnvironmentSync(request, new AbortController().signal);
  return { plan, inventory };
}

/** Plans, then runs. */
export async function syncOn(
  cluster: Cluster,
  namespace: string,
  manifests: string,
  options: ClusterSyncOptions = {},
): Promise<{ readonly plan: SyncPlan; readonly run: SyncRun }> {
  const { plan, inventory } = await planOn(cluster, namespace, manifests, options);
  const { confirmed = [], takeOver = true, waitsForHealth = false, timeout = 60_000, signal = new AbortController().signal, onProgress = (): void => undefined } = options;
  const run = await runSync(
    plan,
    {
      cluster,
      inventory,
      clock: systemClock,
      confirmed: new Set(confirmed),
      takeOver,
      waitsForHealth,
      user: 'ada',
      runId: randomUUID(),
      timeout,
      onProgress,
    },
    signal,
  );
  return { plan, run };
}
