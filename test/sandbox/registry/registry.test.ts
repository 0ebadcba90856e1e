import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { systemClock } from '../../../src/sandbox/clock.js';
import { putImage } from '../../../src/sandbox/registry/putImage.js';
import { parseImage, registryImages } from '../../../src/sandbox/registry/registryImages.js';
import { startRegistry, type Registry } from '../../../src/sandbox/registry/registry.js';
import { temporaryFolders } from '../../support/temporaryFolder.js';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

describe('the registry', () => {
  const makeFolder = temporaryFolders();
  let registry: Registry;
  beforeEach(async () => {
    registry = await startRegistry({ clock: systemClock() });
  });
  afterEach(() => registry.close());

  const ask = (path: string, options: RequestInit = {}): Promise<Response> => fetch(`${registry.address}${path}`, options);
  const upload = async (name: string, content: string): Promise<string> => {
    const session = (await ask(`/v2/${name}/blobs/uploads/`, { method: 'POST' })).headers.get('location') ?? '';
    const answer = await ask(`${session}?digest=${digestOf(content)}`, { method: 'PUT', body: content });
    assert.equal(answer.status, 201);
    return digestOf(content);
  };
  const manifestWith = (config: string, more: object = {}): string =>
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 }, layers: [], ...more });
  const push = (name: string, reference: string, body: string): Promise<Response> =>
    ask(`/v2/${name}/manifests/${reference}`, { method: 'PUT', headers: { 'content-type': manifestType }, body });

  it('says which version of the API it speaks', async () => {
    const answer = await ask('/v2/');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('docker-distribution-api-version'), 'registry/2.0');
  });

  it('gives back what was pushed, by tag and by digest', async () => {
    const body = manifestWith(await upload('shop/web', '{}'));
    assert.equal((await push('shop/web', 'v1', body)).headers.get('docker-content-digest'), digestOf(body));
    for (const reference of ['v1', digestOf(body)]) {
      const answer = await ask(`/v2/shop/web/manifests/${reference}`);
      assert.equal(await answer.text(), body);
      assert.equal(answer.headers.get('content-type'), manifestType);
    }
    const head = await ask('/v2/shop/web/manifests/v1', { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), String(body.length));
    assert.equal(await (await ask(`/v2/shop/web/blobs/${digestOf('{}')}`)).text(), '{}');
  });

  it('takes chunks in order only', async () => {
    const session = (await ask('/v2/shop/web/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';
    const chunk = (body: string, range: string): Promise<Response> => ask(session, { method: 'PATCH', headers: { 'content-range': range }, body });
    assert.equal((await chunk('abc', '0-2')).headers.get('range'), '0-2');
    assert.equal((await chunk('xyz', '7-9')).status, 416);
    assert.equal((await chunk('def', '3-5')).headers.get('range'), '0-5');
    assert.equal((await ask(`${session}?digest=${digestOf('other')}`, { method: 'PUT' })).status, 400);
    assert.equal((await ask(`${session}?digest=${digestOf('abcdef')}`, { method: 'PUT' })).status, 201);
  });

  it('mounts a blob of another repository, and starts an upload where it has none', async () => {
    const digest = await upload('shop/web', 'layer');
    assert.equal((await ask(`/v2/shop/api/blobs/uploads/?mount=${digest}&from=shop/web`, { method: 'POST' })).status, 201);
    assert.equal((await ask(`/v2/shop/api/blobs/${digest}`, { method: 'HEAD' })).status, 200);
    assert.equal((await ask(`/v2/shop/api/blobs/uploads/?mount=${digestOf('none')}&from=shop/web`, { method: 'POST' })).status, 202);
  });

  it('refuses a manifest whose blobs it has not, and one that has another digest', async () => {
    const unknown = await push('shop/web', 'v1', manifestWith(digestOf('nowhere')));
    assert.equal(unknown.status, 404);
    assert.match(await unknown.text(), /MANIFEST_BLOB_UNKNOWN/);
    const body = manifestWith(await upload('shop/web', '{}'));
    assert.equal((await push('shop/web', digestOf('something else'), body)).status, 400);
    assert.equal((await push('shop/web', '.hidden', body)).status, 400);
  });

  it('lists tags page by page', async () => {
    for (const tag of ['b', 'a', 'c']) putImage(registry.store, 'shop/web', tag, { created: '2026-01-01T00:00:00Z' });
    const first = await ask('/v2/shop/web/tags/list?n=2');
    assert.deepEqual(await first.json(), { name: 'shop/web', tags: ['a', 'b'] });
    const next = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await ask(next);
    assert.deepEqual(await second.json(), { name: 'shop/web', tags: ['c'] });
    assert.equal(second.headers.get('link'), null);
    assert.equal((await ask('/v2/shop/none/tags/list')).status, 404);
  });

  it('lists what refers to a manifest, by type where that is asked for', async () => {
    const subject = putImage(registry.store, 'shop/web', 'v1', { created: '2026-01-01T00:00:00Z' });
    const config = await upload('shop/web', '{}');
    const body = manifestWith(config, { artifactType: 'application/x.sbom', subject: { mediaType: manifestType, digest: subject, size: 1 } });
    assert.equal((await push('shop/web', digestOf(body), body)).headers.get('oci-subject'), subject);
    const listed = (await (await ask(`/v2/shop/web/referrers/${subject}`)).json()) as { manifests: { digest: string }[] };
    assert.deepEqual(
      listed.manifests.map(({ digest }) => digest),
      [digestOf(body)],
    );
    const other = await ask(`/v2/shop/web/referrers/${subject}?artifactType=application/x.other`);
    assert.equal(other.headers.get('oci-filters-applied'), 'artifactType');
    assert.deepEqual(((await other.json()) as { manifests: unknown[] }).manifests, []);
  });

  it('forgets a tag, and a manifest with its tags', async () => {
    const digest = putImage(registry.store, 'shop/web', 'v1', { created: '2026-01-01T00:00:00Z' });
    putImage(registry.store, 'shop/web', 'v2', { created: '2026-01-02T00:00:00Z' });
    assert.equal((await ask(`/v2/shop/web/manifests/${digest}`, { method: 'DELETE' })).status, 202);
    assert.deepEqual(registry.store.tags('shop/web'), ['v2']);
    assert.equal((await ask('/v2/shop/web/manifests/v2', { method: 'DELETE' })).status, 202);
    assert.equal((await ask('/v2/shop/web/manifests/v2')).status, 404);
  });

  it('keeps everything in a folder over a restart', async () => {
    const folder = makeFolder().path;
    const first = await startRegistry({ clock: systemClock(), folder });
    const digest = putImage(first.store, 'shop/web', 'v1', { created: '2026-01-01T00:00:00Z', platforms: ['linux/amd64', 'linux/arm64'] });
    await first.close();
    const second = await startRegistry({ clock: systemClock(), folder });
    const index = (await (await fetch(`${second.address}/v2/shop/web/manifests/v1`)).json()) as { manifests: { digest: string; platform: { architecture: string } }[] };
    assert.equal(second.store.manifest('shop/web', 'v1')?.digest, digest);
    assert.deepEqual(
      index.manifests.map(({ platform }) => platform.architecture),
      ['amd64', 'arm64'],
    );
    assert.equal((await fetch(`${second.address}/v2/shop/web/manifests/${index.manifests[0]?.digest ?? ''}`)).status, 200);
    await second.close();
  });

  it('asks for the password that it was given', async () => {
    const guarded = await startRegistry({ clock: systemClock(), password: { user: 'ci', password: 'secret' } });
    assert.equal((await fetch(`${guarded.address}/v2/`)).headers.get('www-authenticate')?.startsWith('Basic '), true);
    assert.equal((await fetch(`${guarded.address}/v2/`, { headers: { authorization: `Basic ${btoa('ci:secret')}` } })).status, 200);
    await guarded.close();
  });

  it('is asked for its own images; others are taken to exist', () => {
    putImage(registry.store, 'shop/web', 'v1', { created: '2026-01-01T00:00:00Z' });
    const images = registryImages(registry);
    assert.equal(images.lookUp(`${registry.host}/shop/web:v1`).found, true);
    assert.equal(images.lookUp(`${registry.host.replace('127.0.0.1', 'localhost')}/shop/web:v2`).found, false);
    assert.equal(images.lookUp('ghcr.io/shop/web:v2').found, true);
    assert.deepEqual(parseImage('localhost:5000/a/b:1'), { host: 'localhost:5000', repository: 'a/b', reference: '1' });
    assert.deepEqual(parseImage('nginx'), { host: '', repository: 'nginx', reference: 'latest' });
  });
});
