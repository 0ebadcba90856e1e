/** Credentials of Docker and Podman: files as their programs write them, and helpers that are real programs. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { credentialFiles, dockerCredentials, firstCredentials, type DockerCredentialOptions } from '../../../src/adapters/registry/dockerCredentials.js';
import type { RegistryCredential } from '../../../src/core/registry/credentials.js';
import { RegistryFailure } from '../../../src/services/failure.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

const never = new AbortController().signal;
const basic = (text: string): string => Buffer.from(text).toString('base64');

describe('credentials of docker and podman', () => {
  const makeFolder = temporaryFolders();

  function find(home: TemporaryFolder, registry: string, options: Partial<DockerCredentialOptions> = {}, repository = 'team/web'): Promise<RegistryCredential | undefined> {
    const environment = { PATH: `${path.join(home.path, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`, ...options.environment };
    return dockerCredentials({ home: home.path, mayRunPrograms: () => true, ...options, environment }).find({ registry, repository }, never);
  }

  /** A credential helper of these words of a shell; it notes what it was asked in `asked`. */
  function addHelper(home: TemporaryFolder, name: string, script: string): void {
    home.put(`bin/docker-credential-${name}`, `#!/bin/sh\nread key\necho "$1 $key" >> "${home.path}/asked"\n${script}\n`);
    fs.chmodSync(path.join(home.path, 'bin', `docker-credential-${name}`), 0o755);
  }

  async function fails(work: Promise<unknown>, code: string, words: RegExp): Promise<void> {
    await assert.rejects(work, (error) => error instanceof RegistryFailure && error.code === code && (assert.match(error.message, words), true));
  }

  it('are those of docker’s file, then of podman’s', async () => {
    const home = makeFolder();
    assert.equal(await find(home, 'ghcr.io'), undefined);
    home.put('.config/containers/auth.json', JSON.stringify({ auths: { 'quay.io': { auth: basic('pod:man') }, 'ghcr.io': { auth: basic('not:this') } } }));
    home.put('.docker/config.json', JSON.stringify({ auths: { 'ghcr.io': { auth: basic('ada:p:w') } } }));
    assert.deepEqual(await find(home, 'ghcr.io'), { kind: 'password', username: 'ada', password: 'p:w' });
    assert.deepEqual(await find(home, 'quay.io'), { kind: 'password', username: 'pod', password: 'man' });
    assert.equal(await find(home, 'registry.example.com'), undefined);
  });

  it('are read where the environment says', () => {
    assert.deepEqual(credentialFiles({ home: '/h', environment: { DOCKER_CONFIG: '/d', REGISTRY_AUTH_FILE: '/r.json', XDG_RUNTIME_DIR: '/run/u' } }), [
      '/d/config.json',
      '/r.json',
      '/run/u/containers/auth.json',
      '/h/.config/containers/auth.json',
    ]);
  });

  it('are asked of the program for a host, by the key that docker uses', async () => {
    const home = makeFolder();
    addHelper(home, 'hub', `echo '{"ServerURL": "x", "Username": "ada", "Secret": "s3cret"}'`);
    addHelper(home, 'all', `echo '{"Username": "<token>", "Secret": "refresh"}'`);
    home.put('.docker/config.json', JSON.stringify({ credHelpers: { 'https://index.docker.io/v1/': 'hub' }, credsStore: 'all', auths: { 'ghcr.io': {} } }));
    assert.deepEqual(await find(home, 'docker.io'), { kind: 'password', username: 'ada', password: 's3cret' });
    assert.deepEqual(await find(home, 'shop.azurecr.io'), { kind: 'identityToken', token: 'refresh' });
    assert.equal(home.read('asked'), 'get https://index.docker.io/v1/\nget shop.azurecr.io\n');
  });

  it('are looked for further where a program has none', async () => {
    const home = makeFolder();
    addHelper(home, 'none', 'echo "credentials not found in native keychain"; exit 1');
    home.put('.docker/config.json', JSON.stringify({ credsStore: 'none' }));
    home.put('.config/containers/auth.json', JSON.stringify({ auths: { 'ghcr.io': { auth: basic('pod:man') } } }));
    assert.deepEqual(await find(home, 'ghcr.io'), { kind: 'password', username: 'pod', password: 'man' });
    assert.equal(await find(home, 'quay.io'), undefined);
  });

  it('that only a program knows are not asked for in a workspace that isn’t trusted', async () => {
    const home = makeFolder();
    addHelper(home, 'hub', 'exit 0');
    home.put('.docker/config.json', JSON.stringify({ credsStore: 'hub', auths: { 'ghcr.io': { auth: basic('a:b') } } }));
    await fails(find(home, 'ghcr.io', { mayRunPrograms: () => false }), 'registry/untrusted', /come from the program docker-credential-hub/);
    assert.ok(!fs.existsSync(path.join(home.path, 'asked')));
  });

  it('name no program by a path, an option or a shell', async () => {
    for (const name of ['../evil', '/bin/sh', '-x', 'a;b', 'a b', '$(x)', '']) {
      const home = makeFolder();
      home.put('.docker/config.json', JSON.stringify({ credsStore: name, credHelpers: { 'ghcr.io': name } }));
      assert.equal(await find(home, 'ghcr.io'), undefined, name);
    }
  });

  it('fail with words where a program is missing, breaks, hangs or babbles, and tell no secret', async () => {
    const home = makeFolder();
    addHelper(home, 'broken', 'echo "no display; sign in first"; exit 3');
    addHelper(home, 'odd', `echo '{"Secret": 5, "leak": "hunter2"}'`);
    addHelper(home, 'slow', 'exec sleep 30');
    addHelper(home, 'loud', 'exec yes');
    const configured = (name: string): TemporaryFolder => home.put('.docker/config.json', JSON.stringify({ credsStore: name }));
    await fails(find(configured('broken'), 'ghcr.io'), 'registry/helper-failed', /docker-credential-broken ends with status 3: no display; sign in first\.$/);
    await fails(find(configured('odd'), 'ghcr.io'), 'registry/helper-failed', /answers something else than credentials\.$/);
    await fails(find(configured('slow'), 'ghcr.io', { timeout: 300 }), 'registry/helper-failed', /did not answer within 0\.3 seconds/);
    await fails(find(configured('loud'), 'ghcr.io'), 'registry/helper-failed', /answers too much/);
    await fails(find(configured('missing-one'), 'ghcr.io'), 'registry/helper-failed', /docker-credential-missing-one.* is not installed/);
  });

  it('in a file that can’t be read are a failure, in one that is missing or empty none', async () => {
    const home = makeFolder();
    home.put('.docker/config.json', '{"auths": ');
    await fails(find(home, 'ghcr.io'), 'registry/invalid-config', /config\.json can't be read/);
    home.put('.docker/config.json', '');
    assert.equal(await find(home, 'ghcr.io'), undefined);
  });

  it('of several places are those of the first that has some', async () => {
    const one = { find: async () => undefined };
    const two = { find: async (): Promise<RegistryCredential> => ({ kind: 'registryToken', token: 't' }) };
    assert.deepEqual(await firstCredentials([one, two]).find({ registry: 'a', repository: 'b' }, never), { kind: 'registryToken', token: 't' });
  });
});
