import assert from 'node:assert/strict';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { planApplicationSetRefresh, planArgoResume, planArgoSuspend, planArgoSync } from '../../../src/core/operators/argocdRequests.js';
import { sourceChainOf } from '../../../src/core/operators/fluxRequests.js';
import { needsSources, planAction, type OperatorAction } from '../../../src/core/operators/planAction.js';
import type { OperatorRequest, RequestPlan } from '../../../src/core/operators/operatorRequest.js';
import { changed, recordedApplication, recordedKustomization } from '../../support/operatorObjects.js';

const synced = recordedApplication('synced');
const automated = recordedApplication('automated');
const applied = recordedKustomization('caughtUp');

describe('a request to Argo CD', () => {
  it('starts an operation, clears the state of the last one, and is guarded by the version', () => {
    const { patch } = only(plan(synced, { kind: 'sync' }));
    assert.deepEqual(patch, {
      metadata: { resourceVersion: synced.metadata.resourceVersion },
      operation: { sync: { source: { repoURL: 'https://git.example.com/shop.git', path: 'app', targetRevision: 'main' } }, initiatedBy: { username: 'me' } },
      status: { operationState: null },
    });
  });

  it('has the options that were chosen, and else those of the Application', () => {
    const object = changed(synced, { spec: { syncPolicy: { syncOptions: ['CreateNamespace=true'], retry: { limit: 3 } } } });
    const { patch } = only(
      plan(object, {
        kind: 'sync',
        revision: 'v1',
        prune: true,
        dryRun: true,
        force: true,
        objects: [{ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'a', name: 'b' }],
      }),
    );
    assert.deepEqual(patch['operation'], {
      sync: {
        source: { repoURL: 'https://git.example.com/shop.git', path: 'app', targetRevision: 'main' },
        revision: 'v1',
        prune: true,
        dryRun: true,
        syncOptions: ['CreateNamespace=true'],
        syncStrategy: { hook: { force: true } },
        resources: [{ group: 'apps', kind: 'Deployment', name: 'b', namespace: 'a' }],
      },
      initiatedBy: { username: 'me' },
      retry: { limit: 3 },
    });
  });

  it('names a revision for each of several sources', () => {
    const sources = [{ repoURL: 'a', targetRevision: '1.0' }, { repoURL: 'b' }];
    const object = changed(synced, { spec: { source: null, sources } });
    const planned = planArgoSync(object, { user: 'me', revisions: ['2.0'] });
    assert.deepEqual(only(planned).patch['operation'], { sync: { sources, revisions: ['2.0', 'HEAD'] }, initiatedBy: { username: 'me' } });
  });

  it('is refused where it could not be right', () => {
    assert.equal(refusal(plan(recordedApplication('requested'), { kind: 'sync' })), 'another-operation');
    assert.equal(refusal(plan(changed(synced, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }), { kind: 'sync' })), 'being-deleted');
    assert.equal(refusal(plan(automated, { kind: 'sync', revision: 'v1' })), 'auto-sync-on');
    assert.equal(refusal(plan(automated, { kind: 'sync', revision: 'main' })), undefined);
    assert.equal(refusal(plan(automated, { kind: 'sync', revision: 'v1', dryRun: true })), undefined);
    assert.equal(refusal(plan(automated, { kind: 'rollback', historyId: '0' })), 'auto-sync-on');
    assert.equal(refusal(plan(synced, { kind: 'rollback', historyId: '7' })), 'unknown-history');
    assert.equal(refusal(plan(synced, { kind: 'terminate' })), 'no-operation');
    assert.equal(refusal(plan({ ...synced, kind: 'ApplicationSet' }, { kind: 'sync' })), 'not-for-this-kind');
  });

  it('rolls back to the sources and the revision of then, without hooks', () => {
    const object = recordedApplication('rolledBack');
    const { patch } = only(plan(object, { kind: 'rollback', historyId: '1' }));
    const history = object['status'] as unknown as { readonly history: readonly { readonly revision: string; readonly source: object }[] };
    assert.deepEqual(patch['operation'], {
      sync: { source: history.history[1]?.source, revision: history.history[1]?.revision, syncStrategy: { apply: {} } },
      initiatedBy: { username: 'me' },
    });
  });

  it('terminates by the phase alone', () => {
    const running = recordedApplication('running');
    assert.deepEqual(only(plan(running, { kind: 'terminate' })).patch, {
      metadata: { resourceVersion: running.metadata.resourceVersion },
      status: { operationState: { phase: 'Terminating' } },
    });
  });

  it('refreshes without a guard, which may be repeated', () => {
    assert.deepEqual(only(plan(synced, { kind: 'refresh', hard: false })).patch, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
    assert.deepEqual(only(plan(synced, { kind: 'refresh', hard: true })).patch, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } });
    assert.deepEqual(only(planApplicationSetRefresh({ ...synced, kind: 'ApplicationSet' })).patch, {
      metadata: { annotations: { 'argocd.argoproj.io/application-set-refresh': 'true' } },
    });
  });

  it('suspends auto-sync so that it can be resumed as it was', () => {
    const kept = '{"allowEmpty":true,"prune":true,"selfHeal":true}';
    assert.deepEqual(only(planArgoSuspend(automated)).patch, {
      spec: { syncPolicy: { automated: null } },
      metadata: { resourceVersion: automated.metadata.resourceVersion, annotations: { 'gitops-workbench.io/suspended-auto-sync': kept } },
    });
    const suspended = recordedApplication('suspended');
    assert.equal(suspended.metadata.annotations?.['gitops-workbench.io/suspended-auto-sync'], kept);
    assert.deepEqual(only(planArgoResume(suspended)).patch, {
      spec: { syncPolicy: { automated: JSON.parse(kept) as object } },
      metadata: { resourceVersion: suspended.metadata.resourceVersion, annotations: { 'gitops-workbench.io/suspended-auto-sync': null } },
    });
  });

  it('does not guess how auto-sync was set', () => {
    assert.equal(refusal(planArgoResume(synced)), 'not-suspended');
    assert.equal(refusal(planArgoResume(changed(synced, { metadata: { annotations: { 'gitops-workbench.io/suspended-auto-sync': '{' } } }))), 'not-suspended');
    assert.equal(refusal(planArgoResume(automated)), 'auto-sync-on');
    assert.equal(refusal(planArgoSuspend(synced)), 'auto-sync-off');
    const disabled = changed(automated, { spec: { syncPolicy: { automated: { enabled: false } } } });
    assert.deepEqual(only(planArgoResume(disabled)).patch['spec'], { syncPolicy: { automated: { enabled: null } } });
  });

  it('warns of what may undo it', () => {
    const owned = changed(automated, {
      metadata: {
        ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'shops', uid: '1' }],
        annotations: { 'argocd.argoproj.io/tracking-id': 'root:argoproj.io/Application:argocd/handoff-app' },
      },
    });
    const planned = planArgoSuspend(owned);
    assert.ok(planned.ok);
    assert.match(planned.warnings[0] ?? '', /^ApplicationSet shops generates this Application/);
    assert.match(planned.warnings[1] ?? '', /^Application root delivers this Application/);
    const skipped = plan(changed(synced, { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } }), { kind: 'refresh', hard: false });
    assert.ok(skipped.ok && skipped.warnings.length === 1);
  });
});

describe('a request to Flux', () => {
  const repository: LiveObject = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'shop', namespace: 'here' }, spec: {} };

  it('asks the source first, then the object, with one token', () => {
    const planned = plan(applied, { kind: 'reconcile', withSource: true }, [repository]);
    assert.ok(planned.ok);
    const patch = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'token' } } };
    assert.deepEqual(
      planned.requests.map((request) => [request.id.kind, request.patch, request.goal]),
      [
        ['GitRepository', patch, { kind: 'reconciled', token: 'token' }],
        ['Kustomization', patch, { kind: 'reconciled', token: 'token' }],
      ],
    );
    assert.equal(needsSources(applied, { kind: 'reconcile', withSource: false }), false);
    assert.equal(needsSources(applied, { kind: 'sync' }), true);
  });

  it('finds what a release needs: the repository, then the chart', () => {
    const release: LiveObject = {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'shop', namespace: 'here' },
      spec: { chart: { spec: { chart: 'shop', sourceRef: { kind: 'HelmRepository', name: 'charts', namespace: 'flux-system' } } } },
      status: { helmChart: 'flux-system/here-shop' },
    };
    assert.deepEqual(
      sourceChainOf(release).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
      ['HelmRepository flux-system/charts', 'HelmChart flux-system/here-shop'],
    );
    const forced = only(plan(release, { kind: 'reconcile', withSource: false, force: true, reset: true }));
    assert.deepEqual(forced.patch, {
      metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'token', 'reconcile.fluxcd.io/forceAt': 'token', 'reconcile.fluxcd.io/resetAt': 'token' } },
    });
  });

  it('suspends and resumes', () => {
    const suspended = recordedKustomization('suspended');
    assert.deepEqual(only(plan(applied, { kind: 'suspend' })).patch, { spec: { suspend: true } });
    assert.deepEqual(only(plan(suspended, { kind: 'resume' })).patch, { spec: { suspend: null } });
    const child = plan(changed(applied, { metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'flux-system' } } }), { kind: 'suspend' });
    assert.ok(child.ok);
    assert.match(child.warnings[0] ?? '', /^Kustomization flux-system delivers this Kustomization/);
  });

  it('is refused where Flux would not act, or has no such thing', () => {
    const suspended = recordedKustomization('suspended');
    assert.equal(refusal(plan(suspended, { kind: 'reconcile', withSource: false })), 'suspended');
    assert.equal(refusal(plan(applied, { kind: 'reconcile', withSource: true }, [{ ...repository, spec: { suspend: true } }])), 'suspended');
    assert.equal(refusal(plan(suspended, { kind: 'suspend' })), 'already-suspended');
    assert.equal(refusal(plan(applied, { kind: 'resume' })), 'not-suspended');
    assert.equal(refusal(plan(applied, { kind: 'terminate' })), 'not-for-this-kind');
    assert.equal(refusal(plan(applied, { kind: 'rollback', historyId: '1' })), 'not-for-this-kind');
    assert.equal(refusal(plan(applied, { kind: 'sync', revision: 'v1' })), 'not-for-this-kind');
    assert.equal(refusal(plan(applied, { kind: 'reconcile', withSource: false, force: true })), 'not-for-this-kind');
    assert.equal(refusal(plan({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, { kind: 'suspend' })), 'not-for-this-kind');
  });
});

function plan(object: LiveObject, action: OperatorAction, sources: readonly LiveObject[] = []): RequestPlan {
  return planAction(object, action, { user: 'me', token: 'token', sources });
}

function only(planned: RequestPlan): OperatorRequest {
  assert.ok(planned.ok, JSON.stringify(planned));
  const [request, ...more] = planned.requests;
  assert.ok(request !== undefined && more.length === 0);
  return request;
}

function refusal(planned: RequestPlan): string | undefined {
  return planned.ok ? undefined : planned.refusal.code;
}
