/** The client of registries against a server that answers, refuses, stumbles and pretends as registries and what stands before them do. */
import assert from 'node:assert/strict';
import type { RegistryCredential } from '../../../src/core/registry/credentials.js';
import { OciRegistry } from '../../../src/adapters/registry/ociRegistry.js';
import { isCancelled, RegistryFailure, type FailureCode } from '../../../src/services/failure.js';
import {
  ociIndex,
  ociManifest,
  refuse,
  sendJson,
  sendManifest,
  sha256,
  startScriptedRegistry,
  type ScriptedRegistry,
  type SeenRequest,
} from '../../support/registry/scriptedRegistry.js';

const never = new AbortController().signal;
const config = JSON.stringify({
  created: '2026-03-01T12:00:00.5Z',
  os: 'linux',
  architecture: 'arm64',
  variant: 'v8',
  config: { Labels: { 'org.opencontainers.image.revision': 'abc1234' } },
});
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: ociManifest,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(config), size: config.length },
  layers: [{ size: 1000 }, { size: 234 }],
});

describe('the client of registries', () => {
  let server: ScriptedRegistry;
  let registry: OciRegistry;
  let credential: RegistryCredential | undefined;
  let now: number;
  const name = (repository = 'team/web'): { registry: string; repository: string } => ({ registry: server.host, repository });
  const paths = (): readonly string[] => server.seen.map(({ method, url }) => `${method} ${url}`);

  beforeEach(async () => {
    server = await startScriptedRegistry();
    credential = undefined;
    now = Date.parse('2026-03-01T12:00:00Z');
    registry = new OciRegistry({ credentials: { find: async () => credential }, patience: { timeout: 2000, whole: 20_000, pause: 1, longestWait: 1000 }, now: () => now });
  });

  afterEach(async () => {
    registry.close();
    await server.close();
  });

  /** Fails unless the work is refused with this code and words. */
  async function refused(work: Promise<unknown>, code: FailureCode, words: RegExp): Promise<RegistryFailure> {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RegistryFailure, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    assert.match(error.action, /\.$/);
    return error;
  }

  describe('tags', () => {
    it('are read page by page, by relative and by absolute links', async () => {
      server.answer = ({ url }, response) => {
        const last = new URL(url, 'http://x').searchParams.get('last');
        const link = { null: '</v2/team/web/tags/list?n=2&last=b>; rel="next"', b: `<http://${server.host}/v2/team/web/tags/list?last=d&n=2>;rel=next` }[String(last)];
        const tags = { null: ['a', 'b'], b: ['c', 'd'], d: ['e'] }[String(last)];
        sendJson(response, 200, { name: 'team/web', tags }, link === undefined ? {} : { Link: link });
      };
      const list = await registry.tags(name(), never);
      assert.deepEqual(list.tags, ['a', 'b', 'c', 'd', 'e']);
      assert.equal(list.isComplete, true);
      assert.equal(server.seen.length, 3);
    });

    it('continue with a page size where the link names none (n=0), as GitHub once did', async () => {
      server.answer = ({ url }, response) =>
        url.includes('last=') ? sendJson(response, 200, { tags: ['b'] }) : sendJson(response, 200, { tags: ['a'] }, { Link: '</v2/team/web/tags/list?last=a&n=0>; rel="next"' });
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a', 'b']);
      assert.deepEqual(paths(), ['GET /v2/team/web/tags/list?n=1000', 'GET /v2/team/web/tags/list?last=a&n=1000']);
    });

    it('are asked for without a page size where the registry refuses one', async () => {
      server.answer = ({ url }, response) => (url.includes('n=') ? refuse(response, 400, 'PAGINATION_NUMBER_INVALID') : sendJson(response, 200, { tags: ['a'] }));
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
    });

    it('are none where the registry answers null for the list', async () => {
      server.answer = (_request, response) => sendJson(response, 200, { name: 'team/web', tags: null });
      assert.deepEqual((await registry.tags(name(), never)).tags, []);
    });

    it('come with the times of pushing that Google tells', async () => {
      server.answer = (_request, response) =>
        sendJson(response, 200, {
          child: [],
          manifest: { [sha256('a')]: { timeUploadedMs: '1700000000000', tag: ['1.0', 'latest'] }, [sha256('b')]: { tag: [] } },
          tags: ['1.0', 'latest'],
        });
      assert.deepEqual(
        [...(await registry.tags(name(), never)).pushed],
        [
          ['1.0', 1700000000000],
          ['latest', 1700000000000],
        ],
      );
    });

    it('end, and are said to be incomplete, where links lead in a circle', async () => {
      server.answer = ({ url }, response) =>
        sendJson(response, 200, { tags: ['a', 'b'] }, { Link: `<${url.includes('last=b') ? '/v2/team/web/tags/list?last=a' : '/v2/team/web/tags/list?last=b'}>; rel="next"` });
      const list = await registry.tags(name(), never);
      assert.deepEqual([list.tags, list.isComplete], [['a', 'b'], false]);
      assert.equal(server.seen.length, 2);
    });

    it('end where there are more than anybody reads', async () => {
      let page = 0;
      server.answer = (_request, response) => {
        page++;
        sendJson(response, 200, { tags: Array.from({ length: 1000 }, (_, index) => `t${page}-${index}`) }, { Link: `</v2/team/web/tags/list?last=${page}>; rel="next"` });
      };
      const list = await registry.tags(name(), never);
      assert.deepEqual([list.tags.length, list.isComplete], [50_000, false]);
    });

    it('are not followed to another server', async () => {
      server.answer = (_request, response) => sendJson(response, 200, { tags: ['a'] }, { Link: '<http://localhost:1/v2/team/web/tags/list?last=a>; rel="next"' });
      await refused(registry.tags(name(), never), 'registry/unexpected-answer', /at another address/);
    });

    it('of a repository that there isn’t are a failure that says so', async () => {
      server.answer = (_request, response) => refuse(response, 404, 'NAME_UNKNOWN');
      await refused(registry.tags(name('team/wbe'), never), 'registry/unknown-repository', /has no repository team\/wbe \(name unknown\)/);
    });

    it('that are refused are told in the registry’s words, in one short line', async () => {
      server.answer = (_request, response) => sendJson(response, 400, { errors: [{ code: 'X', message: `first\nsecond ${'z'.repeat(5000)}` }] });
      const { message } = await refused(registry.tags(name(), never), 'registry/unexpected-answer', /answers 400 when asked for its tags of team\/web \(first second z+\)/);
      assert.ok(message.length < 300);
    });

    for (const [what, body] of [
      ['broken JSON', '{"tags": ["a"'],
      ['a page of a proxy', '<html>Sign in</html>'],
      ['another form', '{"tags": "a"}'],
    ] as const) {
      it(`are not made up from ${what}`, async () => {
        server.answer = (_request, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
        await refused(registry.tags(name(), never), 'registry/unexpected-answer', /something else than the tags of team\/web/);
      });
    }

    it('are given up where the answer is huge', async () => {
      server.answer = (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        const write = (): void => {
          while (response.writable && !response.destroyed) if (!response.write('"'.padEnd(65536, 'x'))) return void response.once('drain', write);
        };
        write();
      };
      await refused(registry.tags(name(), never), 'registry/too-large', /more than 8192 KiB/);
    });
  });

  describe('a tag', () => {
    it('is looked at by its digest alone', async () => {
      server.answer = (_request, response) => sendManifest(response, manifest);
      assert.deepEqual(await registry.look(name(), '1.0', never), { found: true, digest: sha256(manifest), mediaType: ociManifest });
      assert.deepEqual(paths(), ['HEAD /v2/team/web/manifests/1.0']);
      for (const type of [ociIndex, ociManifest, 'application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.docker.distribution.manifest.v2+json'])
        assert.ok(server.seen[0]?.accept.includes(type), type);
    });

    it('that there isn’t is missing only where a registry says so', async () => {
      server.answer = ({ method }, response) => (method === 'HEAD' ? void response.writeHead(404).end() : refuse(response, 404, 'MANIFEST_UNKNOWN'));
      assert.deepEqual(await registry.look(name(), '1.1', never), { found: false, missing: 'manifest' });
      server.answer = ({ method }, response) => (method === 'HEAD' ? void response.writeHead(404).end() : refuse(response, 404, 'NAME_UNKNOWN'));
      assert.deepEqual(await registry.look(name(), '1.1', never), { found: false, missing: 'repository' });
      server.answer = (_request, response) => void response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>404</h1>');
      await refused(registry.look(name(), '1.1', never), 'registry/unexpected-answer', /not as a registry does/);
    });

    it('has its digest computed where the registry does not tell it, or knows no HEAD', async () => {
      server.answer = ({ method }, response) => void response.writeHead(method === 'HEAD' ? 405 : 200, { 'Content-Type': ociManifest }).end(method === 'HEAD' ? '' : manifest);
      assert.deepEqual(await registry.look(name(), '1.0', never), { found: true, digest: sha256(manifest), mediaType: ociManifest });
    });

    it('is not believed where the answer is no manifest', async () => {
      server.answer = (_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in</html>');
      await refused(registry.look(name(), '1.0', never), 'registry/unexpected-answer', /text\/html.*no manifest/);
    });
  });

  describe('a manifest', () => {
    it('of an image says its configuration and size', async () => {
      server.answer = ({ url }, response) => (url.includes('/blobs/') ? void response.writeHead(200).end(config) : sendManifest(response, manifest));
      const read = await registry.manifest(name(), '1.0', never);
      assert.deepEqual(read, { kind: 'image', digest: sha256(manifest), config: sha256(config), size: 1234 });
      assert.deepEqual(await registry.config(name(), sha256(config), never), {
        created: Date.parse('2026-03-01T12:00:00.5Z'),
        platform: 'linux/arm64/v8',
        revision: 'abc1234',
        source: undefined,
        version: undefined,
      });
    });

    it('of an index says its platforms, without attestations', async () => {
      const index = JSON.stringify({
        schemaVersion: 2,
        manifests: [
          { digest: sha256('a'), platform: { os: 'linux', architecture: 'amd64' } },
          { digest: sha256('b'), platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
          { digest: sha256('c'), platform: { os: 'unknown', architecture: 'unknown' }, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
        ],
      });
      server.answer = (_request, response) => sendManifest(response, index, 'application/vnd.docker.distribution.manifest.list.v2+json');
      const read = await registry.manifest(name(), '1.0', never);
      assert.ok(read?.kind === 'index');
      assert.deepEqual(
        read.platforms.map(({ platform }) => platform),
        ['linux/amd64', 'linux/arm/v7'],
      );
    });

    it('of a chart is no image', async () => {
      const chart = JSON.stringify({ schemaVersion: 2, config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: sha256('x') }, layers: [{ size: 5 }] });
      server.answer = (_request, response) => sendManifest(response, chart);
      assert.deepEqual(await registry.manifest(name(), '1.0', never), {
        kind: 'artifact',
        digest: sha256(chart),
        artifactType: 'application/vnd.cncf.helm.config.v1+json',
        size: 5,
      });
    });

    it('that does not have the asked digest is refused, as is a blob', async () => {
      server.answer = (_request, response) => sendManifest(response, manifest);
      await refused(registry.manifest(name(), sha256('other'), never), 'registry/unexpected-answer', /does not have its digest/);
      await refused(registry.config(name(), sha256('other'), never), 'registry/unexpected-answer', /another blob/);
    });

    it('of Docker’s first schema is refused', async () => {
      server.answer = (_request, response) =>
        void response.writeHead(200, { 'Content-Type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' }).end('{"schemaVersion": 1}');
      await refused(registry.manifest(name(), '1.0', never), 'registry/unexpected-answer', /no manifest of an image/);
    });
  });

  describe('signing in', () => {
    const challenge = (): string => `Bearer realm="http://${server.host}/token",service="registry.example.com",scope="repository:team/web:pull"`;
    /** Asks for a token, which is good where it is the one of `good`. */
    const withTokens =
      (give: (request: SeenRequest) => { token?: string; expires_in?: number; access_token?: string } | undefined, good = (token: string) => token.startsWith('good')) =>
      (request: SeenRequest, response: Parameters<ScriptedRegistry['answer']>[1]): void => {
        if (request.url.startsWith('/token')) {
          const answer = give(request);
          return answer ? sendJson(response, 200, answer) : refuse(response, 401, 'UNAUTHORIZED');
        }
        if (request.authorization?.startsWith('Bearer ') && good(request.authorization.slice(7))) return sendJson(response, 200, { tags: ['a'] });
        refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': challenge() });
      };
    const tokenRequests = (): readonly SeenRequest[] => server.seen.filter(({ url }) => url.startsWith('/token'));

    it('goes on without the credentials of a program that breaks, and names it where they would be needed', async () => {
      const broken = new RegistryFailure('registry/helper-failed', 'The program docker-credential-desktop is not installed.', 'Install it.', server.host, undefined);
      registry.close();
      registry = new OciRegistry({ credentials: { find: () => Promise.reject(broken) } });
      server.answer = withTokens(() => ({ token: 'good' }));
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      server.answer = withTokens(() => undefined);
      await refused(registry.tags(name('team/secret'), never), 'registry/helper-failed', /docker-credential-desktop/);
      server.answer = withTokens(() => ({ token: 'bad' }));
      await refused(registry.tags(name('team/other'), never), 'registry/helper-failed', /docker-credential-desktop/);
      server.answer = (_request, response) => refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="r"' });
      await refused(registry.tags(name('team/basic'), never), 'registry/helper-failed', /docker-credential-desktop/);
    });

    it('needs no credentials where the token service gives tokens to everybody', async () => {
      server.answer = withTokens(() => ({ token: 'good' }));
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      assert.equal(tokenRequests()[0]?.authorization, undefined);
      assert.equal(tokenRequests()[0]?.url, '/token?service=registry.example.com&scope=repository%3Ateam%2Fweb%3Apull');
    });

    it('sends user and password to the token service, and the token to the registry', async () => {
      credential = { kind: 'password', username: 'ada', password: 'p:w' };
      server.answer = withTokens(({ authorization }) => (authorization === `Basic ${Buffer.from('ada:p:w').toString('base64')}` ? { access_token: 'good' } : undefined));
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      assert.deepEqual(
        server.seen.map(({ authorization }) => authorization?.split(' ')[0]),
        [undefined, 'Basic', 'Bearer'],
      );
    });

    it('changes an identity token into a token, by a form', async () => {
      credential = { kind: 'identityToken', token: 'refresh+me' };
      server.answer = withTokens(({ method, body }) =>
        method === 'POST' && new URLSearchParams(body).get('refresh_token') === 'refresh+me' ? { access_token: 'good' } : undefined,
      );
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      const form = new URLSearchParams(tokenRequests()[0]?.body);
      assert.deepEqual(Object.fromEntries(form), {
        service: 'registry.example.com',
        scope: 'repository:team/web:pull',
        grant_type: 'refresh_token',
        client_id: 'gitops-workbench',
        refresh_token: 'refresh+me',
      });
    });

    it('asks once for a token, however many questions there are', async () => {
      server.answer = withTokens(() => ({ token: 'good' }));
      await Promise.all(['a', 'b', 'c', 'd'].map(() => registry.tags(name(), never)));
      assert.equal(tokenRequests().length, 1);
      await registry.tags(name(), never);
      assert.equal(tokenRequests().length, 1);
    });

    it('asks anew when a token runs out, and when it is refused early', async () => {
      let count = 0;
      server.answer = withTokens(
        () => ({ token: `good${++count}`, expires_in: 60 }),
        (token) => token === `good${count}`,
      );
      await registry.tags(name(), never);
      now += 61_000;
      await registry.tags(name(), never);
      assert.equal(count, 2);
      count = 3; // Tokens given so far are worth nothing any more.
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      assert.equal(count, 4);
    });

    it('fails where the token is not taken, without going on for ever', async () => {
      server.answer = withTokens(() => ({ token: 'bad' }));
      await refused(registry.tags(name(), never), 'registry/unauthorized', /tells nothing of team\/web to those who aren't signed in/);
      assert.ok(server.seen.length <= 5, String(server.seen.length));
    });

    it('says whether there were credentials at all', async () => {
      server.answer = withTokens(() => undefined);
      await refused(registry.tags(name(), never), 'registry/unauthorized', /aren't signed in, or has no such repository/);
      credential = { kind: 'password', username: 'ada', password: 'x' };
      await refused(registry.tags(name('team/api'), never), 'registry/unauthorized', /does not take your credentials for team\/api/);
    });

    it('sends a password to the registry that asks for one (Basic), and nothing where there is none', async () => {
      server.answer = ({ authorization }, response) =>
        authorization === `Basic ${Buffer.from('ada:pw').toString('base64')}`
          ? sendJson(response, 200, { tags: ['a'] })
          : refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="Registry"' });
      await refused(registry.tags(name(), never), 'registry/unauthorized', /./);
      assert.equal(server.seen.length, 1);
      credential = { kind: 'password', username: 'ada', password: 'pw' };
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
    });

    it('sends a registry token as it is', async () => {
      credential = { kind: 'registryToken', token: 'good-by-itself' };
      server.answer = withTokens(() => undefined);
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      assert.equal(tokenRequests().length, 0);
    });

    it('gives no password to a token service without encryption', async () => {
      credential = { kind: 'password', username: 'ada', password: 'pw' };
      server.answer = (_request, response) => refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Bearer realm="http://tokens.example.com/token"' });
      await refused(registry.tags(name(), never), 'registry/unsafe-address', /tokens\.example\.com without encryption/);
    });

    it('fails where the token service answers something else', async () => {
      server.answer = ({ url }, response) =>
        url.startsWith('/token') ? void response.writeHead(200).end('<html>') : refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': challenge() });
      await refused(registry.tags(name(), never), 'registry/unexpected-answer', /gives no token/);
    });

    it('tells a refusal (403) from a missing sign-in', async () => {
      server.answer = (_request, response) => refuse(response, 403, 'DENIED');
      await refused(registry.tags(name(), never), 'registry/forbidden', /does not let you read team\/web \(denied\)/);
    });
  });

  describe('on the way', () => {
    it('follows redirects to blob storage without the credentials of the registry', async () => {
      const storage = await startScriptedRegistry((_request, response) => void response.writeHead(200).end(config));
      try {
        credential = { kind: 'password', username: 'ada', password: 'pw' };
        server.answer = ({ authorization }, response) =>
          authorization === undefined
            ? refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="r"' })
            : void response.writeHead(307, { Location: `http://${storage.host}/bucket?signature=1` }).end();
        assert.equal((await registry.config(name(), sha256(config), never)).platform, 'linux/arm64/v8');
        assert.deepEqual(
          storage.seen.map(({ url, authorization }) => [url, authorization]),
          [['/bucket?signature=1', undefined]],
        );
      } finally {
        await storage.close();
      }
    });

    it('keeps the credentials on a redirect within the registry', async () => {
      credential = { kind: 'registryToken', token: 't' };
      server.answer = ({ url, authorization }, response) =>
        authorization === undefined
          ? refuse(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Bearer realm="x"' })
          : url.includes('/moved/')
            ? sendJson(response, 200, { tags: [authorization] })
            : void response.writeHead(301, { Location: '/moved/tags' }).end();
      assert.deepEqual((await registry.tags(name(), never)).tags, ['Bearer t']);
    });

    it('stops where redirects lead in a circle, and where they lead to a plain address elsewhere', async () => {
      server.answer = (_request, response) => void response.writeHead(302, { Location: '/again' }).end();
      await refused(registry.tags(name(), never), 'registry/unexpected-answer', /redirects more than 5 times/);
      server.answer = (_request, response) => void response.writeHead(302, { Location: 'http://storage.example.com/x' }).end();
      await refused(registry.tags(name(), never), 'registry/unsafe-address', /storage\.example\.com without encryption/);
      server.answer = (_request, response) => void response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
      await refused(registry.tags(name(), never), 'registry/unexpected-answer', /file:/);
    });

    it('waits where the registry asks for it, and goes on', async () => {
      let count = 0;
      server.answer = (_request, response) => (count++ === 0 ? refuse(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': '1' }) : sendJson(response, 200, { tags: ['a'] }));
      const before = performance.now();
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      assert.ok(performance.now() - before >= 900);
    });

    it('fails at once where the wait is long, and tells the limit of Docker Hub', async () => {
      server.answer = (_request, response) =>
        refuse(response, 429, 'TOOMANYREQUESTS', {
          'Retry-After': '3600',
          'RateLimit-Limit': '100;w=21600',
          'RateLimit-Remaining': '0;w=21600',
          'Docker-RateLimit-Source': '192.0.2.1',
        });
      const failure = await refused(
        registry.tags(name(), never),
        'registry/rate-limited',
        /too many requests: it allows 100 pulls in 6 hours to 192\.0\.2\.1, and 0 are left\. It asks to wait 60 minutes\.$/,
      );
      assert.equal(failure.retryAfter, 3600);
      assert.equal(server.seen.length, 1);
    });

    it('reads a date that says how long to wait', async () => {
      server.answer = (_request, response) => refuse(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': 'Sun, 01 Mar 2026 12:01:30 GMT' });
      assert.equal((await refused(registry.tags(name(), never), 'registry/rate-limited', /It asks to wait 90 seconds/)).retryAfter, 90);
    });

    it('repeats what broke on the way, and gives up after a few times', async () => {
      let count = 0;
      server.answer = (_request, response) => (count++ < 2 ? void response.destroy() : sendJson(response, 200, { tags: ['a'] }));
      assert.deepEqual((await registry.tags(name(), never)).tags, ['a']);
      server.answer = (_request, response) => void response.writeHead(503).end();
      await refused(registry.tags(name(), never), 'registry/server-error', /answers 503/);
    });

    it('fails where an answer breaks off', async () => {
      server.answer = (_request, response) => {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('{"tags"', () => response.destroy());
      };
      await refused(registry.tags(name(), never), 'registry/unreachable', /can't be reached/);
    });

    it('gives up on a registry that does not answer, or stops in the middle', async () => {
      registry.close();
      registry = new OciRegistry({ credentials: { find: async () => undefined }, patience: { timeout: 200, whole: 20_000, pause: 1, longestWait: 10 } });
      server.answer = () => undefined;
      await refused(registry.tags(name(), never), 'registry/timed-out', /did not answer within 0\.2 seconds/);
      server.answer = (_request, response) => {
        response.writeHead(200);
        response.write('{');
      };
      await refused(registry.tags(name(), never), 'registry/timed-out', /did not answer/);
    });

    it('stops when it is cancelled', async () => {
      const abort = new AbortController();
      server.answer = () => abort.abort();
      await assert.rejects(registry.tags(name(), abort.signal), isCancelled);
    });

    it('stops waiting when it is cancelled', async () => {
      const abort = new AbortController();
      server.answer = (_request, response) => {
        refuse(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': '1' });
        setTimeout(() => abort.abort(), 50);
      };
      await assert.rejects(registry.tags(name(), abort.signal), isCancelled);
      assert.equal(server.seen.length, 1);
    });

    it('says that nobody is there', async () => {
      const { host } = server;
      await server.close();
      await refused(registry.tags({ registry: host, repository: 'a' }, never), 'registry/unreachable', /ECONNREFUSED/);
    });

    it('puts nothing into an address that is no name', async () => {
      for (const repository of ['../x', 'Web', 'a//b', 'a?b', 'a b', ''])
        await refused(registry.tags(name(repository), never), 'registry/unknown-repository', /no name that a registry can have/);
      await refused(registry.tags({ registry: 'user@host', repository: 'a' }, never), 'registry/unknown-repository', /no name/);
      assert.equal(server.seen.length, 0);
    });

    it('speaks to no other host in plain http unless that is configured', async () => {
      const plain = new OciRegistry({ credentials: { find: async () => undefined }, insecure: () => [], patience: { timeout: 500, whole: 1000, pause: 1, longestWait: 1 } });
      // The name leads nowhere: what matters is that nothing but https was tried.
      const failure = await refused(plain.tags({ registry: 'registry.invalid', repository: 'a' }, never), 'registry/unreachable', /registry\.invalid can't be reached/);
      assert.ok(!/443.*80/.test(failure.message));
      plain.close();
    });
  });
});
