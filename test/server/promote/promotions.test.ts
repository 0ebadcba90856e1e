/** The language server with a real git repository: plans across branches, runs, set here, another registry. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DiskTree } from '../../../src/adapters/disk/diskTree.js';
import { gitRepositories } from '../../../src/adapters/git/gitRepositories.js';
import { gitWriter } from '../../../src/adapters/git/gitWriter.js';
import { openWorkspace } from '../../../src/server/openWorkspace.js';
import type { EditPlanView } from '../../../src/server/promoteProtocol.js';
import { pathToUri } from '../../../src/server/uris.js';
import { Workspace } from '../../../src/services/workspace.js';
import { LspClient } from '../../support/lspClient.js';
import { projectFolder } from '../../support/projectFolder.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

const dev = 'argocd/argocd/atlas-dev';
const stage = 'argocd/argocd/atlas-stage';
const prod = 'argocd/argocd/atlas-prod';

describe('promotions in the language server', function () {
  this.timeout(120_000);
  const folder = temporaryFolders();
  const clients: LspClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.stop();
  });

  /** The sample whose dev follows `dev`, and stage and prod `main`; dev is a build further. */
  function repository(): { readonly files: TemporaryFolder; readonly remote: TemporaryFolder } {
    const [files, remote] = [folder(), folder()];
    fs.cpSync(path.join(projectFolder, 'samples', 'argocd-branches'), files.path, { recursive: true });
    remote.git('init', '--quiet', '--bare', '-b', 'main');
    files.git('init', '--quiet', '-b', 'main');
    for (const [name, value] of [
      ['user.name', 'Ada'],
      ['user.email', 'ada@example.com'],
      [`url.${remote.path}.insteadOf`, 'https://github.com/lumen-example/atlas.git'],
    ] as const)
      files.git('config', name, value);
    files.git('remote', 'add', 'origin', 'https://github.com/lumen-example/atlas.git');
    files.commit('first');
    files.git('branch', 'dev');
    files.git('checkout', '--quiet', 'dev');
    files.put('deploy/overlays/dev/kustomization.yaml', files.read('deploy/overlays/dev/kustomization.yaml').replace('sha-9c40e1d7', 'sha-1234abcd'));
    files.commit('next build');
    files.git('push', '--quiet', '--set-upstream', 'origin', 'main', 'dev');
    files.git('checkout', '--quiet', 'main');
    return { files, remote };
  }

  async function start(files: TemporaryFolder): Promise<LspClient> {
    const workspace = new Workspace({ tree: DiskTree.open(), folders: [files.core], repositories: gitRepositories, remoteBases: undefined, now: () => 0 });
    const client = await LspClient.start(openWorkspace(workspace, gitWriter), [files.core], {}, { writer: gitWriter, repositories: gitRepositories });
    clients.push(client);
    return client;
  }

  async function plan(client: LspClient, to: readonly string[]): Promise<EditPlanView> {
    const answer = await client.askPromote('gitops/promote/plan', { from: dev, to });
    assert.ok('planId' in answer, JSON.stringify(answer));
    return answer;
  }

  /** Runs a plan to its end. */
  async function run(client: LspClient, view: EditPlanView, way: 'commit' | 'push' | 'edit', answers: Readonly<Record<string, string>> = {}): Promise<string> {
    const started = await client.askPromote('gitops/promote/run', { planId: view.planId, way, message: view.message, answers });
    assert.ok('runId' in started, JSON.stringify(started));
    const isOver = (): boolean => client.editProgress.some(({ runId, phase }) => runId === started.runId && phase !== 'running' && phase !== 'following');
    await client.until(isOver);
    const last = client.editProgress.filter(({ runId }) => runId === started.runId).at(-1);
    return `${last?.phase ?? ''}: ${last?.message ?? ''}`;
  }

  it('offers what can be promoted, and plans it from the tip of one branch onto another', async () => {
    const { files } = repository();
    const client = await start(files);
    const options = await client.askPromote('gitops/promote/options', { from: dev });
    assert.ok('targets' in options);
    assert.deepEqual(
      options.targets.map(({ id }) => id),
      [stage, prod, 'argocd/argocd/atlas-pr-42'],
    );
    // The file of dev as it is here is that of main: what runs is what its own branch says.
    const view = await plan(client, [stage, prod]);
    assert.equal(view.title, 'atlas: dev → stage, prod');
    assert.deepEqual(
      view.branches.map(({ branch, isCheckedOut, isProtected, ways, commit }) => [branch, isCheckedOut, isProtected, ways, commit]),
      [['main', true, true, ['pullRequest', 'push', 'commit', 'edit'], files.git('rev-parse', 'main')]],
    );
    assert.deepEqual(
      view.targets.map(({ label, moves: [move] }) => [label, move?.before, move?.after, move?.way]),
      [
        ['atlas stage', 'sha-3fb7a215', 'sha-1234abcd', 'images[0]'],
        ['atlas prod', 'sha-3fb7a215', 'sha-1234abcd', 'images[0]'],
      ],
    );
    assert.deepEqual(
      view.questions.map(({ key, typed }) => [key, typed]),
      [[`protected/${prod}`, 'prod']],
    );
    assert.equal(view.message, 'chore: update stage/prod image to sha-1234abcd\n');
    const [source] = view.documents;
    const text = await client.askPromote('gitops/promote/text', { uri: source?.afterUri ?? '' });
    assert.ok('text' in text && text.text.includes('newTag: "sha-1234abcd"'));
    assert.equal(view.documents.filter(({ kind }) => kind === 'rendered').length, 2);
  });

  it('asks before one branch deploys two versions', async () => {
    const { files } = repository();
    const view = await plan(await start(files), [stage]);
    assert.deepEqual(
      view.questions.map(({ key }) => key),
      [`split/${stage}/${prod}/ghcr.io/lumen-example/atlas`],
    );
    assert.ok(view.targets[0]?.findings.some(({ isNew, code }) => isNew && code === 'images/one-sha-per-branch'));
  });

  it('commits and pushes from another branch, and leaves what is not committed alone', async () => {
    const { files, remote } = repository();
    files.git('checkout', '--quiet', 'dev');
    files.put('deploy/overlays/prod/capacity.yaml', '# not yet\n');
    const client = await start(files);
    const view = await plan(client, [stage, prod]);
    assert.deepEqual(view.branches[0]?.ways, ['pullRequest', 'push', 'commit']);
    const refused = await client.askPromote('gitops/promote/run', { planId: view.planId, way: 'push', message: view.message, answers: {} });
    assert.ok('code' in refused && refused.code === 'promotion/unanswered');
    const end = await run(client, view, 'push', { [`protected/${prod}`]: 'prod' });
    assert.match(end, /^done: /);
    assert.equal(remote.git('log', '-1', '--format=%s', 'main'), 'chore: update stage/prod image to sha-1234abcd');
    assert.deepEqual(remote.git('diff', '--name-only', 'main~1', 'main').split('\n'), ['deploy/overlays/prod/kustomization.yaml', 'deploy/overlays/stage/kustomization.yaml']);
    assert.equal(files.git('rev-parse', '--abbrev-ref', 'HEAD'), 'dev');
    assert.equal(files.git('status', '--porcelain'), 'M deploy/overlays/prod/capacity.yaml');
  });

  it('plans again where others have pushed meanwhile', async () => {
    const { files, remote } = repository();
    const client = await start(files);
    const view = await plan(client, [stage, prod]);
    const other = folder();
    other.git('clone', '--quiet', remote.path, '.');
    other.put('deploy/overlays/prod/kustomization.yaml', `# by somebody else\n${other.read('deploy/overlays/prod/kustomization.yaml')}`);
    other.commit('a note');
    other.git('push', '--quiet', 'origin', 'main');
    assert.match(await run(client, view, 'push', { [`protected/${prod}`]: 'prod' }), /^done: /);
    assert.match(remote.git('show', 'main:deploy/overlays/prod/kustomization.yaml'), /^# by somebody else\n[^]*newTag: "sha-1234abcd"/);
    assert.equal(remote.git('rev-list', '--count', 'main'), '3');
  });

  it('edits the files of the checked-out branch through the editor', async () => {
    const { files } = repository();
    const client = await start(files);
    const view = await plan(client, [stage, prod]);
    assert.match(await run(client, view, 'edit', { [`protected/${prod}`]: 'prod' }), /^done: The files are edited/);
    const [edit] = client.edits;
    assert.deepEqual(
      Object.entries(edit?.changes ?? {}).map(([uri, changes]) => [uri, changes.map(({ newText }) => newText)]),
      ['stage', 'prod'].map((name) => [pathToUri(`${files.core}/deploy/overlays/${name}/kustomization.yaml`), ['    newTag: "sha-1234abcd"\n']]),
    );
  });

  it('sets a field of a preview by an edit of the overlay', async () => {
    const { files } = repository();
    const client = await start(files);
    const environments = await client.askDelivery('gitops/delivery/environments', {});
    const uri = environments.find(({ id }) => id === stage)?.previewUri ?? '';
    const preview = await client.ask('gitops/preview/open', { uri });
    const line = preview.text.split('\n').findIndex((each) => each.includes('replicas:'));
    const position = { line, character: 4 };
    const field = await client.askPromote('gitops/setHere/field', { uri, position });
    assert.deepEqual([field?.environmentLabel, field?.object, field?.path, field?.value, field?.refusal], ['atlas stage', 'Deployment atlas', 'spec.replicas', '2', undefined]);
    const actions = await client.connection.sendRequest<readonly { readonly title: string }[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    assert.deepEqual(
      actions.map(({ title }) => title),
      ['Set replicas here for atlas stage…'],
    );
    const answer = await client.askPromote('gitops/setHere/set', { uri, position, value: '4' });
    assert.ok('kind' in answer && answer.kind === 'done', JSON.stringify(answer));
    const edits = Object.values(client.edits[0]?.changes ?? {}).flat();
    assert.deepEqual(
      edits.map(({ newText }) => newText),
      ['4'],
    );
    const name = preview.text.split('\n').findIndex((each) => each === '  name: atlas');
    const identity = await client.askPromote('gitops/setHere/field', { uri, position: { line: name, character: 4 } });
    assert.match(identity?.refusal ?? '', /another one is another object/);
  });

  it('changes the registry on every branch, with a proof for each environment', async () => {
    const { files } = repository();
    const client = await start(files);
    const choices = await client.askPromote('gitops/registry/options', {});
    assert.deepEqual(
      choices
        .slice(0, 2)
        .map(({ name }) => name)
        .sort(),
      ['ghcr.io', 'ghcr.io/lumen-example'],
    );
    const view = await client.askPromote('gitops/registry/plan', { from: 'ghcr.io/lumen-example', to: 'registry.lumen.example' });
    assert.ok('planId' in view, JSON.stringify(view));
    assert.equal(view.refusal, undefined);
    assert.deepEqual(view.branches.map(({ branch }) => branch).sort(), ['dev', 'main']);
    assert.ok(view.targets.length >= 3 && view.targets.every(({ rendered }) => rendered.changed === 1 && rendered.added + rendered.removed === 0));
    assert.equal(view.message, 'chore: take images from registry.lumen.example instead of ghcr.io/lumen-example\n');
    const bad = await client.askPromote('gitops/registry/plan', { from: 'ghcr.io/lumen-example', to: 'no such name' });
    assert.ok('code' in bad && bad.code === 'registry-move/refused');
  });

  it("proposes messages in the team's own words", async () => {
    const { files } = repository();
    const settings = files.read('.gitops-workbench.yaml');
    files.put('.gitops-workbench.yaml', `${settings}commits: {subject: '{type}({app}): {image} {version}, {from} to {to}', skipCi: true}\n`);
    const client = await start(files);
    assert.equal((await plan(client, [stage, prod])).message, 'chore(atlas): atlas sha-1234abcd, dev to stage/prod [skip ci]\n');
    const moved = await client.askPromote('gitops/registry/plan', { from: 'ghcr.io/lumen-example', to: 'registry.lumen.example' });
    assert.ok('planId' in moved, JSON.stringify(moved));
    assert.equal(moved.message, 'chore(atlas): atlas 2 versions, ghcr.io/lumen-example to registry.lumen.example [skip ci]\n');
  });
});
