import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';

describe('a source text', () => {
  it('converts between offsets and 0-based positions', () => {
    const source = new SourceText('/a.yaml', 'one\ntwo\n\nfour');
    for (let offset = 0; offset <= source.text.length; offset++) {
      assert.equal(source.offsetAt(source.positionAt(offset)), offset);
    }
    assert.deepEqual(source.positionAt(5), { line: 1, character: 1 });
    assert.deepEqual(source.positionAt(8), { line: 2, character: 0 });
  });

  it('cuts positions beyond a line or the text to their ends', () => {
    const source = new SourceText('/a.yaml', 'one\ntwo');
    assert.equal(source.offsetAt({ line: 0, character: 99 }), 3);
    assert.equal(source.offsetAt({ line: 9, character: 0 }), 7);
  });

  it('answers places in an embedded text with places in the file', () => {
    const host = new SourceText('/k.yaml', 'patch: |\n  kind: A\n  name: b\n');
    const embedded = SourceText.embedded(host, 'kind: A\nname: b\n', 7, 29, [11, 21]);
    assert.equal(embedded.toFileOffset('kind: '.length), host.text.indexOf('A'));
    assert.deepEqual(embedded.locate(14, 15), host.locate(host.text.indexOf('b\n'), host.text.indexOf('b\n') + 1));
    assert.equal(embedded.file, host);
  });
});
