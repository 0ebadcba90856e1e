/** The objects of the sandbox without HTTP: what controllers within it use. */
import assert from 'node:assert/strict';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { ApiError } from '../../../src/sandbox/api/apiError.js';
import { ObjectApi } from '../../../src/sandbox/api/objectApi.js';
import type { StoreEvent } from '../../../src/sandbox/api/store.js';
import { SteppedClock } from '../../../src/sandbox/clock.js';
import { loadSandboxKinds } from '../../support/sandboxKinds.js';

const kinds = loadSandboxKinds();

function makeApi(): ObjectApi {
  return new ObjectApi({ kinds, clock: new SteppedClock(Date.UTC(2026, 0, 1)) });
}

function configMap(name: string, metadata: Partial<LiveObject['metadata']> = {}): LiveObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata }, data: { a: '1' } };
}

const idOf = (name: string, kind = 'ConfigMap') => ({ group: '', kind, namespace: 'default', name });

/** The refusal of what is run. */
function refusalOf(run: () => unknown): ApiError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ApiError);
    return error;
  }
  assert.fail('nothing was refused');
}

describe('the objects of the sandbox', () => {
  it('stores what is created, with its system fields and its manager', () => {
    const created = makeApi().create(configMap('a'), 'tester');
    const { uid, resourceVersion, creationTimestamp, managedFields } = created.metadata;
    assert.match(uid ?? '', /^[0-9a-f-]{36}$/);
    assert.match(resourceVersion ?? '', /^\d+$/);
    assert.equal(creationTimestamp, '2026-01-01T00:00:00Z');
    assert.deepEqual(
      managedFields?.map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 })),
      [{ manager: 'tester', operation: 'Update', fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } } }],
    );
  });

  it('has namespaces from the start, each with its service account and certificate', () => {
    const api = makeApi();
    assert.deepEqual(
      api.list('', 'Namespace').map(({ metadata }) => metadata.name),
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'],
    );
    assert.ok(api.get(idOf('default', 'ServiceAccount')));
    assert.ok(api.get(idOf('kube-root-ca.crt')));
  });

  it('refuses in the words of a real server', () => {
    const api = makeApi();
    api.create(configMap('a'), 'tester');
    assert.equal(refusalOf(() => api.create(configMap('a'), 'tester')).message, 'configmaps "a" already exists');
    assert.equal(refusalOf(() => api.create(configMap('a', { namespace: 'none' }), 'tester')).message, 'namespaces "none" not found');
    assert.equal(refusalOf(() => api.delete(idOf('b'))).message, 'configmaps "b" not found');
  });

  it('tells of writes in order, after they are done', () => {
    const api = makeApi();
    const told: string[] = [];
    const onEvent = ({ type, object }: StoreEvent): void => {
      told.push(`${type} ${object.metadata.name}`);
      if (type === 'ADDED' && object.metadata.name === 'a') api.create(configMap('b'), 'tester');
    };
    api.subscribe(onEvent);
    api.create(configMap('a'), 'tester');
    api.delete(idOf('a'));
    assert.deepEqual(told, ['ADDED a', 'ADDED b', 'DELETED a']);
  });

  it('writes nothing where a patch changes nothing', () => {
    const api = makeApi();
    const created = api.create(configMap('a'), 'tester');
    const patched = api.patch(idOf('a'), { data: { a: '1' } }, { manager: 'other' });
    assert.equal(patched.metadata.resourceVersion, created.metadata.resourceVersion);
  });

  it('keeps an object with finalizers until they are gone', () => {
    const api = makeApi();
    api.create(configMap('a', { finalizers: ['example.com/hold'] }), 'tester');
    api.delete(idOf('a'));
    assert.equal(api.get(idOf('a'))?.metadata.deletionTimestamp, '2026-01-01T00:00:00Z');
    api.patch(idOf('a'), { metadata: { finalizers: null } }, { manager: 'tester' });
    assert.equal(api.get(idOf('a')), undefined);
  });

  for (const propagation of ['Background', 'Foreground'] as const) {
    it(`deletes dependents with their owner (${propagation})`, () => {
      const api = makeApi();
      const owner = api.create(configMap('owner'), 'tester');
      api.create(
        configMap('child', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '', blockOwnerDeletion: true }] }),
        'tester',
      );
      api.delete(idOf('owner'), propagation);
      assert.deepEqual([api.get(idOf('owner')), api.get(idOf('child'))], [undefined, undefined]);
    });
  }

  it('lets go of dependents that are to be kept', () => {
    const api = makeApi();
    const owner = api.create(configMap('owner'), 'tester');
    api.create(configMap('child', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '' }] }), 'tester');
    api.delete(idOf('owner'), 'Orphan');
    assert.equal(api.get(idOf('owner')), undefined);
    assert.deepEqual(api.get(idOf('child'))?.metadata.ownerReferences, undefined);
  });

  it('deletes what names an owner that there never was', () => {
    const api = makeApi();
    api.create(configMap('child', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'none' }] }), 'tester');
    assert.equal(api.get(idOf('child')), undefined);
  });

  it('empties a namespace before it goes', () => {
    const api = makeApi();
    api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, 'tester');
    api.create(configMap('held', { namespace: 'shop', finalizers: ['example.com/hold'] }), 'tester');
    api.create(configMap('free', { namespace: 'shop' }), 'tester');
    api.delete({ group: '', kind: 'Namespace', namespace: '', name: 'shop' });
    assert.deepEqual(
      api.list('', 'ConfigMap', 'shop').map(({ metadata }) => metadata.name),
      ['held'],
    );
    const refusal = refusalOf(() => api.create(configMap('late', { namespace: 'shop' }), 'tester'));
    assert.equal(refusal.message, 'configmaps "late" is forbidden: unable to create new content in namespace shop because it is being terminated');
    api.patch({ ...idOf('held'), namespace: 'shop' }, { metadata: { finalizers: null } }, { manager: 'tester' });
    assert.equal(api.get({ group: '', kind: 'Namespace', namespace: '', name: 'shop' }), undefined);
  });

  it('gives a pod on a node its time to end; the second deletion is the last', () => {
    const api = makeApi();
    api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'x' }] } }, 'tester');
    api.patch(idOf('p', 'Pod'), { spec: { nodeName: 'n' } }, { manager: 'scheduler', subresource: 'binding' });
    api.delete(idOf('p', 'Pod'));
    assert.equal(api.get(idOf('p', 'Pod'))?.metadata.deletionTimestamp, '2026-01-01T00:00:30Z');
    api.delete(idOf('p', 'Pod'));
    assert.equal(api.get(idOf('p', 'Pod')), undefined);
  });

  it('counts the generation up where what is wanted changes, and not with the status', () => {
    const api = makeApi();
    const id = { group: 'apps', kind: 'Deployment', namespace: 'default', name: 'd' };
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } };
    api.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'default' }, spec: { selector: { matchLabels: { a: 'b' } }, template } }, 'tester');
    api.patch(id, { status: { replicas: 1 }, spec: { replicas: 9 } }, { manager: 'controller', subresource: 'status' });
    assert.equal(api.get(id)?.metadata.generation, 1);
    assert.equal(api.patch(id, { spec: { replicas: 2 } }, { manager: 'tester' }).metadata.generation, 2);
  });
});
