import assert from 'node:assert/strict';
import path from 'node:path';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import type { Cluster } from '../../src/services/ports.js';
import { runCommandLine, type CommandRun } from '../support/runCommandLine.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const shop = `
#- base/kustomization.yaml
resources: [settings.yaml, extra.yaml]
#- base/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: red}
#- base/extra.yaml
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
#- overlays/dev/kustomization.yaml
resources: [../../base, namespace.yaml]
namespace: shop-dev
#- overlays/dev/namespace.yaml
apiVersion: v1
kind: Namespace
metadata: {name: shop-dev}
#- overlays/prod/kustomization.yaml
resources: [../../base]
namespace: shop-prod
`;

describe('gitops-workbench sync', () => {
  const folder = temporaryFolders();
  let sandbox: Sandbox;
  let kubeconfig: string;
  let cluster: Cluster;

  beforeEach(async () => {
    kubeconfig = path.join(folder('').path, 'kubeconfig');
    sandbox = await startSandbox({ kinds: loadSandboxKinds(), kubeconfigPath: kubeconfig });
    const config = openKubeconfig({ file: kubeconfig });
    cluster = await config.connect((await config.contexts()).current ?? '', { mayRunPrograms: false });
  });

  afterEach(async () => {
    cluster.close();
    await sandbox.close();
  });

  const run = (files: TemporaryFolder, words: readonly string[], input = ''): Promise<CommandRun> =>
    runCommandLine(['sync', ...words], { folder: files.path, input, variables: { KUBECONFIG: kubeconfig, USER: 'ada' } });
  const find = (kind: string, name: string, namespace: string): ReturnType<Cluster['get']> =>
    cluster.get({ group: '', version: 'v1', kind, namespace, name }, new AbortController().signal);

  it('shows the plan and writes nothing in a dry run', async () => {
    const { status, output } = await run(folder(shop), ['dev', '--dry-run']);
    assert.equal(status, 0);
    assert.match(
      output,
      /^dev in context .+, revision files that git does not know\nSync:\n {2}\+ create {2}Namespace shop-dev\n {2}\+ create {2}ConfigMap shop-dev\/settings\n {2}\+ create {2}PersistentVolumeClaim shop-dev\/data\n$/,
    );
    assert.equal(await find('Namespace', 'shop-dev', ''), undefined);
  });

  it('asks before it writes', async () => {
    const files = folder(shop);
    const nobody = await run(files, ['dev', '--no-wait']);
    assert.deepEqual([nobody.status, nobody.errors.includes('Nobody is there to say yes; pass --yes.')], [2, true]);
    assert.equal((await run(files, ['dev', '--no-wait'], 'no\n')).status, 2);
    assert.equal(await find('Namespace', 'shop-dev', ''), undefined);
    assert.equal((await run(files, ['dev', '--no-wait'], 'yes\n')).status, 0);
    assert.ok(await find('ConfigMap', 'settings', 'shop-dev'));
  });

  it('tells what it did as JSON', async () => {
    const { status, output } = await run(folder(shop), ['dev', '--yes', '--no-wait', '--format', 'json']);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(output), {
      environment: 'dev',
      revision: 'files that git does not know',
      result: 'done',
      objects: [
        { object: { group: '', version: 'v1', kind: 'Namespace', name: 'shop-dev' }, action: 'created', wave: 0, phase: 'Sync' },
        { object: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop-dev', name: 'settings' }, action: 'created', wave: 0, phase: 'Sync' },
        { object: { group: '', version: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop-dev', name: 'data' }, action: 'created', wave: 0, phase: 'Sync' },
      ],
    });
  });

  it('prunes only with --prune, and data only with its own yes', async () => {
    const files = folder(shop);
    assert.equal((await run(files, ['dev', '--yes', '--no-wait'])).status, 0);
    files.put('base/kustomization.yaml', 'resources: []\nconfigMapGenerator: [{name: other, literals: [a=b], options: {disableNameSuffixHash: true}}]\n');
    assert.equal((await run(files, ['dev', '--yes', '--no-wait'])).status, 0);
    assert.ok(await find('ConfigMap', 'settings', 'shop-dev'), 'pruning was off');
    const left = await run(files, ['dev', '--yes', '--no-wait', '--prune']);
    assert.deepEqual(
      [left.status, left.errors.includes('Left out: Delete PersistentVolumeClaim shop-dev/data and its data? (--confirm prune/v1/PersistentVolumeClaim/shop-dev/data)')],
      [1, true],
    );
    assert.equal(await find('ConfigMap', 'settings', 'shop-dev'), undefined);
    assert.ok(await find('PersistentVolumeClaim', 'data', 'shop-dev'));
    const { status, output } = await run(files, ['dev', '--yes', '--no-wait', '--prune', '--confirm', 'prune/v1/PersistentVolumeClaim/shop-dev/data']);
    assert.equal(status, 0);
    assert.match(output, /- pruned +PersistentVolumeClaim shop-dev\/data\n/);
  });

  it('wants the name of a protected environment', async () => {
    const files = folder(shop);
    await cluster.apply(
      { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: 'shop-prod' },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop-prod' } },
      { fieldManager: 'test', force: true },
      new AbortController().signal,
    );
    const refused = await run(files, ['prod', '--yes', '--no-wait']);
    assert.deepEqual([refused.status, refused.errors.includes('prod is protected: pass --yes and --protected "prod".')], [2, true]);
    assert.equal((await run(files, ['prod', '--yes', '--protected', 'dev', '--no-wait'])).status, 2);
    assert.equal((await run(files, ['prod', '--no-wait'], 'yes\n')).status, 2);
    assert.equal(await find('ConfigMap', 'settings', 'shop-prod'), undefined);
    assert.equal((await run(files, ['prod', '--yes', '--protected', 'prod', '--no-wait'])).status, 0);
  });

  it('writes nothing where objects are blocked, unless the others are asked for', async () => {
    const files = folder(shop);
    const blocked = await run(files, ['prod', '--yes', '--protected', 'prod', '--no-wait']);
    assert.equal(blocked.status, 2);
    assert.match(blocked.output, /! blocked ConfigMap shop-prod\/settings: Namespace shop-prod doesn't exist, and isn't part of this environment\.\n/);
    assert.match(blocked.errors, /2 objects are blocked, so nothing was written; --skip-blocked syncs the others\.\n$/);
    assert.equal((await run(files, ['prod', '--dry-run'])).status, 1);
  });

  it('says what is wrong with its words', async () => {
    const files = folder(shop);
    assert.match((await run(files, ['stage'])).errors, /^error: stage is no environment of this workspace/);
    assert.match((await run(files, ['dev', '--timeout', 'soon'])).errors, /^error: soon is no time; write seconds, or 90s, 5m, 1h30m\./);
    assert.match((await run(files, ['dev', '--context', 'nope'])).errors, /^error: The kubeconfig has no context nope; it has /);
    assert.match((await run(files, ['dev', '--yes', '--no-wait', '--confirm', 'all', '--confirm', 'prune/x'])).errors, /The plan has no question prune\/x\./);
  });

  it('refuses what an operator delivers whose object is not in the cluster', async () => {
    const files = folder(`
#- app.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-dev, namespace: argocd}
spec: {project: default, source: {repoURL: "https://example.com/shop.git", path: overlays/dev}, destination: {server: "https://kubernetes.default.svc", namespace: shop-dev}}
${shop.trimStart()}`);
    const { status, errors } = await run(files, ['shop-dev', '--yes']);
    assert.equal(status, 2);
    assert.match(
      errors,
      /is delivered by Argo CD, and Application argocd\/shop-dev is not in this cluster; name the operator's cluster with --context, or pass --without-operator\./,
    );
  });

  it('keeps a record of deliveries, goes back to the one before, and syncs any revision', async () => {
    const files = folder(shop);
    const color = async (): Promise<unknown> => (await find('ConfigMap', 'settings', 'shop-dev'))?.['data'];
    const red = files.commit('red');
    assert.equal((await run(files, ['dev', '--yes', '--no-wait'])).status, 0);
    assert.equal((await run(files, ['dev', '--yes', '--no-wait', '--undo'])).status, 2, 'there is nothing to go back to');
    files.put('base/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: blue}\n');
    const blue = files.commit('blue');
    assert.equal((await run(files, ['dev', '--yes', '--no-wait'])).status, 0);
    assert.deepEqual(await color(), { color: 'blue' });
    const undone = await run(files, ['dev', '--yes', '--no-wait', '--undo']);
    assert.deepEqual([undone.status, await color()], [0, { color: 'red' }]);
    assert.equal((await run(files, ['dev', '--yes', '--no-wait', '--revision', 'HEAD'])).status, 0);
    assert.deepEqual(await color(), { color: 'blue' });
    const { output } = await run(files, ['dev', '--history']);
    assert.deepEqual(
      output
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/).slice(1, 4)),
      [blue, red, blue, red].map((revision) => ['done', revision, 'ada']),
    );
  });
});
