// Random objects of several kinds: partial ones as appliers send them. Few names and values, so that writers meet.

const letters = ['a', 'b', 'c'];
const values = ['1', '2', '3'];

function textMap(random, keys = letters, probability = 0.5) {
  return Object.fromEntries(random.some(keys, probability).map((key) => [key, random.pick(values)]));
}

/** The fields that chance takes, each from its own maker. */
function fields(random, makers, probability = 0.4) {
  const result = {};
  for (const [name, make] of Object.entries(makers)) {
    if (!random.chance(probability)) continue;
    const value = make();
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function metadata(random, name) {
  return {
    name,
    ...fields(
      random,
      { labels: () => textMap(random, ['l1', 'l2']), annotations: () => textMap(random, ['n1', 'n2']), finalizers: () => random.some(['f.example/a', 'f.example/b']) },
      0.25,
    ),
  };
}

const widget = (apiVersion) => ({
  apiVersion,
  kind: 'Widget',
  path: `apis/${apiVersion}/namespaces/default/widgets`,
  hasStatus: true,
  make: (random, name) => ({
    apiVersion,
    kind: 'Widget',
    metadata: metadata(random, name),
    spec: fields(random, {
      size: () => random.below(3),
      mode: () => random.pick(values),
      isOn: () => random.chance(0.5),
      port: () => random.pick([80, '80%', 'http']),
      byName: () =>
        random.shuffle(random.some(['x', 'y', 'z'])).map((each) => ({
          name: each,
          ...fields(random, {
            value: () => random.pick(values),
            tags: () => random.shuffle(random.some(letters)),
            inner: () => [
              ...new Map(
                random.some([80, 81, 53]).map((port) => [port, { port, ...fields(random, { protocol: () => random.pick(['TCP', 'UDP']), note: () => random.pick(values) }) }]),
              ).values(),
            ],
          }),
        })),
      texts: () => random.shuffle(random.some(['a', 'b', 'c', 'd<e'])),
      numbers: () => random.shuffle(random.some([1, 2, 10])),
      args: () => random.some(letters),
      rules: () => random.some(letters).map((a) => ({ a, ...fields(random, { b: () => random.below(3) }) })),
      labels: () => textMap(random),
      parts: () => Object.fromEntries(random.some(letters).map((key) => [key, fields(random, { x: () => random.pick(values), z: () => random.below(3) })])),
      choice: () => textMap(random),
      reference: () => fields(random, { name: () => random.pick(values), kind: () => random.pick(values) }, 0.7),
      nested: () => fields(random, { p: () => random.pick(values), q: () => fields(random, { r: () => random.pick(values), s: () => random.below(3) }) }, 0.6),
      free: () => fields(random, { a: () => random.pick([1, 'x', { b: random.pick(values) }, {}, ['l', 1]]), c: () => ({ d: { e: random.pick(values) } }) }, 0.6),
      anything: () => random.pick([1, 'x', true, { b: random.pick(values) }, { c: { d: 1 } }, ['l'], {}, []]),
    }),
  }),
  makeStatus: (random) =>
    fields(random, { phase: () => random.pick(values), conditions: () => random.some(['Ready', 'Synced']).map((type) => ({ type, status: random.pick(['True', 'False']) })) }, 0.7),
});

const gadget = {
  apiVersion: 'apply.example/v1',
  kind: 'Gadget',
  path: 'apis/apply.example/v1/namespaces/default/gadgets',
  hasStatus: false,
  make: (random, name) => ({
    apiVersion: 'apply.example/v1',
    kind: 'Gadget',
    metadata: metadata(random, name),
    ...fields(random, {
      spec: () =>
        fields(
          random,
          {
            a: () => textMap(random),
            list: () => random.some(letters),
            text: () => random.pick(values),
            deep: () => ({ er: fields(random, { x: () => random.pick([1, {}, [], 'x']) }) }),
          },
          0.6,
        ),
      status: () => textMap(random),
    }),
  }),
};

const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  path: 'api/v1/namespaces/default/configmaps',
  hasStatus: false,
  make: (random, name) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(random, name),
    ...fields(random, { data: () => textMap(random), binaryData: () => Object.fromEntries(random.some(['x', 'y']).map((key) => [key, random.pick(['YQ==', 'Yg=='])])) }, 0.7),
  }),
};

function podSpec(random) {
  const names = random.some(['web', 'side']);
  return {
    containers: random.shuffle(names.length === 0 ? ['web'] : names).map((name) => ({
      name,
      image: random.pick(['nginx:1', 'nginx:2']),
      ...fields(random, {
        args: () => random.some(letters),
        env: () => random.shuffle(random.some(['A', 'B', 'C'])).map((env) => ({ name: env, value: random.pick(values) })),
        ports: () => random.shuffle(random.some([80, 81])).map((containerPort) => ({ containerPort, ...fields(random, { protocol: () => random.pick(['TCP', 'UDP']) }) })),
        resources: () => ({ limits: fields(random, { cpu: () => random.pick(['1', '100m']), memory: () => '1Gi' }) }),
        volumeMounts: () => [{ name: 'v', mountPath: '/v', ...fields(random, { readOnly: () => true }) }],
        securityContext: () => ({ runAsUser: random.below(3) }),
        readinessProbe: () => ({ httpGet: { path: '/', port: random.pick([80, 'http']) }, ...fields(random, { periodSeconds: () => 5 + random.below(3) }) }),
      }),
    })),
    volumes: [{ name: 'v', ...random.pick([{ emptyDir: {} }, { emptyDir: { medium: 'Memory' } }]) }],
    ...fields(
      random,
      {
        nodeSelector: () => textMap(random),
        tolerations: () => random.some(letters).map((key) => ({ key, operator: 'Exists' })),
        imagePullSecrets: () => random.shuffle(random.some(letters)).map((each) => ({ name: each })),
        securityContext: () => fields(random, { runAsNonRoot: () => true, fsGroup: () => random.below(3) }),
        affinity: () => ({
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'x' } } } }],
          },
        }),
      },
      0.25,
    ),
  };
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  path: 'apis/apps/v1/namespaces/default/deployments',
  hasStatus: true,
  isStrategic: true,
  make: (random, name) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(random, name),
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x', ...textMap(random, ['t1', 't2'], 0.3) } }, spec: podSpec(random) },
      ...fields(
        random,
        {
          replicas: () => 1 + random.below(3),
          paused: () => true,
          minReadySeconds: () => random.below(3),
          strategy: () => random.pick([{ type: 'Recreate' }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: random.pick([1, '25%']) } }]),
        },
        0.4,
      ),
    },
  }),
  makeStatus: (random) =>
    fields(
      random,
      {
        replicas: () => random.below(3),
        observedGeneration: () => 1,
        conditions: () =>
          random.some(['Available', 'Progressing']).map((type) => ({ type, status: 'True', lastUpdateTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' })),
      },
      0.7,
    ),
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  path: 'api/v1/namespaces/default/services',
  hasStatus: true,
  isStrategic: true,
  make: (random, name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(random, name),
    spec: {
      type: 'ExternalName',
      externalName: 'x.example',
      ...fields(random, { selector: () => textMap(random), publishNotReadyAddresses: () => true, externalIPs: () => random.some(['10.1.1.1', '10.1.1.2']) }),
      ports: [
        { name: 'first', port: 1, targetPort: 1, protocol: 'TCP' },
        ...random.shuffle(random.some([80, 81, 82])).map((port) => ({
          name: `p${port}`,
          port,
          targetPort: random.pick([port, 'http']),
          ...fields(random, { protocol: () => (port === 82 ? 'UDP' : 'TCP'), appProtocol: () => 'http' }),
        })),
      ],
    },
  }),
};

const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  path: 'apis/rbac.authorization.k8s.io/v1/namespaces/default/roles',
  hasStatus: false,
  isStrategic: true,
  make: (random, name) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(random, name),
    ...fields(random, { rules: () => [random.pick(letters), random.pick(letters)].map((resource) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })) }, 0.7),
  }),
};

const serviceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  path: 'api/v1/namespaces/default/serviceaccounts',
  hasStatus: false,
  isStrategic: true,
  make: (random, name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(random, name),
    ...fields(random, {
      automountServiceAccountToken: () => random.chance(0.5),
      imagePullSecrets: () => random.shuffle(random.some(letters)).map((each) => ({ name: each })),
      secrets: () => random.shuffle(random.some(letters)).map((each) => ({ name: each })),
    }),
  }),
};

export const kinds = {
  widget: [widget('apply.example/v1')],
  versions: [widget('apply.example/v1'), widget('apply.example/v1beta1')],
  gadget: [gadget],
  configMap: [{ ...configMap, isStrategic: true }],
  deployment: [deployment],
  service: [service],
  role: [role],
  serviceAccount: [serviceAccount],
};
