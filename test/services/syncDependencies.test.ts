import assert from 'node:assert/strict';
import type { Environment } from '../../src/core/gitops/delivery.js';
import { parentOf } from '../../src/services/environmentSync.js';
import { findUnmet, orderByDependencies } from '../../src/services/syncDependencies.js';
import { ApplySetInventory } from '../../src/services/syncInventory.js';
import { deliveryOf } from '../support/deliveryOf.js';
import { MemoryCluster } from '../support/memoryCluster.js';
import { planOf } from '../support/syncFixtures.js';

const kustomization = (name: string, dependsOn: string): string => `#- clusters/${name}.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {interval: 1m, prune: true, path: ./${name}, targetNamespace: shop, sourceRef: {kind: GitRepository, name: shop}${dependsOn}}
#- ${name}/kustomization.yaml
resources: []
configMapGenerator: [{name: ${name}}]
`;

const fixture = `#- clusters/source.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: shop, namespace: flux-system}
spec: {interval: 1m, url: "https://example.com/shop.git"}
${kustomization('app', ', dependsOn: [{name: infra}, {name: nowhere, namespace: other}]')}${kustomization('infra', ', dependsOn: [{name: base}]')}${kustomization('base', '')}`;

const never = new AbortController().signal;

function environments(): readonly Environment[] {
  return deliveryOf(fixture).delivery.model.environments;
}

function named(name: string): Environment {
  const found = environments().find(({ declaration }) => declaration?.id.name === name);
  assert.ok(found);
  return found;
}

async function deliver(cluster: MemoryCluster, environment: Environment, result: 'done' | 'failed', revision: string): Promise<void> {
  const inventory = new ApplySetInventory({ cluster, parent: parentOf(environment, 'shop'), environment: environment.id, source: '' });
  await inventory.read(never);
  const { plan } = await planOf({ cluster, manifests: '', revision });
  const begun = { run: `${environment.id} ${revision}`, user: 'ada', startedAt: '' };
  await inventory.begin(plan, begun, never);
  await inventory.finish({ result, message: '', objects: [], startedAt: '', finishedAt: '' }, begun, undefined, never);
}

describe('the dependencies of environments', () => {
  it('put each behind those that it depends on', () => {
    assert.deepEqual(
      orderByDependencies(environments()).map(({ declaration }) => declaration?.id.name),
      ['base', 'infra', 'app'],
    );
  });

  it('are unmet until the others were synced, well and at the same revision', async () => {
    const cluster = new MemoryCluster();
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const unmet = (): Promise<readonly string[]> => findUnmet(named('infra'), { environments: environments() }, { cluster, fallbackNamespace: 'shop', revision: 'r2' }, never);
    const { label } = named('base');
    const self = named('infra').label;
    assert.deepEqual(await unmet(), [`${self} depends on ${label}, which was not synced yet: sync that first.`]);
    await deliver(cluster, named('base'), 'failed', 'r2');
    assert.deepEqual(await unmet(), [`${self} depends on ${label}, whose last sync is failed: sync that first.`]);
    await deliver(cluster, named('base'), 'done', 'r1');
    assert.deepEqual(await unmet(), [`${self} depends on ${label}, which is at another revision, r1: sync that first.`]);
    await deliver(cluster, named('base'), 'done', 'r2');
    assert.deepEqual(await unmet(), []);
  });

  it('that are not in the workspace are told', async () => {
    const unmet = await findUnmet(named('app'), { environments: environments() }, { cluster: new MemoryCluster(), fallbackNamespace: 'shop', revision: 'r' }, never);
    assert.ok(unmet.some((sentence) => sentence.endsWith('depends on Kustomization other/nowhere, which is not in this workspace.')));
  });
});
