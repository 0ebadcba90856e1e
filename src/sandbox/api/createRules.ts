/**
 * What a real API server makes of a new object after its managed fields are noted: the first status, what admission fills
 * in, addresses (Kubernetes v1.34, the strategies in pkg/registry and the plugins in plugin/pkg/admission).
 */
import { isJsonObject, type JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import type { SandboxKind } from '../kinds/kinds.js';
import { formatTime, itemsAt, mapAt, numberAt, textAt, valueAt } from '../fields.js';
import { allocateAddresses } from './addresses.js';
import { forbidden } from './apiError.js';
import type { Storage } from './storage.js';

export interface CreateContext {
  readonly storage: Storage;
  readonly kind: SandboxKind;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type CreateRule = (object: LiveObject, context: CreateContext) => LiveObject;

/** Kinds whose status is taken as it is given. */
const keepsStatus = new Set(['/Node', '/Event', '/ComponentStatus']);

export function prepareForCreate(object: LiveObject, context: CreateContext): LiveObject {
  const { kind } = context;
  const key = `${kind.group}/${kind.kind}`;
  const bare = kind.subresources.includes('status') && !keepsStatus.has(key) ? withFirstStatus(object, kind) : object;
  const counted = kind.hasGeneration ? withMetadata(bare, { generation: 1 }) : bare;
  return rules[key]?.(counted, context) ?? counted;
}

/** Without what a client says of the status. */
function withFirstStatus(object: LiveObject, kind: SandboxKind): LiveObject {
  const { status: _given, ...rest } = object;
  return kind.setDefaults({ ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata });
}

const rules: Readonly<Record<string, CreateRule>> = {
  '/Namespace': (object) => ({
    ...object,
    spec: { ...mapAt(object, 'spec'), finalizers: finalizersWith(mapAt(object, 'spec'), 'kubernetes') },
    status: { phase: 'Active' },
  }),
  '/Pod': (object, { storage }) => {
    const settled = withMetadata(admitPod(object, storage), { generation: 1 });
    return { ...settled, status: { phase: 'Pending', qosClass: qosClassOf(mapAt(settled, 'spec')) } };
  },
  '/Service': (object, { storage }) => allocateAddresses(object, undefined, storage),
  '/PersistentVolumeClaim': (object, { storage }) => ({
    ...withFinalizer(withStorageClass(object, storage), 'kubernetes.io/pvc-protection'),
    status: { phase: 'Pending' },
  }),
  '/PersistentVolume': (object, { now }) => ({
    ...withFinalizer(object, 'kubernetes.io/pv-protection'),
    status: { lastPhaseTransitionTime: formatTime(now), phase: 'Pending' },
  }),
  'batch/Job': (object) => withJobSelector(object),
  'apiextensions.k8s.io/CustomResourceDefinition': (object) => ({
    ...object,
    status: { storedVersions: itemsAt(object, 'spec', 'versions').flatMap((version) => (version['storage'] === true ? [textAt(version, 'name')] : [])) },
  }),
};

export function withMetadata(object: LiveObject, fields: JsonObject): LiveObject {
  return { ...object, metadata: { ...object.metadata, ...fields } };
}

function finalizersWith(spec: JsonObject, name: string): readonly string[] {
  const { finalizers } = spec;
  const given = Array.isArray(finalizers) ? finalizers.filter((each) => typeof each === 'string') : [];
  return given.includes(name) ? given : [...given, name];
}

function withFinalizer(object: LiveObject, name: string): LiveObject {
  return withMetadata(object, { finalizers: [...new Set([...(object.metadata.finalizers ?? []), name])] });
}

/** The default class, where a claim names none (plugin/pkg/admission/storage/storageclass/setdefault). */
function withStorageClass(claim: LiveObject, storage: Storage): LiveObject {
  if (valueAt(claim, 'spec', 'storageClassName') !== undefined) return claim;
  const isDefault = (each: LiveObject): boolean => each.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  const found = storage.list('storage.k8s.io', 'StorageClass').find(isDefault);
  return found ? { ...claim, spec: { ...mapAt(claim, 'spec'), storageClassName: found.metadata.name } } : claim;
}

const notReady = { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 };
const unreachable = { ...notReady, key: 'node.kubernetes.io/unreachable' };
const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Priority, tolerations and the service account (plugin/pkg/admission: priority, defaulttolerationseconds, serviceaccount). */
function admitPod(pod: LiveObject, storage: Storage): LiveObject {
  const spec = mapAt(pod, 'spec');
  const withAccount = admitServiceAccount(pod, spec, storage);
  const tolerations = itemsAt(withAccount, 'tolerations');
  const tolerates = (key: string): boolean =>
    tolerations.some((each) => (each['key'] === key || each['key'] === undefined) && (each['effect'] === 'NoExecute' || each['effect'] === undefined));
  const added = [notReady, unreachable].filter(({ key }) => !tolerates(key));
  const priority = priorityOf(spec, storage);
  return { ...pod, spec: { ...withAccount, ...priority, ...(tolerations.length + added.length > 0 && { tolerations: [...tolerations, ...added] }) } };
}

function priorityOf(spec: JsonObject, storage: Storage): JsonObject {
  const name = textAt(spec, 'priorityClassName');
  const classes = storage.list('scheduling.k8s.io', 'PriorityClass');
  const found = name === '' ? classes.find((each) => each['globalDefault'] === true) : classes.find(({ metadata }) => metadata.name === name);
  const fallback = 'PreemptLowerPriority';
  if (!found) return { priority: numberAt(spec, 'priority') ?? builtInPriorities[name] ?? 0, preemptionPolicy: spec['preemptionPolicy'] ?? fallback };
  return { priority: numberAt(found, 'value') ?? 0, preemptionPolicy: textAt(found, 'preemptionPolicy') || fallback, priorityClassName: found.metadata.name };
}

const builtInPriorities: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

function admitServiceAccount(pod: LiveObject, spec: JsonObject, storage: Storage): JsonObject {
  const namespace = pod.metadata.namespace ?? 'default';
  const name = textAt(spec, 'serviceAccountName') || 'default';
  const account = storage.get('', 'ServiceAccount', namespace, name);
  if (!account) {
    const subject = { group: '', plural: 'pods', name: pod.metadata.name };
    throw forbidden(subject, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
  }
  const named: JsonObject = { ...spec, serviceAccountName: name, serviceAccount: name };
  const mounts = valueAt(spec, 'automountServiceAccountToken') ?? valueAt(account, 'automountServiceAccountToken') ?? true;
  if (mounts !== true) return named;
  const volume = `kube-api-access-${pod.metadata.uid?.slice(0, 5) ?? ''}`;
  const isMounted = (container: JsonObject): boolean => itemsAt(container, 'volumeMounts').some(({ mountPath }) => mountPath === tokenFolder);
  const mount = (container: JsonObject): JsonObject =>
    isMounted(container) ? container : { ...container, volumeMounts: [...itemsAt(container, 'volumeMounts'), { mountPath: tokenFolder, name: volume, readOnly: true }] };
  const containers = itemsAt(spec, 'containers');
  const initContainers = itemsAt(spec, 'initContainers');
  if ([...containers, ...initContainers].every(isMounted)) return named;
  return {
    ...named,
    containers: containers.map(mount),
    ...(initContainers.length > 0 && { initContainers: initContainers.map(mount) }),
    volumes: [...itemsAt(spec, 'volumes'), { name: volume, projected: { defaultMode: 420, sources: tokenSources } }],
  };
}

const tokenSources: readonly JsonObject[] = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
  { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
];

/** How a pod is treated when memory runs short (pkg/apis/core/helper/qos). */
function qosClassOf(spec: JsonObject): string {
  const containers = [...itemsAt(spec, 'containers'), ...itemsAt(spec, 'initContainers')];
  const amounts = containers.map((each) => ({ requests: mapAt(each, 'resources', 'requests'), limits: mapAt(each, 'resources', 'limits') }));
  const counted = ['cpu', 'memory'];
  if (amounts.every(({ requests, limits }) => counted.every((name) => requests[name] === undefined && limits[name] === undefined))) return 'BestEffort';
  const isFull = amounts.every(({ requests, limits }) => counted.every((name) => limits[name] !== undefined && (requests[name] === undefined || requests[name] === limits[name])));
  return isFull ? 'Guaranteed' : 'Burstable';
}

/** The selector that a Job gets unless it brings its own (pkg/registry/batch/job/strategy.go generateSelector). */
function withJobSelector(job: LiveObject): LiveObject {
  const spec = mapAt(job, 'spec');
  if (spec['manualSelector'] === true) return job;
  const { uid = '', name } = job.metadata;
  const template = mapAt(spec, 'template');
  const templateMetadata = mapAt(template, 'metadata');
  const labels = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
  const selector = isJsonObject(spec['selector']) ? spec['selector'] : {};
  return {
    // until v1.34 the labels of the template are the job's too where it has none of its own
    ...withMetadata(job, { labels: { ...job.metadata.labels, ...(Object.keys(mapAt(templateMetadata, 'labels')).length === 0 ? labels : {}) } }),
    spec: {
      ...spec,
      selector: { ...selector, matchLabels: { ...mapAt(selector, 'matchLabels'), 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...templateMetadata, labels: { ...mapAt(templateMetadata, 'labels'), ...labels } } },
    },
  };
}
