import assert from 'node:assert/strict';
import { applySetId, applySetPartOfLabel } from '../../src/core/live/applySet.js';
import { isJsonObject } from '../../src/core/live/json.js';
import type { LiveObject } from '../../src/core/live/liveObject.js';
import { plannedObjects, type PlannedObject, type SyncPlan } from '../../src/core/sync/syncPlan.js';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { renderFolder } from '../../src/services/renderFolder.js';
import { fixtureRoot, fixtureTree } from '../support/fixture.js';
import { MemoryCluster, serverFailure } from '../support/memoryCluster.js';
import { parent, planLines, planOf, syncOnce } from '../support/syncFixtures.js';

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const config = (name: string, value = '1', extra = ''): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${extra}}\ndata: {a: "${value}"}\n`;
const annotated = (annotations: string): string => `, annotations: {${annotations}}`;
const deployment = (selector = 'web', annotations = ''): string =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web${annotations}}\nspec: {replicas: 2, selector: {matchLabels: {app: ${selector}}}, template: {metadata: {labels: {app: ${selector}}}}}\n`;

function plannedOf(plan: SyncPlan, name: string): PlannedObject {
  const found = plannedObjects(plan).find(({ id }) => id.name === name);
  assert.ok(found, `${name} is in the plan`);
  return found;
}

function liveConfig(name: string, metadata: Partial<LiveObject['metadata']>, data = { a: '1' }): LiveObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', ...metadata }, data };
}

describe('a plan', () => {
  it('creates what is missing, namespaces first, and says nothing of it is written', async () => {
    const cluster = new MemoryCluster();
    const { plan } = await planOf({ cluster, manifests: deployment() + config('settings') + `---\n${namespace}` });
    assert.deepEqual(planLines(plan), ['Sync: create Namespace shop', 'Sync: create ConfigMap settings', 'Sync: create Deployment web']);
    assert.deepEqual(cluster.writes, []);
  });

  it('writes nothing that a chart makes up with each rendering', async () => {
    const chart = '#- Chart.yaml\nname: app\nversion: 1.0.0\n#- templates/a.yaml\n';
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: {{ randAlphaNum 12 }}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n';
    const inputs = {
      releaseName: 'app',
      namespace: 'shop',
      values: [],
      includeCrds: true,
      skipHooks: false,
      skipTests: false,
      skipSchemaValidation: false,
      kubeVersion: undefined,
      apiVersions: [],
    };
    const { objects } = renderFolder(
      {
        tree: fixtureTree(`${chart}${namespace}---\n${secret}`),
        folder: fixtureRoot,
        cache: new BuildCache(),
        options: { loadRestrictor: 'rootOnly', enableHelm: false, renderChart: chartRenderer(chartTools) },
      },
      inputs,
    );
    const { plan } = await planOf({ cluster: new MemoryCluster(), manifests: '', objects });
    const login = plannedOf(plan, 'login');
    assert.deepEqual([login.action, login.cause, login.method], ['blocked', 'generated', 'none']);
    assert.match(login.reason, /^The chart makes up stringData\.password with each rendering/);
    assert.notEqual(plannedOf(plan, 'settings').cause, 'generated');
  });

  it('leaves what is applied alone without asking the server for a dry run', async () => {
    const cluster = new MemoryCluster();
    const manifests = namespace + config('settings') + deployment();
    await syncOnce({ cluster, manifests });
    cluster.requests.length = 0;
    const { plan } = await planOf({ cluster, manifests });
    assert.deepEqual(
      plannedObjects(plan).map(({ action }) => action),
      ['unchanged', 'unchanged', 'unchanged'],
    );
    assert.equal(cluster.requests.filter(({ verb }) => verb === 'apply').length, 0);
  });

  it('changes what differs, adopts what others made, and prunes what is no longer declared', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('settings') + config('old') });
    cluster.put(liveConfig('byhand', {}));
    cluster.put(liveConfig('foreign', {}));
    const { plan } = await planOf({ cluster, manifests: namespace + config('settings', '2') + config('byhand') });
    assert.deepEqual(planLines(plan), ['Sync: unchanged Namespace shop', 'Sync: adopt ConfigMap byhand', 'Sync: change ConfigMap settings', 'Prune: prune ConfigMap old']);
  });

  it('prunes nothing where pruning is off, and says so of each object', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('old') });
    const { plan } = await planOf({ cluster, manifests: namespace, prune: false });
    assert.deepEqual(planLines(plan), ['Sync: unchanged Namespace shop', 'Prune: blocked ConfigMap old (option)']);
  });

  it('keeps what says Prune=false or prune: disabled, and asks where it says confirm', async () => {
    const cluster = new MemoryCluster();
    const options = (text: string): string => annotated(`argocd.argoproj.io/sync-options: "${text}"`);
    const manifests =
      config('argo', '1', options('Prune=false')) + config('flux', '1', annotated('kustomize.toolkit.fluxcd.io/prune: Disabled')) + config('asked', '1', options('Prune=confirm'));
    await syncOnce({ cluster, manifests: namespace + manifests });
    const { plan } = await planOf({ cluster, manifests: namespace });
    assert.equal(plannedOf(plan, 'argo').cause, 'option');
    assert.equal(plannedOf(plan, 'flux').cause, 'option');
    assert.deepEqual(plannedOf(plan, 'asked').needs, ['prune/v1/ConfigMap/shop/asked']);
    assert.deepEqual(plan.questions, [{ key: 'prune/v1/ConfigMap/shop/asked', question: 'Delete ConfigMap shop/asked? It says that this must be confirmed.', isDangerous: false }]);
  });

  it('asks before it deletes namespaces, claims, and definitions with objects of their kind', async () => {
    const cluster = new MemoryCluster();
    const claim = '---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n';
    const definition = (kind: string): string =>
      `---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${kind.toLowerCase()}s.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: ${kind}, plural: ${kind.toLowerCase()}s}}\n`;
    await syncOnce({ cluster, manifests: namespace + claim + definition('Widget') + definition('Gadget') });
    cluster.put({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } });
    const { plan } = await planOf({ cluster, manifests: config('other') });
    assert.deepEqual(
      plan.questions.map(({ question, isDangerous }) => `${isDangerous ? '!' : ''}${question}`),
      [
        '!Delete PersistentVolumeClaim shop/data and its data?',
        '!Delete CustomResourceDefinition widgets.example.com and the one object of its kind?',
        '!Delete Namespace shop and everything in it?',
      ].sort((a, b) => (plan.questions.findIndex(({ question }) => a.endsWith(question)) < plan.questions.findIndex(({ question }) => b.endsWith(question)) ? -1 : 1)),
    );
    assert.deepEqual(plannedOf(plan, 'gadgets.example.com').needs, []);
  });

  it('asks before everything goes because nothing is declared', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') });
    const { plan } = await planOf({ cluster, manifests: '' });
    assert.ok(plan.questions.some(({ key, isDangerous }) => key === 'prune/everything' && isDangerous));
    assert.ok(plannedOf(plan, 'a').needs.includes('prune/everything'));
  });

  it('refuses what Argo CD or Flux keeps', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace });
    cluster.put(liveConfig('argo', { annotations: { 'argocd.argoproj.io/tracking-id': 'orders-prod:/ConfigMap:shop/argo' } }, { a: '0' }));
    cluster.put(liveConfig('flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } }, { a: '0' }));
    cluster.put(liveConfig('copy', { annotations: { 'argocd.argoproj.io/tracking-id': 'orders-prod:/ConfigMap:shop/argo' } }, { a: '0' }));
    const { plan } = await planOf({ cluster, manifests: namespace + config('argo') + config('flux') + config('copy') });
    assert.equal(plannedOf(plan, 'argo').reason, "Kept by Argo CD's Application orders-prod, which would set it back: sync the Application instead.");
    assert.equal(plannedOf(plan, 'flux').reason, "Kept by Flux's Kustomization flux-system/apps, which would set it back: reconcile the Kustomization instead.");
    assert.equal(plannedOf(plan, 'copy').action, 'adopt', 'a tracking id that was copied from another object says nothing');
    assert.equal(plan.refusal, undefined);
  });

  it('refuses all of it where everything is kept by an operator, or the environment says FailOnSharedResource', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace });
    cluster.put(liveConfig('argo', { annotations: { 'argocd.argoproj.io/tracking-id': 'orders-prod:/ConfigMap:shop/argo' } }));
    assert.match((await planOf({ cluster, manifests: config('argo') })).plan.refusal ?? '', /^Kept by Argo CD's Application orders-prod/);
    const { plan } = await planOf({ cluster, manifests: namespace + config('argo'), options: { syncOptions: ['FailOnSharedResource=true'] } });
    assert.match(plan.refusal ?? '', /^ConfigMap shop\/argo: Kept by .* \(FailOnSharedResource=true\)$/);
  });

  it('asks before it takes objects out of another ApplySet or a Helm release', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace });
    cluster.put(liveConfig('set', { labels: { [applySetPartOfLabel]: 'applyset-other-v1' } }));
    cluster.put(
      liveConfig('helm', { labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'shop' } }),
    );
    const { plan } = await planOf({ cluster, manifests: namespace + config('set') + config('helm') });
    assert.deepEqual(plan.questions.map(({ key }) => key).sort(), ['adopt/applyset/applyset-other-v1', 'adopt/helm/shop/shop']);
    assert.equal(plannedOf(plan, 'set').action, 'adopt');
  });

  it('blocks what the server refuses, with its words', async () => {
    const cluster = new MemoryCluster({
      onRequest: ({ verb, id, isDryRun }) => {
        if (verb !== 'apply' || !isDryRun) return;
        if (id.name === 'forbidden') throw serverFailure('cluster/forbidden', 403, 'configmaps "forbidden" is forbidden');
        if (id.name === 'wrong')
          throw serverFailure('cluster/invalid', 422, 'invalid', { causes: [{ reason: 'FieldValueInvalid', field: 'data.a', message: 'Invalid value: must be short' }] });
      },
    });
    await syncOnce({ cluster, manifests: namespace });
    const { plan } = await planOf({
      cluster,
      manifests: namespace + config('forbidden') + config('wrong') + '---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n',
    });
    assert.deepEqual(
      [plannedOf(plan, 'forbidden'), plannedOf(plan, 'wrong'), plannedOf(plan, 'w')].map(({ cause, reason }) => `${cause}: ${reason}`),
      [
        'forbidden: configmaps "forbidden" is forbidden',
        'invalid: data.a: Invalid value: must be short.',
        "kind-not-served: The server has no kind Widget of example.com: its CustomResourceDefinition isn't there, and isn't part of this environment.",
      ],
    );
  });

  it('blocks objects in a namespace that nobody makes, and makes it with CreateNamespace=true', async () => {
    const cluster = new MemoryCluster();
    const { plan } = await planOf({ cluster, manifests: config('a') });
    assert.equal(plannedOf(plan, 'a').cause, 'namespace-missing');
    const made = await planOf({
      cluster,
      manifests: config('a'),
      options: { syncOptions: ['CreateNamespace=true'], managedNamespaceMetadata: { labels: { team: 'x' }, annotations: {} } },
    });
    assert.deepEqual(planLines(made.plan), ['PreSync: create Namespace shop', 'Sync: create ConfigMap a']);
    assert.deepEqual(plannedOf(made.plan, 'shop').manifest, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'x' } } });
  });

  it('offers to make an object anew where a field cannot be changed, and does it unasked where Force says so', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + deployment('web') });
    const { plan } = await planOf({ cluster, manifests: namespace + deployment('other') });
    const planned = plannedOf(plan, 'web');
    assert.deepEqual([planned.action, planned.method, planned.needs], ['replace', 'recreate', ['replace/apps/v1/Deployment/shop/web']]);
    assert.equal(plan.questions[0]?.question, 'Delete Deployment shop/web and create it anew? spec.selector: Invalid value: field is immutable.');
    const forced = await planOf({ cluster, manifests: namespace + deployment('other', annotated('argocd.argoproj.io/sync-options: Force=true')) });
    assert.deepEqual(plannedOf(forced.plan, 'web').needs, []);
    assert.match(forced.plan.warnings.join(), /Deployment shop\/web: .*deleted and created anew/);
    const kept = await planOf({ cluster, manifests: namespace + deployment('other', annotated('argocd.argoproj.io/sync-options: Delete=false')) });
    assert.deepEqual([plannedOf(kept.plan, 'web').action, plannedOf(kept.plan, 'web').cause], ['blocked', 'immutable']);
  });

  it('leaves alone what Flux is told to leave alone', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('once') + config('never') });
    const flux = (words: string): string => annotated(`kustomize.toolkit.fluxcd.io/${words}`);
    const { plan } = await planOf({
      cluster,
      manifests: namespace + config('once', '2', flux('ssa: IfNotPresent')) + config('never', '2', flux('reconcile: disabled')) + config('new', '2', flux('ssa: IfNotPresent')),
    });
    assert.deepEqual(
      ['once', 'never', 'new'].map((name) => `${plannedOf(plan, name).action} ${plannedOf(plan, name).cause ?? ''}`),
      ['unchanged ', 'blocked option', 'create '],
    );
  });

  it('orders waves and hooks, and names hooks without a name', async () => {
    const cluster = new MemoryCluster();
    const hook = (name: string, phase: string): string => `---\napiVersion: batch/v1\nkind: Job\nmetadata: {${name}, annotations: {argocd.argoproj.io/hook: ${phase}}}\n`;
    const { plan } = await planOf({
      cluster,
      revision: '1a2b3c4d5e6f',
      manifests:
        namespace +
        hook('generateName: migrate-', 'PreSync') +
        hook('name: smoke', 'PostSync') +
        hook('name: sorry', 'SyncFail') +
        config('second', '1', annotated('argocd.argoproj.io/sync-wave: "2"')) +
        config('first'),
    });
    assert.deepEqual(planLines(plan), [
      'PreSync: create Namespace shop',
      'PreSync: hook Job migrate-1a2b3c4-presync-1767225600',
      'Sync: create ConfigMap first',
      'Sync wave 2: create ConfigMap second',
      'PostSync: hook Job smoke',
      'SyncFail: hook Job sorry',
    ]);
  });

  it('of an environment of Argo CD deletes in mirrored waves, before the same wave is applied', async () => {
    const cluster = new MemoryCluster();
    const wave = (name: string, number: number, value = '1'): string => config(name, value, annotated(`argocd.argoproj.io/sync-wave: "${number}"`));
    await syncOnce({ cluster, manifests: namespace + wave('a', 1) + wave('b', 3) });
    const { plan } = await planOf({ cluster, manifests: namespace + wave('new', 1), style: 'argocd' });
    assert.deepEqual(planLines(plan), [
      'Sync: unchanged Namespace shop',
      'Sync wave 1: prune: prune ConfigMap b',
      'Sync wave 1: create ConfigMap new',
      'Sync wave 3: prune: prune ConfigMap a',
    ]);
  });

  it('of an environment of Flux runs in its stages', async () => {
    const cluster = new MemoryCluster();
    const role = '---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\n';
    const { plan } = await planOf({ cluster, manifests: config('a') + role + `---\n${namespace}`, style: 'flux' });
    assert.deepEqual(planLines(plan), ['Definitions: create Namespace shop', 'Definitions: create ClusterRole reader', 'Objects: create ConfigMap a']);
  });

  it('tells fields that others changed, as conflicts with their owner', async () => {
    const cluster = new MemoryCluster();
    const manifests = namespace + config('settings');
    await syncOnce({ cluster, manifests });
    await cluster.apply(
      { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' }, data: { a: '9' } },
      { fieldManager: 'kubectl', force: true },
    );
    const { plan } = await planOf({ cluster, manifests });
    assert.deepEqual(plannedOf(plan, 'settings').conflicts, [{ path: ['data', 'a'], manager: 'kubectl', operation: 'Apply' }]);
    assert.match(plan.warnings.join(), /One field that others set \(kubectl\)/);
  });

  it('tells the fields that change, with both values, where they are declared, and whose they were', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('settings') });
    const { plan } = await planOf({ cluster, manifests: namespace + config('settings', '2') });
    const [field, ...more] = plannedOf(plan, 'settings').fields;
    assert.deepEqual([more.length, field?.path, field?.state, field?.live, field?.desired, field?.owner?.manager], [0, ['data', 'a'], 'changed', '1', '2', 'gitops-workbench']);
    assert.equal(field?.declaredBy?.kind === 'scalar' && field.declaredBy.value, '2');
  });

  it('leaves the replicas of what an autoscaler scales as they are', async () => {
    const cluster = new MemoryCluster();
    const autoscaler =
      '---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n';
    const manifests = namespace + deployment() + autoscaler;
    await syncOnce({ cluster, manifests });
    const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
    await cluster.apply(
      id,
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 5 } },
      { fieldManager: 'kube-controller-manager', force: true },
    );
    assert.equal(plannedOf((await planOf({ cluster, manifests })).plan, 'web').action, 'unchanged');
    await syncOnce({ cluster, manifests: manifests.replace('replicas: 2', 'replicas: 2, minReadySeconds: 4') });
    const spec = cluster.find('Deployment', 'web')?.['spec'];
    assert.deepEqual(isJsonObject(spec) && [spec['replicas'], spec['minReadySeconds']], [5, 4]);
  });

  it('takes only the objects that were chosen, without hooks', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') + config('old') });
    const hook = '---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: smoke, annotations: {argocd.argoproj.io/hook: PostSync}}\n';
    const { plan } = await planOf({ cluster, manifests: namespace + config('a', '2') + config('b') + hook, only: new Set(['/ConfigMap/shop/b']) });
    assert.deepEqual(planLines(plan), ['Sync: create ConfigMap b']);
  });

  it('leaves copies that controllers make of a declared object alone', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace + config('a') });
    const owner = { apiVersion: 'v1', kind: 'Service', name: 'web', uid: 'u', controller: true };
    cluster.put(liveConfig('copy', { labels: { [applySetPartOfLabel]: applySetId(parent) }, ownerReferences: [owner] }));
    assert.deepEqual(planLines((await planOf({ cluster, manifests: namespace + config('a') })).plan), ['Sync: unchanged Namespace shop', 'Sync: unchanged ConfigMap a']);
  });

  it('does not run while the inventory is that of another environment', async () => {
    const cluster = new MemoryCluster();
    await syncOnce({ cluster, manifests: namespace });
    const inventory = cluster.find('ConfigMap', parent.name);
    assert.ok(inventory);
    cluster.put({ ...inventory, data: { environment: 'folder/other' } });
    assert.equal((await planOf({ cluster, manifests: namespace })).plan.refusal, 'ConfigMap shop/gitops-workbench-shop keeps the objects of another environment, folder/other.');
  });
});
