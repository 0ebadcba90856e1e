import assert from 'node:assert/strict';
import { forgetSecret, readSecret, storeSecret } from '../../../src/extension/registries/credentials.js';
import { hostOf } from '../../../src/extension/registries/hosts.js';

describe('the registry of an image', () => {
  it('is its first part where that can be a host, else Docker Hub', () => {
    const hosts = [
      'ghcr.io/acme/orders',
      'localhost/x',
      'localhost:5000/x',
      'registry.local:80/a/b',
      'nginx',
      'acme/orders',
      'index.docker.io/library/nginx',
      'GHCR.io/acme/x',
    ].map(hostOf);
    assert.deepEqual(hosts, ['ghcr.io', 'localhost', 'localhost:5000', 'registry.local:80', 'docker.io', 'docker.io', 'docker.io', 'ghcr.io']);
  });
});

describe('what is stored for a registry', () => {
  /** The editor's store, of which only these three are used. */
  function storeOf(kept: Map<string, string>): Parameters<typeof readSecret>[0] {
    const secrets = {
      get: (key: string) => Promise.resolve(kept.get(key)),
      store: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
      delete: (key: string) => Promise.resolve(void kept.delete(key)),
      onDidChange: () => ({ dispose: () => undefined }),
    };
    return { secrets };
  }

  it('is found again by its host only, until it is taken away', async () => {
    const context = storeOf(new Map());
    await storeSecret(context, 'ghcr.io', { username: 'ada', password: 'p' });
    assert.deepEqual(await readSecret(context, 'ghcr.io'), { username: 'ada', password: 'p' });
    assert.equal(await readSecret(context, 'docker.io'), undefined);
    await forgetSecret(context, 'ghcr.io');
    assert.equal(await readSecret(context, 'ghcr.io'), undefined);
  });

  it('is nothing where something else stands there', async () => {
    assert.equal(await readSecret(storeOf(new Map([['gitops.registry ghcr.io', '"ada"']])), 'ghcr.io'), undefined);
  });
});
