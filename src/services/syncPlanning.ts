/**
 * Gathers what a plan is made of and makes it: what is live, what the environment keeps, what the server says to a dry
 * run of everything that isn't applied already, and who else keeps what. Nothing is written.
 */
import { compareObject, withoutDoubleMetrics } from '../core/drift/compareObject.js';
import type { ObjectDrift } from '../core/drift/drift.js';
import { isAutoscaler, rulesOfAutoscalers, systemRules, type IgnoreRule } from '../core/drift/ignoreRules.js';
import { predictHere } from '../core/drift/predictHere.js';
import { healthOf } from '../core/live/healthOf.js';
import { isJsonObject, type JsonObject } from '../core/live/json.js';
import { idOfLive, isLiveObject, liveKey, type LiveObject, type ServedKind } from '../core/live/liveObject.js';
import { mapsAt, textAt, valueAt } from '../core/live/readFields.js';
import { readInventory } from '../core/operators/inventory.js';
import type { RenderedObject } from '../core/objects/rendering.js';
import type { ResId } from '../core/objects/resId.js';
import { isApplied } from '../core/sync/isApplied.js';
import { manifestText } from '../core/live/manifestJson.js';
import type { SyncStyle } from '../core/sync/order.js';
import type { Tracker } from '../core/sync/ownership.js';
import { planSync, readTakings, type Taking } from '../core/sync/planSync.js';
import type { Probe } from '../core/sync/probe.js';
import type { SyncChoices } from '../core/sync/syncInput.js';
import type { EnvironmentOptions } from '../core/sync/syncOptions.js';
import type { SyncPlan } from '../core/sync/syncPlan.js';
import { BoundedWork } from './boundedWork.js';
import { ClusterFailure } from './failure.js';
import type { Cluster } from './ports.js';
import { refusesDryRun } from './predictions.js';
import type { SyncClock } from './syncClock.js';
import type { InventoryReading, SyncInventory } from './syncInventory.js';

export interface PlanRequest {
  readonly cluster: Cluster;
  readonly inventory: SyncInventory;
  readonly clock: SyncClock;
  /** The environment's id. */
  readonly environment: string;
  /** What is rendered: a commit, or words for what isn't committed. */
  readonly revision: string;
  readonly style: SyncStyle;
  /** The field manager that writes. */
  readonly manager: string;
  /** For objects without one. */
  readonly namespace: string;
  readonly objects: readonly RenderedObject[];
  readonly options: EnvironmentOptions;
  readonly choices: SyncChoices;
  /** Why it must not run now, one sentence each. */
  readonly unmet: readonly string[];
  /** What is left out of the comparison, besides what is left out everywhere: the declaration's rules, the settings'. */
  readonly rules?: readonly IgnoreRule[];
  /** The fields of what differs, in the place of this planner's own comparison. */
  readonly compare?: (changed: readonly Changed[]) => readonly ObjectDrift[];
  /** Requests under way at a time. */
  readonly mostAtOnce?: number;
}

/** A declared object that is live and isn't applied yet. */
export interface Changed {
  readonly id: ResId;
  readonly desired: RenderedObject;
  readonly manifest: JsonObject;
  readonly live: LiveObject;
  readonly predicted: LiveObject;
}

/** From this many objects of a kind in a namespace on, all of them are read with one request. */
const listFrom = 4;

/** What was gathered for a plan. */
export interface Gathered {
  readonly plan: SyncPlan;
  readonly inventory: InventoryReading;
}

/** Plans a sync of an environment. Rejects with a {@link ClusterFailure} where the server can't be asked at all. */
export async function planEnvironmentSync(request: PlanRequest, signal: AbortSignal): Promise<Gathered> {
  const { cluster, inventory, clock } = request;
  const work = new BoundedWork(request.mostAtOnce ?? 16, clock);
  const served = await cluster.kinds(signal);
  const [reading, namespaces, trackers] = await Promise.all([inventory.read(signal), listNamespaces(cluster, served, signal), listTrackers(cluster, served, signal)]);
  const startedAt = Math.floor(clock.now() / 1000);
  const base = {
    ...request,
    self: inventory.self,
    marksOf: (id: ResId) => inventory.marksOf(id),
    members: reading.members,
    served,
    namespaces,
    trackers,
    startedAt,
    unmet: [...(reading.refusal === undefined ? [] : [reading.refusal]), ...request.unmet],
  };
  const takings = request.objects.flatMap((object) => readTakings(object, base));
  const live = await readLive(namespaceIdsOf(takings, request), { cluster, work, served, namespaces }, signal);
  const probed = await probeAll(takings, live, { ...base, cluster, work }, signal);
  const instances = await countInstances(reading.members, takings, { cluster, served }, signal);
  const changed = changedOf(takings, live, probed.probes);
  const drift = request.compare ? request.compare(changed) : await compareAll(changed, takings, { ...request, served }, signal);
  const plan = planSync({
    ...base,
    drift: [...drift, ...probed.inSync.filter(({ id }) => !drift.some((each) => liveKey(each.id) === liveKey(id)))],
    live,
    probes: probed.probes,
    instances,
  });
  return { plan: { ...plan, warnings: [...plan.warnings, ...reading.unseen, ...stillRunning(reading, clock)] }, inventory: reading };
}

/** A sync that was begun lately and has no end yet may be another user's. */
function stillRunning({ records }: InventoryReading, clock: SyncClock): readonly string[] {
  const [latest] = records;
  if (latest?.result !== 'running' || clock.now() - Date.parse(latest.startedAt) > 15 * 60_000) return [];
  return [`A sync by ${latest.user} that began at ${latest.startedAt} has no end yet: it may still be running.`];
}

async function listNamespaces(cluster: Cluster, served: readonly ServedKind[], signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  const kind = served.find(({ group, kind: name }) => group === '' && name === 'Namespace');
  const items = kind && (await listIfAllowed(cluster, kind, signal));
  return items && new Set(items.map(({ metadata }) => metadata.name));
}

/** What operators that run in this cluster list as theirs in it. */
async function listTrackers(cluster: Cluster, served: readonly ServedKind[], signal: AbortSignal): Promise<ReadonlyMap<string, Tracker>> {
  const trackers = new Map<string, Tracker>();
  const kindOf = (group: string, kind: string): ServedKind | undefined => served.find((each) => each.group === group && each.kind === kind);
  const [applications, kustomizations] = [kindOf('argoproj.io', 'Application'), kindOf('kustomize.toolkit.fluxcd.io', 'Kustomization')];
  for (const application of (applications && (await listIfAllowed(cluster, applications, signal))) ?? []) {
    // One that delivers to another cluster lists the objects of that one.
    const isHere = textAt(application, 'spec', 'destination', 'server') === 'https://kubernetes.default.svc' || textAt(application, 'spec', 'destination', 'name') === 'in-cluster';
    for (const resource of isHere ? mapsAt(application, 'status', 'resources') : []) {
      const text = (field: string): string => textAt(resource, field) ?? '';
      const key = liveKey({ group: text('group'), kind: text('kind'), namespace: text('namespace'), name: text('name') });
      trackers.set(key, { kind: 'argocd', application: application.metadata.name });
    }
  }
  for (const kustomization of (kustomizations && (await listIfAllowed(cluster, kustomizations, signal))) ?? []) {
    if (valueAt(kustomization, 'spec', 'kubeConfig') !== undefined) continue;
    const { namespace = '', name } = kustomization.metadata;
    for (const id of readInventory(kustomization)) trackers.set(liveKey(id), { kind: 'flux', object: 'Kustomization', namespace, name });
  }
  return trackers;
}

async function listIfAllowed(cluster: Cluster, kind: ServedKind, signal: AbortSignal, namespace?: string): Promise<readonly LiveObject[] | undefined> {
  try {
    return (await cluster.list(kind, { namespace }, signal)).items;
  } catch (error) {
    if (error instanceof ClusterFailure && (error.code === 'cluster/forbidden' || error.code === 'cluster/not-found' || error.code === 'cluster/kind-not-served')) return undefined;
    throw error;
  }
}

/** The declared ids, and the namespace that may have to be made. */
function namespaceIdsOf(takings: readonly Taking[], { namespace, options }: PlanRequest): readonly ResId[] {
  const ids = takings.map(({ id }) => id);
  const needsNamespace = namespace !== '' && options.syncOptions.includes('CreateNamespace=true');
  return needsNamespace ? [...ids, { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: namespace }] : ids;
}

interface Reading {
  readonly cluster: Cluster;
  readonly work: BoundedWork;
  readonly served: readonly ServedKind[];
  readonly namespaces: ReadonlySet<string> | undefined;
}

/** The live objects with these ids, in the version that each is declared in. */
async function readLive(ids: readonly ResId[], reading: Reading, signal: AbortSignal): Promise<ReadonlyMap<string, LiveObject>> {
  const { cluster, work, served, namespaces } = reading;
  const live = new Map<string, LiveObject>();
  const groups = new Map<string, ResId[]>();
  for (const id of ids) {
    if (id.namespace !== '' && namespaces?.has(id.namespace) === false) continue;
    const key = `${id.group}/${id.version}/${id.kind}/${id.namespace}`;
    const group = groups.get(key);
    if (group) group.push(id);
    else groups.set(key, [id]);
  }
  const getOne = async (id: ResId): Promise<void> => {
    const found = await work.run('look', () => cluster.get(id, signal), signal);
    if (found) live.set(liveKey(id), found);
  };
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      const kind = first && served.find((each) => each.group === first.group && each.kind === first.kind && each.version === first.version);
      if (!kind) return;
      const listed = group.length >= listFrom ? await listNamed(kind, group, reading, signal) : undefined;
      if (!listed) return void (await Promise.all(group.map((id) => getOne(id).catch(ignoreUnreadable))));
      for (const id of group) {
        const found = listed.get(id.name);
        if (found) live.set(liveKey(id), found);
      }
    }),
  );
  return live;
}

/** What may not be read is told by its dry run. */
function ignoreUnreadable(error: unknown): void {
  if (!(error instanceof ClusterFailure) || (error.code !== 'cluster/forbidden' && error.code !== 'cluster/kind-not-served')) throw error;
}

async function listNamed(kind: ServedKind, [first]: readonly ResId[], { cluster, work }: Reading, signal: AbortSignal): Promise<ReadonlyMap<string, LiveObject> | undefined> {
  try {
    const { items } = await work.run('look', () => cluster.list(kind, { namespace: first?.namespace === '' ? undefined : first?.namespace }, signal), signal);
    return new Map(items.map((item) => [item.metadata.name, item]));
  } catch (error) {
    if (error instanceof ClusterFailure && error.code === 'cluster/forbidden') return undefined;
    throw error;
  }
}

interface Probing extends Pick<PlanRequest, 'manager' | 'cluster' | 'options'> {
  readonly work: BoundedWork;
  readonly served: readonly ServedKind[];
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly choices: SyncChoices;
}

/** Asks the server about everything that isn't applied already; hooks are made anew anyway. */
async function probeAll(
  takings: readonly Taking[],
  live: ReadonlyMap<string, LiveObject>,
  { manager, cluster, work, served, namespaces, choices }: Probing,
  signal: AbortSignal,
): Promise<{ readonly probes: ReadonlyMap<string, Probe>; readonly inSync: readonly ObjectDrift[] }> {
  const probes = new Map<string, Probe>();
  const inSync: ObjectDrift[] = [];
  await Promise.all(
    takings.map(async ({ id, manifest, hook, object }) => {
      const key = liveKey(id);
      if (hook || choices.only?.has(key) === false) return;
      const there = live.get(key);
      if (there && isApplied(there, manifest, manager)) {
        inSync.push(driftInSync(id, object, there));
        return;
      }
      const isServed = served.some(({ group, kind }) => group === id.group && kind === id.kind);
      if (!isServed || (id.namespace !== '' && namespaces?.has(id.namespace) === false)) return;
      probes.set(key, await probe(id, manifest, there, { manager, cluster, work }, signal));
    }),
  );
  return { probes, inSync };
}

async function probe(
  id: ResId,
  manifest: JsonObject,
  live: LiveObject | undefined,
  { manager, cluster, work }: Pick<Probing, 'manager' | 'cluster' | 'work'>,
  signal: AbortSignal,
): Promise<Probe> {
  try {
    const predicted = await work.run('look', () => cluster.apply(id, manifestText(manifest), { fieldManager: manager, force: true, dryRun: true }, signal), signal);
    return { kind: 'accepted', predicted };
  } catch (error) {
    if (!(error instanceof ClusterFailure) || error.code === 'cluster/unreachable' || error.code === 'cluster/unauthorized') throw error;
    // The dry run alone is refused: what is written passes.
    const here = refusesDryRun(error) ? predictUnasked(manifest, live, manager) : undefined;
    if (here) return { kind: 'accepted', predicted: here };
    return { kind: 'refused', code: error.code, message: error.message, causes: error.causes };
  }
}

function predictUnasked(manifest: JsonObject, live: LiveObject | undefined, manager: string): LiveObject | undefined {
  if (!live) return isLiveObject(manifest) ? manifest : undefined;
  const prediction = predictHere(manifest, live, manager, undefined);
  return prediction.ok ? prediction.object : undefined;
}

function driftInSync(id: ResId, desired: RenderedObject, live: LiveObject): ObjectDrift {
  return {
    id,
    state: 'in-sync',
    reason: '',
    method: 'server-side-dry-run',
    fields: [],
    ignored: [],
    desired,
    live,
    predicted: live,
    health: undefined,
    forecast: { outcome: 'kept', message: '' },
  };
}

function changedOf(takings: readonly Taking[], live: ReadonlyMap<string, LiveObject>, probes: ReadonlyMap<string, Probe>): readonly Changed[] {
  return takings.flatMap(({ id, object, manifest, hook }) => {
    const there = live.get(liveKey(id));
    const probed = probes.get(liveKey(id));
    return !hook && there && probed?.kind === 'accepted' ? [{ id, desired: object, manifest, live: there, predicted: probed.predicted }] : [];
  });
}

/** The fields in which each differs from what applying it leaves, without what is to be ignored. */
async function compareAll(
  changed: readonly Changed[],
  takings: readonly Taking[],
  { cluster, served, rules = [], clock }: Pick<PlanRequest, 'cluster' | 'rules' | 'clock'> & { readonly served: readonly ServedKind[] },
  signal: AbortSignal,
): Promise<readonly ObjectDrift[]> {
  const declared = takings.filter(({ id }) => isAutoscaler(id)).map(({ manifest }) => manifest);
  const autoscalers = [...declared, ...(await listAutoscalers(changed, { cluster, served }, signal))];
  const outlook = { operator: 'none', declaration: undefined, isThere: false, isReconciled: false } as const;
  const context = { outlook, rules: [...systemRules, ...rulesOfAutoscalers(autoscalers), ...rules], healthOf: (object: LiveObject) => healthOf(object, clock.now()) };
  return changed.map(({ id, desired, manifest, live, predicted }) =>
    compareObject({ id, rendered: desired, manifest }, live, { method: 'server-side-dry-run', reason: '', object: withoutDoubleMetrics(predicted, live), foreign: [] }, context),
  );
}

/** The live autoscalers where something with replicas changes. */
async function listAutoscalers(changed: readonly Changed[], { cluster, served }: Pick<Reading, 'cluster' | 'served'>, signal: AbortSignal): Promise<readonly LiveObject[]> {
  const kind = served.find(({ group, kind: name }) => group === 'autoscaling' && name === 'HorizontalPodAutoscaler');
  const scaled = changed.filter(({ predicted }) => isJsonObject(predicted['spec']) && predicted['spec']['replicas'] !== undefined);
  const namespaces = [...new Set(scaled.map(({ id }) => id.namespace))];
  if (!kind) return [];
  return (await Promise.all(namespaces.map((namespace) => listIfAllowed(cluster, kind, signal, namespace)))).flatMap((items) => items ?? []);
}

/** How many objects the CustomResourceDefinitions have that would be deleted. */
async function countInstances(
  members: readonly LiveObject[],
  takings: readonly Taking[],
  { cluster, served }: Pick<Reading, 'cluster' | 'served'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const declared = new Set(takings.map(({ id }) => liveKey(id)));
  const counts = new Map<string, number>();
  for (const member of members) {
    if (member.kind !== 'CustomResourceDefinition' || declared.has(liveKey(idOfLive(member)))) continue;
    const { spec } = member;
    const names = isJsonObject(spec) ? spec['names'] : undefined;
    const kind = isJsonObject(spec) && isJsonObject(names) ? served.find((each) => each.group === spec['group'] && each.kind === names['kind']) : undefined;
    const items = kind && (await listIfAllowed(cluster, kind, signal));
    if (items) counts.set(member.metadata.name, items.length);
  }
  return counts;
}
