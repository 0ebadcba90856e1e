import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openForge } from '../../../src/adapters/forge/forgeApi.js';
import { Failure, type FailureCode } from '../../../src/services/failure.js';
import type { Forge } from '../../../src/services/ports.js';

/** One request as the forge got it. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const signal = new AbortController().signal;
const github = { remoteUrl: 'git@github.com:octocat/Hello-World.git', branch: 'promote/prod', into: 'main', title: 'chore: update prod', body: 'More.' };
const gitlab = { ...github, remoteUrl: 'https://gitlab.com/group/sub/app.git' };

/** The shape of docs.github.com/rest/pulls/pulls, shortened. */
const pull = {
  id: 1,
  html_url: 'https://github.com/octocat/Hello-World/pull/1347',
  number: 1347,
  state: 'open',
  title: 'Amazing new feature',
  user: { login: 'octocat', id: 1 },
  labels: [{ id: 208045946, name: 'preview' }],
  head: { label: 'octocat:new-topic', ref: 'new-topic', sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e' },
  base: { label: 'octocat:master', ref: 'master', sha: '6dcb09b5b57875f334f61aebed695e2e4193db5e' },
};

/** The shape of docs.gitlab.com/api/merge_requests, shortened. */
const mergeRequest = {
  id: 1,
  iid: 7,
  title: 'test1',
  state: 'opened',
  target_branch: 'main',
  source_branch: 'test1',
  author: { id: 1, username: 'admin' },
  labels: ['Community contribution', 'preview'],
  sha: '8888888888888888888888888888888888888888',
  web_url: 'https://gitlab.com/group/sub/app/-/merge_requests/7',
};

describe('pull requests through the APIs of forges', () => {
  let server: Server;
  let forge: Forge;
  let seen: Seen[];
  let replies: Reply[];
  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      void readBody(request).then((text) => {
        seen.push({
          method: request.method ?? '',
          url: request.url ?? '',
          authorization: request.headers.authorization,
          body: text === '' ? undefined : (JSON.parse(text) as unknown),
        });
        const { status, body } = replies.shift() ?? { status: 500, body: undefined };
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    forge = openForge({ apiOf: () => `http://127.0.0.1:${port}` });
  });
  afterEach(() => new Promise<void>((done) => server.close(() => done())));

  const session = { host: 'github.com', token: 'secret' };
  const fails = (code: FailureCode, pattern: RegExp, promise: Promise<unknown>): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof Failure && error.code === code, String(error));
      assert.match(error.message, pattern);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });

  it('makes one at GitHub', async () => {
    replies = [{ status: 201, body: pull }];
    assert.deepEqual(await forge.createPullRequest(github, session, signal), { url: pull.html_url, number: 1347, isNew: true });
    assert.deepEqual(seen, [
      {
        method: 'POST',
        url: '/repos/octocat/Hello-World/pulls',
        authorization: 'Bearer secret',
        body: { title: 'chore: update prod', body: 'More.', head: 'promote/prod', base: 'main' },
      },
    ]);
  });

  it('finds the one that is open at GitHub for that branch already', async () => {
    const errors = [{ resource: 'PullRequest', code: 'custom', message: 'A pull request already exists for octocat:promote/prod.' }];
    replies = [
      { status: 422, body: { message: 'Validation Failed', errors, status: '422' } },
      { status: 200, body: [pull] },
    ];
    assert.deepEqual(await forge.createPullRequest(github, session, signal), { url: pull.html_url, number: 1347, isNew: false });
    assert.equal(seen[1]?.url, '/repos/octocat/Hello-World/pulls?state=open&head=octocat%3Apromote%2Fprod&base=main');
  });

  it('makes one at GitLab, and finds the one that is open', async () => {
    const own = { host: 'gitlab.com', token: 'secret' };
    replies = [{ status: 201, body: mergeRequest }];
    assert.deepEqual(await forge.createPullRequest(gitlab, own, signal), { url: mergeRequest.web_url, number: 7, isNew: true });
    assert.deepEqual(seen[0], {
      method: 'POST',
      url: '/projects/group%2Fsub%2Fapp/merge_requests',
      authorization: 'Bearer secret',
      body: { title: 'chore: update prod', description: 'More.', source_branch: 'promote/prod', target_branch: 'main' },
    });
    replies = [
      { status: 409, body: { message: ['Another open merge request already exists for this source branch: !7'] } },
      { status: 200, body: [mergeRequest] },
    ];
    assert.equal((await forge.createPullRequest(gitlab, own, signal)).isNew, false);
  });

  it('says why a forge refuses', async () => {
    replies = [{ status: 401, body: { message: 'Bad credentials' } }];
    await fails('forge/unauthorized', /does not take the session \(401\): Bad credentials\./, forge.createPullRequest(github, session, signal));
    replies = [{ status: 404, body: { message: 'Not Found' } }];
    await fails('forge/unknown-repository', /no repository octocat\/Hello-World/, forge.createPullRequest(github, session, signal));
    replies = [{ status: 422, body: { message: 'Validation Failed', errors: [{ message: 'No commits between main and promote/prod' }] } }];
    await fails('forge/refused', /\(422\): Validation Failed No commits between main and promote\/prod\./, forge.createPullRequest(github, session, signal));
    replies = [{ status: 502, body: '<html>' }];
    await fails('forge/refused', /\(502\)\./, forge.createPullRequest(github, session, signal));
    replies = [{ status: 201, body: {} }];
    await fails('forge/unexpected-answer', /no pull request/, forge.createPullRequest(github, session, signal));
  });

  it('sends a token to the host that it is for and to no other, and never unencrypted', async () => {
    replies = [];
    for (const remoteUrl of ['https://github.evil.example/octocat/Hello-World.git', 'http://github.com/octocat/Hello-World.git', 'https://gitlab.com/octocat/Hello-World']) {
      await fails('forge/unauthorized', /The session is for github\.com/, forge.createPullRequest({ ...github, remoteUrl }, session, signal));
    }
    await fails('forge/unknown', /not known/, forge.createPullRequest({ ...github, remoteUrl: 'https://git.example.com/a/b.git' }, session, signal));
    assert.deepEqual(seen, []);
  });

  it('takes a host for what the session says that it runs', async () => {
    replies = [{ status: 201, body: pull }];
    const own = { host: 'git.example.com', kind: 'github', token: 'secret' } as const;
    assert.equal((await forge.createPullRequest({ ...github, remoteUrl: 'ssh://git@git.example.com/a/b.git' }, own, signal)).number, 1347);
    assert.equal(seen[0]?.url, '/repos/a/b/pulls');
  });

  it('says that a forge is out of reach, and stops when it is cancelled', async () => {
    const away = openForge({ apiOf: () => 'http://127.0.0.1:9' });
    await fails('forge/unreachable', /127\.0\.0\.1/, away.createPullRequest(github, session, signal));
    await assert.rejects(away.createPullRequest(github, session, AbortSignal.abort()), { name: 'AbortError' });
  });
});

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
