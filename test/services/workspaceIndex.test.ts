import assert from 'node:assert/strict';
import { MemoryTree } from '../../src/core/base/fileTree.js';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { WorkspaceIndex } from '../../src/services/workspaceIndex.js';
import { temporaryFolders } from '../support/temporaryFolder.js';

function foldersOf(index: WorkspaceIndex): readonly string[] {
  return index.places.map(({ folder }) => folder);
}

describe('the index of kustomizations', () => {
  it('finds every name that a kustomization file may have, sorted by folder', () => {
    const tree = new MemoryTree({
      '/w/b/kustomization.yml': '',
      '/w/a/deep/Kustomization': '',
      '/w/kustomization.yaml': '',
      '/w/c/other.yaml': '',
      '/elsewhere/kustomization.yaml': '',
    });
    const index = new WorkspaceIndex(tree, ['/w']);
    assert.deepEqual(index.places, [
      { folder: '/w', file: '/w/kustomization.yaml' },
      { folder: '/w/a/deep', file: '/w/a/deep/Kustomization' },
      { folder: '/w/b', file: '/w/b/kustomization.yml' },
    ]);
    assert.equal(index.isIncomplete, false);
  });

  it('does not enter what tools put there, at first or later', () => {
    const tree = new MemoryTree({ '/w/node_modules/x/kustomization.yaml': '', '/w/.git/kustomization.yaml': '', '/w/a/kustomization.yaml': '' });
    const index = new WorkspaceIndex(tree, ['/w']);
    assert.deepEqual(foldersOf(index), ['/w/a']);
    index.update(tree, ['/w/node_modules/x/kustomization.yaml', '/w/node_modules', '/w']);
    assert.deepEqual(foldersOf(index), ['/w/a']);
  });

  it('enters a workspace folder whatever its name', () => {
    const tree = new MemoryTree({ '/w/node_modules/x/kustomization.yaml': '' });
    assert.deepEqual(foldersOf(new WorkspaceIndex(tree, ['/w/node_modules/x'])), ['/w/node_modules/x']);
  });

  it('does not follow links to folders', () => {
    const folder = temporary('#- real/kustomization.yaml\nx: 1').link('linked', 'real').link('up', '.');
    assert.deepEqual(foldersOf(new WorkspaceIndex(DiskTree.open(), [folder.core])), [`${folder.core}/real`]);
  });
  const temporary = temporaryFolders();

  it('keeps up with files and folders that come and go', () => {
    const before = new MemoryTree({ '/w/a/kustomization.yaml': '', '/w/a/b/kustomization.yaml': '', '/w/c/kustomization.yaml': '' });
    const index = new WorkspaceIndex(before, ['/w']);
    const known = index.places;
    index.update(before, ['/w/a/deployment.yaml']);
    assert.equal(index.places, known, 'the same list while nothing changes');
    const after = new MemoryTree({ '/w/c/kustomization.yaml': '', '/w/new/deep/kustomization.yaml': '', '/w/d/kustomization.yaml': '' });
    index.update(after, ['/w/a', '/w/new', '/w/d/kustomization.yaml']);
    assert.deepEqual(foldersOf(index), ['/w/c', '/w/d', '/w/new/deep']);
    index.update(new MemoryTree({ '/w/d/x': '', '/w/new/deep/kustomization.yaml': '' }), ['/w/d/kustomization.yaml', '/w/c/kustomization.yaml']);
    assert.deepEqual(foldersOf(index), ['/w/new/deep']);
  });

  it('follows the folders of the workspace', () => {
    const tree = new MemoryTree({ '/a/kustomization.yaml': '', '/b/kustomization.yaml': '' });
    const index = new WorkspaceIndex(tree, ['/a']);
    index.setFolders(tree, ['/b']);
    assert.deepEqual(foldersOf(index), ['/b']);
  });

  it('ends at its budget and says so', () => {
    const tree = new MemoryTree(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`/w/f${index}/kustomization.yaml`, ''])));
    const index = new WorkspaceIndex(tree, ['/w'], 10);
    assert.equal(index.isIncomplete, true);
    assert.ok(index.places.length < 10);
  });
});
