/** A Deployment's counts and conditions (kubernetes pkg/controller/deployment/{progress,sync}.go and util, v1.34). */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { parseTime } from '../../core/live/time.js';
import { mapsAt, numberAt, objectAt, stringAt } from '../../core/live/readFields.js';
import { findCondition, withCondition, withoutCondition, type Condition } from './conditions.js';
import { isPaused, maxUnavailableOf, replicasOf, type Rollout } from './deploymentFacts.js';
import { controllerManager, nonZero } from './podTemplates.js';
import type { World } from './world.js';

/** Writes the status; gives the milliseconds until the deadline of progress must be looked at. */
export function writeDeploymentStatus(rollout: Rollout, world: World): number | undefined {
  const { deployment } = rollout;
  const counts = countReplicas(rollout);
  const conditions = failureConditions(rollout, progressConditions(rollout, counts, availableConditions(deployment, counts, world.time), world), world.time);
  const collisionCount = numberAt(deployment, 'status', 'collisionCount');
  const status = {
    ...nonZero({ ...counts, observedGeneration: deployment.metadata.generation ?? 0 }),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions,
  };
  world.writeStatus(deployment, status, controllerManager);
  const progressing = findCondition(conditions, 'Progressing');
  if (progressing?.['status'] !== 'True' || progressing['reason'] === 'NewReplicaSetAvailable' || isPaused(deployment)) return undefined;
  return untilDeadline(deployment, progressing, world.now);
}

interface Counts extends Readonly<Record<string, number>> {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly unavailableReplicas: number;
}

function countReplicas({ all, current }: Rollout): Counts {
  const sum = (field: string): number => all.reduce((total, set) => total + (numberAt(set, 'status', field) ?? 0), 0);
  const wanted = all.reduce((total, set) => total + replicasOf(set), 0);
  const available = sum('availableReplicas');
  return {
    replicas: sum('replicas'),
    updatedReplicas: current ? (numberAt(current, 'status', 'replicas') ?? 0) : 0,
    readyReplicas: sum('readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
  };
}

function availableConditions(deployment: LiveObject, counts: Counts, time: string): readonly JsonObject[] {
  const isAvailable = counts.availableReplicas >= replicasOf(deployment) - maxUnavailableOf(deployment);
  const condition: Condition = isAvailable
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
  return withCondition(mapsAt(deployment, 'status', 'conditions'), condition, time, { lastUpdateTime: time });
}

function progressConditions({ deployment, current }: Rollout, counts: Counts, conditions: readonly JsonObject[], world: World): readonly JsonObject[] {
  if ((numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 600) >= 2 ** 31 - 1) return withoutCondition(conditions, 'Progressing');
  const before = findCondition(conditions, 'Progressing');
  const reason = stringAt(before, 'reason');
  const set = (status: Condition['status'], newReason: string, message: string): readonly JsonObject[] =>
    withCondition(conditions, { type: 'Progressing', status, reason: newReason, message }, world.time, { lastUpdateTime: world.time });

  if (isPaused(deployment)) return reason === 'DeploymentPaused' ? conditions : set('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (reason === 'DeploymentPaused') return set('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  if (current === undefined) return conditions;
  const name = `ReplicaSet "${current.metadata.name}"`;
  if (before === undefined) return set('True', 'NewReplicaSetCreated', `Created new replica set "${current.metadata.name}"`);
  const isSame = stringAt(before, 'message').includes(`"${current.metadata.name}"`);
  // What is complete stays so while only pods come and go.
  if (reason === 'NewReplicaSetAvailable' && isSame && counts.replicas === counts.updatedReplicas) return conditions;
  if (isComplete(deployment, counts)) return set('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
  if (hasProgressed(deployment, counts) || (!isSame && reason !== 'ReplicaSetUpdated')) {
    const updated = withCondition(
      withoutCondition(conditions, 'Progressing'),
      { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${name} is progressing.` },
      world.time,
      {
        lastUpdateTime: world.time,
        ...(before['status'] === 'True' && { lastTransitionTime: before['lastTransitionTime'] }),
      },
    );
    return inOrderOf(conditions, updated);
  }
  if (untilDeadline(deployment, before, world.now) <= 0 || reason === 'ProgressDeadlineExceeded') {
    return set('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`);
  }
  return conditions;
}

/** What keeps a ReplicaSet from making pods shows at the Deployment too. */
function failureConditions({ all }: Rollout, conditions: readonly JsonObject[], time: string): readonly JsonObject[] {
  const failure = all.map((set) => findCondition(mapsAt(set, 'status', 'conditions'), 'ReplicaFailure')).find((condition) => condition !== undefined);
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure');
  const condition: Condition = { type: 'ReplicaFailure', status: 'True', reason: stringAt(failure, 'reason'), message: stringAt(failure, 'message') };
  return withCondition(conditions, condition, time, { lastUpdateTime: time });
}

/** The same conditions where each type stood before. */
function inOrderOf(before: readonly JsonObject[], after: readonly JsonObject[]): readonly JsonObject[] {
  return before.map((each) => findCondition(after, stringAt(each, 'type')) ?? each);
}

function isComplete(deployment: LiveObject, { updatedReplicas, replicas, availableReplicas }: Counts): boolean {
  return [updatedReplicas, replicas, availableReplicas].every((count) => count === replicasOf(deployment));
}

function hasProgressed(deployment: LiveObject, counts: Counts): boolean {
  const before = objectAt(deployment, 'status');
  const was = (field: string): number => numberAt(before, field) ?? 0;
  return (
    counts.updatedReplicas > was('updatedReplicas') ||
    counts.replicas - counts.updatedReplicas < was('replicas') - was('updatedReplicas') ||
    counts.readyReplicas > was('readyReplicas') ||
    counts.availableReplicas > was('availableReplicas')
  );
}

function untilDeadline(deployment: LiveObject, progressing: JsonObject, now: number): number {
  const deadline = numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 600;
  return (parseTime(stringAt(progressing, 'lastUpdateTime')) ?? now) + deadline * 1000 - now;
}
