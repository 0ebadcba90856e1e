/** Syncs of what has to roll out, on clusters where pods become ready: gates between waves, hooks, failures, and going on after them. */
import assert from 'node:assert/strict';
import { healthOf } from '../../src/core/live/healthOf.js';
import type { LiveObject } from '../../src/core/live/liveObject.js';
import type { SyncRun } from '../../src/core/sync/syncRun.js';
import { behaviorPrefix } from '../../src/sandbox/workloads/behavior.js';
import type { Cluster } from '../../src/services/ports.js';
import { describeOnClusters, describeWithKubectl } from '../support/cluster/clusters.js';
import { missingHost } from '../support/cluster/simulatedPods.js';
import { connectTo, planOn, syncOn } from '../support/clusterSync.js';
import { driftLines, driftOn } from '../support/driftOn.js';
import { plannedObjects } from '../../src/core/sync/syncPlan.js';

const never = new AbortController().signal;
/** For rollouts that go well; a busy server may need long. */
const patience = 60_000;
const good = 'registry.example.com/app:1';
const missing = `${missingHost}/app:1`;

type Annotations = Readonly<Record<string, string>>;

function metadata(name: string, annotations: Annotations): string {
  return JSON.stringify({ name, annotations });
}

const wave = (order: number): Annotations => ({ 'argocd.argoproj.io/sync-wave': String(order) });
const hook = (phase: string, policy: string): Annotations => ({ 'argocd.argoproj.io/hook': phase, 'argocd.argoproj.io/hook-delete-policy': policy });

interface Shape {
  readonly image?: string;
  readonly annotations?: Annotations;
  /** Of the pods. */
  readonly behavior?: Annotations;
  /** More fields of the spec, as text. */
  readonly more?: string;
}

function template(name: string, { image = good, behavior = {} }: Shape, more = ''): string {
  const annotations = Object.fromEntries(Object.entries({ 'start-after': '100ms', ...behavior }).map(([key, value]) => [`${behaviorPrefix}${key}`, value]));
  return `template: {metadata: {labels: {app: ${name}}, annotations: ${JSON.stringify(annotations)}}, spec: {${more}terminationGracePeriodSeconds: 0, containers: [{name: main, image: ${image}}]}}`;
}

function workload(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', name: string, shape: Shape = {}): string {
  return `---\napiVersion: apps/v1\nkind: ${kind}\nmetadata: ${metadata(name, shape.annotations ?? {})}\nspec: {selector: {matchLabels: {app: ${name}}}, ${shape.more ?? ''}${template(name, shape)}}\n`;
}

function job(name: string, shape: Shape = {}): string {
  return `---\napiVersion: batch/v1\nkind: Job\nmetadata: ${metadata(name, shape.annotations ?? {})}\nspec: {${shape.more ?? 'backoffLimit: 0, '}${template(name, shape, 'restartPolicy: Never, ')}}\n`;
}

function config(name: string, annotations: Annotations = {}): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: ${metadata(name, annotations)}\ndata: {a: "1"}\n`;
}

const everyWorkload = [
  workload('Deployment', 'web', { more: 'replicas: 3, ' }),
  `---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 5432}]}\n`,
  workload('StatefulSet', 'db', {
    more: 'replicas: 2, serviceName: db, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], storageClassName: standard, resources: {requests: {storage: 1Gi}}}}], ',
  }),
  workload('DaemonSet', 'agent'),
  job('seed', { behavior: { 'run-for': '200ms' } }),
].join('');

function results({ objects }: SyncRun): readonly string[] {
  return objects.map(({ action, id, health }) => `${action} ${id.kind} ${id.name}${health ? ` ${health.status}` : ''}`);
}

/** The cluster, with a look at what is there whenever something is made or changed. */
function observed(cluster: Cluster, onWrite: (name: string) => Promise<void>): Cluster {
  return new Proxy(cluster, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key !== 'apply') return (...words: unknown[]): unknown => Reflect.apply(value, target, words);
      const apply: Cluster['apply'] = async (id, manifest, options, signal) => {
        if (options.dryRun !== true) await onWrite(`${id.kind} ${id.name}`);
        return target.apply(id, manifest, options, signal);
      };
      return apply;
    },
  });
}

describeOnClusters(
  'Rollouts',
  (testCluster) => {
    let cluster: Cluster;
    let namespace = '';

    beforeEach(async () => {
      cluster = await connectTo(testCluster.kubeconfigPath);
      namespace = await testCluster.makeNamespace();
    });

    afterEach(async () => {
      cluster.close();
      // its pods would keep a busy machine busier
      await testCluster.request('DELETE', `/api/v1/namespaces/${namespace}`);
    });

    const find = (group: string, kind: string, name: string): Promise<LiveObject | undefined> => cluster.get({ group, version: 'v1', kind, namespace, name }, never);
    const healthNow = async (group: string, kind: string, name: string): Promise<string> => {
      const live = await find(group, kind, name);
      return live ? (healthOf(live, Date.now())?.status ?? 'no health') : 'Missing';
    };

    it('of all kinds are waited for until they are through, and nothing differs then', async () => {
      const { run } = await syncOn(cluster, namespace, everyWorkload, { waitsForHealth: true, timeout: patience });
      assert.deepEqual(
        [run.result, run.message, ...results(run)],
        [
          'done',
          '',
          'created Service db Healthy',
          'created DaemonSet agent Healthy',
          'created Deployment web Healthy',
          'created StatefulSet db Healthy',
          'created Job seed Healthy',
        ],
      );
      const web = await find('apps', 'Deployment', 'web');
      assert.deepEqual(statusOf(web, 'availableReplicas'), 3);
      assert.deepEqual(driftLines(await driftOn(cluster, namespace, everyWorkload)), []);
      const { plan } = await planOn(cluster, namespace, everyWorkload);
      assert.deepEqual(
        plannedObjects(plan).filter(({ action }) => action !== 'unchanged'),
        [],
      );
    });

    it('gate the next wave: it begins when what the wave before made is healthy', async () => {
      const seen: string[] = [];
      const watching = observed(cluster, async (name) => void (name === 'ConfigMap late' && seen.push(await healthNow('apps', 'Deployment', 'web'))));
      const manifests = workload('Deployment', 'web', { annotations: wave(0), image: missing }) + config('late', wave(1));
      const repairs: Promise<unknown>[] = [];
      // Somebody repairs it as soon as it is waited for.
      const onProgress = ({ phase, message }: { readonly phase: string; readonly message: string }): void => {
        if (phase !== 'waiting' || repairs.length > 0 || !/Deployment \S*web/.test(message)) return;
        const containers = [{ name: 'main', image: good }];
        const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace, name: 'web' };
        repairs.push(cluster.patch(id, 'strategic', { spec: { template: { spec: { containers } } } }, { fieldManager: 'editor' }, never));
      };
      const { run } = await syncOn(watching, namespace, manifests, { waitsForHealth: true, timeout: patience, onProgress });
      await Promise.all(repairs);
      assert.deepEqual([run.result, run.message, seen, repairs.length], ['done', '', ['Healthy'], 1]);
    });

    it('that do not get through end in a time-out that says where and why, and the next sync goes on from there', async () => {
      const manifests = (image: string): string => workload('Deployment', 'web', { annotations: wave(0), image }) + config('late', wave(1));
      const { run } = await syncOn(cluster, namespace, manifests(missing), { waitsForHealth: true, timeout: 3000 });
      assert.equal(run.result, 'failed');
      assert.match(run.message, /Deployment \S*web/);
      assert.match(run.message, /not healthy within 3 s/);
      assert.equal(await healthNow('', 'ConfigMap', 'late'), 'Missing');
      const next = await syncOn(cluster, namespace, manifests(good), { waitsForHealth: true, timeout: patience });
      assert.deepEqual([next.run.result, ...results(next.run)], ['done', 'changed Deployment web Healthy', 'created ConfigMap late']);
    });

    it('that fail by their own deadline end the sync at once', async () => {
      const manifests = workload('Deployment', 'web', { image: missing, more: 'progressDeadlineSeconds: 1, ' });
      const { run } = await syncOn(cluster, namespace, manifests, { waitsForHealth: true, timeout: patience });
      assert.equal(run.result, 'failed');
      assert.match(run.message, /degraded: Deployment \S*web \(.*exceeded its progress deadline/);
    });

    it('of Jobs that fail end the sync', async () => {
      const { run } = await syncOn(cluster, namespace, job('seed', { behavior: { 'exit-code': '1', 'run-for': '200ms' } }), { waitsForHealth: true, timeout: patience });
      assert.equal(run.result, 'failed');
      assert.match(run.message, /degraded: Job \S*seed/);
      assert.match(run.message, /backoff limit/);
    });

    it('begin when the hooks before them are through, which then go as their policy says', async () => {
      const seen: string[] = [];
      const watching = observed(cluster, async (name) => void (name === 'Deployment web' && seen.push(await healthNow('batch', 'Job', 'migrate'))));
      const manifests =
        job('migrate', { annotations: hook('PreSync', 'BeforeHookCreation'), behavior: { 'run-for': '500ms' } }) +
        workload('Deployment', 'web') +
        job('tell', { annotations: hook('PostSync', 'HookSucceeded'), behavior: { 'run-for': '200ms' } });
      for (const round of [1, 2]) {
        const { run } = await syncOn(watching, namespace, manifests, { waitsForHealth: true, timeout: patience });
        assert.deepEqual([round, run.result, run.message], [round, 'done', '']);
        assert.equal(await healthNow('batch', 'Job', 'migrate'), 'Healthy');
        await eventually(async () => (await find('batch', 'Job', 'tell')) === undefined);
      }
      // the second sync has nothing to change but runs the hooks again
      assert.deepEqual(seen, ['Healthy']);
    });

    it('do not begin when a hook before them fails: what is there for failures runs', async () => {
      const manifests =
        job('migrate', { annotations: hook('PreSync', 'BeforeHookCreation'), behavior: { 'exit-code': '1', 'run-for': '200ms' } }) +
        workload('Deployment', 'web') +
        job('alarm', { annotations: hook('SyncFail', 'BeforeHookCreation'), behavior: { 'run-for': '200ms' } });
      const { run } = await syncOn(cluster, namespace, manifests, { waitsForHealth: true, timeout: patience });
      assert.equal(run.result, 'failed');
      assert.match(run.message, /Job \S*migrate/);
      assert.deepEqual([await healthNow('apps', 'Deployment', 'web'), await healthNow('batch', 'Job', 'alarm')], ['Missing', 'Healthy']);
    });

    it('can be called off while they are waited for; the hook that runs goes, and the next sync goes on', async () => {
      const stop = new AbortController();
      const manifests = (behavior: Annotations): string => job('migrate', { annotations: hook('PreSync', 'BeforeHookCreation'), behavior }) + workload('Deployment', 'web');
      const onProgress = ({ phase }: { readonly phase: string }): void => void (phase === 'waiting' && stop.abort());
      const { run } = await syncOn(cluster, namespace, manifests({ 'run-for': '10m' }), { waitsForHealth: true, timeout: patience, signal: stop.signal, onProgress });
      assert.equal(run.result, 'cancelled');
      await eventually(async () => (await find('batch', 'Job', 'migrate')) === undefined);
      assert.equal(await healthNow('apps', 'Deployment', 'web'), 'Missing');
      const next = await syncOn(cluster, namespace, manifests({ 'run-for': '200ms' }), { waitsForHealth: true, timeout: patience });
      assert.deepEqual([next.run.result, next.run.message, await healthNow('apps', 'Deployment', 'web')], ['done', '', 'Healthy']);
    });
  },
  { readyPods: true },
);

function statusOf(live: LiveObject | undefined, field: string): unknown {
  const status = live?.['status'];
  return typeof status === 'object' && status !== null && !Array.isArray(status) ? Reflect.get(status, field) : undefined;
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + patience; !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 100))) assert.ok(Date.now() < end, 'it never came');
}

describeWithKubectl(
  'kubectl beside a sync',
  (testCluster, kubectl) => {
    it('sees rollouts end, and waits for Jobs', async () => {
      const namespace = await testCluster.makeNamespace();
      const cluster = await connectTo(testCluster.kubeconfigPath);
      try {
        assert.equal((await syncOn(cluster, namespace, everyWorkload)).run.result, 'done');
        const places = ['-n', namespace, `--timeout=${patience / 1000}s`];
        for (const name of ['deployment/web', 'statefulset/db', 'daemonset/agent']) {
          const { code, stdout, stderr } = await kubectl(['rollout', 'status', name, ...places]);
          assert.deepEqual([code, stderr], [0, ''], stdout);
          assert.match(stdout, /successfully rolled out|roll out complete/);
        }
        const waited = await kubectl(['wait', '--for=condition=complete', 'job/seed', ...places]);
        assert.deepEqual([waited.code, waited.stdout], [0, 'job.batch/seed condition met\n'], waited.stderr);
        const pods = await kubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].status.phase}']);
        assert.deepEqual(pods.stdout.split(' ').sort(), [...Array<string>(7).fill('Running'), 'Succeeded']);
      } finally {
        cluster.close();
        await testCluster.request('DELETE', `/api/v1/namespaces/${namespace}`);
      }
    });

    it('sees a rollout that fails, and undoes it', async () => {
      const namespace = await testCluster.makeNamespace();
      const deployed = (image: string, more = ''): string => workload('Deployment', 'web', { image, more });
      await kubectl(['apply', '-n', namespace, '-f', '-'], deployed(good));
      assert.equal((await kubectl(['rollout', 'status', 'deployment/web', '-n', namespace, `--timeout=${patience / 1000}s`])).code, 0);
      await kubectl(['apply', '-n', namespace, '-f', '-'], deployed(missing, 'progressDeadlineSeconds: 1, '));
      const { code, stderr } = await kubectl(['rollout', 'status', 'deployment/web', '-n', namespace, `--timeout=${patience / 1000}s`]);
      assert.deepEqual([code, stderr], [1, 'error: deployment "web" exceeded its progress deadline\n']);
      assert.equal((await kubectl(['rollout', 'undo', 'deployment/web', '-n', namespace])).code, 0);
      // the missed deadline stands until the controller has taken the failed pods away
      await eventually(async () => (await kubectl(['rollout', 'status', 'deployment/web', '-n', namespace, `--timeout=${patience / 1000}s`])).code === 0);
      await testCluster.request('DELETE', `/api/v1/namespaces/${namespace}`);
    });
  },
  { readyPods: true },
);
