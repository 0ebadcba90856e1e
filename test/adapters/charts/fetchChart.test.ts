/** Fetching charts from servers on this machine: a repository over HTTP, the sandbox's registry, and docker-registry where it is installed. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chartFetcher } from '../../../src/adapters/charts/chartFetcher.js';
import { fetchChart, type FetchedArchive } from '../../../src/adapters/charts/fetchChart.js';
import { findRepositoryCredential, type BasicCredential } from '../../../src/adapters/charts/helmRepositories.js';
import { openRemoteCache } from '../../../src/adapters/remote/remoteCache.js';
import { toSystemPath } from '../../../src/adapters/disk/paths.js';
import { startRegistry, type Registry } from '../../../src/sandbox/registry/registry.js';
import { indexOf, pushChart, startChartRepository, type ChartRepository } from '../../support/charts/chartRepository.js';
import { makeArchive, makeChartArchive, sha256 } from '../../support/charts/chartArchives.js';
import { dockerRegistryVersion, startDockerRegistry, type DockerRegistry } from '../../support/registry/dockerRegistry.js';
import { temporaryFolders } from '../../support/temporaryFolder.js';

const signal = new AbortController().signal;
const noRegistry = {
  tags: () => Promise.reject(new Error('no registry is asked')),
  layer: () => Promise.reject(new Error('no registry is asked')),
};

describe('charts of a repository over HTTP', () => {
  let repository: ChartRepository;
  beforeEach(async () => (repository = await startChartRepository()));
  afterEach(() => repository.close());

  const fetchFrom = (
    version = '',
    more: { readonly devel?: boolean; readonly at?: string; readonly credential?: BasicCredential; readonly signal?: AbortSignal } = {},
  ): Promise<FetchedArchive> =>
    fetchChart(
      { repository: `${repository.address}${more.at ?? '/stable'}`, name: 'web', version, devel: more.devel ?? false },
      { registry: noRegistry, credentialFor: (address) => (address.origin === repository.address ? more.credential : undefined) },
      more.signal ?? signal,
    );

  function publish(...versions: readonly string[]): void {
    const entries = versions.map((version) => {
      const archive = makeChartArchive('web', version);
      repository.pages.set(`/stable/web-${version}.tgz`, archive);
      return { version, url: `web-${version}.tgz`, digest: sha256(archive) };
    });
    repository.pages.set('/stable/index.yaml', indexOf('web', entries));
  }

  it('are those of the exact version, the highest of a range, or the latest that is released', async () => {
    publish('1.2.0', '1.10.0', '2.0.0-rc.1', '1.9.3');
    assert.equal((await fetchFrom('1.2.0')).version, '1.2.0');
    assert.equal((await fetchFrom('1.x')).version, '1.10.0');
    assert.equal((await fetchFrom('~1.9.0 || >3')).version, '1.9.3');
    assert.equal((await fetchFrom()).version, '1.10.0');
    assert.equal((await fetchFrom('', { devel: true })).version, '2.0.0-rc.1');
    assert.equal((await fetchFrom('>=2.0.0-0')).version, '2.0.0-rc.1');
    assert.equal((await fetchFrom('2.0.0-rc.1')).version, '2.0.0-rc.1');
  });

  it('fail with words where there is no such version, no such chart, no index, or no repository', async () => {
    publish('1.0.0');
    await assert.rejects(fetchFrom('3.x'), { code: 'remote/unknown-version', message: /no version of web that is 3\.x/ });
    repository.pages.set('/stable/index.yaml', indexOf('other', [{ version: '1.0.0', url: 'a.tgz' }]));
    await assert.rejects(fetchFrom(), { code: 'remote/unknown-version', message: /no chart web/ });
    repository.pages.set('/stable/index.yaml', '<html>Welcome</html>');
    await assert.rejects(fetchFrom(), { code: 'remote/missing-path' });
    await assert.rejects(fetchFrom('', { at: '/nowhere' }), { code: 'remote/missing-path', message: /404/ });
    await repository.close();
    await assert.rejects(fetchFrom(), { code: 'remote/unreachable' });
    repository = await startChartRepository();
  });

  it('may lie elsewhere than the index, and are asked for without the credentials of the repository there', async () => {
    const other = await startChartRepository({ '/files/web-1.0.0.tgz': makeChartArchive('web', '1.0.0') });
    try {
      repository.pages.set('/stable/index.yaml', indexOf('web', [{ version: '1.0.0', url: `${other.address}/files/web-1.0.0.tgz` }]));
      const credential = { user: 'me', password: 'secret' };
      assert.equal((await fetchFrom('', { credential })).version, '1.0.0');
      assert.match(repository.requests[0] ?? '', /^GET \/stable\/index\.yaml Basic /);
      assert.deepEqual(other.requests, ['GET /files/web-1.0.0.tgz -']);
    } finally {
      await other.close();
    }
  });

  it('are followed to where a server sends, without credentials to another server', async () => {
    const archive = makeChartArchive('web', '1.0.0');
    const other = await startChartRepository({ '/blob': archive });
    try {
      repository.pages.set('/stable/index.yaml', indexOf('web', [{ version: '1.0.0', url: '/moved.tgz', digest: sha256(archive) }]));
      repository.pages.set('/moved.tgz', (_request, response) => void response.writeHead(302, { location: `${other.address}/blob` }).end());
      await fetchFrom('', { credential: { user: 'me', password: 'secret' } });
      assert.deepEqual(other.requests, ['GET /blob -']);
    } finally {
      await other.close();
    }
  });

  it('need a login where the server asks for one', async () => {
    publish('1.0.0');
    const pages = new Map(repository.pages);
    for (const [name, page] of pages) {
      repository.pages.set(name, (request, response) => {
        if (request.headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`) response.end(page);
        else response.writeHead(401, { 'www-authenticate': 'Basic realm="charts"' }).end();
      });
    }
    await assert.rejects(fetchFrom(), { code: 'remote/unauthorized' });
    await assert.rejects(fetchFrom('', { credential: { user: 'me', password: 'wrong' } }), { code: 'remote/unauthorized' });
    assert.equal((await fetchFrom('', { credential: { user: 'me', password: 'secret' } })).version, '1.0.0');
  });

  it('keep the query of the repository’s address for what lies below it', async () => {
    const archive = makeChartArchive('web', '1.0.0');
    repository.pages.set('/stable/index.yaml?token=t', indexOf('web', [{ version: '1.0.0', url: 'web.tgz' }]));
    repository.pages.set('/stable/web.tgz?token=t', archive);
    assert.deepEqual((await fetchFrom('', { at: '/stable?token=t' })).bytes, archive);
  });

  it('are refused where they are not what the index names', async () => {
    publish('1.0.0');
    repository.pages.set('/stable/web-1.0.0.tgz', makeChartArchive('web', '1.0.0', { 'web/templates/evil.yaml': 'a: b\n' }));
    await assert.rejects(fetchFrom(), { code: 'remote/wrong-digest' });
  });

  it('are refused where they are cut off, or larger than they may be', async () => {
    publish('1.0.0');
    repository.pages.set('/stable/web-1.0.0.tgz', (_request, response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    await assert.rejects(fetchFrom(), { code: 'remote/unreachable' });
    repository.pages.set('/stable/web-1.0.0.tgz', (_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const send = (): void => {
        while (!response.destroyed) if (!response.write(chunk)) return void response.once('drain', send);
      };
      response.on('error', () => undefined);
      send();
    });
    await assert.rejects(fetchFrom(), { code: 'remote/too-large' });
  });

  it('stop coming when the user cancels', async () => {
    const controller = new AbortController();
    repository.pages.set('/stable/index.yaml', () => controller.abort());
    await assert.rejects(fetchFrom('', { signal: controller.signal }), { name: 'AbortError' });
  });
});

describe('credentials of helm’s repositories', () => {
  const folder = temporaryFolders();

  it('are those of the repository that an address lies in, on its server alone', () => {
    const home = folder(
      '#- repositories.yaml\nrepositories:\n- {name: a, url: "https://charts.example.com/stable", username: me, password: secret}\n- {name: b, url: "https://charts.example.com/"}',
    );
    const helm = { environment: { HELM_CONFIG_HOME: home.path }, home: '/nowhere', platform: process.platform };
    const find = (address: string): string | undefined => findRepositoryCredential(new URL(address), helm)?.user;
    assert.equal(find('https://charts.example.com/stable/index.yaml'), 'me');
    assert.equal(find('https://charts.example.com/stable2/index.yaml'), undefined);
    assert.equal(find('http://charts.example.com/stable/index.yaml'), undefined);
    assert.equal(find('https://charts.example.com.evil.test/stable/index.yaml'), undefined);
    assert.equal(findRepositoryCredential(new URL('https://charts.example.com/stable'), { ...helm, environment: {} }), undefined);
  });
});

/** The same of every registry. */
function fetchesFromRegistries(host: () => string): void {
  const fetchFrom = (version: string, name = 'web'): Promise<FetchedArchive> => chartFetcher()({ repository: `oci://${host()}/charts`, name, version, devel: false }, signal);

  it('gives charts by exact version, range, and with a plus sign in the version', async () => {
    for (const version of ['1.0.0', '1.2.0', '2.0.0-rc.1', '1.1.0+build.5']) await pushChart(host(), 'charts/web', version.replace('+', '_'), makeChartArchive('web', version));
    assert.equal((await fetchFrom('1.0.0')).version, '1.0.0');
    assert.equal((await fetchFrom('1.x')).version, '1.2.0');
    assert.equal((await fetchFrom('')).version, '1.2.0');
    assert.equal((await fetchFrom('1.1.0+build.5')).version, '1.1.0+build.5');
    assert.equal((await fetchFrom('~1.1.0')).version, '1.1.0+build.5');
  });

  it('says what it has not', async () => {
    await pushChart(host(), 'charts/web', '1.0.0', makeChartArchive('web', '1.0.0'));
    await assert.rejects(fetchFrom('3.0.0'), { code: 'remote/unknown-version' });
    await assert.rejects(fetchFrom('3.x'), { code: 'remote/unknown-version' });
    await assert.rejects(fetchFrom('1.0.0', 'other'), { code: 'remote/unknown-version' });
  });
}

describe('charts of the sandbox’s registry', () => {
  let registry: Registry;
  before(async () => (registry = await startRegistry({ clock: { now: () => 0 } as never })));
  after(() => registry.close());
  fetchesFromRegistries(() => registry.host);
});

if (dockerRegistryVersion() !== undefined) {
  describe('charts of docker-registry', () => {
    const folder = temporaryFolders();
    let registry: DockerRegistry;
    before(async () => (registry = await startDockerRegistry({ folder: folder().path })));
    after(() => registry.close());
    fetchesFromRegistries(() => registry.host);
  });
}

describe('the cache of charts', () => {
  const folder = temporaryFolders();
  const remote = { repository: 'https://charts.test', name: 'web', version: '', devel: false };
  const cacheOf = (bytes: Buffer): { readonly root: string; readonly fetch: () => Promise<{ readonly path: string; readonly version: string }> } => {
    const { path: root } = folder();
    const { fetcher } = openRemoteCache(root, () => Promise.resolve({ bytes, version: '1.0.0' }));
    return { root, fetch: () => fetcher.chart(remote, signal) };
  };

  it('keeps a chart unpacked, by the digest of its archive', async () => {
    const archive = makeChartArchive('web', '1.0.0');
    const { root, fetch } = cacheOf(archive);
    const first = await fetch();
    assert.equal(first.version, `1.0.0 sha256:${sha256(archive)}`);
    assert.deepEqual(fs.readdirSync(toSystemPath(first.path)).sort(), ['Chart.yaml', 'templates', 'values.yaml']);
    assert.deepEqual(await fetch(), first);
    assert.equal(fs.readdirSync(path.join(root, 'remote')).length, 1, 'nothing half done is left');
  });

  for (const [what, files] of [
    ['names that lead out of it', { 'web/Chart.yaml': 'name: web\n', 'web/../../evil': 'x' }],
    ['absolute names', { 'web/Chart.yaml': 'name: web\n', '/etc/evil': 'x' }],
    ['names with backslashes', { 'web/Chart.yaml': 'name: web\n', 'web\\..\\evil': 'x' }],
    ['no chart', { 'web/readme.md': 'x' }],
  ] as const) {
    it(`takes nothing of ${what} out of an archive`, async () => {
      const { root, fetch } = cacheOf(makeArchive(files));
      await fetch().then(
        ({ path: kept }) => assert.deepEqual(fs.readdirSync(toSystemPath(kept)), ['Chart.yaml']),
        (error: unknown) => assert.equal((error as { code?: string }).code, 'remote/damaged'),
      );
      const all = fs.readdirSync(root, { recursive: true, encoding: 'utf8' });
      assert.deepEqual(
        all.filter((name) => name.includes('evil')),
        [],
      );
      assert.equal(fs.existsSync('/etc/evil'), false);
    });
  }

  it('refuses what is no archive, or a damaged one', async () => {
    for (const bytes of [Buffer.from('hello'), makeChartArchive('web', '1.0.0').subarray(0, 60)]) {
      const { root, fetch } = cacheOf(bytes);
      await assert.rejects(fetch(), { code: 'remote/damaged' });
      assert.deepEqual(fs.readdirSync(path.join(root, 'remote')), []);
    }
  });
});
