/** A real registry (Debian's `docker-registry`, the reference implementation of the distribution specification) as a process of a test, and a token service of our own for it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID, sign } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeServerIdentity, type ServerIdentity } from '../../../src/sandbox/api/certificates.js';
import { putImage, type ImageWords } from '../../../src/sandbox/registry/putImage.js';
import { RegistryStore } from '../../../src/sandbox/registry/registryStore.js';
import { startScriptedRegistry, type ScriptedRegistry } from './scriptedRegistry.js';

/** The version of the program; undefined where it isn't installed. */
export function dockerRegistryVersion(): string | undefined {
  const { status, stdout } = spawnSync('docker-registry', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

export interface DockerRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  close(): Promise<void>;
}

export interface DockerRegistryOptions {
  /** Where it keeps what it has; another one may be started on the same later. */
  readonly folder: string;
  /** Lines of its configuration besides storage and address, such as `auth:`. */
  readonly more?: string;
  readonly tls?: ServerIdentity;
}

/** Starts it; comes back when it answers. */
export async function startDockerRegistry({ folder, more = '', tls }: DockerRegistryOptions): Promise<DockerRegistry> {
  for (let tries = 0; ; tries++) {
    const host = `127.0.0.1:${await freePort()}`;
    const file = path.join(folder, `config-${randomUUID()}.yml`);
    const secured = tls ? `\n  tls: {certificate: ${putFile(folder, tls.certificate)}, key: ${putFile(folder, tls.key)}}` : '';
    fs.writeFileSync(
      file,
      `version: 0.1\nlog: {level: error}\nstorage:\n  filesystem: {rootdirectory: ${path.join(folder, 'storage')}}\n  delete: {enabled: true}\nhttp:\n  addr: ${host}${secured}\n${more}\n`,
    );
    const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
    if (await answers(host, child)) return { host, close: () => end(child) };
    await end(child);
    // Somebody else may have taken the port meanwhile.
    if (tries === 3) throw new Error(`docker-registry does not come up: ${words}`);
  }
}

function putFile(folder: string, text: string): string {
  const file = path.join(folder, `${randomUUID()}.pem`);
  fs.writeFileSync(file, text);
  return file;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** True once something listens; false where the process ended. */
async function answers(host: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      await fetch(`http://${host}/`);
      return true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await wait(20);
    }
  }
  return false;
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Pushes a tiny image, as a build would; gives the digest of the tag. */
export async function pushImage(host: string, repository: string, tag: string, words: ImageWords): Promise<string> {
  const store = new RegistryStore(undefined);
  const digest = putImage(store, repository, tag, words);
  const top = store.manifest(repository, tag);
  if (!top) throw new Error('nothing was made');
  const push = async (reference: string): Promise<void> => {
    const manifest = store.manifest(repository, reference);
    if (!manifest) throw new Error(`no ${reference}`);
    const content = JSON.parse(manifest.bytes.toString('utf8')) as {
      readonly manifests?: readonly { readonly digest: string }[];
      readonly config?: { readonly digest: string };
      readonly layers?: readonly { readonly digest: string }[];
    };
    for (const child of content.manifests ?? []) await push(child.digest);
    for (const blob of [...(content.config ? [content.config] : []), ...(content.layers ?? [])]) await pushBlob(host, repository, blob.digest, store.blob(repository, blob.digest));
    const answer = await fetch(`http://${host}/v2/${repository}/manifests/${reference}`, {
      method: 'PUT',
      headers: { 'content-type': manifest.mediaType },
      body: new Uint8Array(manifest.bytes),
    });
    if (answer.status !== 201) throw new Error(`${reference}: ${answer.status} ${await answer.text()}`);
  };
  await push(tag);
  return digest;
}

async function pushBlob(host: string, repository: string, digest: string, bytes: Buffer | undefined): Promise<void> {
  const session = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(session.headers.get('location') ?? '', `http://${host}`);
  location.searchParams.set('digest', digest);
  const answer = await fetch(location, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array(bytes ?? Buffer.alloc(0)) });
  if (answer.status !== 201) throw new Error(`${digest}: ${answer.status} ${await answer.text()}`);
}

export interface TokenService {
  readonly server: ScriptedRegistry;
  /** For the registry's configuration. */
  readonly config: string;
  close(): Promise<void>;
}

const issuer = 'tests';

/**
 * A token service (distribution, docs/spec/auth): everybody may pull `public/*`; who has the password may pull the rest.
 * Tokens are signed with a certificate that the registry is told of.
 */
export async function startTokenService(folder: string, password: string, refreshToken: string): Promise<TokenService> {
  const identity = makeServerIdentity(Date.now());
  const server = await startScriptedRegistry(({ method, url, authorization, body }, response) => {
    const asked = method === 'POST' ? new URLSearchParams(body) : new URL(url, 'http://x').searchParams;
    const isUser = method === 'POST' ? asked.get('refresh_token') === refreshToken : authorization === `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`;
    if ((method === 'POST' || authorization !== undefined) && !isUser) return void response.writeHead(401).end();
    const access = asked.getAll('scope').flatMap((scope) => {
      const [type, name = '', actions = ''] = scope.split(':');
      return isUser || name.startsWith('public/') ? [{ type, name, actions: actions.split(',').filter((action) => action === 'pull') }] : [];
    });
    const token = makeToken(identity, asked.get('service') ?? '', access);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(method === 'POST' ? { access_token: token, expires_in: 300 } : { token }));
  });
  const config = `auth:\n  token: {realm: "http://${server.host}/token", service: test-registry, issuer: ${issuer}, rootcertbundle: ${putFile(folder, identity.certificate)}}`;
  return { server, config, close: () => server.close() };
}

function makeToken({ certificate, key }: ServerIdentity, audience: string, access: readonly object[]): string {
  const now = Math.floor(Date.now() / 1000);
  const der = certificate.replace(/-----[^-]+-----|\s/g, '');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: issuer, sub: 'ada', aud: audience, exp: now + 300, nbf: now - 60, iat: now, jti: randomUUID(), access };
  const signed = `${encode({ typ: 'JWT', alg: 'ES256', x5c: [der] })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
