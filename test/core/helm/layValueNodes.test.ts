import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { layValueNodes } from '../../../src/core/helm/layValueNodes.js';
import { originChain } from '../../../src/core/objects/rendering.js';
import type { MapNode, YamlNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

function map(path: string, text: string): MapNode {
  const root = parseYaml(new SourceText(path, text)).documents[0]?.root;
  assert.ok(root?.kind === 'map');
  return root;
}

function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  return node.kind === 'map' ? Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, plain(value)])) : node.items.map(plain);
}

describe('values laid over values', () => {
  const laid = layValueNodes(map('/a.yaml', 'a: 1\nb: {c: 2, d: [1, 2]}\ne: {f: 1}'), map('/b.yaml', 'b: {c: 3, d: [4]}\ne: null\ng: 5'));

  it('merge maps, and replace all else', () => {
    assert.deepEqual(plain(laid), { a: '1', b: { c: '3', d: ['4'] }, e: 'null', g: '5' });
  });

  it('remember what they override, with its place', () => {
    const b = laid.get('b');
    const c = b?.kind === 'map' ? b.get('c') : undefined;
    assert.ok(c);
    assert.deepEqual(
      originChain(c).map(({ location, value }) => `${location.path} ${value ?? ''}`),
      ['/b.yaml 3', '/a.yaml 2'],
    );
  });
});
