import assert from 'node:assert/strict';
import { DiskTree } from '../../../src/adapters/disk/diskTree.js';
import { SnapshotHistory } from '../../../src/adapters/disk/snapshotHistory.js';
import { TemporaryFolder } from '../../support/temporaryFolder.js';

describe('SnapshotHistory', () => {
  it('knows what changed between two steps, unless one of them may have changed anything or is forgotten', () => {
    const history = new SnapshotHistory();
    for (const step of [['/a'], ['/b', '/'], undefined, ['/c']]) history.add(step);
    assert.deepEqual([...(history.between(0, 2) ?? [])], ['/a', '/b', '/']);
    assert.deepEqual([...(history.between(2, 2) ?? ['none'])], []);
    assert.equal(history.between(1, 3), undefined);
    assert.deepEqual([...(history.between(3, 4) ?? [])], ['/c']);
    for (let step = 0; step < 2000; step++) history.add(['/d']);
    assert.equal(history.between(3, history.length), undefined);
    assert.deepEqual([...(history.between(history.length - 5, history.length) ?? [])], ['/d']);
  });
});

describe('Snapshots of the disk', () => {
  it('know which paths may answer otherwise than in an earlier one of the same line', () => {
    const folder = new TemporaryFolder('#- a.yaml\na: 1\n');
    try {
      const file = `${folder.core}/a.yaml`;
      const first = DiskTree.open();
      const second = first.withBuffer(file, 'a: 2\n');
      const third = second.withBuffer(`${folder.core}/b.yaml`, 'b: 1\n');
      assert.deepEqual([...(second.changesSince(first) ?? [])], [file, folder.core]);
      assert.equal(third.changesSince(first)?.has(`${folder.core}/b.yaml`), true);
      assert.equal(first.changesSince(third), undefined);
      assert.equal(first.withBuffer(file, 'a: 3\n').changesSince(third), undefined);
      assert.equal(third.withChanges([file]).changesSince(third), undefined);
      assert.equal(DiskTree.open().changesSince(first), undefined);
    } finally {
      folder.remove();
    }
  });
});
