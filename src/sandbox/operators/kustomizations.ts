/**
 * Flux's source and kustomize controllers, simulated: GitRepositories get an artifact, Kustomizations are applied, pruned
 * and judged (kustomize-controller v1.9, internal/controller). Buckets, OCI sources, decryption and remote clusters are left out.
 */
import type { JsonObject } from '../../core/live/json.js';
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import { worstHealth } from '../../core/live/environmentHealth.js';
import type { Health } from '../../core/live/health.js';
import { healthOf } from '../../core/live/healthOf.js';
import type { ResId } from '../../core/objects/resId.js';
import { readEnvironmentOptions } from '../../core/sync/environmentOptions.js';
import { plannedObjects } from '../../core/sync/syncPlan.js';
import { runSync } from '../../services/sync.js';
import { planEnvironmentSync } from '../../services/syncPlanning.js';
import { mapsAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';
import { mergePatchBetween } from '../../core/apply/mergePatch.js';
import { formatTime } from '../../services/syncClock.js';
import { parseDuration } from '../workloads/behavior.js';
import { findCondition, withCondition, type Condition } from '../workloads/conditions.js';
import { renderDeclared } from './declaredRender.js';
import { Rounds, syncClockOf, type OperatorWorld } from './operatorWorld.js';
import { fluxInventory } from './tracking.js';

const groups = { GitRepository: 'source.toolkit.fluxcd.io', Kustomization: 'kustomize.toolkit.fluxcd.io' } as const;
const managers = { GitRepository: 'source-controller', Kustomization: 'kustomize-controller' } as const;
const requestedAt = 'reconcile.fluxcd.io/requestedAt';
type Kind = keyof typeof groups;

export interface KustomizationController {
  refreshAll(): void;
  stop(): void;
}

export function startKustomizations(world: OperatorWorld): KustomizationController {
  const rounds = new Rounds(world, async (key) => {
    const object = read(key, world);
    if (!object || object.metadata.deletionTimestamp !== undefined || valueAt(object, 'spec', 'suspend') === true) return undefined;
    return object.kind === 'GitRepository' ? fetchSource(object, world) : applyKustomization(object, world);
  });
  const add = (object: LiveObject): void => rounds.add(keyOf(object), 0);
  const all = (kind: Kind): readonly LiveObject[] => world.store.list(groups[kind], kind);
  const unsubscribe = world.store.subscribe(({ type, object }) => {
    if (type === 'DELETED' || (object.kind !== 'GitRepository' && object.kind !== 'Kustomization') || idOfLive(object).group !== groups[object.kind]) return;
    if (isAsked(object)) add(object);
    if (object.kind === 'GitRepository') for (const each of all('Kustomization')) if (isBehind(each, object)) add(each);
  });
  for (const kind of ['GitRepository', 'Kustomization'] as const) all(kind).forEach(add);
  return {
    refreshAll: () => all('GitRepository').forEach(add),
    stop: () => {
      unsubscribe();
      rounds.stop();
    },
  };
}

function keyOf({ kind, metadata }: LiveObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

function read(key: string, { store }: OperatorWorld): LiveObject | undefined {
  const [kind = '', namespace = '', name = ''] = key.split('/');
  return store.get({ group: kind === 'GitRepository' ? groups.GitRepository : groups.Kustomization, kind, namespace, name });
}

/** A new generation, or a request that wasn't handled. */
function isAsked(object: LiveObject): boolean {
  const request = object.metadata.annotations?.[requestedAt];
  return (
    valueAt(object, 'status', 'observedGeneration') !== object.metadata.generation || (request !== undefined && request !== stringAt(object, 'status', 'lastHandledReconcileAt'))
  );
}

function sourceOf(kustomization: LiveObject): { readonly namespace: string; readonly name: string; readonly kind: string } {
  const reference = objectAt(kustomization, 'spec', 'sourceRef');
  return { kind: stringAt(reference, 'kind'), name: stringAt(reference, 'name'), namespace: stringAt(reference, 'namespace') || (kustomization.metadata.namespace ?? '') };
}

function isBehind(kustomization: LiveObject, source: LiveObject): boolean {
  const { kind, name, namespace } = sourceOf(kustomization);
  if (kind !== source.kind || name !== source.metadata.name || namespace !== source.metadata.namespace) return false;
  const revision = stringAt(source, 'status', 'artifact', 'revision');
  return revision !== '' && revision !== stringAt(kustomization, 'status', 'lastAttemptedRevision');
}

interface Outcome {
  readonly conditions: readonly Condition[];
  readonly fields: JsonObject;
}

/** Conditions that aren't named go, as they say what is over. */
function writeStatus(object: LiveObject, { conditions, fields }: Outcome, world: OperatorWorld, request: string | undefined): void {
  const now = read(keyOf(object), world);
  if (!now) return;
  const before = objectAt(now, 'status');
  const observedGeneration = object.metadata.generation ?? 1;
  const kept = mapsAt(before, 'conditions').filter((each) => conditions.some(({ type }) => type === each['type']));
  const written = conditions.reduce<readonly JsonObject[]>(
    (list, condition) => stamp(withCondition(list, condition, formatTime(world.clock.now())), condition.type, observedGeneration),
    kept,
  );
  const status = { ...before, ...fields, conditions: written, observedGeneration, ...(request !== undefined && { lastHandledReconcileAt: request }) };
  const patch = mergePatchBetween(before, status);
  if (patch)
    world.store.patch(
      idOfLive(object),
      { status: patch },
      { manager: object.kind === 'GitRepository' ? managers.GitRepository : `gotk-${managers.Kustomization}`, subresource: 'status' },
    );
}

function stamp(conditions: readonly JsonObject[], type: string, observedGeneration: number): readonly JsonObject[] {
  const found = findCondition(conditions, type);
  return found && found['observedGeneration'] !== observedGeneration ? conditions.map((each) => (each === found ? { ...each, observedGeneration } : each)) : conditions;
}

function intervalOf(object: LiveObject): number {
  return parseDuration(stringAt(object, 'spec', 'interval')) ?? 60_000;
}

async function fetchSource(source: LiveObject, world: OperatorWorld): Promise<number> {
  const request = source.metadata.annotations?.[requestedAt];
  const reference = objectAt(source, 'spec', 'ref');
  const pinned = stringAt(reference, 'commit');
  const named = stringAt(reference, 'tag') || stringAt(reference, 'branch') || 'master';
  const url = stringAt(source, 'spec', 'url');
  const secret = stringAt(source, 'spec', 'secretRef', 'name');
  const { namespace = '' } = source.metadata;
  if (secret !== '' && !world.store.get({ group: '', kind: 'Secret', namespace, name: secret })) {
    return refuseFetch(source, { reason: 'AuthenticationFailed', message: `failed to get secret '${namespace}/${secret}': secrets "${secret}" not found` }, world);
  }
  try {
    const checkout = await world.checkouts.open(url).catch((error: unknown) => {
      throw world.signal.aborted ? error : new Error(`unable to clone '${url}': repository not found`);
    });
    const hash = await checkout.resolve(pinned === '' ? named : pinned).catch((error: unknown) => {
      const isBranch = pinned === '' && stringAt(reference, 'tag') === '';
      throw world.signal.aborted || !isBranch ? error : new Error(`unable to clone '${url}': couldn't find remote ref "refs/heads/${named}"`);
    });
    const revision = `${pinned === '' ? `${named}@` : ''}sha1:${hash}`;
    const isSame = stringAt(source, 'status', 'artifact', 'revision') === revision;
    const artifact = isSame
      ? objectAt(source, 'status', 'artifact')
      : { revision, digest: `sha256:${hash.padEnd(64, '0')}`, lastUpdateTime: formatTime(world.clock.now()), path: '', url: '', size: 0 };
    const message = `stored artifact for revision '${revision}'`;
    const conditions: Condition[] = [
      { type: 'Ready', status: 'True', reason: 'Succeeded', message },
      { type: 'ArtifactInStorage', status: 'True', reason: 'Succeeded', message },
    ];
    writeStatus(source, { conditions, fields: { artifact } }, world, request);
  } catch (error) {
    if (world.signal.aborted || !(error instanceof Error)) throw error;
    return refuseFetch(source, { reason: 'GitOperationFailed', message: `failed to checkout and determine revision: ${error.message}` }, world);
  }
  return intervalOf(source);
}

/** The artifact that there is stays. */
function refuseFetch(source: LiveObject, said: { readonly reason: string; readonly message: string }, world: OperatorWorld): number {
  const conditions: Condition[] = [
    { type: 'Ready', status: 'False', ...said },
    { type: 'FetchFailed', status: 'True', ...said },
    ...(stringAt(source, 'status', 'artifact', 'revision') === '' ? [] : keptCondition(source)),
  ];
  writeStatus(source, { conditions, fields: {} }, world, source.metadata.annotations?.[requestedAt]);
  return intervalOf(source);
}

function keptCondition(source: LiveObject): readonly Condition[] {
  const message = `stored artifact for revision '${stringAt(source, 'status', 'artifact', 'revision')}'`;
  return [{ type: 'ArtifactInStorage', status: 'True', reason: 'Succeeded', message }];
}

async function applyKustomization(kustomization: LiveObject, world: OperatorWorld): Promise<number | undefined> {
  const request = kustomization.metadata.annotations?.[requestedAt];
  const { kind, name, namespace } = sourceOf(kustomization);
  const refuse = (reason: string, message: string, fields: JsonObject = {}): number => {
    writeStatus(kustomization, { conditions: [{ type: 'Ready', status: 'False', reason, message }], fields }, world, request);
    return parseDuration(stringAt(kustomization, 'spec', 'retryInterval')) ?? intervalOf(kustomization);
  };
  const source = kind === 'GitRepository' ? world.store.get({ group: groups.GitRepository, kind, namespace, name }) : undefined;
  if (!source) return refuse('ArtifactFailed', `source not found: ${kind} ${namespace}/${name}`);
  const revision = stringAt(source, 'status', 'artifact', 'revision');
  if (revision === '') return refuse('ArtifactFailed', 'Source is not ready, artifact not found');
  const unready = dependencyProblem(kustomization, world);
  if (unready !== undefined) {
    refuse('DependencyNotReady', unready);
    return 5000;
  }
  const running: Condition[] = [
    { type: 'Reconciling', status: 'True', reason: 'Progressing', message: `Running health checks for revision ${revision} with a timeout of 5m0s` },
    { type: 'Ready', status: 'Unknown', reason: 'Progressing', message: 'Reconciliation in progress' },
  ];
  if (stringAt(kustomization, 'status', 'lastAppliedRevision') !== revision) writeStatus(kustomization, { conditions: running, fields: {} }, world, undefined);
  try {
    const { inventory, failure } = await carryOut(kustomization, source, revision, world);
    if (failure) return refuse(failure.reason, failure.message, { lastAttemptedRevision: revision });
    const message = `Applied revision: ${revision}`;
    const conditions: Condition[] = [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message }];
    if (valueAt(kustomization, 'spec', 'wait') === true || mapsAt(kustomization, 'spec', 'healthChecks').length > 0) {
      conditions.push({ type: 'Healthy', status: 'True', reason: 'Succeeded', message: 'Health check passed in 1s' });
    }
    writeStatus(
      kustomization,
      { conditions, fields: { inventory, lastAppliedRevision: revision, lastAttemptedRevision: revision, history: historyOf(kustomization, revision, world) } },
      world,
      request,
    );
    return intervalOf(kustomization);
  } catch (error) {
    if (world.signal.aborted || !(error instanceof Error)) throw error;
    return refuse('BuildFailed', error.message, { lastAttemptedRevision: revision });
  }
}

function dependencyProblem(kustomization: LiveObject, world: OperatorWorld): string | undefined {
  for (const dependency of mapsAt(kustomization, 'spec', 'dependsOn')) {
    const namespace = stringAt(dependency, 'namespace') || (kustomization.metadata.namespace ?? '');
    const name = stringAt(dependency, 'name');
    const other = world.store.get({ group: groups.Kustomization, kind: 'Kustomization', namespace, name });
    const isReady = findCondition(mapsAt(other, 'status', 'conditions'), 'Ready')?.['status'] === 'True';
    if (!other || !isReady || valueAt(other, 'status', 'observedGeneration') !== other.metadata.generation) return `dependency '${namespace}/${name}' is not ready`;
  }
  return undefined;
}

interface Applied {
  readonly inventory: JsonObject;
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

async function carryOut(kustomization: LiveObject, source: LiveObject, revision: string, world: OperatorWorld): Promise<Applied> {
  const url = stringAt(source, 'spec', 'url');
  const commit = revision.slice(revision.lastIndexOf(':') + 1);
  const checkout = await world.checkouts.open(url);
  const folder = stringAt(kustomization, 'spec', 'path');
  if (!(await checkout.hasFolder(commit, folder))) {
    const missing = `/tmp/kustomization-${commit.slice(0, 10)}/${folder.replace(/^(\.?\/)+/, '')}`;
    return { inventory: {}, failure: { reason: 'ArtifactFailed', message: `kustomization path not found: stat ${missing}: no such file or directory` } };
  }
  const { environment, rendering } = await renderDeclared(checkout, commit, url, [kustomization, source], world.signal);
  if (!rendering.ok) {
    const problem = rendering.problems.find(({ severity }) => severity === 'error') ?? rendering.problems[0];
    throw new Error(`kustomize build failed: ${problem?.message ?? 'no output'}`);
  }
  const inventory = fluxInventory(world.store, kustomization);
  const cluster = await world.cluster();
  const clock = syncClockOf(world.clock);
  const options = readEnvironmentOptions(environment);
  const choices = { prune: valueAt(kustomization, 'spec', 'prune') === true, only: undefined };
  const namespace = stringAt(kustomization, 'spec', 'targetNamespace') || 'default';
  const request = {
    cluster,
    inventory,
    clock,
    environment: environment.id,
    revision,
    style: 'flux' as const,
    manager: managers.Kustomization,
    namespace,
    objects: rendering.objects,
    options,
    choices,
    unmet: [],
  };
  const { plan } = await planEnvironmentSync(request, world.signal);
  const waits = valueAt(kustomization, 'spec', 'wait') === true;
  const timeout = parseDuration(stringAt(kustomization, 'spec', 'timeout')) ?? intervalOf(kustomization);
  const confirmed = new Set(plan.questions.map(({ key }) => key));
  const run = await runSync(
    plan,
    { cluster, inventory, clock, confirmed, takeOver: true, user: 'flux', runId: String(world.clock.now()), timeout, waitsForHealth: waits, onProgress: () => undefined },
    world.signal,
  );
  world.signal.throwIfAborted();
  const bad = run.objects.find(({ action }) => action === 'failed' || action === 'blocked');
  const health = waits ? worstHealth(plannedObjects(plan).flatMap(({ id }) => healthNow(id, world))) : undefined;
  const isUnhealthy = health !== undefined && health.status !== 'Healthy' && health.status !== 'Suspended';
  return {
    inventory: { entries: plan.declared.map((id) => ({ id: entryOf(id), v: id.version })) },
    failure: bad
      ? { reason: 'ReconciliationFailed', message: `${bad.id.kind}/${bad.id.namespace}/${bad.id.name} apply failed: ${bad.message}` }
      : run.result !== 'done' || isUnhealthy
        ? { reason: 'HealthCheckFailed', message: `health check failed: ${isUnhealthy ? health.message : run.message}` }
        : undefined,
  };
}

function healthNow(id: ResId, { store }: OperatorWorld): readonly Health[] {
  const live = store.get(id);
  const health = live && healthOf(live);
  return health ? [health] : [];
}

/** `<namespace>_<name>_<group>_<kind>`; colons of RBAC names are doubled underscores (fluxcd/cli-utils pkg/object). */
function entryOf({ namespace, name, group, kind }: ResId): string {
  return `${namespace}_${group === 'rbac.authorization.k8s.io' ? name.replaceAll(':', '__') : name}_${group}_${kind}`;
}

/** The latest five revisions, latest first. */
function historyOf(kustomization: LiveObject, revision: string, world: OperatorWorld): readonly JsonObject[] {
  const time = formatTime(world.clock.now());
  const before = mapsAt(kustomization, 'status', 'history');
  const [latest] = before;
  if (latest && stringAt(latest, 'metadata', 'revision') === revision) return before;
  const digest = `sha256:${revision.slice(revision.lastIndexOf(':') + 1).padEnd(64, '0')}`;
  return [
    {
      digest,
      firstReconciled: time,
      lastReconciled: time,
      lastReconciledDuration: '1s',
      lastReconciledStatus: 'ReconciliationSucceeded',
      totalReconciliations: 1,
      metadata: { revision },
    },
    ...before,
  ].slice(0, 5);
}
