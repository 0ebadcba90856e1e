import assert from 'node:assert/strict';
import { resetFieldsOf } from '../../../src/core/apply/resetFields.js';
import { settleTimes, withManagedFields } from '../../../src/core/apply/trackUpdate.js';
import { fieldsOfValue, reconcileFields, withNamedFields } from '../../../src/core/apply/typedFields.js';
import { formatFields, parseFields, type FieldSet } from '../../../src/core/live/fieldSet.js';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject, ManagedFieldsEntry } from '../../../src/core/live/liveObject.js';
import { anything } from '../../../src/core/objects/objectType.js';
import { recordedKind } from '../../support/apply/recordings.js';

const widget = recordedKind('apply.example/v1', 'Widget')?.type ?? anything;
const pod = recordedKind('v1', 'Pod')?.type ?? anything;

function read(fields: JsonObject): FieldSet {
  const set = parseFields(fields);
  assert.ok(set);
  return set;
}

describe('the fields of a value', () => {
  it('are its leaves, keys and items, and what is merged as a whole', () => {
    const value = {
      spec: { labels: { a: '1' }, byName: [{ name: 'x', tags: ['t'] }], args: ['a'], choice: { a: '1' }, parts: {}, texts: [], nested: { p: null }, anything: { b: { c: 1 } } },
    };
    assert.deepEqual(formatFields(fieldsOfValue(value, widget)), {
      'f:spec': {
        'f:anything': { 'f:b': { '.': {}, 'f:c': {} } },
        'f:args': {},
        'f:byName': { 'k:{"name":"x"}': { '.': {}, 'f:name': {}, 'f:tags': { 'v:"t"': {} } } },
        'f:choice': {},
        'f:labels': { 'f:a': {} },
        'f:nested': { 'f:p': {} },
        'f:parts': {},
      },
    });
  });

  it('name an item that leaves a key out by its default', () => {
    const value = { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] } };
    assert.deepEqual(formatFields(fieldsOfValue(value, pod)), {
      'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } } } } },
    });
  });

  it('become one where the type has come to merge it as a whole', () => {
    const set = read({
      'f:spec': {
        'f:choice': { 'f:a': {}, 'f:b': {} },
        'f:args': { 'v:"a"': {} },
        'f:labels': { 'f:a': {} },
        'f:gone': { 'f:x': {} },
        'f:byName': { 'k:{"name":"x"}': { '.': {}, 'f:tags': { 'v:"t"': {} } } },
      },
    });
    assert.deepEqual(formatFields(reconcileFields(set, widget)), {
      'f:spec': { 'f:args': {}, 'f:byName': { 'k:{"name":"x"}': { '.': {}, 'f:tags': { 'v:"t"': {} } } }, 'f:choice': {}, 'f:gone': { 'f:x': {} }, 'f:labels': { 'f:a': {} } },
    });
    const settled = read({ 'f:spec': { 'f:choice': {}, 'f:labels': { 'f:a': {} } } });
    assert.equal(reconcileFields(settled, widget), settled);
  });

  it('take in the named fields that they stand in, not the keys of maps', () => {
    const set = read({ 'f:spec': { 'f:parts': { 'f:a': { 'f:x': {} } } } });
    assert.deepEqual(formatFields(withNamedFields(set, widget)), { 'f:spec': { '.': {}, 'f:parts': { '.': {}, 'f:a': { 'f:x': {} } } } });
  });
});

describe('the fields that an endpoint does not take', () => {
  it('are the status for the object, and the rest for the status', () => {
    const endpoint = { group: 'apps', kind: 'Deployment', subresource: '', hasStatus: true };
    assert.deepEqual(formatFields(resetFieldsOf(endpoint)), { 'f:status': {} });
    assert.deepEqual(formatFields(resetFieldsOf({ ...endpoint, subresource: 'status' })), { 'f:metadata': { 'f:labels': {} }, 'f:spec': {} });
    assert.deepEqual(formatFields(resetFieldsOf({ ...endpoint, subresource: 'scale' })), {});
    assert.deepEqual(formatFields(resetFieldsOf({ group: 'a.example', kind: 'A', subresource: '', hasStatus: false })), {});
  });
});

describe('settleTimes', () => {
  const entry = (time: string, fieldsV1: JsonObject = { 'f:data': {} }): ManagedFieldsEntry => ({
    manager: 'm',
    operation: 'Apply',
    apiVersion: 'v1',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
  });
  const before: LiveObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', managedFields: [entry('2026-01-01T00:00:00Z')] }, data: { a: '1' } };

  it('keeps the times where nothing else changed', () => {
    assert.deepEqual(settleTimes(before, withManagedFields(before, [entry('2026-02-02T00:00:00Z')])), before);
  });

  it('takes the new ones with any change', () => {
    const other = withManagedFields({ ...before, data: { a: '2' } }, [entry('2026-02-02T00:00:00Z')]);
    const moreOwned = withManagedFields(before, [entry('2026-02-02T00:00:00Z', { 'f:data': {}, 'f:x': {} })]);
    for (const after of [other, moreOwned]) assert.equal(settleTimes(before, after), after);
    assert.equal(settleTimes(undefined, before), before);
  });
});
