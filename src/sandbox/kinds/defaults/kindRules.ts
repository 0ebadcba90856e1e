/** The defaults of whole objects, by `group/version/Kind` (Kubernetes v1.34, pkg/apis/.../v1/defaults.go). */
import type { Draft } from '../codec.js';
import { fill, isFilled, isUnset, makeMapAt, mapAt, mapsAt, textAt, type DefaultRule } from './fill.js';

const inSpec =
  (rule: DefaultRule): DefaultRule =>
  (draft) =>
    rule(makeMapAt(draft, 'spec'));

const setDeployment = inSpec((spec) => {
  const strategy = makeMapAt(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') fill(makeMapAt(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
});

const setDaemonSet = inSpec((spec) => {
  const strategy = makeMapAt(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy['type'] === 'RollingUpdate') fill(makeMapAt(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
  fill(spec, { revisionHistoryLimit: 10 });
});

const setStatefulSet = inSpec((spec) => {
  const strategy = makeMapAt(spec, 'updateStrategy');
  if (isUnset(strategy['type'])) {
    strategy['type'] = 'RollingUpdate';
    makeMapAt(strategy, 'rollingUpdate');
  }
  const rollingUpdate = mapAt(strategy, 'rollingUpdate');
  if (strategy['type'] === 'RollingUpdate' && rollingUpdate) fill(rollingUpdate, { partition: 0 });
  fill(makeMapAt(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
  // the server writes what it decoded as a claim
  for (const claim of mapsAt(spec, 'volumeClaimTemplates')) {
    fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
    fill(makeMapAt(claim, 'status'), { phase: 'Pending' });
  }
});

const copyLabels = (draft: Draft, labels: Draft | undefined): void => {
  const metadata = makeMapAt(draft, 'metadata');
  if (labels && !isFilled(metadata['labels'])) metadata['labels'] = { ...labels };
};

const labelsOfTemplate = (draft: Draft): Draft | undefined => mapAt(makeMapAt(mapAt(makeMapAt(draft, 'spec'), 'template') ?? {}, 'metadata'), 'labels');

const setJob: DefaultRule = (job) => {
  const spec = makeMapAt(job, 'spec');
  setJobSpec(spec);
  // the labels of a new one are completed before they are copied, when it gets its selector
  const selected = mapAt(mapAt(spec, 'selector') ?? {}, 'matchLabels') ?? {};
  if (spec['manualSelector'] === true || 'batch.kubernetes.io/controller-uid' in selected) copyLabels(job, labelsOfTemplate(job));
};

const setJobSpec: DefaultRule = (spec) => {
  if (isUnset(spec['completions']) && isUnset(spec['parallelism'])) fill(spec, { completions: 1 });
  fill(spec, {
    parallelism: 1,
    backoffLimit: isUnset(spec['backoffLimitPerIndex']) ? 6 : 2147483647,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: mapAt(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed',
  });
};

const setPod = inSpec((spec) => {
  const containers = [...mapsAt(spec, 'containers'), ...mapsAt(spec, 'initContainers')];
  for (const container of containers) {
    const resources = makeMapAt(container, 'resources');
    const limits = mapAt(resources, 'limits');
    if (limits) resources['requests'] = { ...limits, ...mapAt(resources, 'requests') };
    if (spec['hostNetwork'] !== true) continue;
    for (const port of mapsAt(container, 'ports')) if (port['hostPort'] === undefined) port['hostPort'] = port['containerPort'];
  }
  fill(spec, { enableServiceLinks: true });
});

const setService = inSpec((spec) => {
  fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig'];
  if (spec['sessionAffinity'] === 'ClientIP') {
    const config = mapAt(mapAt(spec, 'sessionAffinityConfig') ?? {}, 'clientIP');
    if (config?.['timeoutSeconds'] === undefined) spec['sessionAffinityConfig'] = { clientIP: { timeoutSeconds: 10800 } };
  }
  for (const port of mapsAt(spec, 'ports')) {
    fill(port, { protocol: 'TCP' });
    if (isUnset(port['targetPort']) || port['targetPort'] === 0) port['targetPort'] = port['port'] ?? 0;
  }
  const type = textAt(spec, 'type');
  const isReachable = type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && isFilled(spec['externalIPs']));
  if (isReachable) fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (type !== 'ExternalName') fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (type === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
});

/** Texts of `stringData` win over `data`, and are written as such only. */
const setSecret: DefaultRule = (secret) => {
  const texts = mapAt(secret, 'stringData');
  if (texts) {
    const data = makeMapAt(secret, 'data');
    for (const [name, text] of Object.entries(texts)) data[name] = Buffer.from(typeof text === 'string' ? text : '', 'utf8').toString('base64');
    delete secret['stringData'];
  }
  fill(secret, { type: 'Opaque' });
};

const setNamespace: DefaultRule = (namespace) => {
  const metadata = makeMapAt(namespace, 'metadata');
  const name = textAt(metadata, 'name');
  if (name !== '') makeMapAt(metadata, 'labels')['kubernetes.io/metadata.name'] = name;
  fill(makeMapAt(namespace, 'status'), { phase: 'Active' });
};

const setReplicationController: DefaultRule = (controller) => {
  const spec = makeMapAt(controller, 'spec');
  const labels = labelsOfTemplate(controller);
  if (labels && !isFilled(spec['selector'])) spec['selector'] = { ...labels };
  copyLabels(controller, labels);
  fill(spec, { replicas: 1 });
};

const scaleUp: Draft = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const scaleDown: Draft = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

const setAutoscaler = inSpec((spec) => {
  fill(spec, { minReplicas: 1 });
  if (!isFilled(spec['metrics'])) spec['metrics'] = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  const behavior = mapAt(spec, 'behavior');
  if (!behavior) return;
  fill(makeMapAt(behavior, 'scaleUp'), structuredClone(scaleUp));
  fill(makeMapAt(behavior, 'scaleDown'), structuredClone(scaleDown));
});

const setRoleRef: DefaultRule = (binding) => fill(makeMapAt(binding, 'roleRef'), { apiGroup: 'rbac.authorization.k8s.io' });

const setNetworkPolicy = inSpec((spec) => {
  if (!isFilled(spec['policyTypes'])) spec['policyTypes'] = isFilled(spec['egress']) ? ['Ingress', 'Egress'] : ['Ingress'];
});

const setDefinition: DefaultRule = (definition) => {
  const spec = makeMapAt(definition, 'spec');
  const names = makeMapAt(spec, 'names');
  const kind = textAt(names, 'kind');
  fill(names, { singular: kind.toLowerCase(), ...(kind === '' ? {} : { listKind: `${kind}List` }) });
  fill(spec, { conversion: { strategy: 'None' } });
  const status = makeMapAt(definition, 'status');
  const stored = mapsAt(spec, 'versions').find((version) => version['storage'] === true);
  if (!isFilled(status['storedVersions']) && stored) status['storedVersions'] = [textAt(stored, 'name')];
};

export const kindRules: Readonly<Record<string, DefaultRule>> = {
  '/v1/Pod': setPod,
  '/v1/Service': setService,
  '/v1/Secret': setSecret,
  '/v1/Namespace': setNamespace,
  '/v1/ReplicationController': setReplicationController,
  '/v1/PersistentVolume': (volume) => {
    fill(makeMapAt(volume, 'spec'), { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
    fill(makeMapAt(volume, 'status'), { phase: 'Pending' });
  },
  '/v1/PersistentVolumeClaim': (claim) => fill(makeMapAt(claim, 'status'), { phase: 'Pending' }),
  '/v1/Endpoints': (endpoints) => {
    for (const subset of mapsAt(endpoints, 'subsets')) for (const port of mapsAt(subset, 'ports')) fill(port, { protocol: 'TCP' });
  },
  '/v1/Node': (node) => {
    const status = makeMapAt(node, 'status');
    const capacity = mapAt(status, 'capacity');
    if (capacity) fill(status, { allocatable: { ...capacity } });
  },
  'apps/v1/Deployment': setDeployment,
  'apps/v1/DaemonSet': setDaemonSet,
  'apps/v1/StatefulSet': setStatefulSet,
  'apps/v1/ReplicaSet': inSpec((spec) => fill(spec, { replicas: 1 })),
  'batch/v1/Job': setJob,
  'batch/v1/CronJob': inSpec((spec) => fill(spec, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 })),
  'autoscaling/v1/HorizontalPodAutoscaler': (autoscaler) => {
    const spec = makeMapAt(autoscaler, 'spec');
    const annotations = mapAt(makeMapAt(autoscaler, 'metadata'), 'annotations');
    fill(spec, { minReplicas: 1 });
    // other metrics stand in an annotation
    if (annotations?.['autoscaling.alpha.kubernetes.io/metrics'] === undefined) fill(spec, { targetCPUUtilizationPercentage: 80 });
  },
  'autoscaling/v2/HorizontalPodAutoscaler': setAutoscaler,
  'rbac.authorization.k8s.io/v1/RoleBinding': setRoleRef,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': setRoleRef,
  'networking.k8s.io/v1/NetworkPolicy': setNetworkPolicy,
  'networking.k8s.io/v1/IngressClass': (ingressClass) => {
    const parameters = mapAt(mapAt(ingressClass, 'spec') ?? {}, 'parameters');
    if (parameters) fill(parameters, { scope: 'Cluster' });
  },
  'storage.k8s.io/v1/StorageClass': (storageClass) => fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'storage.k8s.io/v1/CSIDriver': inSpec((spec) => {
    fill(spec, { attachRequired: true, podInfoOnMount: false, storageCapacity: false, fsGroupPolicy: 'ReadWriteOnceWithFSType', requiresRepublish: false, seLinuxMount: false });
    if (!isFilled(spec['volumeLifecycleModes'])) spec['volumeLifecycleModes'] = ['Persistent'];
  }),
  'discovery.k8s.io/v1/EndpointSlice': (slice) => {
    for (const port of mapsAt(slice, 'ports')) {
      port['name'] ??= '';
      fill(port, { protocol: 'TCP' });
    }
  },
  'scheduling.k8s.io/v1/PriorityClass': (priorityClass) => fill(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' }),
  'apiextensions.k8s.io/v1/CustomResourceDefinition': setDefinition,
};
