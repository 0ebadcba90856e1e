import assert from 'node:assert/strict';
import { durationWords, parseTime } from '../../../src/core/live/time.js';

describe('times of Kubernetes', () => {
  it('are the milliseconds that the platform computes', () => {
    for (const text of [
      '1970-01-01T00:00:00Z',
      '2000-02-29T23:59:59Z',
      '2026-11-21T12:00:01.250Z',
      '2100-03-01T00:00:00+02:00',
      '1969-12-31T23:59:59-11:30',
      '2024-12-31T00:00:00.000001Z',
    ]) {
      assert.equal(parseTime(text), Date.parse(text), text);
    }
  });

  it('are the same for every day of a few centuries', () => {
    for (let day = -80_000; day < 80_000; day += 13) assert.equal(parseTime(new Date(day * 86_400_000).toISOString()), day * 86_400_000);
  });

  it("aren't made of what is no time", () => {
    for (const text of ['', 'yesterday', '2026-13-01T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00', undefined]) assert.equal(parseTime(text), undefined);
  });

  it('are told in the largest unit that fits', () => {
    assert.deepEqual([-5, 0, 1000, 59_999, 60_000, 7_200_000, 3 * 86_400_000].map(durationWords), [
      '0 seconds',
      '0 seconds',
      '1 second',
      '59 seconds',
      '1 minute',
      '2 hours',
      '3 days',
    ]);
  });
});
