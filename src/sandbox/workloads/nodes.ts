/** The nodes of the sandbox, which are objects and nothing more, and which of them a pod goes to. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapAt, textsOf, valueAt } from '../fields.js';
import { matchesLabels } from './selectors.js';
import type { World } from './world.js';

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

/** A node that the node selector fits, as even as chance makes it; undefined where none fits. Affinities and taints aren't looked at. */
export function pickNode(pod: LiveObject, world: World): string | undefined {
  const fitting = world.store.list('', 'Node').filter((node) => takesPods(node) && matchesLabels(textsOf(mapAt(pod, 'spec', 'nodeSelector')), node.metadata.labels));
  return fitting[world.randomInteger(fitting.length)]?.metadata.name;
}

/** True for a node that isn't cordoned. */
export function takesPods(node: LiveObject): boolean {
  return valueAt(node, 'spec', 'unschedulable') !== true;
}
