/**
 * The client against registries that are real: the reference implementation where it is installed (`apt-get install
 * docker-registry`), and the sandbox's own. Both are asked the same, so that the one stands for the other.
 */
import assert from 'node:assert/strict';
import type { RegistryCredential } from '../../../src/core/registry/credentials.js';
import { OciRegistry } from '../../../src/adapters/registry/ociRegistry.js';
import { makeServerIdentity } from '../../../src/sandbox/api/certificates.js';
import { systemClock } from '../../../src/sandbox/clock.js';
import { putImage } from '../../../src/sandbox/registry/putImage.js';
import { startRegistry } from '../../../src/sandbox/registry/registry.js';
import { RegistryFailure } from '../../../src/services/failure.js';
import type { ImageRegistry } from '../../../src/services/ports.js';
import { dockerRegistryVersion, pushImage, startDockerRegistry, startTokenService, type DockerRegistry } from '../../support/registry/dockerRegistry.js';
import { TemporaryFolder } from '../../support/temporaryFolder.js';

const never = new AbortController().signal;
const version = dockerRegistryVersion();

const created = '2026-01-02T03:04:05Z';
const images = [
  ['team/web', '1.0.0', ['linux/amd64']],
  ['team/web', '1.1.0', ['linux/amd64', 'linux/arm64']],
  ['public/tool', 'latest', ['linux/amd64']],
] as const;

function clientWith(credential?: RegistryCredential): ImageRegistry {
  return new OciRegistry({ credentials: { find: async () => credential } });
}

const fails = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error) => error instanceof RegistryFailure && (assert.equal(error.code, code, error.message), true));

/** What every registry answers that has the images. */
function asksEverything(hostOf: () => string): void {
  let client: ImageRegistry;
  beforeEach(() => {
    client = clientWith();
  });
  afterEach(() => client.close());
  const web = (): { registry: string; repository: string } => ({ registry: hostOf(), repository: 'team/web' });

  it('lists tags', async () => {
    const { tags, isComplete } = await client.tags(web(), never);
    assert.deepEqual([[...tags].sort(), isComplete], [['1.0.0', '1.1.0'], true]);
    await fails(client.tags({ ...web(), repository: 'team/none' }, never), 'registry/unknown-repository');
  });

  it('tells digests, and what it does not have', async () => {
    const look = await client.look(web(), '1.1.0', never);
    assert.ok(look.found);
    assert.match(look.digest, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(await client.look(web(), look.digest, never), look);
    assert.deepEqual(await client.look(web(), '1.2.0', never), { found: false, missing: 'manifest' });
    const other = await client.look(web(), `sha256:${'0'.repeat(64)}`, never);
    assert.deepEqual(other, { found: false, missing: 'manifest' });
    assert.equal((await client.look({ ...web(), repository: 'team/none' }, 'a', never)).found, false);
  });

  it('gives indexes, manifests and configurations', async () => {
    const index = await client.manifest(web(), '1.1.0', never);
    assert.ok(index?.kind === 'index');
    assert.deepEqual(
      index.platforms.map(({ platform }) => platform),
      ['linux/amd64', 'linux/arm64'],
    );
    const image = await client.manifest(web(), index.platforms[1]?.digest ?? '', never);
    assert.ok(image?.kind === 'image' && image.size > 0);
    const config = await client.config(web(), image.config, never);
    assert.deepEqual([config.platform, config.created], ['linux/arm64', Date.parse(created)]);
    assert.equal(await client.manifest(web(), 'none', never), undefined);
  });
}

describe('the sandbox’s registry and the client', () => {
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  before(async () => {
    registry = await startRegistry({ clock: systemClock() });
    for (const [repository, tag, platforms] of images) putImage(registry.store, repository, tag, { created, platforms });
  });
  after(() => registry.close());
  asksEverything(() => registry.host);

  it('page by page where there are many tags', async () => {
    const manifest = registry.store.manifest('team/web', '1.0.0');
    assert.ok(manifest);
    for (let number = 0; number < 2500; number++) registry.store.putManifest('team/many', `t${number}`, manifest.mediaType, manifest.bytes);
    const client = clientWith();
    const { tags, isComplete } = await client.tags({ registry: registry.host, repository: 'team/many' }, never);
    assert.deepEqual([new Set(tags).size, isComplete], [2500, true]);
    client.close();
  });

  it('with a password', async () => {
    const guarded = await startRegistry({ clock: systemClock(), password: { user: 'ada', password: 'pass:word' } });
    putImage(guarded.store, 'team/web', '1.0.0', { created });
    const name = { registry: guarded.host, repository: 'team/web' };
    const [stranger, ada] = [clientWith(), clientWith({ kind: 'password', username: 'ada', password: 'pass:word' })];
    await fails(stranger.tags(name, never), 'registry/unauthorized');
    assert.deepEqual((await ada.tags(name, never)).tags, ['1.0.0']);
    for (const client of [stranger, ada]) client.close();
    await guarded.close();
  });
});

describe('the reference implementation of registries and the client', () => {
  if (version === undefined) {
    it('is not tried: docker-registry is not installed (apt-get install docker-registry)', () => assert.equal(dockerRegistryVersion(), undefined));
    return;
  }
  let folder: TemporaryFolder;
  let registry: DockerRegistry;
  before(async () => {
    folder = new TemporaryFolder();
    registry = await startDockerRegistry({ folder: folder.path });
    for (const [repository, tag, platforms] of images) await pushImage(registry.host, repository, tag, { created, platforms });
  });
  after(async () => {
    await registry.close();
    folder.remove();
  });
  asksEverything(() => registry.host);

  /** Runs a test with another registry on the same images. */
  async function withRegistry(options: Omit<Parameters<typeof startDockerRegistry>[0], 'folder'>, run: (host: string) => Promise<void>): Promise<void> {
    const other = await startDockerRegistry({ folder: folder.path, ...options });
    try {
      await run(other.host);
    } finally {
      await other.close();
    }
  }

  it('with a password (htpasswd)', async () => {
    // ada, pass:word; a registry takes bcrypt only.
    folder.put('htpasswd', 'ada:$2b$05$abcdefghijklmnopqrstuuDIEddBSuRWBBEY6g5zv60IAP5bSSfki\n');
    await withRegistry({ more: `auth:\n  htpasswd: {realm: tests, path: ${folder.path}/htpasswd}` }, async (host) => {
      const name = { registry: host, repository: 'team/web' };
      const [stranger, ada, eve] = [
        clientWith(),
        clientWith({ kind: 'password', username: 'ada', password: 'pass:word' }),
        clientWith({ kind: 'password', username: 'ada', password: 'guess' }),
      ];
      await fails(stranger.tags(name, never), 'registry/unauthorized');
      await fails(eve.tags(name, never), 'registry/unauthorized');
      assert.equal((await ada.tags(name, never)).tags.length, 2);
      assert.equal((await ada.look(name, '1.0.0', never)).found, true);
      for (const client of [stranger, ada, eve]) client.close();
    });
  });

  it('with tokens: for everybody, for a user, for an identity token', async () => {
    const service = await startTokenService(folder.path, 'pass:word', 'refresh');
    try {
      await withRegistry({ more: service.config }, async (host) => {
        const [secret, open] = [
          { registry: host, repository: 'team/web' },
          { registry: host, repository: 'public/tool' },
        ];
        const stranger = clientWith();
        assert.deepEqual((await stranger.tags(open, never)).tags, ['latest']);
        assert.equal((await stranger.look(open, 'latest', never)).found, true);
        await fails(stranger.tags(secret, never), 'registry/unauthorized');
        stranger.close();
        for (const credential of [
          { kind: 'password', username: 'ada', password: 'pass:word' },
          { kind: 'identityToken', token: 'refresh' },
        ] as const) {
          const client = clientWith(credential);
          assert.equal((await client.tags(secret, never)).tags.length, 2);
          const image = await client.manifest(secret, '1.0.0', never);
          assert.ok(image?.kind === 'image');
          assert.equal((await client.config(secret, image.config, never)).platform, 'linux/amd64');
          client.close();
        }
        const eve = clientWith({ kind: 'password', username: 'ada', password: 'guess' });
        await fails(eve.tags(secret, never), 'registry/unauthorized');
        eve.close();
      });
    } finally {
      await service.close();
    }
  });

  it('over https with a certificate of its own, on this machine', async () => {
    await withRegistry({ tls: makeServerIdentity(Date.now()) }, async (host) => {
      const client = clientWith();
      assert.equal((await client.tags({ registry: host, repository: 'team/web' }, never)).tags.length, 2);
      client.close();
    });
  });
});
