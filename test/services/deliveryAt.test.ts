import assert from 'node:assert/strict';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { compareDelivery, type ComparedSide } from '../../src/core/gitops/compareDelivery.js';
import type { DeliveryState } from '../../src/services/delivery.js';
import { Failure } from '../../src/services/failure.js';
import { Workspace } from '../../src/services/workspace.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const signal = new AbortController().signal;

const shop = `
#- clusters/prod/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./apps/prod
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute: {level: warn}
#- apps/base/kustomization.yaml
resources: [settings.yaml]
#- apps/base/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {level: "\${level:=info}"}
#- apps/prod/kustomization.yaml
resources: [../base]
#- apps/dev/kustomization.yaml
resources: [../base]
`;

function open(files: TemporaryFolder): Workspace {
  return new Workspace({ tree: DiskTree.open(), folders: [files.core], repositories: gitRepositories, remoteBases: undefined, now: () => 0 });
}

function sideOf(delivery: DeliveryState): ComparedSide {
  return { environments: delivery.model.environments, render: (environment) => delivery.render(environment).rendering };
}

describe('delivery at a git revision', () => {
  const folder = temporaryFolders();

  it('is what it was then, and compares with what it is now by environment', async () => {
    const files = folder(shop);
    files.git('init', '-q', '-b', 'main');
    files.git('add', '.');
    files.git('commit', '-q', '-m', 'first');
    files.git('checkout', '-q', '-b', 'louder');
    files.write(`#- clusters/prod/apps.yaml\n${files.read('clusters/prod/apps.yaml').replace('level: warn', 'level: debug')}#- apps/new/kustomization.yaml\nresources: [../base]`);
    files.git('add', '.');
    files.git('commit', '-q', '-m', 'second');
    const workspace = open(files);
    const parted = await workspace.mergeBase('main', 'HEAD', signal);
    const before = await workspace.deliveryAt(parted, signal);
    assert.deepEqual(
      before.delivery.model.environments.map(({ label, operator }) => `${label} ${operator}`),
      ['apps dev none', 'apps prod flux'],
    );
    const changes = compareDelivery(sideOf(before.delivery), sideOf(workspace.state.delivery));
    assert.deepEqual(
      changes.map(({ environment, change, objects }) => [environment.label, change, objects.flatMap(({ fields }) => fields.map(({ path }) => path.map(String).join('.')))]),
      [
        ['apps prod', 'changed', ['data.level']],
        ['new', 'added', []],
      ],
    );
    const head = await workspace.deliveryAt('HEAD', signal);
    assert.deepEqual(compareDelivery(sideOf(head.delivery), sideOf(workspace.state.delivery)), []);
    assert.equal(await workspace.deliveryAt(head.commit, signal), head, 'a commit is looked at once');
  });

  it('is refused with words where there is no such revision', async () => {
    const files = folder(shop);
    files.git('init', '-q', '-b', 'main');
    files.git('add', '.');
    files.git('commit', '-q', '-m', 'first');
    await assert.rejects(open(files).deliveryAt('nowhere', signal), (error) => error instanceof Failure && error.code === 'git/unknown-revision');
  });
});

describe('the state of a repository', () => {
  const folder = temporaryFolders();

  it('tells what is not committed and not pushed', async () => {
    const origin = folder('#- a.yaml\na: 1');
    origin.git('init', '-q', '-b', 'main');
    origin.git('add', '.');
    origin.git('commit', '-q', '-m', 'first');
    const files = folder('#- unused\n');
    files.git('clone', '-q', origin.path, 'clone');
    files.git('-C', 'clone', 'commit', '-q', '--allow-empty', '-m', 'ours');
    files.write('#- clone/a.yaml\na: 2\n#- clone/new file.yaml\nb: 1');
    const top = `${files.core}/clone`;
    const state = await gitRepositories.stateOf(top, signal);
    assert.deepEqual([...state.changed].sort(), [`${top}/a.yaml`, `${top}/new file.yaml`]);
    const [branch] = state.branches;
    assert.deepEqual([branch?.name, branch?.ahead, branch?.behind, branch?.commit.length], ['main', 1, 0, 40]);
  });
});
