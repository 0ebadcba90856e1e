import assert from 'node:assert/strict';
import { predictApply } from '../../../src/core/apply/predictApply.js';
import { lastAppliedAnnotation } from '../../../src/core/apply/lastApplied.js';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject, ManagedFieldsEntry } from '../../../src/core/live/liveObject.js';
import { anything } from '../../../src/core/objects/objectType.js';
import { recordedKind } from '../../support/apply/recordings.js';

const type = recordedKind('v1', 'ConfigMap')?.type ?? anything;

function configMap(data: JsonObject, metadata: Partial<LiveObject['metadata']> = {}): LiveObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, data };
}

function entry(manager: string, operation: 'Apply' | 'Update', fieldsV1: JsonObject): ManagedFieldsEntry {
  return { manager, operation, apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1 };
}

describe('predictApply', () => {
  it('removes what the manager applied before, and leaves what others set', () => {
    const managedFields = [entry('deployer', 'Apply', { 'f:data': { 'f:old': {}, 'f:kept': {} } }), entry('edit', 'Update', { 'f:data': { 'f:foreign': {} } })];
    const live = configMap({ old: '1', kept: '1', foreign: '1' }, { managedFields });
    const result = predictApply({ desired: configMap({ kept: '2' }), live, manager: 'deployer', type });
    assert.deepEqual(result, { kind: 'predicted', object: configMap({ kept: '2', foreign: '1' }, { managedFields }), base: 'managed-fields' });
  });

  it('takes the annotation where the manager has not applied server-side', () => {
    const annotations = { [lastAppliedAnnotation]: JSON.stringify(configMap({ old: '1', kept: '1' })) };
    const live = configMap({ old: '1', kept: '1', foreign: '1' }, { annotations, managedFields: [entry('deployer', 'Update', { 'f:data': { 'f:old': {}, 'f:kept': {} } })] });
    const result = predictApply({ desired: configMap({ kept: '2' }), live, manager: 'deployer', type });
    assert.ok(result.kind === 'predicted');
    assert.deepEqual([result.base, result.object.data], ['last-applied', { kept: '2', foreign: '1' }]);
  });

  it('removes nothing where neither tells what was applied', () => {
    const result = predictApply({ desired: configMap({ kept: '2' }), live: configMap({ old: '1', kept: '1' }), manager: 'deployer', type });
    assert.deepEqual(result, { kind: 'predicted', object: configMap({ old: '1', kept: '2' }), base: 'nothing' });
  });

  it('gives the live object itself where nothing changes, with or without managed fields', () => {
    const managed = configMap({ a: '1' }, { managedFields: [entry('deployer', 'Apply', { 'f:data': { 'f:a': {} } })] });
    for (const live of [managed, configMap({ a: '1', b: '2' })]) {
      const result = predictApply({ desired: configMap({ a: '1' }), live, manager: 'deployer', type });
      assert.ok(result.kind === 'predicted');
      assert.deepEqual(result.object, live);
    }
  });

  it('leaves no null behind, and keeps those that are there', () => {
    const live: LiveObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', managedFields: [entry('deployer', 'Apply', { 'f:spec': { 'f:free': { 'f:a': {} } } })] },
      spec: { free: { a: '1' }, none: null },
    };
    const result = predictApply({ desired: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, spec: { b: null } }, live, manager: 'deployer', type: anything });
    assert.ok(result.kind === 'predicted');
    assert.deepEqual(result.object.spec, { none: null });
  });

  it('takes what the server itself would drop for nothing, and keeps what only it sets', () => {
    const service: LiveObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { ports: [{ port: 80, protocol: 'TCP' }] },
    };
    const desired = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', creationTimestamp: null, labels: {} },
      spec: { ports: [{ port: 80, name: '', nodePort: 0 }], publishNotReadyAddresses: false, externalIPs: [] },
    };
    const result = predictApply({ desired, live: service, manager: 'deployer', type: recordedKind('v1', 'Service')?.type ?? anything });
    assert.ok(result.kind === 'predicted');
    assert.equal(result.object, service);
  });

  it('keeps a false that the server keeps', () => {
    const account: LiveObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' } };
    const result = predictApply({
      desired: { ...account, automountServiceAccountToken: false },
      live: account,
      manager: 'deployer',
      type: recordedKind('v1', 'ServiceAccount')?.type ?? anything,
    });
    assert.ok(result.kind === 'predicted');
    assert.equal(result.object.automountServiceAccountToken, false);
  });

  it('says why an object cannot be applied', () => {
    const result = predictApply({ desired: { ...configMap({}), unknown: 1 }, live: undefined, manager: 'deployer', type });
    assert.deepEqual(result, { kind: 'invalid', message: 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .unknown: field not declared in schema' });
  });

  it('is the declared object where there is none', () => {
    assert.deepEqual(predictApply({ desired: configMap({ a: '1' }), live: undefined, manager: 'deployer', type }), {
      kind: 'predicted',
      object: configMap({ a: '1' }),
      base: 'nothing',
    });
  });
});
