import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { areEqual } from '../../../src/core/yaml/equal.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import type { YamlNode } from '../../../src/core/yaml/nodes.js';

function parse(text: string): YamlNode {
  const root = parseYaml(new SourceText('/a.yaml', text)).documents[0]?.root;
  assert.ok(root);
  return root;
}

describe('areEqual', () => {
  it('holds for the same values in other words', () => {
    for (const [a, b] of [
      ['a: 1', '{a: 1}'],
      ['a: 0x1f', 'a: 31'],
      ["a: 'x'", 'a: x'],
      ['a: 1\nb: 2', 'b: 2\na: 1'],
      ['- a\n- [b]', '[a, [b]]'],
      ['a: ~', 'a:'],
      ['a: 1.10', 'a: 1.1'],
    ] as const) {
      assert.ok(areEqual(parse(a), parse(b)), `${a} and ${b}`);
    }
  });

  it('tells apart strings, numbers and missing fields', () => {
    for (const [a, b] of [
      ['a: 1', 'a: "1"'],
      ['a: 1', 'a: 2'],
      ['a: 1', 'a: 1\nb: 2'],
      ['a: ~', '{}'],
      ['[a]', '[a, b]'],
      ['a: []', 'a: {}'],
      ['a: null', 'a: "null"'],
      ['a: 1', 'b: 1'],
      ['[a, b]', '[b, a]'],
    ] as const) {
      assert.ok(!areEqual(parse(a), parse(b)), `${a} and ${b}`);
    }
  });
});
