/** Tags in the order and nearness that people mean. */
import assert from 'node:assert/strict';
import { nearestTags, newestFirst, undatedTags } from '../../../src/core/registry/nearestTags.js';

describe('tags', () => {
  it('are ordered by version, newest first; what is no version comes behind', () => {
    const tags = ['1.9.0', 'latest', '1.10.0', 'v2.0.0-rc.1', '2.0.0', '1.10', 'main'];
    assert.deepEqual(newestFirst(tags, new Map()), ['2.0.0', 'v2.0.0-rc.1', '1.10.0', '1.10', '1.9.0', 'main', 'latest']);
  });

  it('that are no versions are ordered by date where it is known, then with numbers as numbers', () => {
    const times = new Map([
      ['abc1234', 100],
      ['def5678', 300],
      ['dev', 200],
    ]);
    assert.deepEqual(newestFirst(['abc1234', 'def5678', 'dev', 'main-99', 'main-120'], times), ['def5678', 'dev', 'abc1234', 'main-120', 'main-99']);
    assert.deepEqual(newestFirst(['20240115', '20241231', '20240116'], new Map()), ['20241231', '20240116', '20240115']);
  });

  it('that only a date can order are commits and branches', () => {
    assert.deepEqual(undatedTags(['1.2.3', 'v1.0', '20240115', 'main-12', 'build7', '1a2b3c4', 'ffe0123', 'dev', 'known'], new Map([['known', 1]])), ['1a2b3c4', 'ffe0123', 'dev']);
  });

  it('of any text can be ordered, the same way whatever their order was', () => {
    const tags = ['', '1', '1.', '1.0', '1.0.0', '01.0.0', '1.0.0+x', 'a1', 'a01', 'a', '9'.repeat(60), '1.0.0-', 'v1'];
    const once = newestFirst(tags, new Map());
    assert.deepEqual(newestFirst(tags.toReversed(), new Map()), once);
    assert.equal(once.length, tags.length);
  });

  it('are near by their v, their commit, their version, their letters', () => {
    const tags = ['v1.4.2', '1.5.0', '1.5.3', '1.6.0', '2.0.0', 'sha-3f2a9c1', '3f2a9c1d', 'release', 'develop'];
    assert.equal(nearestTags('1.4.2', tags, 3)[0], 'v1.4.2');
    assert.deepEqual(nearestTags('1.5.9', tags, 2), ['1.5.3', '1.6.0']);
    assert.equal(nearestTags('3f2a9c1d7e', tags, 1)[0], '3f2a9c1d');
    assert.equal(nearestTags('relaese', tags, 1)[0], 'release');
    assert.deepEqual(nearestTags('something-else-entirely', tags, 3), []);
  });

  it('of a repository that has very many are ordered and compared in time', () => {
    const tags = Array.from({ length: 50_000 }, (_, index) => (index % 2 ? `1.${index}.0` : `feature-some-branch-${index}-build`));
    const began = performance.now();
    assert.equal(newestFirst(tags, new Map())[0], '1.49999.0');
    assert.equal(nearestTags('feature-some-branch-99999999-biuld', tags, 3).length, 3);
    assert.ok(performance.now() - began < 30_000);
  });

  it('are never the wanted one itself, nor named twice', () => {
    const tags = ['1.0.0', '1.0.1', 'v1.0.0'];
    const near = nearestTags('1.0.0', tags, 5);
    assert.ok(!near.includes('1.0.0'));
    assert.equal(new Set(near).size, near.length);
  });
});
