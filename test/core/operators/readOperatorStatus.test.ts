import assert from 'node:assert/strict';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { operatorOf, type OperatorStatus } from '../../../src/core/operators/operatorStatus.js';
import { readOperatorStatus } from '../../../src/core/operators/readOperatorStatus.js';
import { commitOfRevision } from '../../../src/core/operators/readFlux.js';
import { changed, recordedApplication, recordedKustomization } from '../../support/operatorObjects.js';

describe("the status of Argo CD's Application", () => {
  it('is open before its controller has looked', () => {
    const status = read(recordedApplication('fresh'));
    assert.deepEqual([status.sync, status.health.status, status.lookedAt, status.operation, status.revisions], ['Unknown', 'Progressing', undefined, undefined, []]);
    assert.deepEqual(
      status.unknowns.map(({ about }) => about),
      ['everything'],
    );
  });

  it('knows a request, a running operation, and how it ended', () => {
    const phases = ['requested', 'running', 'succeeded', 'terminating', 'terminated'].map((moment) => {
      const { operation } = read(recordedApplication(moment));
      return [operation?.phase, operation?.isRunning, operation?.by];
    });
    assert.deepEqual(phases, [
      ['Requested', true, 'tester'],
      ['Running', true, 'tester'],
      ['Succeeded', false, 'tester'],
      ['Terminating', true, 'tester'],
      ['Failed', false, 'tester'],
    ]);
  });

  it('tells what became of each object, and knows hooks from objects', () => {
    const { operation } = read(recordedApplication('succeeded'));
    assert.deepEqual(
      operation?.results.map(({ id, status, message, hookPhase }) => `${id.kind} ${id.name} ${status} ${message} ${hookPhase}`),
      ['ConfigMap one Synced configmap/one created ', 'ConfigMap two Synced configmap/two created '],
    );
    const [hook] = read(recordedApplication('hooked')).operation?.results ?? [];
    assert.deepEqual([hook?.id.kind, hook?.syncPhase, hook?.hookPhase], ['Job', 'PreSync', 'Running']);
  });

  it('has history, latest first, with who delivered', () => {
    const { history } = read(recordedApplication('rolledBack'));
    assert.deepEqual(
      history.map(({ id, by }) => [id, by]),
      [
        ['2', 'tester'],
        ['1', 'automated sync'],
        ['0', 'automated sync'],
      ],
    );
    assert.equal(history[0]?.revisions[0], history[2]?.revisions[0]);
  });

  it('says what it does by itself', () => {
    const flags = (object: LiveObject): readonly boolean[] => {
      const { isAutomated, healsItself, prunes, isSuspended } = read(object);
      return [isAutomated, healsItself, prunes, isSuspended];
    };
    const automated = recordedApplication('automated');
    assert.deepEqual(flags(automated), [true, true, true, false]);
    assert.deepEqual(flags(changed(automated, { spec: { syncPolicy: { automated: { enabled: false } } } })), [false, false, false, false]);
    assert.deepEqual(flags(recordedApplication('suspended')), [false, false, false, false]);
    assert.deepEqual(flags(changed(automated, { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } })), [true, true, true, true]);
  });

  it('says that the health of single objects is kept elsewhere', () => {
    const status = read(recordedApplication('synced'));
    assert.deepEqual(
      status.resources.map(({ health }) => health),
      [undefined, undefined],
    );
    assert.deepEqual(
      status.unknowns.map(({ about }) => about),
      ['health'],
    );
  });

  it('has its errors as bad conditions', () => {
    const status = read(recordedApplication('bad'));
    assert.equal(status.sync, 'Unknown');
    assert.deepEqual(
      status.conditions.map(({ type, isBad }) => [type, isBad]),
      [['ComparisonError', true]],
    );
  });

  it('is behind its spec where it was compared with other sources', () => {
    const synced = recordedApplication('synced');
    assert.equal(read(synced).isBehindSpec, false);
    assert.equal(read(changed(synced, { spec: { source: { targetRevision: 'v2' } } })).isBehindSpec, true);
  });

  it('reads several sources and their revisions', () => {
    const object = changed(recordedApplication('synced'), {
      spec: {
        source: null,
        sources: [
          { repoURL: 'a', chart: 'c', targetRevision: '1.0.0' },
          { repoURL: 'b', path: 'p' },
        ],
      },
      status: { sync: { revision: null, revisions: ['1.0.0', 'f'.repeat(40)] } },
    });
    const status = read(object);
    assert.deepEqual(status.revisions, ['1.0.0', 'f'.repeat(40)]);
    assert.deepEqual(
      status.sources.map(({ repoURL, chart }) => [repoURL, chart]),
      [
        ['a', 'c'],
        ['b', undefined],
      ],
    );
  });

  it("is that of an ApplicationSet's conditions", () => {
    const set = (type: string, status: string): OperatorStatus =>
      read({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'all' }, status: { conditions: [{ type, status, message: 'why' }] } });
    assert.deepEqual([set('ErrorOccurred', 'True').sync, set('ErrorOccurred', 'True').conditions[0]?.isBad], ['Failed', true]);
    assert.deepEqual([set('ResourcesUpToDate', 'True').sync, set('ResourcesUpToDate', 'True').conditions[0]?.isBad], ['Applied', false]);
  });
});

describe("the status of Flux's objects", () => {
  it('follows a Kustomization through its life', () => {
    const seen = ['fresh', 'reconciling', 'applied', 'failed', 'suspended', 'caughtUp'].map((moment) => {
      const { sync, operation, resources } = read(recordedKustomization(moment));
      return [sync, operation?.phase, resources.length];
    });
    assert.deepEqual(seen, [
      ['Reconciling', 'Running', 0],
      ['Reconciling', 'Running', 0],
      ['Applied', undefined, 2],
      ['Failed', 'Retrying', 1],
      ['Suspended', undefined, 1],
      ['Applied', undefined, 1],
    ]);
  });

  it('tells the revision that failed from the one that is applied', () => {
    const status = read(recordedKustomization('failed'));
    assert.notEqual(status.attempted, undefined);
    assert.notEqual(status.attempted, status.revisions[0]);
    assert.equal(read(recordedKustomization('applied')).attempted, undefined);
    assert.deepEqual(
      status.conditions.filter(({ isBad }) => isBad).map(({ type, reason }) => `${type} ${reason}`),
      ['Ready BuildFailed'],
    );
  });

  it('notes a request that was not taken up', () => {
    const asked = changed(recordedKustomization('caughtUp'), { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } } });
    assert.deepEqual([read(asked).pendingRequest, read(asked).operation?.phase, read(asked).operation?.isAutomated], ['now', 'Requested', false]);
  });

  it('reads releases, sources and images', () => {
    const release = flux('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
      spec: { chart: { spec: { chart: 'shop', version: '1.x', sourceRef: { kind: 'HelmRepository', name: 'charts' } } }, interval: '5m', driftDetection: { mode: 'enabled' } },
      status: {
        observedGeneration: 1,
        conditions: [{ type: 'Ready', status: 'True', reason: 'UpgradeSucceeded', message: 'ok' }],
        history: [
          { version: 2, status: 'deployed', chartName: 'shop', chartVersion: '1.2.0', lastDeployed: '2026-01-02T00:00:00Z' },
          { version: 1, status: 'superseded', chartName: 'shop', chartVersion: '1.1.0', lastDeployed: '2026-01-01T00:00:00Z' },
        ],
      },
    });
    assert.deepEqual([release.sync, release.revisions, release.healsItself, release.interval], ['Applied', ['1.2.0'], true, 300]);
    assert.equal(release.history[1]?.revisions[0], 'shop 1.1.0 (release 1)');
    assert.deepEqual(release.sources[0]?.object, { group: 'source.toolkit.fluxcd.io', version: '', kind: 'HelmRepository', name: 'charts', namespace: 'here' });
    const repository = flux('source.toolkit.fluxcd.io/v1', 'GitRepository', {
      spec: { url: 'https://x/y', ref: { tag: 'v1' } },
      status: { artifact: { revision: 'v1@sha1:abc' } },
    });
    assert.deepEqual([repository.revisions, repository.sources[0]?.targetRevision, repository.sources[0]?.repoURL], [['v1@sha1:abc'], 'v1', 'https://x/y']);
    const policy = flux('image.toolkit.fluxcd.io/v1', 'ImagePolicy', {
      spec: { imageRepositoryRef: { name: 'shop' } },
      status: { latestRef: { name: 'ghcr.io/shop', tag: '1.2', digest: 'sha256:1' } },
    });
    assert.deepEqual([policy.revisions, policy.sources[0]?.object?.kind], [['ghcr.io/shop:1.2@sha256:1'], 'ImageRepository']);
  });

  it("takes a revision's commit out of its forms", () => {
    assert.equal(commitOfRevision(`main@sha1:${'a'.repeat(40)}`), 'a'.repeat(40));
    assert.equal(commitOfRevision(`feature/x/${'a'.repeat(40)}`), 'a'.repeat(40));
    assert.equal(commitOfRevision('1.2.3'), '1.2.3');
  });

  it('is for operators alone', () => {
    assert.equal(readOperatorStatus({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }), undefined);
    assert.equal(operatorOf('argoproj.io', 'Rollout'), undefined);
    assert.equal(operatorOf('kustomize.config.k8s.io', 'Kustomization'), undefined);
  });
});

function flux(apiVersion: string, kind: string, rest: object): OperatorStatus {
  return read({ apiVersion, kind, metadata: { name: 'it', namespace: 'here', generation: 1 }, ...rest });
}

function read(object: LiveObject): OperatorStatus {
  const status = readOperatorStatus(object);
  assert.ok(status);
  return status;
}
