/** Configuration, storage, access, limits and extensions of the API (k8s.io/kubernetes v1.34, pkg/apis/.../validation). */
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, objectAt, stringAt, textsAt, valueAt } from '../../../core/live/readFields.js';
import { millisOf } from '../quantity.js';
import { filled, immutable, named, notNegative, oneOf, quantityNotNegative, type Errors } from './checks.js';
import { checkClaimSpec, checkModes, checkSize, volumeModes } from './claims.js';
import { forbidden, invalid, notSupported, required } from './fieldErrors.js';
import { checkKey, checkQualifiedName, checkSubdomain } from './names.js';
import { checkHostPath, checkShare } from './volumes.js';
import type { Check } from './workloads.js';

const keyErrors = (object: LiveObject, field: string): Errors =>
  Object.keys(objectAt(object, field)).flatMap((key) => checkKey(key).map((words) => invalid(`${field}[${key}]`, key, words)));

/** What a ConfigMap or a Secret that says so never changes. */
function checkFrozen(object: LiveObject, before: LiveObject | undefined, fields: readonly string[]): Errors {
  if (before?.['immutable'] !== true) return [];
  const words = 'field is immutable when `immutable` is set';
  return [
    ...(object['immutable'] === true ? [] : [forbidden('immutable', words)]),
    ...fields.flatMap((field) => (jsonEquals(object[field] ?? {}, before[field] ?? {}) ? [] : [forbidden(field, words)])),
  ];
}

const checkConfigMap: Check = (object, before) => {
  const binary = objectAt(object, 'binaryData');
  const twice = Object.keys(objectAt(object, 'data')).filter((key) => binary[key] !== undefined);
  return [
    ...keyErrors(object, 'data'),
    ...twice.map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyErrors(object, 'binaryData'),
    ...checkFrozen(object, before, ['data', 'binaryData']),
  ];
};

/** The keys that a type of Secret must have. */
const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

const checkSecret: Check = (object, before) => {
  const type = stringAt(object, 'type');
  const data = objectAt(object, 'data');
  const missing = (secretKeys[type] ?? []).filter((key) => data[key] === undefined || data[key] === null);
  const isBasic = type === 'kubernetes.io/basic-auth' && data['username'] === undefined && data['password'] === undefined;
  const account = 'kubernetes.io/service-account.name';
  return [
    ...keyErrors(object, 'data'),
    ...missing.map((key) => required(`data[${key}]`)),
    ...(isBasic ? [required('data[username]'), required('data[password]')] : []),
    ...(type === 'kubernetes.io/service-account-token' && object.metadata.annotations?.[account] === undefined ? [required(`metadata.annotations[${account}]`)] : []),
    ...['.dockerconfigjson', '.dockercfg'].flatMap((key) => ((secretKeys[type] ?? []).includes(key) ? checkJson(data[key], `data[${key}]`) : [])),
    ...checkFrozen(object, before, ['data']),
    ...(before ? immutable('type', type, before['type']) : []),
  ];
};

function checkJson(value: JsonValue | undefined, path: string): Errors {
  if (typeof value !== 'string') return [];
  const text = Buffer.from(value, 'base64').toString('utf8');
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [first = ''] = text.trim();
    const words = text.trim() === '' ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`;
    return [invalid(path, '<secret contents redacted>', words)];
  }
}

const checkClaim: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  return [...checkClaimSpec(spec), ...(before ? checkClaimUpdate(spec, objectAt(before, 'spec'), stringAt(before, 'status', 'phase')) : [])];
};

/** A claim may grow once it is bound, get its volume, and a storage class where it had none; nothing else changes. */
function checkClaimUpdate(spec: JsonObject, before: JsonObject, phase: string): Errors {
  const fixed = ({ resources: _resources, volumeAttributesClassName: _class, volumeName, storageClassName, ...rest }: JsonObject): JsonObject => ({
    ...rest,
    ...(before['volumeName'] !== undefined && { volumeName }),
    ...(before['storageClassName'] !== undefined && { storageClassName }),
  });
  const [wanted, old] = [spec, before].map((each) => stringAt(each, 'resources', 'requests', 'storage'));
  const isSame = jsonEquals(fixed(spec), fixed(before)) && (phase === 'Bound' || wanted === old);
  const shrinks = phase === 'Bound' && (millisOf(wanted ?? '') ?? 0n) < (millisOf(old ?? '') ?? 0n);
  return [
    ...(isSame ? [] : [forbidden('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims')]),
    ...(shrinks ? [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')] : []),
    ...immutable('volumeMode', spec['volumeMode'], before['volumeMode']),
  ];
}

const volumeFields = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
]);

const checkVolume: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  const sourcesOf = (of: JsonObject): readonly string[] => Object.keys(of).filter((name) => !volumeFields.has(name));
  const sources = sourcesOf(spec);
  const [first, ...others] = sources;
  const capacity = objectAt(spec, 'capacity');
  const size = capacity['storage'];
  const isNegative = typeof size === 'string' && (millisOf(size) ?? 0n) < 0n;
  const pick = (of: JsonObject): JsonObject => Object.fromEntries(sourcesOf(of).map((name) => [name, of[name]]));
  return [
    ...checkModes(spec, 'spec', ''),
    ...(Object.keys(capacity).length === 0 ? [required('spec.capacity')] : []),
    ...(size === undefined || Object.keys(capacity).length > 1 ? [notSupported('spec.capacity', spec['capacity'] ?? null, ['storage'])] : []),
    ...(isNegative ? [invalid('spec.capacity[storage]', Number(size), 'must be a valid resource quantity')] : []),
    ...(size === undefined ? [] : checkSize(size, 'spec.capacity[storage]')),
    ...oneOf('spec.persistentVolumeReclaimPolicy', spec['persistentVolumeReclaimPolicy'], ['Delete', 'Recycle', 'Retain']),
    ...(first === 'hostPath' ? checkHostPath('spec.hostPath', spec['hostPath']) : []),
    ...(first === 'nfs' ? checkShare('spec.nfs', spec['nfs']) : []),
    ...others.map((name) => forbidden(`spec.${name}`, 'may not specify more than 1 volume type')),
    ...(first === undefined ? [required('spec', 'must specify a volume type')] : []),
    ...named('spec.storageClassName', spec['storageClassName'], checkSubdomain),
    ...oneOf('spec.volumeMode', spec['volumeMode'], volumeModes),
    ...(before && !jsonEquals(pick(spec), pick(objectAt(before, 'spec')))
      ? [forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')]
      : []),
    ...(before ? immutable('volumeMode', spec['volumeMode'], valueAt(before, 'spec', 'volumeMode')) : []),
  ];
};

const checkStorageClass: Check = (object, before) => {
  const provisioner = stringAt(object, 'provisioner');
  const fixed = ['parameters', 'provisioner', 'reclaimPolicy'].filter((name) => before && !jsonEquals(object[name] ?? {}, before[name] ?? {}));
  return [
    ...(provisioner === '' ? [required('provisioner')] : checkQualifiedName(provisioner.toLowerCase()).map((words) => invalid('provisioner', provisioner.toLowerCase(), words))),
    ...('' in objectAt(object, 'parameters') ? [invalid('parameters', '', 'field can not be empty.')] : []),
    ...oneOf('reclaimPolicy', object['reclaimPolicy'], ['Delete', 'Retain']),
    ...oneOf('volumeBindingMode', object['volumeBindingMode'], ['Immediate', 'WaitForFirstConsumer']),
    ...fixed.map((name) => forbidden(name, `updates to ${name} are forbidden.`)),
    ...(before ? immutable('volumeBindingMode', object['volumeBindingMode'], before['volumeBindingMode']) : []),
  ];
};

const checkRules = (object: LiveObject, isNamespaced: boolean): Errors =>
  mapsAt(object, 'rules').flatMap((rule, index) => {
    const at = `rules[${index}]`;
    const urls = textsAt(rule, 'nonResourceURLs');
    const [groups, resources] = [textsAt(rule, 'apiGroups'), textsAt(rule, 'resources')];
    const verbs = textsAt(rule, 'verbs').length === 0 ? [required(`${at}.verbs`, 'verbs must contain at least one value')] : [];
    if (urls.length > 0) {
      if (isNamespaced) return [...verbs, invalid(`${at}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs')];
      const isMixed = groups.length > 0 || resources.length > 0;
      return [...verbs, ...(isMixed ? [invalid(`${at}.nonResourceURLs`, urls, 'rules cannot apply to both regular resources and non-resource URLs')] : [])];
    }
    return [
      ...verbs,
      ...(groups.length === 0 ? [required(`${at}.apiGroups`, 'resource rules must supply at least one api group')] : []),
      ...(resources.length === 0 ? [required(`${at}.resources`, 'resource rules must supply at least one resource')] : []),
    ];
  });

const checkClusterRole: Check = (object) => {
  const aggregation = object['aggregationRule'];
  const isEmpty = isJsonObject(aggregation) && mapsAt(aggregation, 'clusterRoleSelectors').length === 0;
  return [
    ...checkRules(object, false),
    ...(isEmpty ? [required('aggregationRule.clusterRoleSelectors', 'at least one clusterRoleSelector required if aggregationRule is non-nil')] : []),
  ];
};

const accessGroup = 'rbac.authorization.k8s.io';

const checkBinding =
  (kinds: readonly string[], needsNamespace: boolean): Check =>
  (object, before) => {
    const reference = objectAt(object, 'roleRef');
    const form = { APIGroup: stringAt(reference, 'apiGroup'), Kind: stringAt(reference, 'kind'), Name: stringAt(reference, 'name') };
    return [
      ...oneOf('roleRef.apiGroup', form.APIGroup, [accessGroup]),
      ...oneOf('roleRef.kind', form.Kind, kinds),
      ...filled('roleRef.name', form.Name),
      ...mapsAt(object, 'subjects').flatMap((each, index) => checkSubject(each, `subjects[${index}]`, needsNamespace)),
      ...(before && !jsonEquals(reference, objectAt(before, 'roleRef')) ? [invalid('roleRef', form, 'cannot change roleRef')] : []),
    ];
  };

function checkSubject(subject: JsonObject, path: string, needsNamespace: boolean): Errors {
  const [kind, name, group] = [stringAt(subject, 'kind'), stringAt(subject, 'name'), stringAt(subject, 'apiGroup')];
  const own = filled(`${path}.name`, name);
  switch (kind) {
    case 'ServiceAccount':
      return [
        ...own,
        ...named(`${path}.name`, name, checkSubdomain),
        ...(group === '' ? [] : [notSupported(`${path}.apiGroup`, group, [''])]),
        ...(needsNamespace ? filled(`${path}.namespace`, stringAt(subject, 'namespace')) : []),
      ];
    case 'User':
    case 'Group':
      return [...own, ...oneOf(`${path}.apiGroup`, group, [accessGroup])];
    default:
      return [...own, notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

const standardQuota =
  /^(cpu|memory|ephemeral-storage|pods|services|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims|services\.(nodeports|loadbalancers)|(requests|limits)\.(cpu|memory|ephemeral-storage)|requests\.storage)$/;
const wholeQuota = /^(pods|services|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims|services\.(nodeports|loadbalancers)|count\/.*)$/;
const scopes = ['BestEffort', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating', 'CrossNamespacePodAffinity', 'VolumeAttributesClass'];

const checkQuota: Check = ({ spec: value }) => {
  const spec = objectAt(value);
  const given = textsAt(spec, 'scopes');
  const hard = Object.entries(objectAt(spec, 'hard')).flatMap(([name, amount]): Errors => {
    const at = `spec.hard[${name}]`;
    const isWhole = (millisOf(typeof amount === 'string' ? amount : '') ?? 0n) % 1000n === 0n;
    return [
      ...checkQualifiedName(name).map((words) => invalid(at, name, words)),
      ...(name.includes('/') || standardQuota.test(name) || /^(requests|limits)\.|hugepages-/.test(name) ? [] : [invalid(at, name, 'must be a standard resource for quota')]),
      ...quantityNotNegative(at, amount),
      ...(wholeQuota.test(name) && !isWhole ? [invalid(at, amount, 'must be an integer')] : []),
    ];
  });
  return [...hard, ...(given.every((scope) => scopes.includes(scope)) ? [] : [invalid('spec.scopes', given, 'unsupported scope')])];
};

const checkLimits: Check = ({ spec }) => mapsAt(spec, 'limits').flatMap((item, index) => checkLimit(item, `spec.limits[${index}]`));

function checkLimit(item: JsonObject, path: string): Errors {
  const type = stringAt(item, 'type');
  const isKnown = ['Pod', 'Container', 'PersistentVolumeClaim'].includes(type) || type.includes('/');
  const parts = ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'].map((name) => objectAt(item, name));
  const names = [...new Set(parts.flatMap((part) => Object.keys(part)))];
  return [...(isKnown ? [] : [invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified')]), ...names.flatMap((name) => checkOrder(item, name, path))];
}

/** The smallest, the default request, the default and the largest of one resource: each no more than the next. */
function checkOrder(item: JsonObject, name: string, path: string): Errors {
  const text = (part: string): string => stringAt(item, part, name);
  const isMore = (one: string, two: string): boolean => {
    const [left, right] = [millisOf(text(one)), millisOf(text(two))];
    return text(one) !== '' && text(two) !== '' && left !== undefined && right !== undefined && left > right;
  };
  const error = (field: string, shown: string, words: string): Errors => [invalid(`${path}.${field}[${name}]`, shown, words)];
  const [min, max, usual, request] = ['min', 'max', 'default', 'defaultRequest'].map(text);
  return [
    ...(isMore('min', 'max') ? error('min', min ?? '', `min value ${min ?? ''} is greater than max value ${max ?? ''}`) : []),
    ...(isMore('min', 'defaultRequest') ? error('defaultRequest', request ?? '', `min value ${min ?? ''} is greater than default request value ${request ?? ''}`) : []),
    ...(isMore('defaultRequest', 'max') ? error('defaultRequest', request ?? '', `default request value ${request ?? ''} is greater than max value ${max ?? ''}`) : []),
    ...(isMore('defaultRequest', 'default')
      ? error('defaultRequest', request ?? '', `default request value ${request ?? ''} is greater than default limit value ${usual ?? ''}`)
      : []),
    ...(isMore('min', 'default') ? error('default', min ?? '', `min value ${min ?? ''} is greater than default value ${usual ?? ''}`) : []),
    ...(isMore('default', 'max') ? error('default', max ?? '', `default value ${usual ?? ''} is greater than max value ${max ?? ''}`) : []),
  ];
}

const checkPriority: Check = (object, before) => {
  const { name } = object.metadata;
  const value = object['value'];
  const isSystem = name.startsWith('system-');
  const isHigh = typeof value === 'number' && value > 1000000000;
  return [
    ...(isSystem && name !== 'system-node-critical' && name !== 'system-cluster-critical'
      ? [forbidden('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`)]
      : []),
    ...(isHigh && !isSystem ? [forbidden('value', 'maximum allowed value of a user defined priority is 1000000000')] : []),
    ...oneOf('preemptionPolicy', object['preemptionPolicy'], ['PreemptLowerPriority', 'Never']),
    ...(before && !jsonEquals(value ?? 0, before['value'] ?? 0) ? [forbidden('value', 'may not be changed in an update.')] : []),
    ...(before ? immutable('preemptionPolicy', object['preemptionPolicy'], before['preemptionPolicy']) : []),
  ];
};

const checkLease: Check = ({ spec }) => {
  const seconds = valueAt(spec, 'leaseDurationSeconds');
  return [
    ...(typeof seconds === 'number' && seconds <= 0 ? [invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')] : []),
    ...notNegative('spec.leaseTransitions', valueAt(spec, 'leaseTransitions')),
  ];
};

export const otherChecks: Readonly<Record<string, Check>> = {
  '/ConfigMap': checkConfigMap,
  '/Secret': checkSecret,
  '/PersistentVolumeClaim': checkClaim,
  '/PersistentVolume': checkVolume,
  '/ResourceQuota': checkQuota,
  '/LimitRange': checkLimits,
  'storage.k8s.io/StorageClass': checkStorageClass,
  'storage.k8s.io/CSIDriver': (object, before) =>
    before ? immutable('spec.attachedRequired', valueAt(object, 'spec', 'attachRequired'), valueAt(before, 'spec', 'attachRequired')) : [],
  'rbac.authorization.k8s.io/Role': (object) => checkRules(object, true),
  'rbac.authorization.k8s.io/ClusterRole': checkClusterRole,
  'rbac.authorization.k8s.io/RoleBinding': checkBinding(['Role', 'ClusterRole'], false),
  'rbac.authorization.k8s.io/ClusterRoleBinding': checkBinding(['ClusterRole'], true),
  'scheduling.k8s.io/PriorityClass': checkPriority,
  'coordination.k8s.io/Lease': checkLease,
  'node.k8s.io/RuntimeClass': (object, before) => [
    ...filled('handler', stringAt(object, 'handler')),
    ...(before ? immutable('handler', object['handler'], before['handler']) : []),
  ],
};
