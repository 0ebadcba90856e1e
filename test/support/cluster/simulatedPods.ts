/**
 * What lets pods become ready on a real control plane without a kubelet: nodes, and the stages that kwok takes pods, claims
 * and nodes through (kwok.sigs.k8s.io/docs/user/stages-configuration). Nothing runs. Pods behave as those of the sandbox do:
 * its annotations (src/sandbox/workloads/behavior.ts) say how long things take and how they end, as far as they are known
 * here, and images of one host can't be pulled.
 */
import type { JsonObject, JsonValue } from '../../../src/core/live/json.js';
import { behaviorPrefix } from '../../../src/sandbox/workloads/behavior.js';

/** Images of this host can't be pulled, whatever cluster it is. */
export const missingHost = 'registry.missing.example.com';

/** What it is told by somebody who tries. */
export function pullFailure(image: string): string {
  return `failed to pull and unpack image "${image}": not found`;
}

/** How many nodes there are. */
export const nodeCount = 2;

/** The objects that have to be there before kwok starts. */
export const simulatedObjects: readonly { readonly path: string; readonly body: JsonObject }[] = [
  ...Array.from({ length: nodeCount }, (_, index) => ({ path: '/api/v1/nodes', body: nodeOf(`node-${index + 1}`) })),
  {
    path: '/apis/storage.k8s.io/v1/storageclasses',
    body: { metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'test.example.com/volumes' },
  },
];

function nodeOf(name: string): JsonObject {
  const room = { cpu: '64', memory: '256Gi', pods: '1000' };
  return { metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } }, status: { capacity: room, allocatable: room } };
}

/** kwok's configuration. */
export function stagesText(): string {
  const stages = [...nodeStages, ...podStages, ...claimStages].map(({ name, ...spec }) => ({ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', metadata: { name }, spec }));
  return stages.map((stage) => `---\n${JSON.stringify(stage)}\n`).join('');
}

interface Stage {
  readonly name: string;
  readonly [field: string]: JsonValue;
}

type Condition = readonly [key: string, operator: 'Exists' | 'DoesNotExist'] | readonly [key: string, operator: 'In' | 'NotIn', values: readonly string[]];

function when(...conditions: readonly Condition[]): JsonObject {
  return { matchExpressions: conditions.map(([key, operator, values = []]) => ({ jq: { key, operator, values } })) };
}

function statusOf(...lines: readonly string[]): JsonValue {
  return [{ patch: { root: 'status', subresource: 'status', template: `{{ $now := Now }}\n${lines.join('\n')}\n` } }];
}

/** The value of an annotation, for a jq expression. */
function annotation(name: string): string {
  return `.metadata.annotations["${behaviorPrefix}${name}"]`;
}

const ofPods = { resourceRef: { apiGroup: 'v1', kind: 'Pod' } };
const isAlive: Condition = ['.metadata.deletionTimestamp', 'DoesNotExist'];
/** `1` where an image can't be pulled, nothing otherwise. */
const missingImage = `[.spec.containers[].image | select(startswith("${missingHost}/"))] | select(length > 0) | "1"`;
const ofJob = '[.metadata.ownerReferences[]? | .kind] | select(index("Job")) | "1"';

/** A field per container; `item` writes what differs. */
function eachContainer(item: string): string {
  return `containerStatuses:\n{{ range .spec.containers }}\n- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", restartCount: 0, ${item}}\n{{ end }}`;
}

function conditions(status: 'True' | 'False', reason: string, types: readonly string[]): string {
  return `conditions:\n${types.map((type) => `- {type: ${type}, status: "${status}"${reason === '' ? '' : `, reason: ${reason}`}, lastTransitionTime: {{ $now | Quote }}}`).join('\n')}`;
}

const nodeStages: readonly Stage[] = [
  {
    name: 'node-ready',
    resourceRef: { apiGroup: 'v1', kind: 'Node' },
    selector: when(['.status.conditions[]? | select(.type == "Ready") | .status', 'NotIn', ['True']]),
    steps: statusOf(
      'conditions:\n{{ range NodeConditions }}\n- {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}\n{{ end }}',
      'addresses:\n- {type: InternalIP, address: {{ NodeIP | Quote }}}\n- {type: Hostname, address: {{ NodeName | Quote }}}',
    ),
  },
];

const podStages: readonly Stage[] = [
  {
    ...ofPods,
    name: 'pod-starts',
    selector: when(isAlive, ['.status.phase', 'In', ['Pending']], [missingImage, 'DoesNotExist'], [`${annotation('ready-after')} | select(. == "never")`, 'DoesNotExist']),
    delay: { durationMilliseconds: 0, durationFrom: { jq: { expression: annotation('ready-after') } } },
    steps: statusOf(
      conditions('True', '', ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']),
      eachContainer('ready: true, started: true, state: {running: {startedAt: {{ $now | Quote }}}}'),
      '{{ with PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}\npodIP: {{ . | Quote }}\npodIPs: [{ip: {{ . | Quote }}}]\n{{ end }}',
      'phase: Running\nstartTime: {{ $now | Quote }}',
    ),
  },
  {
    ...ofPods,
    name: 'pod-waits-for-its-image',
    selector: when(isAlive, ['.status.phase', 'In', ['Pending']], [missingImage, 'Exists'], ['.status.containerStatuses', 'DoesNotExist']),
    steps: statusOf(
      conditions('False', 'ContainersNotReady', ['Ready', 'ContainersReady']),
      eachContainer(
        `ready: false, started: false, state: {waiting: {reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q: ${pullFailure('%s').replaceAll('"', '\\"')}" .image .image | Quote }}}}`,
      ),
      'phase: Pending\nstartTime: {{ $now | Quote }}',
    ),
  },
  {
    ...ofPods,
    name: 'job-pod-ends',
    selector: when(isAlive, ['.status.phase', 'In', ['Running']], [ofJob, 'Exists']),
    delay: { durationMilliseconds: 300, durationFrom: { jq: { expression: annotation('run-for') } } },
    steps: statusOf(
      `{{ $code := or (index (or .metadata.annotations dict) "${behaviorPrefix}exit-code") "0" }}{{ $reason := "Completed" }}{{ $phase := "Succeeded" }}{{ if ne $code "0" }}{{ $reason = "Error" }}{{ $phase = "Failed" }}{{ end }}`,
      conditions('False', 'PodCompleted', ['Ready', 'ContainersReady']),
      eachContainer(
        'ready: false, started: false, state: {terminated: {exitCode: {{ $code }}, reason: {{ $reason }}, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}',
      ),
      'phase: {{ $phase }}',
    ),
  },
  { ...ofPods, name: 'pod-goes', selector: when(['.metadata.deletionTimestamp', 'Exists']), steps: [{ delete: true }] },
];

const claimStages: readonly Stage[] = [
  {
    name: 'claim-gets-a-volume',
    resourceRef: { apiGroup: 'v1', kind: 'PersistentVolumeClaim' },
    selector: when(isAlive, ['.spec.storageClassName', 'In', ['standard']], ['.spec.volumeName', 'DoesNotExist']),
    steps: [
      {
        apply: {
          template: [
            'apiVersion: v1',
            'kind: PersistentVolume',
            'metadata: {name: pvc-{{ .metadata.uid }}}',
            'spec:',
            '  accessModes:\n  {{ YAML .spec.accessModes 2 }}',
            '  capacity:\n  {{ YAML .spec.resources.requests 2 }}',
            '  persistentVolumeReclaimPolicy: Delete',
            '  storageClassName: standard',
            '  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, name: {{ .metadata.name | Quote }}, namespace: {{ .metadata.namespace | Quote }}, uid: {{ .metadata.uid | Quote }}}',
            '  hostPath: {path: /nowhere}',
          ].join('\n'),
        },
      },
    ],
  },
];
