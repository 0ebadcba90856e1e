import assert from 'node:assert/strict';
import { refusalOf, resourceItems, rollbackItems } from '../../../src/extension/operators/choices.js';
import { objectOf, operatorOf, rowOf } from '../../support/liveFixtures.js';

const live = '1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d';
const history = [
  { id: '1', revision: 'a'.repeat(40), at: '2026-11-19T10:00:00Z' },
  { id: '2', revision: 'b'.repeat(40), at: '2026-11-20T10:00:00Z' },
  { id: '3', revision: live, at: '2026-11-21T10:00:00Z' },
];

describe('what can be asked of an operator', () => {
  it('is no rollback to what is live, and the newest first', () => {
    assert.deepEqual(
      rollbackItems(operatorOf({ history, revision: live })).map(({ historyId, label }) => [historyId, label]),
      [
        ['2', 'bbbbbbb'],
        ['1', 'aaaaaaa'],
      ],
    );
  });

  it('is a rollback to the last delivery where something else is compared now', () => {
    assert.equal(rollbackItems(operatorOf({ history, revision: 'c'.repeat(40) }))[0]?.historyId, '3');
  });

  it('is refused with the reason where it would do nothing, or harm', () => {
    const operation = { phase: 'Running', message: '', startedAt: '' };
    assert.match(refusalOf('rollback', operatorOf()) ?? '', /auto-sync is on/);
    assert.equal(refusalOf('rollback', operatorOf({ isAutomated: false })), undefined);
    assert.match(refusalOf('terminate', operatorOf()) ?? '', /does nothing now/);
    assert.equal(refusalOf('terminate', operatorOf({ operation })), undefined);
    assert.match(refusalOf('sync', operatorOf({ operation })) ?? '', /at work on it already \(Running\)/);
    assert.match(refusalOf('reconcile', operatorOf({ operator: 'flux', isSuspended: true })) ?? '', /Resume it first/);
  });

  it('is a sync of resources that differ, not of those that others only added to', () => {
    const rows = [rowOf(objectOf('Deployment', 'api')), rowOf(objectOf('Service', 'api'), { state: 'foreign' })];
    assert.deepEqual(
      resourceItems(rows).map(({ label, description }) => [label, description]),
      [['Deployment api', 'orders-prod · changed']],
    );
  });
});
