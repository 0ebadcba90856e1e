import assert from 'node:assert/strict';
import { beginRecord, finishRecord, formatRecords, lastGood, readRecords, recordLimit, undoTarget, type DeliveryRecord } from '../../../src/core/sync/deliveryRecord.js';

function deliver(records: readonly DeliveryRecord[], revision: string, result: 'done' | 'failed'): readonly DeliveryRecord[] {
  const run = `run-${records.length}-${revision}`;
  const begun = beginRecord(records, { run, revision, user: 'ada', startedAt: '2026-01-01T00:00:00Z' });
  return finishRecord(begun, run, { result, message: 'x'.repeat(1000), finishedAt: '2026-01-01T00:01:00Z', objects: [] });
}

describe('the record of deliveries', () => {
  it('is read as it was written, and what is no record is left out', () => {
    const records = deliver(deliver([], 'r1', 'done'), 'r2', 'failed');
    assert.deepEqual(readRecords(formatRecords(records)), records);
    assert.deepEqual(readRecords(undefined), []);
    assert.deepEqual(readRecords('no json'), []);
    assert.deepEqual(
      readRecords('[1, {"result": "unheard of"}, {"result": "done", "revision": "r"}]').map(({ revision }) => revision),
      ['r'],
    );
  });

  it('is bounded, in records and in words', () => {
    let records: readonly DeliveryRecord[] = [];
    for (let index = 0; index < 50; index++) records = deliver(records, `r${index}`, 'done');
    assert.deepEqual([records.length, records[0]?.revision, records[0]?.message.length], [recordLimit, 'r49', 300]);
    assert.ok(formatRecords(records).length < 20_000);
  });

  it('knows what went well last, and what to go back to', () => {
    const records = deliver(deliver(deliver(deliver([], 'r1', 'done'), 'r2', 'failed'), 'r3', 'done'), 'r3', 'done');
    assert.equal(lastGood(records)?.revision, 'r3');
    assert.equal(undoTarget(records)?.revision, 'r1');
    assert.equal(undoTarget(deliver([], 'r1', 'done')), undefined);
  });
});
