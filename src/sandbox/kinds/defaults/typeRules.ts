/** The defaults of types wherever they stand, by the short name of the type (Kubernetes v1.34, pkg/apis/.../v1/defaults.go). */
import type { Draft } from '../codec.js';
import { fill, fillZero, isUnset, mapAt, mapsAt, textAt, type DefaultRule } from './fill.js';

const filling =
  (values: Draft): DefaultRule =>
  (draft) =>
    fill(draft, structuredClone(values));

/** Fields behind gates that are closed. */
const dropping =
  (...names: readonly string[]): DefaultRule =>
  (draft) => {
    for (const name of names) Reflect.deleteProperty(draft, name);
  };

const setContainer: DefaultRule = (container) => {
  fill(container, {
    imagePullPolicy: pullPolicyOf(textAt(container, 'image')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
};

/** The policy for an image's tag: one without a tag and a digest means `latest`. */
export function pullPolicyOf(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

const volumeSourceFields = (volume: Draft): readonly string[] => Object.keys(volume).filter((name) => name !== 'name');

const setVolume: DefaultRule = (volume) => {
  if (volumeSourceFields(volume).length === 0) volume['emptyDir'] = {};
  const image = mapAt(volume, 'image');
  if (image) fill(image, { pullPolicy: pullPolicyOf(textAt(image, 'reference')) });
};

const setWebhook: DefaultRule = (webhook) => fill(webhook, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 });

const setSubject: DefaultRule = (subject) => {
  if (isUnset(subject['apiGroup']) && ['User', 'Group'].includes(textAt(subject, 'kind')) && mapAt(subject, 'user') === undefined && mapAt(subject, 'group') === undefined)
    subject['apiGroup'] = 'rbac.authorization.k8s.io';
};

const setLimitRangeItem: DefaultRule = (item) => {
  if (item['type'] !== 'Container') return;
  const limits = { ...mapAt(item, 'max'), ...mapAt(item, 'default') };
  const requests = { ...mapAt(item, 'min'), ...limits, ...mapAt(item, 'defaultRequest') };
  if (Object.keys(limits).length > 0) item['default'] = limits;
  if (Object.keys(requests).length > 0) item['defaultRequest'] = requests;
};

const setDeviceRequest: DefaultRule = (request) => {
  fill(request, { allocationMode: 'ExactCount' });
  if (request['allocationMode'] === 'ExactCount') fillZero(request, { count: 1 });
};

/** What only takes effect behind a gate that is closed is dropped. */
function dropGated(spec: Draft): void {
  delete spec['hostnameOverride'];
  for (const container of mapsAt(spec, 'containers')) delete container['restartPolicy'];
  for (const container of [...mapsAt(spec, 'containers'), ...mapsAt(spec, 'initContainers')]) delete container['restartPolicyRules'];
}

/** 0644 */
const readable = 420;

export const typeRules: Readonly<Record<string, DefaultRule>> = {
  PodSpec: (spec) => {
    dropGated(spec);
    fill(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: {}, terminationGracePeriodSeconds: 30, schedulerName: 'default-scheduler' });
    // two names of one field
    const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount');
    if (account !== '') {
      spec['serviceAccountName'] = account;
      spec['serviceAccount'] = account;
    }
  },
  Container: setContainer,
  EphemeralContainer: setContainer,
  Volume: setVolume,
  Probe: (probe) => fillZero(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  HTTPGetAction: filling({ path: '/', scheme: 'HTTP' }),
  LeaseSpec: dropping('strategy', 'preferredHolder'),
  DeviceClassSpec: dropping('extendedResourceName'),
  ResourceSliceSpec: dropping('perDeviceNodeSelection'),
  GRPCAction: (action) => {
    action['service'] ??= '';
  },
  AzureDiskVolumeSource: filling({ readOnly: false }),
  FileKeySelector: filling({ optional: false }),
  ObjectFieldSelector: filling({ apiVersion: 'v1' }),
  SecretVolumeSource: filling({ defaultMode: readable }),
  ConfigMapVolumeSource: filling({ defaultMode: readable }),
  DownwardAPIVolumeSource: filling({ defaultMode: readable }),
  ProjectedVolumeSource: filling({ defaultMode: readable }),
  ServiceAccountTokenProjection: filling({ expirationSeconds: 3600 }),
  HostPathVolumeSource: (source) => {
    source['type'] ??= '';
  },
  PersistentVolumeClaimSpec: filling({ volumeMode: 'Filesystem' }),
  LimitRangeItem: setLimitRangeItem,
  PodFailurePolicyOnPodConditionsPattern: filling({ status: 'True' }),
  NetworkPolicyPort: filling({ protocol: 'TCP' }),
  ValidatingWebhook: setWebhook,
  MutatingWebhook: (webhook) => {
    setWebhook(webhook);
    fill(webhook, { reinvocationPolicy: 'Never' });
  },
  RuleWithOperations: filling({ scope: '*' }),
  NamedRuleWithOperations: filling({ scope: '*' }),
  ServiceReference: filling({ port: 443 }),
  ValidatingAdmissionPolicySpec: filling({ failurePolicy: 'Fail' }),
  MatchResources: filling({ matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }),
  Subject: setSubject,
  ExactDeviceRequest: setDeviceRequest,
  DeviceSubRequest: setDeviceRequest,
  FlowSchemaSpec: (spec) => fillZero(spec, { matchingPrecedence: 1000 }),
  ExemptPriorityLevelConfiguration: filling({ nominalConcurrencyShares: 0, lendablePercent: 0 }),
  LimitedPriorityLevelConfiguration: filling({ nominalConcurrencyShares: 30, lendablePercent: 0 }),
  QueuingConfiguration: (queuing) => fillZero(queuing, { handSize: 8, queues: 64, queueLengthLimit: 50 }),
};
