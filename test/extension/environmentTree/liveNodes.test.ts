import assert from 'node:assert/strict';
import { filterEnvironments } from '../../../src/extension/environmentTree/filter.js';
import { driftNodes, healthNodes, historyNodes, noClusters, type LiveView } from '../../../src/extension/environmentTree/liveNodes.js';
import { appNodes, environmentNode } from '../../../src/extension/environmentTree/nodes.js';
import type { TreeNode } from '../../../src/extension/environmentTree/treeNode.js';
import { timeOf } from '../../../src/extension/live/words.js';
import type { ConnectionSummary, EnvironmentLive, SyncProgress } from '../../../src/server/clusterProtocol.js';
import { drawTree, findNode } from '../../support/drawTree.js';
import { environmentOf, placeAt } from '../../support/deliveryFixtures.js';
import { connectionOf, detailsOf, fieldOf, liveOf, objectOf, operatorOf, recordOf, rowOf } from '../../support/liveFixtures.js';

const prod = environmentOf('orders', 'prod', { images: [] });
const counts = { objects: 12, missing: 1, changed: 2, extra: 0, foreign: 0, unknown: 0 };

function viewOf(live: Partial<EnvironmentLive>, connections: readonly ConnectionSummary[] = [connectionOf('kind-dev')], progress?: SyncProgress): LiveView {
  return { ...noClusters, connections, live: (id) => (id === prod.id ? liveOf(id, live) : undefined), progress: () => progress };
}

/** The rows of the environment that tell of its cluster. */
function rows(view: LiveView): string {
  const { children } = environmentNode(prod, view);
  const own = (children as readonly TreeNode[]).filter(({ id }) => /\/(cluster|drift|health|operator|history|syncing)$/.test(id));
  return drawTree(own);
}

describe('what the tree shows of clusters', () => {
  it('is nothing where the server knows nothing of them', () => {
    assert.equal(rows(noClusters), '');
    assert.equal(environmentNode(prod, noClusters).description, 'orders-prod · Argo CD');
  });

  it('is, in Restricted Mode, that there are none, with the way to trust', () => {
    const view = { ...viewOf({}), isTrusted: false };
    assert.equal(rows(view), '(shield) Cluster | none in Restricted Mode\n');
    assert.deepEqual(findNode([environmentNode(prod, view)], ({ label }) => label === 'Cluster')?.opens, { kind: 'command', command: 'workbench.trust.manage' });
  });

  it('offers a cluster where none was chosen, and names the one that fits', () => {
    assert.equal(rows({ ...noClusters, isAble: true }), '(debug-disconnect) Cluster | not connected\n');
    const state = { kind: 'not-connected' } as const;
    assert.equal(rows(viewOf({ state, context: undefined, suggestedContext: 'kind-dev' }, [])), '(debug-disconnect) Cluster | not connected · kind-dev fits\n');
    assert.equal(rows(viewOf({ state }, [])), '(debug-disconnect) Cluster | kind-dev · not connected\n');
  });

  it('tells each state of a connection apart, in words and by its icon', () => {
    const row = (connection: Partial<ConnectionSummary>): string | undefined => rows(viewOf({ state: { kind: 'not-connected' } }, [connectionOf('kind-dev', connection)])).trim();
    assert.equal(row({ state: 'connecting' }), '(loading~spin) Cluster | kind-dev · connecting …');
    assert.equal(row({ state: 'unreachable', message: 'tried again in 20 s' }), '(warning) Cluster | kind-dev · unreachable');
    assert.equal(row({ state: 'unauthorized' }), '(lock) Cluster | kind-dev · not signed in');
    assert.equal(row({ state: 'failed' }), '(error) Cluster | kind-dev · failed');
    const node = environmentNode(prod, viewOf({ state: { kind: 'not-connected' } }, [connectionOf('kind-dev', { state: 'unreachable', message: 'tried again in 20 s' })]));
    assert.match(findNode([node], ({ label }) => label === 'Cluster')?.tooltip ?? '', /tried again in 20 s/);
  });

  it('says that looking is forbidden, and never that nothing drifted', () => {
    const view = viewOf({ state: { kind: 'failed', failure: { code: 'cluster/forbidden', message: 'jane may not list deployments in orders-prod.' } } });
    assert.equal(rows(view), "(lock) Cluster | kind-dev · forbidden\n(question) Drift | can't be told: jane may not list deployments in orders-prod.\n");
    assert.match(environmentNode(prod, view).description, /^cluster unknown/);
  });

  it('sums up drift and health in the row of the environment, the most urgent first', () => {
    const node = environmentNode(prod, viewOf({ counts, health: 'Degraded', operator: operatorOf() }));
    assert.equal(node.description, '3 drifted · Degraded · at 1a2b3c4 · orders-prod · Argo CD');
    assert.deepEqual(node.icon, { name: 'shield', color: 'list.errorForeground' });
    assert.match(node.spoken, /^Environment orders prod, protected, Argo CD, namespace orders-prod, 3 drifted, Degraded, at 1a2b3c4$/);
  });

  it('is calm where all is as declared', () => {
    assert.equal(rows(viewOf({})), '(plug) Cluster | kind-dev\n(pass) Drift | none · 12 objects in sync\n(heart-filled) Health | Healthy\n');
    assert.deepEqual(environmentNode(prod, viewOf({})).icon, { name: 'shield', color: 'gitops.protectedForeground' });
    assert.match(environmentNode(prod, viewOf({})).description, /^in sync · Healthy/);
  });

  it('does not call an environment in sync of which parts could not be seen', () => {
    const view = viewOf({ state: { kind: 'partly', at: '2026-11-21T11:30:00Z', message: 'Secrets may not be read.' } });
    assert.match(rows(view), /\(question\) Drift \| none · 12 objects in sync · not all could be seen/);
    assert.match(environmentNode(prod, view).description, /^partly unknown/);
  });

  it('counts the drifted environments of an app', () => {
    const [app] = appNodes([prod, environmentOf('orders', 'dev')], viewOf({ counts }));
    assert.equal(app?.description, '2 environments · 1 drifted');
  });

  it('tells what is ahead of the cluster from what drifted', () => {
    const view = viewOf({ counts, ahead: 'main is not pushed' });
    assert.match(environmentNode(prod, view).description, /^3 ahead · Healthy/);
    assert.match(rows(view), /\(diff-modified\) Drift \| .*changed.* · ahead: main is not pushed/);
    assert.equal(appNodes([prod], view)[0]?.description, '1 environment');
  });

  it('leaves drift out where comparing is switched off', () => {
    const view = { ...viewOf({ state: { kind: 'seen', at: '2026-11-21T11:30:00Z' }, health: 'Degraded', operator: operatorOf() }), isDriftEnabled: false };
    assert.deepEqual(
      rows(view)
        .split('\n')
        .flatMap((row) => /\) ([^|]*) \|/.exec(row)?.[1] ?? []),
      ['Cluster', 'Health', 'Argo CD'],
    );
    assert.match(environmentNode(prod, view).description, /^Degraded · at 1a2b3c4/);
  });

  it('shows the words of the operator beside ours, and why they differ', () => {
    const sentence = 'Argo CD compares with 1a2b3c4, you look at 5d6e7f8, which is not pushed.';
    const operator = operatorOf({
      operation: { phase: 'Running', message: 'waiting for healthy state of apps/Deployment/orders', startedAt: '2026-11-21T11:30:00Z' },
      conditions: [{ type: 'ComparisonError', message: 'rpc error', isBad: true }],
      history: [{ id: '3', revision: '1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d', at: '2026-11-21T10:00:00Z' }],
      disagreements: [sentence],
    });
    const text = rows(viewOf({ operator }));
    const expected = [
      '(git-merge) Argo CD | OutOfSync, Degraded, at 1a2b3c4, running',
      `  (sync~spin) Running: waiting for healthy state of apps/Deployment/orders | since ${timeOf('2026-11-21T11:30:00Z')}`,
      `  (info) ${sentence}`,
      '  (error) ComparisonError: rpc error',
      '  (sync) delivers by itself',
      '  (history) History | 1 delivery',
      `    (git-commit) 1a2b3c4 | 3 · ${timeOf('2026-11-21T10:00:00Z')}`,
    ];
    assert.ok(text.includes(`${expected.join('\n')}\n`), text);
  });

  it('shows a running sync with how far it is', () => {
    const progress: SyncProgress = { runId: 'r', id: prod.id, phase: 'running', message: 'Sync wave 1: 3 of 7 applied', part: 0.42, objects: [] };
    assert.match(rows(viewOf({ runningSync: 'r' }, [connectionOf('kind-dev')], progress)), /\(sync~spin\) Syncing \| 42 % · Sync wave 1: 3 of 7 applied/);
  });

  it('offers syncing from here only where no operator delivers', () => {
    const contexts = (live: Partial<EnvironmentLive>): readonly string[] => environmentNode(prod, viewOf(live)).contexts;
    assert.ok(contexts({}).includes('syncable'));
    assert.ok(!contexts({ operator: operatorOf() }).includes('syncable'));
    assert.ok(contexts({ operator: operatorOf({ operator: 'flux' }) }).includes('flux'));
    assert.ok(contexts({ operator: operatorOf() }).includes('pausable'));
    assert.ok(contexts({ operator: operatorOf({ isAutomated: false }) }).includes('paused'), 'Argo CD is resumed where auto-sync is off');
    assert.ok(contexts({ operator: operatorOf({ operator: 'flux', isAutomated: false, isSuspended: true }) }).includes('paused'));
    assert.ok(contexts({ operator: operatorOf({ operation: { phase: 'Running', message: '', startedAt: '' } }) }).includes('operating'));
    assert.ok(!contexts({ operator: operatorOf({ operation: { phase: 'Failed', message: '', startedAt: '' } }) }).includes('operating'));
  });
});

describe('the nodes of drift', () => {
  const api = objectOf('Deployment', 'orders-api');
  const details = detailsOf(prod.id, [
    rowOf(objectOf('ConfigMap', 'old'), { state: 'extra', fields: [], place: undefined, forecast: 'A sync with pruning deletes it.' }),
    rowOf(api, {
      fields: [
        fieldOf(),
        fieldOf({ path: 'spec.template.spec.containers[name=api].image', desired: 'api:1.2', live: 'api:1.1', by: '', place: undefined, canAdopt: false }),
        fieldOf({ path: 'metadata.annotations["example.com/note"]', state: 'foreign', desired: undefined, live: 'hello', canRevert: false }),
      ],
      ignored: ['spec.paused: ignoreDifferences of Application orders-prod'],
    }),
    rowOf(objectOf('Service', 'orders-api'), { state: 'unknown', fields: [], reason: 'A webhook does not support dry runs.' }),
  ]);

  it('are the objects with what differs in them, changed ones first', () => {
    assert.equal(
      drawTree(driftNodes(prod.id, details)),
      `(diff-modified) orders-api | Deployment · 3 fields
  (diff-modified) spec.replicas | git 3 → live 5 · kubectl-scale, 12 minutes ago
  (diff-modified) …containers[name=api].image | git api:1.2 → live api:1.1
  (person) …annotations["example.com/note"] | live hello · kubectl-scale, 12 minutes ago
  (eye-closed) spec.paused: ignoreDifferences of Application orders-prod | ignored
(diff-removed) old | ConfigMap · extra · A sync with pruning deletes it.
(question) orders-api | Service · unknown
  (question) A webhook does not support dry runs.
(pass) 9 objects in sync
`,
    );
  });

  it('lead to the difference, and a field to the line that declares it', () => {
    const [first] = driftNodes(prod.id, details);
    assert.equal(first?.opens?.kind, 'difference');
    const [replicas, image] = first.children as readonly TreeNode[];
    assert.deepEqual(replicas?.opens, { kind: 'place', place: placeAt('apps/orders/overlays/prod/capacity.yaml', 6) });
    assert.equal(image?.opens?.kind, 'difference');
  });

  it('say to the menus what can be done with each', () => {
    const [first, extra] = driftNodes(prod.id, details);
    const [replicas, image, note] = first?.children as readonly TreeNode[];
    assert.deepEqual(replicas?.contexts, ['driftField', 'revertable', 'adoptable', 'ignorable', 'declared', 'source', 'valued']);
    assert.deepEqual(image?.contexts, ['driftField', 'revertable', 'ignorable', 'valued']);
    assert.ok(!note?.contexts.includes('revertable'));
    assert.ok(!extra?.contexts.includes('revertable'));
  });

  it('say in the tooltip what is where, by whom, and what becomes of it, as text and not as Markdown', () => {
    const [first] = driftNodes(prod.id, detailsOf(prod.id, [rowOf(api, { fields: [fieldOf({ live: '`5`', by: 'evil [x](command:y)' })] })]));
    const [field] = first?.children as readonly TreeNode[];
    assert.match(field?.tooltip ?? '', /git: `3`/);
    assert.match(field?.tooltip ?? '', /live: `` `5` ``/);
    assert.match(field?.tooltip ?? '', /Argo CD sets it back within 3 minutes/);
    assert.doesNotMatch(field?.tooltip ?? '', /\]\(command/);
  });

  it('have an identity each, also where a server names an object twice', () => {
    const ids = driftNodes(prod.id, detailsOf(prod.id, [rowOf(api), rowOf(api)])).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('are a sentence where there is no answer', () => {
    assert.equal(drawTree(driftNodes(prod.id, { code: 'cluster/unreachable', message: 'The cluster does not answer.' })), '(warning) The cluster does not answer.\n');
  });
});

describe('the nodes of health and of past syncs', () => {
  it('name the object, how it is and why, and lead to its source', () => {
    const unhealthy = [{ object: objectOf('Deployment', 'orders-api'), health: 'Degraded', message: 'ImagePullBackOff', place: placeAt('apps/orders/base/api.yaml') }] as const;
    const nodes = healthNodes(prod.id, detailsOf(prod.id, [], { unhealthy }));
    assert.equal(drawTree(nodes), '(error) orders-api | Deployment · Degraded · ImagePullBackOff\n');
    assert.equal(nodes[0]?.spoken, 'Deployment orders-api is Degraded: ImagePullBackOff');
    assert.equal(nodes[0].opens?.kind, 'place');
  });

  it('tell who synced what and when', () => {
    const failed = recordOf({ result: 'failed', message: 'Deployment orders-api is Degraded' });
    const edited = recordOf({ run: 'r2', revision: `${failed.revision} with changes that are not committed`, commit: undefined });
    const [first, second] = historyNodes(prod.id, [failed, edited]);
    assert.ok(first && second);
    const rest = `3 objects · jane · ${timeOf(failed.at)}`;
    assert.equal(drawTree([first, second]), `(error) 5d6e7f8 | failed · ${rest}\n(pass) 5d6e7f8 with uncommitted changes | done · ${rest}\n`);
    assert.equal(first.spoken, `Sync of 5d6e7f8, failed · ${rest}, Deployment orders-api is Degraded`);
    assert.deepEqual([first.run, first.contexts, second.contexts], ['r1', ['record', 'repeatable'], ['record']]);
  });
});

describe('the filter of environments, where clusters are connected', () => {
  it('finds them by what is live', () => {
    const all = [prod, environmentOf('orders', 'dev')];
    const live = (id: string): EnvironmentLive | undefined => (id === prod.id ? liveOf(id, { counts, health: 'Degraded' }) : undefined);
    assert.deepEqual(
      ['drifted', 'degraded', 'kind-dev', 'in sync'].map((text) => filterEnvironments(all, text, live).map(({ name }) => name)),
      [['prod'], ['prod'], ['prod'], []],
    );
  });
});
