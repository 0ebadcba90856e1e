/** The language server with a forge that answers over HTTP: open pull requests become preview environments, and go with them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DiskTree } from '../../../src/adapters/disk/diskTree.js';
import { openForge } from '../../../src/adapters/forge/forgeApi.js';
import { gitRepositories } from '../../../src/adapters/git/gitRepositories.js';
import { gitWriter } from '../../../src/adapters/git/gitWriter.js';
import { openWorkspace } from '../../../src/server/openWorkspace.js';
import type { PromoteQuestions } from '../../../src/server/promoteProtocol.js';
import { Workspace } from '../../../src/services/workspace.js';
import { FakeForge, forgeToken } from '../../support/forge/fakeForge.js';
import { LspClient } from '../../support/lspClient.js';
import { projectFolder } from '../../support/projectFolder.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

describe('pull requests in the language server', function () {
  this.timeout(120_000);
  const folder = temporaryFolders();
  let files: TemporaryFolder;
  let forge: FakeForge;
  let client: LspClient;
  let token: string | undefined;
  const set = 'deploy/argocd/previews.yaml';
  beforeEach(async () => {
    token = undefined;
    forge = await FakeForge.start('lumen-example/atlas');
    files = folder();
    fs.cpSync(path.join(projectFolder, 'samples', 'argocd-branches'), files.path, { recursive: true });
    files.put(set, files.read(set).replace('owner: lumen-example', `api: ${forge.address}\n          owner: lumen-example`));
    files.commit('first');
    files.git('switch', '--quiet', '-c', 'faster-search');
    const workspace = new Workspace({ tree: DiskTree.open(), folders: [files.core], repositories: gitRepositories, remoteBases: undefined, now: () => 0 });
    const answer: { session: (question: PromoteQuestions['gitops/forges/session']['params']) => PromoteQuestions['gitops/forges/session']['result'] } = {
      session: ({ kind, host }) => (token !== undefined && kind === 'github' && host === forge.host ? { token } : null),
    };
    client = await LspClient.start(openWorkspace(workspace, gitWriter), [files.core], {}, { writer: gitWriter, repositories: gitRepositories, forge: openForge() });
    client.connection.onRequest('gitops/forges/session' satisfies keyof PromoteQuestions, (question: PromoteQuestions['gitops/forges/session']['params']) =>
      answer.session(question),
    );
  });
  afterEach(async () => {
    await client.stop();
    await forge.stop();
  });

  const previews = async (): Promise<readonly (readonly unknown[])[]> => {
    const list = await client.askPromote('gitops/previewEnvironments/list', {});
    assert.ok(!('code' in list), JSON.stringify(list));
    return list.map(({ label, title, branch, isCurrent, url }) => [label, title, branch, isCurrent, url]);
  };
  const sample = ['atlas-pr-42', '#42 Search by author', 'search-by-author', false, undefined];

  it('are those of the settings while nobody has a session, and the forge is not asked', async () => {
    assert.deepEqual(await client.askPromote('gitops/pullRequests/refresh', { isForced: true }), [
      { kind: 'github', host: forge.host, repository: 'lumen-example/atlas', state: 'unasked', message: '' },
    ]);
    assert.deepEqual(await previews(), [sample]);
    assert.deepEqual(forge.seen, []);
  });

  it('are those that the forge has with a session, filtered as the generator says, and follow it', async () => {
    token = forgeToken;
    const one = { number: 7, title: 'Faster search', branch: 'faster-search', into: 'main', headSHA: 'abcdef0123456789abcdef0123456789abcdef01', labels: ['preview', 'ui'] };
    forge.pullRequests = [one, { ...one, number: 8, labels: [] }];
    const [state] = await client.askPromote('gitops/pullRequests/refresh', { isForced: true });
    assert.deepEqual([state?.state, state?.message], ['known', '2 open, asked just now']);
    const shown = ['atlas-pr-7', '#7 Faster search', 'faster-search', true, `${forge.address}/lumen-example/atlas/pull/7`];
    assert.deepEqual(await previews(), [shown]);
    const [preview] = (await client.askPromote('gitops/previewEnvironments/list', {})) as readonly { readonly id: string }[];
    const rendered = await client.askPromote('gitops/previewEnvironments/render', { id: preview?.id ?? '' });
    assert.ok('uri' in rendered, JSON.stringify(rendered));
    const { text } = await client.ask('gitops/preview/open', { uri: rendered.uri });
    assert.match(text, /image: ghcr\.io\/lumen-example\/atlas:sha-abcdef01\n/);
    assert.match(text, /host: pr-7\.atlas\.lumen\.example\n/);
    forge.pullRequests = [];
    await client.askPromote('gitops/pullRequests/refresh', { isForced: true });
    assert.deepEqual(await previews(), []);
    token = undefined;
    await client.askPromote('gitops/pullRequests/refresh', { isForced: false });
    assert.deepEqual(await previews(), [sample]);
  });

  it('keep what was known while the forge fails, and say why it does', async () => {
    token = forgeToken;
    forge.pullRequests = [{ number: 7, title: 'Faster search', branch: 'topic', into: 'main', headSHA: 'a'.repeat(40), labels: ['preview'] }];
    await client.askPromote('gitops/pullRequests/refresh', { isForced: true });
    forge.refusal = { status: 503, body: { message: 'Unavailable' } };
    const [state] = await client.askPromote('gitops/pullRequests/refresh', { isForced: true });
    assert.equal(state?.state, 'failed');
    assert.match(state.message, /^127\.0\.0\.1:\d+ refused \(503\): Unavailable\. Before: 1 open, asked just now\.$/);
    assert.equal((await previews()).length, 1);
    assert.ok(forge.seen.every(({ authorization }) => authorization === `Bearer ${forgeToken}`));
  });
});
