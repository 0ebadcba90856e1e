/** Hand-off to a real Argo CD. The environment variable GITOPS_TEST_ARGOCD_KUBECONFIG names the kubeconfig of its cluster. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { isJsonObject, type JsonObject } from '../../src/core/live/json.js';
import { idOfLive, type LiveObject } from '../../src/core/live/liveObject.js';
import { valueAt } from '../../src/core/live/readFields.js';
import { declaredDifferences, disagreements, type OurWord } from '../../src/core/operators/disagreements.js';
import type { ResId } from '../../src/core/objects/resId.js';
import { plannedObjects } from '../../src/core/sync/syncPlan.js';
import type { Cluster } from '../../src/services/ports.js';
import { createPreview, deletePreview, findPreview, findPreviews } from '../../src/services/pullRequestPreviews.js';
import { deliveryOf } from '../support/deliveryOf.js';
import { act, configMap, connectPeer, eventually, never, PeerRepository, planOurs, put, read, statusOf } from './peer.js';

const argoNamespace = process.env['GITOPS_TEST_ARGOCD_NAMESPACE'] ?? 'argocd';
/** New ones for each run: a namespace goes slowly. */
const space = `handoff-${Date.now().toString(36)}`;
const hookedSpace = `${space}-hooked`;
/** A hook whose Job ends only when somebody says so: nothing runs it. */
const hook = `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {argocd.argoproj.io/hook: PreSync}
spec:
  suspend: false
  template:
    metadata: {annotations: {sim/job-delay: 300s}}
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: example.com/migrate:1}]
`;

describe('Argo CD', () => {
  let cluster: Cluster;
  let repository: PeerRepository;
  let first: string;
  const made: ResId[] = [];

  before(async () => {
    cluster = await connectPeer('GITOPS_TEST_ARGOCD_KUBECONFIG');
    repository = new PeerRepository();
    first = repository.commit({
      'app/one.yaml': configMap('one', 'a'),
      'app/two.yaml': configMap('two', 'a'),
      'hooked/hook.yaml': hook,
      'hooked/one.yaml': configMap('hooked', 'a'),
      'bad/kustomization.yaml': 'resources: [absent.yaml]\n',
    });
    for (const name of [space, hookedSpace]) await put(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  });

  afterEach(async () => {
    for (const id of made.splice(0)) {
      const live = await cluster.get(id, never);
      if (live?.['operation'] !== undefined) await act(cluster, id, { kind: 'terminate' });
      await cluster.delete(id, {}, never);
    }
    for (const namespace of [space, hookedSpace]) {
      const kinds = await cluster.kinds(never);
      for (const [group, kind] of [
        ['', 'ConfigMap'],
        ['batch', 'Job'],
      ] as const) {
        const served = kinds.find((each) => each.group === group && each.kind === kind);
        assert.ok(served);
        for (const object of (await cluster.list(served, { namespace }, never)).items) {
          if (object.metadata.name !== 'kube-root-ca.crt')
            await cluster.delete(idOfLive({ ...object, apiVersion: group === '' ? 'v1' : 'batch/v1', kind }), { propagation: 'Background' }, never);
        }
      }
    }
  });

  after(async () => {
    repository.remove();
    await cluster.delete({ group: '', version: 'v1', kind: 'Namespace', namespace: '', name: space }, {}, never);
    await cluster.delete({ group: '', version: 'v1', kind: 'Namespace', namespace: '', name: hookedSpace }, {}, never);
    cluster.close();
  });

  /** An Application of a folder, known to Argo CD. */
  async function application(folder: string, syncPolicy?: LiveObject['spec'], namespace = space): Promise<ResId> {
    const object: LiveObject = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: `handoff-${folder}`, namespace: argoNamespace },
      spec: {
        project: 'default',
        source: { repoURL: repository.url, path: folder, targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace },
        ...(syncPolicy === undefined ? {} : { syncPolicy }),
      },
    };
    const id = idOfLive(await put(cluster, object));
    made.push(id);
    await eventually(async () => assert.notEqual((await statusOf(cluster, id)).lookedAt, undefined));
    return id;
  }

  const value = async (name: string, namespace = space): Promise<unknown> => {
    const object = await cluster.get({ group: '', version: 'v1', kind: 'ConfigMap', namespace, name }, never);
    return object && valueAt(object, 'data', 'value');
  };

  it('starts a sync as asked and is followed to its end', async () => {
    const id = await application('app');
    assert.equal((await statusOf(cluster, id)).sync, 'OutOfSync');
    const { outcome, progress } = await act(cluster, id, { kind: 'sync' });
    assert.equal(outcome.result, 'done', JSON.stringify(outcome));
    assert.deepEqual([await value('one'), await value('two')], ['a', 'a']);
    assert.equal(progress[0]?.phase, 'waiting');
    assert.equal(progress.at(-1)?.phase, 'done');
    assert.deepEqual(
      progress.map(({ part }) => part).toSorted((a, b) => a - b),
      progress.map(({ part }) => part),
    );
    await eventually(async () => {
      const status = await statusOf(cluster, id);
      assert.equal(status.sync, 'Synced');
      assert.deepEqual(status.revisions, [first]);
      assert.equal(status.history[0]?.by, 'tester');
      assert.equal(status.operation?.phase, 'Succeeded');
      assert.deepEqual(
        status.resources.map(({ id: { kind, name }, sync }) => `${kind} ${name} ${sync}`),
        ['ConfigMap one Synced', 'ConfigMap two Synced'],
      );
    });
  });

  it('syncs only the objects that were chosen, and only for trial', async () => {
    const id = await application('app');
    const tried = await act(cluster, id, { kind: 'sync', dryRun: true });
    assert.equal(tried.outcome.result, 'done', JSON.stringify(tried.outcome));
    assert.equal(await value('one'), undefined);
    const one: ResId = { group: '', version: 'v1', kind: 'ConfigMap', namespace: space, name: 'one' };
    const { outcome } = await act(cluster, id, { kind: 'sync', objects: [one] });
    assert.equal(outcome.result, 'done', JSON.stringify(outcome));
    assert.deepEqual([await value('one'), await value('two')], ['a', undefined]);
  });

  it('prunes only where it was asked to', async () => {
    const id = await application('app');
    await act(cluster, id, { kind: 'sync' });
    repository.commit({ 'app/two.yaml': undefined });
    await act(cluster, id, { kind: 'refresh', hard: false });
    await act(cluster, id, { kind: 'sync' });
    assert.equal(await value('two'), 'a');
    // In the background, since nothing here needs to wait for a garbage collector.
    await act(cluster, id, { kind: 'sync', prune: true, syncOptions: ['PrunePropagationPolicy=background'] });
    assert.equal(await value('two'), undefined);
    repository.commit({ 'app/two.yaml': configMap('two', 'a') });
  });

  it('looks at new commits when it is refreshed, also hard', async () => {
    const id = await application('app');
    for (const hard of [false, true]) {
      const commit = repository.commit({ 'app/one.yaml': configMap('one', `refreshed ${String(hard)}`) });
      const { outcome } = await act(cluster, id, { kind: 'refresh', hard });
      assert.equal(outcome.result, 'done', JSON.stringify(outcome));
      assert.deepEqual((await statusOf(cluster, id)).revisions, [commit]);
      assert.equal((await statusOf(cluster, id)).pendingRequest, undefined);
    }
  });

  it('refuses a second operation while one runs, and terminates it', async () => {
    const id = await application('hooked', undefined, hookedSpace);
    const running = act(cluster, id, { kind: 'sync' });
    await eventually(async () => assert.equal((await statusOf(cluster, id)).operation?.phase, 'Running'));
    const second = (await act(cluster, id, { kind: 'sync' })).outcome;
    assert.equal(second.result === 'refused' && second.refusal.code, 'another-operation');
    const ended = await act(cluster, id, { kind: 'terminate' });
    assert.equal(ended.outcome.result, 'done', JSON.stringify(ended.outcome));
    assert.equal((await running).outcome.result, 'failed');
    const { operation } = await statusOf(cluster, id);
    assert.equal(operation?.phase, 'Failed');
    assert.match(operation.message, /terminated/i);
    assert.equal(await value('hooked', hookedSpace), undefined);
    const none = (await act(cluster, id, { kind: 'terminate' })).outcome;
    assert.equal(none.result === 'refused' && none.refusal.code, 'no-operation');
  });

  it('never mixes two operations that are started at the same time', async () => {
    const id = await application('hooked', undefined, hookedSpace);
    const both = [act(cluster, id, { kind: 'sync', prune: true }, 4000), act(cluster, id, { kind: 'sync', dryRun: true }, 4000)];
    const results = (await Promise.all(both)).map(({ outcome }) => outcome);
    const refused = results.filter((outcome) => outcome.result === 'refused');
    const sync = valueAt(await read(cluster, id), 'status', 'operationState', 'operation', 'sync');
    const mixed = typeof sync === 'object' && sync !== null && 'prune' in sync && 'dryRun' in sync;
    assert.equal(mixed, false);
    // The trial may be over before the other one starts.
    assert.ok(refused.length <= 1, JSON.stringify(results));
  });

  it('suspends auto-sync and resumes it exactly as it was', async () => {
    const policy = { automated: { selfHeal: true, prune: true, allowEmpty: true }, retry: { limit: 2 } };
    const id = await application('app', policy);
    await eventually(async () => assert.equal(await value('two'), 'a'));
    await eventually(async () => assert.equal((await statusOf(cluster, id)).operation?.isRunning, false));
    assert.deepEqual(await flags(id), { isAutomated: true, healsItself: true, prunes: true });
    const suspended = await act(cluster, id, { kind: 'suspend' });
    assert.equal(suspended.outcome.result, 'done', JSON.stringify(suspended.outcome));
    assert.deepEqual(await flags(id), { isAutomated: false, healsItself: false, prunes: false });
    const again = (await act(cluster, id, { kind: 'suspend' })).outcome;
    assert.equal(again.result === 'refused' && again.refusal.code, 'auto-sync-off');
    const resumed = await act(cluster, id, { kind: 'resume' });
    assert.equal(resumed.outcome.result, 'done', JSON.stringify(resumed.outcome));
    const object = await read(cluster, id);
    assert.deepEqual(valueAt(object, 'spec', 'syncPolicy'), policy);
    assert.equal(object.metadata.annotations?.['gitops-workbench.io/suspended-auto-sync'], undefined);
  });

  it('rolls back to an entry of its history, but not while it syncs by itself', async () => {
    const before = repository.commit({ 'app/one.yaml': configMap('one', 'before') });
    const id = await application('app', { automated: {} });
    await eventually(async () => assert.equal(await value('one'), 'before'));
    const after = repository.commit({ 'app/one.yaml': configMap('one', 'after') });
    await act(cluster, id, { kind: 'refresh', hard: false });
    await eventually(async () => assert.equal((await statusOf(cluster, id)).history[0]?.revisions[0], after));
    assert.equal(await value('one'), 'after');
    const entry = (await statusOf(cluster, id)).history.find(({ revisions }) => revisions[0] === before);
    assert.ok(entry);
    const refused = (await act(cluster, id, { kind: 'rollback', historyId: entry.id })).outcome;
    assert.equal(refused.result === 'refused' && refused.refusal.code, 'auto-sync-on');
    await eventually(async () => assert.equal((await statusOf(cluster, id)).operation?.isRunning, false));
    await act(cluster, id, { kind: 'suspend' });
    const { outcome } = await act(cluster, id, { kind: 'rollback', historyId: entry.id });
    assert.equal(outcome.result, 'done', JSON.stringify(outcome));
    assert.equal(await value('one'), 'before');
    const unknown = (await act(cluster, id, { kind: 'rollback', historyId: '999' })).outcome;
    assert.equal(unknown.result === 'refused' && unknown.refusal.code, 'unknown-history');
  });

  it('syncs to a revision, and refuses that while it syncs by itself', async () => {
    const id = await application('app');
    const { outcome } = await act(cluster, id, { kind: 'sync', revision: first });
    assert.equal(outcome.result, 'done', JSON.stringify(outcome));
    assert.equal(await value('one'), 'a');
    assert.deepEqual((await statusOf(cluster, id)).operation?.revisions, [first]);
    await put(cluster, { ...(await declared(id)), spec: { ...(await specOf(id)), syncPolicy: { automated: {} } } });
    await eventually(async () => assert.equal((await statusOf(cluster, id)).operation?.isRunning, false));
    const refused = (await act(cluster, id, { kind: 'sync', revision: first })).outcome;
    assert.equal(refused.result === 'refused' && refused.refusal.code, 'auto-sync-on');
  });

  it('says what it could not render, and so do we', async () => {
    const id = await application('bad');
    await eventually(async () => assert.equal((await statusOf(cluster, id)).conditions[0]?.isBad, true));
    const status = await statusOf(cluster, id);
    assert.equal(status.sync, 'Unknown');
    const { outcome } = await act(cluster, id, { kind: 'refresh', hard: false });
    assert.equal(outcome.result, 'done');
    assert.match(outcome.result === 'done' ? outcome.message : '', /absent\.yaml/);
    const said = disagreements(ourWord({ sync: 'in-sync', health: { status: 'Degraded', message: 'x' } }), status, {
      declared: declaredDifferences(await read(cluster, id), undefined),
      now: Date.now(),
    });
    assert.ok(
      said.some((sentence) => sentence.startsWith('Application handoff-bad has ComparisonError: ')),
      said.join('\n'),
    );
  });

  it('compares with what is pushed, and we say so', async () => {
    const id = await application('app');
    await act(cluster, id, { kind: 'sync' });
    await act(cluster, id, { kind: 'refresh', hard: false });
    const status = await statusOf(cluster, id);
    const commit = 'f'.repeat(40);
    const said = disagreements(ourWord({ commit, isPushed: false, sync: 'drifted', drifted: 1 }), status, {
      declared: declaredDifferences(await read(cluster, id), undefined),
      now: Date.now(),
    });
    assert.equal(said[0], `Application handoff-app compares with ${status.revisions[0]?.slice(0, 7) ?? ''}, you look at fffffff, which is not pushed.`);
  });

  it('keeps what it tracks from our own reconciler', async () => {
    const id = await application('app');
    await act(cluster, id, { kind: 'sync' });
    const plan = await planOurs(cluster, space, configMap('one', 'ours'));
    const [planned] = plannedObjects(plan).filter(({ id: { name } }) => name === 'one');
    assert.equal(planned?.action, 'blocked');
    assert.equal(planned.cause, 'owned');
    assert.match(planned.reason, /Application (argocd\/)?handoff-app/);
    const free = plannedObjects(await planOurs(cluster, space, configMap('free', 'ours'))).find(({ id: { name } }) => name === 'free');
    assert.equal(free?.action, 'create');
  });

  it('deploys a preview environment of a pull request into a namespace of its own, and deletes it with all that it made', async () => {
    const name = `${space}-pr-7`;
    const head = repository.commit({ 'preview/one.yaml': configMap('previewed', 'a') });
    const { delivery } = deliveryOf(`#- .gitops-workbench.yaml
pullRequests: [{number: 7, title: Search, branch: main, headSha: ${head}}]
#- preview/one.yaml
${configMap('previewed', 'a')}
#- previews.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: previews, namespace: ${argoNamespace}}
spec:
  goTemplate: true
  generators: [{pullRequest: {github: {owner: acme, repo: dex}}}]
  template:
    metadata: {name: "${space}-pr-{{ .number }}"}
    spec:
      project: default
      source: {repoURL: "${repository.url}", targetRevision: "{{ .head_sha }}", path: preview}
      destination: {server: https://kubernetes.default.svc, namespace: "${space}-pr-{{ .number }}"}
      syncPolicy: {automated: {prune: true}, syncOptions: [CreateNamespace=true]}
`);
    const [environment] = findPreviews(delivery.model);
    assert.ok(environment);
    const place = { environment, cluster, fallbackNamespace: 'default', user: 'tester', runId: 'preview' };
    const { rendering } = delivery.render(environment);
    const previewed: ResId = { group: '', version: 'v1', kind: 'ConfigMap', namespace: name, name: 'previewed' };
    const application: ResId = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: argoNamespace, name };
    const isThere = async (id: ResId): Promise<boolean> => (await cluster.get(id, never)) !== undefined;
    assert.equal(await findPreview(place, never), undefined);
    assert.equal(await createPreview({ ...place, rendering, revision: head }, never), `Argo CD has Application ${argoNamespace}/${name} and deploys it.`);
    assert.equal(await findPreview(place, never), 'argocd');
    await eventually(async () => assert.ok(await isThere(previewed)));
    assert.equal(await deletePreview({ ...place, model: delivery.model }, never), `Argo CD deletes Application ${argoNamespace}/${name} with all that it made.`);
    await eventually(async () => assert.deepEqual([await isThere(application), await isThere(previewed)], [false, false]));
    await cluster.delete({ group: '', version: 'v1', kind: 'Namespace', namespace: '', name }, {}, never);
  });

  async function flags(id: ResId): Promise<object> {
    const { isAutomated, healsItself, prunes } = await statusOf(cluster, id);
    return { isAutomated, healsItself, prunes };
  }

  async function declared(id: ResId): Promise<LiveObject> {
    const { apiVersion, kind } = await read(cluster, id);
    return { apiVersion, kind, metadata: { name: id.name, namespace: id.namespace } };
  }

  async function specOf(id: ResId): Promise<JsonObject> {
    const spec = valueAt(await read(cluster, id), 'spec');
    assert.ok(isJsonObject(spec));
    return spec;
  }
});

function ourWord(word: Partial<OurWord>): OurWord {
  return {
    commit: undefined,
    branch: 'main',
    isPushed: true,
    changedFiles: [],
    sync: 'in-sync',
    drifted: 0,
    uncertain: 0,
    health: { status: 'Healthy', message: '' },
    ignoresLikeOperator: true,
    ...word,
  };
}
