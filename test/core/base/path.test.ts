import assert from 'node:assert/strict';
import { baseName, isAbsolutePath, isInside, joinPath, normalizePath, parentPath, relativePath } from '../../../src/core/base/path.js';

describe('paths', () => {
  it('are normalized: dots, double slashes, backslashes, and drives in lower case', () => {
    assert.equal(normalizePath('/a/./b//../c/'), '/a/c');
    assert.equal(normalizePath('C:\\Work\\a'), 'c:/Work/a');
    assert.equal(normalizePath('a/../../b'), '../b');
    assert.equal(normalizePath('/../a'), '/a');
    assert.equal(normalizePath('./'), '.');
  });

  it('are joined from a folder, an absolute one standing for itself', () => {
    assert.equal(joinPath('/a/b', '../c.yaml'), '/a/c.yaml');
    assert.equal(joinPath('/a/b', '/x'), '/x');
    assert.equal(joinPath('c:/a', '../../b'), 'c:/b');
  });

  it('know their folder and name, up to the root', () => {
    assert.equal(parentPath('/a/b'), '/a');
    assert.equal(parentPath('/a'), '/');
    assert.equal(parentPath('/'), '/');
    assert.equal(parentPath('c:/a'), 'c:/');
    assert.equal(baseName('/a/b.yaml'), 'b.yaml');
  });

  it('are inside a folder only by whole parts', () => {
    assert.ok(isInside('/a/b', '/a'));
    assert.ok(isInside('/a', '/a'));
    assert.ok(isInside('/a', '/'));
    assert.ok(!isInside('/ab', '/a'));
  });

  it('are told relative to another folder', () => {
    assert.equal(relativePath('/a/b', '/a/c/d'), '../c/d');
    assert.equal(relativePath('/a', '/a'), '.');
    assert.equal(relativePath('/', '/a/b'), 'a/b');
  });

  it('are absolute with a slash or a drive', () => {
    assert.ok(isAbsolutePath('/a'));
    assert.ok(isAbsolutePath('C:\\a'));
    assert.ok(!isAbsolutePath('a/b'));
  });
});
