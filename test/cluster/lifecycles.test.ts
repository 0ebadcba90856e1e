/** What happens around objects: namespaces that end, dependents of owners, kinds that come and go, and who may do what. */
import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/core/live/json.js';
import { mapsAt, objectAt, stringAt, valueAt } from '../../src/core/live/readFields.js';
import { describeOnClusters, type TestCluster } from '../support/cluster/clusters.js';
import type { ClusterAnswer } from '../support/cluster/send.js';

/** Asks until the answer is as wanted. */
async function eventually(ask: () => Promise<ClusterAnswer>, isWanted: (answer: ClusterAnswer) => boolean): Promise<ClusterAnswer> {
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > end) assert.fail(`it stayed at ${answer.status} ${answer.text.slice(0, 400)}`);
  }
}

const isGone = ({ status }: ClusterAnswer): boolean => status === 404;

describeOnClusters('Namespaces', (cluster) => {
  it('take no new objects while they end, and go when they are empty', async () => {
    const namespace = await cluster.makeNamespace();
    const path = `/api/v1/namespaces/${namespace}`;
    await cluster.request('POST', `${path}/configmaps`, { body: { metadata: { name: 'held', finalizers: ['example.com/hold'] } } });
    const ending = await cluster.request('DELETE', path);
    assert.equal(stringAt(ending.body, 'status', 'phase'), 'Terminating');
    const late = await cluster.request('POST', `${path}/configmaps`, { body: { metadata: { name: 'late' } } });
    assert.deepEqual(
      [late.status, late.body['message']],
      [403, `configmaps "late" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`],
    );
    await cluster.request('PATCH', `${path}/configmaps/held`, { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' });
    await eventually(() => cluster.request('GET', path), isGone);
  });

  it('that everything needs stay', async () => {
    const { status, body } = await cluster.request('DELETE', '/api/v1/namespaces/default');
    assert.deepEqual([status, body['message']], [403, 'namespaces "default" is forbidden: this namespace may not be deleted']);
  });
});

describeOnClusters('Dependents', (cluster) => {
  let path = '';

  beforeEach(async () => {
    path = `/api/v1/namespaces/${await cluster.makeNamespace()}/configmaps`;
    const owner = await cluster.request('POST', path, { body: { metadata: { name: 'owner' } } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: stringAt(owner.body, 'metadata', 'uid'), blockOwnerDeletion: true }];
    await cluster.request('POST', path, { body: { metadata: { name: 'child', ownerReferences } } });
    // its garbage collector must have seen both
    if (cluster.kind === 'real') await new Promise((resolve) => setTimeout(resolve, 1000));
  });

  for (const propagationPolicy of ['Background', 'Foreground']) {
    it(`go with their owner (${propagationPolicy})`, async () => {
      await cluster.request('DELETE', `${path}/owner`, { body: { propagationPolicy } });
      await eventually(() => cluster.request('GET', `${path}/child`), isGone);
      await eventually(() => cluster.request('GET', `${path}/owner`), isGone);
    });
  }

  it('stay where they are to be orphaned', async () => {
    await cluster.request('DELETE', `${path}/owner`, { body: { propagationPolicy: 'Orphan' } });
    await eventually(() => cluster.request('GET', `${path}/owner`), isGone);
    const { status, body } = await cluster.request('GET', `${path}/child`);
    assert.deepEqual([status, valueAt(body, 'metadata', 'ownerReferences')], [200, undefined]);
  });
});

function widgetDefinition(group: string): JsonObject {
  const spec = {
    type: 'object',
    properties: {
      size: { type: 'integer', minimum: 1, default: 3 },
      parts: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, count: { type: 'integer' } } },
      },
    },
  };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList', shortNames: ['wd'] },
      versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

describeOnClusters('Custom kinds', (cluster) => {
  const group = `test-${process.pid}.example.com`;
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  let path = '';

  before(async () => {
    const namespace = await cluster.makeNamespace();
    path = `/apis/${group}/v1/namespaces/${namespace}/widgets`;
    assert.equal((await cluster.request('POST', definitions, { body: widgetDefinition(group) })).status, 201);
    const isEstablished = ({ body }: ClusterAnswer): boolean => mapsAt(body, 'status', 'conditions').some(({ type, status }) => type === 'Established' && status === 'True');
    await eventually(() => cluster.request('GET', `${definitions}/widgets.${group}`), isEstablished);
    await eventually(
      () => cluster.request('GET', path),
      ({ status }) => status === 200,
    );
  });

  const widget = (name: string, spec: JsonObject = {}): JsonObject => ({ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name }, spec });

  it('have defaults and checks', async () => {
    const created = await cluster.request('POST', path, { body: widget('a') });
    assert.deepEqual([created.status, objectAt(created.body, 'spec'), valueAt(created.body, 'metadata', 'generation')], [201, { size: 3 }, 1]);
    const refused = await cluster.request('POST', path, { body: widget('b', { size: 0 }) });
    assert.deepEqual(
      [refused.status, refused.body['message']],
      [422, `Widget.${group} "b" is invalid: spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1`],
    );
  });

  it('merge lists by the keys of their schema', async () => {
    const apply = (manager: string, parts: readonly JsonObject[]): Promise<ClusterAnswer> =>
      cluster.request('PATCH', `${path}/c?fieldManager=${manager}`, { body: widget('c', { parts }), contentType: 'application/apply-patch+yaml' });
    await apply('one', [{ name: 'x', count: 1 }]);
    const { body } = await apply('two', [{ name: 'y', count: 2 }]);
    assert.deepEqual(
      mapsAt(body, 'spec', 'parts').map(({ name }) => name),
      ['x', 'y'],
    );
  });

  it('keep status and the rest apart', async () => {
    await cluster.request('POST', path, { body: { ...widget('d'), status: { ready: true } } });
    const patch = { spec: { size: 9 }, status: { ready: false } };
    const { body } = await cluster.request('PATCH', `${path}/d/status`, { body: patch, contentType: 'application/merge-patch+json' });
    assert.deepEqual([objectAt(body, 'spec'), body['status'], valueAt(body, 'metadata', 'generation')], [{ size: 3 }, { ready: false }, 1]);
  });

  it('show in discovery, under their short names', async () => {
    const { body } = await cluster.request('GET', `/apis/${group}/v1`);
    assert.deepEqual(
      mapsAt(body, 'resources').map(({ name, shortNames }) => [name, shortNames]),
      [
        ['widgets', ['wd']],
        ['widgets/status', undefined],
      ],
    );
  });

  it('go with their definition, and so do their objects', async () => {
    await cluster.request('DELETE', `${definitions}/widgets.${group}`);
    await eventually(() => cluster.request('GET', `${definitions}/widgets.${group}`), isGone);
    await eventually(() => cluster.request('GET', path), isGone);
  });
});

describeOnClusters('Access', (cluster) => {
  it('is refused without a known token', async () => {
    const { status, body } = await cluster.request('GET', '/api/v1/namespaces', { user: 'nobody' });
    assert.deepEqual([status, body['reason']], [cluster.kind === 'real' ? status : 401, status === 401 ? 'Unauthorized' : 'Forbidden']);
  });

  it('of a viewer reads, and is told what it may not', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    assert.equal((await cluster.request('GET', path, { user: 'viewer' })).status, 200);
    const { status, body } = await cluster.request('POST', path, { user: 'viewer', body: { metadata: { name: 'a' } } });
    assert.deepEqual([status, body['message']], [403, 'configmaps is forbidden: User "viewer" cannot create resource "configmaps" in API group "" in the namespace "default"']);
    const secrets = await cluster.request('GET', '/api/v1/namespaces/default/secrets', { user: 'viewer' });
    assert.equal(secrets.body['message'], 'secrets is forbidden: User "viewer" cannot list resource "secrets" in API group "" in the namespace "default"');
  });

  const review = (cluster_: TestCluster, user: string, verb: string): Promise<ClusterAnswer> => {
    const resourceAttributes = { verb, group: 'apps', resource: 'deployments', namespace: 'default' };
    return cluster_.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { user, body: { spec: { resourceAttributes } } });
  };

  it('can be asked about', async () => {
    const answers = [await review(cluster, 'admin', 'patch'), await review(cluster, 'viewer', 'list'), await review(cluster, 'viewer', 'patch')];
    assert.deepEqual(
      answers.map(({ status, body }) => [status, valueAt(body, 'status', 'allowed')]),
      [
        [201, true],
        [201, true],
        [201, false],
      ],
    );
  });
});
