import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { toCorePath, toSystemPath } from '../../../src/adapters/disk/paths.js';
import { openRemoteCache } from '../../../src/adapters/remote/remoteCache.js';
import type { RemoteRepository } from '../../../src/core/kustomize/remote.js';
import type { FetchedCopy } from '../../../src/services/ports.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

const signal = new AbortController().signal;

function repositoryAt({ path: folder }: TemporaryFolder, ref?: string): RemoteRepository {
  return { kind: 'repository', repository: `file://${toCorePath(folder)}`, timeout: 27, submodules: true, ...(ref !== undefined && { ref }) };
}

describe('remote repositories', () => {
  const folder = temporaryFolders();
  const fetchInto = (cache: TemporaryFolder, remote: RemoteRepository, submodules = false): Promise<FetchedCopy> =>
    openRemoteCache(cache.path).fetcher.repository(remote, { submodules }, signal);

  it('are fetched at their default branch, without what is git’s, and pinned to the commit', async () => {
    const origin = folder('#- base/a.yaml\na: 1');
    const commit = origin.commit();
    const copy = await fetchInto(folder(), repositoryAt(origin));
    assert.equal(copy.version, commit);
    assert.deepEqual(fs.readdirSync(toSystemPath(copy.path)), ['base']);
    assert.equal(fs.readFileSync(path.join(toSystemPath(copy.path), 'base/a.yaml'), 'utf8'), 'a: 1\n');
  });

  it('are fetched at a branch, a tag, or a commit', async () => {
    const origin = folder('#- a.yaml\na: 1');
    const first = origin.commit();
    origin.git('tag', '-a', 'v1', '-m', 'one');
    const second = origin.put('a.yaml', 'a: 2').commit();
    origin.git('branch', 'feature/x');
    origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const cache = folder();
    for (const [ref, commit] of [
      ['v1', first],
      ['feature/x', second],
      ['main', second],
      [first, first],
    ] as const) {
      assert.equal((await fetchInto(cache, repositoryAt(origin, ref))).version, commit, ref);
    }
    assert.equal(fs.readdirSync(path.join(cache.path, 'remote')).length, 2, 'a folder for each commit, and nothing half done');
  });

  it('fail with words where the ref or the repository is not there', async () => {
    const origin = folder('#- a.yaml\na: 1');
    origin.commit();
    const cache = folder();
    await assert.rejects(fetchInto(cache, repositoryAt(origin, 'nope')), { name: 'Failure', code: 'remote/unknown-ref', message: /has no nope/ });
    await assert.rejects(fetchInto(cache, { ...repositoryAt(origin), repository: `file://${origin.core}/none` }), { code: 'remote/unreachable' });
    assert.deepEqual(fs.readdirSync(path.join(cache.path, 'remote')), []);
  });

  it('are not asked for by addresses and refs that git could take for something else', async () => {
    const cache = folder();
    const remote: RemoteRepository = { kind: 'repository', repository: '', timeout: 27, submodules: false };
    for (const repository of ['--upload-pack=touch x', 'ext::sh -c "touch x"', '-x', 'https://-x', 'file::/x', '/etc', 'fd::17']) {
      await assert.rejects(fetchInto(cache, { ...remote, repository }), { code: 'remote/unsafe-address' }, repository);
    }
    for (const ref of ['--upload-pack=x', '+main', 'a:b', 'a b', 'a..b', 'main;x']) {
      await assert.rejects(fetchInto(cache, { ...remote, repository: 'https://example.invalid/x', ref }), { code: 'remote/unknown-ref' }, ref);
    }
  });

  it('bring no link that leads out of the copy', async () => {
    const origin = folder('#- real/a.yaml\na: 1');
    origin.link('inside.yaml', 'real/a.yaml').link('real/up', '..').link('outside', '../../..').link('absolute', '/etc/passwd').link('chained', 'outside/x');
    origin.commit();
    const copy = toSystemPath((await fetchInto(folder(), repositoryAt(origin))).path);
    assert.deepEqual(fs.readdirSync(copy).sort(), ['inside.yaml', 'real']);
    assert.equal(fs.readFileSync(path.join(copy, 'inside.yaml'), 'utf8'), 'a: 1\n');
  });

  it('run no hook, and bring submodules only when asked to', async () => {
    const inner = folder('#- m.yaml\nm: 1');
    inner.commit();
    const origin = folder('#- a.yaml\na: 1');
    origin.commit();
    origin.git('submodule', '--quiet', 'add', `file://${inner.core}`, 'module');
    origin.commit();
    const cache = folder();
    const without = toSystemPath((await fetchInto(cache, repositoryAt(origin))).path);
    assert.deepEqual(fs.readdirSync(path.join(without, 'module')), []);
    const withThem = toSystemPath((await fetchInto(cache, repositoryAt(origin), true)).path);
    assert.deepEqual(fs.readdirSync(path.join(withThem, 'module')), ['m.yaml']);
  });

  it('stop coming when the user cancels', async () => {
    const origin = folder('#- a.yaml\na: 1');
    origin.commit();
    const cache = folder();
    const controller = new AbortController();
    const fetching = openRemoteCache(cache.path).fetcher.repository(repositoryAt(origin), { submodules: false }, controller.signal);
    controller.abort();
    await assert.rejects(fetching, { name: 'AbortError' });
    assert.deepEqual(fs.readdirSync(path.join(cache.path, 'remote')), []);
  });
});

describe('remote files', () => {
  const folder = temporaryFolders();
  let server: http.Server;
  let address = '';

  beforeEach(async () => {
    server = http.createServer((request, response) => {
      if (request.url === '/moved.yaml') response.writeHead(302, { location: '/a.yaml' }).end();
      else if (request.url === '/a.yaml?x=1' || request.url === '/a.yaml') response.end('a: 1\n');
      else if (request.url === '/endless') {
        const chunk = Buffer.alloc(1 << 20);
        const write = (): void => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once('drain', write);
        };
        write();
      } else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const fetchFile = (cache: TemporaryFolder, url: string): Promise<FetchedCopy> => openRemoteCache(cache.path).fetcher.file({ kind: 'file', url }, signal);

  it('are fetched, redirected or not, and pinned to their content', async () => {
    const cache = folder();
    for (const name of ['a.yaml', 'moved.yaml', 'a.yaml?x=1']) {
      const copy = await fetchFile(cache, `${address}/${name}`);
      assert.equal(fs.readFileSync(toSystemPath(copy.path), 'utf8'), 'a: 1\n');
      assert.equal(path.posix.basename(copy.path), name.split('?')[0]);
      assert.match(copy.version, /^[0-9a-f]{64}$/);
    }
  });

  it('fail with words where they are missing, endless, or nobody answers', async () => {
    const cache = folder();
    await assert.rejects(fetchFile(cache, `${address}/none.yaml`), { name: 'Failure', code: 'remote/missing-path', message: /404/ });
    await assert.rejects(fetchFile(cache, `${address}/endless`), { code: 'remote/too-large' });
    server.close();
    server.closeAllConnections();
    await assert.rejects(fetchFile(cache, `${address}/a.yaml`), { code: 'remote/unreachable' });
    assert.deepEqual(fs.readdirSync(path.join(cache.path, 'remote')), []);
  });

  it('are fetched from the web only', async () => {
    await assert.rejects(fetchFile(folder(), 'file:///etc/passwd'), { code: 'remote/unsafe-address' });
  });
});
