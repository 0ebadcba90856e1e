/**
 * What an operator would do to render one source, as data: which folder by which renderer, with which inputs laid over
 * it, and what happens to the objects afterwards. A plan is made from a declaration (argocd/, flux/) or from a folder
 * alone, and carried out by renderSource.ts.
 */
import type { Problems } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ChartInputs } from '../objects/chartInputs.js';
import type { AmendContext, BuildCache, BuildOptions } from '../kustomize/build.js';
import type { Kustomization } from '../kustomize/kustomization.js';
import type { MapNode } from '../yaml/nodes.js';
import type { Renderer } from './delivery.js';

/** Changes the kustomization of the rendered folder before it is built, as an operator that edits it in its checkout does. */
export type Amend = (kustomization: Kustomization, context: AmendContext) => Kustomization;

/** How a folder of plain manifests is read. */
export interface DirectoryInputs {
  /** The files that hold the manifests, absolute, in order; missing where all of the folder's own are meant. */
  readonly files?: readonly string[];
}

/** What a step after the build is handed. */
export interface FinishContext {
  /** An error here stops the render. */
  readonly problems: Problems;
  /** For parsing and printing. */
  readonly cache: BuildCache;
}

/** Changes the objects that were built, or leaves some out; unchanged objects keep their identity. */
export type FinishStep = (objects: readonly MapNode[], context: FinishContext) => readonly MapNode[];

export interface RenderPlan {
  /** Absolute. */
  readonly folder: string;
  readonly renderer: Renderer;
  /** Where `folder` was fetched to: a folder outside of the workspace that may be read for this. */
  readonly fetchedTo?: string;
  /** For `kustomize`. */
  readonly amend?: Amend;
  /** For `kustomize`: files that the operator would put there first, such as a kustomization where there is none; they hide those of the disk. */
  readonly extraFiles?: readonly SourceText[];
  /** For `kustomize`: where the operator builds with other options than are set. */
  readonly options?: Partial<Pick<BuildOptions, 'loadRestrictor' | 'enableHelm'>>;
  /** For `directory`. */
  readonly directory?: DirectoryInputs;
  /** For `helm`. */
  readonly chart?: ChartInputs;
  /** In this order, after the build. */
  readonly finish: readonly FinishStep[];
}
