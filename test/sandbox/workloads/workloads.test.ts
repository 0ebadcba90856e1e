import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { SteppedClock } from '../../../src/sandbox/clock.js';
import { mapsAt, numberAt, objectAt, stringAt } from '../../../src/core/live/readFields.js';
import { answerIngress } from '../../../src/sandbox/workloads/ingresses.js';
import { startWorkloads } from '../../../src/sandbox/workloads/workloads.js';
import type { ImageSource, World } from '../../../src/sandbox/workloads/world.js';
import { makeMemoryStore, type MemoryStore } from '../memoryStore.js';

interface Sandbox {
  readonly store: MemoryStore;
  readonly clock: SteppedClock;
  readonly world: World;
  readonly missing: Set<string>;
  get(kind: string, name: string): LiveObject;
  pods(): readonly LiveObject[];
}

const groups: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  ReplicaSet: 'apps',
  StatefulSet: 'apps',
  DaemonSet: 'apps',
  Job: 'batch',
  CronJob: 'batch',
  HorizontalPodAutoscaler: 'autoscaling',
  Ingress: 'networking.k8s.io',
  PodDisruptionBudget: 'policy',
  EndpointSlice: 'discovery.k8s.io',
};

function start(nodes = 1): Sandbox {
  const clock = new SteppedClock(Date.UTC(2026, 0, 1, 12));
  const store = makeMemoryStore(clock);
  const missing = new Set<string>();
  const images: ImageSource = {
    lookUp: (image) =>
      missing.has(image) ? { found: false, message: `failed to pull and unpack image "${image}": not found` } : { found: true, digest: `sha256:${'0'.repeat(64)}` },
  };
  let seed = 1;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const { world } = startWorkloads({ store, clock, random, images, nodes, report: (error) => assert.fail(String(error)) });
  store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  return {
    store,
    clock,
    world,
    missing,
    get: (kind, name) => store.get({ group: groups[kind] ?? '', kind, namespace: 'shop', name }) ?? assert.fail(`no ${kind} ${name}`),
    pods: () => store.list('', 'Pod', 'shop'),
  };
}

const template = (image: string, more: JsonObject = {}, annotations: JsonObject = {}): JsonObject => ({
  metadata: { labels: { app: 'web' }, annotations },
  spec: { restartPolicy: 'Always', containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }], ...more }] },
});

const deployment = (image: string, spec: JsonObject = {}, more: JsonObject = {}, annotations: JsonObject = {}): LiveObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template(image, more, annotations), ...spec },
});

function condition(object: LiveObject, type: string): string {
  const found = mapsAt(object, 'status', 'conditions').find((each) => each['type'] === type);
  return found ? `${stringAt(found, 'status')} ${stringAt(found, 'reason')}` : 'none';
}

function waitingReasons(pods: readonly LiveObject[]): readonly string[] {
  return pods.flatMap((pod) => mapsAt(pod, 'status', 'containerStatuses').map((status) => stringAt(status, 'state', 'waiting', 'reason')));
}

describe('the simulated workloads', () => {
  it('bring a Deployment up through a ReplicaSet, with pods that are ready after a while', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1', {}, { readinessProbe: { initialDelaySeconds: 5 } }));
    sandbox.clock.step(500);
    const early = sandbox.get('Deployment', 'web');
    assert.equal(condition(early, 'Progressing'), 'True ReplicaSetUpdated');
    assert.equal(condition(early, 'Available'), 'False MinimumReplicasUnavailable');
    assert.deepEqual(waitingReasons(sandbox.pods()), ['ContainerCreating', 'ContainerCreating', 'ContainerCreating']);
    sandbox.clock.step(10_000);
    const { status, metadata } = sandbox.get('Deployment', 'web');
    const counts = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 };
    assert.deepEqual({ ...objectAt(status), conditions: undefined }, { ...counts, conditions: undefined });
    assert.equal(condition(sandbox.get('Deployment', 'web'), 'Progressing'), 'True NewReplicaSetAvailable');
    assert.equal(metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
    const [set] = sandbox.store.list('apps', 'ReplicaSet', 'shop');
    assert.match(set?.metadata.name ?? '', /^web-[bcdfghjklmnpqrstvwxz2456789]{5,10}$/);
    assert.equal(set?.metadata.labels?.['pod-template-hash'], set?.metadata.name.slice(4));
  });

  it('never have fewer available pods, nor more in all, than a rolling update allows', () => {
    const sandbox = start();
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    sandbox.store.put(deployment('web:1', { strategy }));
    sandbox.clock.step(5000);
    sandbox.store.put(deployment('web:2', { strategy }));
    for (let time = 0; time < 20_000; time += 250) {
      sandbox.clock.step(250);
      assert.ok(sandbox.pods().length <= 4, `${sandbox.pods().length} pods`);
      assert.ok((numberAt(sandbox.get('Deployment', 'web'), 'status', 'availableReplicas') ?? 0) >= 3);
    }
    assert.deepEqual(new Set(sandbox.pods().map((pod) => stringAt(mapsAt(pod, 'spec', 'containers')[0], 'image'))), new Set(['web:2']));
    assert.equal(sandbox.get('Deployment', 'web').metadata.annotations?.['deployment.kubernetes.io/revision'], '2');
    assert.deepEqual(
      sandbox.store
        .list('apps', 'ReplicaSet', 'shop')
        .map((set) => numberAt(set, 'spec', 'replicas'))
        .sort(),
      [0, 3],
    );
  });

  it('take an old ReplicaSet again after a rollback, with a new revision', () => {
    const sandbox = start();
    for (const image of ['web:1', 'web:2', 'web:1']) {
      sandbox.store.put(deployment(image));
      sandbox.clock.step(20_000);
    }
    const sets = sandbox.store.list('apps', 'ReplicaSet', 'shop');
    assert.equal(sets.length, 2);
    assert.deepEqual(
      sets.map((set) => [stringAt(mapsAt(set, 'spec', 'template', 'spec', 'containers')[0], 'image'), set.metadata.annotations?.['deployment.kubernetes.io/revision']]).sort(),
      [
        ['web:1', '3'],
        ['web:2', '2'],
      ],
    );
  });

  it('end all old pods first with Recreate', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1', { strategy: { type: 'Recreate' } }));
    sandbox.clock.step(5000);
    sandbox.store.put(deployment('web:2', { strategy: { type: 'Recreate' } }));
    for (let time = 0; time < 5000; time += 100) {
      sandbox.clock.step(100);
      assert.ok(new Set(sandbox.pods().map((pod) => stringAt(mapsAt(pod, 'spec', 'containers')[0], 'image'))).size <= 1);
    }
    assert.equal(condition(sandbox.get('Deployment', 'web'), 'Progressing'), 'True NewReplicaSetAvailable');
  });

  it('follow a change of replicas in the same ReplicaSet', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1'));
    sandbox.clock.step(5000);
    sandbox.store.put(deployment('web:1', { replicas: 5 }));
    sandbox.clock.step(5000);
    assert.equal(sandbox.pods().length, 5);
    sandbox.store.put(deployment('web:1', { replicas: 1 }));
    sandbox.clock.step(5000);
    assert.equal(sandbox.pods().length, 1);
    assert.equal(sandbox.store.list('apps', 'ReplicaSet', 'shop').length, 1);
  });

  it('hold a rollout whose image cannot be pulled, until its deadline, and go on when the image is there', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1', { progressDeadlineSeconds: 60 }));
    sandbox.clock.step(5000);
    sandbox.missing.add('web:2');
    sandbox.store.put(deployment('web:2', { progressDeadlineSeconds: 60 }));
    sandbox.clock.step(2000);
    assert.ok(waitingReasons(sandbox.pods()).includes('ErrImagePull'));
    sandbox.clock.step(5000);
    assert.ok(waitingReasons(sandbox.pods()).includes('ImagePullBackOff'));
    sandbox.clock.step(60_000);
    assert.equal(condition(sandbox.get('Deployment', 'web'), 'Progressing'), 'False ProgressDeadlineExceeded');
    assert.equal(numberAt(sandbox.get('Deployment', 'web'), 'status', 'availableReplicas'), 3);
    sandbox.missing.clear();
    sandbox.clock.step(60_000);
    assert.equal(condition(sandbox.get('Deployment', 'web'), 'Progressing'), 'True NewReplicaSetAvailable');
  });

  it('restart a container that crashes, with growing pauses', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1', { replicas: 1 }, {}, { 'sandbox.gitops-workbench/crash-after': '2s' }));
    sandbox.clock.step(4000);
    assert.deepEqual(waitingReasons(sandbox.pods()), ['CrashLoopBackOff']);
    sandbox.clock.step(60_000);
    const [status] = mapsAt(sandbox.pods()[0], 'status', 'containerStatuses');
    assert.equal(numberAt(status, 'restartCount'), 2);
    assert.equal(stringAt(status, 'lastState', 'terminated', 'reason'), 'Error');
  });

  it('name the ConfigMap that a container cannot be made without', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1', { replicas: 1 }, { envFrom: [{ configMapRef: { name: 'settings' } }] }));
    sandbox.clock.step(4000);
    const [status] = mapsAt(sandbox.pods()[0], 'status', 'containerStatuses');
    assert.deepEqual(objectAt(status, 'state', 'waiting'), { reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' });
    sandbox.store.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' } });
    sandbox.clock.step(10_000);
    assert.equal(condition(sandbox.pods()[0]!, 'Ready'), 'True ');
  });

  it('bring StatefulSets up one pod after another, and update them from the last', () => {
    const sandbox = start();
    const set = (image: string): LiveObject => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'shop' },
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: { app: 'web' } },
        template: template(image),
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
      },
    });
    sandbox.store.put(set('db:1'));
    sandbox.clock.step(500);
    assert.deepEqual(
      sandbox.pods().map(({ metadata }) => metadata.name),
      ['db-0'],
    );
    sandbox.clock.step(10_000);
    assert.deepEqual(
      sandbox.pods().map(({ metadata }) => metadata.name),
      ['db-0', 'db-1'],
    );
    assert.equal(stringAt(sandbox.get('PersistentVolumeClaim', 'data-db-1'), 'status', 'phase'), 'Bound');
    const before = stringAt(sandbox.get('StatefulSet', 'db'), 'status', 'currentRevision');
    sandbox.store.put(set('db:2'));
    sandbox.clock.step(300);
    assert.notEqual(stringAt(sandbox.get('StatefulSet', 'db'), 'status', 'updateRevision'), before);
    assert.equal(stringAt(sandbox.get('StatefulSet', 'db'), 'status', 'currentRevision'), before);
    assert.equal(stringAt(mapsAt(sandbox.get('Pod', 'db-0'), 'spec', 'containers')[0], 'image'), 'db:1');
    sandbox.clock.step(20_000);
    const { status } = sandbox.get('StatefulSet', 'db');
    assert.equal(stringAt(status, 'currentRevision'), stringAt(status, 'updateRevision'));
    assert.equal(numberAt(status, 'updatedReplicas'), 2);
  });

  it('run a DaemonSet on every node', () => {
    const sandbox = start(3);
    sandbox.store.put({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: template('agent:1') },
    });
    sandbox.clock.step(5000);
    const { status } = sandbox.get('DaemonSet', 'agent');
    assert.deepEqual(status, {
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
    });
  });

  it('complete a Job, and fail one whose pods fail too often', () => {
    const sandbox = start();
    const job = (name: string, annotations: JsonObject): LiveObject => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'shop' },
      spec: { backoffLimit: 1, template: { metadata: { annotations }, spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'run:1' }] } } },
    });
    sandbox.store.put(job('good', {}));
    sandbox.store.put(job('bad', { 'sandbox.gitops-workbench/exit-code': '3' }));
    sandbox.clock.step(1500);
    assert.equal(numberAt(sandbox.get('Job', 'good'), 'status', 'active'), 1);
    sandbox.clock.step(60_000);
    assert.equal(condition(sandbox.get('Job', 'good'), 'Complete'), 'True CompletionsReached');
    assert.equal(numberAt(sandbox.get('Job', 'good'), 'status', 'succeeded'), 1);
    assert.equal(condition(sandbox.get('Job', 'bad'), 'Failed'), 'True BackoffLimitExceeded');
    assert.equal(numberAt(sandbox.get('Job', 'bad'), 'status', 'failed'), 2);
  });

  it('start the Jobs of a CronJob when they are due, and keep as many as its history allows', () => {
    const sandbox = start();
    const spec = {
      schedule: '*/10 * * * *',
      successfulJobsHistoryLimit: 2,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'run:1' }] } } } },
    };
    sandbox.store.put({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'report', namespace: 'shop' }, spec });
    sandbox.clock.step(9 * 60_000);
    assert.equal(sandbox.store.list('batch', 'Job', 'shop').length, 0);
    sandbox.clock.step(61_000);
    assert.equal(stringAt(sandbox.get('CronJob', 'report'), 'status', 'lastScheduleTime'), '2026-01-01T12:10:00Z');
    sandbox.clock.step(60 * 60_000);
    assert.equal(sandbox.store.list('batch', 'Job', 'shop').filter((job) => condition(job, 'Complete') !== 'none').length, 2);
  });

  it('keep the target of an autoscaler within its limits', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1', { replicas: 1 }));
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    sandbox.store.put({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 4 },
    });
    sandbox.clock.step(5000);
    assert.equal(sandbox.pods().length, 2);
    assert.equal(condition(sandbox.get('HorizontalPodAutoscaler', 'web'), 'ScalingLimited'), 'True TooFewReplicas');
    sandbox.store.put(deployment('web:1', { replicas: 9 }));
    sandbox.clock.step(5000);
    assert.equal(sandbox.pods().length, 4);
  });

  it('answer the hosts of Ingresses: no rule, no ready pod, served', () => {
    const sandbox = start();
    sandbox.store.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
    const paths = [{ path: '/api', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }];
    sandbox.store.put({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { rules: [{ host: 'shop.example', http: { paths } }] },
    });
    const kindOf = (host: string, path: string): string => answerIngress(host, path, sandbox.world).kind;
    sandbox.clock.step(100);
    assert.equal(kindOf('shop.example', '/api/orders'), 'unavailable');
    sandbox.store.put(deployment('web:1'));
    sandbox.clock.step(5000);
    assert.equal(kindOf('shop.example', '/api/orders'), 'served');
    assert.equal(kindOf('shop.example', '/apis'), 'no-rule');
    assert.equal(kindOf('other.example', '/api'), 'no-rule');
    assert.deepEqual(objectAt(sandbox.get('Ingress', 'web'), 'status', 'loadBalancer'), { ingress: [{ ip: '127.0.0.1' }] });
    assert.equal(mapsAt(sandbox.get('Endpoints', 'web'), 'subsets').flatMap((subset) => mapsAt(subset, 'addresses')).length, 3);
  });

  it('count what a disruption budget allows', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1'));
    sandbox.store.put({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
    });
    sandbox.clock.step(5000);
    const { conditions: _conditions, ...status } = objectAt(sandbox.get('PodDisruptionBudget', 'web'), 'status');
    assert.deepEqual(status, { currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3, observedGeneration: 1 });
  });

  it('write nothing more when all is settled', () => {
    const sandbox = start();
    sandbox.store.put(deployment('web:1'));
    sandbox.clock.step(30_000);
    let writes = 0;
    sandbox.store.subscribe(() => writes++);
    sandbox.clock.step(600_000);
    assert.equal(writes, 0);
  });
});
