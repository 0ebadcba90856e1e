/** The server's entry: puts the workspace service on the disk, git and the network, and serves standard input and output, or what the editor passes. */
import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node.js';
import { DiskTree } from '../adapters/disk/diskTree.js';
import { readKubernetesTable } from '../adapters/disk/kubernetesTable.js';
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { openRemoteCache } from '../adapters/remote/remoteCache.js';
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
        now: () => performance.now(),
      }),
    ),
  readKubernetesTable: () => readKubernetesTable(path.dirname(fs.realpathSync(process.argv[1] ?? '.'))),
  fingerprint: (value) => createHmac('sha256', key).update(value).digest('hex').slice(0, 6),
});

function openRemoteBases(cacheFolder: string): RemoteBases {
  const { fetcher, store } = openRemoteCache(cacheFolder);
  return new RemoteBases(fetcher, store);
}
