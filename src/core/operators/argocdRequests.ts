/**
 * Requests to Argo CD, made as its own API server makes them (argo-cd v3.2.11 util/argo/argo.go SetAppOperation and
 * RefreshApp; server/application/application.go Sync, Rollback, TerminateOperation). What only the server checks (RBAC of
 * Argo CD, sync windows) is not checked by a patch, and is warned of.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../live/json.js';
import { idOfLive, type LiveObject } from '../live/liveObject.js';
import { mapAt, mapsAt, numberAt, textAt, textsAt } from '../live/readFields.js';
import type { ResId } from '../objects/resId.js';
import { refuse, type OperatorRequest, type RequestGoal, type RequestPlan } from './operatorRequest.js';
import { isAutoSyncOn, refreshAnnotation, skipReconcileAnnotation, sourcesAt } from './readApplication.js';

export interface ArgoSyncOptions {
  /** Who asks, as Argo CD's history shows it. */
  readonly user: string;
  /** Branch, tag or commit, one per source; for this sync only. The Application's own where it is missing. */
  readonly revisions?: readonly string[];
  /** Only these; all where it is missing. Hooks don't run then. */
  readonly resources?: readonly ResId[];
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  /** `hook` is what Argo CD does by default; `apply` leaves hooks out. */
  readonly strategy?: 'hook' | 'apply';
  /** In the place of the Application's: `Replace=true`, `ServerSideApply=true`. */
  readonly syncOptions?: readonly string[];
}

/** What the state of auto-sync was, while it is suspended from here. */
export const suspendedAnnotation = 'gitops-workbench.io/suspended-auto-sync';

const applicationSetRefresh = 'argocd.argoproj.io/application-set-refresh';

/** @param application as it is live */
export function planArgoSync(application: LiveObject, options: ArgoSyncOptions): RequestPlan {
  const refusal = refusalOf(application, 'sync');
  if (refusal !== undefined) return refusal;
  const moved = refuseOtherRevision(application, options);
  if (moved !== undefined) return moved;
  const sources = sourcesAt(application, 'spec');
  const several = mapsAt(application, 'spec', 'sources');
  const sync: JsonObject = {
    ...(several.length > 0
      ? { sources: several, ...given('revisions', paddedRevisions(several, options.revisions)) }
      : { ...given('source', sources[0]), ...given('revision', options.revisions?.[0]) }),
    ...given('prune', options.prune === true ? true : undefined),
    ...given('dryRun', options.dryRun === true ? true : undefined),
    ...given('syncOptions', options.syncOptions ?? nonEmpty(textsAt(application, 'spec', 'syncPolicy', 'syncOptions'))),
    ...given('syncStrategy', strategyOf(options)),
    ...given(
      'resources',
      options.resources?.map(({ group, kind, name, namespace }) => ({ ...given('group', group || undefined), kind, name, ...given('namespace', namespace || undefined) })),
    ),
  };
  return operationPlan(application, sync, options.user, options.dryRun === true ? 'Try a sync' : 'Start a sync', warningsOfSync(options));
}

/**
 * Back to what was deployed then: a sync of the sources and revisions of an entry of the history, without hooks.
 * @param historyId of {@link OperatorDelivery}
 */
export function planArgoRollback(application: LiveObject, historyId: string, options: Pick<ArgoSyncOptions, 'user' | 'prune' | 'dryRun'>): RequestPlan {
  const refusal = refusalOf(application, 'rollback');
  if (refusal !== undefined) return refusal;
  const { name } = application.metadata;
  if (isAutoSyncOn(application)) {
    return refuse('auto-sync-on', `Application ${name} syncs by itself: it would undo a rollback at once.`, 'Suspend auto-sync first, or revert the commit in git.');
  }
  const entry = mapsAt(application, 'status', 'history').find((candidate) => String(numberAt(candidate, 'id') ?? 0) === historyId);
  if (entry === undefined)
    return refuse('unknown-history', `The history of Application ${name} has no entry ${historyId} (any more).`, 'Choose another entry, or sync to its revision.');
  const sources = sourcesAt(entry);
  if (sources.length === 0) return refuse('unknown-history', `Entry ${historyId} of Application ${name} does not say where it came from.`, 'Sync to its revision instead.');
  const several = mapsAt(entry, 'sources');
  const sync: JsonObject = {
    ...(several.length > 0
      ? { sources: several, ...given('revisions', nonEmpty(textsAt(entry, 'revisions'))) }
      : { ...given('source', sources[0]), ...given('revision', textAt(entry, 'revision')) }),
    ...given('dryRun', options.dryRun === true ? true : undefined),
    ...given('prune', options.prune === true ? true : undefined),
    ...given('syncOptions', nonEmpty(textsAt(application, 'spec', 'syncPolicy', 'syncOptions'))),
    syncStrategy: { apply: {} },
  };
  return operationPlan(
    application,
    sync,
    options.user,
    `Roll back to ${historyId}`,
    [...warningsOfSync(options), 'Git still says something else: the next sync brings it back.'],
    false,
  );
}

/** Ends the operation that runs. */
export function planArgoTerminate(application: LiveObject): RequestPlan {
  const { name } = application.metadata;
  if (mapAt(application, 'operation') === undefined || mapAt(application, 'status', 'operationState') === undefined) {
    return refuse('no-operation', `No operation of Application ${name} runs.`, 'Nothing needs to be done.');
  }
  return plan(guarded(application, { status: { operationState: { phase: 'Terminating' } } }), application, 'Terminate the operation', { kind: 'operation-ended' });
}

/** Looks at git and the cluster now. @param hard drops the manifests that were kept, too */
export function planArgoRefresh(application: LiveObject, hard: boolean): RequestPlan {
  const skips = application.metadata.annotations?.[skipReconcileAnnotation] === 'true';
  const warnings = skips ? [`Application ${application.metadata.name} has ${skipReconcileAnnotation}: Argo CD will not look at it until that is removed.`] : [];
  const goal: RequestGoal = { kind: 'annotation-removed', annotation: refreshAnnotation };
  return plan({ metadata: { annotations: { [refreshAnnotation]: hard ? 'hard' : 'normal' } } }, application, hard ? 'Hard-refresh' : 'Refresh', goal, warnings);
}

/** Generates the Applications of a set anew. */
export function planApplicationSetRefresh(set: LiveObject): RequestPlan {
  const goal: RequestGoal = { kind: 'annotation-removed', annotation: applicationSetRefresh };
  return plan({ metadata: { annotations: { [applicationSetRefresh]: 'true' } } }, set, 'Refresh', goal);
}

/** Turns auto-sync off, and keeps how it was set in an annotation. */
export function planArgoSuspend(application: LiveObject): RequestPlan {
  const automated = mapAt(application, 'spec', 'syncPolicy', 'automated');
  if (automated === undefined || !isAutoSyncOn(application)) {
    return refuse('auto-sync-off', `Application ${application.metadata.name} does not sync by itself.`, 'Nothing needs to be done.');
  }
  const patch = guarded(application, { spec: { syncPolicy: { automated: null } } }, { [suspendedAnnotation]: JSON.stringify(automated) });
  return plan(patch, application, 'Suspend auto-sync', goalOfSpecChange(application, 'suspended'), warningsOfSpecChange(application));
}

/** Turns auto-sync on again as it was, where that is known. */
export function planArgoResume(application: LiveObject): RequestPlan {
  const { name, annotations } = application.metadata;
  if (isAutoSyncOn(application)) return refuse('auto-sync-on', `Application ${name} syncs by itself already.`, 'Nothing needs to be done.');
  const kept = readKept(annotations?.[suspendedAnnotation]);
  const automated = kept ?? mapAt(application, 'spec', 'syncPolicy', 'automated');
  if (automated === undefined) {
    return refuse(
      'not-suspended',
      `Auto-sync of Application ${name} was not suspended from here, so nothing says how it was set.`,
      'Set spec.syncPolicy.automated where the Application is declared.',
    );
  }
  const change: JsonObject = kept ?? { enabled: null };
  const patch = guarded(application, { spec: { syncPolicy: { automated: change } } }, kept === undefined ? undefined : { [suspendedAnnotation]: null });
  return plan(patch, application, 'Resume auto-sync', goalOfSpecChange(application, 'resumed'), warningsOfSpecChange(application));
}

function refusalOf(application: LiveObject, verb: string): RequestPlan | undefined {
  const { name, deletionTimestamp } = application.metadata;
  if (deletionTimestamp !== undefined) return refuse('being-deleted', `Application ${name} is being deleted.`, 'Wait until it is gone, and declare it again.');
  if (mapAt(application, 'operation') === undefined) return undefined;
  return refuse('another-operation', `Another operation of Application ${name} runs: a ${verb} can not start.`, 'Wait until it ends, or terminate it.');
}

/** With auto-sync on, the server syncs to the tracked revision only. */
function refuseOtherRevision(application: LiveObject, { revisions, dryRun }: ArgoSyncOptions): RequestPlan | undefined {
  if (revisions === undefined || dryRun === true || !isAutoSyncOn(application)) return undefined;
  const sources = sourcesAt(application, 'spec');
  const index = revisions.findIndex((revision, at) => orHead(revision) !== orHead(sources[at] && textAt(sources[at], 'targetRevision')));
  if (index < 0) return undefined;
  const tracked = orHead(sources[index] && textAt(sources[index], 'targetRevision'));
  return refuse(
    'auto-sync-on',
    `Application ${application.metadata.name} syncs by itself to ${tracked}, so it can not be synced to ${revisions[index] ?? ''}.`,
    'Suspend auto-sync first, or change targetRevision in git.',
  );
}

function orHead(revision: string | undefined): string {
  return revision === undefined || revision === '' ? 'HEAD' : revision;
}

/** With several sources each needs a revision: those that aren't given are the tracked ones. */
function paddedRevisions(sources: readonly JsonObject[], revisions: readonly string[] | undefined): readonly string[] | undefined {
  return revisions && sources.map((source, index) => revisions[index] ?? orHead(textAt(source, 'targetRevision')));
}

function strategyOf({ strategy, force }: ArgoSyncOptions): JsonObject | undefined {
  if (strategy === undefined && force !== true) return undefined;
  return { [strategy ?? 'hook']: force === true ? { force: true } : {} };
}

function operationPlan(application: LiveObject, sync: JsonObject, user: string, label: string, warnings: readonly string[], retries = true): RequestPlan {
  const retry = retries ? mapAt(application, 'spec', 'syncPolicy', 'retry') : undefined;
  const operation: JsonObject = { sync, initiatedBy: { username: user }, ...given('retry', retry) };
  return plan(guarded(application, { operation, status: { operationState: null } }), application, label, { kind: 'operation' }, warnings);
}

function plan(patch: JsonObject, object: LiveObject, label: string, goal: RequestGoal, warnings: readonly string[] = []): RequestPlan {
  const request: OperatorRequest = { id: idOfLive(object), patch, label: `${label} of ${object.kind} ${object.metadata.name}`, goal };
  return { ok: true, requests: [request], warnings };
}

/** Fails with 409 where the object changed since it was read. */
function guarded(object: LiveObject, patch: JsonObject, annotations?: JsonObject): JsonObject {
  return { ...patch, metadata: { ...given('resourceVersion', object.metadata.resourceVersion), ...given('annotations', annotations) } };
}

function warningsOfSync({ prune, resources }: Pick<ArgoSyncOptions, 'prune' | 'resources'>): readonly string[] {
  const warnings = ["The sync is started through the Application itself: Argo CD's own permissions and sync windows are not asked."];
  if (prune === true && resources === undefined) warnings.push('Objects that are no longer in git are deleted.');
  if (resources !== undefined) warnings.push('A sync of single objects runs no hooks and leaves no entry in the history.');
  return warnings;
}

/** What sets the spec back, as far as the object tells. */
function warningsOfSpecChange(application: LiveObject): readonly string[] {
  const { set, parent } = deliverersOf(application);
  const warnings: string[] = [];
  if (set !== undefined) {
    warnings.push(
      `ApplicationSet ${set} generates this Application and sets its spec back, unless it ignores /spec/syncPolicy (ignoreApplicationDifferences) or only creates (applicationsSync: create-only).`,
    );
  }
  if (parent !== undefined) warnings.push(`Application ${parent} delivers this Application: where it heals itself, it sets the spec back.`);
  return warnings;
}

function goalOfSpecChange(application: LiveObject, state: 'suspended' | 'resumed'): RequestGoal {
  const { set, parent } = deliverersOf(application);
  const against = set === undefined ? parent && `Application ${parent}` : `ApplicationSet ${set}`;
  return against === undefined ? { kind: 'written' } : { kind: 'holds', state, against };
}

function deliverersOf({ metadata: { ownerReferences, annotations } }: LiveObject): { readonly set: string | undefined; readonly parent: string | undefined } {
  return {
    set: (ownerReferences ?? []).find(({ kind }) => kind === 'ApplicationSet')?.name,
    parent: annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0],
  };
}

function readKept(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** A field, or none where there is no value. */
function given(key: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}
