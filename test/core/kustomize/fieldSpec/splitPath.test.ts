import assert from 'node:assert/strict';
import { splitDottedPath, splitPath } from '../../../../src/core/kustomize/fieldSpec/splitPath.js';

describe('splitPath', () => {
  it('keeps an escaped slash in its key and passes over a leading one', () => {
    assert.deepEqual(splitPath('a/b', '/'), ['a', 'b']);
    assert.deepEqual(splitPath('/a/b', '/'), ['a', 'b']);
    assert.deepEqual(splitPath('metadata/annotations/example.com\\/x\\/y/z', '/'), ['metadata', 'annotations', 'example.com/x/y', 'z']);
    assert.deepEqual(splitPath('', '/'), ['']);
    assert.deepEqual(splitPath('/', '/'), ['']);
    assert.deepEqual(splitPath('a//b', '/'), ['a', '', 'b']);
  });
});

describe('splitDottedPath', () => {
  it('keeps together what stands in brackets', () => {
    assert.deepEqual(splitDottedPath('spec.containers.[name=a.b.c].image'), ['spec', 'containers', '[name=a.b.c]', 'image']);
    assert.deepEqual(splitDottedPath('metadata.annotations.[example.com/a.b]'), ['metadata', 'annotations', 'example.com/a.b']);
    assert.deepEqual(splitDottedPath('metadata.annotations.example\\.com/a'), ['metadata', 'annotations', 'example.com/a']);
    assert.deepEqual(splitDottedPath('spec.[name=a].0'), ['spec', '[name=a]', '0']);
  });
});
