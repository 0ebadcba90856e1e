import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { GitPlayground, stateOf } from '../support/git/gitPlayground.js';
import { runCommandLine, type CommandRun } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const overlay = (tag: string): string => `resources: [../../base]
images:
  - name: ghcr.io/acme/orders
    newTag: ${tag}
`;

const files = `
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/orders
#- overlays/dev/kustomization.yaml
${overlay('v1')}#- overlays/prod/kustomization.yaml
${overlay('v1')}#- docs.md
Nothing to render.
#- .gitops-workbench.yaml
protected: []
`;
const prod = 'overlays/prod/kustomization.yaml';

describe('gitops-workbench rollback', function () {
  this.timeout(180_000);
  const makeFolder = temporaryFolders();
  let playground: GitPlayground;
  let work: TemporaryFolder;
  beforeEach(async () => {
    playground = await GitPlayground.start(files, makeFolder);
    ({ work } = playground);
  });
  afterEach(() => playground.close());

  const run = (...words: readonly string[]): Promise<CommandRun> => runCommandLine(['rollback', ...words], { folder: work.path });
  const deliver = (tag: string, message: string, name = prod): string => work.put(name, overlay(tag)).commit(message);

  it('takes the last delivery back, as git revert would, and leaves what is not committed', async () => {
    const first = work.git('rev-parse', 'HEAD');
    const second = deliver('v2', 'chore: update prod image to v2');
    work.put('docs.md', 'More.\n').commit('docs alone');
    work.put('docs.md', 'Not committed.\n');
    const { status, output, errors } = await run('prod');
    assert.equal(status, 0, errors);
    assert.match(output, new RegExp(`# takes back ${second.slice(0, 8)} chore: update prod image to v2\n`));
    assert.match(output, /-\s{4}newTag: v2\n\+\s{4}newTag: v1\n/);
    assert.match(output, /~ Deployment web\n.*image: "ghcr\.io\/acme\/orders:v2" .*-> "ghcr\.io\/acme\/orders:v1"/);
    assert.match(output, /Committed [0-9a-f]{8} to main\.\n$/);
    assert.equal(work.git('log', '-1', '--format=%B'), `Revert "chore: update prod image to v2"\n\nThis reverts commit ${second}.`);
    assert.equal(work.git('rev-parse', `HEAD:${prod}`), work.git('rev-parse', `${first}:${prod}`));
    assert.equal(work.git('status', '--porcelain'), 'M docs.md');
    assert.equal(work.read(prod), overlay('v1'));
  });

  it('says in JSON what is taken back, and writes nothing in a dry run', async () => {
    const first = work.git('rev-parse', 'HEAD');
    const second = deliver('v2', 'two');
    const before = stateOf(work);
    const { status, output } = await run('prod', '--dry-run', '--format', 'json');
    assert.equal(status, 0);
    const plan = JSON.parse(output) as Record<string, unknown>;
    assert.deepEqual(
      { ...plan, rendered: (plan['rendered'] as unknown[]).length, reverted: (plan['reverted'] as { commit: string }[]).map(({ commit }) => commit) },
      {
        from: second,
        to: 'prod',
        toCommit: first,
        branch: 'main',
        pushed: false,
        edits: [{ file: prod, before: '    newTag: v2', after: '    newTag: v1', line: 4 }],
        rendered: 1,
        findings: plan['findings'],
        reverted: [second],
        sameAsThen: true,
        alsoChanged: [],
        undoneBy: [],
        notes: [],
      },
    );
    assert.deepEqual(stateOf(work), before);
  });

  it('lists the commits that changed what the environment renders to, and no others', async () => {
    const second = deliver('v2', 'two');
    work.put(prod, `# a comment\n${overlay('v2')}`).commit('a comment changes no render');
    deliver('v9', 'another environment', 'overlays/dev/kustomization.yaml');
    work.put('base/web.yaml', work.read('base/web.yaml').replace('replicas: 1', 'replicas: 2'));
    const base = work.commit('the base');
    work.put(prod, 'resources: [missing.yaml]\n');
    const broken = work.commit('breaks');
    const third = deliver('v3', 'three');
    const { output } = await run('prod', '--history', '--format', 'json');
    const { deliveries } = JSON.parse(output) as { deliveries: { commit: string; images: string[]; problem?: string }[] };
    assert.deepEqual(
      deliveries.map(({ commit, images }) => [commit, images.join()]),
      [
        [third, 'orders:v3'],
        [broken, ''],
        [base, 'orders:v2'],
        [second, 'orders:v2'],
        [work.git('rev-list', '--max-parents=0', 'HEAD'), 'orders:v1'],
      ],
    );
    assert.match(deliveries[1]?.problem ?? '', /missing\.yaml/);
  });

  it('brings back what it was at a commit, with all deliveries since in one commit, and pushes', async () => {
    const second = deliver('v2', 'two');
    const third = deliver('v3', 'three');
    work.put('docs.md', 'Between.\n').commit('docs');
    const fourth = deliver('v4', 'four');
    const { status, errors } = await run('prod', '--to', second.slice(0, 10), '--push', '--skip-ci');
    assert.equal(status, 0, errors);
    assert.equal(
      work.git('log', '-1', '--format=%B'),
      `revert: take prod back to orders:v2 [skip ci]\n\nThis reverts commit ${fourth} ("four").\nThis reverts commit ${third} ("three").`,
    );
    assert.equal(work.read(prod), overlay('v2'));
    assert.equal(work.read('docs.md'), 'Between.\n');
    assert.equal(await playground.remoteTip(), work.git('rev-parse', 'main'));
    assert.match(errors, /two is pushed with it/);
  });

  it("words the commit as the team's settings say, and as the command says before them", async () => {
    const first = deliver('v2', 'two');
    const taken = deliver('v3', 'three');
    work.put('.gitops-workbench.yaml', "protected: []\ncommits: {subject: '{type}({environments}): {from} back to {to}, {image} {version}', skipCi: true}\n");
    const { status, errors } = await run('prod');
    assert.equal(status, 0, errors);
    const subject = `revert(prod): ${taken.slice(0, 8)} back to ${first.slice(0, 8)}, orders v2 [skip ci]`;
    assert.equal(work.git('log', '-1', '--format=%B'), `${subject}\n\nThis reverts commit ${taken}.`);
    deliver('v4', 'four');
    assert.equal((await run('prod', '--message', 'as I say')).status, 0);
    assert.equal(work.git('log', '-1', '--format=%B'), 'as I say');
  });

  it('shows the files and lines in which a commit can not be taken back, and writes nothing', async () => {
    work.put('base/web.yaml', work.read('base/web.yaml').replace('replicas: 1', 'replicas: 2')).commit('two replicas');
    const second = work.git('rev-parse', 'HEAD');
    work.put('base/web.yaml', work.read('base/web.yaml').replace('replicas: 2', 'replicas: 2 # for now')).commit('a comment');
    const before = stateOf(work);
    const { status, errors } = await run('prod', '--yes');
    assert.equal(status, 2);
    assert.match(errors, new RegExp(`Nothing is taken back: ${second.slice(0, 8)} can't be taken back in base/web\\.yaml, line 6: The same lines were changed since\\.`));
    assert.deepEqual(stateOf(work), before);
  });

  it('asks before other environments change too, and before a protected one does', async () => {
    work.put('base/web.yaml', work.read('base/web.yaml').replace('replicas: 1', 'replicas: 2')).commit('the base');
    const asked = await run('prod');
    assert.deepEqual([asked.status, asked.errors.includes('dev would change too. Answer with --yes')], [2, true]);
    work.put('.gitops-workbench.yaml', 'protected: [prod]\n').commit('protect');
    const refused = await run('prod', '--yes');
    assert.deepEqual([refused.status, refused.errors.includes('prod is protected. Say --protected prod')], [2, true]);
    assert.equal((await run('prod', '--yes', '--protected', 'prod')).status, 0);
    assert.match(work.read('base/web.yaml'), /replicas: 1/);
  });

  it('proposes it on a branch of its own', async () => {
    work.git('push', '--quiet', `file://${playground.remote.folderOf('delivery')}`, 'main');
    deliver('v2', 'two');
    work.git('push', '--quiet', `file://${playground.remote.folderOf('delivery')}`, 'main');
    work.git('fetch', '--quiet', `file://${playground.remote.folderOf('delivery')}`, '+refs/heads/*:refs/remotes/origin/*');
    const before = stateOf(work);
    const { status, output, errors } = await run('prod', '--branch', 'back', '--format', 'json');
    assert.equal(status, 0, errors);
    const { branch, pushed, commit } = JSON.parse(output) as Record<string, unknown>;
    assert.deepEqual([branch, pushed, commit], ['back', true, await playground.remoteTip('back')]);
    assert.deepEqual(stateOf(work), before);
  });

  it('takes a merge back against its first parent, files that came and went, and modes', async () => {
    const first = work.git('rev-parse', 'HEAD^{tree}');
    work.git('switch', '--quiet', '-c', 'feature');
    work
      .put('base/extra.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n')
      .put('base/kustomization.yaml', 'resources: [web.yaml, extra.yaml]\n')
      .commit('adds a file');
    work.put('tool.sh', '#!/bin/sh\n').link('link', 'docs.md');
    fs.chmodSync(path.join(work.path, 'tool.sh'), 0o755);
    work.remove('overlays/dev');
    work.commit('more');
    work.git('switch', '--quiet', 'main');
    work.git('merge', '--quiet', '--no-ff', '-m', 'Merge feature', 'feature');
    const { status, errors } = await run('prod', '--yes');
    assert.equal(status, 0, errors);
    assert.equal(work.git('rev-parse', 'HEAD^{tree}'), first);
    assert.equal(work.git('status', '--porcelain'), '');
  });

  it('follows the environment through a rename of its folder, in its history and in what is taken back', async () => {
    work.put(prod, overlay('v2')).commit('two');
    work.put(prod, overlay('v3')).commit('three');
    work.git('mv', 'overlays/prod', 'overlays/live');
    work.commit('rename');
    const live = 'overlays/live/kustomization.yaml';
    work.put(live, overlay('v4')).commit('four');
    const history = JSON.parse((await run('live', '--history', '--format', 'json')).output) as { deliveries: { subject: string }[] };
    assert.deepEqual(
      history.deliveries.map(({ subject }) => subject),
      ['four', 'three', 'two', 'The first state'],
    );
    const { status, errors } = await run('live', '--to', 'HEAD~3', '--yes');
    assert.equal(status, 0, errors);
    assert.equal(work.read(live), overlay('v2'));
    assert.deepEqual(work.git('diff', '--name-only', 'HEAD~1', 'HEAD').split('\n'), [live]);
  });

  it('says why there is nothing to take back', async () => {
    const first = work.git('rev-parse', 'HEAD');
    work.put('docs.md', 'x\n').commit('docs');
    assert.match((await run('prod')).errors, /nothing is known of what was before its first delivery/);
    assert.match((await run('prod', '--to', first)).errors, /nothing has changed in it/);
    assert.match((await run('prod', '--to', 'nowhere')).errors, /nowhere is not in this repository/);
    work.git('switch', '--quiet', '-c', 'side', first);
    const side = deliver('v5', 'aside');
    work.git('switch', '--quiet', 'main');
    assert.match((await run('prod', '--to', side)).errors, /is not on the way that main came/);
    const shallow = playground.clone(makeFolder(), '--depth=1');
    const { status, errors } = await runCommandLine(['rollback', 'prod'], { folder: shallow.path });
    assert.deepEqual([status, errors.includes('The clone is shallow and ends at')], [2, true], errors);
  });

  it('says what would undo it: workflows that write the tag, image automation, Argo CD', async () => {
    work.put(
      '.github/workflows/cd.yaml',
      `name: CD
on: {push: {branches: [main]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          sed -i "s/newTag: .*/newTag: \${{ github.sha }}/" overlays/prod/kustomization.yaml
          git commit -am "chore: update" && git push
`,
    );
    work
      .put(
        'apps/prod.yaml',
        `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders-prod
  namespace: argocd
  annotations:
    argocd-image-updater.argoproj.io/image-list: ghcr.io/acme/orders
spec:
  project: default
  source: {repoURL: ${playground.url}, targetRevision: main, path: overlays/prod}
  destination: {server: https://kubernetes.default.svc, namespace: orders}
`,
      )
      .commit('declarations');
    work.put(prod, overlay('v2').replace('newTag: v2', 'newTag: v2 # {"$imagepolicy": "flux-system:orders:tag"}')).commit('two');
    work.put(prod, overlay('v3').replace('newTag: v3', 'newTag: v3 # {"$imagepolicy": "flux-system:orders:tag"}')).commit('three');
    const { errors, output } = await run('orders-prod', '--dry-run', '--format', 'json');
    const { undoneBy } = JSON.parse(output) as { undoneBy: { kind: string }[] };
    assert.deepEqual(
      undoneBy.map(({ kind }) => kind),
      ['image-automation', 'image-updater', 'workflow', 'manual-sync'],
    );
    assert.match(errors, /ImagePolicy flux-system\/orders into overlays\/prod\/kustomization\.yaml again/);
    assert.match(errors, /GitHub workflow CD writes a version into overlays\/prod\/kustomization\.yaml/);
  });
});
