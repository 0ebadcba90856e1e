/** What commands that read a workspace share: its folder, the disk, the caches, and how places are named to people. */
import path from 'node:path';
import { chartTools } from '../adapters/charts/chartTools.js';
import { DiskTree } from '../adapters/disk/diskTree.js';
import { toCorePath, toSystemPath } from '../adapters/disk/paths.js';
import { gitRepositories } from '../adapters/git/gitRepositories.js';
import { openRemoteCache } from '../adapters/remote/remoteCache.js';
import { isInside, relativePath } from '../core/base/path.js';
import type { Location } from '../core/base/source.js';
import { chartRenderer } from '../core/helm/renderChart.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import { BuildCache } from '../core/kustomize/buildCache.js';
import type { RenderChart } from '../core/objects/chartInputs.js';
import { RemoteBases } from '../services/remoteBases.js';
import { RevisionTrees } from '../services/revisionTrees.js';
import { Workspace } from '../services/workspace.js';
import { CommandError, type CommandLine } from './commandLine.js';

export interface OpenFiles {
  /** The workspace's folder, absolute, links resolved. */
  readonly workspace: string;
  readonly tree: DiskTree;
  readonly cache: BuildCache;
  readonly remoteBases: RemoteBases;
  readonly renderChart: RenderChart;
  readonly revisionTrees: RevisionTrees;
  /** The workspace's kustomizations and environments; found when asked for. */
  readonly open: (build: BuildOptions) => Workspace;
  /** The absolute path of what the user named, seen from the workspace's folder. */
  readonly resolve: (name: string) => string;
  /** A path as people read it: relative to the workspace, with `/`; in the system's form where it lies outside. */
  readonly label: (path: string) => string;
}

/** @param folder what `--workspace` says, or nothing */
export function openFiles(commandLine: CommandLine, folder: string | undefined): OpenFiles {
  const tree = DiskTree.open();
  const system = path.resolve(commandLine.currentFolder, folder ?? '.');
  const workspace = tree.realPath(toCorePath(system));
  if (tree.kind(workspace) !== 'directory') throw new CommandError(`${system} is no folder; name one with --workspace.`);
  const remoteBases = openRemoteBases(commandLine);
  const renderChart = chartRenderer(chartTools);
  return {
    workspace,
    tree,
    cache: new BuildCache(),
    remoteBases,
    renderChart,
    open: (build) =>
      new Workspace({ tree, folders: [workspace], repositories: gitRepositories, remoteBases, renderChart, now: () => performance.now(), readsAnywhere: true, build }),
    revisionTrees: new RevisionTrees(gitRepositories),
    resolve: (name) => toCorePath(path.resolve(toSystemPath(workspace), name)),
    label: (each) => (isInside(each, workspace) ? relativePath(workspace, each) : toSystemPath(each)),
  };
}

/** What was fetched earlier, on this machine. */
export function openRemoteBases({ cacheFolder }: Pick<CommandLine, 'cacheFolder'>): RemoteBases {
  const { fetcher, store } = openRemoteCache(cacheFolder);
  return new RemoteBases(fetcher, store);
}

/** `overlays/prod/kustomization.yaml:24:3`, 1-based. */
export function labelLocation({ path: file, range: { start } }: Location, label: OpenFiles['label']): string {
  return `${label(file)}:${start.line + 1}:${start.character + 1}`;
}
