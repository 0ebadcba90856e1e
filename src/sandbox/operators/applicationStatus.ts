/** What an Application's status says of a comparison and of a sync, in Argo CD's words (argo-cd v3.2, controller/state.go, gitops-engine pkg/sync). */
import { environmentHealth } from '../../core/live/environmentHealth.js';
import { argoHealthOf } from '../../core/live/healthOf.js';
import type { JsonObject } from '../../core/live/json.js';
import { liveKey, type LiveObject } from '../../core/live/liveObject.js';
import type { ResId } from '../../core/objects/resId.js';
import { plannedObjects, type PlannedObject, type SyncPlan } from '../../core/sync/syncPlan.js';
import type { SyncRun } from '../../core/sync/syncRun.js';
import { mapsAt, objectAt, stringAt } from '../../core/live/readFields.js';

export interface Comparison {
  readonly commit: string;
  readonly status: 'Synced' | 'OutOfSync';
  readonly health: string;
  readonly needsPruneOnly: boolean;
  readonly prunesAll: boolean;
  /** Of the status: sync, resources, summary, source type. */
  readonly fields: JsonObject;
}

export function describeComparison(plan: SyncPlan, commit: string, application: LiveObject, now: number): Comparison {
  const objects = plannedObjects(plan).filter(({ hook }) => hook === undefined);
  const declared = objects.filter(({ desired }) => desired !== undefined);
  const extra = objects.filter(({ desired, live }) => desired === undefined && live !== undefined);
  const changed = declared.filter(({ action }) => action !== 'unchanged');
  const status = changed.length + extra.length === 0 ? 'Synced' : 'OutOfSync';
  const health = environmentHealth(
    [...declared, ...extra].map(({ id, live }) => ({ id, live })),
    now,
  ).status;
  const isAllMissing = declared.length > 0 && declared.every(({ live }) => live === undefined);
  const resources = [...declared, ...extra].map((planned) => resourceOf(planned)).sort(byIdentity);
  const images = [...new Set(declared.flatMap(({ live }) => imagesOf(live)))].sort();
  const source = objectAt(application, 'spec', 'source');
  return {
    commit,
    status,
    health: isAllMissing ? 'Missing' : health,
    needsPruneOnly: changed.length === 0 && extra.length > 0,
    prunesAll: declared.length === 0 && extra.length > 0,
    fields: {
      controllerNamespace: 'argocd',
      resources,
      sourceType: 'Kustomize',
      summary: images.length > 0 ? { images } : {},
      sync: { status, revision: commit, comparedTo: { source, destination: objectAt(application, 'spec', 'destination') } },
    },
  };
}

function resourceOf({ id, action, live, desired }: PlannedObject): JsonObject {
  const health = live && argoHealthOf(live);
  return {
    ...(id.group !== '' && { group: id.group }),
    version: id.version,
    kind: id.kind,
    ...(id.namespace !== '' && { namespace: id.namespace }),
    name: id.name,
    status: action === 'unchanged' ? 'Synced' : 'OutOfSync',
    ...(health ? { health: { status: health.status, ...(health.message !== '' && { message: health.message }) } } : live === undefined && { health: { status: 'Missing' } }),
    ...(desired === undefined && { requiresPruning: true }),
  };
}

function byIdentity(a: JsonObject, b: JsonObject): number {
  const text = (object: JsonObject): string => ['group', 'kind', 'namespace', 'name'].map((field) => stringAt(object, field)).join('/');
  return text(a) < text(b) ? -1 : 1;
}

function imagesOf(live: LiveObject | undefined): readonly string[] {
  const spec = objectAt(live, 'spec', 'template', 'spec');
  return ['initContainers', 'containers'].flatMap((field) => mapsAt(spec, field).map((container) => stringAt(container, 'image')));
}

/** The objects that an operation is limited to; undefined for all. */
export function chosenObjects(operation: JsonObject): ReadonlySet<string> | undefined {
  const resources = mapsAt(operation, 'sync', 'resources');
  if (resources.length === 0) return undefined;
  return new Set(
    resources.map((each) => liveKey({ group: stringAt(each, 'group'), kind: stringAt(each, 'kind'), namespace: stringAt(each, 'namespace'), name: stringAt(each, 'name') })),
  );
}

export interface OperationEnd {
  readonly phase: 'Succeeded' | 'Failed' | 'Error';
  readonly message: string;
  readonly syncResult: JsonObject;
}

/** What is said of an operation that somebody has ended (gitops-engine pkg/sync/sync_context.go Terminate). */
export const terminated = 'Operation terminated';

const verbs = { created: 'created', changed: 'configured', unchanged: 'unchanged', pruned: 'pruned', blocked: 'not synced', failed: 'failed' } as const;

export function describeResult(run: SyncRun, { commit, source, plan }: { readonly commit: string; readonly source: JsonObject; readonly plan: SyncPlan }): OperationEnd {
  const hooks = new Map(plannedObjects(plan).flatMap(({ id, hook }) => (hook ? [[liveKey(id), hook] as const] : [])));
  const failed = run.objects.filter(({ action }) => action === 'failed' || action === 'blocked');
  const resources = run.objects.map(({ id, action, phase, message }): JsonObject => {
    const isHook = hooks.has(liveKey(id));
    const isBad = action === 'failed' || action === 'blocked';
    return {
      group: id.group,
      version: id.version,
      kind: id.kind,
      namespace: id.namespace,
      name: id.name,
      message: isBad ? message : `${nameOf(id)} ${verbs[action]}`,
      syncPhase: phase,
      ...(isHook
        ? { hookType: phase, hookPhase: isBad ? 'Failed' : 'Succeeded' }
        : { hookPhase: isBad ? 'Failed' : 'Running', status: isBad ? 'SyncFailed' : action === 'pruned' ? 'Pruned' : 'Synced' }),
    };
  });
  const syncResult = { revision: commit, source, resources };
  if (run.result === 'cancelled') return { phase: 'Failed', message: terminated, syncResult };
  if (run.result === 'done' && failed.length === 0) {
    return {
      phase: 'Succeeded',
      message: plan.steps.some(({ waitsForHealth }) => waitsForHealth) ? 'successfully synced (no more tasks)' : 'successfully synced (all tasks run)',
      syncResult,
    };
  }
  const reason = failed[0]?.message ?? run.message;
  return {
    phase: 'Failed',
    message: failed.length > 0 ? `one or more objects failed to apply, reason: ${reason}` : `one or more synchronization tasks completed unsuccessfully, reason: ${reason}`,
    syncResult,
  };
}

/** `deployment.apps/web`, as kubectl names what it did. */
function nameOf({ group, kind, name }: ResId): string {
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${name}`;
}
