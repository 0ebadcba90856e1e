// Objects that a server refuses, each made from a good one by setting or taking away (undefined) fields; and updates of
// objects that it refuses. What it says of them is recorded by record.mjs.
import { minimalObjects } from './minimalObjects.mjs';

const labels = { a: 'b' };
const container = { name: 'c', image: 'i' };
const deployment = minimalObjects['apps/v1/Deployment'];
const pod = minimalObjects['v1/Pod'];
const service = minimalObjects['v1/Service'];
const at = (key) => minimalObjects[key];

const podSpecCases = (start) => [
  [`${start}containers`, []],
  [`${start}containers`, undefined],
  [`${start}containers.0.name`, 'Bad_Name'],
  [`${start}containers.0.name`, undefined],
  [`${start}containers.0.image`, undefined],
  [`${start}containers.0.image`, ' x '],
  [`${start}containers`, [container, container]],
  [`${start}initContainers`, [{ ...container, image: 'x' }]],
  [`${start}initContainers`, [{ name: 'i', image: '' }]],
  [`${start}initContainers`, [{ name: 'i', image: 'x', readinessProbe: { exec: { command: ['x'] } } }]],
  [`${start}containers.0.imagePullPolicy`, 'Sometimes'],
  [`${start}restartPolicy`, 'Maybe'],
  [`${start}restartPolicy`, 'Never'],
  [`${start}dnsPolicy`, 'Odd'],
  [`${start}dnsPolicy`, 'None'],
  [`${start}terminationGracePeriodSeconds`, -1],
  [`${start}activeDeadlineSeconds`, 0],
  [`${start}containers.0.ports`, [{ containerPort: 0 }]],
  [`${start}containers.0.ports`, [{ containerPort: 70000 }]],
  [`${start}containers.0.ports`, [{ containerPort: 80, protocol: 'ICMP' }]],
  [`${start}containers.0.ports`, [{ containerPort: 80, name: 'this-name-is-far-too-long' }]],
  [`${start}containers.0.ports`, [{ containerPort: 80, name: '123' }]],
  [`${start}containers.0.ports`, [{ containerPort: 80, name: 'Web' }]],
  [`${start}containers.0.ports`, [{ containerPort: 80, name: 'a--b' }]],
  [
    `${start}containers.0.ports`,
    [
      { containerPort: 80, name: 'a' },
      { containerPort: 81, name: 'a' },
    ],
  ],
  [`${start}containers.0.ports`, [{ containerPort: 80, hostPort: 99999 }]],
  [`${start}containers.0.env`, [{ name: '' }]],
  [`${start}containers.0.env`, [{ name: 'A=B', value: 'x' }]],
  [`${start}containers.0.env`, [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }]],
  [`${start}containers.0.env`, [{ name: 'A', valueFrom: {} }]],
  [`${start}containers.0.env`, [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.wrong' } } }]],
  [`${start}containers.0.env`, [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'x' } } }]],
  [`${start}containers.0.env`, [{ name: 'A', valueFrom: { secretKeyRef: { name: 'x', key: 'a b' } } }]],
  [`${start}containers.0.env`, [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.wrong' } } }]],
  [`${start}containers.0.envFrom`, [{}]],
  [`${start}containers.0.envFrom`, [{ configMapRef: { name: '' } }]],
  [`${start}containers.0.envFrom`, [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }]],
  [`${start}containers.0.volumeMounts`, [{ name: 'none', mountPath: '/x' }]],
  [`${start}containers.0.volumeMounts`, [{ name: '', mountPath: '' }]],
  [`${start}volumes`, [{ name: 'v', emptyDir: {} }, { name: 'v', emptyDir: {} }]],
  [`${start}volumes`, [{ name: 'V', emptyDir: {} }]],
  [`${start}volumes`, [{ name: '', emptyDir: {} }]],
  [`${start}volumes`, [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }]],
  [`${start}volumes`, [{ name: 'v', hostPath: { path: '' } }]],
  [`${start}volumes`, [{ name: 'v', hostPath: { path: '/a/../b' } }]],
  [`${start}volumes`, [{ name: 'v', hostPath: { path: '/a', type: 'Odd' } }]],
  [`${start}volumes`, [{ name: 'v', secret: {} }]],
  [`${start}volumes`, [{ name: 'v', secret: { secretName: 'x', defaultMode: 1000 } }]],
  [`${start}volumes`, [{ name: 'v', configMap: {} }]],
  [`${start}volumes`, [{ name: 'v', configMap: { name: 'x', items: [{ key: 'a', path: '../b' }] } }]],
  [`${start}volumes`, [{ name: 'v', configMap: { name: 'x', items: [{ key: '', path: '' }] } }]],
  [`${start}volumes`, [{ name: 'v', persistentVolumeClaim: { claimName: '' } }]],
  [`${start}volumes`, [{ name: 'v', emptyDir: { sizeLimit: '-1' } }]],
  [`${start}volumes`, [{ name: 'v', nfs: { server: '', path: '' } }]],
  [`${start}volumes`, [{ name: 'v', projected: { sources: [{}] } }]],
  [`${start}containers.0.resources`, { limits: { cpu: '-1' } }],
  [`${start}containers.0.resources`, { requests: { cpu: '2' }, limits: { cpu: '1' } }],
  [`${start}containers.0.resources`, { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } }],
  [`${start}containers.0.resources`, { limits: { 'a b': '1' } }],
  [`${start}containers.0.resources`, { limits: { wrong: '1' } }],
  [`${start}containers.0.livenessProbe`, {}],
  [`${start}containers.0.livenessProbe`, { exec: { command: ['x'] }, tcpSocket: { port: 80 } }],
  [`${start}containers.0.livenessProbe`, { exec: { command: [] } }],
  [`${start}containers.0.livenessProbe`, { httpGet: { port: 0 } }],
  [`${start}containers.0.livenessProbe`, { httpGet: { port: 'NOT_A_PORT' } }],
  [`${start}containers.0.livenessProbe`, { httpGet: { port: 80, scheme: 'FTP' } }],
  [`${start}containers.0.livenessProbe`, { tcpSocket: { port: 80 }, successThreshold: 2 }],
  [`${start}containers.0.livenessProbe`, { tcpSocket: { port: 80 }, initialDelaySeconds: -1 }],
  [`${start}containers.0.readinessProbe`, { tcpSocket: { port: 80 }, periodSeconds: -1, terminationGracePeriodSeconds: 5 }],
  [`${start}containers.0.lifecycle`, { preStop: {} }],
  [`${start}containers.0.lifecycle`, { postStart: { exec: {} } }],
  [`${start}nodeSelector`, { 'a b': 'c' }],
  [`${start}nodeSelector`, { a: 'b c' }],
  [`${start}serviceAccountName`, 'Bad_Name'],
  [`${start}priorityClassName`, 'Bad_Name'],
  [`${start}hostname`, 'Bad_Name'],
  [`${start}imagePullSecrets`, [{ name: '' }]],
  [`${start}tolerations`, [{ key: 'a', operator: 'Odd' }]],
  [`${start}tolerations`, [{ operator: 'Exists', value: 'x' }]],
  [`${start}tolerations`, [{ key: 'a', effect: 'Odd' }]],
  [`${start}tolerations`, [{ operator: 'Equal', value: 'x' }]],
  [`${start}securityContext`, { runAsUser: -1 }],
  [`${start}containers.0.securityContext`, { privileged: true, allowPrivilegeEscalation: false }],
  [`${start}containers.0.securityContext`, { runAsUser: -5 }],
  [`${start}hostAliases`, [{ ip: 'x' }]],
  [`${start}topologySpreadConstraints`, [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Odd' }]],
  [`${start}affinity`, { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] } }],
  [`${start}affinity`, { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }],
];

const metadataCases = [
  ['metadata.name', 'Bad_Name'],
  ['metadata.name', 'a..b'],
  ['metadata.name', 'a'.repeat(254)],
  ['metadata.labels', { 'a b': 'c' }],
  ['metadata.labels', { '/x': 'c' }],
  ['metadata.labels', { 'x/': 'c' }],
  ['metadata.labels', { 'a/b/c': 'd' }],
  ['metadata.labels', { 'A_b/c': 'd' }],
  ['metadata.labels', { a: 'x'.repeat(64) }],
  ['metadata.labels', { a: '-x' }],
  ['metadata.annotations', { 'a b': 'c' }],
  ['metadata.finalizers', ['wrong']],
  ['metadata.finalizers', ['a b/c']],
  ['metadata.ownerReferences', [{ apiVersion: '', kind: '', name: '', uid: '' }]],
];

const selectorCases = [
  ['spec.selector', undefined],
  ['spec.selector', {}],
  ['spec.selector', { matchLabels: { other: 'x' } }],
  ['spec.selector', { matchLabels: { 'a b': 'x' } }],
  ['spec.selector', { matchExpressions: [{ key: 'a', operator: 'Odd' }] }],
  ['spec.selector', { matchExpressions: [{ key: 'a', operator: 'In' }] }],
  ['spec.selector', { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] }],
  ['spec.template', undefined],
  ['spec.template.metadata.labels', { 'a b': 'c' }],
  ['spec.template.metadata.labels', undefined],
  ['spec.replicas', -1],
  ['spec.minReadySeconds', -1],
  ['spec.revisionHistoryLimit', -1],
  ['spec.template.spec.restartPolicy', 'OnFailure'],
  ['spec.template.spec.activeDeadlineSeconds', 5],
];

const cases = [
  [at('v1/ConfigMap'), [...metadataCases, ['data', { 'a b': 'c' }], ['data', { '..': 'c' }], ['binaryData', { a: 'YQ==' }, 'data', { a: 'b' }], ['data', { ['k'.repeat(254)]: '' }]]],
  [at('v1/Secret'), [['data', { 'a b': 'YQ==' }], ['type', 'kubernetes.io/tls'], ['type', 'kubernetes.io/dockerconfigjson'], ['type', 'kubernetes.io/basic-auth'], ['type', 'kubernetes.io/ssh-auth'], ['type', 'kubernetes.io/service-account-token'], ['data', { '.dockerconfigjson': 'YQ==' }, 'type', 'kubernetes.io/dockerconfigjson']]],
  [pod, [...metadataCases.slice(0, 3), ...podSpecCases('spec.')]],
  [deployment, [...selectorCases, ...podSpecCases('spec.template.spec.').filter((_, index) => index % 3 === 0), ['spec.strategy', { type: 'Odd' }], ['spec.strategy', { type: 'Recreate', rollingUpdate: {} }], ['spec.strategy', { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }], ['spec.strategy', { rollingUpdate: { maxUnavailable: '200%' } }], ['spec.strategy', { rollingUpdate: { maxSurge: 'x' } }], ['spec.strategy', { rollingUpdate: { maxSurge: -1 } }], ['spec.progressDeadlineSeconds', 0, 'spec.minReadySeconds', 5], ['spec.progressDeadlineSeconds', -1]]],
  [at('apps/v1/StatefulSet'), [...selectorCases, ['spec.podManagementPolicy', 'Odd'], ['spec.updateStrategy', { type: 'Odd' }], ['spec.updateStrategy', { type: 'OnDelete', rollingUpdate: {} }], ['spec.updateStrategy', { type: 'RollingUpdate', rollingUpdate: { partition: -1 } }], ['spec.ordinals', { start: -1 }], ['spec.persistentVolumeClaimRetentionPolicy', { whenDeleted: 'Odd' }]]],
  [at('apps/v1/DaemonSet'), [...selectorCases.filter(([path]) => path !== 'spec.replicas'), ['spec.updateStrategy', { type: 'Odd' }], ['spec.updateStrategy', { rollingUpdate: { maxUnavailable: 0 } }], ['spec.updateStrategy', { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } }]]],
  [at('apps/v1/ReplicaSet'), selectorCases],
  [at('v1/ReplicationController'), [['spec.selector', { other: 'x' }], ['spec.replicas', -1], ['spec.template', undefined], ['spec.selector', {}, 'spec.template.metadata', {}]]],
  [at('batch/v1/Job'), [['spec.parallelism', -1], ['spec.completions', -1], ['spec.backoffLimit', -1], ['spec.activeDeadlineSeconds', -1], ['spec.ttlSecondsAfterFinished', -1], ['spec.template.spec.restartPolicy', 'Always'], ['spec.template.spec.restartPolicy', undefined], ['spec.completionMode', 'Odd'], ['spec.completionMode', 'Indexed', 'spec.parallelism', 1], ['spec.selector', { matchLabels: { x: 'y' } }], ['spec.manualSelector', true], ['spec.template', undefined], ['metadata.name', 'a'.repeat(64)], ['spec.podReplacementPolicy', 'Odd']]],
  [at('batch/v1/CronJob'), [['spec.schedule', ''], ['spec.schedule', 'x'], ['spec.schedule', '61 * * * *'], ['spec.schedule', '* * * *'], ['spec.schedule', 'TZ=UTC * * * * *'], ['spec.timeZone', 'Nowhere/X'], ['spec.timeZone', ''], ['spec.concurrencyPolicy', 'Odd'], ['spec.startingDeadlineSeconds', -1], ['spec.successfulJobsHistoryLimit', -1], ['spec.failedJobsHistoryLimit', -1], ['metadata.name', 'a'.repeat(53)], ['spec.jobTemplate.spec.template.spec.restartPolicy', 'Always'], ['spec.jobTemplate.spec.manualSelector', true], ['spec.jobTemplate', undefined]]],
  [service, [['metadata.name', '1abc'], ['metadata.name', 'a.b'], ['spec.ports', []], ['spec.ports', [{ port: 0 }]], ['spec.ports', [{ port: 70000 }]], ['spec.ports', [{ port: 80 }, { port: 81 }]], ['spec.ports', [{ name: 'a', port: 80 }, { name: 'a', port: 81 }]], ['spec.ports', [{ name: 'a', port: 80 }, { name: 'b', port: 80 }]], ['spec.ports', [{ name: 'Bad', port: 80 }]], ['spec.ports', [{ port: 80, protocol: 'ICMP' }]], ['spec.ports', [{ port: 80, targetPort: 70000 }]], ['spec.ports', [{ port: 80, targetPort: 'NOT_VALID' }]], ['spec.ports', [{ port: 80, nodePort: 30000 }]], ['spec.type', 'Odd'], ['spec.type', 'ExternalName'], ['spec.type', 'ExternalName', 'spec.externalName', 'Bad_Name'], ['spec.type', 'ExternalName', 'spec.externalName', 'a.b', 'spec.clusterIP', '10.96.9.9'], ['spec.selector', { 'a b': 'c' }], ['spec.clusterIP', 'x'], ['spec.type', 'NodePort', 'spec.clusterIP', 'None'], ['spec.sessionAffinity', 'Odd'], ['spec.sessionAffinity', 'ClientIP', 'spec.sessionAffinityConfig', { clientIP: { timeoutSeconds: 0 } }], ['spec.externalIPs', ['x']], ['spec.externalTrafficPolicy', 'Local'], ['spec.type', 'NodePort', 'spec.externalTrafficPolicy', 'Odd'], ['spec.internalTrafficPolicy', 'Odd'], ['spec.type', 'LoadBalancer', 'spec.loadBalancerSourceRanges', ['x']], ['spec.loadBalancerClass', 'a/b'], ['spec.ipFamilyPolicy', 'Odd'], ['spec.ipFamilies', ['Odd']]]],
  [at('networking.k8s.io/v1/Ingress'), [['spec', {}], ['spec.rules.0.host', 'Bad_Host'], ['spec.rules.0.host', '1.2.3.4'], ['spec.rules.0.host', '*.x.*'], ['spec.rules.0.http.paths', []], ['spec.rules.0.http.paths.0.path', 'x'], ['spec.rules.0.http.paths.0.path', undefined], ['spec.rules.0.http.paths.0.pathType', undefined], ['spec.rules.0.http.paths.0.pathType', 'Odd'], ['spec.rules.0.http.paths.0.path', '/a//b'], ['spec.rules.0.http.paths.0.backend', {}], ['spec.rules.0.http.paths.0.backend.service.name', ''], ['spec.rules.0.http.paths.0.backend.service.name', 'Bad_Name'], ['spec.rules.0.http.paths.0.backend.service.port', {}], ['spec.rules.0.http.paths.0.backend.service.port', { number: 70000 }], ['spec.rules.0.http.paths.0.backend.service.port', { number: 80, name: 'x' }], ['spec.rules.0.http.paths.0.backend.service.port', { name: 'Bad Port' }], ['spec.ingressClassName', 'Bad_Name'], ['spec.tls', [{ hosts: ['Bad_Host'] }]], ['spec.tls', [{ secretName: 'Bad_Name' }]], ['spec.rules.0.http.paths.0.backend', { service: { name: 'a', port: { number: 1 } }, resource: { kind: 'a', name: 'b' } }], ['metadata.annotations', { 'kubernetes.io/ingress.class': 'x' }, 'spec.ingressClassName', 'x']]],
  [at('networking.k8s.io/v1/NetworkPolicy'), [['spec.policyTypes', ['Odd']], ['spec.podSelector', { matchLabels: { 'a b': 'c' } }], ['spec.ingress', [{ from: [{}] }]], ['spec.ingress', [{ from: [{ ipBlock: { cidr: 'x' } }] }]], ['spec.ingress', [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/8'] } }] }]], ['spec.ingress', [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }]], ['spec.ingress', [{ ports: [{ port: 70000 }] }]], ['spec.ingress', [{ ports: [{ port: 'Bad_Port' }] }]], ['spec.ingress', [{ ports: [{ protocol: 'ICMP' }] }]], ['spec.ingress', [{ ports: [{ port: 90, endPort: 80 }] }]], ['spec.ingress', [{ ports: [{ endPort: 80 }] }]]]],
  [at('networking.k8s.io/v1/IngressClass'), [['spec.controller', ''], ['spec.controller', 'x'], ['spec.controller', 'A b/c'], ['spec.parameters', { kind: 'a' }]]],
  [at('autoscaling/v2/HorizontalPodAutoscaler'), [['spec.maxReplicas', 0], ['spec.minReplicas', 0], ['spec.minReplicas', 5], ['spec.scaleTargetRef', {}], ['spec.scaleTargetRef.kind', 'a/b'], ['spec.metrics', [{ type: 'Odd' }]], ['spec.metrics', [{ type: 'Resource' }]], ['spec.metrics', [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }]], ['spec.metrics', [{ type: 'Resource', resource: { name: '', target: { type: 'Utilization', averageUtilization: 0 } } }]], ['spec.metrics', [{ type: 'Pods', pods: { metric: { name: '' }, target: { type: 'AverageValue' } } }]], ['spec.behavior', { scaleUp: { stabilizationWindowSeconds: -1 } }], ['spec.behavior', { scaleUp: { policies: [{ type: 'Odd', value: 0, periodSeconds: 0 }] } }], ['spec.behavior', { scaleDown: { selectPolicy: 'Odd' } }]]],
  [at('policy/v1/PodDisruptionBudget'), [['spec.maxUnavailable', 1], ['spec.minAvailable', -1], ['spec.minAvailable', '200%'], ['spec.minAvailable', 'x'], ['spec.selector', { matchLabels: { 'a b': 'c' } }], ['spec.unhealthyPodEvictionPolicy', 'Odd']]],
  [at('v1/PersistentVolumeClaim'), [['spec.accessModes', []], ['spec.accessModes', ['Odd']], ['spec.resources', {}], ['spec.resources.requests.storage', '0'], ['spec.resources.requests.storage', '-1Gi'], ['spec.storageClassName', 'Bad_Name'], ['spec.volumeMode', 'Odd'], ['spec.accessModes', ['ReadWriteOncePod', 'ReadWriteOnce']], ['spec.selector', { matchLabels: { 'a b': 'c' } }]]],
  [at('v1/PersistentVolume'), [['spec.capacity', undefined], ['spec.accessModes', []], ['spec.accessModes', ['Odd']], ['spec.hostPath', undefined], ['spec.nfs', { server: 'a', path: '/b' }], ['spec.persistentVolumeReclaimPolicy', 'Odd'], ['spec.capacity', { storage: '-1' }], ['spec.capacity', { cpu: '1' }], ['spec.volumeMode', 'Odd'], ['spec.hostPath', { path: '' }]]],
  [at('storage.k8s.io/v1/StorageClass'), [['provisioner', ''], ['provisioner', 'Bad Name'], ['reclaimPolicy', 'Odd'], ['volumeBindingMode', 'Odd'], ['parameters', { '': 'x' }]]],
  [at('rbac.authorization.k8s.io/v1/Role'), [['metadata.name', 'a/b'], ['rules', [{ apiGroups: [''], resources: ['pods'] }]], ['rules', [{ verbs: ['get'] }]], ['rules', [{ verbs: ['get'], apiGroups: [''] }]], ['rules', [{ verbs: ['get'], resources: ['pods'] }]], ['rules', [{ verbs: ['get'], nonResourceURLs: ['/x'] }]]]],
  [at('rbac.authorization.k8s.io/v1/ClusterRole'), [['rules', [{ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['pods'], apiGroups: [''] }]], ['aggregationRule', { clusterRoleSelectors: [] }], ['metadata.name', 'x%y']]],
  [at('rbac.authorization.k8s.io/v1/RoleBinding'), [['roleRef', { kind: 'Odd', name: 'x' }], ['roleRef.name', ''], ['roleRef.apiGroup', 'x'], ['subjects', [{ kind: 'Odd', name: 'x' }]], ['subjects', [{ kind: 'User', name: '' }]], ['subjects', [{ kind: 'ServiceAccount', name: 'x' }]], ['subjects', [{ kind: 'ServiceAccount', name: 'Bad_Name', namespace: 'a' }]], ['subjects', [{ kind: 'Group', name: 'g', apiGroup: 'x' }]], ['metadata.name', 'a/b']]],
  [at('rbac.authorization.k8s.io/v1/ClusterRoleBinding'), [['roleRef.kind', 'Role'], ['subjects', [{ kind: 'ServiceAccount', name: 'x' }]]]],
  [at('v1/Namespace'), [['metadata.name', 'a.b'], ['metadata.name', 'Bad'], ['metadata.name', 'a'.repeat(64)], ['metadata.namespace', 'x']]],
  [at('v1/ServiceAccount'), [['metadata.name', 'Bad_Name']]],
  [at('v1/LimitRange'), [['spec.limits', [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }]], ['spec.limits', [{ type: 'Odd', max: { cpu: '1' } }]], ['spec.limits', [{ type: 'Container', default: { cpu: '2' }, max: { cpu: '1' } }]]]],
  [at('v1/ResourceQuota'), [['spec.hard', { 'a b': '1' }], ['spec.hard', { cpu: '-1' }], ['spec.hard', { pods: '1.5' }], ['spec.scopes', ['Odd']]]],
  [at('scheduling.k8s.io/v1/PriorityClass'), [['value', 2000000001], ['preemptionPolicy', 'Odd'], ['metadata.name', 'system-x']]],
  [at('coordination.k8s.io/v1/Lease'), [['spec.leaseDurationSeconds', 0], ['spec.leaseTransitions', -1]]],
  [at('apiextensions.k8s.io/v1/CustomResourceDefinition'), [['metadata.name', 'x'], ['spec.group', ''], ['spec.group', 'ab'], ['spec.scope', 'Odd'], ['spec.scope', undefined], ['spec.names.plural', 'Foos'], ['spec.names.kind', ''], ['spec.names.listKind', 'Foo'], ['spec.names.shortNames', ['A']], ['spec.versions', []], ['spec.versions.0.storage', false], ['spec.versions.0.served', false], ['spec.versions.0.name', 'V1'], ['spec.versions.0.schema', undefined], ['spec.versions.0.schema.openAPIV3Schema', {}], ['spec.versions.0.schema.openAPIV3Schema', { type: 'string' }], ['spec.versions.0.schema.openAPIV3Schema', { type: 'object', properties: { spec: { properties: { a: { type: 'string' } } } } }], ['spec.versions.0.schema.openAPIV3Schema', { type: 'object', properties: { a: { type: 'array' } } }], ['spec.versions.0.schema.openAPIV3Schema', { type: 'object', properties: { a: { type: 'odd' } } }], ['spec.versions.0.schema.openAPIV3Schema', { type: 'object', properties: { a: { type: 'integer', default: 'x' } } }], ['spec.versions.0.schema.openAPIV3Schema', { type: 'object', properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } } }], ['spec.versions.0.additionalPrinterColumns', [{ name: 'A', type: 'odd', jsonPath: '.a' }]], ['spec.versions.0.additionalPrinterColumns', [{ name: 'A', type: 'string', jsonPath: 'a' }]], ['spec.versions.0.subresources', { scale: {} }], ['spec.conversion', { strategy: 'Odd' }]]],
  [at('admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration'), [['webhooks.0.name', 'x'], ['webhooks.0.sideEffects', undefined], ['webhooks.0.sideEffects', 'Some'], ['webhooks.0.admissionReviewVersions', undefined], ['webhooks.0.clientConfig', {}], ['webhooks.0.clientConfig', { url: 'http://x' }], ['webhooks.0.failurePolicy', 'Odd'], ['webhooks.0.timeoutSeconds', 60], ['webhooks.0.rules', [{ operations: ['Odd'], apiGroups: ['x'], apiVersions: ['v1'], resources: ['a'] }]]]],
  [at('apiregistration.k8s.io/v1/APIService'), [['metadata.name', 'x'], ['spec.groupPriorityMinimum', 0], ['spec.versionPriority', 0], ['spec.service', { name: '', namespace: '' }]]],
  [at('discovery.k8s.io/v1/EndpointSlice'), [['addressType', 'Odd'], ['addressType', undefined], ['endpoints', [{ addresses: ['x'] }]], ['endpoints', [{ addresses: [] }]], ['ports', [{ protocol: 'Odd' }]]]],
  [at('v1/Endpoints'), [['subsets', [{ addresses: [{ ip: 'x' }], ports: [{ port: 0 }] }]]]],
];

const tpl = (extra) => ({ ...deployment.spec.template, ...extra });
/** What an update changes in an object that is there: `[object, [path, value, ...][]]`. */
const updates = [
  [deployment, [['spec.selector', { matchLabels: { c: 'd' } }, 'spec.template', tpl({ metadata: { labels: { c: 'd' } } })], ['spec.replicas', -1]]],
  [at('apps/v1/ReplicaSet'), [['spec.selector', { matchLabels: { c: 'd' } }, 'spec.template', tpl({ metadata: { labels: { c: 'd' } } })]]],
  [at('apps/v1/DaemonSet'), [['spec.selector', { matchLabels: { c: 'd' } }, 'spec.template', tpl({ metadata: { labels: { c: 'd' } } })]]],
  [at('apps/v1/StatefulSet'), [['spec.selector', { matchLabels: { c: 'd' } }, 'spec.template', tpl({ metadata: { labels: { c: 'd' } } })], ['spec.serviceName', 'other'], ['spec.podManagementPolicy', 'Parallel'], ['spec.volumeClaimTemplates', [{ metadata: { name: 'x' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }]]]],
  [at('batch/v1/Job'), [['spec.completions', 5], ['spec.template.spec.containers.0.image', 'other'], ['spec.completionMode', 'Indexed'], ['spec.backoffLimit', 3], ['spec.selector', { matchLabels: { x: 'y' } }]]],
  [service, [['spec.clusterIP', '10.96.1.2'], ['spec.clusterIP', 'None']]],
  [{ ...at('v1/Secret'), metadata: { name: 'fixed' }, immutable: true, data: { a: 'YQ==' } }, [['data', { a: 'Yg==' }], ['immutable', false], ['immutable', undefined]]],
  [at('v1/Secret'), [['type', 'a/b']]],
  [{ ...at('v1/ConfigMap'), metadata: { name: 'fixed' }, immutable: true, data: { a: 'b' }, binaryData: { c: 'YQ==' } }, [['data', { a: 'c' }], ['immutable', false], ['binaryData', { c: 'Yg==' }]]],
  [at('v1/PersistentVolumeClaim'), [['spec.accessModes', ['ReadWriteMany']], ['spec.resources.requests.storage', '2Gi'], ['spec.storageClassName', 'other'], ['spec.volumeMode', 'Block']]],
  [at('v1/PersistentVolume'), [['spec.hostPath', undefined, 'spec.nfs', { server: 'a', path: '/b' }], ['spec.volumeMode', 'Block']]],
  [at('storage.k8s.io/v1/StorageClass'), [['provisioner', 'c.d/e'], ['parameters', { a: 'b' }], ['reclaimPolicy', 'Retain'], ['volumeBindingMode', 'WaitForFirstConsumer']]],
  [at('rbac.authorization.k8s.io/v1/RoleBinding'), [['roleRef', { kind: 'ClusterRole', name: 'x', apiGroup: 'rbac.authorization.k8s.io' }]]],
  [at('rbac.authorization.k8s.io/v1/ClusterRoleBinding'), [['roleRef.name', 'other']]],
  [pod, [['spec.containers.0.name', 'other'], ['spec.containers.0.ports', [{ containerPort: 80 }]], ['spec.nodeName', 'x'], ['spec.restartPolicy', 'Never'], ['spec.containers.0.image', ''], ['spec.containers', [container, { name: 'd', image: 'i' }]]]],
  [at('scheduling.k8s.io/v1/PriorityClass'), [['value', 5], ['preemptionPolicy', 'Never']]],
  [at('networking.k8s.io/v1/IngressClass'), [['spec.controller', 'x.y/z']]],
  [at('apiextensions.k8s.io/v1/CustomResourceDefinition'), [['spec.scope', 'Cluster'], ['spec.names.kind', 'Bar'], ['spec.group', 'c.d'], ['spec.names.plural', 'bars']]],
  [at('node.k8s.io/v1/RuntimeClass'), [['handler', 'y']]],
  [at('policy/v1/PodDisruptionBudget'), [['spec.minAvailable', -1]]],
  [at('storage.k8s.io/v1/CSIDriver'), [['spec.attachRequired', false], ['spec.fsGroupPolicy', 'None']]],
  [at('v1/Namespace'), [['metadata.labels', { 'a b': 'c' }]]],
  [at('discovery.k8s.io/v1/EndpointSlice'), [['addressType', 'IPv6', 'endpoints', []]]],
];

/** Objects to create: `{ object }`. */
export const wrongObjects = cases.flatMap(([object, changes]) => changes.map((change) => changed(object, change)));
/** `{ before, object }`: the object of an update, on what the server made of `before`. */
export const wrongUpdates = updates.map(([before, changes]) => ({ before: withLabels(before), changes }));

function withLabels(object) {
  return { ...object, metadata: { ...object.metadata, labels: object.metadata.labels ?? labels } };
}

/** The object with `[path, value, path, value ...]` set. */
export function changed(object, change) {
  const copy = structuredClone(object);
  for (let index = 0; index < change.length; index += 2) set(copy, change[index].split('.'), change[index + 1]);
  return copy;
}

function set(target, [first, ...rest], value) {
  if (rest.length > 0) set((target[first] ??= {}), rest, value);
  else if (value === undefined) delete target[first];
  else target[first] = value;
}
