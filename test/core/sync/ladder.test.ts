/** Where a change is, from the file to the running pod. */
import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import type { EnvironmentDrift, ObjectDrift } from '../../../src/core/drift/drift.js';
import type { Health } from '../../../src/core/live/health.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import type { OperatorStatus } from '../../../src/core/operators/operatorStatus.js';
import { climbLadder, firstOpenRung, type LadderInput, type LadderLive, type LadderSource, type Rung } from '../../../src/core/sync/ladder.js';
import type { DeliveryRecord } from '../../../src/core/sync/deliveryRecord.js';

const commit = '1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b';
const other = 'f'.repeat(40);
const now = Date.parse('2026-11-21T12:00:00Z');
const change = { hash: commit, subject: 'Raise replicas', author: 'Ada', date: '2026-11-21T11:48:00Z' };
const place = { source: new SourceText('/repo/overlays/prod/kustomization.yaml', 'a: 1\n'), start: 0, end: 1 };

const source: LadderSource = {
  path: 'overlays/prod',
  uncommitted: [],
  uncommittedAt: undefined,
  branch: 'main',
  commit,
  ahead: 0,
  behind: 0,
  change,
  changeNote: '',
  remote: 'origin',
  onRemote: ['origin/main'],
  tracked: { kind: 'branch', name: 'main', commit, hasChange: true, rendersSame: false, place },
  relations: new Map(),
};
const healthy: Health = { status: 'Healthy', message: '' };

const drifted = (objects: readonly Partial<ObjectDrift>[], health: Health = healthy): EnvironmentDrift => ({
  environment: 'e',
  health,
  objects: objects.map(
    (object) =>
      ({
        id: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
        state: 'in-sync',
        reason: '',
        fields: [],
        ignored: [],
        health: undefined,
        ...object,
      }) as unknown as ObjectDrift,
  ),
});
const statusOf = (changes: Partial<OperatorStatus> = {}): OperatorStatus => ({
  operator: 'argocd',
  id: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: 'argocd', name: 'orders' },
  sync: 'Synced',
  health: healthy,
  revisions: [commit],
  attempted: undefined,
  sources: [],
  operation: undefined,
  conditions: [],
  history: [],
  isSuspended: false,
  isAutomated: true,
  healsItself: false,
  prunes: false,
  resources: [],
  lookedAt: undefined,
  interval: undefined,
  isBehindSpec: false,
  pendingRequest: undefined,
  unknowns: [],
  ...changes,
});
const liveOf = (changes: Partial<LadderLive> = {}): LadderLive => ({
  drift: drifted([{}]),
  status: statusOf(),
  source: undefined,
  deliveries: [],
  pods: { pods: [], replicaSets: [], unseen: '' },
  ...changes,
});

function climb(changes: Partial<LadderInput> = {}, ofSource: Partial<LadderSource> = {}): Readonly<Record<string, Rung>> {
  const rungs = climbLadder({
    unsaved: [],
    sources: [{ ...source, ...ofSource }],
    elsewhere: [],
    operator: 'argocd',
    live: liveOf(),
    notAsked: 'No cluster was asked.',
    now,
    ...changes,
  });
  return Object.fromEntries(rungs.map((rung) => [rung.rung, rung]));
}

const said = (rung: Rung | undefined): readonly (string | undefined)[] => [rung?.state, rung?.evidence];
const relation = (hasChange: boolean | undefined, isInHead: boolean | undefined): LadderSource['relations'] => new Map([[other, { hasChange, isInHead }]]);

describe('the delivery ladder', () => {
  it('is climbed when all is in place', () => {
    const rungs = Object.values(climb());
    assert.deepEqual(
      rungs.map(({ rung, state }) => [rung, state]),
      ['saved', 'committed', 'pushed', 'tracked', 'synced', 'rolled-out', 'healthy'].map((rung) => [rung, 'done']),
    );
    assert.equal(firstOpenRung(rungs), undefined);
  });

  it('follows the commit that last changed the render', () => {
    const rungs = climb();
    assert.deepEqual(said(rungs['committed']), ['done', '1a2b3c4d "Raise replicas" (Ada, 12 minutes ago) last changed what it renders to.']);
    assert.deepEqual(rungs['committed']?.facts, [{ name: 'commit', value: `${commit} "Raise replicas" by Ada, 12 minutes ago` }]);
    assert.deepEqual(said(rungs['pushed']), ['done', 'origin/main has 1a2b3c4d.']);
    assert.deepEqual(said(rungs['tracked']), ['done', 'main at 1a2b3c4d has 1a2b3c4d.']);
    assert.deepEqual(said(rungs['synced']), ['done', 'Application orders is Synced at 1a2b3c4d; the object is as it is rendered.']);
  });

  it('says what is not saved, not committed, not pushed', () => {
    const rungs = climb({ unsaved: [{ label: 'a.yaml', place }] }, { uncommitted: ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'], ahead: 2, onRemote: [] });
    assert.deepEqual(said(rungs['saved']), ['pending', 'a.yaml has changes that are not saved.']);
    assert.equal(rungs['saved']?.place, place);
    assert.deepEqual(said(rungs['committed']), ['pending', 'a.yaml, b.yaml, c.yaml and 1 more are not committed.']);
    assert.deepEqual(said(rungs['pushed']), ['pending', 'No branch of origin has 1a2b3c4d, as fetched last: main is 2 commits ahead of its upstream.']);
    assert.equal(firstOpenRung(Object.values(rungs))?.rung, 'saved');
  });

  it('tells a branch that lacks the change from one that has it in another form', () => {
    const dev = { branch: 'dev', tracked: { ...source.tracked, commit: other, hasChange: false } };
    assert.deepEqual(said(climb({}, dev)['tracked']), ['pending', 'The operator follows main at ffffffff, dev is checked out: merge 1a2b3c4d there first.']);
    assert.equal(climb({}, dev)['tracked']?.place, place);
    assert.deepEqual(said(climb({}, { ...dev, tracked: { ...dev.tracked, rendersSame: true } })['tracked']), [
      'done',
      'main at ffffffff renders to the same, without 1a2b3c4d itself.',
    ]);
    assert.deepEqual(said(climb({}, { branch: 'main', tracked: dev.tracked })['tracked']), [
      'pending',
      'The operator follows main, which is at ffffffff on the remote: push 1a2b3c4d first.',
    ]);
    assert.deepEqual(said(climb({}, { tracked: { ...dev.tracked, kind: 'tag', name: 'v1' } })['tracked']), [
      'pending',
      'The operator follows the tag v1 at ffffffff, which is without 1a2b3c4d: tag a commit that has it, and follow that.',
    ]);
    assert.deepEqual(said(climb({}, { tracked: { ...dev.tracked, kind: 'unknown', name: '1.x', commit: undefined } })['tracked']), [
      'unknown',
      "The operator follows 1.x, which git doesn't know here.",
    ]);
    assert.equal(climb({ operator: 'none' }, dev)['tracked']?.state, 'done');
  });

  it('takes the worst of several sources, and says which it is', () => {
    const rungs = climb({ sources: [source, { ...source, path: 'values/prod', onRemote: [] }] });
    assert.deepEqual(said(rungs['pushed']), ['pending', 'values/prod: No branch of origin has 1a2b3c4d, as fetched last.']);
    const elsewhere = climb({ elsewhere: ['charts of https://example.com/x.git is not open in this workspace: which commit is there is not known.'] });
    assert.equal(elsewhere['pushed']?.state, 'unknown');
  });

  it('says which commit the operator is at, and whether it will get on', () => {
    const at = (changes: Partial<OperatorStatus>): LadderLive => liveOf({ status: statusOf({ revisions: [other], ...changes }) });
    const behind = { relations: relation(false, true) };
    assert.deepEqual(said(climb({ live: at({}) }, behind)['synced']), ['pending', 'Application orders is at ffffffff, not yet at 1a2b3c4d.']);
    assert.deepEqual(said(climb({ live: at({ isSuspended: true }) }, behind)['synced']), ['failed', 'Application orders is suspended at ffffffff.']);
    const source = statusOf({
      operator: 'flux',
      id: { group: 'source.toolkit.fluxcd.io', version: 'v1', kind: 'GitRepository', namespace: 'flux-system', name: 'shop' },
      revisions: [`main@sha1:${other}`],
    });
    assert.deepEqual(said(climb({ live: { ...at({ operator: 'flux', sync: 'Applied' }), source } }, behind)['synced']), [
      'pending',
      'GitRepository shop has fetched main@sha1:ffffffff, not yet 1a2b3c4d.',
    ]);
    assert.deepEqual(said(climb({ live: at({}) }, { relations: relation(undefined, undefined) })['synced']), ['done', 'The object is as it is rendered.']);
    assert.deepEqual(said(climb({ live: at({ sync: 'OutOfSync' }) }, { relations: relation(undefined, undefined) })['synced']), [
      'unknown',
      "Application orders is OutOfSync at ffffffff, which isn't in this clone.",
    ]);
  });

  it('does not hold against a newer revision of the operator that older files here differ from it', () => {
    const live = liveOf({ drift: drifted([{ state: 'changed' }]), status: statusOf({ revisions: [other] }) });
    assert.deepEqual(said(climb({ live }, { relations: relation(true, false) })['synced']), ['done', 'Application orders is Synced at ffffffff.']);
    assert.equal(climb({ live }, { relations: relation(true, true) })['synced']?.state, 'pending');
    assert.equal(climb({ live }, { relations: relation(true, true), uncommitted: ['a.yaml'] })['synced']?.state, 'done');
  });

  it('tells an Application that will sync from one that waits for somebody', () => {
    const outOfSync = (isAutomated: boolean): Rung | undefined => climb({ live: liveOf({ status: statusOf({ sync: 'OutOfSync', isAutomated }) }) })['synced'];
    assert.deepEqual(said(outOfSync(true)), ['pending', 'Application orders is OutOfSync at 1a2b3c4d, and will sync by itself.']);
    assert.deepEqual(said(outOfSync(false)), ['pending', 'Application orders is OutOfSync at 1a2b3c4d, and waits for somebody to sync it: automated sync is off.']);
  });

  it('says how a sync failed, and forgets a failure that was mended since', () => {
    const operation = { phase: 'Failed', message: 'one or more objects failed to apply', isRunning: false, revisions: [commit] } as unknown as NonNullable<
      OperatorStatus['operation']
    >;
    assert.deepEqual(said(climb({ live: liveOf({ status: statusOf({ operation, sync: 'OutOfSync' }) }) })['synced']), [
      'failed',
      'Application orders: one or more objects failed to apply.',
    ]);
    assert.equal(climb({ live: liveOf({ status: statusOf({ operation }) }) })['synced']?.state, 'done');
    const older = statusOf({ operation: { ...operation, revisions: [other] }, sync: 'OutOfSync', revisions: [other] });
    assert.equal(climb({ live: liveOf({ status: older }) }, { relations: relation(false, true) })['synced']?.state, 'pending');
  });

  it('goes by our own record where there is no operator', () => {
    const record = {
      run: '1',
      revision: commit,
      user: 'ada',
      startedAt: '2026-11-21T11:59:00Z',
      finishedAt: undefined,
      result: 'failed',
      message: 'refused',
      counts: {},
    } satisfies DeliveryRecord;
    const live = liveOf({ status: undefined, drift: drifted([{ state: 'missing' }]), deliveries: [record] });
    assert.deepEqual(said(climb({ operator: 'none', live })['synced']), ['failed', 'The last sync from here failed, 1 minute ago: refused.']);
    assert.deepEqual(said(climb({ operator: 'none', live: { ...live, deliveries: [{ ...record, result: 'running' }] } })['synced']), ['pending', 'A sync by ada is running.']);
    assert.equal(climb({ operator: 'none', live: { ...live, drift: drifted([{}]) } })['synced']?.state, 'done');
  });

  it('says what differs, and what can not be compared', () => {
    assert.deepEqual(said(climb({ live: liveOf({ drift: drifted([{ state: 'changed' }]), status: undefined }) })['synced']), [
      'pending',
      'ConfigMap settings differs from the render.',
    ]);
    assert.deepEqual(said(climb({ live: liveOf({ drift: drifted([{ state: 'unknown', reason: 'patching is forbidden' }]), status: undefined }) })['synced']), [
      'unknown',
      "ConfigMap settings can't be compared: patching is forbidden.",
    ]);
  });

  it('says what is degraded', () => {
    const degraded = climb({ live: liveOf({ drift: drifted([{}], { status: 'Degraded', message: 'Deployment web: exceeded its progress deadline' }) }) });
    assert.deepEqual(said(degraded['healthy']), ['failed', 'Degraded: Deployment web: exceeded its progress deadline.']);
  });

  it('knows nothing of a cluster that was not asked, or of files that git does not know', () => {
    const rungs = climb({ live: undefined, sources: [] });
    assert.deepEqual(
      Object.values(rungs).map(({ state }) => state),
      ['done', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown'],
    );
    assert.equal(rungs['healthy']?.evidence, 'No cluster was asked.');
  });
});

describe('the rung of the rollout', () => {
  const template = (image: string): LiveObject['spec'] => ({
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { spec: { containers: [{ name: 'web', image }] } },
  });
  const deployment = (status: Readonly<Record<string, unknown>>, generation = 1): LiveObject =>
    ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', uid: 'd', generation }, spec: template('web:2'), status }) as unknown as LiveObject;
  const owned = (uid: string): LiveObject['metadata']['ownerReferences'] => [{ apiVersion: 'apps/v1', kind: 'X', name: 'x', uid, controller: true }];
  const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', uid: 'r', ownerReferences: owned('d') } } as unknown as LiveObject;
  const pod = (image: string, waiting?: string): LiveObject =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `web-${image}`, ownerReferences: owned('r') },
      spec: { containers: [{ name: 'web', image }] },
      status: { containerStatuses: [{ name: 'web', ...(waiting !== undefined && { state: { waiting: { reason: waiting } } }) }] },
    }) as unknown as LiveObject;
  const rolled = (live: LiveObject | undefined, pods: readonly LiveObject[]): Rung | undefined =>
    climb({
      live: liveOf({
        drift: drifted([{ id: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' }, live, desired: undefined }]),
        pods: { pods, replicaSets: [replicaSet], unseen: '' },
      }),
    })['rolled-out'];
  const complete = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

  it('goes by the rules of kubectl rollout status', () => {
    assert.deepEqual(said(rolled(deployment(complete), [pod('web:2')])), ['done', 'Deployment web: 2 of 2 pods are updated and available.']);
    assert.deepEqual(said(rolled(deployment(complete, 2), [])), ['pending', 'Deployment web: its latest spec was not observed yet.']);
    assert.deepEqual(said(rolled(deployment({ ...complete, updatedReplicas: 1 }), [])), ['pending', 'Deployment web: 1 of 2 pods are updated.']);
    assert.deepEqual(said(rolled(deployment({ ...complete, replicas: 3 }), [])), ['pending', 'Deployment web: 1 old pod is still there.']);
    assert.deepEqual(said(rolled(deployment({ ...complete, availableReplicas: 1 }), [])), ['pending', 'Deployment web: 1 of 2 updated pods are available.']);
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    assert.deepEqual(said(rolled(deployment({ ...complete, conditions }), [])), ['failed', 'Deployment web: it exceeded its progress deadline.']);
    assert.deepEqual(said(rolled(undefined, [])), ['pending', 'Deployment web is not there yet.']);
  });

  it('says early that a pod will not start by itself', () => {
    assert.deepEqual(said(rolled(deployment({ ...complete, availableReplicas: 1 }), [pod('web:2', 'ImagePullBackOff')])), [
      'failed',
      'Deployment web: 1 of 2 updated pods are available; pod web-web:2 is in ImagePullBackOff.',
    ]);
    assert.equal(rolled(deployment({ ...complete, availableReplicas: 1 }), [pod('web:2', 'ContainerCreating')])?.state, 'pending');
  });
});
