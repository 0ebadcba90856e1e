import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/live/json.js';
import { manifestOf, manifestText } from '../../../src/core/live/manifestJson.js';
import { keepLive, leaveFields } from '../../../src/core/live/editFields.js';
import { markManifest } from '../../../src/core/sync/manifest.js';
import { renderManifests } from '../../support/renderManifests.js';

function manifest(text: string): JsonObject {
  const [object] = renderManifests(text);
  assert.ok(object);
  return manifestOf(object);
}

describe('a manifest', () => {
  it('keeps the digits of whole numbers that a double cannot hold', () => {
    const sent = manifestText(manifest('apiVersion: example.com/v1\nkind: Big\nmetadata: {name: a}\nspec: {id: 9007199254740993, list: [-9223372036854775808], small: 5}\n'));
    assert.equal(sent, '{"apiVersion":"example.com/v1","kind":"Big","metadata":{"name":"a"},"spec":{"id":9007199254740993,"list":[-9223372036854775808],"small":5}}');
  });

  it('is sent as data where nothing gets lost', () => {
    const object = manifest('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "1"}\n');
    assert.equal(manifestText(object), object);
  });

  it('of a Secret has its texts in data, where the server notes who owns them', () => {
    const object = manifest('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: eA==, b: eQ==}\nstringData: {b: Ünder, c: "", d: abcd}\n');
    assert.deepEqual(object['data'], { a: 'eA==', b: 'w5xuZGVy', c: '', d: 'YWJjZA==' });
    assert.equal('stringData' in object, false);
  });

  it('gets marks, a name, and a namespace where it has none', () => {
    const marks = { labels: { part: 'x' }, annotations: {} };
    const marked = markManifest(manifest('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {own: y}}\n'), marks, { name: 'a', namespace: 'shop' });
    assert.deepEqual(marked['metadata'], { name: 'a', namespace: 'shop', labels: { own: 'y', part: 'x' } });
    const placed = markManifest(manifest('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: own}\n'), marks, { name: 'a', namespace: 'own' });
    assert.deepEqual(placed['metadata'], { name: 'a', namespace: 'own', labels: { part: 'x' } });
  });

  it('leaves fields to others: one of an item, and a list that is one value as a whole', () => {
    const object: JsonObject = { spec: { replicas: 3, args: ['a', 'b'], containers: [{ name: 'web', image: 'a', tty: true }, { name: 'log' }] } };
    assert.deepEqual(
      leaveFields(object, [
        ['spec', 'replicas'],
        ['spec', 'args', 1],
        ['spec', 'containers', { key: 'name', value: 'web' }, 'image'],
      ]),
      {
        spec: { containers: [{ name: 'web', tty: true }, { name: 'log' }] },
      },
    );
    assert.equal(leaveFields(object, [['spec', 'nothing', 'here']]), object);
  });

  it('keeps what is live in fields that are ignored', () => {
    const live = { apiVersion: 'v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 5 } };
    assert.deepEqual(
      keepLive(
        { spec: { replicas: 3, paused: true } },
        [
          ['spec', 'replicas'],
          ['spec', 'paused'],
        ],
        live,
      ),
      { spec: { replicas: 5 } },
    );
  });
});
