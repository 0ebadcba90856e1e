/** Where a change is, from the file to the running pod. */
import assert from 'node:assert/strict';
import type { EnvironmentDrift, ObjectDrift } from '../../../src/core/drift/drift.js';
import type { Health } from '../../../src/core/live/health.js';
import type { OperatorStatus } from '../../../src/core/operators/operatorStatus.js';
import { climbLadder, firstOpenRung, type LadderGit, type LadderInput, type Rung } from '../../../src/core/sync/ladder.js';

const commit = '1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b';
const git: LadderGit = { uncommitted: [], branch: 'main', commit, ahead: 0, behind: 0, trackedCommit: commit };
const healthy: Health = { status: 'Healthy', message: '' };

const drifted = (objects: readonly Partial<ObjectDrift>[], health: Health = healthy): EnvironmentDrift => ({
  environment: 'e',
  health,
  objects: objects.map(
    (object) =>
      ({
        id: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
        state: 'in-sync',
        reason: '',
        fields: [],
        ignored: [],
        health: undefined,
        ...object,
      }) as unknown as ObjectDrift,
  ),
});
const statusOf = (changes: Partial<OperatorStatus>): OperatorStatus =>
  ({
    id: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: 'argocd', name: 'orders' },
    sync: 'Synced',
    revisions: [commit],
    ...changes,
  }) as unknown as OperatorStatus;

function climb(changes: Partial<LadderInput> = {}): Readonly<Record<string, Rung>> {
  const rungs = climbLadder({
    unsaved: [],
    git,
    trackedRevision: 'main',
    operator: 'argocd',
    live: { drift: drifted([{}]), status: statusOf({}) },
    notAsked: 'No cluster was asked.',
    ...changes,
  });
  return Object.fromEntries(rungs.map((rung) => [rung.rung, rung]));
}

const said = (rung: Rung | undefined): readonly (string | undefined)[] => [rung?.state, rung?.evidence];

describe('the delivery ladder', () => {
  it('is climbed when all is in place', () => {
    const rungs = Object.values(climb());
    assert.deepEqual(
      rungs.map(({ rung, state }) => [rung, state]),
      ['saved', 'committed', 'pushed', 'tracked', 'synced', 'rolled-out', 'healthy'].map((rung) => [rung, 'done']),
    );
    assert.equal(firstOpenRung(rungs), undefined);
  });

  it('says what is not saved, not committed, not pushed', () => {
    const rungs = climb({ unsaved: ['a.yaml'], git: { ...git, uncommitted: ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'], ahead: 2 } });
    assert.deepEqual(said(rungs['saved']), ['pending', 'a.yaml has changes that are not saved.']);
    assert.deepEqual(said(rungs['committed']), ['pending', 'a.yaml, b.yaml, c.yaml and 1 more are not committed.']);
    assert.deepEqual(said(rungs['pushed']), ['pending', 'main is 2 commits ahead of its upstream.']);
    assert.equal(firstOpenRung(Object.values(rungs))?.rung, 'saved');
  });

  it('says that the operator follows another branch, unless that is at the same commit', () => {
    assert.deepEqual(said(climb({ git: { ...git, branch: 'dev', trackedCommit: 'ffff' } })['tracked']), [
      'pending',
      'The operator follows main, dev is checked out: merge it there first.',
    ]);
    assert.equal(climb({ git: { ...git, branch: 'dev' } })['tracked']?.state, 'done');
    assert.equal(climb({ trackedRevision: undefined })['tracked']?.state, 'unknown');
    assert.equal(climb({ trackedRevision: undefined, operator: 'none' })['tracked']?.state, 'done');
  });

  it('says which commit the operator is at', () => {
    const status = statusOf({ revisions: ['ffffffffffffffffffffffffffffffffffffffff'] });
    assert.deepEqual(said(climb({ live: { drift: drifted([{}]), status } })['synced']), ['pending', 'Application orders is at ffffffff, not yet at 1a2b3c4d.']);
  });

  it('says how a sync failed', () => {
    const status = statusOf({ operation: { phase: 'Failed', message: 'one or more objects failed to apply' } as OperatorStatus['operation'] });
    assert.deepEqual(said(climb({ live: { drift: drifted([{}]), status } })['synced']), ['failed', 'Application orders: one or more objects failed to apply.']);
  });

  it('says what differs, and what can not be compared', () => {
    assert.deepEqual(said(climb({ live: { drift: drifted([{ state: 'changed' }]), status: undefined } })['synced']), ['pending', 'Deployment web differs from the render.']);
    assert.deepEqual(said(climb({ live: { drift: drifted([{ state: 'unknown', reason: 'patching is forbidden' }]), status: undefined } })['synced']), [
      'unknown',
      "Deployment web can't be compared: patching is forbidden.",
    ]);
  });

  it('says what rolls out and what is degraded', () => {
    const rolling = drifted([{ health: { status: 'Progressing', message: '1 of 3 updated replicas are available' } }], {
      status: 'Progressing',
      message: 'Deployment web: waiting',
    });
    const rungs = climb({ live: { drift: rolling, status: undefined } });
    assert.deepEqual(said(rungs['rolled-out']), ['pending', 'Deployment web: 1 of 3 updated replicas are available.']);
    assert.deepEqual(said(rungs['healthy']), ['pending', 'Progressing: Deployment web: waiting.']);
    const degraded = climb({ live: { drift: drifted([{}], { status: 'Degraded', message: 'Deployment web: exceeded its progress deadline' }), status: undefined } });
    assert.deepEqual([degraded['rolled-out']?.state, degraded['healthy']?.state], ['failed', 'failed']);
  });

  it('knows nothing of a cluster that was not asked, or of files that git does not know', () => {
    const rungs = climb({ live: undefined, git: undefined });
    assert.deepEqual(
      Object.values(rungs).map(({ state }) => state),
      ['done', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown'],
    );
    assert.equal(rungs['healthy']?.evidence, 'No cluster was asked.');
  });
});
