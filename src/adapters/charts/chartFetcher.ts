/** Fetching charts with the credentials of this machine: helm's own for repositories, helm's and Docker's for registries. */
import os from 'node:os';
import path from 'node:path';
import type { RemoteChart } from '../../core/objects/remoteChart.js';
import { dockerCredentials, firstCredentials } from '../registry/dockerCredentials.js';
import { OciRegistry } from '../registry/ociRegistry.js';
import { proxyFor } from '../registry/proxy.js';
import { fetchChart, type FetchedArchive } from './fetchChart.js';
import { findRepositoryCredential, helmConfigFolder, type HelmHome } from './helmRepositories.js';

/** Nothing is read or contacted before a chart is asked for, which only trusted workspaces may. */
export function chartFetcher(): (chart: RemoteChart, signal: AbortSignal) => Promise<FetchedArchive> {
  const helm: HelmHome = { environment: process.env, home: os.homedir(), platform: process.platform };
  return async (chart, signal) => {
    const files = { home: helm.home, mayRunPrograms: () => true };
    const own = dockerCredentials({ ...files, environment: { ...process.env, DOCKER_CONFIG: path.join(helmConfigFolder(helm), 'registry') } });
    const registry = new OciRegistry({
      credentials: firstCredentials([own, dockerCredentials({ ...files, environment: process.env })]),
      proxyFor: (url) => proxyFor(url, process.env),
    });
    try {
      return await fetchChart(chart, { registry, credentialFor: (address) => findRepositoryCredential(address, helm) }, signal);
    } finally {
      registry.close();
    }
  };
}
