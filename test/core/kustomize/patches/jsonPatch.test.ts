import assert from 'node:assert/strict';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { applyJsonPatch, readJsonPatch } from '../../../../src/core/kustomize/patches/jsonPatch.js';
import type { MapNode, Step } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

function apply(target: string, patch: string): { readonly before: MapNode; readonly after: MapNode | undefined; readonly problems: Problems; readonly step: Step } {
  const before = parseYaml(new SourceText('/w/target.yaml', target)).documents[0]?.root;
  assert.equal(before?.kind, 'map');
  const source = new SourceText('/w/patch.yaml', patch);
  const operations = readJsonPatch(parseYaml(source));
  assert.ok(!('message' in operations));
  const step: Step = { kind: 'jsonPatch', field: 'patches[1]', source, start: 0, end: 1 };
  const problems = new Problems();
  return { before: before, after: applyJsonPatch(before, operations, step, problems), problems, step };
}

/** The text that the first problem stands at. */
function markedBy(problems: Problems, text: string): string {
  const range = problems.list[0]?.location.range;
  assert.ok(range);
  const source = new SourceText('/w/patch.yaml', text);
  return text.slice(source.offsetAt(range.start), source.offsetAt(range.end));
}

describe('applyJsonPatch', () => {
  it('stamps a value with the step and what it overrode, and leaves the rest as it is', () => {
    const { before, after, step } = apply('a: {b: 1}\nc: {d: e}\n', '- {op: replace, path: /a/b, value: 2}\n');
    const value = after?.get('a');
    assert.equal(value?.kind, 'map');
    const changed = value.get('b');
    assert.equal(changed?.step, step);
    assert.equal(changed.was, (before.get('a') as MapNode).get('b'));
    assert.equal(changed.source.path, '/w/patch.yaml');
    assert.equal(after?.get('c'), before.get('c'));
  });

  it('keeps the origin of a value that it copies or moves behind the new one', () => {
    const { before, after, step } = apply('a: {b: c}\n', '- {op: copy, from: /a, path: /d}\n');
    const copy = after?.get('d');
    assert.equal(copy?.step, step);
    assert.equal(copy.was, before.get('a'));
    assert.equal((copy as MapNode).get('b'), (before.get('a') as MapNode).get('b'));
  });

  it('gives the very same object for a patch that only tests', () => {
    const { before, after } = apply('a: {b: c}\nd: [1, x]\n', '- {op: test, path: /a/b, value: c}\n- {op: test, path: /d, value: [1, x]}\n');
    assert.equal(after, before);
  });

  it('names the first missing part of a path, at its place in the patch', () => {
    const patch = "- op: replace\n  path: '/a/x/y/z'\n  value: 1\n";
    const { after, problems } = apply('a: {b: 1}\n', patch);
    assert.equal(after, undefined);
    assert.match(problems.list[0]?.message ?? '', /^\/a\/x does not exist/);
    assert.equal(markedBy(problems, patch), '/x');
  });

  it('says so where a path goes through a single value', () => {
    const patch = '- {op: add, path: /a/b/c, value: 1}\n';
    const { problems } = apply('a: {b: 1}\n', patch);
    assert.match(problems.list[0]?.message ?? '', /^\/a\/b holds a single value/);
    assert.equal(markedBy(problems, patch), '/b');
  });

  it('compares numbers of a JSON text as they are written', () => {
    assert.equal(apply('a: 1\n', '[{"op": "test", "path": "/a", "value": 1.0}]').problems.list[0]?.code, 'kustomize/json-patch-test-failed');
    assert.deepEqual(apply('a: 1\n', '- {op: test, path: /a, value: 1.0}\n').problems.list, []);
  });

  it('refuses an operation without a path, and a whole object that would be a text', () => {
    assert.equal(apply('a: 1\n', '- {op: remove}\n').problems.list[0]?.code, 'kustomize/json-patch-invalid-operation');
    assert.equal(apply('a: 1\n', '- {op: replace, path: "", value: x}\n').problems.list[0]?.code, 'kustomize/json-patch-invalid-operation');
    assert.equal(apply('a: 1\n', '- {op: replace, path: "", value: [x]}\n').problems.list[0]?.code, 'kustomize/json-patch-not-an-object');
  });
});

describe('readJsonPatch', () => {
  const read = (text: string): unknown => readJsonPatch(parseYaml(new SourceText('/w/patch.yaml', text)));

  it('wants JSON after a [', () => {
    assert.match((read('[{op: remove, path: /a}]') as { message: string }).message, /valid JSON/);
    assert.equal((read('[{"op": "remove", "path": "/a"}]') as readonly unknown[]).length, 1);
  });

  it('takes the first document only, and nothing from an empty text', () => {
    assert.equal((read('- {op: remove, path: /a}\n---\n- {}\n- {}\n') as readonly unknown[]).length, 1);
    assert.deepEqual(read('# nothing\n'), []);
  });

  it('refuses what is no list of maps', () => {
    assert.match((read('a: b\n') as { message: string }).message, /list of operations/);
    assert.match((read('- a\n') as { message: string }).message, /map with op and path/);
  });
});
