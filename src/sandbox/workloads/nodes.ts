/** The nodes of the sandbox, which are objects and nothing more, and which of them a pod goes to. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, objectAt, stringAt, textsOf, valueAt } from '../../core/live/readFields.js';
import { amountAt, podAmount } from '../kinds/podAmounts.js';
import { findCondition } from './conditions.js';
import type { Controller } from './controllers.js';
import { claimsOf } from './podReferences.js';
import { controllerManager } from './podTemplates.js';
import { matchesLabels } from './selectors.js';
import type { World } from './world.js';

const notReady = 'node.kubernetes.io/not-ready';

/** Takes the taint of a new node away when it is ready, as the node lifecycle controller does. */
export const nodes: Controller = {
  group: '',
  kind: 'Node',
  reconcile(node, world) {
    const taints = mapsAt(node, 'spec', 'taints');
    const isReady = findCondition(mapsAt(node, 'status', 'conditions'), 'Ready')?.['status'] === 'True';
    const kept = taints.filter(({ key }) => key !== notReady);
    if (isReady && kept.length < taints.length) world.patch(node, { spec: { taints: kept.length > 0 ? kept : null } }, controllerManager);
    return undefined;
  },
};

/** Makes the nodes that aren't there yet. */
export function ensureNodes(world: World, count: number): void {
  for (let number = 1; number <= count; number++) {
    const name = `sandbox-node-${number}`;
    if (world.get('', 'Node', '', name)) continue;
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'topology.kubernetes.io/zone': `zone-${String.fromCharCode(96 + number)}`,
    };
    const node = world.create(
      { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`] } },
      'kubelet',
    );
    world.writeStatus(node, nodeStatus(name, number, world.time), 'kubelet');
  }
}

function nodeStatus(name: string, number: number, time: string): JsonObject {
  const amounts = { cpu: '8', 'ephemeral-storage': '102400Mi', memory: '32Gi', pods: '110' };
  const condition = (type: string, status: string, reason: string, message: string): JsonObject => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  return {
    addresses: [
      { type: 'InternalIP', address: `172.18.0.${number + 1}` },
      { type: 'Hostname', address: name },
    ],
    allocatable: amounts,
    capacity: amounts,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'this node is simulated: nothing runs on it'),
    ],
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: 'simulated://1',
      kernelVersion: 'simulated',
      kubeProxyVersion: '',
      kubeletVersion: 'simulated',
      machineID: '',
      operatingSystem: 'linux',
      osImage: 'GitOps Workbench sandbox',
      systemUUID: '',
    },
  };
}

export type Placement = { readonly node: string } | { readonly message: string };

/**
 * A node that takes the pod, as even as chance makes it, or the scheduler's words for why there is none. Looked at are
 * cordons, readiness, taints, the node selector, and whether a node is large enough for the pod alone: what other pods use
 * isn't counted, and affinities aren't looked at (kubernetes pkg/scheduler v1.34: framework/plugins, framework/types.go).
 */
export function placePod(pod: LiveObject, world: World): Placement {
  const nodes = world.store.list('', 'Node');
  const volumes = unboundVolumes(pod, world);
  if (volumes !== undefined) return { message: `0/${nodes.length} nodes are available: ${volumes}. not found` };
  const refusals = nodes.map((node) => refusalsOf(node, pod));
  const fitting = nodes.filter((_, index) => refusals[index]?.length === 0);
  const chosen = fitting[world.randomInteger(fitting.length)];
  if (chosen) return { node: chosen.metadata.name };
  const counts = new Map<string, number>();
  for (const reason of refusals.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const none = `0/${nodes.length} nodes are available`;
  return { message: `${none}: ${reasons.join(', ')}. no new claims to deallocate, preemption: ${none}: ${nodes.length} Preemption is not helpful for scheduling.` };
}

function unboundVolumes(pod: LiveObject, world: World): string | undefined {
  const objects = claimsOf(pod).map((name) => ({ name, claim: world.get('', 'PersistentVolumeClaim', pod.metadata.namespace ?? '', name) }));
  const absent = objects.find(({ claim }) => !claim);
  if (absent) return `persistentvolumeclaim "${absent.name}" not found`;
  const ending = objects.find(({ claim }) => claim?.metadata.deletionTimestamp !== undefined);
  if (ending) return `persistentvolumeclaim "${ending.name}" is being deleted`;
  return objects.some(({ claim }) => stringAt(claim, 'status', 'phase') !== 'Bound') ? 'pod has unbound immediate PersistentVolumeClaims' : undefined;
}

/** What the first of the scheduler's plugins that refuses the node says. */
function refusalsOf(node: LiveObject, pod: LiveObject): readonly string[] {
  if (!takesPods(node)) return ['node(s) were unschedulable'];
  const taint = taintsOf(node).find((each) => !mapsAt(pod, 'spec', 'tolerations').some((toleration) => tolerates(toleration, each)));
  if (taint) return [`node(s) had untolerated taint {${stringAt(taint, 'key')}: ${stringAt(taint, 'value')}}`];
  if (!matchesLabels(textsOf(objectAt(pod, 'spec', 'nodeSelector')), node.metadata.labels)) return ["node(s) didn't match Pod's node affinity/selector"];
  return ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) =>
    podAmount(pod, 'requests', name) > amountAt(objectAt(node, 'status', 'allocatable'), name) ? [`Insufficient ${name}`] : [],
  );
}

/** Those that keep pods away. */
function taintsOf(node: LiveObject): readonly JsonObject[] {
  return mapsAt(node, 'spec', 'taints').filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
}

function tolerates(toleration: JsonObject, taint: JsonObject): boolean {
  const [key, effect] = [stringAt(toleration, 'key'), stringAt(toleration, 'effect')];
  if (effect !== '' && effect !== taint['effect']) return false;
  if (stringAt(toleration, 'operator') === 'Exists') return key === '' || key === taint['key'];
  return key === taint['key'] && stringAt(toleration, 'value') === stringAt(taint, 'value');
}

/** True for a node that isn't cordoned. */
export function takesPods(node: LiveObject): boolean {
  return valueAt(node, 'spec', 'unschedulable') !== true;
}
