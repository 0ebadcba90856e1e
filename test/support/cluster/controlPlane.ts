/**
 * A real control plane for tests, from the binaries of the folder that KUBEBUILDER_ASSETS names (the convention of
 * controller-runtime's envtest): etcd, kube-apiserver and, where asked for, kube-controller-manager. Where the folder has
 * kube-scheduler and kwok too, pods are scheduled and become ready. Everything lives in a folder of its own and listens on
 * the loopback.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { JsonObject } from '../../../src/core/live/json.js';
import { makeServerIdentity } from '../../../src/sandbox/api/certificates.js';
import { makeToken, type KnownUser } from '../../../src/sandbox/api/access.js';
import { formatKubeconfig } from '../../../src/sandbox/api/kubeconfig.js';
import { simulatedObjects, stagesText } from './simulatedPods.js';

export interface ControlPlane {
  readonly address: string;
  /** In PEM. */
  readonly certificate: string;
  readonly users: readonly KnownUser[];
  readonly kubeconfigPath: string;
  close(): Promise<void>;
}

/** True where a folder has what lets pods become ready. */
export function canHavePods(assets: string): boolean {
  return ['kube-controller-manager', 'kube-scheduler', 'kwok'].every((name) => fs.existsSync(path.join(assets, name)));
}

const startTimeout = 90_000;

/** @param assets the folder of the binaries */
export async function startControlPlane(assets: string, { withControllers }: { readonly withControllers: boolean }): Promise<ControlPlane> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-control-plane-'));
  const processes: ChildProcess[] = [];
  const run = (name: string, words: readonly string[]): void => void processes.push(start(path.join(assets, name), words, folder));
  const close = async (): Promise<void> => {
    for (const each of processes.reverse()) await stop(each);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [clients = 0, peers = 0, port = 0, manager = 0, scheduler = 0, kubelet = 0] = await freePorts(6);
    const files = writeFiles(folder);
    const etcd = `http://127.0.0.1:${clients}`;
    const peer = `http://127.0.0.1:${peers}`;
    run('etcd', [
      ...['--data-dir', path.join(folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'warn'],
      ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    ]);
    run('kube-apiserver', apiServerFlags(folder, etcd, port, withControllers));
    const address = `https://127.0.0.1:${port}`;
    const { users, certificate } = files;
    const kubeconfigPath = path.join(folder, 'kubeconfig');
    fs.writeFileSync(kubeconfigPath, formatKubeconfig({ name: 'real', address, certificate, users }), { mode: 0o600 });
    const ask = (method: string, target: string, body?: JsonObject): Promise<number> => send(`${address}${target}`, certificate, users[0]?.token ?? '', method, body);
    await waitForReady(ask, processes, folder);
    if (withControllers) run('kube-controller-manager', managerFlags(folder, kubeconfigPath, manager));
    await ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', viewers);
    if (withControllers && canHavePods(assets)) {
      for (const each of simulatedObjects) await ask('POST', each.path, each.body);
      fs.writeFileSync(path.join(folder, 'stages.yaml'), stagesText());
      run('kube-scheduler', [...clientFlags(kubeconfigPath), ...servingFlags(folder, scheduler)]);
      run('kwok', kwokFlags(folder, kubeconfigPath, kubelet));
    }
    return { address, certificate, users, kubeconfigPath, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function writeFiles(folder: string): { readonly users: readonly KnownUser[]; readonly certificate: string } {
  const { certificate, key } = makeServerIdentity(Date.now());
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const users: readonly KnownUser[] = [
    { name: 'admin', groups: ['system:masters'], may: 'everything', token: makeToken() },
    { name: 'viewer', groups: ['viewers'], may: 'view', token: makeToken() },
  ];
  const put = (name: string, text: string): void => fs.writeFileSync(path.join(folder, name), text, { mode: 0o600 });
  put('server.crt', certificate);
  put('server.key', key);
  put('accounts.key', privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  put('accounts.pub', createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString());
  put('tokens.csv', users.map(({ name, groups, token }) => `${token},${name},${name},"${groups.join(',')}"\n`).join(''));
  return { users, certificate };
}

function apiServerFlags(folder: string, etcd: string, port: number, withControllers: boolean): readonly string[] {
  const at = (name: string): string => path.join(folder, name);
  return [
    ...['--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1', '--secure-port', String(port)],
    ...['--endpoint-reconciler-type', 'none', '--service-cluster-ip-range', '10.96.0.0/16', '--allow-privileged'],
    ...['--tls-cert-file', at('server.crt'), '--tls-private-key-file', at('server.key'), '--cert-dir', folder],
    ...['--service-account-issuer', 'https://kubernetes.default.svc', '--service-account-key-file', at('accounts.pub'), '--service-account-signing-key-file', at('accounts.key')],
    ...['--authorization-mode', 'RBAC', '--token-auth-file', at('tokens.csv')],
    // without controllers no default ServiceAccount ever appears
    ...(withControllers ? [] : ['--disable-admission-plugins', 'ServiceAccount']),
  ];
}

function clientFlags(kubeconfig: string): readonly string[] {
  return ['--kubeconfig', kubeconfig, '--authentication-kubeconfig', kubeconfig, '--authorization-kubeconfig', kubeconfig];
}

function servingFlags(folder: string, port: number): readonly string[] {
  return ['--bind-address', '127.0.0.1', '--secure-port', String(port), '--cert-dir', folder, '--leader-elect=false'];
}

function kwokFlags(folder: string, kubeconfig: string, port: number): readonly string[] {
  return [
    ...['--config', path.join(folder, 'stages.yaml'), '--kubeconfig', kubeconfig, '--manage-all-nodes', '--node-lease-duration-seconds', '40'],
    ...['--cidr', '10.244.0.0/16', '--node-ip', '127.0.0.1', '--node-port', String(port), '--server-address', `127.0.0.1:${port}`],
  ];
}

function managerFlags(folder: string, kubeconfig: string, port: number): readonly string[] {
  const at = (name: string): string => path.join(folder, name);
  return [
    ...clientFlags(kubeconfig),
    ...servingFlags(folder, port),
    ...['--service-account-private-key-file', at('accounts.key'), '--root-ca-file', at('server.crt'), '--kube-api-qps', '200', '--kube-api-burst', '400'],
  ];
}

/** What it prints goes into a file of the folder, which is its home too. */
function start(file: string, words: readonly string[], folder: string): ChildProcess {
  const log = path.join(folder, `${path.basename(file)}.log`);
  const output = fs.openSync(log, 'a');
  const child = spawn(file, words, { stdio: ['ignore', output, output], env: { ...process.env, HOME: folder } });
  child.once('error', (error) => fs.appendFileSync(log, `${error.message}\n`));
  fs.closeSync(output);
  return child;
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function waitForReady(ask: (method: string, target: string) => Promise<number>, processes: readonly ChildProcess[], folder: string): Promise<void> {
  const end = Date.now() + startTimeout;
  while (Date.now() < end) {
    const ended = processes.find((each) => each.exitCode !== null);
    if (ended) throw new Error(`${ended.spawnfile} ended: ${lastLines(path.join(folder, `${path.basename(ended.spawnfile)}.log`))}`);
    if ((await ask('GET', '/readyz').catch(() => 0)) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`kube-apiserver isn't ready: ${lastLines(path.join(folder, 'kube-apiserver.log'))}`);
}

function lastLines(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n') : '';
}

const viewers: JsonObject = {
  metadata: { name: 'test-viewers' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'viewers' }],
};

/** The status of the answer. */
function send(url: string, certificate: string, token: string, method: string, body?: JsonObject): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = https.request(url, { ca: certificate, method, headers, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', reject);
    request.end(body && JSON.stringify(body));
  });
}
