import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../../src/core/base/source.js';
import { makeScalar, type MapNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { printDocument, type PrintedDocument } from '../../../src/core/yaml/print.js';
import { projectFolder } from '../../support/projectFolder.js';

function parseMap(text: string): MapNode {
  const root = parseYaml(new SourceText('/a.yaml', text)).documents[0]?.root;
  assert.equal(root?.kind, 'map');
  return root;
}

function print(root: MapNode): PrintedDocument {
  const printed = printDocument(root);
  assert.ok('text' in printed, 'message' in printed ? printed.message : '');
  return printed;
}

describe('printDocument', () => {
  it('prints what kustomize printed the same again', () => {
    const goldens = path.join(projectFolder, 'test', 'data', 'corpus', 'goldens', 'kustomize');
    const names = fs.readdirSync(goldens);
    assert.ok(names.length > 20);
    for (const name of names) {
      const text = fs.readFileSync(path.join(goldens, name), 'utf8');
      const parsed = parseYaml(new SourceText(`/${name}`, text));
      assert.deepEqual(parsed.problems, [], name);
      const printed = parsed.documents.map(({ root }) => (root?.kind === 'map' ? print(root).text : ''));
      assert.equal(printed.join('---\n'), text, name);
    }
  });

  it('tells for each line which node is on it', () => {
    const { text, lines } = print(parseMap('b:\n- x: 1\n  y: [2]\n- |\n  one\n  two\na: {}\n'));
    assert.equal(text, 'a: {}\nb:\n- x: 1\n  "y":\n  - 2\n- |\n  one\n  two\n');
    assert.deepEqual(
      lines.map(({ path: way }) => way.join('.')),
      ['a', 'b', 'b.0.x', 'b.0.y', 'b.0.y.0', 'b.1', 'b.1', 'b.1'],
    );
    assert.deepEqual(
      lines.map(({ key }) => key?.value),
      ['a', 'b', 'x', 'y', undefined, undefined, undefined, undefined],
    );
    assert.deepEqual(
      lines.map(({ value }) => value.kind),
      ['map', 'sequence', 'scalar', 'sequence', 'scalar', 'scalar', 'scalar', 'scalar'],
    );
  });

  it('counts the lines of folded and of broken texts', () => {
    const { text, lines } = print(parseMap(`a: ${'word '.repeat(40)}\n"${'k'.repeat(200)}": 1\n`));
    assert.equal(lines.length, text.split('\n').length - 1);
    assert.deepEqual(
      lines.map(({ path: [first] }) => String(first).length),
      [1, 1, 1, 200, 200],
    );
  });

  it('prints a text that a step sets as a string, whatever it looks like', () => {
    const map = parseMap('a: 1\n');
    assert.equal(print(map.with('a', makeScalar('1.10', map, undefined))).text, 'a: "1.10"\n');
    assert.equal(print(map.with('a', makeScalar('x\ny', map, undefined))).text, 'a: |-\n  x\n  y\n');
    assert.equal(print(map.with('a', makeScalar('2', map, undefined, undefined, '!!int'))).text, 'a: 2\n');
  });

  it('names the node that has no form in JSON', () => {
    const rows: Readonly<Record<string, string>> = { 'a: .nan\n': '.nan', 'a: 1\na: 2\n': 'a', 'a: {1: b}\n': '1', 'a: !!int x\n': 'x', 'a: "\\x7f"\n': '"\\x7f"', '~: 1\n': '~' };
    for (const [text, at] of Object.entries(rows)) {
      const printed = printDocument(parseMap(text));
      assert.ok('message' in printed, text);
      assert.equal(printed.node.source.text.slice(printed.node.start, printed.node.end), at);
    }
  });
});
