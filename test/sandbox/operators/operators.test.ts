import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { systemClock } from '../../../src/sandbox/clock.js';
import { mapsAt, numberAt, objectAt, stringAt, valueAt } from '../../../src/core/live/readFields.js';
import { runGitCommand } from '../../../src/sandbox/gitRemote/gitCommand.js';
import { startFullSandbox, type FullSandbox } from '../../../src/sandbox/fullSandbox.js';
import { putImage } from '../../../src/sandbox/registry/putImage.js';
import { findCondition } from '../../../src/sandbox/workloads/conditions.js';
import { actOnOperator } from '../../../src/services/operators.js';
import { connectTo } from '../../support/clusterSync.js';
import { loadSandboxKinds } from '../../support/sandboxKinds.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

const workload = `
#- web/kustomization.yaml
resources: [web.yaml, settings.yaml]
#- web/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  level: info
#- web/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: ghcr.io/shop/web:1
`;

const argo = `
#- argocd/web.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/shop/delivery.git
    targetRevision: main
    path: web
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    syncOptions: [CreateNamespace=true]
${workload.trim()}
`;

const flux = `
#- clusters/web.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: delivery
  namespace: flux-system
spec:
  interval: 10m
  url: https://git.example.com/shop/delivery.git
  ref: {branch: main}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: web
  namespace: flux-system
spec:
  interval: 10m
  path: ./web
  prune: true
  targetNamespace: default
  sourceRef: {kind: GitRepository, name: delivery}
${workload.trim()}
`;

describe('the simulated operators', function () {
  this.timeout(300_000);
  const makeFolder = temporaryFolders();
  const running: FullSandbox[] = [];
  const errors: unknown[] = [];
  afterEach(async () => {
    for (const sandbox of running.splice(0)) await sandbox.close();
    assert.deepEqual(errors.splice(0), []);
  });

  const url = 'https://git.example.com/shop/delivery.git';

  /** Twenty seconds of the sandbox pass in a real one. */
  async function start(files: string): Promise<{ sandbox: FullSandbox; folder: TemporaryFolder; push: (message: string) => Promise<string> }> {
    const folder = makeFolder(files);
    folder.git('init', '--quiet', '--initial-branch=main');
    folder.commit('first');
    const sandbox = await startFullSandbox({ kinds: loadSandboxKinds(), clock: systemClock(20), report: (error) => errors.push(error) });
    running.push(sandbox);
    await sandbox.gitRemote.create('delivery', { kind: 'repository', folder: folder.path });
    sandbox.gitRemote.standFor(url, 'delivery');
    await sandbox.operators.deliver(url);
    // Not folder.git, which would wait for a server in this very process.
    const push = async (message: string): Promise<string> => {
      const commit = folder.commit(message);
      await runGitCommand(folder.path, ['push', '--quiet', sandbox.gitRemote.urlOf('delivery'), 'main']);
      return commit;
    };
    return { sandbox, folder, push };
  }

  const get = ({ store }: FullSandbox, group: string, kind: string, namespace: string, name: string): LiveObject | undefined => store.get({ group, kind, namespace, name });
  const application = (sandbox: FullSandbox): LiveObject => get(sandbox, 'argoproj.io', 'Application', 'argocd', 'web') ?? assert.fail('no Application');
  const kustomization = (sandbox: FullSandbox): LiveObject => get(sandbox, 'kustomize.toolkit.fluxcd.io', 'Kustomization', 'flux-system', 'web') ?? assert.fail('no Kustomization');
  const readiness = (object: LiveObject): string => {
    const found = findCondition(mapsAt(object, 'status', 'conditions'), 'Ready');
    return `${stringAt(found, 'status')} ${stringAt(found, 'reason')}`;
  };

  async function until(isSo: () => boolean, what: string): Promise<void> {
    for (let tries = 0; tries < 4000; tries++) {
      if (isSo()) return;
      await wait(20);
    }
    assert.fail(`never: ${what}`);
  }
  const inSync = (sandbox: FullSandbox, revision: string) => (): boolean => {
    const { status } = application(sandbox);
    const state = `${stringAt(status, 'sync', 'status')} ${stringAt(status, 'health', 'status')} ${stringAt(status, 'operationState', 'phase')}`;
    return state === 'Synced Healthy Succeeded' && stringAt(status, 'sync', 'revision') === revision;
  };

  it('sync an Application as Argo CD does, and again after a push', async () => {
    const { sandbox, folder, push } = await start(argo);
    const first = folder.git('rev-parse', 'HEAD').trim();
    await until(inSync(sandbox, first), 'in sync');
    const web = get(sandbox, 'apps', 'Deployment', 'shop', 'web');
    assert.equal(web?.metadata.annotations?.['argocd.argoproj.io/tracking-id'], 'web:apps/Deployment:shop/web');
    assert.ok(web.metadata.managedFields?.some(({ manager, operation }) => manager === 'argocd-controller' && operation === 'Apply'));
    const { status } = application(sandbox);
    assert.deepEqual(
      mapsAt(status, 'resources').map((each) => `${stringAt(each, 'kind')} ${stringAt(each, 'status')} ${stringAt(each, 'health', 'status')}`),
      ['ConfigMap Synced ', 'Deployment Synced Healthy'],
    );
    assert.deepEqual(
      mapsAt(status, 'operationState', 'syncResult', 'resources').map((each) => stringAt(each, 'message')),
      ['namespace/shop created', 'configmap/settings created', 'deployment.apps/web created'],
    );

    folder.put('web/kustomization.yaml', 'resources: [web.yaml]\nimages:\n  - name: ghcr.io/shop/web\n    newTag: "2"\n');
    const second = await push('second');
    await until(inSync(sandbox, second), 'in sync again');
    assert.equal(get(sandbox, '', 'ConfigMap', 'shop', 'settings'), undefined);
    assert.deepEqual(
      mapsAt(application(sandbox), 'status', 'history').map((each) => stringAt(each, 'revision')),
      [first, second],
    );
    assert.equal(stringAt(mapsAt(get(sandbox, 'apps', 'Deployment', 'shop', 'web'), 'spec', 'template', 'spec', 'containers')[0], 'image'), 'ghcr.io/shop/web:2');
  });

  it('heal what somebody changed, where that is wished, and show it where it is not', async () => {
    const { sandbox, folder } = await start(argo);
    const commit = folder.git('rev-parse', 'HEAD').trim();
    const id = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
    const scale = (replicas: number): void => void sandbox.store.patch(id, { spec: { replicas } }, { manager: 'kubectl', subresource: 'scale' });
    const replicas = (): number | undefined => numberAt(sandbox.store.get(id), 'spec', 'replicas');
    await until(inSync(sandbox, commit), 'in sync');
    scale(5);
    await until(() => replicas() === 2, 'healed');
    await until(inSync(sandbox, commit), 'in sync after healing');
    sandbox.store.patch({ group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'web' }, { spec: { syncPolicy: { automated: null } } }, { manager: 'kubectl' });
    scale(5);
    await until(() => stringAt(application(sandbox), 'status', 'sync', 'status') === 'OutOfSync', 'out of sync');
    assert.equal(replicas(), 5);
  });

  it('carry out an operation that is asked for, and take it out of the object', async () => {
    const { sandbox, folder } = await start(argo.replace('    automated: {prune: true, selfHeal: true}\n', ''));
    const commit = folder.git('rev-parse', 'HEAD').trim();
    await until(() => stringAt(application(sandbox), 'status', 'sync', 'status') === 'OutOfSync', 'compared');
    assert.equal(stringAt(application(sandbox), 'status', 'health', 'status'), 'Missing');
    const operation = { initiatedBy: { username: 'ana' }, sync: { revision: commit, syncOptions: ['CreateNamespace=true'] } };
    sandbox.store.patch({ group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'web' }, { operation }, { manager: 'argocd' });
    await until(inSync(sandbox, commit), 'in sync');
    assert.equal(valueAt(application(sandbox), 'operation'), undefined);
    assert.deepEqual(objectAt(application(sandbox), 'status', 'operationState', 'operation'), operation);
  });

  it('say why an Application cannot be compared', async () => {
    const { sandbox, folder, push } = await start(argo);
    await until(inSync(sandbox, folder.git('rev-parse', 'HEAD').trim()), 'in sync');
    folder.put('web/kustomization.yaml', 'resources: [nowhere.yaml]\n');
    await push('broken');
    await until(() => stringAt(application(sandbox), 'status', 'sync', 'status') === 'Unknown', 'unknown');
    const [condition] = mapsAt(application(sandbox), 'status', 'conditions');
    assert.equal(stringAt(condition, 'type'), 'ComparisonError');
    assert.match(stringAt(condition, 'message'), /nowhere\.yaml/);
  });

  it('delete what an Application keeps before it goes, where its finalizer asks for it', async () => {
    const finalizers = '  finalizers: [resources-finalizer.argocd.argoproj.io]\n';
    const { sandbox, folder } = await start(argo.replace('  name: web\n  namespace: argocd\n', `  name: web\n  namespace: argocd\n${finalizers}`));
    await until(inSync(sandbox, folder.git('rev-parse', 'HEAD').trim()), 'in sync');
    sandbox.store.delete({ group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'web' });
    await until(() => get(sandbox, 'argoproj.io', 'Application', 'argocd', 'web') === undefined, 'gone');
    assert.equal(get(sandbox, 'apps', 'Deployment', 'shop', 'web'), undefined);
  });

  it('apply a Kustomization as Flux does, handle requests, and prune', async () => {
    const { sandbox, folder, push } = await start(flux);
    const first = `main@sha1:${folder.git('rev-parse', 'HEAD').trim()}`;
    await until(() => stringAt(kustomization(sandbox), 'status', 'lastAppliedRevision') === first, 'applied');
    assert.equal(readiness(kustomization(sandbox)), 'True ReconciliationSucceeded');
    assert.deepEqual(
      mapsAt(kustomization(sandbox), 'status', 'inventory', 'entries')
        .map((each) => stringAt(each, 'id'))
        .sort(),
      ['default_settings__ConfigMap', 'default_web_apps_Deployment'],
    );
    assert.equal(get(sandbox, 'apps', 'Deployment', 'default', 'web')?.metadata.labels?.['kustomize.toolkit.fluxcd.io/name'], 'web');
    const source = get(sandbox, 'source.toolkit.fluxcd.io', 'GitRepository', 'flux-system', 'delivery');
    assert.equal(stringAt(source, 'status', 'artifact', 'revision'), first);

    const id = { group: 'kustomize.toolkit.fluxcd.io', kind: 'Kustomization', namespace: 'flux-system', name: 'web' };
    sandbox.store.patch(id, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } } }, { manager: 'flux' });
    await until(() => stringAt(kustomization(sandbox), 'status', 'lastHandledReconcileAt') === 'now', 'handled');

    folder.put('web/kustomization.yaml', 'resources: [web.yaml]\n');
    const second = `main@sha1:${await push('second')}`;
    await until(() => stringAt(kustomization(sandbox), 'status', 'lastAppliedRevision') === second, 'applied again');
    assert.equal(get(sandbox, '', 'ConfigMap', 'default', 'settings'), undefined);
  });

  it('leave a suspended Kustomization alone', async () => {
    const { sandbox, folder, push } = await start(flux);
    const first = `main@sha1:${folder.git('rev-parse', 'HEAD').trim()}`;
    await until(() => stringAt(kustomization(sandbox), 'status', 'lastAppliedRevision') === first, 'applied');
    const id = { group: 'kustomize.toolkit.fluxcd.io', kind: 'Kustomization', namespace: 'flux-system', name: 'web' };
    folder.put('clusters/web.yaml', folder.read('clusters/web.yaml').replace('  prune: true\n', '  prune: true\n  suspend: true\n'));
    const second = `main@sha1:${await push('suspended')}`;
    const artifact = (): string => stringAt(get(sandbox, 'source.toolkit.fluxcd.io', 'GitRepository', 'flux-system', 'delivery'), 'status', 'artifact', 'revision');
    await until(() => artifact() === second, 'fetched');
    assert.equal(valueAt(sandbox.store.get(id), 'spec', 'suspend'), true);
    assert.equal(stringAt(kustomization(sandbox), 'status', 'lastAppliedRevision'), first);
  });

  it("select tags of the sandbox's registry by image policies", async () => {
    const { sandbox } = await start(flux);
    const { host, store } = sandbox.registry;
    putImage(store, 'shop/web', '1.0.0', { created: '2026-01-01T00:00:00Z' });
    const metadata = { name: 'web', namespace: 'flux-system' };
    sandbox.store.create({ apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImageRepository', metadata, spec: { image: `${host}/shop/web`, interval: '5m' } }, 'kubectl');
    sandbox.store.create(
      { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImagePolicy', metadata, spec: { imageRepositoryRef: { name: 'web' }, policy: { semver: { range: '1.x' } } } },
      'kubectl',
    );
    const latest = (): string => stringAt(get(sandbox, 'image.toolkit.fluxcd.io', 'ImagePolicy', 'flux-system', 'web'), 'status', 'latestRef', 'tag');
    await until(() => latest() === '1.0.0', 'the first tag');
    putImage(store, 'shop/web', '1.1.0', { created: '2026-01-02T00:00:00Z' });
    putImage(store, 'shop/web', '2.0.0', { created: '2026-01-03T00:00:00Z' });
    await until(() => latest() === '1.1.0', 'the next tag');
  });

  const applicationId = { group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'web' };
  const change = (sandbox: FullSandbox, patch: JsonObject): void => void sandbox.store.patch(applicationId, patch, { manager: 'kubectl' });
  const operationState = (sandbox: FullSandbox): string => {
    const state = objectAt(application(sandbox), 'status', 'operationState');
    return `${stringAt(state, 'phase')}: ${stringAt(state, 'message')}`;
  };
  const byHand = argo.replace('    automated: {prune: true, selfHeal: true}\n', '');

  it('say in the words of Argo CD which revision or folder is not there', async () => {
    const { sandbox } = await start(byHand);
    const problem = (): string => stringAt(mapsAt(application(sandbox), 'status', 'conditions')[0], 'message');
    const words = 'Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc =';
    change(sandbox, { spec: { source: { targetRevision: 'nowhere' } } });
    await until(() => problem() === `${words} unable to resolve 'nowhere' to a commit SHA`, 'unknown revision');
    change(sandbox, { spec: { source: { targetRevision: 'main', path: 'wbe' } } });
    await until(() => problem() === `${words} wbe: app path does not exist`, 'wrong path');
    assert.equal(stringAt(application(sandbox), 'status', 'sync', 'status'), 'Unknown');
    change(sandbox, { spec: { source: { path: 'web' } } });
    await until(() => problem() === '' && stringAt(application(sandbox), 'status', 'sync', 'status') === 'OutOfSync', 'compared');
  });

  it('try a failed sync again as often as its operation allows', async () => {
    const { sandbox, folder } = await start(byHand.replace('  replicas: 2', '  replicas: -1'));
    const operation = { sync: { revision: folder.git('rev-parse', 'HEAD').trim(), syncOptions: ['CreateNamespace=true'] }, retry: { limit: 1, backoff: { duration: '20s' } } };
    change(sandbox, { operation });
    await until(() => /^Running: .*Retrying attempt #1 at \d+:\d\d[AP]M\.$/.test(operationState(sandbox)), 'waiting for the next attempt');
    assert.equal(numberAt(application(sandbox), 'status', 'operationState', 'retryCount'), 1);
    await until(() => /^Failed: .*spec\.replicas.* \(retried 1 times\)\.$/.test(operationState(sandbox)), 'failed for good');
  });

  it('end an operation that is terminated', async () => {
    const hook = `#- web/hook.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {argocd.argoproj.io/hook: PreSync}
spec:
  template:
    metadata: {annotations: {sandbox.gitops-workbench/run-for: 2h}}
    spec: {restartPolicy: Never, containers: [{name: migrate, image: 'ghcr.io/shop/migrate:1'}]}
`;
    const { sandbox, folder } = await start(`${byHand.replace('[web.yaml, settings.yaml]', '[web.yaml, settings.yaml, hook.yaml]').trim()}\n${hook}`);
    change(sandbox, { operation: { sync: { revision: folder.git('rev-parse', 'HEAD').trim(), syncOptions: ['CreateNamespace=true'] } } });
    await until(() => sandbox.store.list('batch', 'Job', 'shop').length === 1, 'the hook runs');
    assert.notEqual(valueAt(application(sandbox), 'operation'), undefined, 'it stays in the object while it runs');
    assert.equal(await terminate(sandbox), 'done: Operation terminated');
    assert.equal(operationState(sandbox), 'Failed: Operation terminated');
    assert.equal(valueAt(application(sandbox), 'operation'), undefined);
    assert.equal(get(sandbox, 'apps', 'Deployment', 'shop', 'web'), undefined);
    assert.equal(await terminate(sandbox), 'refused: No operation of Application web runs.');
  });

  it('end an operation that waits for its next attempt', async () => {
    const { sandbox, folder } = await start(byHand.replace('  replicas: 2', '  replicas: -1'));
    const retry = { limit: 3, backoff: { duration: '100h', maxDuration: '200h' } };
    change(sandbox, { operation: { sync: { revision: folder.git('rev-parse', 'HEAD').trim(), syncOptions: ['CreateNamespace=true'] }, retry } });
    await until(() => operationState(sandbox).includes('Retrying attempt #1'), 'waiting for the next attempt');
    assert.equal(await terminate(sandbox), 'done: Operation terminated (retried 1 times).');
    assert.equal(operationState(sandbox), 'Failed: Operation terminated (retried 1 times).');
  });

  /** As the editor asks for it. */
  async function terminate({ kubeconfigPath }: FullSandbox): Promise<string> {
    const cluster = await connectTo(kubeconfigPath);
    const id = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', namespace: 'argocd', name: 'web' };
    try {
      const outcome = await actOnOperator(id, { kind: 'terminate' }, { cluster, user: 'ana', onProgress: () => undefined }, new AbortController().signal);
      return outcome.result === 'refused' ? `refused: ${outcome.refusal.message}` : `${outcome.result}: ${outcome.message}`;
    } finally {
      cluster.close();
    }
  }

  it('answer a refresh, plain or hard, by a comparison', async () => {
    const { sandbox, folder } = await start(argo);
    await until(inSync(sandbox, folder.git('rev-parse', 'HEAD').trim()), 'in sync');
    for (const kind of ['normal', 'hard']) {
      change(sandbox, { status: { reconciledAt: null }, metadata: { annotations: { 'argocd.argoproj.io/refresh': kind } } });
      await until(() => stringAt(application(sandbox), 'status', 'reconciledAt') !== '', `a ${kind} refresh`);
      assert.equal(application(sandbox).metadata.annotations?.['argocd.argoproj.io/refresh'], undefined);
    }
  });

  it('go back to an earlier revision where it is asked for, and stay there without automated syncs', async () => {
    const { sandbox, folder, push } = await start(argo);
    const first = folder.git('rev-parse', 'HEAD').trim();
    await until(inSync(sandbox, first), 'in sync');
    folder.put('web/settings.yaml', folder.read('web/settings.yaml').replace('info', 'debug'));
    await until(inSync(sandbox, await push('second')), 'in sync with the second');
    change(sandbox, { spec: { syncPolicy: { automated: null } } });
    change(sandbox, { operation: { sync: { revision: first, prune: false } } });
    const level = (): string => stringAt(get(sandbox, '', 'ConfigMap', 'shop', 'settings'), 'data', 'level');
    await until(() => level() === 'info' && stringAt(application(sandbox), 'status', 'sync', 'status') === 'OutOfSync', 'rolled back');
    assert.deepEqual(mapsAt(application(sandbox), 'status', 'history').at(-1)?.['revision'], first);
    change(sandbox, { spec: { syncPolicy: { automated: {} } } });
    await until(() => level() === 'debug', 'delivered by itself again, as soon as that is switched on');
  });

  it('show what runs with an image that is not there as degraded', async () => {
    const { sandbox, folder, push } = await start(argo);
    await until(inSync(sandbox, folder.git('rev-parse', 'HEAD').trim()), 'in sync');
    const text = folder.read('web/web.yaml').replace('ghcr.io/shop/web:1', `${sandbox.registry.host}/shop/web:9`);
    folder.put('web/web.yaml', text.replace('  replicas: 2', '  replicas: 1\n  progressDeadlineSeconds: 20'));
    await push('a tag that is not there');
    await until(() => stringAt(application(sandbox), 'status', 'health', 'status') === 'Degraded', 'degraded');
    const waiting = sandbox.store.list('', 'Pod', 'shop').flatMap((pod) => mapsAt(pod, 'status', 'containerStatuses').map((each) => stringAt(each, 'state', 'waiting', 'reason')));
    assert.ok(waiting.includes('ImagePullBackOff') || waiting.includes('ErrImagePull'), waiting.join());
  });

  it('say in the words of Flux which folder, repository, branch or secret is not there', async () => {
    const { sandbox } = await start(flux.replace('path: ./web', 'path: ./wbe'));
    const message = (object: LiveObject | undefined): string => stringAt(findCondition(mapsAt(object, 'status', 'conditions'), 'Ready'), 'message');
    const source = (): LiveObject => get(sandbox, 'source.toolkit.fluxcd.io', 'GitRepository', 'flux-system', 'delivery') ?? assert.fail('no source');
    const edit = (spec: JsonObject): void =>
      void sandbox.store.patch({ group: 'source.toolkit.fluxcd.io', kind: 'GitRepository', namespace: 'flux-system', name: 'delivery' }, { spec }, { manager: 'kubectl' });
    await until(() => message(kustomization(sandbox)).startsWith('kustomization path not found'), 'a wrong path');
    assert.equal(readiness(kustomization(sandbox)), 'False ArtifactFailed');
    assert.match(message(kustomization(sandbox)), /^kustomization path not found: stat \/tmp\/kustomization-\w+\/wbe: no such file or directory$/);
    edit({ ref: { branch: 'nowhere' } });
    await until(() => readiness(source()) === 'False GitOperationFailed', 'a wrong branch');
    assert.equal(message(source()), `failed to checkout and determine revision: unable to clone '${url}': couldn't find remote ref "refs/heads/nowhere"`);
    edit({ ref: { branch: 'main' }, secretRef: { name: 'git' } });
    await until(() => readiness(source()) === 'False AuthenticationFailed', 'no secret');
    assert.equal(message(source()), `failed to get secret 'flux-system/git': secrets "git" not found`);
    edit({ secretRef: null, url: 'https://git.example.com/shop/other.git' });
    await until(() => message(source()).includes("unable to clone 'https://git.example.com/shop/other.git': repository not found"), 'no repository');
    edit({ url });
    await until(() => readiness(source()) === 'True Succeeded', 'fetched');
  });

  it('say what is wrong with image repositories and policies, and leave suspended ones alone', async () => {
    const { sandbox } = await start(flux);
    const { host, store } = sandbox.registry;
    putImage(store, 'shop/web', '1.0.0', { created: '2026-01-01T00:00:00Z' });
    const create = (kind: string, name: string, spec: JsonObject): void =>
      void sandbox.store.create({ apiVersion: 'image.toolkit.fluxcd.io/v1', kind, metadata: { name, namespace: 'flux-system' }, spec }, 'kubectl');
    const said = (kind: string, name: string): string => {
      const found = get(sandbox, 'image.toolkit.fluxcd.io', kind, 'flux-system', name);
      return `${readiness(found ?? assert.fail(name))}: ${stringAt(findCondition(mapsAt(found, 'status', 'conditions'), 'Ready'), 'message')}`;
    };
    create('ImageRepository', 'gone', { image: `${host}/shop/gone`, interval: '5m' });
    assert.equal(
      said('ImageRepository', 'gone'),
      `False ReadOperationFailed: scan failed: GET http://${host}/v2/shop/gone/tags/list?n=1000: NAME_UNKNOWN: repository name not known to registry`,
    );
    create('ImagePolicy', 'gone', { imageRepositoryRef: { name: 'gone' }, policy: { semver: { range: '1.x' } } });
    assert.equal(said('ImagePolicy', 'gone'), 'False DependencyNotReady: retrying in 30s error: no tags in database');
    create('ImageRepository', 'web', { image: `${host}/shop/web`, interval: '5m' });
    create('ImagePolicy', 'web', { imageRepositoryRef: { name: 'web' }, policy: { semver: { range: '2.x' } } });
    assert.equal(said('ImagePolicy', 'web'), 'False Failure: unable to determine latest version from provided list');
    create('ImagePolicy', 'filtered', { imageRepositoryRef: { name: 'web' }, filterTags: { pattern: '^release-' }, policy: { alphabetical: { order: 'asc' } } });
    assert.equal(said('ImagePolicy', 'filtered'), 'False Failure: version list argument cannot be empty');
    create('ImagePolicy', 'orphan', { imageRepositoryRef: { name: 'nobody' }, policy: { semver: { range: '1.x' } } });
    assert.match(said('ImagePolicy', 'orphan'), /^False DependencyNotReady: failed to get the referred ImageRepository: .*"nobody" not found$/);
    create('ImageRepository', 'asleep', { image: `${host}/shop/web`, interval: '5m', suspend: true });
    assert.deepEqual(objectAt(get(sandbox, 'image.toolkit.fluxcd.io', 'ImageRepository', 'flux-system', 'asleep'), 'status'), {});
  });
});
