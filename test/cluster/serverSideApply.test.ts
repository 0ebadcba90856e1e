/** Server-side apply over HTTP: managed fields, conflicts, dry runs. */
import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/core/live/json.js';
import { mapsAt, objectAt, stringAt, valueAt } from '../../src/core/live/readFields.js';
import { describeOnClusters } from '../support/cluster/clusters.js';
import type { ClusterAnswer } from '../support/cluster/send.js';

describeOnClusters('Server-side apply', (cluster) => {
  let path = '';

  beforeEach(async () => {
    path = `/apis/apps/v1/namespaces/${await cluster.makeNamespace()}/deployments/web`;
  });

  const deployment = (spec: JsonObject = {}): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }, ...spec },
  });
  const apply = (manager: string, body: JsonObject, query = ''): Promise<ClusterAnswer> =>
    cluster.request('PATCH', `${path}?fieldManager=${manager}${query}`, { body, contentType: 'application/apply-patch+yaml' });
  const ownersOf = (body: JsonObject): readonly string[] =>
    mapsAt(body, 'metadata', 'managedFields')
      .map((entry) => `${stringAt(entry, 'manager')} ${stringAt(entry, 'operation')}`)
      .filter((owner) => !owner.startsWith('kube-controller-manager'));

  it('creates what is not there, then changes it', async () => {
    assert.equal((await apply('one', deployment({ replicas: 0 }))).status, 201);
    const { status, body } = await apply('one', deployment({ replicas: 0, minReadySeconds: 5 }));
    assert.deepEqual([status, valueAt(body, 'spec', 'minReadySeconds'), ownersOf(body)], [200, 5, ['one Apply']]);
  });

  it('takes back what is not declared any more, unless another owns it', async () => {
    await apply('one', deployment({ replicas: 0, minReadySeconds: 5, paused: true }));
    await apply('two', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { minReadySeconds: 5 } });
    const { body } = await apply('one', deployment({ replicas: 0 }));
    assert.deepEqual([valueAt(body, 'spec', 'minReadySeconds'), valueAt(body, 'spec', 'paused')], [5, undefined]);
  });

  it('refuses what another manager owns, and takes it by force', async () => {
    await apply('one', deployment({ replicas: 0 }));
    const refused = await apply('two', deployment({ replicas: 1 }));
    assert.deepEqual([refused.status, refused.body['reason'], refused.body['message']], [409, 'Conflict', 'Apply failed with 1 conflict: conflict with "one": .spec.replicas']);
    assert.deepEqual(mapsAt(refused.body, 'details', 'causes'), [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.replicas' }]);
    const forced = await apply('two', deployment({ replicas: 1 }), '&force=true');
    assert.deepEqual([forced.status, valueAt(forced.body, 'spec', 'replicas')], [200, 1]);
    const owner = mapsAt(forced.body, 'metadata', 'managedFields').find(({ manager }) => manager === 'one');
    assert.equal(valueAt(owner, 'fieldsV1', 'f:spec', 'f:replicas'), undefined);
  });

  it('conflicts with an update as well', async () => {
    await apply('one', deployment({ replicas: 0 }));
    await cluster.request('PATCH', `${path}?fieldManager=editor`, { body: { spec: { replicas: 1 } }, contentType: 'application/merge-patch+json' });
    const { status, body } = await apply('one', deployment({ replicas: 0 }));
    assert.equal(status, 409);
    assert.match(stringAt(body, 'message'), /^Apply failed with 1 conflict: conflict with "editor" using apps\/v1: \.spec\.replicas$/);
  });

  it('writes nothing in a dry run, and nothing where nothing changes', async () => {
    const first = await apply('one', deployment({ replicas: 0 }));
    const dry = await apply('one', deployment({ replicas: 0, minReadySeconds: 3 }), '&dryRun=All');
    assert.equal(valueAt(dry.body, 'spec', 'minReadySeconds'), 3);
    const same = await apply('one', deployment({ replicas: 0 }));
    const times = (body: JsonObject): readonly unknown[] => mapsAt(body, 'metadata', 'managedFields').filter(({ manager }) => manager === 'one');
    assert.deepEqual(times(same.body), times(first.body));
    assert.equal(valueAt(same.body, 'metadata', 'generation'), 1);
  });

  it('merges lists by their keys', async () => {
    await apply('one', deployment({ replicas: 0 }));
    const sidecar = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } } };
    const { body } = await apply('two', sidecar);
    assert.deepEqual(
      mapsAt(body, 'spec', 'template', 'spec', 'containers').map((container) => container['name']),
      ['web', 'side'],
    );
  });

  it('wants a manager, and fields that the kind has', async () => {
    const without = await cluster.request('PATCH', path, { body: deployment(), contentType: 'application/apply-patch+yaml' });
    assert.deepEqual([without.status, without.body['message']], [422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch']);
    const odd = await apply('one', deployment({ wrong: 1 }));
    assert.equal(odd.status, 500);
    assert.match(stringAt(odd.body, 'message'), /^failed to create typed patch object \(.*; apps\/v1, Kind=Deployment\): \.spec\.wrong: field not declared in schema$/);
  });

  it('reads YAML', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: "1"\n';
    const target = path.replace('/apis/apps/v1', '/api/v1').replace('/deployments/', '/configmaps/');
    const { status, body } = await cluster.request('PATCH', `${target}?fieldManager=one`, { body: text, contentType: 'application/apply-patch+yaml' });
    assert.deepEqual([status, objectAt(body, 'data')], [201, { a: '1' }]);
  });
});
