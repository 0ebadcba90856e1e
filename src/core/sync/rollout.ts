/**
 * How far a workload is with its latest template: the rules of `kubectl rollout status` (kubectl v0.34.2
 * pkg/polymorphichelpers/rollout_status.go), and which images its pods really run.
 */
import { isJsonObject, type JsonObject } from '../live/json.js';
import { idOfLive, type LiveObject } from '../live/liveObject.js';
import { conditionsAt, countAt, mapsAt, numberAt, textAt, valueAt } from '../live/readFields.js';
import type { SeenPods } from './ladder.js';

export interface Rollout {
  readonly state: 'done' | 'pending' | 'failed';
  /** Part of a sentence. */
  readonly message: string;
}

/** Undefined for kinds that don't roll out. */
export function rolloutOf(object: LiveObject): Rollout | undefined {
  if (!object.apiVersion.startsWith('apps/')) return undefined;
  switch (object.kind) {
    case 'Deployment':
      return deploymentRollout(object);
    case 'StatefulSet':
      return statefulSetRollout(object);
    case 'DaemonSet':
      return daemonSetRollout(object);
    default:
      return undefined;
  }
}

function deploymentRollout(object: LiveObject): Rollout {
  if (isBehind(object)) return pending('its latest spec was not observed yet');
  if (conditionsAt(object).find(({ type }) => type === 'Progressing')?.reason === 'ProgressDeadlineExceeded')
    return { state: 'failed', message: 'it exceeded its progress deadline' };
  const wanted = numberAt(object, 'spec', 'replicas');
  const [all, updated, available] = [countAt(object, 'status', 'replicas'), countAt(object, 'status', 'updatedReplicas'), countAt(object, 'status', 'availableReplicas')];
  if (wanted !== undefined && updated < wanted) return pending(`${updated} of ${wanted} pods are updated`);
  if (all > updated) return pending(`${all - updated} old ${all - updated === 1 ? 'pod is' : 'pods are'} still there`);
  if (available < updated) return pending(`${available} of ${updated} updated pods are available`);
  return done(`${updated} of ${wanted ?? updated} pods are updated and available`);
}

/** What can't be asked of kubectl (OnDelete) is done: nothing rolls out by itself. */
function daemonSetRollout(object: LiveObject): Rollout {
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return done('its pods are updated when somebody deletes them (OnDelete)');
  if (isBehind(object)) return pending('its latest spec was not observed yet');
  const wanted = countAt(object, 'status', 'desiredNumberScheduled');
  const [updated, available] = [countAt(object, 'status', 'updatedNumberScheduled'), countAt(object, 'status', 'numberAvailable')];
  if (updated < wanted) return pending(`${updated} of ${wanted} pods are updated`);
  if (available < wanted) return pending(`${available} of ${wanted} updated pods are available`);
  return done(`${available} of ${wanted} pods are updated and available`);
}

function statefulSetRollout(object: LiveObject): Rollout {
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return done('its pods are updated when somebody deletes them (OnDelete)');
  if (countAt(object, 'status', 'observedGeneration') === 0 || isBehind(object)) return pending('its latest spec was not observed yet');
  const wanted = numberAt(object, 'spec', 'replicas');
  const [ready, updated] = [countAt(object, 'status', 'readyReplicas'), countAt(object, 'status', 'updatedReplicas')];
  if (wanted !== undefined && ready < wanted) return pending(`${ready} of ${wanted} pods are ready`);
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  if (isJsonObject(valueAt(object, 'spec', 'updateStrategy', 'rollingUpdate'))) {
    if (wanted !== undefined && partition !== undefined && updated < wanted - partition) return pending(`${updated} of ${wanted - partition} pods are updated`);
    return done(`${updated} of ${wanted ?? updated} pods are updated${partition ? `, with a partition of ${partition}` : ''}`);
  }
  if (textAt(object, 'status', 'updateRevision') !== textAt(object, 'status', 'currentRevision')) return pending(`${updated} of ${wanted ?? updated} pods are updated`);
  return done(`${ready} of ${wanted ?? ready} pods are ready`);
}

function isBehind(object: LiveObject): boolean {
  return (object.metadata.generation ?? 0) > countAt(object, 'status', 'observedGeneration');
}

function pending(message: string): Rollout {
  return { state: 'pending', message };
}

function done(message: string): Rollout {
  return { state: 'done', message };
}

/** The pods that a workload controls, itself or through a ReplicaSet, those that end left out. */
export function podsOf(workload: LiveObject, { pods, replicaSets }: Pick<SeenPods, 'pods' | 'replicaSets'>): readonly LiveObject[] {
  const { uid } = workload.metadata;
  if (uid === undefined) return [];
  const owners = new Set([uid, ...replicaSets.filter((each) => controllerOf(each) === uid).flatMap(({ metadata }) => metadata.uid ?? [])]);
  return pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && owners.has(controllerOf(pod) ?? ''));
}

/** The uid of what controls an object. */
export function controllerOf({ metadata }: LiveObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

/** What a container of a workload is to run, and what its pods run. */
export interface ContainerImages {
  readonly container: string;
  /** As rendered; undefined where the render has no such container (an injected sidecar). */
  readonly wanted: string | undefined;
  /** By image, the pods that have it in their spec. */
  readonly running: ReadonlyMap<string, readonly string[]>;
  /** The digests that container runtimes report, without the name before them. */
  readonly digests: ReadonlySet<string>;
}

/** @param template the pod template as rendered, as JSON */
export function imagesOf(template: JsonObject, pods: readonly LiveObject[]): readonly ContainerImages[] {
  return [...mapsAt(template, 'spec', 'initContainers'), ...mapsAt(template, 'spec', 'containers')].map((container) => {
    const name = textAt(container, 'name') ?? '';
    const running = new Map<string, string[]>();
    const digests = new Set<string>();
    for (const pod of pods) {
      const own = [...mapsAt(pod, 'spec', 'initContainers'), ...mapsAt(pod, 'spec', 'containers')].find((each) => textAt(each, 'name') === name);
      const image = own && textAt(own, 'image');
      if (image !== undefined) running.set(image, [...(running.get(image) ?? []), pod.metadata.name]);
      const digest = digestOf(pod, name);
      if (digest !== undefined) digests.add(digest);
    }
    return { container: name, wanted: textAt(container, 'image'), running, digests };
  });
}

function digestOf(pod: LiveObject, container: string): string | undefined {
  const statuses = [...mapsAt(pod, 'status', 'initContainerStatuses'), ...mapsAt(pod, 'status', 'containerStatuses')];
  const id = statuses.flatMap((each) => (textAt(each, 'name') === container ? (textAt(each, 'imageID') ?? '') : []))[0];
  return /sha256:[0-9a-f]{64}$/.exec(id ?? '')?.[0];
}

/** Why a container of a pod waits, where it won't end that by itself. */
export interface StuckContainer {
  readonly pod: LiveObject;
  readonly container: string;
  readonly reason: string;
  readonly message: string;
}

const stuckReasons = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);
/** A container that fails as it waits for others has mostly come up by then. */
const toleratedRestarts = 3;

/** Containers that wait for something that doesn't come by itself. */
export function stuckContainers(pods: readonly LiveObject[]): readonly StuckContainer[] {
  return pods.flatMap((pod) =>
    [...mapsAt(pod, 'status', 'initContainerStatuses'), ...mapsAt(pod, 'status', 'containerStatuses')].flatMap((status) => {
      const reason = textAt(status, 'state', 'waiting', 'reason') ?? '';
      const isCrashing = reason === 'CrashLoopBackOff' && countAt(status, 'restartCount') >= toleratedRestarts;
      if (!stuckReasons.has(reason) && !isCrashing) return [];
      return [{ pod, container: textAt(status, 'name') ?? '', reason, message: textAt(status, 'state', 'waiting', 'message') ?? '' }];
    }),
  );
}

/** `Deployment web`. */
export function nameOf(object: LiveObject): string {
  const { kind, name } = idOfLive(object);
  return `${kind} ${name}`;
}
