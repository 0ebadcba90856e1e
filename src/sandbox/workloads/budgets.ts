/** PodDisruptionBudgets: how many pods may go (kubernetes pkg/controller/disruption, v1.34). Evictions aren't served. */
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, valueAt } from '../../core/live/readFields.js';
import { withCondition } from './conditions.js';
import type { Controller, ObjectKey } from './controllers.js';
import { replicasOf, scaledValue } from './deploymentFacts.js';
import { controllerManager, isActivePod, isReadyPod } from './podTemplates.js';
import { matchesSelector } from './selectors.js';
import { controllerOf, type World } from './world.js';

export const budgets: Controller = {
  group: 'policy',
  kind: 'PodDisruptionBudget',
  *related(changed, world): Iterable<ObjectKey> {
    if (changed.kind !== 'Pod') return;
    const namespace = changed.metadata.namespace ?? '';
    for (const budget of world.store.list('policy', 'PodDisruptionBudget', namespace)) {
      if (matchesSelector(objectAt(budget, 'spec', 'selector'), changed.metadata.labels)) yield { namespace, name: budget.metadata.name };
    }
  },
  reconcile(budget, world) {
    if (budget.metadata.deletionTimestamp !== undefined) return undefined;
    const pods = world.store
      .list('', 'Pod', budget.metadata.namespace)
      .filter((pod) => matchesSelector(objectAt(budget, 'spec', 'selector'), pod.metadata.labels) && isActivePod(pod));
    const healthy = pods.filter(isReadyPod).length;
    const expected = expectedPods(budget, pods, world);
    const maxUnavailable = valueAt(budget, 'spec', 'maxUnavailable');
    const desired =
      maxUnavailable === undefined
        ? scaledValue(valueAt(budget, 'spec', 'minAvailable'), expected, 'up', 1)
        : Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up', 0));
    const allowed = Math.max(0, healthy - desired);
    const condition =
      allowed > 0
        ? ({ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' } as const)
        : ({ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' } as const);
    const observedGeneration = budget.metadata.generation ?? 1;
    world.writeStatus(
      budget,
      {
        conditions: withCondition(mapsAt(budget, 'status', 'conditions'), condition, world.time, { observedGeneration }),
        currentHealthy: healthy,
        desiredHealthy: desired,
        disruptionsAllowed: allowed,
        expectedPods: expected,
        observedGeneration,
      },
      controllerManager,
    );
    return undefined;
  },
};

/** With a plain `minAvailable` the pods that there are, otherwise what their controllers want. */
function expectedPods(budget: LiveObject, pods: readonly LiveObject[], world: World): number {
  if (numberAt(budget, 'spec', 'minAvailable') !== undefined) return pods.length;
  const owners = new Map(pods.map((pod) => [controllerOf(pod)?.uid, controllerOf(pod)]));
  let expected = 0;
  for (const owner of owners.values()) {
    const object = owner && world.get('apps', owner.kind, budget.metadata.namespace ?? '', owner.name);
    if (object) expected += replicasOf(object);
  }
  return expected;
}
