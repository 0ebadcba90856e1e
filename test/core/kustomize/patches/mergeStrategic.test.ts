import assert from 'node:assert/strict';
import { SourceText } from '../../../../src/core/base/source.js';
import { mergeStrategic, type MergeFailure } from '../../../../src/core/kustomize/patches/mergeStrategic.js';
import { builtinSchema } from '../../../../src/core/objects/schema.js';
import type { MapNode, Step, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

const schema = builtinSchema();
const kustomization = new SourceText('/w/kustomization.yaml', 'patches:\n- path: patch.yaml\n');
const step: Step = { kind: 'strategicMerge', field: 'patches[0]', source: kustomization, start: 11, end: 27 };

function parse(name: string, text: string): MapNode {
  const root = parseYaml(new SourceText(`/w/${name}`, text)).documents[0]?.root;
  assert.equal(root?.kind, 'map');
  return root;
}

function merge(target: MapNode, patch: string): MapNode {
  const result = mergeStrategic(target, parse('patch.yaml', patch), schema, step);
  assert.ok('root' in result);
  return result.root;
}

function at(node: YamlNode | undefined, ...path: readonly (string | number)[]): YamlNode {
  let found = node;
  for (const key of path) {
    if (found?.kind === 'map' && typeof key === 'string') found = found.get(key);
    else if (found?.kind === 'sequence' && typeof key === 'number') found = found.items[key];
    else found = undefined;
  }
  assert.ok(found, `nothing at ${path.join('/')}`);
  return found;
}

function textOf(node: YamlNode): string {
  return node.source.text.slice(node.start, node.end);
}

const pod = parse(
  'pod.yaml',
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {x: z}}\nspec:\n  containers:\n  - name: one\n    image: old\n  - name: two\n    image: other\n',
);

describe('mergeStrategic', () => {
  it('gives the very same object where the patch sets nothing', () => {
    assert.equal(merge(pod, '{}'), pod);
    assert.equal(merge(pod, 'spec: {containers: []}'), pod);
    assert.equal(merge(pod, 'spec: {containers: [{name: one}]}'), pod);
  });

  it('leaves everything beside the way to a change as it is', () => {
    const merged = merge(pod, 'spec:\n  containers:\n  - name: one\n    image: new\n');
    assert.notEqual(merged, pod);
    assert.equal(merged.get('metadata'), pod.get('metadata'));
    assert.equal(at(merged, 'spec', 'containers', 1), at(pod, 'spec', 'containers', 1));
    assert.equal(at(merged, 'spec', 'containers', 0, 'name'), at(pod, 'spec', 'containers', 0, 'name'));
  });

  it('stamps what it sets with the step, the text in the patch and what it overrode', () => {
    const merged = merge(pod, 'spec:\n  containers:\n  - name: one\n    image: new\n');
    const image = at(merged, 'spec', 'containers', 0, 'image');
    assert.equal(image.step, step);
    assert.equal(textOf(image), 'new');
    assert.equal(image.source.path, '/w/patch.yaml');
    assert.equal(image.was, at(pod, 'spec', 'containers', 0, 'image'));
  });

  it('keeps the origin of maps and lists that it merges into', () => {
    const merged = merge(pod, 'spec:\n  containers:\n  - name: three\n');
    for (const path of [['spec'], ['spec', 'containers']]) {
      const [before, after] = [at(pod, ...path), at(merged, ...path)];
      assert.equal(after.step, undefined);
      assert.deepEqual([after.source, after.start, after.end], [before.source, before.start, before.end]);
    }
  });

  it('stamps all of an added element, and what a replaced map overrode', () => {
    const added = merge(pod, 'spec:\n  containers:\n  - name: three\n    env: [{name: a, value: b}]\n');
    assert.equal(at(added, 'spec', 'containers', 0, 'env', 0, 'value').step, step);
    const replaced = merge(pod, 'metadata:\n  labels:\n    $patch: replace\n    only: this\n');
    const labels = at(replaced, 'metadata', 'labels');
    assert.equal(labels.step, step);
    assert.equal(labels.was, at(pod, 'metadata', 'labels'));
    assert.equal(labels.kind === 'map' && labels.pairs.length, 1);
  });

  it('says which part of the patch does not fit, and to what', () => {
    const result = mergeStrategic(pod, parse('patch.yaml', 'spec:\n  containers: {a: b}\n'), schema, step);
    assert.ok('failure' in result);
    const failure: MergeFailure = result.failure;
    assert.equal(failure.code, 'kustomize/patch-type-mismatch');
    assert.equal(textOf(failure.node), '{a: b}');
    assert.equal(failure.other, at(pod, 'spec', 'containers'));
  });

  it('goes on in time with lists of thousands of elements', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `  - {name: n${index}}`).join('\n');
    const large = parse('pod.yaml', `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n${names}\n`);
    const merged = merge(large, `spec:\n  containers:\n${names.replaceAll('{', '{image: x, ')}\n`);
    const containers = at(merged, 'spec', 'containers');
    assert.equal(containers.kind === 'sequence' && containers.items.length, 5000);
  }).timeout(5000);
});
