/** Whether the operator goes by what is compared. */
import assert from 'node:assert/strict';
import { describeAhead } from '../../../src/core/drift/ahead.js';
import { forecastField, type Outlook } from '../../../src/core/drift/forecast.js';

const [ours, theirs] = ['a'.repeat(40), 'b'.repeat(40)];
const same = { changedFiles: [], branch: 'main', commit: ours, isPushed: true, operatorRevisions: [ours] };

describe('what is compared', () => {
  it('is what the operator goes by, or says what is ahead', () => {
    assert.equal(describeAhead(same), undefined);
    assert.equal(describeAhead({ ...same, changedFiles: ['a.yaml'] }), 'a.yaml is not committed');
    assert.equal(describeAhead({ ...same, changedFiles: ['a.yaml', 'b.yaml'] }), '2 files are not committed');
    assert.equal(describeAhead({ ...same, isPushed: false }), 'main is not pushed');
    assert.equal(describeAhead({ ...same, operatorRevisions: [`main@sha1:${theirs}`] }), 'it is at bbbbbbbb, you look at aaaaaaaa');
    assert.equal(describeAhead({ ...same, operatorRevisions: ['1.2.3'] }), undefined);
    assert.equal(describeAhead({ ...same, commit: undefined, operatorRevisions: [theirs] }), undefined);
  });

  it('makes what an operator does with a difference unknown', () => {
    const declaration = { kind: 'Application', spec: { syncPolicy: { automated: { selfHeal: true } } } };
    const outlook: Outlook = { operator: 'argocd', declaration, isThere: true, isReconciled: false };
    assert.equal(forecastField('changed', 'kubectl', outlook).outcome, 'reverted');
    const forecast = forecastField('changed', 'kubectl', { ...outlook, ahead: 'main is not pushed' });
    assert.deepEqual([forecast.outcome, forecast.message], ['unknown', 'Not known: Argo CD goes by something else than what you look at (main is not pushed).']);
  });
});
