/** Symptoms that controllers bring about by themselves, diagnosed, mended and gone, on the sandbox and on a real API server with a scheduler. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cause, Diagnosis, DiagnosisCode } from '../../src/core/doctor/diagnosis.js';
import { examine } from '../../src/core/doctor/examine.js';
import type { JsonObject } from '../../src/core/live/json.js';
import { idOfLive } from '../../src/core/live/liveObject.js';
import { textAt } from '../../src/core/live/readFields.js';
import type { ResId } from '../../src/core/objects/resId.js';
import type { Cluster } from '../../src/services/ports.js';
import { gatherFacts, gatherLiveFacts } from '../../src/services/doctor.js';
import { describeOnClusters } from '../support/cluster/clusters.js';
import { missingHost } from '../support/cluster/simulatedPods.js';
import { connectTo, syncOn } from '../support/clusterSync.js';
import { driftOn, environmentIn, renderingOf } from '../support/driftOn.js';
import { MemoryTree } from '../../src/core/base/fileTree.js';

const never = new AbortController().signal;

interface Wish {
  readonly image?: string;
  readonly replicas?: number;
  readonly annotations?: JsonObject;
  readonly pod?: JsonObject;
  readonly container?: JsonObject;
}

function deployment({ image = 'registry.example.com/web:1', replicas = 1, annotations = {}, pod = {}, container = {} }: Wish = {}): string {
  const spec = { ...pod, containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 8080 }], ...container }] };
  const template = { metadata: { labels: { app: 'web' }, annotations }, spec };
  return `---\n${JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template } })}\n`;
}

const service = `---\n${JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } })}\n`;

function ingress(port: JsonObject, name = 'web'): string {
  const backend = { service: { name, port } };
  const rules = [{ host: 'web.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  return `---\n${JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web' }, spec: { rules } })}\n`;
}

function manifest(kind: string, name: string, fields: JsonObject): string {
  return `---\n${JSON.stringify({ apiVersion: 'v1', kind, metadata: { name }, ...fields })}\n`;
}

describeOnClusters(
  'the doctor',
  (on) => {
    let cluster: Cluster;
    before(async () => {
      cluster = await connectTo(on.kubeconfigPath);
    });
    after(() => cluster.close());

    /** @param later milliseconds after now at which it is looked */
    async function visit(namespace: string, manifests: string, later = 0): Promise<readonly Diagnosis[]> {
      const rendering = renderingOf(manifests);
      const environment = environmentIn(namespace);
      const now = Date.now() + later;
      const drift = await driftOn(cluster, namespace, rendering);
      const live = await gatherLiveFacts({ cluster, environment, drift, rendering, fallbackNamespace: namespace, now }, never);
      const ladder = { environment, rungs: [], sources: [] };
      const facts = await gatherFacts({ environment, rendering, findings: [], ladder, live, tree: new MemoryTree({}), label: (path) => path, tagVerdict: undefined, now }, never);
      return examine(facts);
    }

    async function until(namespace: string, manifests: string, isSo: (found: readonly Diagnosis[]) => boolean, later: number): Promise<readonly Diagnosis[]> {
      let found: readonly Diagnosis[] = [];
      for (let tries = 0; tries < 250; tries++) {
        found = await visit(namespace, manifests, later);
        if (isSo(found)) return found;
        await wait(200);
      }
      return assert.fail(JSON.stringify(found, undefined, 1));
    }
    const apply = async (namespace: string, manifests: string): Promise<void> => {
      const { run } = await syncOn(cluster, namespace, manifests, { prune: false });
      assert.equal(run.result, 'done', run.message);
    };
    const found = async (namespace: string, manifests: string, code: DiagnosisCode, later = 0): Promise<Cause> => {
      const all = await until(namespace, manifests, (each) => each.some((diagnosis) => diagnosis.code === code), later);
      return all.find((each) => each.code === code)?.causes[0] ?? assert.fail();
    };
    const healthy = (namespace: string, manifests: string): Promise<readonly Diagnosis[]> => until(namespace, manifests, (all) => all.length === 0, 0);

    /** What no kubelet says where none runs is written in its place. */
    async function sayOfPods(namespace: string, status: JsonObject): Promise<void> {
      const kind = (await cluster.kinds(never)).find((each) => each.kind === 'Pod' && each.group === '') ?? assert.fail();
      for (let tries = 0; tries < 300; tries++) {
        const { items } = await cluster.list(kind, { namespace }, never);
        const placed = items.filter((pod) => textAt(pod, 'status', 'phase') !== undefined && textAt(pod, 'spec', 'nodeName') !== undefined);
        for (const pod of placed) await cluster.patch(idOfLive(pod), 'merge', { status }, { fieldManager: 'kubelet', subresource: 'status' }, never);
        if (placed.length > 0) return;
        await wait(200);
      }
      assert.fail('no pod came');
    }

    /** Brought about, diagnosed, and gone once the environment is as it should be. */
    async function mended(bad: string, good: string, code: DiagnosisCode, { later = 0, said }: { readonly later?: number; readonly said?: JsonObject } = {}): Promise<Cause> {
      const namespace = await on.makeNamespace();
      await apply(namespace, bad);
      if (said && on.kind === 'real') await sayOfPods(namespace, said);
      const cause = await found(namespace, bad, code, later);
      assert.ok(cause.evidence.length > 0 && cause.fix !== '');
      await apply(namespace, good);
      await healthy(namespace, good);
      return cause;
    }

    it('finds nothing where all is well, from the first moment on', async () => {
      const namespace = await on.makeNamespace();
      const all = deployment({ replicas: 2 }) + service + ingress({ number: 80 }) + manifest('ConfigMap', 'settings', { data: { level: 'info' } });
      await apply(namespace, all);
      for (let looks = 0; looks < 8; looks++) assert.deepEqual(await visit(namespace, all), []);
    });

    it('ImagePullBackOff: an image that the registry does not have', async () => {
      const { cause, evidence } = await mended(deployment({ image: `${missingHost}/web:7` }), deployment(), 'image-pull');
      assert.match(cause, /has no tag 7 of web/);
      assert.match(evidence.join(' '), /Container web of pod web-\S+ is in (?:ErrImagePull|ImagePullBackOff)/);
    });

    it('CrashLoopBackOff: with what the container ended', async () => {
      const terminated = { exitCode: 3, reason: 'Error', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' };
      const container = {
        name: 'web',
        image: 'registry.example.com/web:1',
        imageID: '',
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated },
      };
      const said = { phase: 'Running', containerStatuses: [container] };
      const { cause } = await mended(
        deployment({ annotations: { 'sandbox.gitops-workbench/crash-after': '1s', 'sandbox.gitops-workbench/exit-code': '3' } }),
        deployment(),
        'crash-loop',
        { said },
      );
      assert.match(cause, /ends with exit code \d+\.$/);
    });

    it('Pending: a node selector that no node has', async () => {
      const { cause, evidence } = await mended(deployment({ pod: { nodeSelector: { disk: 'fast' } } }), deployment(), 'pending');
      assert.match(cause, /^No node fits its nodeSelector disk=fast/);
      assert.match(evidence.join(' '), /nodes are available/);
    });

    it('503 and 404: ports and Services that are not there', async () => {
      const rest = deployment() + service;
      assert.match((await mended(rest + ingress({ number: 8000 }), rest + ingress({ number: 80 }), 'route')).cause, /leads to port 8000 of Service web, which doesn't have it/);
      assert.match((await mended(rest + ingress({ number: 80 }, 'shop'), rest + ingress({ number: 80 }), 'route')).cause, /leads to Service shop, which doesn't exist/);
    });

    it('pods that run and do not become ready', async () => {
      const container = { name: 'web', image: 'registry.example.com/web:1', imageID: '', ready: false, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } };
      const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: new Date().toISOString() }];
      const said = { phase: 'Running', conditions, containerStatuses: [container] };
      const probe = { readinessProbe: { httpGet: { path: '/ready', port: 'http' } } };
      const cause = await mended(
        deployment({ annotations: { 'sandbox.gitops-workbench/ready-after': 'never' }, container: probe }),
        deployment({ container: probe }),
        'not-ready',
        { later: 120_000, said },
      );
      assert.match(cause.cause, /^The readinessProbe of container web doesn't succeed/);
    });

    it('a finalizer that nobody takes away', async () => {
      const namespace = await on.makeNamespace();
      const settings = manifest('ConfigMap', 'settings', { data: { level: 'info' } });
      await apply(namespace, settings);
      const id: ResId = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'settings' };
      await cluster.patch(id, 'merge', { metadata: { finalizers: ['example.com/keep'] } }, { fieldManager: 'test' }, never);
      await cluster.delete(id, {}, never);
      const { cause } = await found(namespace, settings, 'stuck-deletion', 300_000);
      assert.equal(cause, 'The finalizer example.com/keep is not taken away.');
      assert.equal(
        (await visit(namespace, settings)).some(({ code }) => code === 'stuck-deletion'),
        false,
      );
      await cluster.patch(id, 'merge', { metadata: { finalizers: null } }, { fieldManager: 'test' }, never);
      await apply(namespace, settings);
      await healthy(namespace, settings);
    });

    it('a service account that is not there', async () => {
      const bad = deployment({ pod: { serviceAccountName: 'runner' } });
      const { cause } = await mended(bad, bad + manifest('ServiceAccount', 'runner', {}), 'forbidden');
      assert.equal(cause, "ServiceAccount runner doesn't exist.");
    });

    it('a quota that is used up', async () => {
      const quota = (pods: string): string => manifest('ResourceQuota', 'few', { spec: { hard: { pods } } });
      const { cause } = await mended(quota('1') + deployment({ replicas: 3 }), quota('5') + deployment({ replicas: 1 }), 'quota');
      assert.match(cause, /^ResourceQuota few is used up: pods=1 requested, pods=1 used, pods=1 allowed/);
    });

    it('a claim whose storage class is not there', async () => {
      const claim = (fields: JsonObject): string =>
        manifest('PersistentVolumeClaim', 'data', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...fields } });
      const namespace = await on.makeNamespace();
      const bad = claim({ storageClassName: 'nowhere' });
      await apply(namespace, bad);
      assert.match((await found(namespace, bad, 'unbound-volume')).cause, /^There is no StorageClass nowhere/);
      // The class of a claim can't be changed: another claim takes its place.
      await cluster.delete({ group: '', version: 'v1', kind: 'PersistentVolumeClaim', namespace, name: 'data' }, {}, never);
      await apply(namespace, claim({}));
      await healthy(namespace, claim({}));
    });
  },
  { readyPods: true },
);
