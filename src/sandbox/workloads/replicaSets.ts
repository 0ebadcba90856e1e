/** ReplicaSets keep their number of pods (kubernetes pkg/controller/replicaset, v1.34). Orphans aren't adopted. */
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, textsOf } from '../../core/live/readFields.js';
import { ApiError } from '../api/apiError.js';
import { findCondition, withCondition, withoutCondition } from './conditions.js';
import type { Controller } from './controllers.js';
import { controllerManager, countPods, deletionOrder, isActivePod, nonZero, podFromTemplate } from './podTemplates.js';
import { matchesLabels } from './selectors.js';
import type { World } from './world.js';

const component = 'replicaset-controller';
const pauseAfterRefusal = 5000;

export const replicaSets: Controller = {
  group: 'apps',
  kind: 'ReplicaSet',
  reconcile(set, world) {
    const pods = world.owned(set, '', 'Pod').filter(isActivePod);
    const wanted = numberAt(set, 'spec', 'replicas') ?? 1;
    const refusal = set.metadata.deletionTimestamp === undefined ? adjust(set, pods, wanted, world) : undefined;
    const next = writeStatus(set, refusal, world);
    return refusal === undefined ? next : pauseAfterRefusal;
  },
};

function adjust(set: LiveObject, pods: readonly LiveObject[], wanted: number, world: World): string | undefined {
  const template = objectAt(set, 'spec', 'template');
  for (let missing = wanted - pods.length; missing > 0; missing--) {
    const generateName = `${set.metadata.name}-`;
    try {
      const pod = world.create(podFromTemplate(set, template, { name: `${generateName}${world.suffix()}`, generateName }), controllerManager);
      world.tell(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}`, component });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      world.tell(set, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}`, component });
      return error.message;
    }
  }
  for (const pod of deletionOrder(pods).slice(0, Math.max(0, pods.length - wanted))) {
    world.remove(pod);
    world.tell(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}`, component });
  }
  return undefined;
}

/** @param refusal why a pod could not be made */
function writeStatus(set: LiveObject, refusal: string | undefined, world: World): number | undefined {
  const pods = world.owned(set, '', 'Pod').filter(isActivePod);
  const labels = objectAt(set, 'spec', 'template', 'metadata', 'labels');
  const { ready, available, next } = countPods(pods, numberAt(set, 'spec', 'minReadySeconds') ?? 0, world.now);
  const fullyLabeled = pods.filter((pod) => matchesLabels(textsOf(labels), pod.metadata.labels)).length;
  const before = mapsAt(set, 'status', 'conditions');
  const conditions =
    refusal === undefined
      ? withoutCondition(before, 'ReplicaFailure')
      : findCondition(before, 'ReplicaFailure')
        ? // the first refusal stays: the name of the pod in it is another with each attempt
          before
        : withCondition(before, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal }, world.time);
  const status = {
    replicas: pods.length,
    ...nonZero({ fullyLabeledReplicas: fullyLabeled, readyReplicas: ready, availableReplicas: available, observedGeneration: set.metadata.generation ?? 0 }),
    ...(conditions.length > 0 && { conditions }),
  };
  world.writeStatus(set, status, controllerManager);
  return next;
}
