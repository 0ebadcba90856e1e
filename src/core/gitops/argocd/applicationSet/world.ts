/** What the generators of an ApplicationSet look at besides the set itself, as the caller has it. */
import type { FileTree } from '../../../base/fileTree.js';
import type { Place } from '../../../base/problem.js';
import type { SourceText } from '../../../base/source.js';
import type { MapNode } from '../../../yaml/nodes.js';
import type { ParsedYaml } from '../../../yaml/parse.js';
import type { DeliveryObject } from '../../delivery.js';
import type { RenderGoTemplate } from './renderTree.js';

/** A repository at a revision. Reads and looks through `tree` are the caller's to note. */
export interface RepositoryTree {
  readonly tree: FileTree;
  /** Its top folder, absolute. */
  readonly top: string;
}

/** An open pull request, from the forge or made up by the author. */
export interface PullRequestSample {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly targetBranch: string;
  readonly headSHA: string;
  readonly labels: readonly string[];
  readonly author: string;
  /** Where it is written down; undefined for one from the forge. */
  readonly place?: Place;
}

export interface ApplicationSetWorld {
  /** The repository that a URL names, at a revision (empty or `HEAD` for its default branch); undefined where it isn't open here. */
  readonly repository: (url: string, revision: string) => RepositoryTree | undefined;
  /** The Secrets with the label `argocd.argoproj.io/secret-type: cluster` that are known. */
  readonly clusterSecrets: readonly DeliveryObject[];
  /** The open pull requests that a generator would list, before its filters; undefined where nothing is known of them. */
  readonly pullRequests: (generator: MapNode) => readonly PullRequestSample[] | undefined;
  readonly renderGoTemplate: RenderGoTemplate;
  /** The parsed form of a text; kept by the caller. */
  readonly parse?: (source: SourceText) => ParsedYaml;
}

/** What would have to be known to tell all that a set generates. */
export interface SetLack {
  /** `generator`: one that asks other systems, and is never run here. */
  readonly kind: 'repository' | 'pullRequests' | 'generator';
  /** The URL of the repository; owner and name for pull requests, as far as told; the kind of the generator. */
  readonly spec: string;
  readonly place: Place;
  /** A sentence for people. */
  readonly message: string;
}
