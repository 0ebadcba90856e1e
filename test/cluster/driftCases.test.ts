/** Drift where several hands are at work, on the sandbox and on a real API server: operators, autoscalers, controllers that inject, and people who may do little. */
import assert from 'node:assert/strict';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import type { ObjectDrift } from '../../src/core/drift/drift.js';
import { planObjectRevert } from '../../src/core/drift/revert.js';
import type { JsonObject, JsonValue } from '../../src/core/live/json.js';
import { manifestText } from '../../src/core/live/manifestJson.js';
import { formatFieldPath } from '../../src/core/objects/compare.js';
import type { ResId } from '../../src/core/objects/resId.js';
import { applySetParentOf } from '../../src/core/sync/parentOf.js';
import type { Cluster } from '../../src/services/ports.js';
import { describeOnClusters } from '../support/cluster/clusters.js';
import { connectTo, syncOn } from '../support/clusterSync.js';
import { driftLines, driftOn, environmentIn } from '../support/driftOn.js';

const never = new AbortController().signal;
const config = (name: string, value = '1'): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;
const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "registry.example.com/web:1"}]}}
`;

describeOnClusters('Drift with several hands', (test) => {
  let cluster: Cluster;
  let namespace = '';

  before(async () => {
    cluster = await connectTo(test.kubeconfigPath);
  });
  beforeEach(async () => {
    namespace = await test.makeNamespace();
  });
  after(() => cluster.close());

  const idOf = (kind: string, name: string, group = '', version = 'v1'): ResId => ({ group, version, kind, namespace, name });
  const apply = (id: ResId, body: JsonObject, fieldManager: string): Promise<unknown> => cluster.apply(id, body, { fieldManager, force: true }, never);
  const patch = (id: ResId, body: JsonValue, fieldManager: string): Promise<unknown> => cluster.patch(id, 'merge', body, { fieldManager }, never);
  const find = ({ objects }: { readonly objects: readonly ObjectDrift[] }, kind: string): ObjectDrift => {
    const found = objects.find(({ id }) => id.kind === kind);
    assert.ok(found, `there is no ${kind}`);
    return found;
  };

  it('takes what helm-controller wrote for its own, with its labels and annotations, and its leftovers for extra', async () => {
    const labels = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux-system', 'app.kubernetes.io/managed-by': 'Helm' };
    const annotations = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': namespace };
    for (const name of ['kept', 'old']) {
      await apply(
        idOf('ConfigMap', name),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels, annotations }, data: { a: '1', b: '2' } },
        'helm-controller',
      );
    }
    const declaration = (mode: string): string =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop, namespace: flux-system}\nspec: {interval: 5m, driftDetection: {mode: ${mode}}}\n`;
    const rendered = config('kept').replace('a: "1"', 'a: "1", b: "2"');
    const quiet = await driftOn(cluster, namespace, rendered, { declaration: declaration('enabled') });
    assert.deepEqual(driftLines(quiet), ['extra ConfigMap old (Its labels name flux-system/shop of Flux.)']);
    await patch(idOf('ConfigMap', 'kept'), { data: { a: '7' } }, 'kubectl-edit');
    const less = rendered.replace(', b: "2"', '');
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, less, { declaration: declaration('enabled') })).slice(0, 2), [
      'changed ConfigMap kept: data.a changed "1" -> "7" (kubectl-edit)',
      'changed ConfigMap kept: data.b removed "2" -> nothing (helm-controller)'.replace('"2" -> nothing', 'nothing -> "2"'),
    ]);
  });

  it('tells of fields that cannot be changed in place', async () => {
    await syncOn(cluster, namespace, deployment);
    const drift = await driftOn(cluster, namespace, deployment.replaceAll('app: web', 'app: other'));
    const web = find(drift, 'Deployment');
    assert.deepEqual([web.state, web.method], ['changed', 'three-way']);
    assert.match(web.reason, /^spec\.selector can't be changed in place: a sync has to delete the object and make it anew\.$/);
    assert.ok(web.fields.some(({ path }) => formatFieldPath(path) === 'spec.selector.matchLabels.app'));
  });

  it('leaves replicas to an autoscaler that only the cluster has', async () => {
    await syncOn(cluster, namespace, deployment);
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const autoscaler = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace }, spec: { scaleTargetRef: target, maxReplicas: 9 } };
    await apply(idOf('HorizontalPodAutoscaler', 'web', 'autoscaling', 'v2'), autoscaler, 'someone');
    await patch(idOf('Deployment', 'web', 'apps'), { spec: { paused: true, replicas: 3 } }, 'horizontal-pod-autoscaler');
    const drift = find(await driftOn(cluster, namespace, deployment), 'Deployment');
    assert.deepEqual(
      drift.ignored.map(({ path, reason }) => [formatFieldPath(path), reason]),
      [['spec.replicas', 'HorizontalPodAutoscaler web sets it']],
    );
    assert.deepEqual(
      drift.fields.map(({ path, state }) => [formatFieldPath(path), state]),
      [['spec.paused', 'foreign']],
    );
  });

  for (const isAnnotated of [true, false]) {
    it(`leaves certificates to whoever injects them, ${isAnnotated ? 'as an annotation asks for it' : 'with no annotation'}`, async () => {
      const name = `${namespace}-hook`;
      const id = { ...idOf('ValidatingWebhookConfiguration', name, 'admissionregistration.k8s.io'), namespace: '' };
      const annotations = isAnnotated ? '{cert-manager.io/inject-ca-from: shop/cert}' : '{}';
      const text = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: ${name}, annotations: ${annotations}}
webhooks:
- name: check.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Ignore
  namespaceSelector: {matchLabels: {nobody: has-this}}
  clientConfig: {service: {name: hook, namespace: nowhere}}
  rules: [{apiGroups: [nowhere.example.com], apiVersions: [v1], operations: [CREATE], resources: [nothings]}]
`;
      try {
        await syncOn(cluster, namespace, text);
        const certificate = '-----BEGIN CERTIFICATE-----\nMIIBdummy\n-----END CERTIFICATE-----\n';
        const injected = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: Buffer.from(certificate).toString('base64') }];
        await cluster.patch(id, 'json', injected, { fieldManager: 'cert-manager-cainjector' }, never);
        assert.deepEqual(driftLines(await driftOn(cluster, namespace, text)), []);
      } finally {
        await cluster.delete(id, {}, never);
      }
    });
  }

  it('tells that kinds and namespaces come with the change that needs them', async () => {
    const group = `${namespace}.example.com`;
    const names = '{kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}';
    const text = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: ${names}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
---
apiVersion: ${group}/v1
kind: Widget
metadata: {name: w}
---
apiVersion: v1
kind: Namespace
metadata: {name: ${namespace}-new}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: ${namespace}-new}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: ${namespace}-nowhere}
`;
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, text)), [
      `missing CustomResourceDefinition widgets.${group}`,
      `missing Widget w (Its kind comes with CustomResourceDefinition widgets.${group} of this environment.)`,
      `missing Namespace ${namespace}-new`,
      `missing ConfigMap c (Namespace ${namespace}-new comes with this environment.)`,
      `missing ConfigMap c (Namespace ${namespace}-nowhere doesn't exist.)`,
    ]);
  });

  it('finds what is no longer declared by the labels of Flux', async () => {
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
    for (const [name, own] of [
      ['kept', labels],
      ['old', labels],
      ['copy', { ...labels, 'kustomize.toolkit.fluxcd.io/name': 'other' }],
    ] as const)
      await apply(idOf('ConfigMap', name), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels: own }, data: { a: '1' } }, 'kustomize-controller');
    const declaration = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop, namespace: flux-system}\nspec: {interval: 10m, prune: true}\n';
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, config('kept'), { declaration })), ['extra ConfigMap old (Its labels name flux-system/shop of Flux.)']);
  });

  it('finds what is no longer declared by its ApplySet, of kinds that the render has no more too', async () => {
    const parent = applySetParentOf(environmentIn(namespace), namespace);
    await syncOn(cluster, namespace, config('kept') + config('old') + deployment, { parent });
    assert.deepEqual([...driftLines(await driftOn(cluster, namespace, config('kept')))].sort(), [
      'extra ConfigMap old (It is part of the ApplySet of this environment.)',
      'extra Deployment web (It is part of the ApplySet of this environment.)',
    ]);
  });

  it('tells what may not be read, and compares here what may not be patched', async () => {
    const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {a: b}\n';
    await syncOn(cluster, namespace, config('settings') + secret);
    await patch(idOf('ConfigMap', 'settings'), { data: { a: '2' } }, 'kubectl-edit');
    const kubeconfig = openKubeconfig({ file: test.kubeconfigPath });
    const viewer = (await kubeconfig.contexts()).contexts.find(({ name }) => name.endsWith('-viewer'));
    assert.ok(viewer);
    const reading = await kubeconfig.connect(viewer.name, { mayRunPrograms: false });
    try {
      const drift = await driftOn(reading, namespace, config('settings') + secret + config('absent'));
      const told = drift.objects.map(({ id, state, method, reason }) => [id.name, state, method, reason.replace(/:.*User.*/, ': (who may not)')]);
      assert.deepEqual(told, [
        ['settings', 'changed', 'three-way', 'Compared here, without the server: you may not patch it.'],
        ['login', 'unknown', 'server-side-dry-run', `get Secret ${namespace}/login: (who may not)`],
        ['absent', 'missing', 'server-side-dry-run', 'Whether the server would take it is not known: you may not patch it.'],
      ]);
    } finally {
      reading.close();
    }
  });

  for (const isRespected of [true, false]) {
    it(`sets ignored fields of an Application ${isRespected ? 'not back where they are respected' : 'back with the rest where only comparing leaves them out'}`, async () => {
      const live = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data: { a: '1', b: '1' } };
      await apply(idOf('ConfigMap', 'settings'), live, 'argocd-controller');
      await patch(idOf('ConfigMap', 'settings'), { data: { a: '2', b: '2' } }, 'kubectl-edit');
      const options = isRespected ? '[ServerSideApply=true, RespectIgnoreDifferences=true]' : '[ServerSideApply=true]';
      const declaration = `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\nspec: {syncPolicy: {syncOptions: ${options}}, ignoreDifferences: [{kind: ConfigMap, jsonPointers: [/data/b]}]}\n`;
      const rendered = config('settings').replace('a: "1"', 'a: "1", b: "1"');
      const drift = find(await driftOn(cluster, namespace, rendered, { declaration }), 'ConfigMap');
      assert.deepEqual([drift.fields.map(({ path }) => formatFieldPath(path)), drift.ignored.map(({ path }) => formatFieldPath(path))], [['data.a'], ['data.b']]);
      const plan = planObjectRevert(drift, { kind: 'argocd', isServerSide: true, keepsIgnored: isRespected }, { namespace, application: 'shop' });
      assert.ok(plan.ok && plan.request.kind === 'apply');
      await cluster.apply(plan.request.id, manifestText(plan.request.manifest), { fieldManager: plan.request.manager, force: true }, never);
      assert.deepEqual((await cluster.get(plan.request.id, never))?.['data'], { a: '1', b: isRespected ? '2' : '1' });
    });
  }
});
