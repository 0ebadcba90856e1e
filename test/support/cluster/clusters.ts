/**
 * Tests that must hold on the sandbox and on a real API server alike. A suite of `describeOnClusters` runs against the sandbox,
 * and once more against a real control plane where KUBEBUILDER_ASSETS names a folder with its binaries. Each kind of cluster
 * is started once for all suites; a test gets a namespace of its own.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { isJsonObject, parseJson, type JsonObject } from '../../../src/core/live/json.js';
import { parseImage } from '../../../src/sandbox/registry/registryImages.js';
import { startSandbox, type SandboxPart } from '../../../src/sandbox/sandbox.js';
import { startWorkloads } from '../../../src/sandbox/workloads/workloads.js';
import type { ImageSource } from '../../../src/sandbox/workloads/world.js';
import { loadSandboxKinds } from '../sandboxKinds.js';
import { makeSend, type ClusterAnswer, type ClusterRequestOptions, type Send } from './send.js';
import { kubectlPath, realAssets } from './assets.js';
import { canHavePods, startControlPlane } from './controlPlane.js';
import { missingHost, nodeCount, pullFailure } from './simulatedPods.js';

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The cluster of a suite, for use within its tests and hooks. */
export interface TestCluster {
  readonly kind: 'sandbox' | 'real';
  readonly address: string;
  /** Its contexts: the current one is an admin's, the one that ends with `-viewer` reads. */
  readonly kubeconfigPath: string;
  /** Makes a namespace and answers with its name. */
  makeNamespace(): Promise<string>;
  request(method: string, path: string, options?: ClusterRequestOptions): Promise<ClusterAnswer>;
  /** The events of a watch until `isDone`, or until 30 seconds are over. */
  watch(path: string, isDone: (events: readonly JsonObject[]) => boolean): Promise<readonly JsonObject[]>;
}

interface Running {
  readonly kind: 'sandbox' | 'real';
  readonly address: string;
  readonly certificate: string;
  readonly tokens: ReadonlyMap<string, string>;
  readonly kubeconfigPath: string;
  close(): Promise<void>;
}

const started = new Map<string, Promise<Running>>();
const kinds: readonly ('sandbox' | 'real')[] = realAssets === undefined ? ['sandbox'] : ['sandbox', 'real'];

// the last suite doesn't know that it is the last
after(async () => {
  for (const each of started.values()) await (await each).close();
});

export interface SuiteNeeds {
  /** True where pods have to become ready. */
  readonly readyPods?: boolean;
}

/** A suite for each kind of cluster that there is, and that has what it needs. */
export function describeOnClusters(title: string, run: (cluster: TestCluster) => void, { readyPods = false }: SuiteNeeds = {}): void {
  for (const kind of kinds) {
    if (kind === 'real' && readyPods && !canHavePods(realAssets ?? '')) continue;
    describe(`${title} (${kind === 'real' ? 'a real API server' : 'the sandbox'})`, function () {
      this.timeout(120_000);
      const cluster = new LateCluster(kind);
      before(() => cluster.start());
      run(cluster);
    });
  }
}

export type Kubectl = (words: readonly string[], input?: string) => Promise<KubectlResult>;

/** A suite for each kind of cluster, where there is a kubectl. */
export function describeWithKubectl(title: string, run: (cluster: TestCluster, kubectl: Kubectl) => void, needs: SuiteNeeds = {}): void {
  const file = kubectlPath;
  if (file === undefined) return;
  describeOnClusters(title, (cluster) => run(cluster, (words, input) => runKubectl(file, cluster.kubeconfigPath, words, input)), needs);
}

/** kubectl with a kubeconfig; undefined where there is none. */
export function kubectlWith(kubeconfig: string): Kubectl | undefined {
  const file = kubectlPath;
  return file === undefined ? undefined : (words, input) => runKubectl(file, kubeconfig, words, input);
}

function runKubectl(file: string, kubeconfig: string, words: readonly string[], input: string | undefined): Promise<KubectlResult> {
  const all = ['--kubeconfig', kubeconfig, '--cache-dir', path.join(path.dirname(kubeconfig), 'kubectl-cache'), ...words];
  return new Promise((resolve) => {
    const env = { ...process.env, KUBECTL_APPLYSET: 'true', HOME: path.dirname(kubeconfig) };
    const child = execFile(file, all, { env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
    });
    child.stdin?.end(input ?? '');
  });
}

/** Started in a hook, so that suites that don't run start nothing. */
class LateCluster implements TestCluster {
  #running: Running | undefined;
  #namespaces = 0;
  #send: Send | undefined;

  constructor(readonly kind: 'sandbox' | 'real') {}

  async start(): Promise<void> {
    const known = started.get(this.kind) ?? (this.kind === 'sandbox' ? startTestSandbox() : startReal());
    started.set(this.kind, known);
    this.#running = await known;
  }

  get address(): string {
    return this.#now.address;
  }

  get kubeconfigPath(): string {
    return this.#now.kubeconfigPath;
  }

  async makeNamespace(): Promise<string> {
    const name = `test-${process.pid}-${Date.now().toString(36)}-${this.#namespaces++}`;
    const { status, text } = await this.request('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
    if (status !== 201) throw new Error(`no namespace: ${text}`);
    await this.#waitFor(`/api/v1/namespaces/${name}/serviceaccounts/default`);
    return name;
  }

  request(method: string, target: string, options?: ClusterRequestOptions): Promise<ClusterAnswer> {
    const { address, certificate, tokens } = this.#now;
    this.#send ??= makeSend(address, certificate, tokens);
    return this.#send(method, target, options);
  }

  watch(target: string, isDone: (events: readonly JsonObject[]) => boolean): Promise<readonly JsonObject[]> {
    const { address, certificate, tokens } = this.#now;
    const headers = { authorization: `Bearer ${tokens.get('admin') ?? ''}`, accept: 'application/json' };
    return new Promise((resolve, reject) => {
      const events: JsonObject[] = [];
      const request = https.get(`${address}${target}`, { ca: certificate, headers, agent: false }, (response) => {
        let rest = '';
        const finish = (): void => {
          clearTimeout(late);
          response.destroy();
          resolve(events);
        };
        const late = setTimeout(finish, 30_000);
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const lines = `${rest}${chunk}`.split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            const event = parseJson(line);
            if (isJsonObject(event)) events.push(event);
          }
          if (isDone(events)) finish();
        });
        response.once('end', finish);
        // cut off by us
        response.once('error', finish);
      });
      request.once('error', reject);
    });
  }

  async #waitFor(target: string): Promise<void> {
    for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      if ((await this.request('GET', target)).status === 200) return;
    }
    throw new Error(`${target} doesn't come`);
  }

  get #now(): Running {
    if (!this.#running) throw new Error('the cluster is there within tests and hooks only');
    return this.#running;
  }
}

/** The images of one host are missing. */
const images: ImageSource = {
  lookUp: (image) => (parseImage(image).host === missingHost ? { found: false, message: pullFailure(image) } : { found: true, digest: `sha256:${'0'.repeat(64)}` }),
};

const workloads: SandboxPart = ({ store, clock, report }) => {
  const running = startWorkloads({ store, clock, random: Math.random, images, nodes: nodeCount, report });
  return { close: () => running.stop() };
};

async function startTestSandbox(): Promise<Running> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-sandbox-'));
  const kubeconfigPath = path.join(folder, 'kubeconfig');
  const sandbox = await startSandbox({ kinds: loadSandboxKinds(), kubeconfigPath, bookmarkSeconds: 1, parts: [workloads] });
  const tokens = new Map(sandbox.users.map(({ name, token }) => [name, token]));
  const close = async (): Promise<void> => {
    await sandbox.close();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { kind: 'sandbox', address: sandbox.address, certificate: sandbox.certificate, tokens, kubeconfigPath, close };
}

async function startReal(): Promise<Running> {
  const plane = await startControlPlane(realAssets ?? '', { withControllers: true });
  const { address, certificate, users, kubeconfigPath } = plane;
  const close = (): Promise<void> => plane.close();
  return { kind: 'real', address, certificate, tokens: new Map(users.map(({ name, token }) => [name, token])), kubeconfigPath, close };
}
