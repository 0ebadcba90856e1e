/** The server's entry: puts the workspace service on the disk, git and the network, and serves standard input and output, or what the editor passes. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node.js';
import { chartTools } from '../adapters/charts/chartTools.js';
import { DiskTree } from '../adapters/disk/diskTree.js';
import { openKubeconfig } from '../adapters/kube/kubeconfig.js';
import { readKubernetesTable } from '../adapters/disk/kubernetesTable.js';
import { textFile } from '../adapters/disk/textFile.js';
import { gitAncestry } from '../adapters/git/gitAncestry.js';
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { gitWriter } from '../adapters/git/gitWriter.js';
import { openForge } from '../adapters/forge/forgeApi.js';
import { openRegistry } from '../adapters/registry/openRegistry.js';
import { openRemoteCache } from '../adapters/remote/remoteCache.js';
import { chartRenderer } from '../core/helm/renderChart.js';
import { RemoteBases } from '../services/remoteBases.js';
import { Workspace } from '../services/workspace.js';
import { openWorkspace } from './openWorkspace.js';
import { startServer } from './server.js';

const key = randomBytes(32);

startServer(createConnection(ProposedFeatures.all), {
  openWorkspace: ({ folders, cacheFolder }) =>
    openWorkspace(
      new Workspace({
        tree: DiskTree.open(),
        folders,
        repositories: gitRepositories,
        remoteBases: cacheFolder === undefined ? undefined : openRemoteBases(cacheFolder),
        renderChart: chartRenderer(chartTools),
        now: () => performance.now(),
      }),
      gitWriter,
    ),
  changeTools: { writer: gitWriter, repositories: gitRepositories, forge: openForge() },
  openKubeconfig: ({ kubeconfig, sandboxKubeconfig }) =>
    openKubeconfig({ variable: kubeconfig === '' ? process.env['KUBECONFIG'] : kubeconfig, besides: sandboxKubeconfig === '' ? [] : [sandboxKubeconfig] }),
  openChoices: (cacheFolder, folders) => textFile(path.join(cacheFolder, '..', 'clusters', `${createHash('sha256').update(folders.join('\n')).digest('hex').slice(0, 16)}.json`)),
  openRegistry: ({ mayRunPrograms, insecure, secretFor }) => openRegistry({ mayRunPrograms, insecure, credentials: { find: secretFor } }),
  git: { ancestry: gitAncestry, writer: gitWriter },
  userName: userName(),
  readKubernetesTable: () => readKubernetesTable(path.dirname(fs.realpathSync(process.argv[1] ?? '.'))),
  fingerprint: (value) => createHmac('sha256', key).update(value).digest('hex').slice(0, 6),
});

function openRemoteBases(cacheFolder: string): RemoteBases {
  const { fetcher, store } = openRemoteCache(cacheFolder);
  return new RemoteBases(fetcher, store);
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch (error) {
    // Some containers have no name for the user.
    if (error instanceof Error) return 'unknown';
    throw error;
  }
}
