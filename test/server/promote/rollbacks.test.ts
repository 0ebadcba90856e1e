/** The language server with a real git repository: the history of an environment, rollbacks, preview environments. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DiskTree } from '../../../src/adapters/disk/diskTree.js';
import { gitRepositories } from '../../../src/adapters/git/gitRepositories.js';
import { gitWriter } from '../../../src/adapters/git/gitWriter.js';
import { openWorkspace } from '../../../src/server/openWorkspace.js';
import { Workspace } from '../../../src/services/workspace.js';
import { configure } from '../../support/git/gitPlayground.js';
import { LspClient } from '../../support/lspClient.js';
import { projectFolder } from '../../support/projectFolder.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

const prod = 'argocd/argocd/atlas-prod';
const overlay = 'deploy/overlays/prod/kustomization.yaml';

describe('rollbacks in the language server', function () {
  this.timeout(120_000);
  const folder = temporaryFolders();
  let files: TemporaryFolder;
  let client: LspClient;
  let first: string;
  let second: string;
  beforeEach(async () => {
    files = folder();
    fs.cpSync(path.join(projectFolder, 'samples', 'argocd-branches'), files.path, { recursive: true });
    first = files.commit('first');
    configure(files);
    files.git('remote', 'add', 'origin', 'https://github.com/lumen-example/atlas.git');
    files.put(overlay, files.read(overlay).replace(/newTag: .*/, 'newTag: sha-bad00bad'));
    second = files.commit('chore: update prod image to sha-bad00bad');
    files.git('switch', '--quiet', '-c', 'work');
    const workspace = new Workspace({ tree: DiskTree.open(), folders: [files.core], repositories: gitRepositories, remoteBases: undefined, now: () => 0 });
    client = await LspClient.start(openWorkspace(workspace, gitWriter), [files.core], {}, { writer: gitWriter, repositories: gitRepositories });
  });
  afterEach(() => client.stop());

  it('lists the commits that changed what an environment renders to, and shows it at one of them', async () => {
    const history = await client.askPromote('gitops/rollback/history', { id: prod });
    assert.ok(!('code' in history), JSON.stringify(history));
    assert.deepEqual(
      history.map(({ commit, isCurrent, deployed, images }) => [commit, isCurrent, deployed, images.length > 0]),
      [
        [second, true, 'now', true],
        [first, false, '', true],
      ],
    );
    const sides = await client.askPromote('gitops/rollback/compare', { id: prod, commit: first });
    assert.ok('leftUri' in sides, JSON.stringify(sides));
    assert.match(sides.label, new RegExp(`${first.slice(0, 8)} ↔ main`));
    assert.match(decodeURIComponent(sides.leftUri), new RegExp(`\\?${first}:${prod}$`));
  });

  it('plans a rollback on the branch that the environment follows, asks for its name, and commits it', async () => {
    const plan = await client.askPromote('gitops/rollback/plan', { id: prod });
    assert.ok('planId' in plan, JSON.stringify(plan));
    assert.equal(plan.refusal, undefined);
    assert.equal(plan.message, `Revert "chore: update prod image to sha-bad00bad"\n\nThis reverts commit ${second}.\n`);
    assert.deepEqual(
      plan.branches.map(({ branch, isCheckedOut, isProtected, ways, commit }) => [branch, isCheckedOut, isProtected, ways, commit]),
      [['main', false, true, ['pullRequest', 'push', 'commit'], second]],
    );
    assert.deepEqual(
      plan.targets.map(({ id, moves }) => [id, moves.map(({ after }) => after.startsWith('sha-'))]),
      [[prod, [true]]],
    );
    assert.ok(
      plan.warnings.some((warning) => warning.includes('Argo CD syncs atlas prod by itself')),
      plan.warnings.join('\n'),
    );
    assert.deepEqual(
      plan.questions.map(({ typed }) => typed),
      ['prod'],
    );
    const [source] = plan.documents;
    assert.ok(source?.beforeUri !== undefined && source.afterUri !== undefined);
    const text = await client.askPromote('gitops/promote/text', { uri: source.afterUri });
    assert.ok('text' in text && !text.text.includes('bad00bad'));
    const started = await client.askPromote('gitops/promote/run', {
      planId: plan.planId,
      way: 'commit',
      message: plan.message,
      answers: { [plan.questions[0]?.key ?? '']: 'prod' },
    });
    assert.ok('runId' in started, JSON.stringify(started));
    await client.until(() => client.editProgress.some(({ runId, phase }) => runId === started.runId && phase === 'done'));
    assert.equal(files.git('rev-parse', 'main^{tree}'), files.git('rev-parse', `${first}^{tree}`));
    assert.equal(files.git('rev-parse', 'HEAD'), second);
    assert.equal(files.git('status', '--porcelain'), '');
  });

  it('lists the preview environments of pull requests, and renders one', async () => {
    const previews = await client.askPromote('gitops/previewEnvironments/list', {});
    assert.ok(!('code' in previews), JSON.stringify(previews));
    assert.deepEqual(
      previews.map(({ label, branch, namespace, state }) => [label, branch, namespace, state]),
      [['atlas-pr-42', 'search-by-author', 'atlas-pr-42', 'unknown']],
    );
    const [preview] = previews;
    const answer = await client.askPromote('gitops/previewEnvironments/render', { id: preview?.id ?? '' });
    assert.ok('uri' in answer, JSON.stringify(answer));
    const refused = await client.askPromote('gitops/previewEnvironments/create', { id: preview?.id ?? '' });
    assert.ok('code' in refused && refused.code === 'live/not-compared', JSON.stringify(refused));
  });
});
