import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { isApplied } from '../../../src/core/sync/isApplied.js';

/** A Service as kube-apiserver v1.34 has it after `apply` by `us`, cut to what matters. */
function live(changes: JsonObject = {}, labels: Readonly<Record<string, string>> = { part: 'x', theirs: 'y' }): LiveObject {
  const ports = {
    'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} },
    'k:{"port":53,"protocol":"UDP"}': { '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {} },
  };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      labels,
      managedFields: [
        {
          manager: 'us',
          operation: 'Apply',
          apiVersion: 'v1',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:metadata': { 'f:labels': { 'f:part': {} } }, 'f:spec': { 'f:selector': {}, 'f:ports': ports } },
        },
      ],
    },
    spec: {
      clusterIP: '10.0.0.1',
      selector: { app: 'web' },
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 80 },
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      ],
      ...changes,
    },
  };
}

function manifest(spec: JsonObject = {}): JsonObject {
  const ports = [
    { name: 'http', port: 80 },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop', labels: { part: 'x' } }, spec: { selector: { app: 'web' }, ports, ...spec } };
}

describe('a manifest is applied already', () => {
  it('where its manager owns exactly its fields, with its values, whatever others and defaults add', () => {
    assert.equal(isApplied(live(), manifest(), 'us'), true);
  });

  it('but not for another manager, or in another version', () => {
    assert.equal(isApplied(live(), manifest(), 'them'), false);
    assert.equal(isApplied(live(), { ...manifest(), apiVersion: 'v2' }, 'us'), false);
  });

  it('but not where a value differs, also deep in a list or in a map that is one value', () => {
    assert.equal(isApplied(live({ selector: { app: 'other' } }), manifest(), 'us'), false);
    assert.equal(
      isApplied(
        live(),
        manifest({
          ports: [
            { name: 'web', port: 80 },
            { name: 'dns', port: 53, protocol: 'UDP' },
          ],
        }),
        'us',
      ),
      false,
    );
    assert.equal(isApplied(live({}, { part: 'z' }), manifest(), 'us'), false);
  });

  it('but not where it has a field more or less than is owned', () => {
    assert.equal(isApplied(live(), manifest({ type: 'ClusterIP' }), 'us'), false);
    assert.equal(isApplied(live(), { ...manifest(), metadata: { name: 'web' } }, 'us'), false);
    assert.equal(isApplied(live(), manifest({ ports: [{ name: 'http', port: 80 }] }), 'us'), false);
  });

  it('but not where the items of a list stand in another order', () => {
    assert.equal(
      isApplied(
        live(),
        manifest({
          ports: [
            { name: 'dns', port: 53, protocol: 'UDP' },
            { name: 'http', port: 80 },
          ],
        }),
        'us',
      ),
      false,
    );
  });
});
