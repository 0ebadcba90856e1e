import assert from 'node:assert/strict';
import { syncNodes, syncSentence } from '../../../src/extension/sync/planNodes.js';
import { advance, firstFailure, wordsOfPlan, wordsOfResult, type SyncState } from '../../../src/extension/sync/syncState.js';
import type { SyncProgress } from '../../../src/server/clusterProtocol.js';
import { drawTree, findNode } from '../../support/drawTree.js';
import { fieldOf, objectOf, plannedOf, planOf } from '../../support/liveFixtures.js';

const api = objectOf('Deployment', 'orders-api');
const settings = objectOf('ConfigMap', 'settings');
const claim = objectOf('PersistentVolumeClaim', 'data');
const plan = planOf([], {
  waves: [
    { label: 'PreSync', objects: [plannedOf(objectOf('Job', 'migrate'), 'hook')] },
    { label: 'Sync', objects: [plannedOf(settings, 'create'), plannedOf(api, 'change', { fields: [fieldOf()] }), plannedOf(objectOf('Service', 'orders-api'), 'unchanged')] },
    { label: 'Prune', objects: [plannedOf(claim, 'prune', { place: undefined })] },
  ],
  questions: [{ key: 'pvc', question: 'Delete PersistentVolumeClaim data and its data?', isDangerous: true }],
});
const progress: SyncProgress = {
  runId: 'r',
  id: plan.id,
  phase: 'running',
  message: 'waiting for Deployment orders-api (1 of 3 ready)',
  part: 0.6,
  objects: [
    { object: settings, action: 'created', health: undefined, message: '' },
    { object: api, action: 'changed', health: 'Progressing', message: '1 of 3 ready' },
  ],
};

describe('the plan of a sync', () => {
  it('is a tree of waves, with what becomes of each object and which fields change', () => {
    assert.equal(
      drawTree(syncNodes({ kind: 'plan', plan })),
      `(checklist) orders dev → kind-dev | at 1a2b3c4
(warning) Delete PersistentVolumeClaim data and its data? | will be asked
(layers) PreSync | 1
  (play-circle) migrate | Job · hook
(layers) Sync | 2
  (diff-added) settings | ConfigMap · create
  (diff-modified) orders-api | Deployment · change 1 field
    (diff-modified) spec.replicas | 5 → 3
  (circle-outline) 1 unchanged
(layers) Prune | 1
  (diff-removed) data | PersistentVolumeClaim · prune
`,
    );
  });

  it('says why it will not run where an operator delivers, and offers no run', () => {
    const refusal = 'Argo CD delivers it (Application argocd/orders-dev): sync there.';
    const nodes = syncNodes({ kind: 'plan', plan: { ...plan, refusal } });
    assert.ok(findNode(nodes, ({ label }) => label === refusal));
    assert.deepEqual(nodes[0]?.contexts, ['syncHead', 'refused']);
    assert.equal(syncSentence({ kind: 'plan', plan: { ...plan, refusal } }), refusal);
  });

  it('shows while it runs which objects are through, which are waited for, and which are to come', () => {
    const text = drawTree(syncNodes({ kind: 'running', plan, progress }));
    assert.match(text, /\(sync~spin\) orders dev → kind-dev \| 60 %\n/);
    assert.equal(syncSentence({ kind: 'running', plan, progress }), 'waiting for Deployment orders-api (1 of 3 ready)');
    assert.match(text, /\(pass\) settings \| ConfigMap · created\n/);
    assert.match(text, /\(sync~spin\) orders-api \| Deployment · changed · Progressing · 1 of 3 ready\n/);
    assert.match(text, /\(circle-outline\) data \| PersistentVolumeClaim · prune\n/);
    assert.match(text, /\(layers\) Sync \| 2 of 3\n/);
    assert.doesNotMatch(text, /will be asked/);
  });

  it('shows at the end what failed and why', () => {
    const failed: SyncProgress = { ...progress, phase: 'failed', objects: [{ object: api, action: 'failed', health: undefined, message: 'spec.selector: field is immutable' }] };
    const text = drawTree(syncNodes({ kind: 'over', plan, progress: failed }));
    assert.match(text, /^\(error\) orders dev → kind-dev \| at 1a2b3c4\n/);
    assert.equal(syncSentence({ kind: 'over', plan, progress: failed }), 'Failed: 1 failed');
    assert.match(text, /\(error\) orders-api \| Deployment · failed · spec\.selector: field is immutable\n/);
    assert.equal(firstFailure(failed)?.words, 'Deployment orders-api failed: spec.selector: field is immutable');
  });

  it('in words counts what is done, and says so where there is nothing to do', () => {
    assert.equal(wordsOfPlan(planOf([])), 'nothing to do');
    assert.equal(wordsOfPlan(planOf([plannedOf(api, 'blocked'), plannedOf(settings, 'unchanged')])), '1 blocked, 1 unchanged');
    assert.equal(wordsOfResult(progress), '1 created, 1 changed');
  });

  it('shields a protected environment by its icon and its words', () => {
    const [head] = syncNodes({ kind: 'plan', plan: { ...plan, isProtected: true } });
    assert.equal(head?.icon.name, 'shield');
    assert.match(head?.spoken ?? '', /^Plan of orders dev, protected, to kind-dev at 1a2b3c4: 1 to create, 1 to change/);
  });
});

describe('a run that is followed', () => {
  const running: SyncState = { kind: 'running', plan, progress: undefined };

  it('goes on with each word about it, and is over with the last', () => {
    assert.deepEqual(advance(running, 'r', progress), { kind: 'running', plan, progress });
    assert.equal(advance(running, 'r', { ...progress, phase: 'cancelled' }).kind, 'over');
  });

  it('is not touched by words about another run, nor is a plan', () => {
    assert.equal(advance(running, 'r', { ...progress, runId: 'other' }), running);
    const planned: SyncState = { kind: 'plan', plan };
    assert.equal(advance(planned, 'r', progress), planned);
  });
});
