/**
 * What the doctor's checks look at, gathered by somebody else: the environment with its render and findings, git, what the
 * operator says, and live objects by topic. What couldn't be seen is said; a check never takes it for missing.
 */
import type { Problem } from '../base/problem.js';
import type { EnvironmentDrift } from '../drift/drift.js';
import type { Environment } from '../gitops/delivery.js';
import type { LiveObject } from '../live/liveObject.js';
import type { Rendering } from '../objects/rendering.js';
import type { OperatorStatus } from '../operators/operatorStatus.js';
import type { TagVerdict } from '../registry/imageFacts.js';
import type { LadderSource, Rung } from '../sync/ladder.js';

/** Kinds of live objects that checks ask for. */
export type Topic =
  | 'pods'
  | 'replicaSets'
  | 'events'
  | 'services'
  | 'endpointSlices'
  | 'ingressClasses'
  | 'quotas'
  | 'claims'
  | 'storageClasses'
  | 'namespaces'
  | 'imageRepositories'
  | 'imagePolicies'
  | 'imageAutomations';

/** Where objects of a topic are. `operator`: in the namespace of the environment's declaration. */
export interface TopicPlace {
  readonly group: string;
  readonly kind: string;
  readonly where: 'namespaces' | 'cluster' | 'operator';
  readonly fieldSelector?: string;
}

export const topicPlaces: Readonly<Record<Topic, TopicPlace>> = {
  pods: { group: '', kind: 'Pod', where: 'namespaces' },
  replicaSets: { group: 'apps', kind: 'ReplicaSet', where: 'namespaces' },
  events: { group: '', kind: 'Event', where: 'namespaces', fieldSelector: 'type=Warning' },
  services: { group: '', kind: 'Service', where: 'namespaces' },
  endpointSlices: { group: 'discovery.k8s.io', kind: 'EndpointSlice', where: 'namespaces' },
  ingressClasses: { group: 'networking.k8s.io', kind: 'IngressClass', where: 'cluster' },
  quotas: { group: '', kind: 'ResourceQuota', where: 'namespaces' },
  claims: { group: '', kind: 'PersistentVolumeClaim', where: 'namespaces' },
  storageClasses: { group: 'storage.k8s.io', kind: 'StorageClass', where: 'cluster' },
  namespaces: { group: '', kind: 'Namespace', where: 'cluster' },
  imageRepositories: { group: 'image.toolkit.fluxcd.io', kind: 'ImageRepository', where: 'operator' },
  imagePolicies: { group: 'image.toolkit.fluxcd.io', kind: 'ImagePolicy', where: 'operator' },
  imageAutomations: { group: 'image.toolkit.fluxcd.io', kind: 'ImageUpdateAutomation', where: 'operator' },
};

export interface DoctorFacts {
  readonly environment: Environment;
  readonly rendering: Rendering;
  /** What is found at the environment: by rendering it, and by rules. */
  readonly findings: readonly Problem[];
  readonly rungs: readonly Rung[];
  readonly sources: readonly LadderSource[];
  /** Markers of image policies in the files that it is rendered from. */
  readonly markers: readonly ImageMarker[];
  /** What registries say of its images, as they are written; images that weren't asked for are left out. */
  readonly images: ReadonlyMap<string, TagVerdict>;
  /** Undefined where no cluster was asked. */
  readonly live: LiveFacts | undefined;
  /** A path as people read it. */
  readonly label: (path: string) => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A `# {"$imagepolicy": "ns:name"}` and the image whose version stands before it. */
export interface ImageMarker {
  readonly policyNamespace: string;
  readonly policyName: string;
  /** The absolute path of its file, and the 0-based line. */
  readonly path: string;
  readonly line: number;
  /** The value on its line: an image, or its tag. */
  readonly text: string;
}

export interface LiveFacts {
  readonly context: string;
  /** Undefined where it doesn't render. */
  readonly drift: EnvironmentDrift | undefined;
  /** The environment's own object of its operator, as it is live; undefined where it isn't there. */
  readonly declaration: LiveObject | undefined;
  readonly status: OperatorStatus | undefined;
  /** The object that fetches what a Flux object applies. */
  readonly source: LiveObject | undefined;
  readonly sourceStatus: OperatorStatus | undefined;
  /** Whether the kind of the declaration is served in this cluster. */
  readonly hasOperatorKind: boolean;
  /** How many other objects of that kind there are in the declaration's namespace; undefined where that can't be seen. */
  readonly otherDeclarations: number | undefined;
  readonly seen: Readonly<Record<Topic, readonly LiveObject[]>>;
  /** Why objects of a topic can't be seen, one sentence each. */
  readonly unseen: ReadonlyMap<Topic, string>;
  /** Secrets and service accounts that pods name, by `namespace/name`: what matters of them. */
  readonly pullSecrets: ReadonlyMap<string, PullSecret>;
  /** The pull secrets that service accounts bring, by `namespace/name`. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
}

/** `registries`: the hosts that it has credentials for. */
export type PullSecret =
  { readonly kind: 'there'; readonly type: string; readonly registries: readonly string[] } | { readonly kind: 'missing' } | { readonly kind: 'unknown'; readonly reason: string };
