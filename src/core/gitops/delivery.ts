/**
 * How a workspace is delivered, as data: the manifests that describe delivery (Applications, Flux Kustomizations,
 * projects, sources, policies), the repositories they name, and the environments that follow from them. Every text is
 * the scalar it was read from, so that a rule, a hover or an edit can point at it.
 */
import type { Place, Problem } from '../base/problem.js';
import type { ResId } from '../objects/resId.js';
import type { MapNode, ScalarNode } from '../yaml/nodes.js';

/** Who brings an environment's objects into its cluster. */
export type Operator = 'argocd' | 'flux' | 'none';

/** What makes manifests out of a source. `unsupported`: something this engine never runs (jsonnet, a plugin). */
export type Renderer = 'kustomize' | 'helm' | 'directory' | 'unsupported';

/** A manifest of a kind that takes part in delivery. */
export interface DeliveryObject {
  readonly id: ResId;
  /** A generated object's nodes have their origins in its template and its parameters. */
  readonly root: MapNode;
  /** Where it comes from. */
  readonly foundIn: FoundIn;
}

/** Where a delivery object stands: in a file as it is, in what an environment renders to, or in what a set generates. */
export type FoundIn =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'rendering'; readonly environment: string }
  | { readonly kind: 'applicationSet'; readonly set: DeliveryObject; /** What it was generated for. */ readonly pullRequest: PullRequestFacts | undefined };

/** A pull request, as the parameters of a generator tell it. */
export interface PullRequestFacts {
  readonly number: string;
  readonly title: string;
  readonly branch: string;
  readonly targetBranch: string;
  readonly headSHA: string;
  readonly author: string;
}

/** A git repository that is open in the workspace. */
export interface Repository {
  /** Its top folder, absolute. */
  readonly top: string;
  /** The URLs of its remotes, as git has them. */
  readonly remotes: readonly { readonly name: string; readonly url: string }[];
  /** The checked-out branch; undefined for a detached head and where it can't be told. */
  readonly branch: string | undefined;
}

/** One place that manifests come from. */
export interface EnvironmentSource {
  /** As the declaration names it; undefined for a folder that was found by convention. */
  readonly repoURL: ScalarNode | undefined;
  /** Branch, tag, commit, or for a chart a version; undefined where nothing is said (the repository's default branch). */
  readonly revision: ScalarNode | undefined;
  /** Within the repository, with `/` and without a leading `./`; `.` for its top. A chart from a Helm repository: its name. */
  readonly path: string;
  /** The text that `path` was read from, for a finding. */
  readonly pathNode: ScalarNode | undefined;
  /** The same as an absolute path in the workspace; undefined where the repository isn't open here. */
  readonly folder: string | undefined;
  /** How the repository was recognized: by a remote's URL, or because it has no remote and the path is there. */
  readonly matchedBy: 'remote' | 'path' | undefined;
  readonly renderer: Renderer;
  /** Of a chart that was found by convention: the values files of this environment, absolute. */
  readonly valuesFiles?: readonly string[];
}

/** Where objects go. */
export interface Destination {
  /** The API server's URL. */
  readonly server: ScalarNode | undefined;
  /** The cluster's name, as Argo CD knows it. */
  readonly cluster: ScalarNode | undefined;
  readonly namespace: ScalarNode | undefined;
}

/** What an app is in one place: its sources, where it goes, who delivers it, and its place in the order of promotion. */
export interface Environment {
  /** Stable as long as its declaration keeps its name: `argocd/argocd/orders-prod`, `flux/flux-system/apps`, `folder/apps/orders/overlays/prod`. */
  readonly id: string;
  /** `orders`. */
  readonly app: string;
  /** `prod`. */
  readonly name: string;
  /** `orders prod`: for people, unique in the workspace. */
  readonly label: string;
  /** Ascending from the first environment of a promotion to the last; equal where nothing tells them apart. */
  readonly order: number;
  /** Changes to it are guarded: asked for by name, made by pull request. */
  readonly isProtected: boolean;
  readonly operator: Operator;
  /** At least one; the first is the one that people mean. */
  readonly sources: readonly EnvironmentSource[];
  readonly destination: Destination;
  /** The Application, Kustomization or HelmRelease; undefined for a folder that was found by convention or in the settings. */
  readonly declaration: DeliveryObject | undefined;
  /** Where it is declared: the declaration, or the kustomization file. */
  readonly declaredAt: Place;
}

/** All that is known of how the workspace is delivered. */
export interface DeliveryModel {
  /** Those that are shown, by app, then in the order of promotion. */
  readonly environments: readonly Environment[];
  /** Every delivery object, also those of environments that are hidden. */
  readonly objects: readonly DeliveryObject[];
  readonly repositories: readonly Repository[];
  /** What was wrong in declarations, generators and templates. */
  readonly problems: readonly Problem[];
}
