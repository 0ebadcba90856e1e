/** Random manifests of the kinds that repositories hold, the same for the same seed. */
import type { JsonObject, JsonValue } from '../../../src/core/live/json.js';

/** Numbers from 0 up to but not including 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class Choices {
  constructor(private readonly random: () => number) {}

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  maybe(chance = 0.5): boolean {
    return this.random() < chance;
  }

  oneOf<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('there is nothing to choose from');
    return value;
  }

  /** Each field with that chance. */
  someOf(fields: JsonObject, chance = 0.4): JsonObject {
    return Object.fromEntries(Object.entries(fields).filter(() => this.maybe(chance)));
  }
}

export interface RandomKind {
  /** Below the version, with its namespace: `/apis/apps/v1/namespaces/diff/deployments`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly hasStatus: boolean;
  readonly hasScale?: boolean;
  readonly isCustom?: boolean;
  make(choices: Choices): JsonObject;
}

const quantities = ['100m', '0.5', '1000m', '2', '1Gi', '1024Mi', '0.1', '64M', '1e3'];

function container(choices: Choices, name: string): JsonObject {
  const probe = { httpGet: { path: '/healthz', port: choices.oneOf<JsonValue>([8080, 'http']) }, ...choices.someOf({ periodSeconds: 5, failureThreshold: 2 }) };
  const port = { containerPort: 8080, ...choices.someOf({ name: 'http', protocol: 'TCP' }) };
  return {
    name,
    image: choices.oneOf(['web:1', 'web:latest', 'registry.example.com/team/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'web']),
    ...choices.someOf({
      args: ['--level', 'debug'],
      env: [
        { name: 'A', value: '1' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      envFrom: [{ configMapRef: { name: 'cfg' } }],
      ports: [port],
      resources: { limits: { memory: choices.oneOf(quantities.slice(4, 6)) }, requests: { cpu: choices.oneOf(quantities.slice(0, 4)) } },
      livenessProbe: probe,
      readinessProbe: { tcpSocket: { port: 8080 } },
      securityContext: choices.someOf({ runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }),
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
      imagePullPolicy: 'IfNotPresent',
    }),
  };
}

function podSpec(choices: Choices, fields: JsonObject = {}): JsonObject {
  return {
    containers: [container(choices, 'web'), ...(choices.maybe(0.3) ? [container(choices, 'side')] : [])],
    volumes: [
      {
        name: 'data',
        ...choices.oneOf<JsonObject>([
          { emptyDir: {} },
          { configMap: { name: 'cfg' } },
          { secret: { secretName: 's', items: [{ key: 'a', path: 'a' }] } },
          { hostPath: { path: '/x' } },
        ]),
      },
    ],
    ...choices.someOf(
      {
        initContainers: [container(choices, 'init')],
        terminationGracePeriodSeconds: 5,
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ key: 'a', operator: 'Exists' }],
        securityContext: { runAsUser: 1000, fsGroup: 2000 },
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } } }],
          },
        },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'web' } } }],
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
        imagePullSecrets: [{ name: 'pull' }],
        dnsPolicy: 'Default',
      },
      0.25,
    ),
    ...fields,
  };
}

const labels = { app: 'web' };
const template = (choices: Choices, fields?: JsonObject): JsonObject => ({
  metadata: { labels: { ...labels, ...choices.someOf({ tier: 'front' }) }, ...choices.someOf({ annotations: { note: 'x' } }) },
  spec: podSpec(choices, fields),
});
const place = (group: string, plural: string): string => `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/diff/${plural}`;
const peer = (choices: Choices): JsonObject => choices.oneOf<JsonObject>([{ podSelector: { matchLabels: labels } }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }]);

/** `Widget` is of the CustomResourceDefinition that {@link widgetDefinition} makes. */
export const randomKinds: readonly RandomKind[] = [
  {
    ...{ path: place('apps/v1', 'deployments'), apiVersion: 'apps/v1', kind: 'Deployment', hasStatus: true, hasScale: true },
    make: (choices) => ({
      spec: {
        selector: { matchLabels: labels },
        template: template(choices),
        ...choices.someOf({ replicas: 3, minReadySeconds: 4, revisionHistoryLimit: 2, paused: true }),
        ...(choices.maybe() && {
          strategy: choices.oneOf<JsonObject>([{ type: 'Recreate' }, { rollingUpdate: { maxSurge: 2 } }, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } }]),
        }),
      },
    }),
  },
  {
    ...{ path: place('apps/v1', 'statefulsets'), apiVersion: 'apps/v1', kind: 'StatefulSet', hasStatus: true, hasScale: true },
    make: (choices) => ({
      spec: {
        selector: { matchLabels: labels },
        template: template(choices),
        serviceName: 'web',
        ...choices.someOf({
          replicas: 2,
          podManagementPolicy: 'Parallel',
          volumeClaimTemplates: [
            { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: choices.oneOf(quantities.slice(4, 6)) } } } },
          ],
          updateStrategy: { type: 'OnDelete' },
        }),
      },
    }),
  },
  {
    ...{ path: place('apps/v1', 'daemonsets'), apiVersion: 'apps/v1', kind: 'DaemonSet', hasStatus: true },
    make: (choices) => ({
      spec: { selector: { matchLabels: labels }, template: template(choices), ...choices.someOf({ minReadySeconds: 3, updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } }) },
    }),
  },
  {
    ...{ path: place('batch/v1', 'jobs'), apiVersion: 'batch/v1', kind: 'Job', hasStatus: true },
    make: (choices) => ({
      spec: {
        template: { spec: podSpec(choices, { restartPolicy: 'Never' }) },
        ...choices.someOf({ backoffLimit: 2, parallelism: 2, ttlSecondsAfterFinished: 60, activeDeadlineSeconds: 30, suspend: true }),
      },
    }),
  },
  {
    ...{ path: place('batch/v1', 'cronjobs'), apiVersion: 'batch/v1', kind: 'CronJob', hasStatus: true },
    make: (choices) => ({
      spec: {
        schedule: choices.oneOf(['*/5 * * * *', '@daily']),
        jobTemplate: { spec: { template: { spec: podSpec(choices, { restartPolicy: 'OnFailure' }) } } },
        ...choices.someOf({ concurrencyPolicy: 'Forbid', successfulJobsHistoryLimit: 1, suspend: true, startingDeadlineSeconds: 10, timeZone: 'Etc/UTC' }),
      },
    }),
  },
  {
    ...{ path: place('v1', 'services'), apiVersion: 'v1', kind: 'Service', hasStatus: true },
    make: (choices) => ({
      spec: {
        ...choices.someOf({ selector: labels, sessionAffinity: 'ClientIP', publishNotReadyAddresses: true }),
        ...choices.oneOf<JsonObject>([{}, { type: 'ClusterIP', clusterIP: 'None' }, { type: 'NodePort' }, { type: 'LoadBalancer' }]),
        ports: [
          { port: 80, ...choices.someOf({ name: 'http', targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }) },
          ...(choices.maybe(0.3) ? [{ name: 'dns', port: 53, protocol: 'UDP' }] : []),
        ].map((port, _index, all) => (all.length > 1 ? { name: 'main', ...port } : port)),
      },
    }),
  },
  {
    ...{ path: place('v1', 'configmaps'), apiVersion: 'v1', kind: 'ConfigMap', hasStatus: false },
    make: (choices) => choices.someOf({ data: { a: '1', b: 'two\nlines\n' }, binaryData: { c: 'AAEC' } }, 0.7),
  },
  {
    ...{ path: place('v1', 'secrets'), apiVersion: 'v1', kind: 'Secret', hasStatus: false },
    make: (choices) => choices.someOf({ data: { a: 'c2VjcmV0' }, stringData: { b: 'plain' }, type: 'Opaque' }, 0.6),
  },
  {
    ...{ path: place('v1', 'serviceaccounts'), apiVersion: 'v1', kind: 'ServiceAccount', hasStatus: false },
    make: (choices) => choices.someOf({ imagePullSecrets: [{ name: 'pull' }], automountServiceAccountToken: false }),
  },
  {
    ...{ path: place('v1', 'persistentvolumeclaims'), apiVersion: 'v1', kind: 'PersistentVolumeClaim', hasStatus: true },
    make: (choices) => ({
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: choices.oneOf(quantities.slice(4, 6)) } },
        ...choices.someOf({ storageClassName: 'fast', volumeMode: 'Block' }),
      },
    }),
  },
  {
    ...{ path: place('networking.k8s.io/v1', 'ingresses'), apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', hasStatus: true },
    make: (choices) => ({
      spec: {
        rules: [
          {
            host: 'web.example.com',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: choices.oneOf(['Prefix', 'Exact']),
                  backend: { service: { name: 'web', port: choices.oneOf<JsonObject>([{ number: 80 }, { name: 'http' }]) } },
                },
              ],
            },
          },
        ],
        ...choices.someOf({ ingressClassName: 'nginx', tls: [{ hosts: ['web.example.com'], secretName: 'tls' }] }),
      },
    }),
  },
  {
    ...{ path: place('networking.k8s.io/v1', 'networkpolicies'), apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', hasStatus: false },
    make: (choices) => ({
      spec: {
        podSelector: choices.oneOf<JsonObject>([{}, { matchLabels: labels }]),
        ...choices.someOf({ ingress: [{ from: [peer(choices)], ports: [{ port: 80 }] }], egress: [{ to: [peer(choices)] }], policyTypes: ['Ingress'] }),
      },
    }),
  },
  {
    ...{ path: place('autoscaling/v2', 'horizontalpodautoscalers'), apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', hasStatus: true },
    make: (choices) => ({
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        ...choices.someOf({
          minReplicas: 2,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
          behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
        }),
      },
    }),
  },
  {
    ...{ path: place('policy/v1', 'poddisruptionbudgets'), apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', hasStatus: true },
    make: (choices) => ({ spec: { selector: { matchLabels: labels }, ...choices.oneOf<JsonObject>([{ minAvailable: 1 }, { maxUnavailable: '25%' }]) } }),
  },
  {
    ...{ path: place('rbac.authorization.k8s.io/v1', 'roles'), apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', hasStatus: false },
    make: (choices) => ({
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
        ...(choices.maybe() ? [{ apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'], verbs: ['*'] }] : []),
      ],
    }),
  },
  {
    ...{ path: place('v1', 'resourcequotas'), apiVersion: 'v1', kind: 'ResourceQuota', hasStatus: true },
    make: (choices) => ({ spec: { hard: { 'limits.cpu': choices.oneOf(quantities.slice(0, 4)), persistentvolumeclaims: '100' } } }),
  },
  {
    ...{ path: '/apis/diff.example.com/v1/namespaces/diff/widgets', apiVersion: 'diff.example.com/v1', kind: 'Widget', hasStatus: true, isCustom: true },
    make: (choices) => ({
      spec: choices.someOf(
        { size: choices.below(5) + 1, mode: 'fast', parts: [{ name: 'a', count: 1 }, { name: 'b' }], tags: ['x', 'y'], free: { any: [1, { b: true }] }, ratio: 0.5 },
        0.6,
      ),
    }),
  },
];

export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.diff.example.com' },
  spec: {
    group: 'diff.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                default: {},
                properties: {
                  size: { type: 'integer', minimum: 1, default: 3 },
                  mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
                  ratio: { type: 'number' },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, count: { type: 'integer', default: 1 } } },
                  },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};
