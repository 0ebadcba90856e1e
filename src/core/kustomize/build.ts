/** The entry of the Kustomize renderer: builds one folder of a snapshot. */
import type { FileTree } from '../base/fileTree.js';
import type { Rendering } from './rendering.js';

export interface BuildOptions {
  /** kustomize's `--load-restrictor`: `rootOnly` (its default) or `none`. */
  readonly loadRestrictor: 'rootOnly' | 'none';
  readonly enableHelm: boolean;
}

export interface BuildRequest {
  readonly tree: FileTree;
  /** Absolute path of the folder with the kustomization. */
  readonly folder: string;
  readonly options: BuildOptions;
  readonly cache: BuildCache;
  /** Where a remote entry was fetched to: a folder or file of `tree`; undefined where it wasn't. */
  readonly fetched?: (spec: string) => string | undefined;
}

/** What builds share: parsed files and finished bases, kept for as long as the texts they came from are in use. */
export declare class BuildCache {}

/** Renders `request.folder` as `kustomize build` v5.8.2 would. Never throws for what a user wrote. */
export declare function buildKustomization(request: BuildRequest): Rendering;
