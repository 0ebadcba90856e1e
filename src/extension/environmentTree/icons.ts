/** Which of the editor's icons, in which of the theme's colors, stands for what in the tree. */
import type { DeliveryRecordSummary, DriftField, DriftRow, EnvironmentLive, HealthName } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary, FindingSummary } from '../../server/deliveryProtocol.js';
import { driftOf, isCompared } from '../live/words.js';

/** A product icon and a theme color, by their ids. */
export interface NodeIcon {
  readonly name: string;
  readonly color?: string;
}

/** What is wrong comes first, here or in the cluster; else whether all is as declared there; else whether it is protected. */
export function iconOfEnvironment({ state, findings, isProtected }: EnvironmentSummary, live?: EnvironmentLive): NodeIcon {
  if (state.kind === 'broken') return { name: 'error', color: 'list.errorForeground' };
  if (state.kind === 'unsupported') return { name: 'circle-slash', color: 'list.warningForeground' };
  if (state.kind === 'elsewhere') return { name: 'link-external', color: 'disabledForeground' };
  const name = isProtected ? 'shield' : 'server-environment';
  const seen = live && isCompared(live) ? live : undefined;
  if (findings.errors > 0 || seen?.health === 'Degraded') return { name, color: 'list.errorForeground' };
  if (findings.warnings > 0 || (seen && (driftOf(seen.counts) > 0 || seen.health === 'Missing'))) return { name, color: 'list.warningForeground' };
  return isProtected ? { name, color: 'gitops.protectedForeground' } : { name };
}

export function iconOfSeverity(severity: FindingSummary['severity']): NodeIcon {
  if (severity === 'error') return { name: 'error', color: 'list.errorForeground' };
  if (severity === 'warning') return { name: 'warning', color: 'list.warningForeground' };
  return { name: 'info' };
}

const kindIcons: readonly (readonly [pattern: RegExp, icon: string])[] = [
  [/^(Deployment|StatefulSet|DaemonSet|ReplicaSet|Pod|Rollout)$/, 'server-process'],
  [/^(Job|CronJob|Workflow|CronWorkflow)$/, 'play-circle'],
  [/^(Service|Ingress|IngressRoute|Gateway|HTTPRoute|GRPCRoute|Route|VirtualService|DestinationRule|Certificate)$/, 'globe'],
  [/^(ConfigMap)$/, 'gear'],
  [/Secret(Store)?$|^ClusterSecretStore$/, 'key'],
  [/^(ServiceAccount|(Cluster)?Role(Binding)?)$/, 'account'],
  [/^(PersistentVolume(Claim)?|StorageClass)$/, 'database'],
  [/^(HorizontalPodAutoscaler|PodDisruptionBudget|ScaledObject|VerticalPodAutoscaler)$/, 'graph'],
  [/^(NetworkPolicy|ResourceQuota|LimitRange)$/, 'shield'],
  [/^Namespace$/, 'symbol-namespace'],
  [/^CustomResourceDefinition$/, 'symbol-structure'],
  [/^(Application|ApplicationSet|AppProject|Kustomization|HelmRelease|GitRepository|OCIRepository|HelmRepository)$/, 'git-merge'],
];

export function iconOfKind(kind: string): NodeIcon {
  return { name: kindIcons.find(([pattern]) => pattern.test(kind))?.[1] ?? 'symbol-misc' };
}

/** What a sync would do about it, as in a diff: add, change, take away. */
const driftIcons: Readonly<Record<DriftRow['state'] | DriftField['state'], NodeIcon>> = {
  changed: { name: 'diff-modified', color: 'gitDecoration.modifiedResourceForeground' },
  missing: { name: 'diff-added', color: 'gitDecoration.addedResourceForeground' },
  extra: { name: 'diff-removed', color: 'gitDecoration.deletedResourceForeground' },
  removed: { name: 'diff-removed', color: 'gitDecoration.deletedResourceForeground' },
  foreign: { name: 'person' },
  unknown: { name: 'question', color: 'list.warningForeground' },
};

export function iconOfDrift(state: DriftRow['state'] | DriftField['state']): NodeIcon {
  return driftIcons[state];
}

const recordIcons: Readonly<Record<DeliveryRecordSummary['result'], NodeIcon>> = {
  done: { name: 'pass', color: 'testing.iconPassed' },
  failed: { name: 'error', color: 'list.errorForeground' },
  interrupted: { name: 'warning', color: 'list.warningForeground' },
  cancelled: { name: 'circle-slash' },
  running: { name: 'sync~spin' },
};

export function iconOfRecord(result: DeliveryRecordSummary['result']): NodeIcon {
  return recordIcons[result];
}

const healthIcons: Readonly<Record<HealthName, NodeIcon>> = {
  Healthy: { name: 'heart-filled', color: 'testing.iconPassed' },
  Suspended: { name: 'debug-pause' },
  Progressing: { name: 'sync~spin' },
  Missing: { name: 'circle-slash', color: 'list.warningForeground' },
  Degraded: { name: 'error', color: 'list.errorForeground' },
  Unknown: { name: 'question' },
};

export function iconOfHealth(health: HealthName): NodeIcon {
  return healthIcons[health];
}
