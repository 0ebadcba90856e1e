/**
 * One look at a cluster for the rungs below git: the pods of an environment's workloads, the source that a Flux object
 * applies from, and our own record of deliveries. What may not be read is said.
 */
import type { EnvironmentDrift } from '../core/drift/drift.js';
import type { Environment } from '../core/gitops/delivery.js';
import { isJsonObject } from '../core/live/json.js';
import type { LiveObject, ServedKind } from '../core/live/liveObject.js';
import { mapAt, mapsAt, textAt, textsAt } from '../core/live/readFields.js';
import type { OperatorStatus } from '../core/operators/operatorStatus.js';
import { readOperatorStatus } from '../core/operators/readOperatorStatus.js';
import type { ResId } from '../core/objects/resId.js';
import type { DeliveryRecord } from '../core/sync/deliveryRecord.js';
import type { LadderLive, SeenPods } from '../core/sync/ladder.js';
import { BoundedWork } from './boundedWork.js';
import { parentOf } from './environmentSync.js';
import { ClusterFailure } from './failure.js';
import type { Cluster } from './ports.js';
import { systemClock } from './syncClock.js';
import { readDeliveries } from './syncInventory.js';

export interface LookRequest {
  readonly cluster: Cluster;
  readonly environment: Environment;
  readonly drift: EnvironmentDrift;
  readonly status: OperatorStatus | undefined;
  /** The namespace of the context. */
  readonly fallbackNamespace: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Rejects with a {@link ClusterFailure} where the server can't be asked at all. */
export async function lookForLadder({ cluster, environment, drift, status, fallbackNamespace, now }: LookRequest, signal: AbortSignal): Promise<LadderLive> {
  const served = await cluster.kinds(signal);
  const workloads = drift.objects.flatMap(({ live }) => (live && isRolling(live) ? [live] : []));
  const [pods, source, deliveries] = await Promise.all([
    readPods(cluster, served, workloads, signal),
    readSource(cluster, served, status, now, signal),
    readRecords(cluster, parentOf(environment, fallbackNamespace), signal),
  ]);
  return { drift, status, source, deliveries, pods };
}

function isRolling({ apiVersion, kind }: LiveObject): boolean {
  return apiVersion === 'apps/v1' && (kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet');
}

/** The pods that workloads select, and the ReplicaSets of Deployments. */
export async function readPods(cluster: Cluster, served: readonly ServedKind[], workloads: readonly LiveObject[], signal: AbortSignal): Promise<SeenPods> {
  const kindOf = (group: string, name: string): ServedKind | undefined => served.find((each) => each.group === group && each.kind === name);
  const [pod, replicaSet] = [kindOf('', 'Pod'), kindOf('apps', 'ReplicaSet')];
  const work = new BoundedWork(8, systemClock);
  const unseen = new Set<string>();
  const list = async (kind: ServedKind | undefined, workload: LiveObject): Promise<readonly LiveObject[]> => {
    const labelSelector = selectorOf(workload);
    if (!kind || labelSelector === undefined) return [];
    try {
      return (await work.run('look', () => cluster.list(kind, { namespace: workload.metadata.namespace, labelSelector }, signal), signal)).items;
    } catch (error) {
      if (!(error instanceof ClusterFailure) || (error.code !== 'cluster/forbidden' && error.code !== 'cluster/not-found')) throw error;
      unseen.add(error.message);
      return [];
    }
  };
  const [pods, replicaSets] = await Promise.all([
    Promise.all(workloads.map((each) => list(pod, each))),
    Promise.all(workloads.filter(({ kind }) => kind === 'Deployment').map((each) => list(replicaSet, each))),
  ]);
  return { pods: unique(pods.flat()), replicaSets: unique(replicaSets.flat()), unseen: [...unseen].join(' ') };
}

function unique(objects: readonly LiveObject[]): readonly LiveObject[] {
  return [...new Map(objects.map((object) => [object.metadata.uid ?? object.metadata.name, object])).values()];
}

/** `spec.selector` as a query has it (kubernetes apimachinery pkg/apis/meta/v1 FormatLabelSelector); undefined where there is none. */
function selectorOf(workload: LiveObject): string | undefined {
  const labels = mapAt(workload, 'spec', 'selector', 'matchLabels') ?? {};
  const equal = Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [`${key}=${value}`] : []));
  const others = mapsAt(workload, 'spec', 'selector', 'matchExpressions').map((expression) => {
    const key = textAt(expression, 'key') ?? '';
    const values = textsAt(expression, 'values').join(',');
    const words: Readonly<Record<string, string>> = { In: `${key} in (${values})`, NotIn: `${key} notin (${values})`, Exists: key, DoesNotExist: `!${key}` };
    return words[textAt(expression, 'operator') ?? ''] ?? key;
  });
  const text = [...equal, ...others].join(',');
  return text === '' || !isJsonObject(workload['spec']) ? undefined : text;
}

async function readSource(
  cluster: Cluster,
  served: readonly ServedKind[],
  status: OperatorStatus | undefined,
  now: number,
  signal: AbortSignal,
): Promise<OperatorStatus | undefined> {
  const id = status?.operator === 'flux' ? status.sources[0]?.object : undefined;
  const kind = id && served.find((each) => each.group === id.group && each.kind === id.kind);
  const object = id && kind && (await getIfAllowed(cluster, { ...id, version: kind.version }, signal));
  return object && readOperatorStatus(object, now);
}

async function getIfAllowed(cluster: Cluster, id: ResId, signal: AbortSignal): Promise<LiveObject | undefined> {
  try {
    return await cluster.get(id, signal);
  } catch (error) {
    if (error instanceof ClusterFailure && (error.code === 'cluster/forbidden' || error.code === 'cluster/not-found')) return undefined;
    throw error;
  }
}

async function readRecords(cluster: Cluster, parent: ResId, signal: AbortSignal): Promise<readonly DeliveryRecord[]> {
  try {
    return await readDeliveries(cluster, parent, signal);
  } catch (error) {
    if (error instanceof ClusterFailure && (error.code === 'cluster/forbidden' || error.code === 'cluster/not-found')) return [];
    throw error;
  }
}
