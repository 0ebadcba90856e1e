import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/live/json.js';
import { fluxStageOf, sortForFlux, sortInWaves, waveOf, type Orderable } from '../../../src/core/sync/order.js';
import type { SyncPhase } from '../../../src/core/sync/syncPlan.js';

function task(
  kind: string,
  name: string,
  { wave = 0, phase = 'Sync', namespace = '', group = '', manifest = {} }: { wave?: number; phase?: SyncPhase; namespace?: string; group?: string; manifest?: JsonObject } = {},
): Orderable {
  return { id: { group, version: 'v1', kind, namespace, name }, phase, wave, manifest };
}

function names(tasks: readonly Orderable[]): readonly string[] {
  return tasks.map(({ id, phase, wave }) => `${phase} ${wave} ${id.kind}/${id.name}`);
}

describe('the order of a sync', () => {
  it('is that of phases, then waves, then kinds, then names; kinds that are not known come last', () => {
    const tasks = [
      task('Widget', 'a', { group: 'example.com' }),
      task('Deployment', 'web'),
      task('Job', 'after', { phase: 'PostSync' }),
      task('ConfigMap', 'late', { wave: 2 }),
      task('Service', 'web'),
      task('ConfigMap', 'early', { wave: -1 }),
      task('Job', 'before', { phase: 'PreSync', wave: 5 }),
      task('Deployment', 'api'),
    ];
    assert.deepEqual(names(sortInWaves(tasks, 'argocd')), [
      'PreSync 5 Job/before',
      'Sync -1 ConfigMap/early',
      'Sync 0 Service/web',
      'Sync 0 Deployment/api',
      'Sync 0 Deployment/web',
      'Sync 0 Widget/a',
      'Sync 2 ConfigMap/late',
      'PostSync 0 Job/after',
    ]);
  });

  it('pulls a namespace in front of the first object in it, into its phase and wave', () => {
    const tasks = [task('Namespace', 'shop', { wave: 3 }), task('ConfigMap', 'a', { namespace: 'shop' }), task('Job', 'before', { phase: 'PreSync', namespace: 'shop', wave: 1 })];
    assert.deepEqual(names(sortInWaves(tasks, 'argocd')), ['PreSync 1 Namespace/shop', 'PreSync 1 Job/before', 'Sync 0 ConfigMap/a']);
  });

  it('leaves a namespace where it is when it comes first anyway', () => {
    const tasks = [task('ConfigMap', 'a', { namespace: 'shop', wave: 2 }), task('Namespace', 'shop', { wave: 1 })];
    assert.deepEqual(names(sortInWaves(tasks, 'argocd')), ['Sync 1 Namespace/shop', 'Sync 2 ConfigMap/a']);
  });

  it('pulls a definition in front of the first object of its kind', () => {
    const definition = task('CustomResourceDefinition', 'widgets.example.com', {
      group: 'apiextensions.k8s.io',
      wave: 4,
      manifest: { spec: { group: 'example.com', names: { kind: 'Widget' } } },
    });
    const tasks = [definition, task('Widget', 'w', { group: 'example.com', wave: 1 }), task('Widget', 'other', { group: 'other.com' })];
    assert.deepEqual(names(sortInWaves(tasks, 'argocd')), ['Sync 0 Widget/other', 'Sync 1 CustomResourceDefinition/widgets.example.com', 'Sync 1 Widget/w']);
  });

  it('has definitions right behind namespaces where no operator prescribes another order', () => {
    const tasks = [task('Secret', 's'), task('CustomResourceDefinition', 'd', { group: 'apiextensions.k8s.io' }), task('Namespace', 'n')];
    assert.deepEqual(names(sortInWaves(tasks, 'plain')), ['Sync 0 Namespace/n', 'Sync 0 CustomResourceDefinition/d', 'Sync 0 Secret/s']);
    assert.deepEqual(names(sortInWaves(tasks, 'argocd')), ['Sync 0 Namespace/n', 'Sync 0 Secret/s', 'Sync 0 CustomResourceDefinition/d']);
  });

  it('of Flux has definitions first, unknown kinds behind known ones, and webhooks last', () => {
    const tasks = [
      task('ValidatingWebhookConfiguration', 'v'),
      task('Widget', 'w', { group: 'example.com' }),
      task('Deployment', 'd'),
      task('Namespace', 'n'),
      task('CustomResourceDefinition', 'c'),
      task('Ingress', 'i'),
    ];
    assert.deepEqual(
      sortForFlux(tasks).map(({ id }) => id.kind),
      ['CustomResourceDefinition', 'Namespace', 'Deployment', 'Ingress', 'Widget', 'ValidatingWebhookConfiguration'],
    );
  });

  it('of Flux has three stages', () => {
    const stage = (kind: string, group = ''): number => fluxStageOf({ kind, group });
    assert.deepEqual([stage('Namespace'), stage('ClusterRole', 'rbac.authorization.k8s.io'), stage('StorageClass', 'storage.k8s.io'), stage('Deployment', 'apps')], [0, 0, 1, 2]);
  });

  it('reads waves as Go reads whole numbers, and the weight of Helm where there is no wave', () => {
    const wave = (annotations: Record<string, string>): number => waveOf({ metadata: { annotations } });
    assert.equal(wave({ 'argocd.argoproj.io/sync-wave': '-5' }), -5);
    assert.equal(wave({ 'argocd.argoproj.io/sync-wave': '+2' }), 2);
    assert.equal(wave({ 'argocd.argoproj.io/sync-wave': 'late', 'helm.sh/hook-weight': '3' }), 3);
    assert.equal(wave({ 'argocd.argoproj.io/sync-wave': ' 1' }), 0);
    assert.equal(wave({}), 0);
  });
});
