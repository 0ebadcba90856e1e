// One small object of every kind that an API server takes, by `group/version/Kind`: what the generators of facts and of test data
// send to a real server.
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const selector = { matchLabels: { a: 'b' } };
const once = { metadata: { labels: { a: 'b' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
const webhook = { name: 'a.b.c', clientConfig: { url: 'https://x.y/z' }, sideEffects: 'None', admissionReviewVersions: ['v1'] };

const specs = {
  'v1/ConfigMap': {},
  'v1/Endpoints': {},
  'v1/Event': { metadata: { name: 'x', namespace: 'default' }, involvedObject: { namespace: 'default', kind: 'Pod', name: 'x' } },
  'v1/LimitRange': { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
  'v1/Namespace': {},
  'v1/Node': {},
  'v1/PersistentVolume': { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } } },
  'v1/PersistentVolumeClaim': { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  'v1/Pod': { spec: { serviceAccountName: 'default', automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] } },
  'v1/PodTemplate': { template },
  'v1/ReplicationController': { spec: { selector: { a: 'b' }, template } },
  'v1/ResourceQuota': { spec: { hard: { pods: '1' } } },
  'v1/Secret': {},
  'v1/Service': { spec: { ports: [{ port: 80 }] } },
  'v1/ServiceAccount': {},
  'apiregistration.k8s.io/v1/APIService': {
    metadata: { name: 'v1.a.b' },
    spec: { group: 'a.b', version: 'v1', groupPriorityMinimum: 10, versionPriority: 10, service: { name: 's', namespace: 'n' } },
  },
  'apps/v1/ControllerRevision': { revision: 1, data: { a: 1 } },
  'apps/v1/DaemonSet': { spec: { selector, template } },
  'apps/v1/Deployment': { spec: { selector, template } },
  'apps/v1/ReplicaSet': { spec: { selector, template } },
  'apps/v1/StatefulSet': { spec: { selector, template } },
  'events.k8s.io/v1/Event': {
    metadata: { name: 'x', namespace: 'default' },
    eventTime: '2024-01-01T00:00:00.000000Z',
    action: 'A',
    reason: 'R',
    type: 'Normal',
    reportingController: 'a/b',
    reportingInstance: 'i',
  },
  'autoscaling/v1/HorizontalPodAutoscaler': { spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } } },
  'autoscaling/v2/HorizontalPodAutoscaler': { spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } } },
  'batch/v1/CronJob': { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: once } } } },
  'batch/v1/Job': { spec: { template: once } },
  'networking.k8s.io/v1/Ingress': { spec: { rules: [{ host: 'x.y', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] } }] } },
  'networking.k8s.io/v1/IPAddress': { metadata: { name: '10.9.8.7' }, spec: { parentRef: { resource: 'services', name: 'x', namespace: 'default' } } },
  'networking.k8s.io/v1/ServiceCIDR': { spec: { cidrs: ['10.77.0.0/24'] } },
  'networking.k8s.io/v1/IngressClass': { spec: { controller: 'a.b/c' } },
  'networking.k8s.io/v1/NetworkPolicy': { spec: { podSelector: {} } },
  'policy/v1/PodDisruptionBudget': { spec: { selector, minAvailable: 1 } },
  'rbac.authorization.k8s.io/v1/ClusterRole': { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': { roleRef: { kind: 'ClusterRole', name: 'x' }, subjects: [{ kind: 'ServiceAccount', name: 's', namespace: 'default' }] },
  'rbac.authorization.k8s.io/v1/Role': { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  'rbac.authorization.k8s.io/v1/RoleBinding': { roleRef: { kind: 'Role', name: 'x' }, subjects: [{ kind: 'User', name: 's' }] },
  'storage.k8s.io/v1/CSIDriver': { spec: {} },
  'storage.k8s.io/v1/CSINode': { spec: { drivers: [] } },
  'storage.k8s.io/v1/CSIStorageCapacity': { storageClassName: 'x' },
  'storage.k8s.io/v1/StorageClass': { provisioner: 'a.b/c' },
  'storage.k8s.io/v1/VolumeAttachment': { spec: { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'p' } } },
  'storage.k8s.io/v1/VolumeAttributesClass': { driverName: 'a.b', parameters: { a: 'b' } },
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': { webhooks: [webhook] },
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': { webhooks: [webhook] },
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': {
    spec: { matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] }, validations: [{ expression: 'true' }] },
  },
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': { spec: { policyName: 'x', validationActions: ['Deny'] } },
  'apiextensions.k8s.io/v1/CustomResourceDefinition': {
    metadata: { name: 'foos.a.b' },
    spec: { group: 'a.b', scope: 'Namespaced', names: { plural: 'foos', kind: 'Foo' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] },
  },
  'scheduling.k8s.io/v1/PriorityClass': { value: 1 },
  'coordination.k8s.io/v1/Lease': { spec: {} },
  'node.k8s.io/v1/RuntimeClass': { handler: 'x' },
  'discovery.k8s.io/v1/EndpointSlice': { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] },
  'resource.k8s.io/v1/DeviceClass': { spec: {} },
  'resource.k8s.io/v1/ResourceClaim': { spec: {} },
  'resource.k8s.io/v1/ResourceClaimTemplate': { spec: { spec: {} } },
  'resource.k8s.io/v1/ResourceSlice': { spec: { driver: 'a.b', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [] } },
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': { spec: { priorityLevelConfiguration: { name: 'x' } } },
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': {
    metadata: { name: 'y' },
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  },
};

export const minimalObjects = Object.fromEntries(
  Object.entries(specs).map(([key, fields]) => {
    const parts = key.split('/');
    return [key, { apiVersion: parts.slice(0, -1).join('/'), kind: parts.at(-1), metadata: { name: 'x' }, ...fields }];
  }),
);
