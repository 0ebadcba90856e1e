/** The folder outside every workspace that remote things are fetched into: `<cache>/remote/<what>-<version>`. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { RemoteChart } from '../../core/objects/remoteChart.js';
import type { RemoteFetcher, TextStore } from '../../services/ports.js';
import { toCorePath, toSystemPath } from '../disk/paths.js';
import { textFile } from '../disk/textFile.js';
import type { FetchedArchive } from '../charts/fetchChart.js';
import { chartFetcher } from '../charts/chartFetcher.js';
import { writeChart } from '../charts/writeChart.js';
import { fetchFile } from './fetchFile.js';
import { fetchRepository } from './fetchRepository.js';

/**
 * @param cacheFolder in the system's form; made when it is first needed
 * @param charts gets the archives of charts
 */
export function openRemoteCache(
  cacheFolder: string,
  charts: (chart: RemoteChart, signal: AbortSignal) => Promise<FetchedArchive> = chartFetcher(),
): { readonly fetcher: RemoteFetcher; readonly store: TextStore } {
  const root = path.join(cacheFolder, 'remote');
  return {
    store: textFile(path.join(root, 'index.json')),
    fetcher: {
      has: (corePath) => fs.existsSync(toSystemPath(corePath)),
      repository: async (remote, { submodules }, signal) => {
        const half = makeTemporary(root);
        try {
          const commit = await fetchRepository(remote, { folder: half, submodules }, signal);
          const folder = keep(half, path.join(root, `${shortHash(`${remote.repository}${submodules ? ' with submodules' : ''}`)}-${commit}`));
          return { path: toCorePath(folder), version: commit };
        } finally {
          fs.rmSync(half, { recursive: true, force: true });
        }
      },
      chart: async (remote, signal) => {
        const half = makeTemporary(root);
        try {
          const { bytes, version } = await charts(remote, signal);
          const digest = createHash('sha256').update(bytes).digest('hex');
          const name = writeChart(half, bytes, remote);
          const folder = keep(half, path.join(root, `${shortHash(`${remote.repository} ${remote.name}`)}-${digest.slice(0, 40)}`));
          return { path: toCorePath(path.join(folder, name)), version: `${version} sha256:${digest}` };
        } finally {
          fs.rmSync(half, { recursive: true, force: true });
        }
      },
      file: async (remote, signal) => {
        const half = makeTemporary(root);
        try {
          const bytes = await fetchFile(remote.url, signal);
          const version = createHash('sha256').update(bytes).digest('hex');
          const name = fileNameOf(remote.url);
          fs.writeFileSync(path.join(half, name), bytes);
          const folder = keep(half, path.join(root, `${shortHash(remote.url)}-${version.slice(0, 40)}`));
          return { path: toCorePath(path.join(folder, name)), version };
        } finally {
          fs.rmSync(half, { recursive: true, force: true });
        }
      },
    },
  };
}

function makeTemporary(root: string): string {
  fs.mkdirSync(root, { recursive: true });
  return fs.mkdtempSync(path.join(root, '.half-'));
}

/** Gives a finished folder its name, unless another process was faster: what it fetched is the same. */
function keep(half: string, folder: string): string {
  if (fs.existsSync(folder)) return folder;
  try {
    fs.renameSync(half, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  }
  return folder;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The last part of the address as far as it is a harmless name. */
function fileNameOf(url: string): string {
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  return /^[\w-][\w.-]{0,100}$/.test(name) ? name : 'file.yaml';
}
