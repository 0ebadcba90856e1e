/** HorizontalPodAutoscalers keep their target within its limits. There are no metrics: usage is taken to be just what the target asks for. */
import type { JsonObject } from '../../core/live/json.js';
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import { parseApiVersion } from '../../core/objects/resId.js';
import { mapsAt, numberAt, objectAt, stringAt } from '../../core/live/readFields.js';
import { withCondition, type Condition } from './conditions.js';
import type { Controller, ObjectKey } from './controllers.js';
import { replicasOf } from './deploymentFacts.js';
import { controllerManager } from './podTemplates.js';
import type { World } from './world.js';

const component = 'horizontal-pod-autoscaler';
/** How often a real one looks. */
const period = 15_000;

export const autoscalers: Controller = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  *related(changed, world): Iterable<ObjectKey> {
    if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(changed.kind)) return;
    const namespace = changed.metadata.namespace ?? '';
    for (const scaler of world.store.list('autoscaling', 'HorizontalPodAutoscaler', namespace)) {
      const { kind, name } = objectAt(scaler, 'spec', 'scaleTargetRef');
      if (kind === changed.kind && name === changed.metadata.name) yield { namespace, name: scaler.metadata.name };
    }
  },
  reconcile(scaler, world) {
    if (scaler.metadata.deletionTimestamp !== undefined) return undefined;
    const reference = objectAt(scaler, 'spec', 'scaleTargetRef');
    const target = world.get(parseApiVersion(stringAt(reference, 'apiVersion')).group, stringAt(reference, 'kind'), scaler.metadata.namespace ?? '', stringAt(reference, 'name'));
    if (target) follow(scaler, target, world);
    else miss(scaler, reference, world);
    return target ? undefined : period;
  },
};

function miss(scaler: LiveObject, reference: JsonObject, world: World): void {
  const { group } = parseApiVersion(stringAt(reference, 'apiVersion'));
  const plural = `${stringAt(reference, 'kind').toLowerCase()}s${group === '' ? '' : `.${group}`}`;
  const message = `the HPA controller was unable to get the target's current scale: ${plural} "${stringAt(reference, 'name')}" not found`;
  writeStatus(scaler, { current: 0, desired: 0, conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }] }, world);
  world.tell(scaler, { type: 'Warning', reason: 'FailedGetScale', message: message.replace(/^.*scale: /, ''), component });
}

function follow(scaler: LiveObject, target: LiveObject, world: World): void {
  const now = replicasOf(target);
  const current = numberAt(target, 'status', 'replicas') ?? 0;
  if (now === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    const conditions: Condition[] = [
      ableToScale('SucceededGetScale', "the HPA controller was able to get the target's current scale"),
      { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message },
    ];
    return writeStatus(scaler, { current, desired: 0, conditions }, world);
  }
  const least = numberAt(scaler, 'spec', 'minReplicas') ?? 1;
  const most = numberAt(scaler, 'spec', 'maxReplicas') ?? least;
  const desired = Math.min(Math.max(now, least), most);
  const resource = stringAt(mapsAt(scaler, 'spec', 'metrics')[0], 'resource', 'name') || 'cpu';
  const limited: Condition =
    desired === least && now <= least
      ? { type: 'ScalingLimited', status: 'True', reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' }
      : desired < now
        ? { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' }
        : { type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
  const conditions = [
    desired === now
      ? ableToScale('ReadyForNewScale', 'recommended size matches current size')
      : ableToScale('SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`),
    {
      type: 'ScalingActive',
      status: 'True',
      reason: 'ValidMetricFound',
      message: `the HPA was able to successfully calculate a replica count from ${resource} resource utilization (percentage of request)`,
    } as const,
    limited,
  ];
  if (desired !== now) {
    world.store.patch(idOfLive(target), { spec: { replicas: desired } }, { manager: controllerManager, subresource: 'scale' });
    const reason = desired > now ? 'Current number of replicas below Spec.MinReplicas' : 'Current number of replicas above Spec.MaxReplicas';
    world.tell(scaler, { type: 'Normal', reason: 'SuccessfulRescale', message: `New size: ${desired}; reason: ${reason}`, component });
  }
  writeStatus(scaler, { current, desired, conditions, isScaled: desired !== now }, world);
}

function ableToScale(reason: string, message: string): Condition {
  return { type: 'AbleToScale', status: 'True', reason, message };
}

interface Status {
  readonly current: number;
  readonly desired: number;
  readonly conditions: readonly Condition[];
  readonly isScaled?: boolean;
}

function writeStatus(scaler: LiveObject, { current, desired, conditions, isScaled = false }: Status, world: World): void {
  const lastScaleTime = isScaled ? world.time : stringAt(scaler, 'status', 'lastScaleTime');
  const metrics = mapsAt(scaler, 'spec', 'metrics').flatMap((metric) => currentMetric(metric));
  world.writeStatus(
    scaler,
    {
      conditions: conditions.reduce<readonly JsonObject[]>((list, condition) => withCondition(list, condition, world.time), mapsAt(scaler, 'status', 'conditions')),
      ...(metrics.length > 0 && { currentMetrics: metrics }),
      currentReplicas: current,
      desiredReplicas: desired,
      ...(lastScaleTime !== '' && { lastScaleTime }),
    },
    controllerManager,
  );
}

function currentMetric(metric: JsonObject): readonly JsonObject[] {
  const resource = objectAt(metric, 'resource');
  const utilization = numberAt(resource, 'target', 'averageUtilization');
  return utilization === undefined ? [] : [{ type: 'Resource', resource: { name: stringAt(resource, 'name'), current: { averageUtilization: utilization, averageValue: '0' } } }];
}
