/** What the recordings don't reach: every operation, errors in their words, directives one by one. */
import assert from 'node:assert/strict';
import { applyJsonPatch } from '../../../src/core/apply/jsonPatch.js';
import { applyMergePatch } from '../../../src/core/apply/mergePatch.js';
import type { PatchResult } from '../../../src/core/apply/patching.js';
import { applyStrategicMergePatch } from '../../../src/core/apply/strategicMerge.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/live/json.js';
import { anything } from '../../../src/core/objects/objectType.js';
import { frozen, recordedKind } from '../../support/apply/recordings.js';

const document: JsonObject = frozen({ a: { b: [1, 2, 3], 'x/y': 1, '~': 2 }, n: null, t: 'text' });

function patched(result: PatchResult): JsonObject {
  assert.ok(result.kind === 'patched', JSON.stringify(result));
  return result.object;
}

function detailOf(result: PatchResult): string {
  assert.ok(result.kind === 'refused', JSON.stringify(result));
  return result.detail;
}

describe('applyJsonPatch', () => {
  const check = (operations: readonly JsonObject[], expected: JsonValue): void => assert.deepEqual(patched(applyJsonPatch(document, frozen([...operations]))), expected);
  const refuse = (operation: JsonObject, detail: string): void => assert.equal(detailOf(applyJsonPatch(document, [operation])), detail);
  const withB = (b: readonly JsonValue[]): JsonValue => ({ ...document, a: { b, 'x/y': 1, '~': 2 } });

  it('adds into lists: in front of an index, at the end, counted from the end', () => {
    check([{ op: 'add', path: '/a/b/1', value: 9 }], withB([1, 9, 2, 3]));
    check([{ op: 'add', path: '/a/b/-', value: 9 }], withB([1, 2, 3, 9]));
    check([{ op: 'add', path: '/a/b/3', value: 9 }], withB([1, 2, 3, 9]));
    check([{ op: 'add', path: '/a/b/-1', value: 9 }], withB([1, 2, 3, 9]));
    refuse({ op: 'add', path: '/a/b/4', value: 9 }, "error in add for path: '/a/b/4': Unable to access invalid index: 4: invalid index referenced");
    refuse({ op: 'add', path: '/a/b/x', value: 9 }, `error in add for path: '/a/b/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`);
  });

  it('adds into maps, with escaped names, and nothing where the way is missing', () => {
    check([{ op: 'add', path: '/a/x~1y', value: 9 }], { ...document, a: { b: [1, 2, 3], 'x/y': 9, '~': 2 } });
    check([{ op: 'add', path: '/a/~0', value: 9 }], { ...document, a: { b: [1, 2, 3], 'x/y': 1, '~': 9 } });
    check([{ op: 'add', path: '/new', value: null }], { ...document, new: null });
    refuse({ op: 'add', path: '/z/q', value: 9 }, 'add operation does not apply: doc is missing path: "/z/q": missing value');
    refuse({ op: 'add', path: '/n/q', value: 9 }, 'add operation does not apply: doc is missing path: "/n/q": missing value');
    refuse({ op: 'add', path: '/t/q', value: 9 }, 'add operation does not apply: doc is missing path: "/t/q": missing value');
    refuse({ op: 'add', value: 9 }, 'add operation failed to decode path: missing value');
  });

  it('removes what is there', () => {
    check([{ op: 'remove', path: '/a/b/0' }], withB([2, 3]));
    check([{ op: 'remove', path: '/a/b/-1' }], withB([1, 2]));
    refuse({ op: 'remove', path: '/q' }, "error in remove for path: '/q': Unable to remove nonexistent key: q: missing value");
    refuse({ op: 'remove', path: '/a/b/3' }, "error in remove for path: '/a/b/3': Unable to access invalid index: 3: invalid index referenced");
  });

  it('replaces in a map also what is missing, in a list only what is there', () => {
    check([{ op: 'replace', path: '/q', value: 9 }], { ...document, q: 9 });
    check([{ op: 'replace', path: '/a/b/2', value: 9 }], withB([1, 2, 9]));
    check([{ op: 'replace', path: '', value: { z: 1 } }], { z: 1 });
    refuse({ op: 'replace', path: '/a/b/3', value: 9 }, 'replace operation does not apply: doc is missing key: /a/b/3: missing value');
  });

  it('moves and copies', () => {
    check([{ op: 'move', from: '/a/b/0', path: '/a/b/-' }], withB([2, 3, 1]));
    check([{ op: 'copy', from: '/a/b', path: '/c' }], { ...document, c: [1, 2, 3] });
    check([{ op: 'copy', from: '/q', path: '/c' }], { ...document, c: null });
    refuse({ op: 'move', from: '/q', path: '/c' }, "error in move for path: 'q': Unable to remove nonexistent key: q: missing value");
    refuse({ op: 'copy', path: '/c' }, 'copy operation failed to decode from: operation, missing from field: missing value');
  });

  it('tests values, with null for what is missing', () => {
    check([{ op: 'test', path: '/a/b', value: [1, 2, 3] }], document);
    check([{ op: 'test', path: '/q', value: null }], document);
    refuse({ op: 'test', path: '/t', value: 'other' }, 'testing value /t failed: test failed');
    refuse({ op: 'test', path: '/q', value: 1 }, 'testing value /q failed: test failed');
  });

  it('applies all operations or none', () => {
    assert.equal(
      applyJsonPatch(document, [
        { op: 'add', path: '/c', value: 1 },
        { op: 'test', path: '/t', value: 'other' },
      ]).kind,
      'refused',
    );
    refuse({ op: 'increment', path: '/c' }, 'Unexpected kind: increment');
    const tooMany = applyJsonPatch(
      document,
      Array.from({ length: 10001 }, () => ({ op: 'test', path: '/q', value: null })),
    );
    assert.deepEqual(tooMany, refusal(413, 'The allowed maximum operations in a JSON patch is 10000, got 10001'));
  });
});

function refusal(code: number, message: string): unknown {
  return { kind: 'refused', code, message, detail: message };
}

describe('applyMergePatch', () => {
  it('is as RFC 7386 has it in its examples', () => {
    const examples: readonly (readonly [JsonObject, JsonObject, JsonObject])[] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b' }, { a: null }, {}],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [target, patch, expected] of examples) assert.deepEqual(patched(applyMergePatch(frozen(target), frozen(patch))), expected);
  });

  it('gives the object itself where nothing changes, and refuses what is no map', () => {
    assert.equal(patched(applyMergePatch(document, { t: 'text', q: null, a: {} })), document);
    assert.deepEqual(applyMergePatch(document, [1]), refusal(400, 'Invalid JSON Patch'));
  });
});

describe('applyStrategicMergePatch', () => {
  const type = recordedKind('v1', 'Pod')?.type ?? anything;
  const pod = (spec: JsonObject): JsonObject => frozen({ apiVersion: 'v1', kind: 'Pod', spec });
  const containers = pod({
    containers: [{ name: 'a', image: '1', args: ['x'] }, { name: 'b', image: '1' }, { name: 'c' }],
    nodeSelector: { x: '1' },
    volumes: [{ name: 'v', emptyDir: {} }],
  });
  const patchSpec = (spec: JsonObject): JsonValue | undefined => {
    const { spec: result } = patched(applyStrategicMergePatch(containers, frozen({ spec }), type));
    return result;
  };
  const namesAfter = (spec: JsonObject): JsonValue => {
    const result = patchSpec(spec);
    const list = isJsonObject(result) && Array.isArray(result.containers) ? result.containers : [];
    return list.map((item: JsonValue) => (isJsonObject(item) ? (item.name ?? null) : null));
  };

  it('merges lists by their key, new items in front of those that stood behind', () => {
    assert.deepEqual(namesAfter({ containers: [{ name: 'b', image: '2' }] }), ['a', 'b', 'c']);
    assert.deepEqual(namesAfter({ containers: [{ name: 'n' }, { name: 'b' }] }), ['n', 'a', 'b', 'c']);
    assert.deepEqual(namesAfter({ containers: [{ name: 'c' }, { name: 'a' }] }), ['b', 'c', 'a']);
  });

  it('deletes, replaces and orders as directives say', () => {
    assert.deepEqual(namesAfter({ containers: [{ name: 'b', $patch: 'delete' }] }), ['a', 'c']);
    assert.deepEqual(namesAfter({ containers: [{ name: 'z' }, { $patch: 'replace' }] }), ['z']);
    assert.deepEqual(namesAfter({ '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }] }), ['b', 'c', 'a']);
    assert.deepEqual(patchSpec({ $patch: 'replace', nodeSelector: { y: '1' } }), { nodeSelector: { y: '1' } });
    assert.deepEqual(patchSpec({ $patch: 'delete' }), {});
  });

  it('keeps of a volume only what is said to be retained', () => {
    const result = patchSpec({ volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] });
    assert.deepEqual(isJsonObject(result) && result.volumes, [{ name: 'v', configMap: { name: 'c' } }]);
    const refused = applyStrategicMergePatch(containers, { spec: { volumes: [{ name: 'v', $retainKeys: ['name'], configMap: {} }] } }, type);
    assert.deepEqual(refused, refusal(400, 'invalid patch format of retainKeys'));
  });

  it('merges plain lists without repeating, deletes from them, and replaces lists of the other kind', () => {
    const object = frozen({ apiVersion: 'v1', kind: 'Pod', metadata: { finalizers: ['a', 'b'] }, spec: { tolerations: [{ key: 'a' }] } });
    const after = patched(applyStrategicMergePatch(object, { metadata: { finalizers: ['b', 'c'] }, spec: { tolerations: [] } }, type));
    assert.deepEqual([after.metadata, after.spec], [{ finalizers: ['a', 'b', 'c'] }, { tolerations: [] }]);
    assert.deepEqual(patched(applyStrategicMergePatch(object, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }, type)).metadata, { finalizers: ['b'] });
  });

  it('says what is wrong in the words of the server', () => {
    const refuse = (spec: JsonObject): string => detailOf(applyStrategicMergePatch(containers, { spec }, type));
    assert.equal(refuse({ containers: [{ image: 'x' }] }), 'map: map[image:x] does not contain declared merge key: name');
    assert.equal(refuse({ nodeSelector: { $patch: 'nothing' } }), 'unknown patch type: nothing in map: map[$patch:nothing]');
    assert.equal(refuse({ containers: [{ name: 'a', $patch: 'merge' }] }), 'merging lists cannot yet be specified in the patch');
    assert.equal(refuse({ containers: ['a'] }), 'list element types are not identical: [[map[args:[x] image:1 name:a] map[image:1 name:b] map[name:c]] [a]]');
  });
});
