/** Deployments roll out through ReplicaSets (kubernetes pkg/controller/deployment, v1.34). Rollback by annotation is left out, as kubectl does it by a patch. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { numberAt, objectAt, stringAt, textsOf, valueAt } from '../../core/live/readFields.js';
import type { Controller } from './controllers.js';
import { isPaused, maxSurgeOf, maxUnavailableOf, replicasOf, sumReplicas, type Rollout } from './deploymentFacts.js';
import { writeDeploymentStatus } from './deploymentStatus.js';
import { controllerManager, isActivePod, templateHash, templateHashLabel, templatesEqual } from './podTemplates.js';
import { ownerReferenceTo, type World } from './world.js';

const component = 'deployment-controller';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';
/** What a Deployment has for itself (kubernetes pkg/controller/deployment/util annotationsToSkip). */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  'deployment.kubernetes.io/revision-history',
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
]);

export const deployments: Controller = {
  group: 'apps',
  kind: 'Deployment',
  reconcile(deployment, world) {
    if (deployment.metadata.deletionTimestamp !== undefined) return undefined;
    const before = findSets(deployment, world);
    const isScaled = before.all.some(
      (set) => replicasOf(set) > 0 && (set.metadata.annotations?.[desiredAnnotation] ?? String(replicasOf(deployment))) !== String(replicasOf(deployment)),
    );
    if (isPaused(deployment) || isScaled) {
      scale(before, world);
    } else if (stringAt(deployment, 'spec', 'strategy', 'type') === 'Recreate') {
      recreate(before, world);
    } else {
      rollOn(before, world);
    }
    // The objects as they are after the step; a further step follows from the change of a ReplicaSet.
    const now = world.get('apps', 'Deployment', deployment.metadata.namespace ?? '', deployment.metadata.name);
    return now && writeDeploymentStatus(findSets(now, world), world);
  },
};

function findSets(deployment: LiveObject, world: World): Rollout {
  const template = objectAt(deployment, 'spec', 'template');
  const all = [...world.owned(deployment, 'apps', 'ReplicaSet')].sort(
    (a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') || revisionOf(a) - revisionOf(b),
  );
  const current = all.find((set) => templatesEqual(objectAt(set, 'spec', 'template'), template));
  return { deployment, all, current, old: all.filter((set) => set !== current) };
}

function revisionOf(object: LiveObject): number {
  return Number(object.metadata.annotations?.[revisionAnnotation] ?? 0);
}

/** The ReplicaSet of the template as it is, with its revision and annotations; it is made where there is none. */
function ensureCurrent(rollout: Rollout, world: World): LiveObject {
  const { deployment, current, old } = rollout;
  const revision = String(Math.max(0, ...old.map(revisionOf)) + 1);
  if (current === undefined) return createSet(rollout, revision, world);
  const isNewest = revisionOf(current) >= Number(revision);
  const annotations = { ...inheritedAnnotations(deployment), ...(!isNewest && { [revisionAnnotation]: revision }) };
  world.annotate(current, annotations, controllerManager);
  const minReadySeconds = numberAt(deployment, 'spec', 'minReadySeconds') ?? 0;
  if ((numberAt(current, 'spec', 'minReadySeconds') ?? 0) !== minReadySeconds) world.patch(current, { spec: { minReadySeconds } }, controllerManager);
  world.annotate(deployment, { [revisionAnnotation]: isNewest ? String(revisionOf(current)) : revision }, controllerManager, 'status');
  return current;
}

function createSet({ deployment, all }: Rollout, revision: string, world: World): LiveObject {
  const template = objectAt(deployment, 'spec', 'template');
  const namespace = deployment.metadata.namespace ?? 'default';
  let collisions = numberAt(deployment, 'status', 'collisionCount') ?? 0;
  while (world.get('apps', 'ReplicaSet', namespace, `${deployment.metadata.name}-${templateHash(template, collisions)}`)) collisions += 1;
  const hash = templateHash(template, collisions);
  const labels = { ...textsOf(objectAt(template, 'metadata', 'labels')), [templateHashLabel]: hash };
  const selector = objectAt(deployment, 'spec', 'selector');
  const minReadySeconds = numberAt(deployment, 'spec', 'minReadySeconds') ?? 0;
  const replicas = newSetReplicas(deployment, all, 0);
  const set = world.create(
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        namespace,
        labels,
        annotations: { ...inheritedAnnotations(deployment), ...sizeAnnotations(deployment), [revisionAnnotation]: revision },
        ownerReferences: [ownerReferenceTo(deployment)],
      },
      spec: {
        replicas,
        ...(minReadySeconds > 0 && { minReadySeconds }),
        selector: { ...selector, matchLabels: { ...objectAt(selector, 'matchLabels'), [templateHashLabel]: hash } },
        template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
      },
    },
    controllerManager,
  );
  if (replicas > 0) tellScaled(deployment, set, 0, replicas, world);
  world.annotate(deployment, { [revisionAnnotation]: revision }, controllerManager, 'status');
  return set;
}

function inheritedAnnotations(deployment: LiveObject): Record<string, string> {
  return Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !ownAnnotations.has(name)));
}

function sizeAnnotations(deployment: LiveObject): Record<string, string> {
  const replicas = replicasOf(deployment);
  return { [desiredAnnotation]: String(replicas), [maxAnnotation]: String(replicas + maxSurgeOf(deployment)) };
}

/** How many pods the new ReplicaSet may have now (deployment_util.go NewRSNewReplicas). */
function newSetReplicas(deployment: LiveObject, all: readonly LiveObject[], has: number): number {
  const wanted = replicasOf(deployment);
  if (stringAt(deployment, 'spec', 'strategy', 'type') === 'Recreate') return wanted;
  const room = wanted + maxSurgeOf(deployment) - sumReplicas(all);
  return room <= 0 ? has : has + Math.min(room, wanted - has);
}

function rollOn(rollout: Rollout, world: World): void {
  const current = ensureCurrent(rollout, world);
  const sets = findSets(rollout.deployment, world);
  if (growCurrent(sets, current, world)) return;
  if (shrinkOld(sets, current, world)) return;
  if (isComplete(rollout.deployment)) cleanUp(sets, world);
}

/** The new ReplicaSet up, or down where it has more than wanted. */
function growCurrent({ deployment, all }: Rollout, current: LiveObject, world: World): boolean {
  const has = replicasOf(current);
  const wanted = replicasOf(deployment);
  if (has === wanted) return false;
  return setReplicas(deployment, current, has > wanted ? wanted : newSetReplicas(deployment, all, has), world);
}

/** The old ReplicaSets down as far as enough pods stay available; first those pods that aren't healthy (rolling.go reconcileOldReplicaSets). */
function shrinkOld({ deployment, all, old }: Rollout, current: LiveObject, world: World): boolean {
  const oldTotal = sumReplicas(old);
  if (oldTotal === 0) return false;
  const minAvailable = replicasOf(deployment) - maxUnavailableOf(deployment);
  const newUnavailable = replicasOf(current) - available(current);
  let mayGo = sumReplicas(all) - minAvailable - newUnavailable;
  if (mayGo <= 0) return false;
  const sizes = new Map(old.map((set) => [set, replicasOf(set)]));
  for (const set of old) {
    const gone = Math.min(mayGo, Math.max(0, replicasOf(set) - available(set)));
    sizes.set(set, replicasOf(set) - gone);
    mayGo -= gone;
  }
  let healthyMayGo = Math.min(mayGo, all.reduce((sum, set) => sum + available(set), 0) - minAvailable);
  for (const set of old) {
    const gone = Math.min(Math.max(0, healthyMayGo), sizes.get(set) ?? 0);
    sizes.set(set, (sizes.get(set) ?? 0) - gone);
    healthyMayGo -= gone;
  }
  return [...sizes].map(([set, size]) => setReplicas(deployment, set, size, world)).includes(true);
}

function available(set: LiveObject): number {
  return numberAt(set, 'status', 'availableReplicas') ?? 0;
}

/** All old pods are gone before the first new one is made. */
function recreate(rollout: Rollout, world: World): void {
  const { deployment, old } = rollout;
  if (old.map((set) => setReplicas(deployment, set, 0, world)).includes(true)) return;
  if (old.some((set) => world.owned(set, '', 'Pod').some((pod) => isActivePod(pod) || pod.metadata.deletionTimestamp !== undefined))) return;
  const current = ensureCurrent(rollout, world);
  setReplicas(deployment, current, replicasOf(deployment), world);
  if (isComplete(deployment)) cleanUp(findSets(deployment, world), world);
}

/** A change of size while nothing rolls out, or in the middle of it: in proportion (sync.go scale). */
function scale({ deployment, all, current, old }: Rollout, world: World): void {
  const active = all.filter((set) => replicasOf(set) > 0);
  const wanted = replicasOf(deployment);
  const single = active.length === 0 ? (current ?? old.at(-1)) : active.length === 1 ? active[0] : undefined;
  if (single) {
    setReplicas(deployment, single, wanted, world);
    return;
  }
  if (current && replicasOf(current) === wanted && available(current) === wanted) {
    for (const set of old) setReplicas(deployment, set, 0, world);
    return;
  }
  const total = sumReplicas(active);
  let toAdd = (wanted > 0 ? wanted + maxSurgeOf(deployment) : 0) - total;
  const bySize = [...active].sort((a, b) => replicasOf(b) - replicasOf(a));
  const sizes = bySize.map((set) => {
    const share = Math.round((replicasOf(set) * toAdd) / Math.max(1, total));
    return { set, size: Math.max(0, replicasOf(set) + share), share };
  });
  toAdd -= sizes.reduce((sum, { share }) => sum + share, 0);
  for (const [index, { set, size }] of sizes.entries()) setReplicas(deployment, set, Math.max(0, size + (index === 0 ? toAdd : 0)), world);
}

/** True where it had another number. */
function setReplicas(deployment: LiveObject, set: LiveObject, replicas: number, world: World): boolean {
  const before = replicasOf(set);
  const annotations = sizeAnnotations(deployment);
  const hasAnnotations = Object.entries(annotations).every(([name, value]) => set.metadata.annotations?.[name] === value);
  if (before === replicas && hasAnnotations) return false;
  world.patch(set, { metadata: { annotations }, ...(before !== replicas && { spec: { replicas } }) }, controllerManager);
  if (before !== replicas) tellScaled(deployment, set, before, replicas, world);
  return before !== replicas;
}

function tellScaled(deployment: LiveObject, set: LiveObject, from: number, to: number, world: World): void {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
  world.tell(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component });
}

function isComplete(deployment: LiveObject): boolean {
  const status = objectAt(deployment, 'status');
  const wanted = replicasOf(deployment);
  const counts = [status['updatedReplicas'], status['replicas'], status['availableReplicas']];
  return counts.every((count) => (count ?? 0) === wanted) && (numberAt(status, 'observedGeneration') ?? 0) >= (deployment.metadata.generation ?? 0);
}

/** Old ReplicaSets beyond the limit of the history go, the oldest first. */
function cleanUp({ deployment, old }: Rollout, world: World): void {
  const limit = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10;
  const idle = old.filter((set) => isIdle(objectAt(set, 'status'), set)).sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of idle.slice(0, Math.max(0, old.length - limit))) world.remove(set);
}

function isIdle(status: JsonObject, set: LiveObject): boolean {
  return (valueAt(status, 'replicas') ?? 0) === 0 && replicasOf(set) === 0 && set.metadata.deletionTimestamp === undefined;
}
