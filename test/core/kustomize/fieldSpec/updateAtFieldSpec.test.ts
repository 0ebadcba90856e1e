import assert from 'node:assert/strict';
import { SourceText } from '../../../../src/core/base/source.js';
import { parseFieldPath, updateAtFieldSpec, type FieldUpdate } from '../../../../src/core/kustomize/fieldSpec/updateAtFieldSpec.js';
import { makeScalar, type MapNode, type Step, type YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { printDocument } from '../../../../src/core/yaml/print.js';

function read(text: string): MapNode {
  const root = parseYaml(new SourceText('/a.yaml', text)).documents[0]?.root;
  assert.equal(root?.kind, 'map');
  return root;
}

function print(root: MapNode): string {
  const printed = printDocument(root);
  assert.ok('text' in printed);
  return printed.text;
}

/** What becomes of `text` when `X` is put at `path`, and what was said on the way. */
function update(
  text: string,
  path: string,
  create: boolean,
  creates?: 'scalar' | 'map',
): { readonly before: MapNode; readonly after: MapNode; readonly messages: readonly string[] } {
  const before = read(text);
  const messages: string[] = [];
  const step: Step = { kind: 'labels', field: 'test', source: before.source, start: 0, end: 0 };
  const action: FieldUpdate = {
    set: (node: YamlNode | undefined) => makeScalar('X', step, step, node),
    ...(creates && { creates }),
    place: step,
    step,
    onMismatch: (_node, message) => messages.push(message),
  };
  const after = updateAtFieldSpec(before, parseFieldPath({ group: '', version: '', kind: '', path, create }), action);
  return { before, after, messages };
}

describe('updateAtFieldSpec', () => {
  it('gives the same tree where the path leads to nothing', () => {
    const { before, after } = update('a: {b: 1}\n', 'a/c/d', false, 'scalar');
    assert.equal(after, before);
  });

  it('keeps the identity of everything beside the path', () => {
    const { before, after } = update('a: {b: 1, c: {d: 2}}\ne: [1]\n', 'a/b', false);
    assert.notEqual(after, before);
    assert.equal(after.get('e'), before.get('e'));
    const [a, oldA] = [after.get('a'), before.get('a')];
    assert.ok(a?.kind === 'map' && oldA?.kind === 'map');
    assert.equal(a.get('c'), oldA.get('c'));
    assert.equal(a.get('b')?.was, oldA.get('b'));
  });

  it('goes through lists, with or without the mark of a list', () => {
    assert.equal(print(update('a: [{b: 1}, {b: 2}, {c: 3}]\n', 'a[]/b', true, 'scalar').after), 'a:\n- b: X\n- b: X\n- b: X\n  c: 3\n');
    assert.equal(print(update('a: [{b: 1}, {c: 3}]\n', 'a/b', false).after), 'a:\n- b: X\n- c: 3\n');
  });

  it('creates maps on the way only where both the specification and the step say so', () => {
    assert.equal(print(update('a: 1\n', 'b/c/d', true, 'scalar').after), 'a: 1\nb:\n  c:\n    d: X\n');
    const unwanted = update('a: 1\n', 'b/c/d', true);
    assert.equal(unwanted.after, unwanted.before);
    assert.equal(print(update('a: 1\n', 'b/c[]/d', true, 'scalar').after), 'a: 1\nb: {}\n');
  });

  it('takes null for missing, and for an empty list where a list is expected', () => {
    assert.equal(print(update('a: null\n', 'a/b', true, 'scalar').after), 'a:\n  b: X\n');
    assert.equal(print(update('a: null\n', 'a/b', false, 'scalar').after), 'a: null\n');
    assert.equal(print(update('a: null\n', 'a[]/b', false, 'scalar').after), 'a: []\n');
  });

  it('says where a single value or the place of an item stands in the way', () => {
    assert.equal(update('a: text\n', 'a/b', false).messages.length, 1);
    assert.equal(update('a: {b: 1}\n', 'a/0', false).messages.length, 1);
    assert.equal(update('a: {b: 1}\n', 'a//b', false).messages.length, 1);
  });
});
