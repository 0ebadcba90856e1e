/** The language server with a cluster: what an editor sees of drift, and what it can do about it. */
import assert from 'node:assert/strict';
import type { ClusterRequests, DriftDetails, SyncPlanView } from '../../src/server/clusterProtocol.js';
import { isFailure } from '../support/isFailure.js';
import { describeOnClusters } from '../support/cluster/clusters.js';
import { connectTo, syncOn } from '../support/clusterSync.js';
import { parseFixture } from '../support/fixture.js';
import { LspClient } from '../support/lspClient.js';
import { MemoryWorkspace } from '../support/memoryWorkspace.js';
import { readKubernetesTable } from '../support/rules/kubernetesTypes.js';

const never = new AbortController().signal;

const shop = (namespace: string): string => `
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {argocd.argoproj.io/ignore-healthcheck: "true"}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "registry.example.com/web:1.0"}]
#- overlays/dev/kustomization.yaml
namespace: ${namespace}
resources: [../../base, token.yaml]
#- overlays/dev/token.yaml
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: hush}
`;

describeOnClusters('the language server', (cluster) => {
  let client: LspClient;
  let namespace: string;

  beforeEach(async () => {
    namespace = await cluster.makeNamespace();
    const files = Object.fromEntries([...parseFixture(shop(namespace))].map(([path, text]) => [`/w/${namespace}/${path}`, text]));
    client = await LspClient.start(new MemoryWorkspace(files, { folders: ['/w'] }), ['/w'], { kubeconfig: cluster.kubeconfigPath });
    await client.until(() => client.deliveryChanges > 0);
  });
  afterEach(() => client.stop());

  async function ask<Method extends keyof ClusterRequests>(
    method: Method,
    params: ClusterRequests[Method]['params'],
  ): Promise<Exclude<ClusterRequests[Method]['result'], { readonly code: string }>> {
    const answer: unknown = await client.askCluster(method, params);
    if (isFailure(answer)) throw new Error(`${answer.code}: ${answer.message}`);
    return answer as Exclude<ClusterRequests[Method]['result'], { readonly code: string }>;
  }

  /** @param choose the name of the context; the current one where it is left out */
  async function connect(choose?: (contexts: readonly string[]) => string | undefined): Promise<string> {
    const [environment] = await client.askDelivery('gitops/delivery/environments', {});
    assert.ok(environment);
    const known = await ask('gitops/cluster/contexts', {});
    const current = choose ? choose(known.contexts.map(({ name }) => name)) : known.current;
    assert.ok(current !== undefined);
    assert.deepEqual(await ask('gitops/cluster/connections', {}), [], 'nothing is contacted unasked');
    assert.equal((await ask('gitops/cluster/connect', { context: current })).state, 'connected');
    await ask('gitops/cluster/choose', { ids: [environment.id], context: current });
    return environment.id;
  }

  /** The drift once `isWanted`; changes come by themselves. */
  async function driftOnce(environment: string, isWanted: (drift: DriftDetails) => boolean): Promise<DriftDetails> {
    for (let seen = -1; ;) {
      const answer = await client.askCluster('gitops/live/drift', { id: environment });
      if (!isFailure(answer) && isWanted(answer)) return answer;
      await client.until(() => client.liveChanges !== seen);
      seen = client.liveChanges;
    }
  }

  async function sync(environment: string): Promise<SyncPlanView> {
    const plan = await ask('gitops/sync/plan', { id: environment, options: { prune: true } });
    const { runId } = await ask('gitops/sync/run', { planId: plan.planId, confirmed: [], takeOver: true });
    await client.until(() => client.progress.some((each) => each.runId === runId && ['done', 'failed', 'cancelled'].includes(each.phase)));
    const last = client.progress.filter((each) => each.runId === runId).at(-1);
    assert.equal(last?.phase, 'done', last?.message);
    return plan;
  }

  it('shows what is missing, syncs it, and sees what somebody changes by hand at once', async () => {
    const environment = await connect();
    const before = await driftOnce(environment, ({ rows }) => rows.length === 2);
    assert.deepEqual(before.rows.map(({ object, state }) => [object.kind, state]).sort(), [
      ['Deployment', 'missing'],
      ['Secret', 'missing'],
    ]);
    const plan = await sync(environment);
    assert.deepEqual(plan.waves.flatMap(({ objects }) => objects.map(({ object, action }) => `${action} ${object.kind}`)).sort(), ['create Deployment', 'create Secret']);
    await driftOnce(environment, ({ rows, inSync }) => rows.length === 0 && inSync === 2);

    const other = await connectTo(cluster.kubeconfigPath);
    const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace, name: 'web' };
    await other.patch(web, 'merge', { spec: { replicas: 2 } }, { fieldManager: 'kubectl-scale' }, never);
    const drift = await driftOnce(environment, ({ rows }) => rows.length === 1);
    const [field] = drift.rows[0]?.fields ?? [];
    assert.deepEqual([field?.path, field?.desired, field?.live, field?.place?.label], ['spec.replicas', '0', '2', `${namespace}/base/web.yaml:5`]);
    assert.match(field?.by ?? '', /^kubectl-scale, just now$/);
    const { object, change } = drift.rows[0] ?? assert.fail('a row');
    assert.match((await ask('gitops/live/text', { uri: change.liveUri ?? '' })).text, /\n {2}replicas: 2\n/);
    assert.match((await ask('gitops/live/text', { uri: change.desiredUri ?? '' })).text, /\n {2}replicas: 0\n/);
    assert.deepEqual(
      (await ask('gitops/live/hints', { uri: `file:///w/${namespace}/base/web.yaml` })).map(({ line, text }) => [line, text]),
      [[4, 'live: 2, by kubectl-scale, just now']],
    );

    await ask('gitops/drift/adopt', { id: environment, object, path: 'spec.replicas' });
    const [texts] = Object.values(client.edits[0]?.changes ?? {});
    assert.match(texts?.[0]?.newText ?? '', /replicas:\n- name: web\n {2}count: 2/);

    await ask('gitops/drift/revert', { id: environment, object, path: 'spec.replicas' });
    await driftOnce(environment, ({ rows }) => rows.length === 0);
    assert.equal(((await other.get(web, never))?.['spec'] as { replicas?: number }).replicas, 0);
    other.close();
  });

  /** The role that viewers have says nothing of custom kinds. */
  async function letViewersSee(group: string): Promise<void> {
    const rules = [
      { apiGroups: [group], resources: ['*'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['apiextensions.k8s.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    ];
    const metadata = { name: `see-${group}` };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'viewers' }];
    await cluster.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', { body: { metadata, rules } });
    await cluster.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { body: { metadata, roleRef, subjects } });
    for (const place of [`/apis/${group}/v1/routers`, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions']) {
      for (let tries = 0; (await cluster.request('GET', place, { user: 'viewer' })).status !== 200; tries++) {
        assert.ok(tries < 200, place);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  it('compares custom kinds as their definition says where the server may not be asked what would come of an apply', async () => {
    const group = `${namespace}.example.com`;
    const rule = `{type: object, properties: {name: {type: string}, port: {type: integer}}, required: [name]}`;
    const rules = `{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: ${rule}}`;
    const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: routers.${group}}
spec:
  group: ${group}
  names: {kind: Router, plural: routers, singular: router, listKind: RouterList}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {version: {type: string}, rules: ${rules}}}}}}}]
`;
    const router = `apiVersion: ${group}/v1\nkind: Router\nmetadata: {name: edge}\nspec: {version: "1.10", rules: [{name: a, port: 1}, {name: b, port: 2}]}\n`;
    const files = { 'kustomization.yaml': `namespace: ${namespace}\nresources: [definition.yaml, router.yaml]\n`, 'definition.yaml': definition, 'router.yaml': router };
    await client.stop();
    const all = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/w/${namespace}/${name}`, text]));
    client = await LspClient.start(new MemoryWorkspace(all, { folders: ['/w'] }), ['/w'], { kubeconfig: cluster.kubeconfigPath }, undefined, readKubernetesTable);
    await client.until(() => client.deliveryChanges > 0);
    const other = await connectTo(cluster.kubeconfigPath);
    try {
      const { run } = await syncOn(other, namespace, `${definition}---\n${router}`);
      assert.equal(run.result, 'done', run.message);
      const id = { group, version: 'v1', kind: 'Router', namespace, name: 'edge' };
      const more = { apiVersion: `${group}/v1`, kind: 'Router', metadata: { name: 'edge' }, spec: { rules: [{ name: 'c', port: 3 }] } };
      await other.apply(id, more, { fieldManager: 'another', force: false }, never);
      await letViewersSee(group);
      const environment = await connect((contexts) => contexts.find((name) => name.endsWith('-viewer')));
      // Another one's rule is no drift of ours.
      await driftOnce(environment, ({ rows, inSync }) => rows.length === 0 && inSync === 2);
      await other.apply(id, { ...more, spec: { version: '1.1', rules: [{ name: 'a', port: 7 }] } }, { fieldManager: 'another', force: true }, never);
      const { rows } = await driftOnce(environment, (drift) => drift.rows.length === 1);
      assert.deepEqual(rows[0]?.fields?.map(({ path, desired, live }) => [path, desired, live]).sort(), [
        ['spec.rules[name=a].port', '1', '7'],
        // Were it not known to be a text, the same amount in another way of writing.
        ['spec.version', '1.10', '1.1'],
      ]);
    } finally {
      await other.delete({ group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition', namespace: '', name: `routers.${group}` }, {}, never);
      other.close();
    }
  });

  it('never shows the values of Secrets', async () => {
    const environment = await connect();
    await sync(environment);
    const other = await connectTo(cluster.kubeconfigPath);
    await other.patch({ group: '', version: 'v1', kind: 'Secret', namespace, name: 'token' }, 'merge', { data: { token: 'c2hvdXQ=' } }, { fieldManager: 'kubectl-edit' }, never);
    other.close();
    const drift = await driftOnce(environment, ({ rows }) => rows.length === 1);
    const { change } = drift.rows[0] ?? assert.fail('a row');
    const texts = await Promise.all([change.liveUri, change.desiredUri].map(async (uri) => (await ask('gitops/live/text', { uri: uri ?? '' })).text));
    assert.doesNotMatch(JSON.stringify([drift, ...texts]), /hush|aHVzaA|c2hvdXQ|shout/);
  });

  it('tells the tree in what state things are, and keeps the record of deliveries', async () => {
    const environment = await connect();
    await sync(environment);
    await driftOnce(environment, ({ inSync }) => inSync === 2);
    const [live] = await ask('gitops/live/environments', {});
    assert.deepEqual([live?.state.kind, live?.counts.changed, live?.counts.missing, live?.method], ['compared', 0, 0, 'server-side-dry-run']);
    const [record] = await ask('gitops/sync/history', { id: environment });
    assert.deepEqual([record?.user, record?.result, record?.objects], ['ada', 'done', 2]);
  });

  it('says what is wrong where a context or a cluster can not be had', async () => {
    const failure = await client.askCluster('gitops/cluster/connect', { context: 'nobody' });
    assert.ok(isFailure(failure) && failure.code === 'kubeconfig/unknown-context');
    const plan = await client.askCluster('gitops/sync/plan', { id: 'folder/overlays/dev', options: { prune: false } });
    assert.ok(isFailure(plan));
  });
});
