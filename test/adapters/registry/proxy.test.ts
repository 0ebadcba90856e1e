/** Proxies for registries: which requests take one, and what goes through it. */
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { OciRegistry } from '../../../src/adapters/registry/ociRegistry.js';
import { proxyFor, type ProxyVariables } from '../../../src/adapters/registry/proxy.js';
import { makeServerIdentity } from '../../../src/sandbox/api/certificates.js';

const never = new AbortController().signal;

describe('the proxy of a request', () => {
  const of = (url: string, variables: ProxyVariables): string | undefined => proxyFor(new URL(url), variables)?.href;
  const proxy = 'http://proxy.example.com:3128';

  it('is what HTTPS_PROXY says, for https alone', () => {
    assert.equal(of('https://ghcr.io/v2/', { HTTPS_PROXY: proxy }), `${proxy}/`);
    assert.equal(of('https://ghcr.io/v2/', { https_proxy: 'proxy.example.com:3128' }), `${proxy}/`);
    assert.equal(of('https://ghcr.io/v2/', { HTTPS_PROXY: '', https_proxy: proxy }), `${proxy}/`);
    assert.equal(of('http://ghcr.io/v2/', { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }), undefined);
    assert.equal(of('https://ghcr.io/v2/', { HTTPS_PROXY: 'socks5://proxy.example.com' }), undefined);
    assert.equal(of('https://ghcr.io/v2/', {}), undefined);
  });

  const cases: readonly (readonly [host: string, exceptions: string, isDirect: boolean])[] = [
    ['ghcr.io', '*', true],
    ['ghcr.io', 'other.io, ghcr.io', true],
    ['pkg.ghcr.io', 'ghcr.io', true],
    ['notghcr.io', 'ghcr.io', false],
    ['ghcr.io', '.ghcr.io', false],
    ['pkg.ghcr.io', '.ghcr.io', true],
    ['pkg.ghcr.io', '*.ghcr.io', true],
    ['GHCR.io', 'ghcr.IO', true],
    ['ghcr.io:5000', 'ghcr.io:5000', true],
    ['ghcr.io:5001', 'ghcr.io:5000', false],
    ['ghcr.io', 'ghcr.io:443', true],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['[fd00::7]', 'fd00::/8', true],
    ['[fd00::7]:5000', '[fd00::7]:5000', true],
    ['10.1.2.3', '10.0.0.0/99', false],
    ['localhost:5000', '', true],
    ['127.0.0.1', '', true],
    ['[::1]', '', true],
  ];
  for (const [host, exceptions, isDirect] of cases) {
    it(`is ${isDirect ? 'none' : 'taken'} for ${host} with NO_PROXY=${exceptions}`, () => {
      assert.equal(of(`https://${host}/`, { HTTPS_PROXY: proxy, NO_PROXY: exceptions }) === undefined, isDirect);
    });
  }
});

describe('a registry behind a proxy', () => {
  const host = 'registry.example.test:5443';
  let registry: https.Server;
  let proxy: http.Server;
  let asked: { readonly target: string | undefined; readonly authorization: string | undefined }[];
  let client: OciRegistry;
  /** The ends of tunnels, which no server closes. */
  const sockets = new Set<net.Socket>();

  const portOf = (server: net.Server): number => (server.address() as AddressInfo).port;

  beforeEach(async () => {
    const { certificate, key } = makeServerIdentity(Date.now());
    registry = https.createServer({ cert: certificate, key }, (_, answer) => answer.setHeader('Content-Type', 'application/json').end('{"name":"team/web","tags":["v1","v2"]}'));
    asked = [];
    proxy = http.createServer().on('connect', ({ url, headers }: http.IncomingMessage, socket: net.Socket) => {
      sockets.add(socket);
      asked.push({ target: url, authorization: headers['proxy-authorization'] });
      if (headers['proxy-authorization'] === undefined) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      const through = net.connect(portOf(registry), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      sockets.add(through);
      through.on('error', () => socket.destroy());
      socket.on('error', () => through.destroy());
    });
    await Promise.all([registry, proxy].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  });
  afterEach(async () => {
    client.close();
    registry.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await Promise.all([registry, proxy].map((server) => new Promise((done) => server.close(done))));
  });

  function open(user: string, insecure: readonly string[]): void {
    client = new OciRegistry({
      credentials: { find: async () => undefined },
      insecure: () => insecure,
      proxyFor: () => new URL(`http://${user}127.0.0.1:${portOf(proxy)}`),
      patience: { timeout: 5000, whole: 20_000, pause: 1, longestWait: 1 },
    });
  }

  it('is asked through a tunnel, with the name and password of the URL', async () => {
    open('ada:pass%20word@', [host]);
    assert.deepEqual((await client.tags({ registry: host, repository: 'team/web' }, never)).tags, ['v1', 'v2']);
    assert.deepEqual(asked[0], { target: host, authorization: `Basic ${Buffer.from('ada:pass word').toString('base64')}` });
  });

  it('has its certificate checked as without a proxy', async () => {
    open('ada:secret@', []);
    await assert.rejects(client.tags({ registry: host, repository: 'team/web' }, never), /registry\.example\.test:5443 can't be reached: .*(?:self.signed|certificate)/i);
  });

  it('can not be reached where the proxy refuses, which is said without the password', async () => {
    open('', [host]);
    await assert.rejects(client.tags({ registry: host, repository: 'team/web' }, never), ({ message }: Error) => {
      assert.match(message, /the proxy 127\.0\.0\.1:\d+ answers 407 Proxy Authentication Required/);
      return true;
    });
  });
});
