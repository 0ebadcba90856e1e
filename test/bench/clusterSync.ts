/**
 * Drift and sync of many objects beside kubectl, on the same server in the same run: a real API server where
 * KUBEBUILDER_ASSETS names its binaries, otherwise the sandbox; kubectl where it is found.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LiveObjects } from '../../src/services/liveObjects.js';
import type { Cluster } from '../../src/services/ports.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { realAssets, kubectlPath } from '../support/cluster/assets.js';
import { startControlPlane } from '../support/cluster/controlPlane.js';
import { driftOn } from '../support/driftOn.js';
import { connectTo, syncOn } from '../support/clusterSync.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';
import { formatBytes, formatMs, type Row } from './table.js';

interface Server {
  readonly name: string;
  readonly kubeconfigPath: string;
  close(): Promise<void>;
}

const never = new AbortController().signal;

/** @param objects of which a sync and its drift are measured; @param watched kept by watches */
export async function measureClusters({ objects, watched }: { readonly objects: number; readonly watched: number }): Promise<readonly Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-bench-'));
  const server = await startServer(folder);
  const cluster = await connectTo(server.kubeconfigPath);
  try {
    const manifests = manyManifests(objects);
    const file = path.join(folder, 'all.yaml');
    fs.writeFileSync(file, manifests);
    const kubectl = (words: readonly string[]): number | undefined => timeKubectl(server.kubeconfigPath, folder, words);
    for (const name of ['ours', 'theirs']) await makeNamespace(cluster, name);
    const synced = await time(() => syncOn(cluster, 'ours', manifests));
    const applied = kubectl(['apply', '--server-side', '-n', 'theirs', '-f', file]);
    const again = await time(() => syncOn(cluster, 'ours', manifests));
    const changedManifests = manyManifests(objects, Math.ceil(objects / 20));
    const changedFile = path.join(folder, 'changed.yaml');
    fs.writeFileSync(changedFile, changedManifests);
    const changed = await time(() => syncOn(cluster, 'ours', changedManifests));
    const changedByKubectl = kubectl(['apply', '--server-side', '-n', 'theirs', '-f', changedFile]);
    const compared = await time(() => driftOn(cluster, 'ours', changedManifests));
    const diffed = kubectl(['diff', '--server-side', '-n', 'theirs', '-f', changedFile]);
    const memory = await measureWatched(cluster, watched);
    return [
      row(`sync of ${objects} objects of which every 20th changed, ${server.name}`, changed, changedByKubectl, '`kubectl apply --server-side`'),
      row(`sync of ${objects} new objects, each tried on the server first, ${server.name}`, synced, applied, '`kubectl apply --server-side`'),
      { what: 'the same again, nothing to do', measured: formatMs(again), budget: '', value: again },
      row(`drift of ${objects} objects, ${server.name}`, compared, diffed, '`kubectl diff --server-side`'),
      { what: `memory of ${watched} watched objects`, measured: formatBytes(memory), budget: '', value: memory },
    ];
  } finally {
    cluster.close();
    await server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function startServer(folder: string): Promise<Server> {
  if (realAssets !== undefined) {
    const plane = await startControlPlane(realAssets, { withControllers: false });
    return { name: 'a real API server', kubeconfigPath: plane.kubeconfigPath, close: () => plane.close() };
  }
  const kubeconfigPath = path.join(folder, 'kubeconfig');
  const sandbox = await startSandbox({ kinds: loadSandboxKinds(), kubeconfigPath });
  return { name: 'the sandbox', kubeconfigPath, close: () => sandbox.close() };
}

function row(what: string, ours: number, theirs: number | undefined, peer: string): Row {
  const ratio = theirs === undefined ? `5x faster than ${peer}, which is not here` : `${peer}: ${formatMs(theirs)}, ${(theirs / ours).toFixed(1)}x; at least 5x`;
  return { what, measured: formatMs(ours), budget: ratio, value: ours };
}

/** Deployments, Services, ConfigMaps and Secrets by turns. @param changed how many have a label more, spread evenly */
function manyManifests(count: number, changed = 0): string {
  const isChanged = (index: number): boolean => changed > 0 && index % Math.floor(count / changed) === 0;
  const change = (text: string): string => text.replace(/name: (app-\d+)/, 'name: $1, annotations: {version: "2"}');
  return Array.from({ length: count }, (_, index) => (isChanged(index) ? change(manifestAt(index)) : manifestAt(index))).join('---\n');
}

function manifestAt(index: number): string {
  const name = `app-${index}`;
  switch (index % 4) {
    case 0:
      return `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, labels: {app: ${name}}}\nspec:\n  replicas: 0\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}}\n    spec:\n      containers:\n      - {name: web, image: "registry.example.com/web:1.${index}", ports: [{containerPort: 8080}], env: [{name: LEVEL, value: info}, {name: INDEX, value: "${index}"}], resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}}\n`;
    case 1:
      return `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}\n`;
    case 2:
      return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {LEVEL: info, INDEX: "${index}", page: "${'line '.repeat(40)}"}\n`;
    default:
      return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\nstringData: {password: "p${index}"}\n`;
  }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Undefined where there is no kubectl, or it failed. */
function timeKubectl(kubeconfig: string, folder: string, words: readonly string[]): number | undefined {
  if (kubectlPath === undefined) return undefined;
  const from = performance.now();
  const { status } = spawnSync(kubectlPath, ['--kubeconfig', kubeconfig, '--cache-dir', path.join(folder, 'cache'), ...words], {
    env: { ...process.env, HOME: folder },
    maxBuffer: 1 << 28,
  });
  return status === 0 || (words[0] === 'diff' && status === 1) ? performance.now() - from : undefined;
}

async function makeNamespace(cluster: Cluster, name: string): Promise<void> {
  const id = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name };
  await cluster.create(id, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { fieldManager: 'bench' }, never);
}

/** What the heap grows by. */
async function measureWatched(cluster: Cluster, count: number): Promise<number> {
  await makeNamespace(cluster, 'many');
  const kind = (await cluster.kinds(never)).find((each) => each.group === '' && each.kind === 'ConfigMap');
  if (!kind) return Number.NaN;
  for (let from = 0; from < count; from += 200) {
    await Promise.all(
      Array.from({ length: Math.min(200, count - from) }, (_, index) => {
        const name = `object-${from + index}`;
        const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'many', name };
        return cluster.apply(
          id,
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'many' }, data: { text: 'line '.repeat(100) } },
          { fieldManager: 'bench', force: true },
          never,
        );
      }),
    );
  }
  const before = heapUsed();
  const live = new LiveObjects({
    cluster,
    onChange: () => undefined,
    onState: () => undefined,
    onBug: (error) => {
      throw error;
    },
  });
  const watched = { kind, namespace: 'many' };
  live.want('bench', [watched]);
  await live.whenRead([watched], never);
  const used = heapUsed() - before;
  live.close();
  return used;
}

/** After collecting, where the process may. */
function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
