/** Which credentials of a file are for a registry, by Docker's and Podman's rules. */
import assert from 'node:assert/strict';
import { findCredentialSource, isHelperName, readCredentialFile, readHelperAnswer, type CredentialSource } from '../../../src/core/registry/credentials.js';
import { apiHostOf, canonicalHost, isLocalHost, isRegistryHost, makerOf, signInAdvice } from '../../../src/core/registry/registryHost.js';

const auth = (text: string): { auth: string } => ({ auth: btoa(text) });

function find(content: object, registry: string, repository = 'team/web'): CredentialSource {
  const file = readCredentialFile(JSON.stringify(content));
  assert.ok(file);
  return findCredentialSource(file, { registry, repository });
}

const userOf = (source: CredentialSource): string => (source.kind === 'credential' && source.credential.kind === 'password' ? source.credential.username : source.kind);

describe('credentials for registries', () => {
  it('of Docker Hub stand under its old address, whatever the image is called by', () => {
    const content = { auths: { 'https://index.docker.io/v1/': auth('hub:x') } };
    for (const registry of ['docker.io', 'index.docker.io', 'registry-1.docker.io']) assert.equal(userOf(find(content, registry)), 'hub');
    assert.equal(find(content, 'ghcr.io').kind, 'none');
    assert.equal(userOf(find({ auths: { 'docker.io': auth('pod:x') } }, 'docker.io')), 'pod');
  });

  it('stand under a host, with or without scheme and version', () => {
    for (const key of ['ghcr.io', 'https://ghcr.io', 'https://ghcr.io/', 'http://ghcr.io/v2/', 'GHCR.IO'])
      assert.equal(userOf(find({ auths: { [key]: auth('a:x') } }, 'ghcr.io')), 'a', key);
    assert.equal(find({ auths: { 'ghcr.io:5000': auth('a:x') } }, 'ghcr.io').kind, 'none');
    assert.equal(find({ auths: { 'evil-ghcr.io': auth('a:x') } }, 'ghcr.io').kind, 'none');
  });

  it('of a path are for what is below it alone, the longest first', () => {
    const content = { auths: { 'quay.io': auth('all:x'), 'quay.io/team': auth('team:x'), 'quay.io/team/web': auth('web:x') } };
    assert.equal(userOf(find(content, 'quay.io', 'team/web')), 'web');
    assert.equal(userOf(find(content, 'quay.io', 'team/api')), 'team');
    assert.equal(userOf(find(content, 'quay.io', 'teams/api')), 'all');
    assert.equal(find({ auths: { 'quay.io/team': auth('team:x') } }, 'quay.io', 'other/web').kind, 'none');
  });

  it('are asked of the program for the host before the one for all, and before the file', () => {
    const content = { credHelpers: { '123.dkr.ecr.eu-west-1.amazonaws.com': 'ecr-login' }, credsStore: 'desktop', auths: { 'ghcr.io': auth('a:x') } };
    assert.deepEqual(find(content, '123.dkr.ecr.eu-west-1.amazonaws.com'), { kind: 'helper', helper: 'ecr-login', keys: ['123.dkr.ecr.eu-west-1.amazonaws.com'] });
    const source = find(content, 'ghcr.io');
    assert.deepEqual([source.kind, source.kind === 'helper' && source.helper], ['helper', 'desktop']);
  });

  it('may be tokens, and passwords may hold anything', () => {
    assert.deepEqual(find({ auths: { a: { identitytoken: 'i', ...auth('00000000-0000-0000-0000-000000000000:') } } }, 'a'), {
      kind: 'credential',
      credential: { kind: 'identityToken', token: 'i' },
    });
    assert.deepEqual(find({ auths: { a: { registrytoken: 'r' } } }, 'a'), { kind: 'credential', credential: { kind: 'registryToken', token: 'r' } });
    assert.deepEqual(find({ auths: { a: { auth: Buffer.from('ü:p:ä\u0000\u0000').toString('base64') } } }, 'a'), {
      kind: 'credential',
      credential: { kind: 'password', username: 'ü', password: 'p:ä' },
    });
    assert.equal(userOf(find({ auths: { a: { username: 'u', password: 'p' } } }, 'a')), 'u');
  });

  it('that can’t be read are none', () => {
    for (const entry of [{}, { auth: '' }, { auth: '%%%' }, { auth: 'a' }, { auth: btoa('nocolon') }, { auth: btoa(':x') }, { auth: 5 }, 'text', null])
      assert.equal(find({ auths: { a: entry } }, 'a').kind, 'none');
    assert.equal(readCredentialFile('[]'), undefined);
    assert.equal(readCredentialFile('{'), undefined);
    assert.deepEqual(find({ auths: [], credHelpers: 'x', credsStore: 4 }, 'a'), { kind: 'none' });
  });

  it('of programs are read from their answers', () => {
    assert.deepEqual(readHelperAnswer('{"ServerURL":"a","Username":"u","Secret":"s"}'), { kind: 'password', username: 'u', password: 's' });
    assert.deepEqual(readHelperAnswer('{"Username":"<token>","Secret":"s"}'), { kind: 'identityToken', token: 's' });
    for (const text of ['', '{}', 'credentials not found', '{"Username":"u"}', '{"Username":"u","Secret":""}']) assert.equal(readHelperAnswer(text), undefined);
  });

  it('come from programs with plain names only', () => {
    for (const name of ['desktop', 'ecr-login', 'osxkeychain', 'wincred.exe', 'gcloud']) assert.ok(isHelperName(name), name);
    for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', '-x', 'a b', 'a;b', 'a\n']) assert.ok(!isHelperName(name), name);
  });
});

describe('hosts of registries', () => {
  it('have one name, and an address for their API', () => {
    assert.deepEqual(['index.docker.io', 'Docker.io', 'GHCR.io', 'localhost:5000'].map(canonicalHost), ['docker.io', 'docker.io', 'ghcr.io', 'localhost:5000']);
    assert.deepEqual(['docker.io', 'ghcr.io', 'localhost:5000'].map(apiHostOf), ['registry-1.docker.io', 'ghcr.io', 'localhost:5000']);
  });

  it('are on this machine only by names that lead nowhere else', () => {
    for (const host of ['localhost', 'localhost:5000', 'k3d.localhost:5000', '127.0.0.1:80', '127.1.2.3', '[::1]:5000']) assert.ok(isLocalHost(host), host);
    for (const host of ['localhost.example.com', '127.0.0.1.example.com', '10.0.0.1', 'notlocalhost', '[::2]']) assert.ok(!isLocalHost(host), host);
  });

  it('are hosts and nothing else', () => {
    for (const host of ['ghcr.io', 'localhost:5000', '10.0.0.1', 'a-b.c', '[::1]:5000']) assert.ok(isRegistryHost(host), host);
    for (const host of ['', 'user@host', 'a/b', 'a b', '-a.b', 'a..b', 'a:b', 'a?x', 'host#x']) assert.ok(!isRegistryHost(host), host);
  });

  it('tell who makes them, and how to sign in there', () => {
    const makers = {
      'docker.io': 'dockerHub',
      'ghcr.io': 'github',
      'shop.azurecr.io': 'azure',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com': 'amazon',
      'public.ecr.aws': 'amazon',
      'europe-docker.pkg.dev': 'google',
      'eu.gcr.io': 'google',
      'quay.io': 'quay',
      'registry.gitlab.com': 'gitlab',
      'harbor.example.com': 'other',
    };
    for (const [host, maker] of Object.entries(makers)) {
      assert.equal(makerOf(host), maker, host);
      assert.match(signInAdvice(host), /^(Run|Store) .*\.$/, host);
    }
    assert.match(signInAdvice('123456789012.dkr.ecr.eu-west-1.amazonaws.com'), /--region eu-west-1 /);
  });
});
