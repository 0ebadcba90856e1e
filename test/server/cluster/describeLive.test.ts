import assert from 'node:assert/strict';
import type { DeliveryRecord } from '../../../src/core/sync/deliveryRecord.js';
import { describeRecords } from '../../../src/server/cluster/describeLive.js';

function record(run: string, revision: string, result: DeliveryRecord['result'] = 'done'): DeliveryRecord {
  return { run, revision, user: 'ada', startedAt: '2026-11-21T09:00:00Z', finishedAt: undefined, result, message: '', counts: { created: 2, unchanged: 1 } };
}

const [first, second] = ['1'.repeat(40), '2'.repeat(40)] as const;

describe('the record of syncs as the editor shows it', () => {
  it('says which one undoing the last goes back to', () => {
    const shown = describeRecords([record('d', second), record('c', first, 'failed'), record('b', first), record('a', first)]);
    assert.deepEqual(
      shown.map(({ run, isUndoTarget }) => [run, isUndoTarget]),
      [
        ['d', false],
        ['c', false],
        ['b', true],
        ['a', false],
      ],
    );
    assert.deepEqual([shown[0]?.objects, shown[0]?.at], [3, '2026-11-21T09:00:00Z']);
  });

  it('does not offer to go back to what was never committed', () => {
    const edited = `${first} with changes that are not committed`;
    const shown = describeRecords([record('b', second), record('a', edited)]);
    assert.deepEqual(
      shown.map(({ commit, isUndoTarget }) => [commit, isUndoTarget]),
      [
        [second, false],
        [undefined, false],
      ],
    );
  });
});
