/**
 * Objects to judge the health of: for each kind the fields that decide, with the values they may have, and from them a
 * fixed series of combinations. What the real tools say of each stands in test/data/live/health.json
 * (scripts/facts/health.ts).
 */
import type { JsonObject, JsonValue } from '../../src/core/live/json.js';
import type { LiveObject } from '../../src/core/live/liveObject.js';

/** A field's path and the values it may have; undefined for none. */
type Fields = Readonly<Record<string, readonly (JsonValue | undefined)[]>>;

interface Shape {
  readonly fields?: Fields;
  /** Types of conditions, with the reasons that they may have. */
  readonly conditions?: Readonly<Record<string, readonly string[]>>;
}

const generations = { 'metadata.generation': [1, 2], 'status.observedGeneration': [0, 1, 2, undefined] } as const;
const counts = [undefined, 0, 1, 2, 3] as const;
const flux: Shape = {
  fields: { 'spec.suspend': [undefined, undefined, undefined, true, false], ...generations },
  conditions: {
    Ready: ['Succeeded', 'Failed'],
    Reconciling: ['Progressing', 'NewGeneration', 'Scanning'],
    Stalled: ['Bad'],
    ArtifactInStorage: [],
    ArtifactOutdated: ['NewRevision'],
    Released: [],
    TestSuccess: [],
  },
};
const ready: Shape = { conditions: { Ready: ['Created', 'Failed'], Other: [] } };

/** By `apiVersion kind`. */
const shapes: Readonly<Record<string, Shape>> = {
  'apps/v1 Deployment': {
    fields: {
      ...generations,
      'spec.paused': [undefined, undefined, undefined, true],
      'spec.replicas': counts,
      'spec.progressDeadlineSeconds': [undefined, 600, 2147483647],
      'status.replicas': counts,
      'status.updatedReplicas': counts,
      'status.readyReplicas': counts,
      'status.availableReplicas': counts,
    },
    conditions: { Progressing: ['NewReplicaSetAvailable', 'ProgressDeadlineExceeded', 'ReplicaSetUpdated'], Available: ['MinimumReplicasAvailable'] },
  },
  'apps/v1beta1 Deployment': {},
  'apps/v1 StatefulSet': {
    fields: {
      ...generations,
      'spec.replicas': counts,
      'spec.updateStrategy.type': [undefined, 'RollingUpdate', 'OnDelete'],
      'spec.updateStrategy.rollingUpdate': [undefined, { partition: 0 }, { partition: 1 }, {}],
      'status.replicas': counts,
      'status.readyReplicas': counts,
      'status.currentReplicas': counts,
      'status.updatedReplicas': counts,
      'status.currentRevision': ['a', 'b'],
      'status.updateRevision': ['a', 'b'],
    },
  },
  'apps/v1 DaemonSet': {
    fields: {
      ...generations,
      'spec.updateStrategy.type': [undefined, 'RollingUpdate', 'OnDelete'],
      'status.desiredNumberScheduled': counts,
      'status.currentNumberScheduled': counts,
      'status.updatedNumberScheduled': counts,
      'status.numberAvailable': counts,
      'status.numberReady': counts,
    },
  },
  'apps/v1 ReplicaSet': {
    fields: {
      ...generations,
      'spec.replicas': counts,
      'status.replicas': counts,
      'status.availableReplicas': counts,
      'status.readyReplicas': counts,
      'status.fullyLabeledReplicas': counts,
    },
    conditions: { ReplicaFailure: ['FailedCreate'] },
  },
  'batch/v1 Job': {
    fields: { 'status.startTime': [undefined, '2026-01-01T00:00:00Z'], 'spec.completions': [undefined, 2], 'status.succeeded': counts, 'status.active': counts },
    conditions: { Failed: ['BackoffLimitExceeded'], Complete: [], Suspended: ['JobSuspended'] },
  },
  'v1 Pod': {
    fields: {
      'spec.restartPolicy': ['Always', 'Always', 'OnFailure', 'Never'],
      'status.phase': ['Pending', 'Running', 'Running', 'Succeeded', 'Failed', undefined],
      'status.message': [undefined, 'pod message'],
      'status.containerStatuses': [
        undefined,
        [{ name: 'app', state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }],
        [{ name: 'app', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } }, lastState: { terminated: { exitCode: 1 } } }],
        [
          { name: 'app', state: { waiting: { reason: 'ContainerCreating' } } },
          { name: 'side', state: { waiting: { reason: 'ErrImagePull', message: 'refused' } } },
        ],
        [{ name: 'app', state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }],
        [{ name: 'app', state: { terminated: { exitCode: 3 } } }],
        [{ name: 'app', state: { running: {} }, lastState: { terminated: { exitCode: 2 } } }],
        [{ name: 'app', state: { terminated: { exitCode: 0, message: 'bye' } } }],
      ],
      'status.initContainerStatuses': [undefined, undefined, [{ name: 'init', state: { terminated: { exitCode: 4 } } }]],
    },
    conditions: { Ready: ['ContainersNotReady'], PodScheduled: ['Unschedulable', 'Scheduled'] },
  },
  'v1 PersistentVolumeClaim': { fields: { 'status.phase': ['Lost', 'Pending', 'Bound', undefined, 'Odd'] } },
  'v1 Service': {
    fields: {
      'spec.type': [undefined, 'LoadBalancer', 'LoadBalancer', 'ClusterIP'],
      'spec.clusterIP': [undefined, '10.0.0.1'],
      'status.loadBalancer.ingress': [undefined, [], [{ ip: '1.2.3.4' }]],
    },
  },
  'v1 ConfigMap': {},
  'v1 Secret': {},
  'networking.k8s.io/v1 Ingress': { fields: { 'status.loadBalancer.ingress': [undefined, [], [{ hostname: 'a' }]] } },
  'autoscaling/v2 HorizontalPodAutoscaler': {
    conditions: {
      AbleToScale: ['FailedGetScale', 'ReadyForNewScale'],
      ScalingActive: ['FailedGetResourceMetric', 'InvalidSelector', 'ValidMetricFound'],
      ScalingLimited: ['TooManyReplicas'],
    },
  },
  'autoscaling/v1 HorizontalPodAutoscaler': {
    fields: {
      'metadata.annotations': [
        undefined,
        { 'autoscaling.alpha.kubernetes.io/conditions': '[{"type":"AbleToScale","status":"True","message":"able"}]' },
        { 'autoscaling.alpha.kubernetes.io/conditions': '[{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"none"}]' },
        { 'autoscaling.alpha.kubernetes.io/conditions': '[]' },
      ],
    },
  },
  'apiregistration.k8s.io/v1 APIService': { conditions: { Available: ['Passed', 'ServiceNotFound'] } },
  'batch/v1 CronJob': {
    fields: {
      'spec.suspend': [undefined, undefined, true, false],
      status: [
        undefined,
        {},
        { lastScheduleTime: '2026-01-02T00:00:00Z' },
        { lastScheduleTime: '2026-01-02T00:00:00Z', lastSuccessfulTime: '2026-01-01T00:00:00Z' },
        { lastScheduleTime: '2026-01-02T00:00:00Z', lastSuccessfulTime: '2026-01-02T00:00:10Z' },
        { lastScheduleTime: '2026-01-02T00:00:00Z', lastSuccessfulTime: '2026-01-01T00:00:00Z', active: [{ kind: 'Job' }] },
      ],
    },
  },
  'policy/v1 PodDisruptionBudget': { fields: generations, conditions: { DisruptionAllowed: ['InsufficientPods', 'SyncFailed', 'SufficientPods'] } },
  'apiextensions.k8s.io/v1 CustomResourceDefinition': {
    fields: { 'metadata.deletionTimestamp': [undefined, undefined, undefined, undefined, '2026-01-01T00:00:00Z'], 'status.storedVersions': [['v1']] },
    conditions: {
      Established: ['Installing', 'InitialNamesAccepted'],
      NamesAccepted: ['NoConflicts'],
      NonStructuralSchema: ['Violations'],
      Terminating: ['InstanceDeletionPending'],
    },
  },
  'argoproj.io/v1alpha1 Workflow': {
    fields: { 'status.phase': [undefined, '', 'Pending', 'Running', 'Succeeded', 'Failed', 'Error', 'Odd'], 'status.message': [undefined, 'why'] },
  },
  'argoproj.io/v1alpha1 Rollout': {
    fields: {
      'metadata.generation': [1, 2],
      'status.observedGeneration': ['1', '2', '3', 'a1b2'],
      'status.phase': [undefined, undefined, undefined, 'Healthy', 'Paused', 'Progressing', 'Degraded'],
      'status.message': [undefined, 'because'],
      'status.pauseConditions': [undefined, undefined, [{ reason: 'CanaryPauseStep' }]],
      'status.currentPodHash': [undefined, 'abc', 'abc'],
      'status.stableRS': [undefined, 'abc', 'old'],
      'status.replicas': counts,
      'status.updatedReplicas': counts,
      'status.availableReplicas': counts,
      'status.blueGreen': [undefined, { activeSelector: 'abc' }, { activeSelector: 'old' }],
      'spec.replicas': [undefined, 1, 2],
      'spec.strategy': [{ canary: {} }, { blueGreen: {} }],
      'spec.paused': [undefined, undefined, undefined, true],
    },
    conditions: { InvalidSpec: ['InvalidSpec'], Progressing: ['RolloutAborted', 'ProgressDeadlineExceeded', 'ReplicaSetUpdated'] },
  },
  'argoproj.io/v1alpha1 AnalysisRun': {
    fields: { 'status.phase': ['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive'], 'status.message': [undefined, 'metric failed'] },
  },
  'argoproj.io/v1alpha1 Experiment': { fields: { 'status.phase': ['Pending', 'Running', 'Successful', 'Failed', 'Error'] } },
  'argoproj.io/v1alpha1 ApplicationSet': { conditions: { ErrorOccurred: ['Bad'], ResourcesUpToDate: ['ApplicationSetUpToDate'], RolloutProgressing: [] } },
  'argoproj.io/v1alpha1 CronWorkflow': { conditions: { SpecError: [], SubmissionError: [], Completed: [] } },
  'argoproj.io/v1alpha1 EventBus': { conditions: { Deployed: ['Deployed'], Configured: [] } },
  'argoproj.io/v1alpha1 Application': { fields: { 'status.health.status': [undefined, 'Healthy'] } },
  'kustomize.toolkit.fluxcd.io/v1 Kustomization': flux,
  'helm.toolkit.fluxcd.io/v2 HelmRelease': flux,
  'source.toolkit.fluxcd.io/v1 GitRepository': flux,
  'source.toolkit.fluxcd.io/v1 OCIRepository': flux,
  'source.toolkit.fluxcd.io/v1 HelmChart': flux,
  'source.toolkit.fluxcd.io/v1 HelmRepository': { ...flux, fields: { ...flux.fields, 'spec.type': [undefined, 'default', 'oci'] } },
  'image.toolkit.fluxcd.io/v1 ImagePolicy': flux,
  'image.toolkit.fluxcd.io/v1 ImageRepository': flux,
  'image.toolkit.fluxcd.io/v1 ImageUpdateAutomation': flux,
  'notification.toolkit.fluxcd.io/v1 Receiver': flux,
  'bitnami.com/v1alpha1 SealedSecret': { conditions: { Synced: [], Other: [] } },
  'cert-manager.io/v1 Certificate': { conditions: { Ready: ['Ready'], Issuing: ['Renewing'] } },
  'cert-manager.io/v1 ClusterIssuer': ready,
  'external-secrets.io/v1 ExternalSecret': ready,
  'external-secrets.io/v1 ClusterExternalSecret': { conditions: { Ready: [], PartiallyReady: [], NotReady: [] } },
  'keda.sh/v1alpha1 ScaledObject': { conditions: { Ready: [], Paused: [], Fallback: [], Active: [] } },
  'serving.knative.dev/v1 Service': { conditions: { Ready: ['RevisionFailed'], ConfigurationsReady: ['RevisionFailed'], RoutesReady: ['Uninitialized'] } },
  'monitoring.coreos.com/v1 Prometheus': { conditions: { Available: ['SomePodsNotReady', 'NoPodReady'], Reconciled: [] } },
  'snapshot.storage.k8s.io/v1 VolumeSnapshot': { fields: { 'status.readyToUse': [undefined, true, false], 'status.error': [undefined, { message: 'no driver' }] } },
  'gateway.networking.k8s.io/v1 Gateway': { conditions: { ResolvedRefs: [], Accepted: [], Programmed: [] } },
  'gateway.networking.k8s.io/v1 HTTPRoute': {
    fields: {
      'metadata.generation': [1, 2],
      'status.parents': [
        undefined,
        [],
        [{ parentRef: { name: 'gw' }, conditions: [{ type: 'Accepted', status: 'True', observedGeneration: 1 }] }],
        [{ parentRef: { name: 'gw' }, conditions: [{ type: 'Accepted', status: 'False', message: 'refused', observedGeneration: 2 }] }],
        [{ parentRef: { name: 'gw' }, conditions: [{ type: 'ResolvedRefs', status: 'False', observedGeneration: 1 }] }],
        [
          { parentRef: { name: 'a' }, conditions: [] },
          { parentRef: { name: 'b' }, conditions: [{ type: 'Programmed', status: 'Unknown', message: 'soon' }] },
        ],
      ],
    },
  },
  'projectcontour.io/v1 HTTPProxy': { fields: { 'metadata.generation': [1, 2], 'status.description': [undefined, 'Valid HTTPProxy'] }, conditions: { Valid: [], Other: [] } },
  'postgresql.cnpg.io/v1 Cluster': {
    fields: {
      'status.phase': ['Cluster in healthy state', 'Failing over', 'Setting up primary', 'Cluster has incomplete or invalid image catalog', 'New'],
      'status.phaseReason': [undefined, 'reasons'],
    },
    conditions: { Ready: [], 'cnpg.io/hibernation': ['Hibernated'] },
  },
  'kafka.strimzi.io/v1beta2 Kafka': { conditions: { NotReady: ['Creating', 'Broken'], Ready: [] } },
  'rabbitmq.com/v1beta1 RabbitmqCluster': { conditions: { ReconcileSuccess: [], ClusterAvailable: [], AllReplicasReady: [] } },
  'karpenter.sh/v1 NodePool': ready,
  's3.aws.upbound.io/v1beta1 Bucket': { conditions: { LastAsyncOperation: [], Synced: [], Ready: [] } },
  'example.crossplane.io/v1 Thing': { conditions: { LastAsyncOperation: [], Synced: [], Healthy: [], Established: [] } },
  'rds.aws.crossplane.io/v1 DBInstance': { conditions: { Ready: ['Available', 'Creating'], Synced: ['ReconcileError', 'ReconcilePaused', 'ReconcileSuccess'] } },
  'kubevirt.io/v1 VirtualMachine': { fields: { 'status.created': [undefined, true], 'status.printableStatus': [undefined, 'Running'] }, conditions: { Ready: [], Paused: [] } },
  'operator.knative.dev/v1 KnativeServing': { conditions: { Ready: [], InstallSucceeded: [], DependenciesInstalled: [], DeploymentsAvailable: [], VersionMigrationEligible: [] } },
  'operators.coreos.com/v1alpha1 Subscription': {
    fields: { 'status.state': [undefined, 'AtLatestKnown', 'AtLatestKnown', 'UpgradePending', 'UpgradeFailed'] },
    conditions: { InstallPlanPending: [], InstallPlanMissing: ['ReferencedInstallPlanNotFound', 'Gone'], CatalogSourcesUnhealthy: [], ResolutionFailed: [] },
  },
  'k8s.mariadb.com/v1alpha1 Database': ready,
  'k8s.mariadb.com/v1alpha1 MariaDB': { conditions: { Ready: ['Failed', 'StatefulSetNotReady'], Other: ['Failed'] } },
  'k8s.keycloak.org/v2alpha1 Keycloak': { conditions: { Ready: [], HasErrors: [], RollingUpdate: [] } },
  'db.atlasgo.io/v1alpha1 AtlasMigration': { conditions: { Ready: ['Reconciling', 'Migrating'] } },
  'grafana.integreatly.org/v1beta1 GrafanaDashboard': { conditions: { DashboardSynchronized: ['ApplySuccessful'], InvalidSpec: ['Invalid'] } },
  'serving.kserve.io/v1beta1 InferenceService': {
    fields: { 'status.modelStatus.transitionStatus': [undefined, 'UpToDate', 'UpToDate', 'InProgress', 'BlockedByFailedLoad'] },
    conditions: { Ready: ['NotReady'], IngressReady: [], Stopped: ['Stopped'] },
  },
  'ocs.openshift.io/v1 StorageCluster': { conditions: { Degraded: [], Progressing: [], Available: [] } },
  'numaflow.numaproj.io/v1alpha1 Pipeline': {
    fields: { 'metadata.generation': [1, 2], 'status.observedGeneration': [1, 2], 'status.phase': ['Running', 'Paused', 'Failed', 'Deleting'], 'status.message': ['broken'] },
    conditions: { Configured: [], Deployed: [] },
  },
  'promoter.argoproj.io/v1alpha1 PullRequest': {
    fields: { 'metadata.generation': [1, 2], 'status.state': [undefined, 'open'], 'status.id': [undefined, '7'] },
    conditions: { Ready: ['ReconciliationError'], Other: [] },
  },
  'cluster.x-k8s.io/v1beta1 Cluster': {
    fields: { 'spec.paused': [undefined, undefined, true], 'status.phase': [undefined, 'Provisioned', 'Failed', 'Deleting'] },
    conditions: { Ready: [] },
  },
  'gloo.solo.io/v1 Upstream': {
    fields: {
      'status.state': [undefined, 'Accepted', 'Rejected', 0, 1, 2, 3, 'Odd'],
      'status.reason': [undefined, 'why'],
      'status.statuses': [undefined, undefined, { system: { state: 'Warning', reason: 'slow' } }],
    },
  },
  'compute.cnrm.cloud.google.com/v1beta1 ComputeDisk': { conditions: { Ready: ['UpToDate', 'UpdateFailed', 'DependencyNotFound', 'DependencyNotReady', 'Updating'] } },
  'openfaas.com/v1 Function': { fields: { 'status.replicas': [undefined, 0, 1] }, conditions: { Ready: [], Stalled: [] } },
  'apps.openshift.io/v1 DeploymentConfig': {
    fields: { 'status.replicas': [undefined, 0, 1, 2] },
    conditions: { Available: [], Progressing: ['NewReplicationControllerAvailable', 'ReplicationControllerUpdated'] },
  },
  'example.com/v1 Widget': { fields: generations, conditions: { Ready: ['Working'], Reconciling: ['Working'], Stalled: ['Broken'] } },
};

/** How many of each kind. */
const perKind = 40;

export interface HealthCase {
  /** `apps/v1 Deployment #7`. */
  readonly name: string;
  readonly object: LiveObject;
}

/** The same ones at every call. */
export function healthCases(): readonly HealthCase[] {
  return Object.entries(shapes).flatMap(([name, shape]) => {
    const random = randomOf(name);
    const size = shape.fields === undefined && shape.conditions === undefined ? 1 : perKind;
    return Array.from({ length: size }, (_, index) => ({ name: `${name} #${String(index)}`, object: makeObject(name, shape, random) }));
  });
}

type Random = (below: number) => number;

function makeObject(name: string, { fields, conditions }: Shape, random: Random): LiveObject {
  const [apiVersion = '', kind = ''] = name.split(' ');
  let object: JsonObject = { apiVersion, kind, metadata: { name: 'it', namespace: 'here' }, spec: {} };
  for (const [path, values] of Object.entries(fields ?? {})) object = withValue(object, path.split('.'), values[random(values.length)]);
  // Deletion leaves a status behind, and a fresh object has none.
  if (conditions !== undefined && random(12) > 0) object = withValue(object, ['status', 'conditions'], makeConditions(conditions, random));
  return object as LiveObject;
}

function makeConditions(types: Readonly<Record<string, readonly string[]>>, random: Random): readonly JsonObject[] {
  const left = Object.entries(types);
  const found: JsonObject[] = [];
  for (let count = random(left.length + 1); count > 0; count--) {
    const [[type = '', reasons = []] = []] = left.splice(random(left.length), 1);
    const status = ['True', 'True', 'False', 'Unknown'][random(4)] ?? '';
    found.push({ type, status, reason: reasons[random(reasons.length || 1)] ?? 'Because', message: `${type} says ${status}`, observedGeneration: 1 + random(2) });
  }
  return found;
}

function withValue(object: JsonObject, [key = '', ...rest]: readonly string[], value: JsonValue | undefined): JsonObject {
  if (value === undefined) return object;
  if (rest.length === 0) return { ...object, [key]: value };
  return { ...object, [key]: withValue((object[key] ?? {}) as JsonObject, rest, value) };
}

/** A generator of numbers that starts with the name (mulberry32). */
function randomOf(name: string): Random {
  let state = [...name].reduce((hash, character) => Math.imul(hash ^ character.charCodeAt(0), 16777619), 2166136261);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
