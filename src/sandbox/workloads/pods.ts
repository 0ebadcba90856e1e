/**
 * Pods as a scheduler and a kubelet would bring them up: bound to a node, images pulled, containers started, ready, crashed,
 * completed. Nothing runs: times come from behavior.ts, and what was reached stands in the status alone.
 */
import type { JsonObject } from '../../core/live/json.js';
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import { parseTime } from '../../core/live/time.js';
import { mapsAt, numberAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';
import { withCondition } from './conditions.js';
import { stepContainer, type ContainerStep } from './containers.js';
import type { Controller } from './controllers.js';
import { missingMounts } from './podReferences.js';
import { behaviorOf } from './behavior.js';
import { placePod } from './nodes.js';
import type { World } from './world.js';

/** How long containers take to end when their pod is deleted. */
const endingTime = 1000;
const mountRetry = 5000;

export const pods: Controller = {
  group: '',
  kind: 'Pod',
  reconcile(pod, world) {
    if (pod.metadata.deletionTimestamp !== undefined) return end(pod, world);
    if (['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase'))) return undefined;
    const nodeName = stringAt(pod, 'spec', 'nodeName');
    return nodeName === '' ? schedule(pod, world) : run(pod, nodeName, world);
  },
  removed: (pod, world) => world.forget(pod),
  // what waits for a node is looked at again when there may be one
  *related(changed, world) {
    if (changed.apiVersion !== 'v1' || (changed.kind !== 'Node' && changed.kind !== 'PersistentVolumeClaim')) return;
    for (const pod of world.store.list('', 'Pod', changed.metadata.namespace)) {
      if (stringAt(pod, 'spec', 'nodeName') === '') yield { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name };
    }
  },
};

/** The second deletion, without grace, is the kubelet's: the containers have ended. */
function end(pod: LiveObject, world: World): number | undefined {
  const since = world.now - ((parseTime(pod.metadata.deletionTimestamp) ?? 0) - (numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 0) * 1000);
  if (since < endingTime) return endingTime - since;
  world.remove(pod);
  return undefined;
}

function schedule(pod: LiveObject, world: World): number | undefined {
  const placement = placePod(pod, world);
  if ('node' in placement) {
    const message = `Successfully assigned ${pod.metadata.namespace ?? ''}/${pod.metadata.name} to ${placement.node}`;
    world.tell(pod, { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' });
    world.store.patch(idOfLive(pod), { spec: { nodeName: placement.node } }, { manager: 'kube-scheduler', subresource: 'binding' });
    return undefined;
  }
  const { message } = placement;
  const before = mapsAt(pod, 'status', 'conditions');
  const conditions = withCondition(before, { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }, world.time);
  if (conditions !== before) world.tell(pod, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' });
  world.writeStatus(pod, { ...objectAt(pod, 'status'), phase: 'Pending', conditions }, 'kube-scheduler');
  return undefined;
}

function run(pod: LiveObject, nodeName: string, world: World): number | undefined {
  const status = objectAt(pod, 'status');
  const startTime = stringAt(status, 'startTime') || world.time;
  const unmounted = missingMounts(pod, world);
  if (unmounted !== undefined) world.tell(pod, { type: 'Warning', reason: 'FailedMount', message: unmounted, component: 'kubelet' });
  const begin = (parseTime(startTime) ?? world.now) + startDelay(pod);

  const initials = stepInitials(pod, { world, begin, isHeld: unmounted !== undefined });
  const mainBegin = initials.endedAt;
  const mains = mapsAt(pod, 'spec', 'containers').map((container, index) =>
    stepContainer(pod, container, statusOf(status, 'containerStatuses', container), {
      world,
      begin: mainBegin,
      index,
      isHeld: unmounted !== undefined,
      isInitial: false,
      pending: initials.steps.length > 0 ? 'PodInitializing' : 'ContainerCreating',
    }),
  );
  const phase = phaseOf(pod, initials.steps, mains);
  const isStarted = [...initials.steps, ...mains].some(({ status: each }) => valueAt(each, 'containerID') !== undefined);
  const node = world.get('', 'Node', '', nodeName);
  const ip = stringAt(status, 'podIP') || (isStarted ? world.takeAddress() : '');
  const hostIP = node ? stringAt(mapsAt(node, 'status', 'addresses')[0], 'address') : '';
  world.writeStatus(
    pod,
    {
      ...status,
      phase,
      startTime,
      conditions: podConditions(pod, { phase, isStarted, isInitialized: mainBegin !== undefined, mains }, world.time),
      ...(hostIP !== '' && { hostIP, hostIPs: [{ ip: hostIP }] }),
      ...(ip !== '' && { podIP: ip, podIPs: [{ ip }] }),
      ...(initials.steps.length > 0 && { initContainerStatuses: initials.steps.map((step) => step.status) }),
      containerStatuses: mains.map((step) => step.status),
      qosClass: stringAt(status, 'qosClass') || qosClassOf(pod),
    },
    'kubelet',
  );
  const waits = [...initials.steps, ...mains].map(({ wait }) => wait).filter((wait) => wait !== undefined);
  if (unmounted !== undefined) waits.push(mountRetry);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

function startDelay(pod: LiveObject): number {
  return behaviorOf(pod, {}).startAfter;
}

interface Initials {
  readonly steps: readonly ContainerStep[];
  /** From when on the other containers may start; undefined while they may not. */
  readonly endedAt: number | undefined;
}

/** One after another; one that restarts always (a sidecar) lets the next begin when it runs. */
function stepInitials(pod: LiveObject, { world, begin, isHeld }: { readonly world: World; readonly begin: number; readonly isHeld: boolean }): Initials {
  const steps: ContainerStep[] = [];
  let at: number | undefined = begin;
  for (const [index, container] of mapsAt(pod, 'spec', 'initContainers').entries()) {
    const before = statusOf(objectAt(pod, 'status'), 'initContainerStatuses', container);
    const step: ContainerStep = stepContainer(pod, container, before, { world, begin: at, index, isHeld, isInitial: true, pending: 'PodInitializing' });
    steps.push(step);
    at = step.passedAt;
  }
  return { steps, endedAt: at };
}

function statusOf(status: JsonObject, list: string, container: JsonObject): JsonObject | undefined {
  return mapsAt(status, list).find((each) => each['name'] === container['name']);
}

function phaseOf(pod: LiveObject, initials: readonly ContainerStep[], mains: readonly ContainerStep[]): string {
  const restarts = stringAt(pod, 'spec', 'restartPolicy') || 'Always';
  if (restarts === 'Never' && initials.some((step) => (step.exitCode ?? 0) !== 0)) return 'Failed';
  if (initials.some((step) => step.passedAt === undefined)) return 'Pending';
  if (restarts !== 'Always' && mains.every((step) => step.exitCode !== undefined)) {
    if (mains.every((step) => step.exitCode === 0)) return 'Succeeded';
    if (restarts === 'Never') return 'Failed';
  }
  return mains.some((step) => valueAt(step.status, 'containerID') === undefined && valueAt(step.status, 'lastState', 'terminated') === undefined) ? 'Pending' : 'Running';
}

interface Reached {
  readonly phase: string;
  readonly isStarted: boolean;
  readonly isInitialized: boolean;
  readonly mains: readonly ContainerStep[];
}

/** In the kubelet's order (kubernetes pkg/kubelet/status/generate.go, v1.34). */
function podConditions(pod: LiveObject, { phase, isStarted, isInitialized, mains }: Reached, time: string): readonly JsonObject[] {
  const names = (steps: readonly ContainerStep[]): string => `[${steps.map((step) => stringAt(step.status, 'name')).join(' ')}]`;
  const unready = mains.filter((step) => step.status['ready'] !== true);
  const initials = mapsAt(pod, 'spec', 'initContainers').map((container) => stringAt(container, 'name'));
  const readiness =
    phase === 'Succeeded'
      ? { status: 'False' as const, reason: 'PodCompleted' }
      : phase === 'Failed'
        ? { status: 'False' as const, reason: 'PodFailed' }
        : unready.length === 0
          ? { status: 'True' as const }
          : { status: 'False' as const, reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` };
  const initialized = isInitialized
    ? { status: 'True' as const, ...(phase === 'Succeeded' && { reason: 'PodCompleted' }) }
    : { status: 'False' as const, reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${initials.join(' ')}]` };
  const isSandboxThere = isStarted && phase !== 'Succeeded' && phase !== 'Failed';
  const wanted = [
    { type: 'PodReadyToStartContainers', status: isSandboxThere ? ('True' as const) : ('False' as const) },
    { type: 'Initialized', ...initialized },
    { type: 'Ready', ...readiness },
    { type: 'ContainersReady', ...readiness },
    { type: 'PodScheduled', status: 'True' as const },
  ];
  return wanted.reduce((conditions, condition) => withCondition(conditions, condition, time), mapsAt(pod, 'status', 'conditions'));
}

/** kubernetes pkg/apis/core/v1/helper/qos, for processor and memory. */
function qosClassOf(pod: LiveObject): string {
  const containers = [...mapsAt(pod, 'spec', 'initContainers'), ...mapsAt(pod, 'spec', 'containers')];
  const amounts = containers.map((container) => ({ limits: objectAt(container, 'resources', 'limits'), requests: objectAt(container, 'resources', 'requests') }));
  const parts = ['cpu', 'memory'];
  if (amounts.every(({ limits, requests }) => parts.every((part) => limits[part] === undefined && requests[part] === undefined))) return 'BestEffort';
  const isGuaranteed = amounts.every(({ limits, requests }) => parts.every((part) => limits[part] !== undefined && (requests[part] ?? limits[part]) === limits[part]));
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
