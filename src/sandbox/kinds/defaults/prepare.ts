/**
 * What a server does to an object beside its defaults when it takes it in: a fresh status, finalizers, labels by which a Job
 * finds its pods, tolerations (Kubernetes v1.34, pkg/registry and plugin/pkg/admission). Left out: what depends on other
 * objects, such as the default storage class, a pod's service account and the values of priority classes.
 */
import type { Draft } from '../codec.js';
import { fill, isFilled, isUnset, makeMapAt, mapAt, mapsAt, textAt, type DefaultRule } from './fill.js';

/** Changes a new object, which has its uid and its defaults. A fresh status is given to all kinds that have one as a subresource. */
export const createRules: Readonly<Record<string, DefaultRule>> = {
  '/v1/Namespace': (namespace) => {
    namespace['spec'] = { finalizers: ['kubernetes'] };
  },
  '/v1/PersistentVolumeClaim': (claim) => {
    addFinalizer(claim, 'kubernetes.io/pvc-protection');
    const spec = makeMapAt(claim, 'spec');
    if (!isClaimSource(mapAt(spec, 'dataSource'))) delete spec['dataSource'];
    const [source, reference] = [mapAt(spec, 'dataSource'), mapAt(spec, 'dataSourceRef')];
    if (source && !reference) spec['dataSourceRef'] = { ...source };
    if (reference && !source && isUnset(reference['namespace'])) spec['dataSource'] = { ...reference };
  },
  '/v1/Node': (node) => {
    const spec = makeMapAt(node, 'spec');
    const taints = mapsAt(spec, 'taints');
    // until its kubelet reports, nothing is placed there
    if (!taints.some((each) => textAt(each, 'key') === 'node.kubernetes.io/not-ready')) spec['taints'] = [...taints, { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
  },
  'storage.k8s.io/v1/VolumeAttributesClass': (volumeClass) => addFinalizer(volumeClass, 'kubernetes.io/vac-protection'),
  '/v1/PersistentVolume': (volume) => addFinalizer(volume, 'kubernetes.io/pv-protection'),
  '/v1/Pod': preparePod,
  '/v1/Service': prepareService,
  'apps/v1/DaemonSet': (daemonSet) => {
    makeMapAt(makeMapAt(daemonSet, 'metadata'), 'annotations')['deprecated.daemonset.template.generation'] = '1';
  },
  'batch/v1/Job': prepareJob,
};

/** Kinds with a status that is taken from whoever makes the object. */
export const keepsStatus: ReadonlySet<string> = new Set(['/v1/Node']);

/** A claim is filled from another claim or a snapshot; other sources stand in `dataSourceRef` alone. */
function isClaimSource(source: Draft | undefined): boolean {
  const [group, kind] = [textAt(source, 'apiGroup'), textAt(source, 'kind')];
  return source === undefined || (group === '' && kind === 'PersistentVolumeClaim') || (group === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot');
}

function addFinalizer(draft: Draft, finalizer: string): void {
  const metadata = makeMapAt(draft, 'metadata');
  const known = Array.isArray(metadata['finalizers']) ? metadata['finalizers'] : [];
  metadata['finalizers'] = known.includes(finalizer) ? known : [...known, finalizer];
}

function preparePod(pod: Draft): void {
  const spec = makeMapAt(pod, 'spec');
  if (textAt(spec, 'priorityClassName') === '') fill(spec, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  const tolerations = [...mapsAt(spec, 'tolerations')];
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    if (!tolerations.some((each) => isTolerated(each, key))) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  }
  spec['tolerations'] = tolerations;
  const gated: Draft = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: textAt(mapAt(pod, 'metadata'), 'creationTimestamp') || null,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  pod['status'] = { phase: 'Pending', ...(isFilled(spec['schedulingGates']) && { conditions: [gated] }), qosClass: qosClassOf(spec) };
}

function isTolerated(toleration: Draft, key: string): boolean {
  const [ownKey, effect] = [textAt(toleration, 'key'), textAt(toleration, 'effect')];
  return (ownKey === key || ownKey === '') && (effect === 'NoExecute' || effect === '');
}

/** `Guaranteed` where every container's requests of cpu and memory are its limits, `BestEffort` where there is neither. */
export function qosClassOf(spec: Draft): string {
  const containers = [...mapsAt(spec, 'containers'), ...mapsAt(spec, 'initContainers')];
  const resources = containers.map((container) => mapAt(container, 'resources') ?? {});
  const counted = (of: Draft, part: string): readonly (readonly [string, unknown])[] =>
    Object.entries(mapAt(of, part) ?? {}).filter(([name, value]) => (name === 'cpu' || name === 'memory') && value !== '0');
  if (resources.every((each) => counted(each, 'limits').length === 0 && counted(each, 'requests').length === 0)) return 'BestEffort';
  const isGuaranteed = resources.every((each) => {
    const limits = counted(each, 'limits');
    return limits.length === 2 && limits.every(([name, value]) => mapAt(each, 'requests')?.[name] === value);
  });
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function prepareJob(job: Draft): void {
  const spec = makeMapAt(job, 'spec');
  const metadata = makeMapAt(job, 'metadata');
  const uid = textAt(metadata, 'uid');
  if (spec['manualSelector'] === true || uid === '') return;
  const template = makeMapAt(makeMapAt(spec, 'template'), 'metadata');
  const labels = makeMapAt(template, 'labels');
  const name = textAt(metadata, 'name');
  fill(labels, { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name });
  fill(makeMapAt(makeMapAt(spec, 'selector'), 'matchLabels'), { 'batch.kubernetes.io/controller-uid': uid });
  if (!isFilled(metadata['labels'])) metadata['labels'] = { ...labels };
}

/** The families of its addresses; the addresses themselves come from allocateService. */
function prepareService(service: Draft): void {
  const spec = makeMapAt(service, 'spec');
  if (textAt(spec, 'type') === 'ExternalName') return;
  if (isUnset(spec['clusterIP']) && Array.isArray(spec['clusterIPs'])) spec['clusterIP'] = spec['clusterIPs'][0] ?? '';
  const address = textAt(spec, 'clusterIP');
  if (address !== '' && !isFilled(spec['clusterIPs'])) spec['clusterIPs'] = [address];
  const isFree = address === 'None' && !isFilled(spec['selector']);
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  fill(spec, { ipFamilyPolicy: isFree ? 'RequireDualStack' : 'SingleStack' });
  const families = Array.isArray(spec['ipFamilies']) && spec['ipFamilies'].length > 0 ? spec['ipFamilies'] : [family];
  const wantsBoth = isFree && spec['ipFamilyPolicy'] !== 'SingleStack' && families.length === 1;
  spec['ipFamilies'] = wantsBoth ? [...families, families[0] === 'IPv6' ? 'IPv4' : 'IPv6'] : families;
}
