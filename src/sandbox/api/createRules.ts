/**
 * What a real API server makes of a new object after its managed fields are noted, as far as it depends on other objects:
 * what admission fills in, and addresses (Kubernetes v1.34, plugin/pkg/admission, pkg/registry/core/service/storage). The
 * rest is the kind's own `prepareCreate`.
 */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, valueAt } from '../../core/live/readFields.js';
import { formatTime } from '../../services/syncClock.js';
import { allocateService } from '../kinds/defaults/services.js';
import type { SandboxKind } from '../kinds/kinds.js';
import { forbidden } from './apiError.js';
import type { Storage } from './storage.js';

export interface CreateContext {
  readonly storage: Storage;
  readonly kind: SandboxKind;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type CreateRule = (object: LiveObject, context: CreateContext) => LiveObject;

export function prepareForCreate(object: LiveObject, context: CreateContext): LiveObject {
  const { kind } = context;
  const key = `${kind.group}/${kind.kind}`;
  const prepared = kind.prepareCreate(admissionRules[key]?.(object, context) ?? object);
  const counted = kind.hasGeneration ? withMetadata(prepared, { generation: 1 }) : prepared;
  return storageRules[key]?.(counted, context) ?? counted;
}

/** What admission fills in. */
const admissionRules: Readonly<Record<string, CreateRule>> = {
  '/Pod': (object, { storage }) => admitPod(object, storage),
  '/PersistentVolumeClaim': (object, { storage }) => withStorageClass(object, storage),
};

const storageRules: Readonly<Record<string, CreateRule>> = {
  '/Service': (object, { storage }) => allocateService(object, storage.list('', 'Service')),
  '/Pod': (object) => withMetadata(object, { generation: 1 }),
  '/PersistentVolume': (object, { now }) => ({ ...object, status: { ...objectAt(object, 'status'), lastPhaseTransitionTime: formatTime(now), phase: 'Pending' } }),
  'apiextensions.k8s.io/CustomResourceDefinition': (object) => ({
    ...object,
    status: {
      ...objectAt(object, 'status'),
      storedVersions: mapsAt(object, 'spec', 'versions').flatMap((version) => (version['storage'] === true ? [stringAt(version, 'name')] : [])),
    },
  }),
};

export function withMetadata(object: LiveObject, fields: JsonObject): LiveObject {
  return { ...object, metadata: { ...object.metadata, ...fields } };
}

/** The default class, where a claim names none (plugin/pkg/admission/storage/storageclass/setdefault). */
function withStorageClass(claim: LiveObject, storage: Storage): LiveObject {
  if (valueAt(claim, 'spec', 'storageClassName') !== undefined) return claim;
  const isDefault = (each: LiveObject): boolean => each.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  const found = storage.list('storage.k8s.io', 'StorageClass').find(isDefault);
  return found ? { ...claim, spec: { ...objectAt(claim, 'spec'), storageClassName: found.metadata.name } } : claim;
}

/** Priority classes and service accounts (plugin/pkg/admission: priority, serviceaccount). */
function admitPod(pod: LiveObject, storage: Storage): LiveObject {
  const spec = objectAt(pod, 'spec');
  return { ...pod, spec: { ...admitServiceAccount(pod, spec, storage), ...priorityOf(pod, spec, storage) } };
}

const builtInPriorities: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

/** Nothing where no class is named and none is the default. */
function priorityOf(pod: LiveObject, spec: JsonObject, storage: Storage): JsonObject {
  const name = stringAt(spec, 'priorityClassName');
  const classes = storage.list('scheduling.k8s.io', 'PriorityClass');
  const found = name === '' ? classes.find((each) => each['globalDefault'] === true) : classes.find(({ metadata }) => metadata.name === name);
  const value = numberAt(found, 'value') ?? builtInPriorities[name];
  if (value !== undefined) {
    return { priority: value, preemptionPolicy: stringAt(found, 'preemptionPolicy') || 'PreemptLowerPriority', priorityClassName: found?.metadata.name ?? name };
  }
  if (name === '') return {};
  throw forbidden({ group: '', plural: 'pods', name: pod.metadata.name }, `no PriorityClass with name ${name} was found`);
}

const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

function admitServiceAccount(pod: LiveObject, spec: JsonObject, storage: Storage): JsonObject {
  const namespace = pod.metadata.namespace ?? 'default';
  const name = stringAt(spec, 'serviceAccountName') || 'default';
  const account = storage.get('', 'ServiceAccount', namespace, name);
  if (!account) {
    const subject = { group: '', plural: 'pods', name: pod.metadata.name };
    throw forbidden(subject, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
  }
  const pullSecrets = mapsAt(account, 'imagePullSecrets');
  const inherits = mapsAt(spec, 'imagePullSecrets').length === 0 && pullSecrets.length > 0;
  const named: JsonObject = { ...spec, serviceAccountName: name, serviceAccount: name, ...(inherits && { imagePullSecrets: pullSecrets }) };
  const mounts = valueAt(spec, 'automountServiceAccountToken') ?? valueAt(account, 'automountServiceAccountToken') ?? true;
  return mounts === true ? withToken(named, `kube-api-access-${pod.metadata.uid?.slice(0, 5) ?? ''}`) : named;
}

/** The spec with the account's token in every container that has nothing else in its place. */
function withToken(spec: JsonObject, volume: string): JsonObject {
  const isMounted = (container: JsonObject): boolean => mapsAt(container, 'volumeMounts').some(({ mountPath }) => mountPath === tokenFolder);
  const mount = (container: JsonObject): JsonObject =>
    isMounted(container) ? container : { ...container, volumeMounts: [...mapsAt(container, 'volumeMounts'), { mountPath: tokenFolder, name: volume, readOnly: true }] };
  const [containers, initContainers] = [mapsAt(spec, 'containers'), mapsAt(spec, 'initContainers')];
  if ([...containers, ...initContainers].every(isMounted)) return spec;
  return {
    ...spec,
    containers: containers.map(mount),
    ...(initContainers.length > 0 && { initContainers: initContainers.map(mount) }),
    volumes: [...mapsAt(spec, 'volumes'), { name: volume, projected: { defaultMode: 420, sources: tokenSources } }],
  };
}

const tokenSources: readonly JsonObject[] = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
  { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
];
