import assert from 'node:assert/strict';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { declarationIdOf, findDeclaration } from '../../../src/core/operators/declarationOf.js';
import { readDuration } from '../../../src/core/operators/duration.js';
import { declaredDifferences } from '../../../src/core/operators/disagreements.js';
import { parseInventoryId, readInventory } from '../../../src/core/operators/inventory.js';
import { deliveryOf } from '../../support/deliveryOf.js';
import { changed, recordedApplication, recordedKustomization } from '../../support/operatorObjects.js';

const repository = `
#- apps/web.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: handoff-app}
spec:
  source: {repoURL: https://git.example.com/shop.git, path: app/, targetRevision: v1}
  destination: {server: https://kubernetes.default.svc, namespace: shop-dev}
#- app/kustomization.yaml
resources: [one.yaml]
#- app/one.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: one}
`;

describe("an environment's live declaration", () => {
  const environment = deliveryOf(repository).delivery.model.environments.find(({ operator }) => operator === 'argocd');
  const live = recordedApplication('synced');

  it("is looked for in the operator's namespace where git names none", () => {
    assert.ok(environment);
    assert.equal(declarationIdOf(environment)?.namespace, 'argocd');
    assert.equal(declarationIdOf(environment, { argocd: 'gitops', flux: 'flux-system' })?.namespace, 'gitops');
  });

  it('is found by name, in another namespace only where it is the only one', () => {
    assert.ok(environment);
    const other: LiveObject = { ...live, metadata: { ...live.metadata, namespace: 'elsewhere' } };
    assert.equal(findDeclaration(environment, [other, live]), live);
    assert.equal(findDeclaration(environment, [other]), other);
    assert.equal(findDeclaration(environment, [other, { ...other, metadata: { ...other.metadata, namespace: 'third' } }]), undefined);
    assert.equal(findDeclaration(environment, [{ ...live, kind: 'AppProject' }]), undefined);
  });

  it('is compared with what git declares', () => {
    assert.ok(environment);
    assert.deepEqual(declaredDifferences(live, environment).changes, ['targetRevision is v1 in git and main live']);
    assert.deepEqual(declaredDifferences(changed(live, { spec: { source: { targetRevision: 'v1', path: './app' } } }), environment).changes, []);
  });
});

describe("Flux's inventory", () => {
  it('is read from both ends', () => {
    assert.deepEqual(parseInventoryId('shop_web_apps_Deployment', 'v1'), { namespace: 'shop', name: 'web', group: 'apps', kind: 'Deployment', version: 'v1' });
    assert.deepEqual(parseInventoryId('shop_web__Service', 'v1'), { namespace: 'shop', name: 'web', group: '', kind: 'Service', version: 'v1' });
    assert.deepEqual(parseInventoryId('_shop__Namespace', 'v1'), { namespace: '', name: 'shop', group: '', kind: 'Namespace', version: 'v1' });
    assert.equal(parseInventoryId('_system__view_rbac.authorization.k8s.io_ClusterRole', 'v1')?.name, 'system:view');
    assert.equal(parseInventoryId('nonsense', ''), undefined);
  });

  it('is that of a real controller', () => {
    assert.deepEqual(
      readInventory(recordedKustomization('applied')).map(({ kind, name }) => `${kind} ${name}`),
      ['ConfigMap one', 'ConfigMap two'],
    );
  });
});

describe("Go's durations", () => {
  it('are read in seconds', () => {
    assert.deepEqual(['1h', '10m0s', '1h30m', '1.5h', '500ms', '-2s', '0'].map(readDuration), [3600, 600, 5400, 5400, 0.5, -2, 0]);
    assert.deepEqual(['', '10', 'm', '5 m', '1d', undefined].map(readDuration), [undefined, undefined, undefined, undefined, undefined, undefined]);
  });
});
