import assert from 'node:assert/strict';
import type { Environment } from '../../src/core/gitops/delivery.js';
import type { LiveObject, ServedKind } from '../../src/core/live/liveObject.js';
import { Failure } from '../../src/services/failure.js';
import type { Cluster } from '../../src/services/ports.js';
import {
  createPreview,
  deletePreview,
  findOwnedApplications,
  findPreview,
  findPreviews,
  findPreviewSets,
  pullRequestOfPreview,
  type CreatePreview,
} from '../../src/services/pullRequestPreviews.js';
import { deliveryOf } from '../support/deliveryOf.js';
import { MemoryCluster, serverFailure } from '../support/memoryCluster.js';

const files = `
#- .gitops-workbench.yaml
pullRequests:
  - {number: 42, title: Search, branch: search, targetBranch: main, headSha: 9c40e1d7a2b54f3e8d60c1b7f5a9e2d3c4b8a716, labels: [preview]}
  - {number: 43, title: Other, branch: other, targetBranch: main, headSha: 1111111111111111111111111111111111111111, labels: []}
#- deploy/base/kustomization.yaml
resources: [web.yaml]
#- deploy/base/web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {a: "1"}
#- previews.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: dex-previews, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - matrix:
        generators:
          - pullRequest:
              github: {owner: acme, repo: dex, labels: [preview]}
          - list: {elements: [{app: dex}]}
  template:
    metadata: {name: "{{ .app }}-pr-{{ .number }}"}
    spec:
      project: default
      source: {repoURL: "https://github.com/acme/dex.git", targetRevision: "{{ .head_sha }}", path: deploy/base}
      destination: {server: https://kubernetes.default.svc, namespace: "dex-pr-{{ .number }}"}
      syncPolicy: {syncOptions: [CreateNamespace=true]}
`;

const signal = new AbortController().signal;

describe('preview environments of pull requests', () => {
  const { delivery } = deliveryOf(files);
  const [environment] = findPreviews(delivery.model) as [Environment];
  const requestOn = (cluster: MemoryCluster): CreatePreview => ({
    environment,
    cluster,
    fallbackNamespace: 'default',
    rendering: delivery.render(environment).rendering,
    revision: 'HEAD',
    user: 'mira',
    runId: 'run',
  });
  const application: LiveObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'dex-pr-42', namespace: 'argocd', uid: 'u' },
  };
  const withArgo = (): MemoryCluster => {
    const cluster = new MemoryCluster();
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
    const served: ServedKind = {
      group: 'argoproj.io',
      version: 'v1alpha1',
      kind: 'Application',
      plural: 'applications',
      singular: 'application',
      shortNames: [],
      isNamespaced: true,
      verbs: ['get'],
      subresources: [],
    };
    const builtIn = cluster.kinds.bind(cluster);
    cluster.kinds = async () => [...(await builtIn()), served];
    return cluster;
  };

  it('are those that a set generates from open pull requests, inside of other generators too', () => {
    assert.deepEqual(
      findPreviews(delivery.model).map(({ declaration }) => declaration?.id.name),
      ['dex-pr-42'],
    );
    assert.deepEqual(pullRequestOfPreview(environment), {
      ...{ number: '42', title: 'Search', branch: 'search', targetBranch: 'main', headSHA: '9c40e1d7a2b54f3e8d60c1b7f5a9e2d3c4b8a716', author: '' },
    });
    assert.deepEqual(
      findPreviewSets(delivery.model).map(({ id }) => id.name),
      ['dex-previews'],
    );
  });

  it('are found in a cluster by the set that owns them, with the words of Argo CD', async () => {
    const cluster = withArgo();
    const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'dex-previews', uid: 's', controller: true };
    const owned = (name: string, owners: readonly (typeof owner)[], namespace = 'argocd'): LiveObject => ({
      ...application,
      metadata: { name, namespace, uid: name, ownerReferences: owners },
      spec: { destination: { namespace: `${name}-here` } },
      status: { health: { status: 'Healthy' }, sync: { status: 'OutOfSync' } },
    });
    cluster.put(owned('dex-pr-7', [owner]));
    cluster.put(owned('dex-pr-8', [{ ...owner, name: 'others' }]));
    cluster.put(owned('dex', []));
    const found = await findOwnedApplications(findPreviewSets(delivery.model), cluster, signal);
    assert.deepEqual(
      found.map(({ name, namespace, owner: set, target, words }) => [name, namespace, set, target, words]),
      [['dex-pr-7', 'argocd', 'dex-previews', 'dex-pr-7-here', ['Healthy', 'OutOfSync']]],
    );
    assert.deepEqual(await findOwnedApplications(findPreviewSets(delivery.model), new MemoryCluster(), signal), []);
  });

  it('are applied by our reconciler where there is no Argo CD, and deleted with their namespace', async () => {
    const cluster = new MemoryCluster();
    assert.equal(await findPreview(requestOn(cluster), signal), undefined);
    assert.match(await createPreview(requestOn(cluster), signal), /One object is applied to memory\./);
    assert.equal(await findPreview(requestOn(cluster), signal), 'reconciler');
    assert.ok(cluster.find('ConfigMap', 'web', 'dex-pr-42'));
    assert.ok(cluster.find('Namespace', 'dex-pr-42'));
    const message = await deletePreview({ ...requestOn(cluster), model: delivery.model }, signal);
    assert.match(message, /deleted from .*, and with them the namespace dex-pr-42\.$/);
    assert.equal(cluster.find('ConfigMap', 'web', 'dex-pr-42'), undefined);
    assert.equal(cluster.find('Namespace', 'dex-pr-42'), undefined);
    assert.equal(await findPreview(requestOn(cluster), signal), undefined);
    await assert.rejects(deletePreview({ ...requestOn(cluster), model: delivery.model }, signal), (error) => error instanceof Failure && error.code === 'preview/not-created');
  });

  it('leave a namespace that others made', async () => {
    const cluster = new MemoryCluster();
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dex-pr-42' } });
    await createPreview(requestOn(cluster), signal);
    await deletePreview({ ...requestOn(cluster), model: delivery.model }, signal);
    assert.ok(cluster.find('Namespace', 'dex-pr-42'));
  });

  it('are given to Argo CD as an Application, and deleted by it with all that they made', async () => {
    const cluster = withArgo();
    assert.equal(await createPreview(requestOn(cluster), signal), 'Argo CD has Application argocd/dex-pr-42 and deploys it.');
    assert.equal(cluster.find('ConfigMap', 'web', 'dex-pr-42'), undefined);
    assert.equal(await findPreview(requestOn(cluster), signal), 'argocd');
    // One that somebody made by hand, which would leave everything behind.
    cluster.put(application);
    const patches: unknown[] = [];
    const patchable: Cluster = cluster;
    patchable.patch = (id, _type, patch) => {
      patches.push(patch);
      return Promise.resolve({ apiVersion: 'v1', kind: id.kind, metadata: { name: id.name } });
    };
    assert.equal(await deletePreview({ ...requestOn(cluster), model: delivery.model }, signal), 'Argo CD deletes Application argocd/dex-pr-42 with all that it made.');
    assert.deepEqual(patches, [{ metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } }]);
    assert.equal(await findPreview(requestOn(cluster), signal), undefined);
  });

  it('are not deleted where their set would make them again', async () => {
    const cluster = withArgo();
    const ownerReferences = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'dex-previews', uid: 's' }];
    cluster.put({ ...application, metadata: { ...application.metadata, ownerReferences } });
    await assert.rejects(deletePreview({ ...requestOn(cluster), model: delivery.model }, signal), (error) => {
      assert.ok(error instanceof Failure && error.code === 'operator/refused', String(error));
      assert.match(`${error.message} ${error.action}`, /ApplicationSet dex-previews would make .* Close the pull request/);
      return true;
    });
  });

  it('say what a cluster refuses', async () => {
    const cluster = new MemoryCluster({
      onRequest: ({ verb, isDryRun }) => {
        if (verb === 'apply' && !isDryRun) throw serverFailure('cluster/forbidden', 403, 'You may not.');
      },
    });
    await assert.rejects(createPreview(requestOn(cluster), signal), /You may not/);
  });
});
