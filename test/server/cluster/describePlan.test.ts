import assert from 'node:assert/strict';
import { plannedObjects, type PlannedObject, type SyncPlan } from '../../../src/core/sync/syncPlan.js';
import { describePlan } from '../../../src/server/cluster/describePlan.js';
import { parseLiveUri } from '../../../src/server/cluster/liveUris.js';
import { environmentIn } from '../../support/driftOn.js';

const namespace: PlannedObject = {
  id: { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: 'shop' },
  action: 'create',
  reason: 'CreateNamespace=true',
  cause: undefined,
  fields: [],
  conflicts: [],
  method: 'apply',
  needs: [],
  manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  desired: undefined,
  live: undefined,
  predicted: undefined,
  hook: undefined,
  propagation: 'Background',
  countsForHealth: true,
};

function planWith(object: PlannedObject): SyncPlan {
  const step = { phase: 'PreSync', wave: 0, kind: 'apply', label: 'PreSync', groups: [[object]], waitsForHealth: false } as const;
  return {
    environment: 'folder/shop',
    revision: 'r',
    manager: 'gitops-workbench',
    steps: [step],
    questions: [],
    warnings: ['from the plan'],
    refusal: undefined,
    declared: [],
    extra: [],
  };
}

function describeOne(object: PlannedObject, { isPast = false } = {}): ReturnType<typeof describePlan> {
  const plan = planWith(object);
  assert.equal(plannedObjects(plan).length, 1);
  const shown = { planId: 'p1', environment: environmentIn('shop'), context: 'dev', plan, notes: ['from here'], isPast };
  return describePlan(shown, { label: (path) => path, fingerprint: () => '', now: 0 });
}

describe('a plan as the editor shows it', () => {
  it('has a side to look at for what a sync makes by itself', () => {
    const [change] = describeOne(namespace).changes;
    assert.equal(change?.liveUri, undefined);
    assert.deepEqual(parseLiveUri(change?.desiredUri ?? ''), { side: 'desired', environment: '', plan: 'p1', key: '/Namespace//shop' });
  });

  it('has none for what is deleted', () => {
    const live = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const [change] = describeOne({ ...namespace, action: 'prune', method: 'delete', live }).changes;
    assert.notEqual(change?.liveUri, undefined);
    assert.equal(change?.desiredUri, undefined);
  });

  it('says first what people should know beside it', () => {
    assert.deepEqual(describeOne(namespace).warnings, ['from here', 'from the plan']);
  });
});
