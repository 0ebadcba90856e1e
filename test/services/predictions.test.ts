/** What is remembered of dry runs: as long as nothing but a status changed, and never an old status. */
import assert from 'node:assert/strict';
import { deployerOf, ourManager } from '../../src/core/drift/deployer.js';
import { desiredObjectOf } from '../../src/core/drift/desired.js';
import { healthOf } from '../../src/core/live/healthOf.js';
import type { LiveObject } from '../../src/core/live/liveObject.js';
import type { Cluster } from '../../src/services/ports.js';
import { Predictions, type Answer } from '../../src/services/predictions.js';
import { renderingOf } from '../support/driftOn.js';

const never = new AbortController().signal;

const [rendered] = renderingOf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 2}
`).objects;

function deployment(resourceVersion: string, available: number, more: { readonly replicas?: number } = {}): LiveObject {
  const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: available, availableReplicas: available };
  const metadata = { name: 'web', namespace: 'shop', uid: 'u', generation: 1, resourceVersion };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: more.replicas ?? 2 }, status };
}

describe('predictions', () => {
  let [dryRuns, live]: [number, LiveObject] = [0, deployment('1', 0)];
  let predictions: Predictions;
  const cluster = {
    apply: async () => {
      dryRuns++;
      return { ...live, spec: { replicas: 2 } };
    },
    get: async () => live,
  } as unknown as Cluster;

  function ask(): Promise<Answer> {
    assert.ok(rendered);
    const deployer = deployerOf({ kind: 'none' }, live);
    assert.equal(deployer.manager, ourManager);
    const question = { cluster, desired: desiredObjectOf(rendered, 'shop'), live, deployer, application: undefined, type: undefined };
    return predictions.ask(question, (work) => work(), never);
  }

  beforeEach(() => {
    predictions = new Predictions();
    dryRuns = 0;
  });

  it('ask nothing again when only the status changed, and show the status of now', async () => {
    live = deployment('1', 0);
    const before = await ask();
    assert.equal(before.kind === 'predicted' && healthOf(before.live)?.status, 'Progressing');
    live = deployment('2', 2);
    const after = await ask();
    assert.ok(after.kind === 'predicted');
    assert.equal(healthOf(after.live)?.status, 'Healthy');
    assert.equal(after.live.metadata.resourceVersion, '2');
    assert.deepEqual(after.prediction.object['status'], live['status']);
    assert.equal(dryRuns, 1);
  });

  it('ask again when something else changed', async () => {
    live = deployment('1', 2);
    await ask();
    live = deployment('2', 2, { replicas: 5 });
    const after = await ask();
    assert.ok(after.kind === 'predicted');
    assert.deepEqual([after.live['spec'], after.prediction.object['spec'], dryRuns], [{ replicas: 5 }, { replicas: 2 }, 2]);
  });
});
