/** StatefulSets: pods with numbers, one after another, each with its claims (kubernetes pkg/controller/statefulset, v1.34). */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, textsOf, valueAt } from '../../core/live/readFields.js';
import type { Controller } from './controllers.js';
import { replicasOf } from './deploymentFacts.js';
import { controllerManager, countPods, isReadyPod, nonZero, podFromTemplate, untilAvailable } from './podTemplates.js';
import { revisionHashLabel, syncRevisions } from './revisions.js';
import type { World } from './world.js';

const component = 'statefulset-controller';

export const statefulSets: Controller = {
  group: 'apps',
  kind: 'StatefulSet',
  reconcile(set, world) {
    const { current: update, all } = syncRevisions(set, world);
    const name = stringAt(set, 'status', 'currentRevision');
    const stable = all.find((revision) => revision.metadata.name === name) ?? update;
    if (set.metadata.deletionTimestamp === undefined) step(set, { stable, update }, world);
    return writeStatus(set, { stable, update }, world);
  },
};

interface Revisions {
  /** What pods had before the update that goes on. */
  readonly stable: LiveObject;
  readonly update: LiveObject;
}

function podsOf(set: LiveObject, world: World): readonly LiveObject[] {
  return [...world.owned(set, '', 'Pod')].sort((a, b) => ordinalOf(a) - ordinalOf(b));
}

function ordinalOf(pod: LiveObject): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
}

/** At most one pod is made, ended or replaced per step, but for `Parallel`, where all may be made and ended. */
function step(set: LiveObject, revisions: Revisions, world: World): void {
  const isParallel = stringAt(set, 'spec', 'podManagementPolicy') === 'Parallel';
  const first = numberAt(set, 'spec', 'ordinals', 'start') ?? 0;
  const end = first + replicasOf(set);
  const pods = podsOf(set, world);
  const isSettled = (pod: LiveObject): boolean =>
    pod.metadata.deletionTimestamp === undefined && untilAvailable(pod, numberAt(set, 'spec', 'minReadySeconds') ?? 0, world.now) === 0;

  for (let ordinal = first; ordinal < end; ordinal++) {
    const pod = pods.find((each) => ordinalOf(each) === ordinal);
    if (!pod) create(set, ordinal, revisionFor(set, ordinal, revisions), world);
    else if (stringAt(pod, 'status', 'phase') === 'Failed' && pod.metadata.deletionTimestamp === undefined) world.remove(pod);
    if (!isParallel && !(pod && isSettled(pod))) return;
  }
  const surplus = pods.filter((pod) => ordinalOf(pod) >= end || ordinalOf(pod) < first).reverse();
  for (const pod of surplus) {
    if (pod.metadata.deletionTimestamp === undefined) remove(set, pod, world);
    if (!isParallel) return;
  }
  if (surplus.length > 0 || stringAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
  replaceOne(set, { pods, partition: partitionOf(set) }, revisions.update, world);
}

function partitionOf(set: LiveObject): number {
  return numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
}

/** From the last to the first; one that isn't ready holds up the rest. */
function replaceOne(set: LiveObject, { pods, partition }: { readonly pods: readonly LiveObject[]; readonly partition: number }, update: LiveObject, world: World): void {
  for (const pod of [...pods].reverse()) {
    if (ordinalOf(pod) < partition) return;
    if (pod.metadata.labels?.[revisionHashLabel] !== update.metadata.name) {
      if (pod.metadata.deletionTimestamp === undefined) remove(set, pod, world);
      return;
    }
    if (!isReadyPod(pod)) return;
  }
}

/** Pods below the partition keep the revision that they had. */
function revisionFor(set: LiveObject, ordinal: number, { stable, update }: Revisions): LiveObject {
  return ordinal < partitionOf(set) ? stable : update;
}

function create(set: LiveObject, ordinal: number, revision: LiveObject, world: World): void {
  const name = `${set.metadata.name}-${ordinal}`;
  const template = objectAt(revision, 'data', 'spec', 'template');
  const claims = mapsAt(set, 'spec', 'volumeClaimTemplates');
  for (const claim of claims) ensureClaim(set, claim, name, world);
  const volumes = claims.map((claim) => ({ name: stringAt(claim, 'metadata', 'name'), persistentVolumeClaim: { claimName: `${stringAt(claim, 'metadata', 'name')}-${name}` } }));
  const own = mapsAt(template, 'spec', 'volumes').filter((volume) => !volumes.some((claimed) => claimed.name === volume['name']));
  const labels = { [revisionHashLabel]: revision.metadata.name, 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(ordinal) };
  const spec: JsonObject = { hostname: name, subdomain: stringAt(set, 'spec', 'serviceName'), ...(volumes.length > 0 && { volumes: [...own, ...volumes] }) };
  const { $patch: _directive, ...plain } = template;
  world.create(podFromTemplate(set, plain, { name, generateName: `${set.metadata.name}-`, labels, spec }), controllerManager);
  world.tell(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `create Pod ${name} in StatefulSet ${set.metadata.name} successful`, component });
}

/** Claims outlive their pods, and the set, unless its retention policy says otherwise (which isn't looked at). */
function ensureClaim(set: LiveObject, claim: JsonObject, pod: string, world: World): void {
  const namespace = set.metadata.namespace ?? 'default';
  const name = `${stringAt(claim, 'metadata', 'name')}-${pod}`;
  if (world.get('', 'PersistentVolumeClaim', namespace, name)) return;
  const labels = { ...textsOf(objectAt(claim, 'metadata', 'labels')), ...textsOf(objectAt(set, 'spec', 'selector', 'matchLabels')) };
  world.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace, labels }, spec: objectAt(claim, 'spec') }, controllerManager);
  const message = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
  world.tell(set, { type: 'Normal', reason: 'SuccessfulCreate', message, component });
}

function remove(set: LiveObject, pod: LiveObject, world: World): void {
  world.remove(pod);
  world.tell(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`, component });
}

function writeStatus(set: LiveObject, { stable, update }: Revisions, world: World): number | undefined {
  const pods = podsOf(set, world).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const { ready, available, next } = countPods(pods, numberAt(set, 'spec', 'minReadySeconds') ?? 0, world.now);
  const ofRevision = (revision: LiveObject): number => pods.filter((pod) => pod.metadata.labels?.[revisionHashLabel] === revision.metadata.name).length;
  const updated = ofRevision(update);
  const isDone = updated === replicasOf(set) && ready === replicasOf(set) && pods.length === replicasOf(set);
  const currentRevision = isDone ? update.metadata.name : stable.metadata.name;
  world.writeStatus(
    set,
    {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      ...nonZero({ readyReplicas: ready, currentReplicas: isDone ? updated : ofRevision(stable), updatedReplicas: updated }),
      availableReplicas: available,
      currentRevision,
      updateRevision: update.metadata.name,
      collisionCount: numberAt(set, 'status', 'collisionCount') ?? 0,
      ...(valueAt(set, 'status', 'conditions') !== undefined && { conditions: mapsAt(set, 'status', 'conditions') }),
    },
    controllerManager,
  );
  return next;
}
