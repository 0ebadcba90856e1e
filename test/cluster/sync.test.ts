/** Syncs on the sandbox and on a real API server: what is written and what isn't, pruning, resuming after a kill, and sets shared with kubectl. */
import assert from 'node:assert/strict';
import { applySetKindsAnnotation, applySetOf } from '../../src/core/live/applySet.js';
import type { LiveObject } from '../../src/core/live/liveObject.js';
import { plannedObjects, type SyncPlan } from '../../src/core/sync/syncPlan.js';
import type { SyncRun } from '../../src/core/sync/syncRun.js';
import { formatFieldPath } from '../../src/core/objects/compare.js';
import type { Cluster } from '../../src/services/ports.js';
import { describeOnClusters, describeWithKubectl } from '../support/cluster/clusters.js';
import { connectTo, planOn, syncOn } from '../support/clusterSync.js';

const never = new AbortController().signal;
const config = (name: string, value = '1'): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;
const deployment = (selector = 'web'): string =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 0, selector: {matchLabels: {app: ${selector}}}, template: {metadata: {labels: {app: ${selector}}}, spec: {containers: [{name: web, image: "web:1", ports: [{containerPort: 80}], resources: {requests: {cpu: 1000m, memory: 1024Mi}}}]}}}\n`;

/** Kinds and forms that servers write differently from how they are written: defaults, quantities, texts of Secrets. */
const manyForms = `---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}, {name: dns, port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: "swordfish"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: runner}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {schedule: "0 3 * * *", suspend: true, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: run, image: "run:1", env: [{name: B, value: x}, {name: A, value: "1"}]}]}}}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 0
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: "db:1", livenessProbe: {httpGet: {path: /, port: 80}}}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}
`;

function widgets(group: string): string {
  return `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, default: 1}, color: {type: string}}}}}}
`;
}
const widget = (group: string): string => `---\napiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: w}\nspec: {color: red}\n`;

function actions(plan: SyncPlan): readonly string[] {
  return plannedObjects(plan).map(({ action, id, cause }) => `${action}${cause === undefined ? '' : ` (${cause})`} ${id.kind} ${id.name}`);
}

function results({ objects }: SyncRun): readonly string[] {
  return objects.map(({ action, id }) => `${action} ${id.kind} ${id.name}`);
}

function find(cluster: Cluster, kind: string, name: string, namespace: string, group = ''): Promise<LiveObject | undefined> {
  return cluster.get({ group, version: 'v1', kind, namespace, name }, never);
}

/** The names of ConfigMaps that belong to the set, without those that are being deleted. */
async function kept(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const kind = (await cluster.kinds(never)).find(({ group, kind: name }) => group === '' && name === 'ConfigMap');
  assert.ok(kind);
  const { items } = await cluster.list(kind, { namespace }, never);
  return items.filter((item) => applySetOf(item) !== undefined && item.metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
}

class Killed extends Error {}

/** The cluster for a process that dies at its n-th write: from then on nothing comes through. */
function dying(cluster: Cluster, n: number, isLate: boolean): { readonly cluster: Cluster; readonly died: () => boolean } {
  let writes = 0;
  const isDead = (): boolean => writes > n;
  const handler: ProxyHandler<Cluster> = {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...words: unknown[]): Promise<unknown> => {
        const isDryRun = words.some((word) => typeof word === 'object' && word !== null && 'dryRun' in word && word.dryRun === true);
        const isWrite = ['apply', 'create', 'replace', 'delete'].includes(String(name)) && !isDryRun;
        if (isWrite) writes++;
        if (isDead() || (isWrite && writes === n && !isLate)) {
          writes = n + 1;
          throw new Killed();
        }
        const answer: unknown = await Reflect.apply(value, target, words);
        if (isWrite && writes >= n) {
          writes = n + 1;
          throw new Killed();
        }
        return answer;
      };
    },
  };
  return { cluster: new Proxy(cluster, handler), died: isDead };
}

describeOnClusters('Syncs', (testCluster) => {
  let cluster: Cluster;
  let namespace = '';

  beforeEach(async () => {
    cluster = await connectTo(testCluster.kubeconfigPath);
    namespace = await testCluster.makeNamespace();
  });

  afterEach(() => cluster.close());

  it('create, change and prune what differs, and write nothing where nothing does', async () => {
    const created = await syncOn(cluster, namespace, config('a') + config('b') + deployment());
    assert.deepEqual([created.run.result, ...results(created.run)], ['done', 'created ConfigMap a', 'created ConfigMap b', 'created Deployment web']);
    const versions = async (): Promise<readonly unknown[]> => [
      (await find(cluster, 'ConfigMap', 'a', namespace))?.metadata.resourceVersion,
      (await find(cluster, 'ConfigMap', 'b', namespace))?.metadata.resourceVersion,
    ];
    const before = await versions();
    const again = await syncOn(cluster, namespace, config('a') + config('b') + deployment());
    assert.deepEqual(results(again.run), ['unchanged ConfigMap a', 'unchanged ConfigMap b', 'unchanged Deployment web']);
    assert.deepEqual(await versions(), before);
    const changed = await syncOn(cluster, namespace, config('a', '2') + deployment());
    assert.deepEqual(results(changed.run), ['changed ConfigMap a', 'unchanged Deployment web', 'pruned ConfigMap b']);
    assert.deepEqual(await kept(cluster, namespace), ['a']);
  });

  it('find nothing to do right after a sync, in whatever form things are written', async () => {
    const { run } = await syncOn(cluster, namespace, deployment() + manyForms);
    assert.deepEqual([run.result, run.objects.filter(({ action }) => action !== 'created')], ['done', []]);
    const { plan } = await planOn(cluster, namespace, deployment() + manyForms);
    assert.deepEqual(
      actions(plan).filter((line) => !line.startsWith('unchanged')),
      [],
    );
  });

  it('take away a field that is no longer declared, and leave what others added', async () => {
    await syncOn(cluster, namespace, config('a').replace('{a: "1"}', '{a: "1", b: "2"}'));
    await cluster.apply(
      { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'a' },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { c: '3' } },
      { fieldManager: 'other', force: false },
      never,
    );
    await syncOn(cluster, namespace, config('a'));
    assert.deepEqual((await find(cluster, 'ConfigMap', 'a', namespace))?.['data'], { a: '1', c: '3' });
  });

  it('make a definition and objects of its kind in one go, and ask before both go', async () => {
    const group = `${namespace}.example.com`;
    const { run } = await syncOn(cluster, namespace, widget(group) + widgets(group));
    assert.deepEqual([run.result, ...results(run)], ['done', `created CustomResourceDefinition widgets.${group}`, 'created Widget w']);
    assert.deepEqual((await find(cluster, 'Widget', 'w', namespace, group))?.['spec'], { color: 'red', size: 1 });
    const { plan } = await planOn(cluster, namespace, config('a'));
    assert.deepEqual(
      plan.questions.map(({ question }) => question),
      [`Delete CustomResourceDefinition widgets.${group} and the one object of its kind?`],
    );
    const gone = await syncOn(cluster, namespace, config('a'), { confirmed: plan.questions.map(({ key }) => key) });
    assert.equal(gone.run.result, 'done', gone.run.message);
  });

  it('say what a server refuses before anything is written', async () => {
    const wrong = deployment().replace('image: "web:1"', 'image: ""') + config('a');
    const { plan } = await planOn(cluster, namespace, wrong + '---\napiVersion: nowhere.example.com/v1\nkind: Nothing\nmetadata: {name: n}\n');
    assert.deepEqual(actions(plan), ['create ConfigMap a', 'blocked (invalid) Deployment web', 'blocked (kind-not-served) Nothing n']);
    assert.match(plannedObjects(plan).find(({ id }) => id.kind === 'Deployment')?.reason ?? '', /^spec\.template\.spec\.containers\[0\]\.image: Required value/);
  });

  it('make an object anew where a field cannot be changed, when that was confirmed', async () => {
    await syncOn(cluster, namespace, deployment('web'));
    const { plan, run } = await syncOn(cluster, namespace, deployment('other'));
    assert.deepEqual([actions(plan), results(run)], [['replace Deployment web'], ['blocked Deployment web']]);
    const anew = await syncOn(cluster, namespace, deployment('other'), { confirmed: plan.questions.map(({ key }) => key) });
    assert.deepEqual([anew.run.result, anew.run.message, ...results(anew.run)], ['done', '', 'changed Deployment web']);
  });

  it('show conflicts with their owner, and take fields over or leave them', async () => {
    await syncOn(cluster, namespace, deployment());
    const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace, name: 'web' };
    await cluster.patch(id, 'merge', { spec: { template: { spec: { containers: [{ name: 'web', image: 'web:hand' }] } } } }, { fieldManager: 'editor' }, never);
    await cluster.patch(id, 'merge', { spec: { minReadySeconds: 7 } }, { fieldManager: 'editor' }, never);
    const wanted = deployment().replace('replicas: 0', 'replicas: 0, minReadySeconds: 3');
    const { plan } = await planOn(cluster, namespace, wanted);
    const conflicts = plannedObjects(plan).flatMap((planned) => planned.conflicts);
    assert.ok(conflicts.some(({ path, manager }) => manager === 'editor' && formatFieldPath(path) === 'spec.minReadySeconds'));
    const left = await syncOn(cluster, namespace, wanted, { takeOver: false });
    assert.equal(left.run.result, 'done', left.run.message);
    assert.equal(specOf(await find(cluster, 'Deployment', 'web', namespace, 'apps'))['minReadySeconds'], 7);
    const taken = await syncOn(cluster, namespace, wanted, { takeOver: true });
    assert.equal(taken.run.result, 'done', taken.run.message);
    assert.equal(specOf(await find(cluster, 'Deployment', 'web', namespace, 'apps'))['minReadySeconds'], 3);
  });

  for (const isLate of [false, true]) {
    it(`are completed by the next one when they are killed ${isLate ? 'behind' : 'before'} any of their writes, and leave nothing behind`, async () => {
      for (let n = 1; ; n++) {
        const place = await testCluster.makeNamespace();
        await syncOn(cluster, place, config('a') + config('b'));
        const { cluster: mortal, died } = dying(cluster, n, isLate);
        await syncOn(mortal, place, config('a', '2') + config('c') + deployment()).catch((error: unknown) => assert.ok(error instanceof Killed, String(error)));
        if (!died()) {
          assert.ok(n > 6, `${n} writes`);
          break;
        }
        const { run } = await syncOn(cluster, place, config('d'));
        assert.equal(run.result, 'done', `killed at write ${n}: ${run.message}`);
        assert.deepEqual(await kept(cluster, place), ['d'], `killed at write ${n}`);
        const web = await find(cluster, 'Deployment', 'web', place, 'apps');
        assert.ok(web?.metadata.deletionTimestamp !== undefined || !web, `killed at write ${n}`);
      }
    });
  }
});

function specOf(object: LiveObject | undefined): Readonly<Record<string, unknown>> {
  const spec = object?.['spec'];
  assert.ok(typeof spec === 'object' && spec !== null && !Array.isArray(spec));
  return { ...spec };
}

describeWithKubectl('ApplySets that are shared with kubectl', (testCluster, kubectl) => {
  let cluster: Cluster;
  let namespace = '';

  beforeEach(async () => {
    cluster = await connectTo(testCluster.kubeconfigPath);
    namespace = await testCluster.makeNamespace();
  });

  afterEach(() => cluster.close());

  const placed = (manifests: string): string => manifests.replaceAll('metadata: {name:', `metadata: {namespace: ${namespace}, name:`);
  const prune = (set: string, manifests: string): ReturnType<typeof kubectl> =>
    kubectl(['apply', '-n', namespace, '--server-side', '--force-conflicts', '--prune', `--applyset=${set}`, '-f', '-'], placed(manifests));

  it('are pruned by kubectl as its own, without a warning, and then by us again', async () => {
    await syncOn(cluster, namespace, config('a') + config('b') + deployment());
    const { code, stdout, stderr } = await prune('configmaps/set', config('a') + config('c'));
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(stdout.trim().split('\n').sort(), ['configmap/a serverside-applied', 'configmap/b pruned', 'configmap/c serverside-applied', 'deployment.apps/web pruned']);
    const { run } = await syncOn(cluster, namespace, config('a') + config('b'));
    assert.deepEqual([run.result, ...results(run)], ['done', 'unchanged ConfigMap a', 'created ConfigMap b', 'pruned ConfigMap c']);
    assert.deepEqual(await kept(cluster, namespace), ['a', 'b']);
  });

  it('that kubectl made are taken on by us, and stay usable for kubectl', async () => {
    assert.equal((await prune('configmaps/set', config('a') + config('b') + deployment())).code, 0);
    const { run } = await syncOn(cluster, namespace, config('a'));
    assert.deepEqual([run.result, ...results(run).filter((line) => !line.startsWith('changed'))], ['done', 'pruned Deployment web', 'pruned ConfigMap b']);
    assert.equal((await find(cluster, 'ConfigMap', 'set', namespace))?.metadata.annotations?.[applySetKindsAnnotation], 'ConfigMap');
    const { code, stderr } = await prune('configmaps/set', config('z'));
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(await kept(cluster, namespace), ['z']);
  });

  it('may have a Secret as their parent, as kubectl makes it by default', async () => {
    assert.equal((await prune('set', config('a') + config('b'))).code, 0);
    const { run } = await syncOn(cluster, namespace, config('a'), { parent: { kind: 'Secret' } });
    assert.equal(run.result, 'done', run.message);
    assert.deepEqual(await kept(cluster, namespace), ['a']);
    assert.deepEqual((await prune('set', config('c'))).code, 0);
    assert.deepEqual(await kept(cluster, namespace), ['c']);
  });

  it('may begin with objects of `kubectl apply`: what git no longer declares then goes, and what it never did stays', async () => {
    const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'a' };
    const dataOf = async (): Promise<unknown> => (await cluster.get(id, never))?.['data'];
    assert.equal((await kubectl(['apply', '-f', '-'], placed(config('a').replace('{a: "1"}', '{a: "1", b: "2", other: "3"}')))).code, 0);
    const { run } = await syncOn(cluster, namespace, config('a').replace('{a: "1"}', '{a: "1", b: "2"}'));
    assert.deepEqual([run.result, run.message, ...results(run)], ['done', '', 'changed ConfigMap a']);
    assert.deepEqual(await dataOf(), { a: '1', b: '2', other: '3' });
    await syncOn(cluster, namespace, config('a'));
    assert.deepEqual(await dataOf(), { a: '1', other: '3' });
  });

  it('of other tools are refused by both', async () => {
    await syncOn(cluster, namespace, config('a'));
    await kubectl(['annotate', '-n', namespace, '--overwrite', 'configmap/set', 'applyset.kubernetes.io/tooling=helm/v4']);
    const { code, stderr } = await prune('configmaps/set', config('b'));
    assert.deepEqual([code === 0, stderr.includes('is managed by tooling "helm" instead of "kubectl"')], [false, true]);
    assert.equal((await planOn(cluster, namespace, config('b'))).plan.refusal, `The ApplySet of ConfigMap ${namespace}/set is kept by helm, and no other tool may change it.`);
  });
});
