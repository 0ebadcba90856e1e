import assert from 'node:assert/strict';
import { fieldsOfManager, lastOwner, ownersOf } from '../../../src/core/live/fieldOwners.js';
import { valueAt, valueAtElements } from '../../../src/core/live/fieldPath.js';
import { formatFields } from '../../../src/core/live/fieldSet.js';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject, ManagedFieldsEntry } from '../../../src/core/live/liveObject.js';

const object: LiveObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'web',
    finalizers: ['a', 'b'],
    managedFields: [
      entry('argocd-controller', 'Apply', '2026-01-01T00:00:00Z', {
        'f:metadata': { 'f:finalizers': { 'v:"a"': {} } },
        'f:spec': {
          'f:ports': { 'k:{"port":53,"protocol":"UDP"}': { '.': {}, 'f:port': {} }, 'k:{"port":53,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
          'f:selector': {},
        },
      }),
      entry('kubectl-edit', 'Update', '2026-01-02T00:00:00Z', { 'f:spec': { 'f:ports': { 'k:{"port":53,"protocol":"TCP"}': { 'f:name': {} } }, 'f:sessionAffinityConfig': {} } }),
    ],
  },
  spec: {
    ports: [
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP', name: 'dns' },
    ],
    selector: { app: 'web' },
  },
};

function entry(manager: string, operation: 'Apply' | 'Update', time: string, fieldsV1: JsonObject): ManagedFieldsEntry {
  return { manager, operation, apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1 };
}

const tcp = { key: 'port', value: '53', and: [{ key: 'protocol', value: 'TCP' }] };

describe('fieldOwners', () => {
  it('names the owners of a field, the last one first', () => {
    const owners = ownersOf(object, ['spec', 'ports', tcp, 'name']);
    assert.deepEqual(
      owners.map(({ manager }) => manager),
      ['kubectl-edit', 'argocd-controller'],
    );
    assert.deepEqual(lastOwner(object, ['spec', 'ports', 1, 'name']), { manager: 'kubectl-edit', operation: 'Update', subresource: '', time: '2026-01-02T00:00:00Z' });
  });

  it('finds an item by its index, by keys, and by its value', () => {
    assert.equal(lastOwner(object, ['spec', 'ports', 0])?.manager, 'argocd-controller');
    assert.equal(lastOwner(object, ['spec', 'ports', 0, 'name']), undefined);
    assert.equal(lastOwner(object, ['metadata', 'finalizers', 0])?.manager, 'argocd-controller');
    assert.equal(lastOwner(object, ['metadata', 'finalizers', { key: '', value: 'b' }]), undefined);
  });

  it('takes the owner of an atomic map for what is in it', () => {
    assert.equal(lastOwner(object, ['spec', 'selector', 'app'])?.manager, 'argocd-controller');
  });

  it('takes the owners of what is below a field that nobody owns', () => {
    assert.equal(lastOwner(object, ['spec', 'ports'])?.manager, 'kubectl-edit');
    assert.equal(lastOwner(object, ['spec', 'type']), undefined);
    assert.equal(lastOwner(object, []), undefined);
  });

  it('gives all that a manager owns', () => {
    assert.deepEqual(formatFields(fieldsOfManager(object, 'kubectl-edit')), object.metadata.managedFields?.[1]?.fieldsV1);
    assert.deepEqual(formatFields(fieldsOfManager(object, 'nobody')), {});
  });

  it('finds values by path', () => {
    assert.equal(valueAt(object, ['spec', 'ports', tcp, 'name']), 'dns');
    assert.equal(valueAt(object, ['metadata', 'finalizers', { key: '', value: 'b' }]), 'b');
    assert.equal(valueAt(object, ['spec', 'ports', 2]), undefined);
    assert.equal(valueAt(object, ['spec', 'toString']), undefined);
    assert.deepEqual(valueAtElements(object, ['f:spec', 'f:ports', 'k:{"port":53,"protocol":"UDP"}', 'f:protocol']), 'UDP');
  });
});
