import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { embeddedSource } from '../../../src/core/yaml/embed.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

/** The text in the file at which each given part of the field `patch`'s value begins, up to the part's length. */
function placesOf(text: string, parts: readonly string[]): readonly string[] {
  const host = new SourceText('/a.yaml', text);
  const root = parseYaml(host).documents[0]?.root;
  const patch = root?.kind === 'map' ? root.get('patch') : undefined;
  assert.equal(patch?.kind, 'scalar');
  const embedded = embeddedSource(patch);
  assert.equal(embedded.text, patch.value);
  return parts.map((part) => {
    const at = embedded.text.indexOf(part);
    assert.ok(at >= 0, part);
    const start = embedded.toFileOffset(at);
    return text.slice(start, start + part.length);
  });
}

describe('embeddedSource', () => {
  const check = (text: string, parts: readonly string[]): void => assert.deepEqual(placesOf(text, parts), parts);

  it('is exact for literal blocks', () => {
    check('x: 1\npatch: |-\n    kind: A\n\n    spec:\n      b: two\n', ['kind', 'A', 'spec', 'two']);
    check('patch: | # c\n\n\n  kind: A\n  b: c\n', ['kind', 'A', 'b: c']);
    check('patch: |2\n    kind: A\n  b: c\n', ['kind', 'b: c']);
    check('- &x\n  patch: y\n'.replace('- &x\n  ', ''), ['y']);
    check('patch: |\r\n  a: 1\r\n  b: 2\r\n', ['a: 1', 'b: 2']);
  });

  it('is exact for texts of one line', () => {
    check('patch: {"op": 1}\n'.replace('{"op": 1}', `'{"op": 1}'`), ['"op"', '1}']);
    check('patch: "[1, 2]"\n', ['[1', '2]']);
    check('patch: plain text\n', ['plain', 'text']);
  });

  it('finds the lines of double-quoted texts behind their escapes', () => {
    check('patch: "a: 1\\nbcd: 2\\n"\n', ['a: 1', 'bcd: 2']);
    check('patch: "a: 1\\n\\\n  bcd: 2"\n', ['a: 1']);
    check('patch: "a: 1\n\n  bcd: 2"\n', ['a: 1', 'bcd: 2']);
  });

  it('finds the lines of folded, single-quoted and plain texts', () => {
    check('patch: >\n  one\n  two\n\n  three four\n', ['one', 'three']);
    check("patch: 'one\n\n  two'\n", ['one', 'two']);
    check('patch: one\n\n  two\n', ['one', 'two']);
  });
});
