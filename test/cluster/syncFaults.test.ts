/** Syncs through a connection that breaks again and again, on the sandbox and on a real API server. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { applySetOf } from '../../src/core/live/applySet.js';
import type { Cluster } from '../../src/services/ports.js';
import { describeOnClusters } from '../support/cluster/clusters.js';
import { connectTo, syncOn } from '../support/clusterSync.js';

interface BreakingProxy {
  readonly port: number;
  /** How many connections it broke. */
  broken(): number;
  close(): Promise<void>;
}

/** Passes bytes on, and resets each connection after so many of the server's answers' chunks; each lasts a little longer. */
async function startBreakingProxy(target: URL): Promise<BreakingProxy> {
  const sockets = new Set<net.Socket>();
  let count = 0;
  let broken = 0;
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    let chunks = 8 + (count++ % 11);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      if (--chunks > 0) return void client.write(chunk);
      broken++;
      client.resetAndDestroy();
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    broken: () => broken,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

describeOnClusters('Syncs over a bad line', (testCluster) => {
  it('are done all the same, and leave nothing behind', async () => {
    const namespace = await testCluster.makeNamespace();
    const proxy = await startBreakingProxy(new URL(testCluster.address));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-line-'));
    const kubeconfig = path.join(folder, 'kubeconfig');
    fs.writeFileSync(kubeconfig, fs.readFileSync(testCluster.kubeconfigPath, 'utf8').replaceAll(testCluster.address, `https://127.0.0.1:${proxy.port}`));
    const config = (index: number, value: number): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${index}}\ndata: {a: "${value}"}\n`;
    const many = (from: number, to: number, value: number): string => Array.from({ length: to - from }, (_, index) => config(from + index, value)).join('');
    let cluster: Cluster | undefined;
    const direct = await connectTo(testCluster.kubeconfigPath);
    try {
      cluster = await connectTo(kubeconfig);
      const first = await syncOn(cluster, namespace, many(0, 30, 1));
      assert.equal(first.run.result, 'done', first.run.message);
      const second = await syncOn(cluster, namespace, many(15, 45, 2));
      assert.equal(second.run.result, 'done', second.run.message);
      assert.ok(proxy.broken() > 2, `${proxy.broken()} connections were broken`);
      const kind = (await direct.kinds(new AbortController().signal)).find(({ group, kind: name }) => group === '' && name === 'ConfigMap');
      assert.ok(kind);
      const { items } = await direct.list(kind, { namespace }, new AbortController().signal);
      const kept = items.filter((item) => applySetOf(item) !== undefined && item.metadata.deletionTimestamp === undefined);
      assert.deepEqual([kept.length, kept.every((item) => JSON.stringify(item['data']) === '{"a":"2"}')], [30, true]);
    } finally {
      cluster?.close();
      direct.close();
      await proxy.close();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
