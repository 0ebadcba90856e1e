/** The rows of the other kinds (k8s.io/kubernetes v1.34, pkg/printers/internalversion; kube-aggregator for APIServices). */
import type { JsonObject } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, textsAt, valueAt } from '../../../core/live/readFields.js';
import { ageOf, conditionOf, countAt, formatScalar, printing, textOr } from './cells.js';
import { formatAge, formatDuration } from './durations.js';
import type { Cell, Printer } from './table.js';

/** A name, some cells, and the age. */
const withAge = (cells: (object: LiveObject) => readonly Cell[]): Printer => printing((object, now) => [object.metadata.name, ...cells(object), ageOf(object, now)]);

const sizeAt = (object: LiveObject, name: string): number => Object.keys(objectAt(object, name)).length;

const printBinding = printing((object, now) => {
  const subjects = mapsAt(object, 'subjects');
  const named = (kind: string): readonly JsonObject[] => subjects.filter((each) => each['kind'] === kind);
  const names = (kind: string): string =>
    named(kind)
      .map((each) => stringAt(each, 'name'))
      .join(', ');
  const accounts = named('ServiceAccount').map((each) => `${stringAt(each, 'namespace')}/${stringAt(each, 'name')}`);
  const role = `${stringAt(object, 'roleRef', 'kind')}/${stringAt(object, 'roleRef', 'name')}`;
  return [object.metadata.name, role, ageOf(object, now), names('User'), names('Group'), accounts.join(', ')];
});

const printEvent = printing((event, now) => {
  const isNew = event.apiVersion !== 'v1';
  const read = (name: string, newName: string): string => stringAt(event, isNew ? newName : name);
  const involved = objectAt(event, isNew ? 'regarding' : 'involvedObject');
  const source = objectAt(event, isNew ? 'deprecatedSource' : 'source');
  const firstTime = read('firstTimestamp', 'deprecatedFirstTimestamp') || stringAt(event, 'eventTime');
  const lastTime = read('lastTimestamp', 'deprecatedLastTimestamp') || firstTime;
  const series = valueAt(event, 'series');
  const count = series === undefined ? countAt(event, isNew ? 'deprecatedCount' : 'count') || 1 : countAt(series, 'count');
  const target = [stringAt(involved, 'kind').toLowerCase(), stringAt(involved, 'name')].filter((each) => each !== '').join('/');
  const component = stringAt(source, 'component') || read('reportingComponent', 'reportingController');
  const instance = stringAt(source, 'host') || stringAt(event, 'reportingInstance');
  return [
    formatAge(series === undefined ? lastTime : stringAt(series, 'lastObservedTime'), now),
    stringAt(event, 'type'),
    stringAt(event, 'reason'),
    target,
    stringAt(involved, 'fieldPath'),
    instance === '' ? component : `${component}, ${instance}`,
    read('message', 'note').trim(),
    formatAge(firstTime, now),
    count,
    event.metadata.name,
  ];
});

const printNode = printing((node, now) => {
  const ready = conditionOf(node, 'Ready');
  const status = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  const address = (type: string): string =>
    textOr(
      '<none>',
      mapsAt(node, 'status', 'addresses').find((each) => each['type'] === type),
      'address',
    );
  const info = objectAt(node, 'status', 'nodeInfo');
  return [
    node.metadata.name,
    valueAt(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status,
    rolesOf(node) || '<none>',
    ageOf(node, now),
    stringAt(info, 'kubeletVersion'),
    address('InternalIP'),
    address('ExternalIP'),
    ...['osImage', 'kernelVersion', 'containerRuntimeVersion'].map((name) => textOr('<unknown>', info, name)),
  ];
});

function rolesOf({ metadata }: LiveObject): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith('node-role.kubernetes.io/')) return key.slice('node-role.kubernetes.io/'.length) || [];
    return key === 'kubernetes.io/role' && value !== '' ? value : [];
  });
  return [...new Set(roles)].sort().join(',');
}

const modeNames = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

const formatModes = (modes: readonly string[]): string => modeNames.flatMap(([mode, short]) => (modes.includes(mode) ? [short] : [])).join(',');

const phaseOf = (object: LiveObject): string => (object.metadata.deletionTimestamp === undefined ? stringAt(object, 'status', 'phase') : 'Terminating');

const classOf = (object: LiveObject): string => object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? stringAt(object, 'spec', 'storageClassName');

const printVolume = printing((volume, now) => {
  const claim = valueAt(volume, 'spec', 'claimRef');
  return [
    volume.metadata.name,
    textOr('0', volume, 'spec', 'capacity', 'storage'),
    formatModes(textsAt(volume, 'spec', 'accessModes')),
    stringAt(volume, 'spec', 'persistentVolumeReclaimPolicy'),
    phaseOf(volume),
    claim === undefined ? '' : `${stringAt(claim, 'namespace')}/${stringAt(claim, 'name')}`,
    classOf(volume),
    textOr('<unset>', volume, 'spec', 'volumeAttributesClassName'),
    stringAt(volume, 'status', 'reason'),
    ageOf(volume, now),
    textOr('<unset>', volume, 'spec', 'volumeMode'),
  ];
});

const printClaim = printing((claim, now) => {
  const volume = stringAt(claim, 'spec', 'volumeName');
  return [
    claim.metadata.name,
    phaseOf(claim),
    volume,
    volume === '' ? '' : textOr('0', claim, 'status', 'capacity', 'storage'),
    volume === '' ? '' : formatModes(textsAt(claim, 'status', 'accessModes')),
    classOf(claim),
    textOr('<unset>', claim, 'spec', 'volumeAttributesClassName'),
    ageOf(claim, now),
    textOr('<unset>', claim, 'spec', 'volumeMode'),
  ];
});

const printQuota = printing((quota, now) => {
  const hard = objectAt(quota, 'status', 'hard');
  const used = objectAt(quota, 'status', 'used');
  const column = (isLimit: boolean): string =>
    Object.keys(hard)
      .filter((name) => name.startsWith('limits.') === isLimit)
      .sort()
      .map((name) => `${name}: ${formatScalar(used[name] ?? '0')}/${formatScalar(hard[name])}`)
      .join(', ');
  return [quota.metadata.name, column(false), column(true), ageOf(quota, now)];
});

function isDefaultClass({ metadata }: LiveObject): boolean {
  return ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some((key) => metadata.annotations?.[key] === 'true');
}

const printStorageClass = printing((object, now) => [
  isDefaultClass(object) ? `${object.metadata.name} (default)` : object.metadata.name,
  stringAt(object, 'provisioner'),
  textOr('Delete', object, 'reclaimPolicy'),
  textOr('Immediate', object, 'volumeBindingMode'),
  object['allowVolumeExpansion'] === true,
  ageOf(object, now),
]);

function requestStatus(request: LiveObject): string {
  const types = mapsAt(request, 'status', 'conditions').map((each) => stringAt(each, 'type'));
  const decided = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  return [decided, ...(types.includes('Failed') ? ['Failed'] : []), ...(stringAt(request, 'status', 'certificate') === '' ? [] : ['Issued'])].join(',');
}

function parameterOf(binding: LiveObject): string {
  const reference = valueAt(binding, 'spec', 'paramRef');
  const name = stringAt(reference, 'name');
  return name === '' ? '<unset>' : `${textOr('*', reference, 'namespace')}/${name}`;
}

const printPriorityLevel = withAge((object) => {
  const queuing = valueAt(object, 'spec', 'limited', 'limitResponse', 'queuing');
  const cell = (value: number | undefined): Cell => value ?? '<none>';
  return [
    stringAt(object, 'spec', 'type'),
    cell(numberAt(object, 'spec', 'limited', 'nominalConcurrencyShares')),
    ...['queues', 'handSize', 'queueLengthLimit'].map((name) => cell(numberAt(queuing, name))),
  ];
});

function formatService(service: LiveObject): string {
  const target = valueAt(service, 'spec', 'service');
  return target === undefined || target === null ? 'Local' : `${stringAt(target, 'namespace')}/${stringAt(target, 'name')}`;
}

function formatAvailable(service: LiveObject): string {
  const condition = conditionOf(service, 'Available');
  if (!condition) return 'Unknown';
  return condition['status'] === 'True' ? 'True' : `${stringAt(condition, 'status')} (${stringAt(condition, 'reason')})`;
}

function claimState(claim: LiveObject): string {
  const isGone = claim.metadata.deletionTimestamp !== undefined;
  const isAllocated = valueAt(claim, 'status', 'allocation') !== undefined;
  return [isGone ? 'deleted' : '', isAllocated ? 'allocated' : isGone ? '' : 'pending', isAllocated && mapsAt(claim, 'status', 'reservedFor').length > 0 ? 'reserved' : '']
    .filter((each) => each !== '')
    .join(',');
}

const countWebhooks = withAge((object) => [mapsAt(object, 'webhooks').length]);

export const otherPrinters: Readonly<Record<string, Printer>> = {
  'v1/ConfigMap': withAge((object) => [sizeAt(object, 'data') + sizeAt(object, 'binaryData')]),
  'v1/Secret': withAge((object) => [stringAt(object, 'type'), sizeAt(object, 'data')]),
  'v1/ServiceAccount': withAge((object) => [mapsAt(object, 'secrets').length]),
  'v1/Namespace': withAge((object) => [stringAt(object, 'status', 'phase')]),
  'v1/Node': printNode,
  'v1/Event': printEvent,
  'events.k8s.io/v1/Event': printEvent,
  'v1/PersistentVolume': printVolume,
  'v1/PersistentVolumeClaim': printClaim,
  'v1/ResourceQuota': printQuota,
  'rbac.authorization.k8s.io/v1/RoleBinding': printBinding,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': printBinding,
  'storage.k8s.io/v1/StorageClass': printStorageClass,
  'storage.k8s.io/v1/CSINode': withAge((object) => [mapsAt(object, 'spec', 'drivers').length]),
  'storage.k8s.io/v1/CSIDriver': withAge((object) => [
    valueAt(object, 'spec', 'attachRequired') !== false,
    valueAt(object, 'spec', 'podInfoOnMount') === true,
    valueAt(object, 'spec', 'storageCapacity') === true,
    valueAt(object, 'spec', 'tokenRequests') === undefined
      ? '<unset>'
      : mapsAt(object, 'spec', 'tokenRequests')
          .map((each) => stringAt(each, 'audience'))
          .join(','),
    valueAt(object, 'spec', 'requiresRepublish') === true,
    textsAt(object, 'spec', 'volumeLifecycleModes').join(',') || '<none>',
  ]),
  'storage.k8s.io/v1/VolumeAttachment': withAge((object) => [
    stringAt(object, 'spec', 'attacher'),
    stringAt(object, 'spec', 'source', 'persistentVolumeName'),
    stringAt(object, 'spec', 'nodeName'),
    valueAt(object, 'status', 'attached') === true,
  ]),
  'storage.k8s.io/v1/VolumeAttributesClass': withAge((object) => [stringAt(object, 'driverName')]),
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': countWebhooks,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': countWebhooks,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': withAge((object) => {
    const kind = valueAt(object, 'spec', 'paramKind');
    return [mapsAt(object, 'spec', 'validations').length, kind === undefined ? '<unset>' : `${stringAt(kind, 'apiVersion')}/${stringAt(kind, 'kind')}`];
  }),
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': withAge((object) => [stringAt(object, 'spec', 'policyName'), parameterOf(object)]),
  'apiregistration.k8s.io/v1/APIService': withAge((object) => [formatService(object), formatAvailable(object)]),
  'scheduling.k8s.io/v1/PriorityClass': printing((object, now) => [
    object.metadata.name,
    countAt(object, 'value'),
    object['globalDefault'] === true,
    ageOf(object, now),
    stringAt(object, 'preemptionPolicy'),
  ]),
  'coordination.k8s.io/v1/Lease': withAge((object) => [stringAt(object, 'spec', 'holderIdentity')]),
  'node.k8s.io/v1/RuntimeClass': withAge((object) => [stringAt(object, 'handler')]),
  'certificates.k8s.io/v1/CertificateSigningRequest': printing((object, now) => {
    const seconds = numberAt(object, 'spec', 'expirationSeconds');
    return [
      object.metadata.name,
      ageOf(object, now),
      textOr('<none>', object, 'spec', 'signerName'),
      stringAt(object, 'spec', 'username'),
      seconds === undefined ? '<none>' : formatDuration(seconds * 1000),
      requestStatus(object),
    ];
  }),
  'resource.k8s.io/v1/DeviceClass': withAge(() => []),
  'resource.k8s.io/v1/ResourceClaim': withAge((object) => [claimState(object)]),
  'resource.k8s.io/v1/ResourceClaimTemplate': withAge(() => []),
  'resource.k8s.io/v1/ResourceSlice': withAge((object) => [stringAt(object, 'spec', 'nodeName'), stringAt(object, 'spec', 'driver'), stringAt(object, 'spec', 'pool', 'name')]),
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': printing((object, now) => [
    object.metadata.name,
    stringAt(object, 'spec', 'priorityLevelConfiguration', 'name'),
    countAt(object, 'spec', 'matchingPrecedence'),
    textOr('<none>', object, 'spec', 'distinguisherMethod', 'type'),
    ageOf(object, now),
    textOr('?', conditionOf(object, 'Dangling'), 'status'),
  ]),
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': printPriorityLevel,
};
