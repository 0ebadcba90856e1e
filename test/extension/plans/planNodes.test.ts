import assert from 'node:assert/strict';
import { planNodes, planSentence, titleOf } from '../../../src/extension/plans/planNodes.js';
import { drawTree, findNode } from '../../support/drawTree.js';
import { placeAt } from '../../support/deliveryFixtures.js';
import { branchOf, editPlanOf, editProgressOf, moveOf, targetOf } from '../../support/promoteFixtures.js';

const full = editPlanOf({
  warnings: ['stage and prod are on one branch and move together.'],
  questions: [{ key: 'prod', question: 'orders prod is protected. Promote to it?', isDangerous: true, typed: 'orders prod' }],
  targets: [
    targetOf('stage', {
      moves: [moveOf({ registry: { state: 'missing', message: 'it has sha-1 and 4 more tags' } }), moveOf({ image: 'worker', before: 'v1', after: 'v1', state: 'same', way: '' })],
      findings: [
        { severity: 'error', code: 'images/latest-tag', message: 'The tag latest moves.', place: placeAt('a.yaml', 3), isNew: true },
        { severity: 'warning', code: 'workload/probes', message: 'No probe.', place: placeAt('b.yaml', 4), isNew: false },
      ],
      others: [{ object: 'Deployment/orders-api', path: 'spec.replicas', from: '1', to: '3', place: undefined }],
      warnings: ['Image automation would write dev tags again.'],
    }),
    targetOf('prod', { refusal: 'orders prod has no file of its own for this image.', moves: [], rendered: { added: 0, removed: 0, changed: 0, fields: [] }, live: undefined }),
  ],
});

describe('a plan of edits', () => {
  it('is a tree of what speaks for and against it in each environment, and of what is committed', () => {
    assert.equal(
      drawTree(planNodes({ kind: 'plan', plan: full })),
      `(checklist) orders: dev → stage
(warning) stage and prod are on one branch and move together.
(warning) orders prod is protected. Promote to it? | will be asked
(server-environment) orders stage | sha-1 → sha-2 · image missing · 1 new error · in sync, Healthy
  (error) orders-api | sha-1 → sha-2
    (error) Not in the registry | it has sha-1 and 4 more tags
    (edit) newTag of images[0] | apps/orders/overlays/stage/kustomization.yaml:12
  (pass) worker | already v1
  (warning) Image automation would write dev tags again.
  (diff-modified) Rendered | 1 changed
    (circle-small) Deployment/orders-api image: orders-api:sha-1 → orders-api:sha-2
  (error) Findings | 1 new, 1 as before
    (error) The tag latest moves. | new · a.yaml:3
    (warning) No probe. | b.yaml:4
  (compare-changes) Other differences | 1 · they stay
    (circle-small) orders-api spec.replicas | 1 ↔ 3
  (pass) Live | in sync, Healthy
(circle-slash) orders prod | not moved
  (circle-slash) orders prod has no file of its own for this image.
  (pass) Findings | none
  (debug-disconnect) Live | not known: no cluster is connected
(git-branch) main | 1 file
  (diff-modified) apps/orders/overlays/stage/kustomization.yaml
`,
    );
  });

  it('says above its rows what it changes, or why nothing', () => {
    assert.equal(planSentence({ kind: 'plan', plan: editPlanOf() }), '1 environment, 1 file on main. Nothing was written yet.');
    assert.equal(planSentence({ kind: 'plan', plan: editPlanOf({ refusal: 'stage has sha-2 already.' }) }), 'stage has sha-2 already.');
    assert.equal(planSentence({ kind: 'none' }), '');
  });

  it('can be delivered only where it has something to deliver', () => {
    const contextsOf = (plan: typeof full): readonly string[] => planNodes({ kind: 'plan', plan })[0]?.contexts ?? [];
    assert.deepEqual(contextsOf(editPlanOf()), ['editPlanHead', 'plan']);
    assert.deepEqual(contextsOf(editPlanOf({ refusal: 'It is there already.' })), ['editPlanHead', 'refused']);
    assert.deepEqual(contextsOf(editPlanOf({ branches: [branchOf({ files: [] })] })), ['editPlanHead', 'refused']);
  });

  it('follows the ladder of each environment after the push, with the rung that it waits on', () => {
    const progress = editProgressOf({
      phase: 'following',
      part: 0.7,
      message: 'orders stage: Argo CD is at 1a2b3c4d.',
      branches: [{ repository: 'delivery', branch: 'main', state: 'pushed', commit: '5e6f7a8b9c0d1a2b', pullRequestUrl: undefined, message: '' }],
      ladders: [
        {
          id: targetOf('stage').id,
          label: 'orders stage',
          state: 'moving',
          rungs: [
            { rung: 'pushed', state: 'done', evidence: 'origin has it.' },
            { rung: 'synced', state: 'pending', evidence: 'Argo CD is at 1a2b3c4d.' },
            { rung: 'healthy', state: 'pending', evidence: 'Not before it is synced.' },
          ],
        },
      ],
    });
    assert.equal(
      drawTree(planNodes({ kind: 'running', plan: editPlanOf(), progress })),
      `(sync~spin) orders: dev → stage | delivered, being followed
(sync~spin) orders stage | waits: Synced
  (pass) Pushed
  (sync~spin) Synced | Argo CD is at 1a2b3c4d.
  (circle-outline) Healthy | Not before it is synced.
(pass) main | pushed · 5e6f7a8b
  (diff-modified) apps/orders/overlays/stage/kustomization.yaml
`,
    );
  });

  it('offers the page of a pull request where one was made', () => {
    const branch = { repository: 'delivery', branch: 'main', state: 'proposed', commit: '5e6f7a8b', pullRequestUrl: 'https://git.example/pull/1', message: '' } as const;
    const nodes = planNodes({ kind: 'over', plan: editPlanOf(), progress: editProgressOf({ phase: 'done', branches: [branch] }) });
    assert.deepEqual(nodes[0]?.contexts, ['editPlanHead', 'over', 'proposed']);
    assert.ok(findNode(nodes, ({ label }) => label === 'main')?.contexts.includes('proposed'));
  });

  it('shows which commits of a rollback conflict, and where', () => {
    const plan = editPlanOf({ kind: 'rollback', branches: [branchOf({ conflicts: [{ commit: '9c0d1a2b3c4d', files: ['a.yaml', 'b.yaml'] }] })] });
    assert.equal(titleOf({ kind: 'plan', plan }), 'Rollback');
    assert.match(drawTree(planNodes({ kind: 'plan', plan })), /\(error\) main \| 1 file\n {2}\(error\) 9c0d1a2b conflicts \| a\.yaml, b\.yaml/);
  });

  it('says to a screen reader what the eye sees', () => {
    const words = planNodes({ kind: 'plan', plan: full }).map(({ spoken }) => spoken);
    assert.deepEqual(words, [
      'Plan of orders: dev → stage: 1 environment, 1 file on main. Nothing was written yet.',
      'stage and prod are on one branch and move together.',
      'Will be asked: orders prod is protected. Promote to it?',
      'Environment orders stage, sha-1 → sha-2, image missing, 1 new error, in sync, Healthy',
      'Environment orders prod, protected, not moved, orders prod has no file of its own for this image.',
      'Branch main of delivery, 1 file',
    ]);
  });
});
