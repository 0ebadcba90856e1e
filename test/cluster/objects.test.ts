/** Creating, reading, changing and deleting objects over HTTP: the same on the sandbox and on a real API server. */
import assert from 'node:assert/strict';
import { isJsonObject, type JsonObject } from '../../src/core/live/json.js';
import { mapsAt, objectAt, stringAt, valueAt } from '../../src/core/live/readFields.js';
import { describeOnClusters } from '../support/cluster/clusters.js';
import type { ClusterAnswer } from '../support/cluster/send.js';

/** What tests look at of a Status. */
function told({ status, body }: { readonly status: number; readonly body: JsonObject }): readonly unknown[] {
  return [status, body['reason'], body['message']];
}

describeOnClusters('Objects', (cluster) => {
  let path = '';
  let namespace = '';
  const configMap = (name: string, data: JsonObject = { a: '1' }, metadata: JsonObject = {}): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata },
    data,
  });

  beforeEach(async () => {
    namespace = await cluster.makeNamespace();
    path = `/api/v1/namespaces/${namespace}/configmaps`;
  });

  it('are created once', async () => {
    const created = await cluster.request('POST', path, { body: configMap('a') });
    assert.equal(created.status, 201);
    assert.deepEqual(
      mapsAt(created.body, 'metadata', 'managedFields').map(({ time: _time, ...entry }) => entry),
      [{ manager: 'tester', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } } }],
    );
    assert.deepEqual(told(await cluster.request('POST', path, { body: configMap('a') })), [409, 'AlreadyExists', 'configmaps "a" already exists']);
  });

  it('get a name from generateName', async () => {
    const { body } = await cluster.request('POST', path, { body: { metadata: { generateName: 'made-' } } });
    assert.match(stringAt(body, 'metadata', 'name'), /^made-[a-z0-9]{5}$/);
  });

  it('are refused without a name, with a name of another path, in a namespace that is not there', async () => {
    assert.deepEqual(told(await cluster.request('POST', path, { body: {} })), [
      422,
      'Invalid',
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ]);
    assert.deepEqual(told(await cluster.request('PUT', `${path}/b`, { body: configMap('a') })), [
      400,
      'BadRequest',
      'the name of the object (a) does not match the name on the URL (b)',
    ]);
    assert.deepEqual(told(await cluster.request('POST', '/api/v1/namespaces/none/configmaps', { body: configMap('a') })), [404, 'NotFound', 'namespaces "none" not found']);
    assert.deepEqual(told(await cluster.request('POST', path, { body: configMap('a', {}, { namespace: 'other' }) })), [
      400,
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    ]);
  });

  it('tell what is not there and what is not served', async () => {
    assert.deepEqual(told(await cluster.request('GET', `${path}/none`)), [404, 'NotFound', 'configmaps "none" not found']);
    assert.deepEqual(told(await cluster.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)), [404, 'NotFound', 'deployments.apps "web" not found']);
    assert.deepEqual(told(await cluster.request('GET', '/api/v1/widgets')), [404, 'NotFound', 'the server could not find the requested resource']);
    assert.deepEqual(told(await cluster.request('PUT', path)), [405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource']);
  });

  it('are replaced unless they changed meanwhile', async () => {
    const { body } = await cluster.request('POST', path, { body: configMap('a') });
    const version = stringAt(body, 'metadata', 'resourceVersion');
    const changed = await cluster.request('PUT', `${path}/a`, { body: configMap('a', { a: '2' }, { resourceVersion: version }) });
    assert.deepEqual([changed.status, objectAt(changed.body, 'data')], [200, { a: '2' }]);
    assert.deepEqual(told(await cluster.request('PUT', `${path}/a`, { body: configMap('a', { a: '3' }, { resourceVersion: version }) })), [
      409,
      'Conflict',
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    ]);
  });

  it('keep their version where a write changes nothing', async () => {
    const { body } = await cluster.request('POST', path, { body: configMap('a') });
    const same = await cluster.request('PATCH', `${path}/a`, { body: { data: { a: '1' } }, contentType: 'application/merge-patch+json' });
    assert.equal(stringAt(same.body, 'metadata', 'resourceVersion'), stringAt(body, 'metadata', 'resourceVersion'));
  });

  it('take merge, JSON and strategic patches', async () => {
    await cluster.request('POST', path, { body: configMap('a', { a: '1', b: '2' }) });
    const merged = await cluster.request('PATCH', `${path}/a`, { body: { data: { a: null, c: '3' } }, contentType: 'application/merge-patch+json' });
    assert.deepEqual(objectAt(merged.body, 'data'), { b: '2', c: '3' });
    const patched = await cluster.request('PATCH', `${path}/a`, { body: [{ op: 'replace', path: '/data/b', value: '9' }], contentType: 'application/json-patch+json' });
    assert.deepEqual(objectAt(patched.body, 'data'), { b: '9', c: '3' });
    const strategic = await cluster.request('PATCH', `${path}/a`, { body: { data: { $patch: 'replace', z: '1' } }, contentType: 'application/strategic-merge-patch+json' });
    assert.deepEqual(objectAt(strategic.body, 'data'), { z: '1' });
    assert.equal((await cluster.request('PATCH', `${path}/a`, { body: {}, contentType: 'application/json' })).status, 415);
  });

  it('are written by nobody in a dry run', async () => {
    const dry = await cluster.request('POST', `${path}?dryRun=All`, { body: configMap('a') });
    assert.deepEqual([dry.status, valueAt(dry.body, 'metadata', 'resourceVersion')], [201, undefined]);
    assert.equal((await cluster.request('GET', `${path}/a`)).status, 404);
    assert.equal((await cluster.request('POST', `${path}?dryRun=Some`, { body: configMap('a') })).status >= 400, true);
  });

  it('lose fields that their kind has not, with a warning or a refusal', async () => {
    const odd = { ...configMap('a'), wrong: 1 };
    const warned = await cluster.request('POST', path, { body: odd });
    assert.deepEqual([warned.status, warned.warnings, warned.body['wrong']], [201, '299 - "unknown field \\"wrong\\""', undefined]);
    assert.deepEqual(told(await cluster.request('POST', `${path}?fieldValidation=Strict`, { body: odd })), [
      400,
      'BadRequest',
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "wrong"',
    ]);
    assert.equal((await cluster.request('POST', `${path}?fieldValidation=Ignore`, { body: { ...odd, metadata: { name: 'b' } } })).warnings, '');
  });

  it('are read from YAML', async () => {
    const { status, body } = await cluster.request('POST', path, { body: 'metadata:\n  name: a\ndata:\n  text: "yes"\n', contentType: 'application/yaml' });
    assert.deepEqual([status, objectAt(body, 'data')], [201, { text: 'yes' }]);
  });

  it('are read from protobuf, deletions too', async () => {
    const contentType = 'application/vnd.kubernetes.protobuf';
    const part = (number: number, text: string): string => `${String.fromCharCode((number << 3) | 2, text.length)}${text}`;
    const bodyOf = (kind: string, raw: string): string => `k8s\0${part(1, part(1, 'v1') + part(2, kind))}${part(2, raw)}`;
    const send = (method: string, to: string, body: string): Promise<ClusterAnswer> => cluster.request(method, to, { body, contentType });
    const { status, body } = await send('POST', `${path}?fieldManager=me`, bodyOf('ConfigMap', part(1, part(1, 'a')) + part(2, part(1, 'text') + part(2, 'yes'))));
    assert.deepEqual([status, objectAt(body, 'data'), stringAt(mapsAt(body, 'metadata', 'managedFields')[0], 'manager')], [201, { text: 'yes' }, 'me']);
    assert.deepEqual(told(await send('POST', path, 'hello')), [
      400,
      'BadRequest',
      'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (68656c6c6f)',
    ]);
    assert.deepEqual(told(await send('POST', path, bodyOf('ConfigMap', '\x0a\x50'))), [
      400,
      'BadRequest',
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF',
    ]);
    assert.equal((await send('PATCH', `${path}/a`, bodyOf('ConfigMap', ''))).status, 415);
    // preconditions with another uid
    assert.equal((await send('DELETE', `${path}/a`, bodyOf('DeleteOptions', part(2, part(1, 'x'))))).status, 409);
    assert.equal((await send('DELETE', `${path}/a`, bodyOf('DeleteOptions', part(4, 'Foreground')))).status, 200);
  });

  it('are refused to who accepts nothing that is sent', async () => {
    const { status, body } = await cluster.request('GET', path, { accept: 'image/png' });
    assert.deepEqual([status, body['reason']], [406, 'NotAcceptable']);
  });

  it('wait for their finalizers', async () => {
    await cluster.request('POST', path, { body: configMap('a', {}, { finalizers: ['example.com/hold'] }) });
    const ending = await cluster.request('DELETE', `${path}/a`);
    assert.deepEqual([ending.status, ending.body['kind']], [200, 'ConfigMap']);
    assert.equal(typeof valueAt(ending.body, 'metadata', 'deletionTimestamp'), 'string');
    await cluster.request('PATCH', `${path}/a`, { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' });
    assert.equal((await cluster.request('GET', `${path}/a`)).status, 404);
  });

  it('answer a deletion with what went', async () => {
    await cluster.request('POST', path, { body: configMap('a') });
    const { status, body } = await cluster.request('DELETE', `${path}/a`);
    const { uid, ...details } = objectAt(body, 'details');
    assert.deepEqual([status, body['status'], details, typeof uid], [200, 'Success', { name: 'a', kind: 'configmaps' }, 'string']);
  });

  it('are deleted only as the very ones that are meant', async () => {
    await cluster.request('POST', path, { body: configMap('a') });
    const refused = await cluster.request('DELETE', `${path}/a`, { body: { preconditions: { uid: 'other' } } });
    assert.deepEqual([refused.status, refused.body['reason']], [409, 'Conflict']);
    assert.match(stringAt(refused.body, 'message'), /^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(other\) does not match the UID in record/);
  });

  it('are deleted together', async () => {
    for (const name of ['a', 'b']) await cluster.request('POST', path, { body: configMap(name, {}, { labels: { set: 'x' } }) });
    await cluster.request('POST', path, { body: configMap('c') });
    assert.equal((await cluster.request('DELETE', `${path}?labelSelector=set%3Dx`)).status, 200);
    const { body } = await cluster.request('GET', path);
    assert.deepEqual(
      mapsAt(body, 'items')
        .map((item) => stringAt(item, 'metadata', 'name'))
        .filter((name) => name !== 'kube-root-ca.crt'),
      ['c'],
    );
  });

  it('have a scale, which counts as a manager of its own', async () => {
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const spec = { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } } };
    await cluster.request('POST', deployments, { body: { metadata: { name: 'web' }, spec } });
    const scale = await cluster.request('GET', `${deployments}/web/scale`);
    assert.deepEqual([scale.body['kind'], scale.body['spec'], scale.body['status']], ['Scale', {}, { replicas: 0, selector: 'a=b' }]);
    const patched = await cluster.request('PATCH', `${deployments}/web/scale`, { body: { spec: { replicas: 1 } }, contentType: 'application/merge-patch+json' });
    assert.deepEqual([patched.status, patched.body['spec']], [200, { replicas: 1 }]);
    const { body } = await cluster.request('GET', `${deployments}/web`);
    const entry = mapsAt(body, 'metadata', 'managedFields').find(({ subresource }) => subresource === 'scale');
    assert.deepEqual([entry?.['manager'], entry?.['fieldsV1']], ['tester', { 'f:spec': { 'f:replicas': {} } }]);
  });

  it('have a scale that can be applied, with conflicts', async () => {
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const spec = { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } } };
    const contentType = 'application/apply-patch+yaml';
    const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 0, ...spec } };
    await cluster.request('PATCH', `${deployments}/web?fieldManager=git`, { body: web, contentType });
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web', namespace }, spec: { replicas: 1 } };
    const refused = await cluster.request('PATCH', `${deployments}/web/scale?fieldManager=scaler`, { body: scale, contentType });
    assert.deepEqual(told(refused), [409, 'Conflict', 'Apply failed with 1 conflict: conflict with "git": .spec.replicas']);
    const forced = await cluster.request('PATCH', `${deployments}/web/scale?fieldManager=scaler&force=true`, { body: scale, contentType });
    assert.deepEqual([forced.status, forced.body['spec']], [200, { replicas: 1 }]);
    const { body } = await cluster.request('GET', `${deployments}/web`);
    const owners = mapsAt(body, 'metadata', 'managedFields').filter((entry) => valueAt(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined);
    assert.deepEqual(
      owners.map(({ manager, apiVersion, subresource }) => [manager, apiVersion, subresource]),
      [['scaler', 'apps/v1', 'scale']],
    );
  });

  it('are refused by a quota of their namespace', async () => {
    const hard = { 'count/configmaps': '2', pods: '1', 'requests.cpu': '1' };
    await cluster.request('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, { body: { metadata: { name: 'few' }, spec: { hard } } });
    const used = async (): Promise<unknown> =>
      objectAt((await cluster.request('GET', `/api/v1/namespaces/${namespace}/resourcequotas/few`)).body, 'status', 'used')['count/configmaps'];
    // its own certificate is the first
    while ((await used()) !== '1') await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await cluster.request('POST', path, { body: configMap('a') })).status, 201);
    const words = 'is forbidden: exceeded quota: few, requested';
    assert.deepEqual(told(await cluster.request('POST', path, { body: configMap('b') })), [
      403,
      'Forbidden',
      `configmaps "b" ${words}: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2`,
    ]);
    const pod = (requests: JsonObject): JsonObject => ({ metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x', resources: { requests } }] } });
    const create = async (requests: JsonObject): Promise<string> =>
      stringAt((await cluster.request('POST', `/api/v1/namespaces/${namespace}/pods`, { body: pod(requests) })).body, 'message');
    assert.equal(await create({}), 'pods "p" is forbidden: failed quota: few: must specify requests.cpu for: c');
    assert.equal(await create({ cpu: '1500m' }), `pods "p" ${words}: requests.cpu=1500m, used: requests.cpu=0, limited: requests.cpu=1`);
  });

  it('say what is invalid, field by field', async () => {
    const { status, body } = await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, { body: { metadata: { name: 'web' }, spec: { replicas: -1 } } });
    assert.deepEqual([status, body['reason']], [422, 'Invalid']);
    const fields = mapsAt(body, 'details', 'causes').map((cause) => cause['field']);
    assert.ok(fields.includes('spec.replicas') && fields.includes('spec.selector'), JSON.stringify(fields));
  });
});

describeOnClusters('Lists', (cluster) => {
  let path = '';

  before(async () => {
    path = `/api/v1/namespaces/${await cluster.makeNamespace()}/configmaps`;
    for (const name of ['a', 'b', 'c', 'd']) {
      await cluster.request('POST', path, { body: { metadata: { name, labels: { name, tier: name < 'c' ? 'front' : 'back' } } } });
    }
  });

  const names = (body: JsonObject): readonly string[] =>
    mapsAt(body, 'items')
      .map((item) => stringAt(item, 'metadata', 'name'))
      .filter((name) => name !== 'kube-root-ca.crt');

  const selected: readonly (readonly [query: string, names: readonly string[]])[] = [
    ['labelSelector=tier=front', ['a', 'b']],
    ['labelSelector=tier!=front,name', ['c', 'd']],
    ['labelSelector=name in (a, d)', ['a', 'd']],
    ['labelSelector=name notin (a, d),tier', ['b', 'c']],
    ['labelSelector=!tier', []],
    ['fieldSelector=metadata.name=b', ['b']],
    ['fieldSelector=metadata.name!=b&labelSelector=tier', ['a', 'c', 'd']],
  ];
  for (const [query, expected] of selected) {
    it(`select by ${query}`, async () => {
      const { body } = await cluster.request('GET', `${path}?${encodeURI(query)}`);
      assert.deepEqual(names(body), expected);
    });
  }

  it('refuse selectors that they cannot read', async () => {
    assert.deepEqual(told(await cluster.request('GET', `${path}?labelSelector=a%20b`)), [
      400,
      'BadRequest',
      "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    ]);
    assert.deepEqual(told(await cluster.request('GET', `${path}?fieldSelector=data.a%3D1`)), [
      400,
      'BadRequest',
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ]);
  });

  it('come page by page, as of the first page', async () => {
    const first = await cluster.request('GET', `${path}?limit=2&labelSelector=tier`);
    assert.deepEqual(names(first.body), ['a', 'b']);
    await cluster.request('POST', path, { body: { metadata: { name: 'bb', labels: { tier: 'late' } } } });
    const token = stringAt(first.body, 'metadata', 'continue');
    const second = await cluster.request('GET', `${path}?limit=2&labelSelector=tier&continue=${encodeURIComponent(token)}`);
    assert.deepEqual(names(second.body), ['c', 'd']);
    await cluster.request('DELETE', `${path}/bb`);
  });

  it('leave the type of items of built-in kinds out', async () => {
    const { body } = await cluster.request('GET', `${path}?labelSelector=name=a`);
    assert.deepEqual([body['kind'], mapsAt(body, 'items')[0]?.['kind']], ['ConfigMapList', undefined]);
  });

  it('come as tables and as metadata', async () => {
    const table = await cluster.request('GET', `${path}?labelSelector=name=a`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' });
    assert.deepEqual(
      [
        table.body['kind'],
        mapsAt(table.body, 'columnDefinitions').map(({ name }) => name),
        mapsAt(table.body, 'rows').map(({ cells }) => (Array.isArray(cells) ? cells.slice(0, 2) : cells)),
      ],
      ['Table', ['Name', 'Data', 'Age'], [['a', 0]]],
    );
    const metadata = await cluster.request('GET', `${path}?labelSelector=name=a`, { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' });
    assert.deepEqual(
      [metadata.body['kind'], mapsAt(metadata.body, 'items').map((item) => Object.keys(item).sort())],
      ['PartialObjectMetadataList', [['apiVersion', 'kind', 'metadata']]],
    );
  });
});

describeOnClusters('Watches', (cluster) => {
  let path = '';

  beforeEach(async () => {
    path = `/api/v1/namespaces/${await cluster.makeNamespace()}/configmaps`;
  });

  const short = (events: readonly JsonObject[]): readonly string[] =>
    events
      .filter(({ type }) => type !== 'BOOKMARK')
      .map(({ type, object }) => `${typeof type === 'string' ? type : ''} ${isJsonObject(object) ? stringAt(object, 'metadata', 'name') : ''}`);

  it('go on from a version', async () => {
    const { body } = await cluster.request('POST', path, { body: { metadata: { name: 'a' } } });
    await cluster.request('PATCH', `${path}/a`, { body: { data: { a: '1' } }, contentType: 'application/merge-patch+json' });
    await cluster.request('DELETE', `${path}/a`);
    const events = await cluster.watch(`${path}?watch=1&resourceVersion=${stringAt(body, 'metadata', 'resourceVersion')}`, (all) => all.length >= 2);
    assert.deepEqual(short(events), ['MODIFIED a', 'DELETED a']);
  });

  it('tell what begins and ceases to match as added and deleted', async () => {
    const { body } = await cluster.request('POST', path, { body: { metadata: { name: 'a' } } });
    for (const labels of [{ on: 'yes' }, { on: null }]) {
      await cluster.request('PATCH', `${path}/a`, { body: { metadata: { labels } }, contentType: 'application/merge-patch+json' });
    }
    const events = await cluster.watch(`${path}?watch=1&labelSelector=on&resourceVersion=${stringAt(body, 'metadata', 'resourceVersion')}`, (all) => all.length >= 2);
    assert.deepEqual(short(events), ['ADDED a', 'DELETED a']);
  });

  it('begin with what there is, and tell where that ends', async () => {
    await cluster.request('POST', path, { body: { metadata: { name: 'a', labels: { mine: 'yes' } } } });
    const query = 'watch=1&labelSelector=mine&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=';
    const events = await cluster.watch(`${path}?${query}`, (all) => all.some(({ type }) => type === 'BOOKMARK'));
    assert.deepEqual(short(events), ['ADDED a']);
    const bookmark = events.at(-1);
    assert.equal(stringAt(bookmark, 'object', 'metadata', 'annotations', 'k8s.io/initial-events-end'), 'true');
  });

  it('end when their time is over', async () => {
    const begun = Date.now();
    await cluster.watch(`${path}?watch=1&timeoutSeconds=1`, () => false);
    assert.ok(Date.now() - begun < 25_000, 'the server did not end it');
  });
});
