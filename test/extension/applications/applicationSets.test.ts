import assert from 'node:assert/strict';
import { applicationSetLines, followLine } from '../../../src/extension/applications/applicationSets.js';

describe('finding ApplicationSets in a text', () => {
  it('gives the first line of each that is one', () => {
    const text = '# a comment\n---\n# another\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n---\nkind: Application\n--- \nkind: "ApplicationSet" # quoted\n';
    assert.deepEqual(applicationSetLines(text), [3, 8]);
  });

  it('takes no other mention for one', () => {
    assert.deepEqual(applicationSetLines('spec:\n  kind: ApplicationSet\n# kind: ApplicationSet\nkind: ApplicationSets\n'), []);
  });
});

describe('following a line through edits', () => {
  it('moves it with lines that come or go above it, and with none below', () => {
    assert.equal(followLine(10, { first: 2, last: 2, lines: 3 }), 13);
    assert.equal(followLine(10, { first: 2, last: 6, lines: 0 }), 6);
    assert.equal(followLine(10, { first: 10, last: 12, lines: 0 }), 10);
    assert.equal(followLine(10, { first: 11, last: 11, lines: 5 }), 10);
  });

  it('leaves it at the beginning of a replaced range that it was in', () => {
    assert.equal(followLine(10, { first: 8, last: 12, lines: 1 }), 8);
  });
});
