import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import type { MapNode, YamlNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

/** The first document's map. */
function parseMap(text: string): MapNode {
  const { documents, problems } = parseYaml(new SourceText('/a.yaml', text));
  assert.deepEqual(problems, []);
  const root = documents[0]?.root;
  assert.equal(root?.kind, 'map');
  return root;
}

function textOf(node: YamlNode | undefined): string | undefined {
  return node?.source.text.slice(node.start, node.end);
}

/** Checks the problems of a text against `code`, and the part of the text that it stands at. */
function checkProblem(text: string, code: string, at: string): void {
  const source = new SourceText('/a.yaml', text);
  const { problems } = parseYaml(source);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  const [problem] = problems;
  assert.ok(problem);
  const { start, end } = problem.location.range;
  assert.deepEqual([problem.code, text.slice(source.offsetAt(start), source.offsetAt(end))], [code, at], problem.message);
  assert.match(problem.message, /^[A-Z\\].*\.$/);
}

describe('parseYaml', () => {
  describe('places', () => {
    it('of scalars are their text as it is written', () => {
      const map = parseMap("a: plain text # c\nb: \"x\\ty\"\nc: 'it''s'\nd: |-\n  one\n  two\n\ne: long\n  text\n");
      assert.deepEqual(
        map.pairs.map(({ value }) => textOf(value)),
        ['plain text', '"x\\ty"', "'it''s'", '|-\n  one\n  two\n', 'long\n  text'],
      );
      assert.deepEqual(
        map.pairs.map(({ key }) => textOf(key)),
        ['a', 'b', 'c', 'd', 'e'],
      );
    });

    it('of empty values are where the value would stand', () => {
      const map = parseMap('a:\nb: # c\nc: [x, ]\nd:\n-\n- y\n');
      assert.deepEqual(
        map.pairs.slice(0, 2).map(({ value }) => [value.start, value.end]),
        [
          [2, 2],
          [5, 5],
        ],
      );
      const list = map.get('d');
      assert.equal(list?.kind, 'sequence');
      assert.deepEqual(
        list.items.map((item) => textOf(item)),
        ['', 'y'],
      );
    });

    it('of collections go from their first to their last child, or over their brackets', () => {
      const map = parseMap('a:\n  - b: 1\n    c: 2\n\nd: { e: 1 }\nf: &x [1, 2]\ng:\n- *x\n');
      assert.deepEqual(
        ['a', 'd', 'f', 'g'].map((key) => textOf(map.get(key))),
        ['- b: 1\n    c: 2', '{ e: 1 }', '[1, 2]', '- *x'],
      );
    });

    it('leave out anchors and tags', () => {
      const map = parseMap('a: &x !!str 1\nb: !!int "2"\n');
      assert.deepEqual(
        map.pairs.map(({ value }) => textOf(value)),
        ['1', '"2"'],
      );
    });

    it('of comments go to the end of the line', () => {
      const source = new SourceText('/a.yaml', '# one\r\na: "#no" # two\nb: [1, # three\n 2]\nc: | # four\n  # text\n');
      const comments = parseYaml(source).comments.map(({ start, end }) => source.text.slice(start, end));
      assert.deepEqual(comments, ['# one', '# two', '# three', '# four'].slice(0, comments.length));
      assert.ok(comments.length >= 3);
    });
  });

  describe('documents', () => {
    const documentsOf = (text: string): readonly string[] => {
      const source = new SourceText('/a.yaml', text);
      return parseYaml(source).documents.map(({ start, end }) => text.slice(start, end));
    };

    it('are told apart at lines of ---, also inside a block', () => {
      assert.deepEqual(documentsOf('a: 1\n---\nb: 2\n'), ['a: 1\n', 'b: 2\n']);
      assert.deepEqual(documentsOf('a: |\n  x\n--- # c\nb: 2'), ['a: |\n  x\n', 'b: 2']);
      assert.deepEqual(documentsOf('a: |\n  ---\n'), ['a: |\n  ---\n']);
    });

    it('keep the later of two lines of --- as their own beginning', () => {
      assert.deepEqual(documentsOf('a: 1\n---\n---\nb: 2\n'), ['a: 1\n', '---\nb: 2\n']);
    });

    it('without content have no root', () => {
      assert.deepEqual(
        parseYaml(new SourceText('/a.yaml', '# c\n---\n\n')).documents.map(({ root }) => root),
        [undefined, undefined],
      );
    });

    it('stop at the first that is wrong', () => {
      const { documents, problems } = parseYaml(new SourceText('/a.yaml', 'a: 1\n---\nb: [\n---\nc: 1\n'));
      assert.equal(documents.length, 1);
      assert.equal(problems.length, 1);
    });

    it('note keys that stand again', () => {
      const [document] = parseYaml(new SourceText('/a.yaml', 'a: 1\nb: {c: 1, c: 2}\na: 3\n')).documents;
      assert.deepEqual(document?.duplicateKeys.map(({ value, start }) => [value, start]).sort(), [
        ['a', 21],
        ['c', 15],
      ]);
    });
  });

  describe('problems', () => {
    const rows: readonly (readonly [text: string, code: string, at: string])[] = [
      ['a:\n\tb: 1\n', 'yaml/tab-indentation', '\t'],
      ['a: |\n\tb\n', 'yaml/tab-indentation', '\t'],
      ['a: b: c\n', 'yaml/unexpected-colon', ':'],
      ['a: 1\n  b: 2\n', 'yaml/bad-indentation', 'b'],
      ['a:\n  - b\n c: 1\n', 'yaml/bad-indentation', 'c: 1'],
      ['- a\nb: 1\n', 'yaml/bad-indentation', 'b: 1'],
      ['key:value\nb: 1\n', 'yaml/missing-colon', 'key:value'],
      ['a: 1\nb\n', 'yaml/missing-colon', 'b'],
      ["a: 'x\nb: 1\n", 'yaml/unclosed-quote', "'x"],
      ['a: "x\n', 'yaml/unclosed-quote', '"x'],
      ['a: [1, 2\nb: 1\n', 'yaml/missing-comma', 'b: 1'],
      ['a: [1, 2\n', 'yaml/unclosed-bracket', '['],
      ['a: {b: 1\n', 'yaml/unclosed-bracket', '{'],
      ['a: @x\n', 'yaml/reserved-character', '@'],
      ['a: %x\n', 'yaml/reserved-character', '%'],
      ['a: `x`\n', 'yaml/reserved-character', '`'],
      ['a: *x\n', 'yaml/unknown-anchor', '*x'],
      ['a: * x\n', 'yaml/invalid-anchor', '*'],
      ['a: &x [*x]\n', 'yaml/self-reference', '*x'],
      ['a: - b\n', 'yaml/unexpected-list', '-'],
      ['a: |x\n  y\n', 'yaml/invalid-block-header', '|x'],
      ['a: "\\d"\n', 'yaml/unknown-escape', '\\d'],
      ['a: "\\xg0"\n', 'yaml/invalid-escape', '\\xg0'],
      ['a: !x!y z\n', 'yaml/unknown-tag-handle', '!x!y'],
      ['a: !<x y\n', 'yaml/invalid-tag', '!'],
      ['a:\n  !x b: 1\n', 'yaml/invalid-tag', 'b'],
      ['%FOO\na: 1\n', 'yaml/invalid-directive', '%FOO'],
      ['%YAML 1.2\n---\na: 1\n', 'yaml/invalid-directive', '%YAML 1.2'],
      ['a: {{ .x }}\n', 'yaml/complex-key', '{ .x }'],
      ['? [a]\n: b\n', 'yaml/complex-key', '[a]'],
      ['a:\n  <<: 1\n', 'yaml/invalid-merge', '1'],
      ['a: 1\n--- b\n', 'yaml/invalid-separator', '--- b'],
      ['a: \x07\n', 'yaml/control-character', '\x07'],
      ['a: ]\n', 'yaml/unexpected-token', ']'],
    ];
    for (const [text, code, at] of rows) {
      it(`${JSON.stringify(text)} is ${code} at ${JSON.stringify(at)}`, () => checkProblem(text, code, at));
    }

    it('warn of text behind the end of the document, which kustomize drops', () => {
      checkProblem('  a: 1\nb: 2\nc: 3\n', 'yaml/ignored-text', 'b: 2');
      checkProblem('a: 1\n...\nb: 2\n', 'yaml/ignored-text', 'b: 2');
      assert.deepEqual(parseYaml(new SourceText('/a.yaml', 'a: 1\n...\n# end\n')).problems, []);
    });

    it('are placed in the file for a text that stands inside it', () => {
      const host = new SourceText('/a.yaml', 'patch: |\n  a: [\n');
      const { problems } = parseYaml(SourceText.embedded(host, 'a: [\n', 7, 16, [11]));
      assert.deepEqual(
        problems.map(({ code, location }) => [code, location.range.start]),
        [['yaml/unclosed-bracket', { line: 1, character: 5 }]],
      );
    });
  });

  describe('aliases and merge keys', () => {
    it('share the node that they name', () => {
      const map = parseMap('a: &x {b: 1}\nc: *x\n');
      assert.equal(map.get('a'), map.get('c'));
    });

    it('bring the fields that a map has not itself', () => {
      const map = parseMap('a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n').get('c');
      assert.equal(map?.kind, 'map');
      assert.deepEqual(
        ['x', 'y', 'z'].map((key) => textOf(map.get(key))),
        ['3', '1', '2'],
      );
    });
  });

  describe('budgets', () => {
    const codesOf = (text: string): readonly string[] => parseYaml(new SourceText('/a.yaml', text)).problems.map(({ code }) => code);

    it('end what is nested too deep', () => {
      assert.deepEqual(codesOf('['.repeat(10_000)), ['yaml/too-deep']);
      assert.deepEqual(codesOf(`a: ${'{a: '.repeat(10_000)}`), ['yaml/too-deep']);
      assert.deepEqual(codesOf('- '.repeat(10_000)), ['yaml/too-deep']);
      assert.deepEqual(codesOf(Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')), ['yaml/too-deep']);
    });

    it('end an alias bomb', () => {
      const names = 'abcdefghij'.split('');
      const bomb = names.map((name, index) => `${name}: &${name} [${index === 0 ? 'x,'.repeat(9) : `*${names[index - 1] ?? ''},`.repeat(9)}]\n`).join('');
      assert.deepEqual(codesOf(bomb), ['yaml/too-large']);
      const few = names
        .map((name, index) => `${name}: &${name}\n- ${index === 0 ? 'x' : `*${names[index - 1] ?? ''}`}\n- ${index === 0 ? 'x' : `*${names[index - 1] ?? ''}`}\n`)
        .join('');
      assert.deepEqual(codesOf(few), []);
      assert.deepEqual(codesOf(few.replaceAll(/^- (.*)$/gm, '- $1\n- $1\n- $1')), ['yaml/too-large']);
    });
  });
});
