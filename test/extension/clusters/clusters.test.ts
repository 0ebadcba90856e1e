import assert from 'node:assert/strict';
import { contextItems, fittingEnvironments } from '../../../src/extension/clusters/contextItems.js';
import { clusterStatus } from '../../../src/extension/clusters/statusText.js';
import { connectionOf, liveOf } from '../../support/liveFixtures.js';

const context = (name: string, needsProgram = false) => ({ name, cluster: name, server: `https://${name}:6443`, user: 'jane', namespace: '', needsProgram });

describe('the contexts to choose from', () => {
  const list = { contexts: [context('eu'), context('dev'), context('us'), context('prod', true)], current: 'us', files: ['/kube/config'] };

  it('begin with the one that fits, then connected ones, then the current one', () => {
    const items = contextItems(list, { suggested: 'prod', connections: [connectionOf('dev')] });
    assert.deepEqual(
      items.map((item) => item.context),
      ['prod', 'dev', 'us', 'eu'],
    );
  });

  it('tell server, user, namespace, state, and whether signing in runs a program', () => {
    const [prod, dev] = contextItems(list, { suggested: 'prod', connections: [connectionOf('dev'), connectionOf('eu', { state: 'unreachable' })] });
    assert.equal(prod?.description, 'https://prod:6443 · fits this environment');
    assert.equal(prod.detail, 'user jane · namespace default · signs in by running a program');
    assert.equal(dev?.description, 'https://dev:6443 · connected');
  });
});

describe('the environments that a new connection is offered to', () => {
  it('are those that it fits and that have no cluster', () => {
    const live = { a: liveOf('a', { context: undefined, suggestedContext: 'dev' }), b: liveOf('b', { suggestedContext: 'dev' }), c: liveOf('c', { context: undefined }) };
    const found = fittingEnvironments([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }], 'dev', (id) => live[id as keyof typeof live]);
    assert.deepEqual(found, [{ id: 'a' }]);
  });
});

describe('the status bar', () => {
  it('says nothing while nothing is connected', () => {
    assert.equal(clusterStatus([], []).text, '');
  });

  it('names the cluster, and how far what the active file takes part in drifted', () => {
    const counts = { objects: 9, missing: 1, changed: 2, extra: 0, foreign: 0, unknown: 0 };
    const status = clusterStatus([connectionOf('dev')], [{ label: 'orders dev', live: liveOf('a', { counts, health: 'Degraded' }) }]);
    assert.equal(status.text, '$(plug) dev $(diff) 3');
    assert.match(status.spoken, /orders dev: 2 changed, 1 missing, Degraded/);
    assert.equal(clusterStatus([connectionOf('dev')], [{ label: 'orders dev', live: liveOf('a') }]).text, '$(plug) dev $(check)');
    assert.equal(clusterStatus([connectionOf('dev'), connectionOf('prod')], []).text, '$(plug) 2 clusters');
  });

  it('does not call drift what is only not delivered yet', () => {
    const counts = { objects: 9, missing: 0, changed: 2, extra: 0, foreign: 0, unknown: 0 };
    const status = clusterStatus([connectionOf('dev')], [{ label: 'orders dev', live: liveOf('a', { counts, ahead: 'main is not pushed' }) }]);
    assert.equal(status.text, '$(plug) dev $(arrow-up) 2');
    assert.match(status.spoken, /orders dev: 2 changed \(ahead: main is not pushed\), Healthy/);
  });

  it('warns of a cluster that was lost, and does not say that all is well then', () => {
    const live = liveOf('a', { state: { kind: 'failed', failure: { code: 'cluster/unreachable', message: '' } } });
    const status = clusterStatus([connectionOf('dev', { state: 'unreachable', message: 'tried again in 20 s' })], [{ label: 'orders dev', live }]);
    assert.equal(status.text, '$(debug-disconnect) dev');
    assert.equal(status.severity, 'warning');
    assert.match(status.tooltip, /dev: unreachable, tried again in 20 s/);
  });
});
