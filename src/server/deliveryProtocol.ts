/** What the extension and the server say to each other about environments: the tree, the board, the topology. Types only. */
import type { FailureWords, Place, UriText } from './protocol.js';

export type OperatorName = 'argocd' | 'flux' | 'none';

/** How many findings there are at an environment, by severity. */
export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** Whether an environment can be rendered here. */
export type RenderState =
  | { readonly kind: 'rendered' }
  /** An error of the author's stops it; the message is the first one. */
  | { readonly kind: 'broken'; readonly message: string; readonly place: Place | undefined }
  /** This engine doesn't render that, and says why. */
  | { readonly kind: 'unsupported'; readonly message: string }
  /** Its repository is not open in this workspace. */
  | { readonly kind: 'elsewhere'; readonly message: string };

export interface EnvironmentSummary {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  /** `orders prod`. */
  readonly label: string;
  readonly order: number;
  readonly isProtected: boolean;
  readonly operator: OperatorName;
  readonly renderer: 'kustomize' | 'helm' | 'directory' | 'unsupported';
  readonly state: RenderState;
  readonly repoURL: string | undefined;
  readonly revision: string | undefined;
  /** Within its repository. */
  readonly path: string;
  readonly server: string | undefined;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
  /** The Application or the like; for a folder its kustomization. */
  readonly declaredAt: Place;
  /** The kustomization or chart that is rendered; undefined where it is elsewhere. */
  readonly sourceAt: Place | undefined;
  /** The rendered folder; undefined where it is elsewhere. */
  readonly folderUri: UriText | undefined;
  /** The preview as its operator would deploy it; undefined where it can't be rendered here at all. */
  readonly previewUri: UriText | undefined;
  readonly images: readonly ImageSummary[];
  readonly findings: FindingCounts;
  readonly delivery: DeliveryState;
}

export interface ImageSummary {
  /** Without tag and digest. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** Where the version is set. */
  readonly setAt: Place;
}

/** What is known without a cluster of the way of the present files to what the operator reads. */
export interface DeliveryState {
  /** Open files with unsaved changes, of those that it is rendered from. */
  readonly unsaved: readonly UriText[];
  /** Files with changes that are not committed; undefined where git wasn't asked (Restricted Mode, no repository). */
  readonly uncommitted: readonly UriText[] | undefined;
  /** Commits of the tracked branch that were not pushed; undefined where that can't be told. */
  readonly unpushed: number | undefined;
  /** The branch that is checked out, where the environment tracks another one. */
  readonly otherBranch: string | undefined;
}

/** What an environment node shows when it is opened. */
export interface EnvironmentDetails {
  readonly kinds: readonly KindSummary[];
  readonly findings: readonly FindingSummary[];
}

export interface KindSummary {
  readonly kind: string;
  readonly group: string;
  readonly objects: readonly ObjectSummary[];
}

export interface ObjectSummary {
  readonly name: string;
  readonly namespace: string;
  /** Where it is read from first: its base. */
  readonly place: Place;
  /** 0-based line in the environment's preview. */
  readonly previewLine: number;
}

export interface FindingSummary {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  readonly place: Place;
}

/** One row of the board is an app, one column an environment name. */
export interface Board {
  /** Environment names in the order of promotion. */
  readonly columns: readonly string[];
  readonly rows: readonly BoardRow[];
}

export interface BoardRow {
  readonly app: string;
  /** One per column; empty where the app has no such environment. */
  readonly cells: readonly (readonly BoardCell[])[];
}

export interface BoardCell {
  readonly environment: EnvironmentSummary;
  /** How it differs from the environment before it; undefined for the first, and where one of them can't be rendered. */
  readonly difference: BoardDifference | undefined;
}

export interface BoardDifference {
  readonly previousId: string;
  readonly previousName: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** The first few fields that differ, for people: `Deployment/orders spec.replicas: 2 → 3`. Secret values are masked. */
  readonly fields: readonly string[];
}

/** How commits reach environments. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

/** In the order of the flow, left to right. */
export type TopologyKind = 'event' | 'build' | 'registry' | 'automation' | 'source' | 'operator' | 'environment' | 'cluster';

export interface TopologyNode {
  readonly id: string;
  readonly kind: TopologyKind;
  readonly label: string;
  readonly detail: string;
  /** Undefined for what stands in no file (a registry, a cluster). */
  readonly place: Place | undefined;
}

export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** A generated Application, for the preview of an ApplicationSet. */
export interface GeneratedApplications {
  /** The Applications as YAML, in the order of generation. */
  readonly text: string;
  readonly count: number;
  readonly problems: readonly FindingSummary[];
}

/** What a branch changes in each environment. */
export interface BranchComparison {
  /** The commit that it is compared with: where the branch left its target. */
  readonly baseCommit: string;
  readonly environments: readonly ComparedEnvironment[];
}

export interface ComparedEnvironment {
  readonly id: string;
  readonly label: string;
  readonly isProtected: boolean;
  readonly change: 'added' | 'removed' | 'changed' | 'unknown';
  /** How many objects. */
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Why nothing can be said. */
  readonly reason: string | undefined;
  /** Previews of both sides; undefined where there is none. */
  readonly leftUri: UriText | undefined;
  readonly rightUri: UriText | undefined;
}

/** A variable that only the cluster knows, for which somebody can give a value. */
export interface StandIn {
  readonly name: string;
  /** Where the cluster has it: `ConfigMap flux-system/cluster-vars`. */
  readonly from: readonly string[];
}

/** The variables of an environment that only its cluster knows. */
export interface StandIns {
  /** `namespace/name` of the Flux Kustomization. */
  readonly kustomization: string;
  readonly variables: readonly StandIn[];
}

/** Requests of the extension to the server about environments. */
export interface DeliveryRequests {
  'gitops/delivery/environments': { params: Record<string, never>; result: readonly EnvironmentSummary[] };
  'gitops/delivery/details': { params: { readonly id: string }; result: EnvironmentDetails | null };
  'gitops/delivery/board': { params: Record<string, never>; result: Board };
  'gitops/delivery/topology': { params: Record<string, never>; result: Topology };
  /** What `head` (the files as they are now, where it is missing) changes in each environment since it left `base`. */
  'gitops/delivery/compare': { params: { readonly base: string; readonly head?: string }; result: BranchComparison | FailureWords };
  /** The variables for which an environment needs stand-ins; null where there is no such environment. */
  'gitops/delivery/standIns': { params: { readonly id: string }; result: StandIns | null };
  /** The Applications that the ApplicationSet at or around a position generates; null where there is none. */
  'gitops/delivery/generated': { params: { readonly uri: UriText; readonly line: number }; result: GeneratedApplications | null };
}

/** Notifications of the server to the extension about environments. */
export interface DeliveryNotifications {
  /** Something of {@link EnvironmentSummary} may have changed: ask again for what is shown. Sent when typing pauses. */
  'gitops/delivery/changed': Record<string, never>;
}
