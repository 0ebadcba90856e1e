import assert from 'node:assert/strict';
import { deployerKindOf, forecastExtra, forecastField, forecastMissing, type Outlook } from '../../../src/core/drift/forecast.js';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';

const application = (syncPolicy: JsonObject, isThere = true): Outlook => ({
  operator: 'argocd',
  declaration: { kind: 'Application', metadata: { name: 'orders' }, spec: { syncPolicy } },
  isThere,
  isReconciled: false,
});
const flux = (kind: string, spec: JsonObject): Outlook => ({ operator: 'flux', declaration: { kind, metadata: { name: 'apps' }, spec }, isThere: true, isReconciled: false });
const live: LiveObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

describe('what becomes of a difference', () => {
  it('depends on auto-sync and self-heal of an Application', () => {
    assert.deepEqual(forecastField('changed', 'kubectl-edit', application({ automated: { selfHeal: true } })), {
      outcome: 'reverted',
      message: 'Argo CD sets back this field within 3 minutes (self-heal is on).',
    });
    assert.equal(forecastField('changed', '', application({ automated: {} })).outcome, 'kept');
    assert.equal(forecastField('changed', '', application({})).message, 'Nothing will: auto-sync is off.');
    assert.equal(forecastField('changed', '', application({ automated: { enabled: false, selfHeal: true } })).outcome, 'kept');
    assert.equal(forecastMissing(application({ automated: { selfHeal: true } })).message, 'Argo CD makes it within 3 minutes (self-heal is on).');
  });

  it('is not known where the operator is not in the cluster that is looked at', () => {
    assert.equal(forecastField('changed', '', application({ automated: { selfHeal: true } }, false)).outcome, 'unknown');
  });

  it('says when Flux acts, that it is suspended, and what it takes from kubectl', () => {
    assert.equal(forecastField('changed', '', flux('Kustomization', { interval: '10m' })).message, 'Flux sets back this field at its next reconciliation, within 10m.');
    assert.equal(
      forecastField('removed', 'kubectl-edit', flux('Kustomization', { interval: '10m' })).message,
      "Flux removes this field at its next reconciliation, within 10m, as it does with all fields of kubectl-edit that git doesn't say.",
    );
    assert.equal(forecastField('changed', '', flux('Kustomization', { suspend: true })).message, 'Nothing will: the Kustomization is suspended.');
    assert.equal(forecastField('changed', '', flux('HelmRelease', { interval: '1h' })).outcome, 'kept');
    assert.equal(forecastField('changed', '', flux('HelmRelease', { interval: '1h', driftDetection: { mode: 'enabled' } })).outcome, 'reverted');
  });

  it('leaves what is foreign', () => {
    for (const outlook of [application({ automated: { selfHeal: true } }), flux('Kustomization', {})]) assert.equal(forecastField('foreign', 'k9s', outlook).outcome, 'kept');
  });

  it('depends on pruning for objects that are no longer declared', () => {
    assert.equal(forecastExtra(application({ automated: { prune: true } }), live).outcome, 'removed');
    assert.equal(forecastExtra(application({ automated: {} }), live).message, 'Stays: auto-sync is on, pruning is off.');
    const kept: LiveObject = { ...live, metadata: { name: 'a', annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false' } } };
    assert.equal(forecastExtra(application({ automated: { prune: true } }), kept).message, 'Stays: Prune=false.');
    assert.equal(forecastExtra(flux('Kustomization', { prune: true, interval: '5m' }), live).message, 'Flux deletes it at its next reconciliation, within 5m.');
    assert.equal(forecastExtra(flux('Kustomization', { interval: '5m' }), live).outcome, 'kept');
    const disabled: LiveObject = { ...live, metadata: { name: 'a', labels: { 'kustomize.toolkit.fluxcd.io/prune': 'Disabled' } } };
    assert.equal(forecastExtra(flux('Kustomization', { prune: true }), disabled).outcome, 'kept');
  });

  it('is nothing where no operator delivers, unless it is reconciled from here', () => {
    const plain: Outlook = { operator: 'none', declaration: undefined, isThere: false, isReconciled: false };
    assert.equal(forecastField('changed', '', plain).outcome, 'kept');
    assert.equal(forecastField('changed', '', { ...plain, isReconciled: true }).outcome, 'reverted');
    assert.deepEqual(deployerKindOf(plain), { kind: 'none' });
    assert.deepEqual(deployerKindOf(application({ syncOptions: ['ServerSideApply=true'] })), { kind: 'argocd', isServerSide: true, keepsIgnored: false });
  });
});
