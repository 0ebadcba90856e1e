import assert from 'node:assert/strict';
import { visitNodes, visitSentence } from '../../../src/extension/doctor/doctorNodes.js';
import { drawTree, findNode } from '../../support/drawTree.js';
import { diagnosisOf, visitOf } from '../../support/promoteFixtures.js';

describe('what the doctor found', () => {
  const visit = visitOf({
    diagnoses: [diagnosisOf(), diagnosisOf({ code: 'old-version', severity: 'warning', symptom: 'It runs an older version than git has.' })],
    notSeen: ['Events of namespace orders-stage are forbidden for jane.'],
  });

  it('is a tree of symptoms, their causes with what shows them, and what mends them', () => {
    const cause = `    (arrow-right) The tag sha-9 is not in the registry.
      (search) Pod orders-api-7d9: ErrImagePull.
      (lightbulb) Set a tag that is there. | Set sha-2
      (go-to-file) apps/orders/overlays/stage/kustomization.yaml:12 | go to the line
`;
    assert.equal(
      drawTree(visitNodes([visit])),
      `(error) orders stage | 2 symptoms · 2026-11-21 11:30
  (error) Pods of Deployment orders-api can't pull their image.
${cause}  (warning) It runs an older version than git has.
${cause}  (eye-closed) Events of namespace orders-stage are forbidden for jane. | not looked at
`,
    );
  });

  it('offers to run a fix where one can be run, and leads to the line to mend', () => {
    const nodes = visitNodes([visit]);
    const fix = findNode(nodes, ({ label }) => label === 'Set a tag that is there.');
    assert.deepEqual(fix?.contexts, ['fix', 'runnable']);
    assert.equal(fix.opens?.kind, 'fix');
    assert.equal(fix.spoken, 'Fix: Set a tag that is there. Set sha-2: Edits the overlay in the editor.');
    const byHand = diagnosisOf();
    const [cause] = byHand.causes;
    assert.ok(cause);
    const manual = visitNodes([visitOf({ diagnoses: [diagnosisOf({ causes: [{ ...cause, action: undefined }] })] })]);
    assert.deepEqual(findNode(manual, ({ label }) => label === 'Set a tag that is there.')?.contexts, ['fix']);
  });

  it('does not say that all is well where not all could be looked at', () => {
    assert.equal(visitSentence(visitOf()), 'Nothing is wrong with it.');
    const partly = visitOf({ notSeen: ['No cluster is connected.'] });
    assert.equal(visitSentence(partly), 'Nothing was found, but not everything could be looked at: No cluster is connected.');
    assert.equal(visitNodes([partly])[0]?.icon.name, 'question');
    assert.equal(visitSentence(visit), "Pods of Deployment orders-api can't pull their image. And 1 more symptom.");
  });
});
