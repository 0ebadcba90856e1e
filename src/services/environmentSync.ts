/** A sync of one environment, from its declaration and its render to a plan that can run: the same for the editor and the command line. */
import type { Environment } from '../core/gitops/delivery.js';
import type { ObjectDrift } from '../core/drift/drift.js';
import { rulesOfDeclaration, rulesOfSettings } from '../core/drift/ignoreRules.js';
import type { DriftIgnoreSetting } from '../core/gitops/settings.js';
import { manifestOf } from '../core/live/manifestJson.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { ResId } from '../core/objects/resId.js';
import { readEnvironmentOptions, syncStyleOf } from '../core/sync/environmentOptions.js';
import { applySetParentOf } from '../core/sync/parentOf.js';
import type { SyncChoices } from '../core/sync/syncInput.js';
import { Failure } from './failure.js';
import type { Cluster } from './ports.js';
import { systemClock, type SyncClock } from './syncClock.js';
import { ApplySetInventory, syncManager } from './syncInventory.js';
import { planEnvironmentSync, type Changed, type Gathered } from './syncPlanning.js';

export interface EnvironmentSync {
  readonly cluster: Cluster;
  readonly environment: Environment;
  readonly rendering: Rendering;
  /** The namespace of the context, for an environment that names none. */
  readonly fallbackNamespace: string;
  /** A commit, or words for what isn't committed. */
  readonly revision: string;
  readonly choices: SyncChoices;
  /** Why it must not run now, one sentence each. */
  readonly unmet?: readonly string[];
  readonly compare?: (changed: readonly Changed[]) => readonly ObjectDrift[];
  /** What the settings leave out of comparisons. */
  readonly ignore?: readonly DriftIgnoreSetting[];
  readonly clock?: SyncClock;
}

export interface PlannedSync extends Gathered {
  readonly keeper: ApplySetInventory;
}

/** Rejects with a {@link Failure} where there is nothing to sync, or the server can't be asked. */
export async function planSyncOf(sync: EnvironmentSync, signal: AbortSignal): Promise<PlannedSync> {
  const { cluster, environment, rendering, clock = systemClock } = sync;
  if (!rendering.ok) {
    const reason = rendering.problems.find(({ severity }) => severity === 'error') ?? rendering.problems[0];
    throw new Failure('sync/not-rendered', `${environment.label} can't be rendered: ${reason?.message ?? 'there is no output.'}`, 'Mend the render first.');
  }
  const keeper = keeperOf(environment, cluster, sync.fallbackNamespace);
  const gathered = await planEnvironmentSync(
    {
      cluster,
      inventory: keeper,
      clock,
      environment: environment.id,
      revision: sync.revision,
      style: syncStyleOf(environment),
      manager: syncManager,
      namespace: namespaceOf(environment, sync.fallbackNamespace),
      objects: rendering.objects,
      options: readEnvironmentOptions(environment),
      choices: sync.choices,
      unmet: sync.unmet ?? [],
      rules: [...(environment.declaration ? rulesOfDeclaration(manifestOf(environment.declaration)) : []), ...rulesOfSettings(sync.ignore ?? [])],
      ...(sync.compare && { compare: sync.compare }),
    },
    signal,
  );
  return { ...gathered, keeper };
}

/** Where an environment's inventory and its record of deliveries are kept. */
export function parentOf(environment: Environment, fallbackNamespace: string): ResId {
  return applySetParentOf(environment, namespaceOf(environment, fallbackNamespace));
}

function keeperOf(environment: Environment, cluster: Cluster, fallbackNamespace: string): ApplySetInventory {
  const source = environment.sources[0]?.repoURL?.value ?? '';
  return new ApplySetInventory({ cluster, parent: parentOf(environment, fallbackNamespace), environment: environment.id, source });
}

function namespaceOf({ destination }: Environment, fallback: string): string {
  return destination.namespace?.value ?? fallback;
}
