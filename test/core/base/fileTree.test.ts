import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/core/base/fileTree.js';

describe('a tree in memory', () => {
  const tree = new MemoryTree({ '/r/a.yaml': 'a', '/r/sub/b.bin': new Uint8Array([0xff, 0x41]) });

  it('knows files, folders and what is not there', () => {
    assert.equal(tree.kind('/r/a.yaml'), 'file');
    assert.equal(tree.kind('/r/sub'), 'directory');
    assert.equal(tree.kind('/r/none'), 'none');
    assert.deepEqual(tree.list('/r'), ['a.yaml', 'sub']);
    assert.equal(tree.read('/r/none'), undefined);
  });

  it('keeps bytes that are no text', () => {
    assert.deepEqual(tree.readBytes('/r/sub/b.bin'), new Uint8Array([0xff, 0x41]));
    assert.deepEqual(tree.readBytes('/r/a.yaml'), new Uint8Array([0x61]));
  });

  it('shares unchanged texts with the tree that an edit gives', () => {
    const edited = tree.with('/r/c.yaml', 'c');
    assert.equal(edited.read('/r/a.yaml'), tree.read('/r/a.yaml'));
    assert.equal(edited.read('/r/c.yaml')?.text, 'c');
    assert.deepEqual(edited.list('/r'), ['a.yaml', 'c.yaml', 'sub']);
    assert.equal(tree.kind('/r/c.yaml'), 'none');
  });
});
