import assert from 'node:assert/strict';
import { toCorePath, toSystemPath } from '../../../src/adapters/disk/paths.js';

describe('paths of the system', () => {
  it('become core paths on Windows, with the drive in lower case', () => {
    assert.equal(toCorePath('C:\\repo\\a.yaml', 'win32'), 'c:/repo/a.yaml');
    assert.equal(toCorePath('c:/repo/../a.yaml', 'win32'), 'c:/a.yaml');
    assert.equal(toCorePath('D:\\', 'win32'), 'd:/');
  });

  it('lose the prefix of long paths', () => {
    assert.equal(toCorePath('\\\\?\\C:\\repo\\a.yaml', 'win32'), 'c:/repo/a.yaml');
    assert.equal(toCorePath('\\\\?\\UNC\\server\\share\\a.yaml', 'win32'), '//server/share/a.yaml');
  });

  it('keep the two slashes of a network share, there and back', () => {
    assert.equal(toCorePath('\\\\server\\share\\a.yaml', 'win32'), '//server/share/a.yaml');
    assert.equal(toSystemPath('//server/share/a.yaml', 'win32'), '\\\\server\\share\\a.yaml');
  });

  it('go back to the form that the system takes', () => {
    assert.equal(toSystemPath('c:/repo/a.yaml', 'win32'), 'c:\\repo\\a.yaml');
    assert.equal(toSystemPath('/repo/a.yaml', 'linux'), '/repo/a.yaml');
  });

  it('stay as they are elsewhere', () => {
    assert.equal(toCorePath('/repo//a/./b', 'linux'), '/repo/a/b');
    assert.equal(toCorePath('/', 'linux'), '/');
  });
});
