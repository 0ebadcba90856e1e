/**
 * Hand-off to a real kustomize-controller. The environment variable GITOPS_TEST_FLUX_KUBECONFIG names the kubeconfig of its
 * cluster. Sources are the test's own: there must be no source-controller.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { idOfLive, type LiveObject } from '../../src/core/live/liveObject.js';
import { valueAt } from '../../src/core/live/readFields.js';
import { declaredDifferences, disagreements } from '../../src/core/operators/disagreements.js';
import type { ResId } from '../../src/core/objects/resId.js';
import { plannedObjects } from '../../src/core/sync/syncPlan.js';
import type { Cluster } from '../../src/services/ports.js';
import { act, configMap, connectPeer, eventually, never, planOurs, put, read, statusOf } from './peer.js';
import { PeerSource } from './peerSource.js';

const space = `handoff-${Date.now().toString(36)}`;

describe('Flux', () => {
  let cluster: Cluster;
  let source: PeerSource;
  let id: ResId;

  before(async () => {
    cluster = await connectPeer('GITOPS_TEST_FLUX_KUBECONFIG');
    await put(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } });
    source = new PeerSource(cluster);
    await source.start(space, 'shop');
    source.set({ 'app/one.yaml': configMap('one', 'a'), 'app/two.yaml': configMap('two', 'a') });
    await source.fetch();
    const object: LiveObject = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'shop', namespace: space },
      spec: { interval: '1h', prune: true, path: './app', targetNamespace: space, sourceRef: { kind: 'GitRepository', name: 'shop' }, retryInterval: '1h' },
    };
    id = idOfLive(await put(cluster, object));
    await eventually(async () => assert.equal((await statusOf(cluster, id)).sync, 'Applied'));
    source.answer();
  });

  after(async () => {
    await source.stop();
    await cluster.delete(id, {}, never);
    if (source.id) await cluster.delete(source.id, {}, never);
    await cluster.delete({ group: '', version: 'v1', kind: 'Namespace', namespace: '', name: space }, {}, never);
    cluster.close();
  });

  const value = async (name: string): Promise<unknown> => {
    const object = await cluster.get({ group: '', version: 'v1', kind: 'ConfigMap', namespace: space, name }, never);
    return object && valueAt(object, 'data', 'value');
  };

  it('says what it applied and what it keeps', async () => {
    const status = await statusOf(cluster, id);
    assert.match(status.revisions[0] ?? '', /^main@sha1:[0-9a-f]{40}$/);
    assert.deepEqual(
      status.resources.map((resource) => `${resource.id.kind} ${resource.id.namespace} ${resource.id.name}`),
      [`ConfigMap ${space} one`, `ConfigMap ${space} two`],
    );
    assert.deepEqual([status.isAutomated, status.isSuspended, status.healsItself, status.prunes, status.isBehindSpec], [true, false, true, true, false]);
    assert.equal(status.interval, 3600);
    assert.equal(status.history[0]?.result, 'ReconciliationSucceeded');
    assert.equal(status.health.status, 'Healthy');
  });

  it('fetches and applies a new commit when it is asked to, the source first', async () => {
    const commit = source.set({ 'app/one.yaml': configMap('one', 'b') });
    const { outcome, progress } = await act(cluster, id, { kind: 'reconcile', withSource: true });
    assert.equal(outcome.result, 'done', JSON.stringify(outcome));
    assert.deepEqual([await value('one'), await value('two')], ['b', undefined]);
    assert.equal((await statusOf(cluster, id)).revisions[0], `main@sha1:${commit}`);
    assert.deepEqual([...new Set(progress.map(({ step }) => step))], ['Reconcile GitRepository shop', 'Reconcile Kustomization shop']);
    assert.deepEqual(
      progress.map(({ part }) => part).toSorted((a, b) => a - b),
      progress.map(({ part }) => part),
    );
  });

  it('sets back what was changed by hand when it is asked to look', async () => {
    const one: ResId = { group: '', version: 'v1', kind: 'ConfigMap', namespace: space, name: 'one' };
    await cluster.patch(one, 'merge', { data: { value: 'by hand' } }, { fieldManager: 'kubectl-edit' }, never);
    const { outcome } = await act(cluster, id, { kind: 'refresh', hard: false });
    assert.equal(outcome.result, 'done', JSON.stringify(outcome));
    assert.equal(await value('one'), 'b');
  });

  it('says what failed, and that it tried another revision than the one it applied', async () => {
    const applied = (await statusOf(cluster, id)).revisions[0];
    source.set({ 'app/kustomization.yaml': 'resources: [absent.yaml]\n' });
    const { outcome } = await act(cluster, id, { kind: 'reconcile', withSource: true });
    assert.equal(outcome.result, 'failed', JSON.stringify(outcome));
    assert.match(outcome.result === 'failed' ? outcome.message : '', /absent\.yaml/);
    const status = await statusOf(cluster, id);
    assert.equal(status.sync, 'Failed');
    assert.equal(status.revisions[0], applied);
    assert.notEqual(status.attempted, undefined);
    source.set({ 'app/one.yaml': configMap('one', 'c') });
    assert.equal((await act(cluster, id, { kind: 'sync' })).outcome.result, 'done');
    assert.equal(await value('one'), 'c');
  });

  it('does nothing while it is suspended, and catches up when it is resumed', async () => {
    assert.equal((await act(cluster, id, { kind: 'suspend' })).outcome.result, 'done');
    const commit = source.set({ 'app/one.yaml': configMap('one', 'd') });
    await source.fetch();
    const refused = (await act(cluster, id, { kind: 'reconcile', withSource: false })).outcome;
    assert.equal(refused.result === 'refused' && refused.refusal.code, 'suspended');
    const status = await statusOf(cluster, id);
    assert.deepEqual([status.sync, status.isAutomated], ['Suspended', false]);
    assert.ok(source.id);
    const said = disagreements(
      {
        commit,
        branch: 'main',
        isPushed: true,
        changedFiles: [],
        sync: 'drifted',
        drifted: 1,
        uncertain: 0,
        health: { status: 'Healthy', message: '' },
        ignoresLikeOperator: true,
      },
      status,
      { declared: declaredDifferences(await read(cluster, id), undefined), source: await statusOf(cluster, source.id), now: Date.now() },
    );
    assert.match(said[0] ?? '', new RegExp(`^Kustomization shop applied [0-9a-f]{7} of main, you look at ${commit.slice(0, 7)} of main\\.$`));
    assert.match(said[1] ?? '', new RegExp(`^GitRepository shop has fetched ${commit.slice(0, 7)} of main, Kustomization shop applied [0-9a-f]{7} of main\\.$`));
    assert.equal(said[2], 'Kustomization shop is suspended: what it says is from before.');
    assert.equal(await value('one'), 'c');
    assert.equal((await act(cluster, id, { kind: 'resume' })).outcome.result, 'done');
    await eventually(async () => assert.equal(await value('one'), 'd'));
    assert.equal('suspend' in Object(valueAt(await read(cluster, id), 'spec')), false);
  });

  it('has no rollback and no sync of single objects', async () => {
    const rollback = (await act(cluster, id, { kind: 'rollback', historyId: '1' })).outcome;
    assert.equal(rollback.result === 'refused' && rollback.refusal.action, 'Revert the commit in git.');
    const single = (await act(cluster, id, { kind: 'sync', objects: [{ ...id, kind: 'ConfigMap' }] })).outcome;
    assert.equal(single.result === 'refused' && single.refusal.code, 'not-for-this-kind');
  });

  it('is given up on where nobody takes a request up', async () => {
    source.ignore();
    assert.ok(source.id);
    const { outcome } = await act(cluster, source.id, { kind: 'refresh', hard: false }, 3000);
    assert.equal(outcome.result, 'timed-out');
    source.answer();
  });

  it('keeps what it tracks from our own reconciler', async () => {
    const [planned] = plannedObjects(await planOurs(cluster, space, configMap('one', 'ours'))).filter(({ id: { name } }) => name === 'one');
    assert.equal(planned?.action, 'blocked');
    assert.equal(planned.cause, 'owned');
    assert.match(planned.reason, /Kustomization .*shop/);
  });
});
