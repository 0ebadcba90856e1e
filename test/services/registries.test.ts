/** What is asked of registries and how often: only what is allowed, once, and not again while an answer is good or a registry wants peace. */
import assert from 'node:assert/strict';
import type { ImageConfig, ImageManifest, ManifestLook, TagList } from '../../src/core/registry/imageFacts.js';
import { isCancelled, RegistryFailure, type FailureCode } from '../../src/services/failure.js';
import type { ImageRegistry } from '../../src/services/ports.js';
import { Registries } from '../../src/services/registries.js';

const never = new AbortController().signal;
const web = { registry: 'ghcr.io', repository: 'acme/web' };
const digest = `sha256:${'a'.repeat(64)}`;
const failure = (code: FailureCode, retryAfter?: number): RegistryFailure => new RegistryFailure(code, `${code}.`, 'Do.', 'ghcr.io', retryAfter);

/** A registry that notes what it was asked; each answer can be set. */
class NotedRegistry implements ImageRegistry {
  readonly asked: string[] = [];
  tagList: () => Promise<TagList> = async () => ({ tags: ['1.0.0', '1.1.0'], isComplete: true, pushed: new Map() });
  looked: (reference: string, signal: AbortSignal) => Promise<ManifestLook> = async () => ({ found: true, digest, mediaType: '' });

  tags({ registry, repository }: typeof web): Promise<TagList> {
    this.asked.push(`tags ${registry}/${repository}`);
    return this.tagList();
  }
  look({ registry, repository }: typeof web, reference: string, signal: AbortSignal): Promise<ManifestLook> {
    this.asked.push(`look ${registry}/${repository} ${reference}`);
    return this.looked(reference, signal);
  }
  async manifest(_name: typeof web, reference: string): Promise<ImageManifest> {
    this.asked.push(`manifest ${reference}`);
    return { kind: 'image', digest, config: `sha256:${'c'.repeat(64)}`, size: 10 };
  }
  async config(): Promise<ImageConfig> {
    this.asked.push('config');
    return { created: 5, platform: 'linux/amd64', revision: undefined, source: undefined, version: undefined };
  }
  close(): void {
    this.asked.push('close');
  }
}

describe('what is asked of registries', () => {
  let registry: NotedRegistry;
  let registries: Registries;
  let allowed: readonly string[];
  let now: number;

  beforeEach(() => {
    registry = new NotedRegistry();
    allowed = ['ghcr.io', 'docker.io'];
    now = 1_000_000;
    registries = new Registries({ registry, isAllowed: (host) => allowed.includes(host), now: () => now });
  });

  it('is nothing where the host is not allowed', async () => {
    const verdict = await registries.tagVerdict('quay.io/acme/web:1', never);
    assert.deepEqual(verdict, { kind: 'unknown', isAllowed: false, reason: 'quay.io was not asked: you have not allowed that yet.' });
    await assert.rejects(registries.tags({ ...web, registry: 'quay.io' }, never), (error) => error instanceof RegistryFailure && error.code === 'registry/not-allowed');
    await assert.rejects(registries.details({ ...web, registry: 'quay.io' }, '1', never), RegistryFailure);
    assert.deepEqual(registry.asked, []);
  });

  it('uses one name for Docker Hub', async () => {
    await registries.tagVerdict('nginx', never);
    await registries.tagVerdict('index.docker.io/library/nginx:latest', never);
    assert.deepEqual(registry.asked, ['look docker.io/library/nginx latest']);
  });

  it('is asked by the digest where there is one', async () => {
    assert.equal((await registries.tagVerdict(`ghcr.io/acme/web:1.0.0@${digest}`, never)).kind, 'exists');
    assert.deepEqual(registry.asked, [`look ghcr.io/acme/web ${digest}`]);
  });

  it('tells what is missing, with the nearest tags, also where they can’t be listed', async () => {
    registry.looked = async () => ({ found: false, missing: 'manifest' });
    assert.deepEqual(await registries.tagVerdict('ghcr.io/acme/web:1.1.1', never), { kind: 'missing', what: 'tag', nearest: ['1.1.0', '1.0.0'] });
    assert.deepEqual(await registries.tagVerdict(`ghcr.io/acme/web@${digest}`, never), { kind: 'missing', what: 'digest', nearest: [] });
    registry.tagList = () => Promise.reject(failure('registry/forbidden'));
    registries.refresh();
    assert.deepEqual(await registries.tagVerdict('ghcr.io/acme/web:1.1.1', never), { kind: 'missing', what: 'tag', nearest: [] });
    registry.looked = async () => ({ found: false, missing: 'repository' });
    registries.refresh();
    assert.deepEqual(await registries.tagVerdict('ghcr.io/acme/web:1.1.1', never), { kind: 'missing', what: 'repository', nearest: [] });
  });

  it('is not known, with the reason, where the registry fails or the text is no image', async () => {
    registry.looked = () => Promise.reject(failure('registry/unauthorized'));
    assert.deepEqual(await registries.tagVerdict('ghcr.io/acme/web:1', never), { kind: 'unknown', isAllowed: true, reason: 'registry/unauthorized.' });
    assert.equal((await registries.tagVerdict('$(IMAGE)', never)).kind, 'unknown');
    registry.looked = () => Promise.reject(new TypeError('a bug'));
    await assert.rejects(registries.tagVerdict('ghcr.io/acme/web:2', never), /a bug/);
  });

  it('is asked once, however many want to know, and again when the answer is old', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map(() => registries.tags(web, never)));
    assert.deepEqual(
      answers.map(({ at }) => at),
      [now, now, now],
    );
    now += 60_000;
    await registries.tags(web, never);
    assert.equal(registry.asked.length, 1);
    now += 5 * 60_000;
    assert.equal(registries.knownTags(web), undefined);
    assert.equal((await registries.tags(web, never)).at, now);
    assert.equal(registry.asked.length, 2);
    registries.refresh('docker.io');
    await registries.tags(web, never);
    assert.equal(registry.asked.length, 2);
    registries.refresh('ghcr.io');
    await registries.tags(web, never);
    assert.equal(registry.asked.length, 3);
  });

  it('reads manifests once for each digest', async () => {
    for (let times = 0; times < 3; times++) {
      now += 10 * 60_000;
      const details = await registries.details(web, '1.0.0', never);
      assert.deepEqual([details?.value.digest, details?.value.platforms, details?.value.size, details?.value.config?.created], [digest, ['linux/amd64'], 10, 5]);
    }
    assert.deepEqual(
      registry.asked.filter((each) => !each.startsWith('look')),
      [`manifest ${digest}`, 'config'],
    );
  });

  it('leaves a registry alone as long as it asks for that, whatever it is asked', async () => {
    registry.looked = () => Promise.reject(failure('registry/rate-limited', 120));
    for (const tag of ['1', '2', '3']) assert.equal((await registries.tagVerdict(`ghcr.io/acme/web:${tag}`, never)).kind, 'unknown');
    await assert.rejects(registries.tags(web, never), (error) => error instanceof RegistryFailure && error.code === 'registry/rate-limited');
    assert.equal(registry.asked.length, 1);
    assert.equal(registries.failureOf('ghcr.io')?.code, 'registry/rate-limited');
    assert.equal((await registries.tagVerdict('nginx:1', never)).kind, 'unknown');
    assert.equal(registry.asked.length, 2);
    now += 121_000;
    await registries.tags(web, never);
    assert.equal(registry.asked.length, 3);
    assert.equal(registries.failureOf('ghcr.io'), undefined);
  });

  it('asks other questions of a registry that refused one', async () => {
    registry.looked = () => Promise.reject(failure('registry/forbidden'));
    await registries.tagVerdict('ghcr.io/acme/web:1', never);
    await registries.tagVerdict('ghcr.io/acme/web:1', never);
    assert.equal((await registries.tags(web, never)).value.tags.length, 2);
    assert.equal(registry.asked.length, 2);
  });

  it('is given up when nobody waits for it any more, and not before', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    let ended: AbortSignal | undefined;
    registry.looked = (_reference, signal) => {
      ended = signal;
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('ended', 'AbortError'))));
    };
    const waits = [one, two].map(({ signal }) => registries.look(web, '1', signal));
    one.abort();
    await assert.rejects(waits[0] ?? assert.fail(), isCancelled);
    assert.equal(ended?.aborted, false);
    two.abort();
    await assert.rejects(waits[1] ?? assert.fail(), isCancelled);
    assert.equal(ended?.aborted, true);
    registry.looked = async () => ({ found: true, digest, mediaType: '' });
    assert.equal((await registries.look(web, '1', never)).value.found, true);
  });

  it('keeps a bounded number of answers', async () => {
    for (let index = 0; index < 250; index++) await registries.tags({ ...web, repository: `acme/r${index}` }, never);
    assert.equal(registries.knownTags({ ...web, repository: 'acme/r0' }), undefined);
    assert.ok(registries.knownTags({ ...web, repository: 'acme/r249' }));
  });

  it('ends with the client', () => {
    registries.close();
    assert.deepEqual(registry.asked, ['close']);
  });
});
