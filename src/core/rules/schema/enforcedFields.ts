/**
 * The required fields of Kubernetes' own kinds whose lack the API server refuses. Its OpenAPI marks more as required
 * than that: some have defaults (`roleRef.apiGroup`), some may be empty (`serviceName`, a header's `value`). Each
 * lack was tried on an API server v1.34.2 (scripts/facts/kubernetesTypes/enforcedFields.mjs) and refused. Kinds that aren't
 * written by hand are left out.
 */
const byType: Readonly<Record<string, readonly string[]>> = {
  // core
  PodSpec: ['containers'],
  Container: ['name'],
  EphemeralContainer: ['name'],
  ContainerPort: ['containerPort'],
  EnvVar: ['name'],
  VolumeMount: ['name', 'mountPath'],
  VolumeDevice: ['name', 'devicePath'],
  Volume: ['name'],
  KeyToPath: ['key', 'path'],
  ConfigMapKeySelector: ['key'],
  SecretKeySelector: ['key'],
  ObjectFieldSelector: ['fieldPath'],
  ResourceFieldSelector: ['resource'],
  DownwardAPIVolumeFile: ['path'],
  ServiceAccountTokenProjection: ['path'],
  HTTPGetAction: ['port'],
  TCPSocketAction: ['port'],
  GRPCAction: ['port'],
  HTTPHeader: ['name'],
  HostPathVolumeSource: ['path'],
  NFSVolumeSource: ['server', 'path'],
  CSIVolumeSource: ['driver'],
  CSIPersistentVolumeSource: ['driver', 'volumeHandle'],
  LocalVolumeSource: ['path'],
  PersistentVolumeClaimVolumeSource: ['claimName'],
  PodAffinityTerm: ['topologyKey'],
  WeightedPodAffinityTerm: ['podAffinityTerm', 'weight'],
  PreferredSchedulingTerm: ['weight'],
  NodeSelector: ['nodeSelectorTerms'],
  NodeSelectorRequirement: ['key', 'operator'],
  TopologySpreadConstraint: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
  PodReadinessGate: ['conditionType'],
  SeccompProfile: ['type'],
  AppArmorProfile: ['type'],
  HostAlias: ['ip'],
  ServicePort: ['port'],
  LabelSelectorRequirement: ['key', 'operator'],
  LimitRangeItem: ['type'],
  // apps, batch
  DeploymentSpec: ['selector', 'template'],
  StatefulSetSpec: ['selector', 'template'],
  DaemonSetSpec: ['selector', 'template'],
  ReplicaSetSpec: ['selector'],
  JobSpec: ['template'],
  CronJobSpec: ['schedule', 'jobTemplate'],
  // networking, policy, autoscaling
  HTTPIngressRuleValue: ['paths'],
  HTTPIngressPath: ['pathType', 'backend'],
  IngressServiceBackend: ['name'],
  IPBlock: ['cidr'],
  HorizontalPodAutoscalerSpec: ['maxReplicas', 'scaleTargetRef'],
  CrossVersionObjectReference: ['kind', 'name'],
  MetricSpec: ['type'],
  MetricTarget: ['type'],
  MetricIdentifier: ['name'],
  ResourceMetricSource: ['name', 'target'],
  ContainerResourceMetricSource: ['name', 'target', 'container'],
  HPAScalingPolicy: ['type', 'value', 'periodSeconds'],
  // rbac, storage, admission, extensions
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  RoleRef: ['kind', 'name'],
  Subject: ['kind', 'name'],
  PolicyRule: ['verbs'],
  StorageClass: ['provisioner'],
  RuntimeClass: ['handler'],
  ValidatingWebhook: ['name', 'clientConfig', 'sideEffects', 'admissionReviewVersions'],
  MutatingWebhook: ['name', 'clientConfig', 'sideEffects', 'admissionReviewVersions'],
  CustomResourceDefinitionSpec: ['group', 'names', 'scope', 'versions'],
  CustomResourceDefinitionNames: ['plural', 'kind'],
  CustomResourceDefinitionVersion: ['name'],
};

const enforced: ReadonlySet<string> = new Set(Object.entries(byType).flatMap(([type, fields]) => fields.map((field) => `${type}.${field}`)));

/** Whether the API server refuses an object of Kubernetes' own without a field. */
export function isEnforced(type: string, field: string): boolean {
  return enforced.has(`${type}.${field}`);
}
