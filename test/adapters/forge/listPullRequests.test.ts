import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listPullRequests } from '../../../src/adapters/forge/listPullRequests.js';
import type { PullRequestSource } from '../../../src/core/gitops/argocd/applicationSet/pullRequestSource.js';
import { Failure, ForgeFailure } from '../../../src/services/failure.js';
import type { PullRequestList } from '../../../src/services/ports.js';
import { FakeForge, forgeToken, type FakePullRequest } from '../../support/forge/fakeForge.js';

const signal = new AbortController().signal;

function sourceAt(address: string, change: Partial<PullRequestSource> = {}): PullRequestSource {
  const { host } = new URL(address);
  return { key: 'k', kind: 'github', api: `${address}/api/v3`, host, repository: 'acme/dex', labels: [], state: 'open', isMissingFine: false, askedEvery: 1800, ...change };
}

function pullRequest(number: number): FakePullRequest {
  return { number, title: `Change ${number}`, branch: `topic-${number}`, into: 'main', headSHA: String(number).padStart(40, '0'), labels: ['preview'] };
}

describe('the pull requests that a generator looks for', () => {
  let forge: FakeForge;
  beforeEach(async () => {
    forge = await FakeForge.start('acme/dex', { pageSize: 2 });
  });
  afterEach(() => forge.stop());
  const session = (): { readonly host: string; readonly token: string } => ({ host: forge.host, token: forgeToken });
  const list = async (known?: string, change?: Partial<PullRequestSource>): Promise<PullRequestList | 'unchanged'> =>
    listPullRequests(sourceAt(forge.address, change), session(), known, signal);

  it('come page by page', async () => {
    forge.pullRequests = [5, 4, 3, 2, 1].map(pullRequest);
    const answer = await list();
    assert.ok(answer !== 'unchanged');
    assert.deepEqual(
      answer.pullRequests.map(({ number }) => number),
      [5, 4, 3, 2, 1],
    );
    assert.deepEqual(answer.pullRequests[0], {
      ...{ number: 5, title: 'Change 5', branch: 'topic-5', targetBranch: 'main', headSHA: `${'0'.repeat(39)}5`, labels: ['preview'], author: 'mira' },
      url: `${forge.address}/acme/dex/pull/5`,
    });
    assert.deepEqual([answer.isComplete, answer.version, forge.seen.length], [true, undefined, 3]);
  });

  it('are not sent again where nothing changed', async () => {
    forge.pullRequests = [pullRequest(1)];
    const answer = await list();
    assert.ok(answer !== 'unchanged' && answer.version !== undefined);
    assert.equal(await list(answer.version), 'unchanged');
    forge.pullRequests = [pullRequest(2)];
    assert.notEqual(await list(answer.version), 'unchanged');
  });

  it('are cut after a thousand, which is said', async () => {
    forge.pullRequests = Array.from({ length: 30 }, (_, index) => pullRequest(30 - index));
    const answer = await list();
    assert.ok(answer !== 'unchanged');
    assert.deepEqual([answer.pullRequests.length, answer.isComplete, forge.seen.length], [20, false, 10]);
  });

  it('are none where a repository that is not there is fine, and a failure that names it otherwise', async () => {
    assert.deepEqual(await list(undefined, { repository: 'acme/gone', isMissingFine: true }), { pullRequests: [], version: undefined, isComplete: true });
    await assert.rejects(list(undefined, { repository: 'acme/gone' }), (error) => error instanceof Failure && error.code === 'forge/unknown-repository');
  });

  it('say how long a forge wants to be left alone', async () => {
    const refused = async (): Promise<unknown> => list().catch((error: unknown) => error);
    forge.refusal = { status: 429, headers: { 'retry-after': '90' }, body: { message: 'Too many requests' } };
    const tooMany = await refused();
    assert.ok(tooMany instanceof ForgeFailure && tooMany.code === 'forge/rate-limited', String(tooMany));
    assert.equal(tooMany.retryAfter, 90);
    assert.match(tooMany.message, /takes no more requests for 2 min \(429\): Too many requests\./);
    const reset = String(Math.ceil(Date.now() / 1000) + 600);
    forge.refusal = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, body: { message: 'API rate limit exceeded' } };
    const limited = await refused();
    assert.ok(limited instanceof ForgeFailure && limited.retryAfter !== undefined && limited.retryAfter > 500 && limited.retryAfter <= 601);
    forge.refusal = { status: 403, body: { message: 'Resource not accessible by integration' } };
    const forbidden = await refused();
    assert.ok(forbidden instanceof Failure && forbidden.code === 'forge/refused');
  });

  it('are asked for with a token where it is meant to go, and nowhere else', async () => {
    const elsewhere = { host: 'github.com', token: forgeToken };
    await assert.rejects(listPullRequests(sourceAt(forge.address), elsewhere, undefined, signal), (error) => error instanceof Failure && error.code === 'forge/unauthorized');
    const plain = sourceAt('http://git.example.com');
    await assert.rejects(
      listPullRequests(plain, { host: 'git.example.com', token: forgeToken }, undefined, signal),
      (error) => error instanceof Failure && error.code === 'forge/unauthorized',
    );
    assert.deepEqual(forge.seen, []);
  });
});

describe('the merge requests that a generator looks for', () => {
  let server: Server;
  let seen: { url: string; headers: IncomingHttpHeaders }[];
  /** The shape of docs.gitlab.com/api/merge_requests, shortened. */
  const mergeRequest = {
    ...{ id: 1, iid: 7, title: 'test1', state: 'opened', target_branch: 'main', source_branch: 'test1', author: { username: 'admin' } },
    ...{ labels: ['preview'], sha: '8'.repeat(40), web_url: 'https://gitlab.com/group/sub/app/-/merge_requests/7' },
  };
  beforeEach(async () => {
    seen = [];
    server = createServer(({ url = '', headers }, response) => {
      seen.push({ url, headers });
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify([mergeRequest, { ...mergeRequest, iid: 8, sha: null }]));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(() => new Promise<void>((done) => server.close(() => done())));

  it('are those with the labels and in the state that it names', async () => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const source = sourceAt(address, { kind: 'gitlab', api: `${address}/api/v4`, repository: 'group/sub/app', labels: ['preview', 'web'], state: 'opened' });
    const answer = await listPullRequests(source, undefined, undefined, signal);
    assert.ok(answer !== 'unchanged');
    assert.equal(seen[0]?.url, '/api/v4/projects/group%2Fsub%2Fapp/merge_requests?labels=preview%2Cweb&state=opened&per_page=100');
    assert.equal(seen[0].headers.authorization, undefined);
    assert.deepEqual(answer.pullRequests[0], {
      ...{ number: 7, title: 'test1', url: mergeRequest.web_url, branch: 'test1', targetBranch: 'main' },
      ...{ headSHA: mergeRequest.sha, labels: ['preview'], author: 'admin' },
    });
    assert.equal(answer.pullRequests[1]?.headSHA, '');
    await listPullRequests({ ...source, labels: [], state: '' }, undefined, undefined, signal);
    assert.equal(seen[1]?.url, '/api/v4/projects/group%2Fsub%2Fapp/merge_requests?per_page=100');
  });
});
