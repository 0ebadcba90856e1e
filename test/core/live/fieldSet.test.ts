import assert from 'node:assert/strict';
import { formatElementPath } from '../../../src/core/live/fieldElement.js';
import {
  countFields,
  elementPathsOf,
  equalFields,
  fieldsOf,
  formatFields,
  hasField,
  intersectFields,
  leavesOf,
  noFields,
  parseFields,
  pathsOf,
  subtractFields,
  subtractTrees,
  uniteFields,
  type FieldSet,
} from '../../../src/core/live/fieldSet.js';
import type { JsonObject } from '../../../src/core/live/json.js';

/** As a real API server wrote it for a Deployment. */
const written: JsonObject = {
  'f:metadata': { 'f:annotations': { '.': {}, 'f:a/b': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:selector': {},
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:image': {},
            'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} }, 'k:{"containerPort":443,"protocol":"TCP"}': {} },
          },
        },
        'f:finalizers': { 'v:"a\\u003cb"': {}, 'v:"z"': {} },
      },
    },
  },
};

function read(fields: JsonObject): FieldSet {
  const set = parseFields(fields);
  assert.ok(set);
  return set;
}

describe('fieldSet', () => {
  it('writes what it read', () => {
    assert.deepEqual(formatFields(read(written)), written);
  });

  it('writes fields before keys, values and indexes, and numbers by their value', () => {
    const set = read({ 'i:2': {}, 'i:10': {}, 'v:true': {}, 'v:"b"': {}, 'v:10': {}, 'v:9': {}, 'k:{"n":10}': {}, 'k:{"n":9}': {}, 'f:b': {}, 'f:a': {} });
    assert.deepEqual(Object.keys(formatFields(set)), ['f:a', 'f:b', 'k:{"n":9}', 'k:{"n":10}', 'v:9', 'v:10', 'v:"b"', 'v:true', 'i:2', 'i:10']);
  });

  it('knows keys by their value, however they are written', () => {
    const set = read({ 'k:{ "protocol": "TCP", "port": 1.0 }': {} });
    assert.deepEqual(Object.keys(formatFields(set)), ['k:{"port":1,"protocol":"TCP"}']);
  });

  it('leaves out elements of a kind that it does not know, and refuses what is none', () => {
    assert.deepEqual(formatFields(read({ 'f:a': { 'x:new': {} }, 'y:b': { 'f:c': {} } })), { 'f:a': {} });
    assert.equal(parseFields({ 'k:{': {} }), undefined);
    assert.equal(parseFields({ a: {} }), undefined);
    assert.equal(parseFields({ 'i:x': {} }), undefined);
  });

  it('tells paths in the words of the server and for people', () => {
    const set = read({ 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} }, 'v:"x"': {}, 'i:3': {} }, 'f:b': {} });
    assert.deepEqual(elementPathsOf(set).map(formatElementPath), ['.b', '.ports[="x"]', '.ports[3]', '.ports[port=80,protocol="TCP"].name']);
    assert.deepEqual(pathsOf(set), [
      ['b'],
      ['ports', { key: '', value: 'x' }],
      ['ports', 3],
      ['ports', { key: 'port', value: '80', and: [{ key: 'protocol', value: 'TCP' }] }, 'name'],
    ]);
  });

  it('has a field only where it is in the set itself', () => {
    const set = read(written);
    assert.ok(hasField(set, ['f:spec', 'f:replicas']));
    assert.ok(!hasField(set, ['f:spec']));
    assert.ok(hasField(set, ['f:metadata', 'f:annotations']));
    assert.ok(!hasField(set, []));
  });

  it('subtracts fields, or fields with all below them', () => {
    const set = read({ 'f:a': { '.': {}, 'f:b': {}, 'f:c': {} }, 'f:d': {} });
    assert.deepEqual(formatFields(subtractFields(set, read({ 'f:a': {} }))), { 'f:a': { 'f:b': {}, 'f:c': {} }, 'f:d': {} });
    assert.deepEqual(formatFields(subtractTrees(set, read({ 'f:a': {} }))), { 'f:d': {} });
    assert.equal(subtractFields(set, read({ 'f:x': {} })), set);
  });

  it('finds leaves', () => {
    assert.deepEqual(formatFields(leavesOf(read({ 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} }))), { 'f:a': { 'f:b': {} }, 'f:c': {} });
  });

  it('keeps the laws of sets on random ones', () => {
    const random = makeRandom(7);
    for (let round = 0; round < 500; round++) {
      const [a, b] = [randomSet(random), randomSet(random)];
      const [inA, inB] = [pathTexts(a), pathTexts(b)];
      assert.deepEqual(pathTexts(uniteFields(a, b)), [...new Set([...inA, ...inB])].sort());
      const intersected = intersectFields(a, b);
      assert.deepEqual(
        pathTexts(intersected),
        inA.filter((each) => inB.includes(each)),
      );
      const subtracted = subtractFields(a, b);
      assert.deepEqual(
        pathTexts(subtracted),
        inA.filter((each) => !inB.includes(each)),
      );
      assert.deepEqual(
        pathTexts(subtractTrees(a, b)),
        inA.filter((each) => !inB.some((other) => each === other || each.startsWith(`${other}/`))),
      );
      assert.ok(equalFields(uniteFields(subtracted, intersected), a));
      assert.equal(countFields(a), inA.length);
      assert.ok(equalFields(read(formatFields(a)), a));
    }
  });
});

function pathTexts(set: FieldSet): string[] {
  return elementPathsOf(set)
    .map((path) => path.join('/'))
    .sort();
}

function randomSet(random: () => number): FieldSet {
  const paths = Array.from({ length: Math.floor(random() * 8) }, () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => `f:${'abc'[Math.floor(random() * 3)] ?? ''}`));
  return paths.length === 0 ? noFields : fieldsOf(paths);
}

function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}
