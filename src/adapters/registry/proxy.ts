/**
 * Proxies as the variables of the environment name them, for hosts that are spoken to with https: which one a request takes,
 * and the tunnel through it. The variables mean what they mean to docker and other tools in Go (golang.org/x/net
 * http/httpproxy v0.38); plain http is for hosts of one's own, and takes none.
 */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';

/** Variables of the environment. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>;

/** The proxy that a request to a URL takes; undefined where it goes directly. */
export function proxyFor(url: URL, variables: ProxyVariables): URL | undefined {
  const named = firstOf(variables, 'HTTPS_PROXY', 'https_proxy');
  if (named === undefined || url.protocol !== 'https:' || !mayTakeProxy(url, firstOf(variables, 'NO_PROXY', 'no_proxy') ?? '')) return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  return proxy && (proxy.protocol === 'http:' || proxy.protocol === 'https:') ? proxy : undefined;
}

function firstOf(variables: ProxyVariables, ...names: readonly string[]): string | undefined {
  return names.map((name) => variables[name]).find((value) => value !== undefined && value !== '');
}

/** False for this machine, and for what a list of exceptions names: hosts with those below them, addresses and their ranges, perhaps with a port. */
function mayTakeProxy(url: URL, exceptions: string): boolean {
  const host = plainHost(url.hostname);
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host.startsWith('127.')) return false;
  return exceptions.split(',').every((each) => !isExcepted(host, url.port === '' ? '443' : url.port, each.trim().toLowerCase()));
}

function isExcepted(host: string, port: string, exception: string): boolean {
  if (exception === '' || exception === '*') return exception === '*';
  const [, name = '', , only] = /^(\[[^\]]*\]|[^:]*(?::[^:]*:[^]*)?)(:(\d+))?$/.exec(exception) ?? [];
  if (only !== undefined && only !== port) return false;
  const [address = '', bits] = plainHost(name).split('/');
  const kind = net.isIP(address);
  if (kind !== 0) {
    if (net.isIP(host) !== kind) return false;
    const list = new net.BlockList();
    const family = kind === 6 ? 'ipv6' : 'ipv4';
    const size = bits === undefined ? (kind === 6 ? 128 : 32) : Number(bits);
    if (!Number.isInteger(size) || size < 0 || size > (kind === 6 ? 128 : 32)) return false;
    list.addSubnet(address, size, family);
    return list.check(host, family);
  }
  const suffix = address.replace(/^\*?\./, '');
  // With a dot in front only what is below counts.
  return host.endsWith(`.${suffix}`) || (host === suffix && suffix === address);
}

function plainHost(host: string): string {
  return host.toLowerCase().replace(/^\[([^\]]*)\]$/, '$1');
}

export interface TunnelOptions {
  /** True where any certificate will do. */
  readonly isUnchecked: boolean;
  readonly signal: AbortSignal;
}

/** A connection to a host through a proxy, encrypted from end to end. Rejects where the proxy refuses, or the host has no good certificate. */
export function openTunnel(proxy: URL, target: URL, { isUnchecked, signal }: TunnelOptions): Promise<tls.TLSSocket> {
  const to = `${target.hostname}:${target.port === '' ? '443' : target.port}`;
  const user = proxy.username === '' ? undefined : `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? https : http).request({
      host: plainHost(proxy.hostname),
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
      method: 'CONNECT',
      path: to,
      agent: false,
      signal,
      headers: { Host: to, 'User-Agent': 'gitops-workbench', ...(user !== undefined && { 'Proxy-Authorization': `Basic ${Buffer.from(user).toString('base64')}` }) },
    });
    request.once('connect', ({ statusCode = 0, statusMessage = '' }, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answers ${statusCode} ${statusMessage}`.trim()));
        return;
      }
      const host = plainHost(target.hostname);
      const secured = tls.connect({ socket, host, ...(net.isIP(host) === 0 && { servername: host }), rejectUnauthorized: !isUnchecked }, () => resolve(secured));
      secured.once('error', reject);
    });
    request.once('response', ({ statusCode = 0 }) => {
      request.destroy();
      reject(new Error(`the proxy ${proxy.host} answers ${statusCode}`));
    });
    request.once('error', (error) => reject(signal.aborted ? error : new Error(`the proxy ${proxy.host} can't be used: ${error.message}`, { cause: error })));
    request.end();
  });
}
