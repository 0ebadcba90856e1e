import assert from 'node:assert/strict';
import { forgeOf } from '../../../src/extension/plans/forge.js';
import { handOffOf, waitsForOperator } from '../../../src/extension/plans/handOff.js';
import { advance, waysOf, wordsOfWay, type EditState } from '../../../src/extension/plans/planState.js';
import { liveOf, operatorOf } from '../../support/liveFixtures.js';
import { branchOf, editPlanOf, editProgressOf } from '../../support/promoteFixtures.js';

describe('the delivery of a plan', () => {
  const running: EditState = { kind: 'running', plan: editPlanOf(), progress: undefined };

  it('takes only the progress of its own run, to its end', () => {
    assert.equal(advance(running, 'run', editProgressOf({ runId: 'other' })), running);
    assert.equal(advance(running, undefined, editProgressOf()), running);
    assert.equal(advance(running, 'run', editProgressOf({ phase: 'following' })).kind, 'running');
    for (const phase of ['done', 'failed', 'cancelled'] as const) assert.equal(advance(running, 'run', editProgressOf({ phase })).kind, 'over');
  });

  it('goes by a way that all branches allow, as the protected one proposes', () => {
    const dev = branchOf({ branch: 'dev', ways: ['push', 'pullRequest', 'commit'] });
    const main = branchOf({ isProtected: true, ways: ['pullRequest', 'push', 'commit'] });
    assert.deepEqual(waysOf(editPlanOf({ branches: [dev, main] })), ['pullRequest', 'push', 'commit']);
    assert.deepEqual(waysOf(editPlanOf({ branches: [dev, branchOf({ ways: ['commit', 'edit'] })] })), ['commit']);
  });

  it('says what comes of each way, and that the working tree is left alone where another branch is edited', () => {
    assert.equal(wordsOfWay('push', [branchOf()]).detail, 'One commit on main, and followed until it is healthy');
    assert.equal(
      wordsOfWay('push', [branchOf({ isCheckedOut: false }), branchOf({ branch: 'dev' })]).detail,
      'One commit each on main and dev, and followed until it is healthy; your working tree is not touched',
    );
    assert.equal(wordsOfWay('pullRequest', [branchOf()]).detail, 'promote/orders-stage into main');
  });

  it('makes pull requests where the editor can have a session', () => {
    assert.equal(forgeOf('https://github.com/tidepool-example/delivery.git')?.name, 'GitHub');
    assert.equal(forgeOf('git@gitlab.com:tidepool/delivery.git')?.name, 'GitLab');
    assert.equal(forgeOf('ssh://git@github.com/a/b')?.name, 'GitHub');
    for (const url of ['https://git.example.com/github.com/a.git', 'https://github.com.example.com/a', '', undefined]) assert.equal(forgeOf(url), undefined);
  });

  it('offers what makes a pushed change arrive, as the operator of the environment asks', () => {
    const commandOf = (changes: Parameters<typeof liveOf>[1]): string | undefined => handOffOf('orders stage', liveOf('a', changes))?.command;
    assert.equal(handOffOf('orders stage', undefined), undefined);
    assert.equal(commandOf({ state: { kind: 'not-connected' } }), undefined);
    assert.equal(commandOf({}), 'gitops.sync.start');
    assert.equal(commandOf({ operator: operatorOf({ operator: 'argocd', isAutomated: true }) }), 'gitops.argocd.refresh');
    assert.equal(commandOf({ operator: operatorOf({ operator: 'argocd', isAutomated: false }) }), 'gitops.argocd.sync');
    assert.equal(commandOf({ operator: operatorOf({ operator: 'flux', isSuspended: false }) }), 'gitops.flux.reconcileWithSource');
    assert.equal(commandOf({ operator: operatorOf({ operator: 'flux', isSuspended: true }) }), 'gitops.flux.resume');
  });

  it('offers it only once git has all, and the cluster has not', () => {
    const ladder = (open: string) => ({
      id: 'a',
      label: 'a',
      state: 'moving' as const,
      rungs: ['pushed', 'synced', 'healthy'].map((rung) => ({ rung, state: rung === open ? ('pending' as const) : ('done' as const), evidence: '' })),
    });
    assert.deepEqual(
      ['pushed', 'synced', 'healthy'].map((open) => waitsForOperator(ladder(open))),
      [false, true, false],
    );
  });
});
