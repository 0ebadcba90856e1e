/**
 * The entry of the Kustomize renderer: builds one folder of a snapshot, finishes names and order, and prints
 * (kustomize's krusty.Kustomizer.Run and KustTarget.makeCustomizedResMap v0.21.2).
 */
import type { FileTree } from '../base/fileTree.js';
import { normalizePath } from '../base/path.js';
import type { Problems } from '../base/problem.js';
import { SourceText } from '../base/source.js';
import type { MapNode, Step } from '../yaml/nodes.js';
import { accumulateTarget } from './accumulate.js';
import { Accumulator } from './accumulator.js';
import type { KeptMetadata } from './annotations.js';
import type { BuildCache } from './buildCache.js';
import { Build } from './buildState.js';
import type { Kustomization } from './kustomization.js';
import { reportLoadFailure } from './loadFailure.js';
import { Loader } from './loader.js';
import { dropLocalObjects } from './localObjects.js';
import type { RenderChart } from '../objects/chartInputs.js';
import type { FetchedEntry, RenderedObject, Rendering } from '../objects/rendering.js';
import { reportReprintedScalars } from './reprintedScalars.js';
import type { Resource } from './resource.js';
import { finishingTransformers, sortingTransformers } from './steps.js';
import { loadTarget, OriginPath, type Target } from './target.js';

export interface BuildOptions {
  /** kustomize's `--load-restrictor`: `rootOnly` (its default) or `none`. */
  readonly loadRestrictor: 'rootOnly' | 'none';
  readonly enableHelm: boolean;
  /** Folders outside of which nothing is read, as for a workspace that is not trusted; missing where the whole disk is meant. */
  readonly boundary?: readonly string[];
  /** What charts are rendered for that don't say it: kustomize's `--helm-kube-version` and `--helm-api-versions`. */
  readonly helmKubeVersion?: string;
  readonly helmApiVersions?: readonly string[];
  /** Renders charts; where it is missing they are refused as not supported. */
  readonly renderChart?: RenderChart;
}

export interface BuildRequest {
  readonly tree: FileTree;
  /** Absolute path of the folder with the kustomization. */
  readonly folder: string;
  readonly options: BuildOptions;
  readonly cache: BuildCache;
  /** Where a remote entry was fetched to; undefined where it wasn't. */
  readonly fetched?: (spec: string) => FetchedEntry | undefined;
  /** Changes the kustomization of `folder` (not those of its bases) before it is built, as an operator does that edits its checkout. */
  readonly amend?: (kustomization: Kustomization, context: AmendContext) => Kustomization;
}

/** What changing a kustomization needs. */
export interface AmendContext {
  /** An error here stops the build. */
  readonly problems: Problems;
  /** Reads are noted as dependencies. */
  readonly tree: FileTree;
  /** The folder of the kustomization, absolute. */
  readonly folder: string;
}

/** Renders `request.folder` as `kustomize build` v5.8.2 would. Never throws for what a user wrote. */
export function buildKustomization(request: BuildRequest): Rendering {
  const build = new Build(request);
  const objects = buildObjects(build);
  const failed = build.problems.hasErrors;
  return {
    folder: request.folder,
    ok: !failed,
    objects: failed ? [] : objects,
    problems: build.problems.list,
    lacks: build.lacks,
    dependencies: new Set(build.tree.seen.keys()),
  };
}

function buildObjects(build: Build): readonly RenderedObject[] {
  const target = loadRoot(build);
  if (!target) return [];
  const accumulator = new Accumulator();
  accumulateTarget(build, target, accumulator);
  if (build.problems.hasErrors) return [];
  const context = build.contextOf(target.loader);
  for (const transformer of finishingTransformers(accumulator)) {
    transformer.transform(accumulator.map, context);
    if (build.problems.hasErrors) return [];
  }
  dropLocalObjects(accumulator.map, build.problems);
  for (const transformer of sortingTransformers(target.kustomization)) transformer.transform(accumulator.map, context);
  return build.problems.hasErrors ? [] : printObjects(build, accumulator.map.resources, keptMetadata(target));
}

function loadRoot(build: Build): Target | undefined {
  const { tree, request } = build;
  const folder = normalizePath(request.folder);
  const place = { source: new SourceText(folder, ''), start: 0, end: 0, value: request.folder };
  const kind = tree.kind(folder);
  if (kind !== 'directory') {
    reportLoadFailure(build.problems, place, { kind: kind === 'file' ? 'no-directory' : 'missing' });
    return undefined;
  }
  const { loadRestrictor, boundary } = request.options;
  const limits = { restricted: loadRestrictor === 'rootOnly', boundary: boundary?.map((each) => tree.realPath(each)) };
  const loader = new Loader(tree, tree.realPath(folder), limits, undefined, undefined);
  build.roots.add(loader.root);
  const target = amendTarget(build, loadTarget(build, loader, undefined, undefined));
  const asked = target?.kustomization.buildMetadata[0];
  if (!target || !asked) return target;
  const step: Step = { kind: 'buildMetadata', field: 'buildMetadata', source: asked.source, start: asked.start, end: asked.end };
  return { ...target, origin: new OriginPath('', '', '', step) };
}

function amendTarget(build: Build, target: Target | undefined): Target | undefined {
  const { amend } = build.request;
  if (!target || !amend) return target;
  const kustomization = amend(target.kustomization, { problems: build.problems, tree: build.tree, folder: target.loader.root });
  return build.problems.hasErrors ? undefined : { ...target, kustomization };
}

/** What the kustomization wants to be left in the output. */
function keptMetadata({ kustomization }: Target): KeptMetadata {
  const asked = new Set(kustomization.buildMetadata.map((option) => option.value));
  return { origins: asked.has('originAnnotations'), transformations: asked.has('transformerAnnotations') };
}

function printObjects(build: Build, resources: readonly Resource[], kept: KeptMetadata): readonly RenderedObject[] {
  const objects: RenderedObject[] = [];
  let line = 0;
  for (const resource of resources) {
    const root: MapNode = build.cache.finish(resource.root, kept);
    const printed = build.cache.print(root);
    if ('message' in printed) {
      build.problems.error('kustomize/unprintable', printed.message, printed.node);
      continue;
    }
    objects.push({ id: resource.id, root, printed, firstLine: line });
    line += printed.lines.length + 1;
  }
  reportReprintedScalars(
    objects.flatMap(({ root }) => build.cache.reprintedScalars(root)),
    build.problems,
  );
  return objects;
}

export type { BuildCache };
