import assert from 'node:assert/strict';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { openRemoteCache } from '../../src/adapters/remote/remoteCache.js';
import { renderingText } from '../../src/core/objects/rendering.js';
import { Failure } from '../../src/services/failure.js';
import { RemoteBases } from '../../src/services/remoteBases.js';
import { Workspace } from '../../src/services/workspace.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const signal = new AbortController().signal;

const shop = `
#- base/kustomization.yaml
resources: [settings.yaml]
#- base/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  level: info
#- dev/kustomization.yaml
resources: [../base]
namePrefix: dev-
#- prod/kustomization.yaml
resources: [../base]
namePrefix: prod-
`;

function open(files: TemporaryFolder, cache?: TemporaryFolder): Workspace {
  const remote = cache && openRemoteCache(cache.path);
  return new Workspace({
    tree: DiskTree.open(),
    folders: [files.core],
    repositories: gitRepositories,
    remoteBases: remote && new RemoteBases(remote.fetcher, remote.store),
    now: () => performance.now(),
  });
}

function textOf(workspace: Workspace, folder: string): string {
  return renderingText(workspace.state.render(folder).rendering);
}

describe('a workspace', () => {
  const folder = temporaryFolders();

  it('finds its kustomizations and renders them', () => {
    const files = folder(shop);
    const workspace = open(files);
    assert.deepEqual(
      workspace.state.roots.map((root) => root.folder).sort(),
      ['base', 'dev', 'prod'].map((name) => `${files.core}/${name}`),
    );
    assert.match(textOf(workspace, `${files.core}/dev`), /name: dev-settings/);
    assert.ok(workspace.state.render(`${files.core}/dev`).milliseconds >= 0);
  });

  it('reads nothing outside of its folders, but all of the repository that they are in', () => {
    const files = folder(
      `${shop}#- repository/.git/HEAD\nref: refs/heads/main\n#- repository/shared/kustomization.yaml\nresources: [../../base]\n#- repository/apps/dev/kustomization.yaml\nresources: [../../plain]\n#- repository/plain/kustomization.yaml\nnamePrefix: a-\n`,
    );
    const apps = `${files.core}/repository/apps`;
    const workspace = new Workspace({ tree: DiskTree.open(), folders: [apps], repositories: gitRepositories, remoteBases: undefined, now: () => performance.now() });
    assert.deepEqual(
      workspace.state.render(`${apps}/dev`).rendering.problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    const codes = workspace.state.render(`${files.core}/repository/shared`).rendering.problems.map(({ code }) => code);
    assert.deepEqual(codes, ['kustomize/outside-workspace']);
  });

  it('renders open buffers, and gives the same rendering where nothing that it reads changed', () => {
    const files = folder(shop);
    const workspace = open(files);
    const [dev, prod] = ['dev', 'prod'].map((name) => workspace.state.render(`${files.core}/${name}`));
    const before = workspace.state;
    workspace.setBuffer(`${files.core}/dev/kustomization.yaml`, 'resources: [../base]\nnamePrefix: test-\n');
    assert.notEqual(workspace.state, before);
    assert.match(textOf(workspace, `${files.core}/dev`), /name: test-settings/);
    assert.equal(workspace.state.render(`${files.core}/prod`), prod);
    workspace.setBuffer(`${files.core}/dev/kustomization.yaml`, undefined);
    assert.equal(textOf(workspace, `${files.core}/dev`), dev && renderingText(dev.rendering));
  });

  it('reaches every overlay with a change of their base', () => {
    const files = folder(shop);
    const workspace = open(files);
    for (const name of ['dev', 'prod']) workspace.state.render(`${files.core}/${name}`);
    assert.deepEqual([...workspace.state.usersOf(`${files.core}/base/settings.yaml`)].sort(), [`${files.core}/dev`, `${files.core}/prod`]);
    files.put('base/settings.yaml', files.read('base/settings.yaml').replace('info', 'debug'));
    workspace.noteChanges([`${files.core}/base/settings.yaml`]);
    for (const name of ['dev', 'prod']) assert.match(textOf(workspace, `${files.core}/${name}`), /level: debug/);
  });

  it('mends a rendering when a file that it looked for comes', () => {
    const files = folder('#- kustomization.yaml\nresources: [late.yaml]');
    const workspace = open(files);
    assert.equal(workspace.state.render(files.core).rendering.ok, false);
    assert.deepEqual(workspace.state.usersOf(`${files.core}/late.yaml`), [files.core]);
    files.write('#- late.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: late');
    workspace.noteChanges([`${files.core}/late.yaml`]);
    assert.match(textOf(workspace, files.core), /name: late/);
  });

  it('finds kustomizations that come, unsaved ones too, and forgets those that go', () => {
    const files = folder(shop);
    const workspace = open(files);
    workspace.state.render(`${files.core}/prod`);
    files.remove('prod');
    workspace.noteChanges([`${files.core}/prod`]);
    workspace.setBuffer(`${files.core}/dev/sub/kustomization.yaml`, 'resources: []\n');
    assert.deepEqual(
      workspace.state.roots.map((root) => root.folder).sort(),
      ['base', 'dev', 'dev/sub'].map((name) => `${files.core}/${name}`),
    );
    assert.deepEqual(workspace.state.usersOf(`${files.core}/base/settings.yaml`), []);
  });

  it('renders otherwise when its options change', () => {
    const files = folder(`
#- shared.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: shared
#- app/kustomization.yaml
resources: [../shared.yaml]`);
    const workspace = open(files);
    assert.equal(workspace.state.render(`${files.core}/app`).rendering.problems[0]?.code, 'kustomize/load-restriction');
    workspace.setBuildOptions({ loadRestrictor: 'none', enableHelm: false });
    assert.match(textOf(workspace, `${files.core}/app`), /name: shared/);
  });

  it('is the same state until something changes', () => {
    const files = folder(shop);
    const workspace = open(files);
    const { state } = workspace;
    workspace.setBuffer(`${files.core}/none.yaml`, undefined);
    workspace.noteChanges([]);
    workspace.setBuildOptions({ loadRestrictor: 'rootOnly', enableHelm: false });
    assert.equal(workspace.state, state);
  });
});

describe('a workspace under git', () => {
  const folder = temporaryFolders();

  it('renders a folder at a revision, beside what is on disk', async () => {
    const files = folder(shop);
    files.commit();
    files.put('base/settings.yaml', files.read('base/settings.yaml').replace('info', 'debug'));
    const workspace = open(files);
    assert.match(textOf(workspace, `${files.core}/dev`), /level: debug/);
    const { rendering, parse, commit } = await workspace.renderAt(`${files.core}/dev`, 'HEAD', signal);
    assert.match(renderingText(rendering), /level: info/);
    assert.equal(commit, files.git('rev-parse', 'HEAD'));
    assert.equal(parse(`${files.core}/dev/kustomization.yaml`)?.documents.length, 1);
    assert.match(textOf(workspace, `${files.core}/dev`), /level: debug/, 'what the revision showed is not mixed in');
  });

  it('renders a folder at a revision that is on disk no more', async () => {
    const files = folder(shop);
    files.commit();
    files.remove('prod');
    const { rendering } = await open(files).renderAt(`${files.core}/prod`, 'main', signal);
    assert.match(renderingText(rendering), /name: prod-settings/);
  });

  it('says what a folder lacks at a revision in the renderer’s words', async () => {
    const files = folder(shop);
    files.commit();
    files.write('#- new/kustomization.yaml\nresources: [../base]');
    const { rendering } = await open(files).renderAt(`${files.core}/new`, 'HEAD', signal);
    assert.equal(rendering.problems[0]?.code, 'kustomize/missing-file');
  });

  it('fails with words where there is no repository or no such revision', async () => {
    const files = folder(shop);
    const workspace = open(files);
    await assert.rejects(workspace.renderAt(`${files.core}/dev`, 'HEAD', signal), { code: 'git/no-repository' });
    await assert.rejects(workspace.revisions(files.core, signal), { code: 'git/no-repository' });
    files.commit();
    await assert.rejects(workspace.renderAt(`${files.core}/dev`, 'nope', signal), { code: 'git/unknown-revision' });
  });

  it('lists refs and the commits of a folder', async () => {
    const files = folder(shop);
    files.commit('all');
    files.put('prod/x.yaml', '').commit('prod only');
    const { refs, commits } = await open(files).revisions(`${files.core}/dev`, signal);
    assert.deepEqual([refs.map(({ name }) => name), commits.map(({ subject }) => subject)], [['main'], ['all']]);
  });
});

describe('remote bases of a workspace', () => {
  const folder = temporaryFolders();

  const start = (): { readonly origin: TemporaryFolder; readonly files: TemporaryFolder; readonly spec: string } => {
    const origin = folder(shop);
    origin.commit();
    const spec = `file://${origin.core}//base?ref=main`;
    return { origin, spec, files: folder(`#- app/kustomization.yaml\nresources: ["${spec}"]\nnamePrefix: my-`) };
  };

  it('are missing until they are fetched, then there, also at a revision and in the next session', async () => {
    const { files, spec, origin } = start();
    const cache = folder();
    const workspace = open(files, cache);
    const app = `${files.core}/app`;
    const lacking = workspace.state.render(app).rendering;
    assert.deepEqual([lacking.problems[0]?.code, lacking.lacks.map((lack) => lack.spec)], ['kustomize/not-fetched', [spec]]);
    assert.deepEqual(await workspace.fetch([spec], signal), [{ spec, outcome: origin.git('rev-parse', 'HEAD') }]);
    assert.match(textOf(workspace, app), /name: my-settings/);
    files.commit();
    assert.match(renderingText((await workspace.renderAt(app, 'HEAD', signal)).rendering), /name: my-settings/);
    origin.remove();
    assert.match(textOf(open(files, cache), app), /name: my-settings/);
  });

  it('stay pinned until they are fetched again', async () => {
    const { files, spec, origin } = start();
    const workspace = open(files, folder());
    const app = `${files.core}/app`;
    await workspace.fetch([spec], signal);
    textOf(workspace, app);
    origin.put('base/settings.yaml', origin.read('base/settings.yaml').replace('info', 'debug')).commit();
    assert.match(textOf(workspace, app), /level: info/);
    await workspace.fetch([spec], signal);
    assert.match(textOf(workspace, app), /level: debug/);
  });

  it('fail one by one', async () => {
    const { files, spec, origin } = start();
    const workspace = open(files, folder());
    const [missing, local, good] = await workspace.fetch([`file://${origin.core}//none`, '../base', spec], signal);
    assert.ok(missing?.outcome instanceof Failure && missing.outcome.code === 'remote/missing-path');
    assert.ok(local?.outcome instanceof Failure && local.outcome.code === 'remote/not-remote');
    assert.equal(typeof good?.outcome, 'string');
  });

  it('survive an index that is damaged, or names what is gone', async () => {
    const { files, spec } = start();
    const cache = folder();
    await open(files, cache).fetch([spec], signal);
    const index = cache.read('remote/index.json');
    cache.put('remote/index.json', '{"version":1,"entries":{"a":7,"b":{"path":1}}} trailing');
    assert.equal(open(files, cache).state.render(`${files.core}/app`).rendering.ok, false);
    cache.put('remote/index.json', index);
    assert.equal(open(files, cache).state.render(`${files.core}/app`).rendering.ok, true);
    cache.remove('remote');
    cache.put('remote/index.json', index);
    assert.equal(open(files, cache).state.render(`${files.core}/app`).rendering.problems[0]?.code, 'kustomize/not-fetched');
  });
});
