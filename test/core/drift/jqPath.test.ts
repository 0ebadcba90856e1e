import assert from 'node:assert/strict';
import { deletePaths, readJqPath } from '../../../src/core/drift/jqPath.js';
import type { JsonValue } from '../../../src/core/live/json.js';

const pod: JsonValue = {
  metadata: { annotations: { 'example.com/a': '1', other: '2' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'web:1',
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', value: 'y' },
        ],
      },
      { name: 'proxy', image: 'proxy:1' },
    ],
  },
};

/** What is left of the object after `del(expression)`. */
function without(expression: string): JsonValue {
  const reading = readJqPath(expression);
  assert.ok(reading.ok, reading.ok ? '' : reading.reason);
  return deletePaths(pod, reading.paths(pod));
}

function pathsOf(expression: string): readonly string[] {
  const reading = readJqPath(expression);
  assert.ok(reading.ok, reading.ok ? '' : reading.reason);
  return reading.paths(pod).map((path) => path.join('/'));
}

describe('paths of jq', () => {
  it('point at fields, items and all of them', () => {
    assert.deepEqual(pathsOf('.spec.containers[0].image'), ['spec/containers/0/image']);
    assert.deepEqual(pathsOf('.spec.containers[].image'), ['spec/containers/0/image', 'spec/containers/1/image']);
    assert.deepEqual(pathsOf('.spec["containers"][-1].name'), ['spec/containers/1/name']);
    assert.deepEqual(pathsOf('.metadata.annotations."example.com/a"'), ['metadata/annotations/example.com/a']);
  });

  it('select items by what they hold', () => {
    assert.deepEqual(pathsOf('.spec.containers[] | select(.name == "proxy")'), ['spec/containers/1']);
    assert.deepEqual(pathsOf('.spec.containers[]? | select(.name == "web").env[] | select(.name | startswith("A"))'), ['spec/containers/0/env/0']);
    assert.deepEqual(pathsOf('.spec.containers[] | select(.name != "web" and (.image | contains("prox")))'), ['spec/containers/1']);
    assert.deepEqual(pathsOf('.spec.containers[] | select(has("env") | not)'), ['spec/containers/1']);
  });

  it('point at nothing where there is nothing', () => {
    assert.deepEqual(pathsOf('.spec.volumes[].name'), []);
    assert.deepEqual(pathsOf('.spec.containers.name'), []);
  });

  it('take what they point at out of an object, several items of a list too', () => {
    assert.deepEqual(without('.spec.containers[]'), { ...pod, spec: { containers: [] } });
    assert.deepEqual(without('.metadata.annotations.other, .spec'), { metadata: { annotations: { 'example.com/a': '1' } } });
  });

  it('say that they are not understood rather than pointing somewhere else', () => {
    for (const text of ['.spec | map(.a)', '.a | to_entries', '.spec.containers[1:2]', '.a["b", "c"]', '.a as $x | $x', '.a = 1', 'select(.a', '']) {
      const reading = readJqPath(text);
      assert.equal(reading.ok, false, text);
      assert.match(reading.ok ? '' : reading.reason, /not understood here/);
    }
  });
});
