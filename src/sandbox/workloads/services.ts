/** Services get Endpoints and an EndpointSlice of their ready pods; LoadBalancers an address (kubernetes pkg/controller/{endpoint,endpointslice}, v1.34). */
import { jsonEquals, type JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, textsOf, valueAt } from '../../core/live/readFields.js';
import type { Controller, ObjectKey } from './controllers.js';
import { isActivePod, isReadyPod, controllerManager } from './podTemplates.js';
import { matchesLabels } from './selectors.js';
import { ownerReferenceTo, type World } from './world.js';

/** What LoadBalancers answer at: nothing listens there. */
const loadBalancerAddress = '127.0.0.1';

export const services: Controller = {
  group: '',
  kind: 'Service',
  *related(changed, world): Iterable<ObjectKey> {
    if (changed.kind !== 'Pod' || changed.apiVersion !== 'v1') return;
    const namespace = changed.metadata.namespace ?? '';
    for (const service of world.store.list('', 'Service', namespace)) if (selects(service, changed)) yield { namespace, name: service.metadata.name };
  },
  reconcile(service, world) {
    if (service.metadata.deletionTimestamp !== undefined) return undefined;
    if (Object.keys(objectAt(service, 'spec', 'selector')).length > 0) writeEndpoints(service, world);
    if (stringAt(service, 'spec', 'type') === 'LoadBalancer') {
      world.writeStatus(service, { ...objectAt(service, 'status'), loadBalancer: { ingress: [{ ip: loadBalancerAddress, ipMode: 'VIP' }] } }, 'cloud-controller-manager');
    }
    return undefined;
  },
  removed(service, world) {
    const endpoints = world.get('', 'Endpoints', service.metadata.namespace ?? '', service.metadata.name);
    if (endpoints) world.remove(endpoints);
  },
};

/** True where a Service sends to a pod. */
export function selects(service: LiveObject, pod: LiveObject): boolean {
  const selector = objectAt(service, 'spec', 'selector');
  return Object.keys(selector).length > 0 && matchesLabels(selector, pod.metadata.labels);
}

/** The pods that a Service sends to. */
export function readyPodsOf(service: LiveObject, world: World): readonly LiveObject[] {
  const acceptsUnready = valueAt(service, 'spec', 'publishNotReadyAddresses') === true;
  return world.store.list('', 'Pod', service.metadata.namespace).filter((pod) => selects(service, pod) && isActivePod(pod) && (acceptsUnready || isReadyPod(pod)));
}

function writeEndpoints(service: LiveObject, world: World): void {
  const pods = world.store.list('', 'Pod', service.metadata.namespace).filter((pod) => selects(service, pod) && isActivePod(pod) && stringAt(pod, 'status', 'podIP') !== '');
  const ready = new Set(readyPodsOf(service, world));
  writeSlice(service, { pods, ready }, world);
  const addresses = (wanted: boolean): readonly JsonObject[] =>
    pods
      .filter((pod) => ready.has(pod) === wanted)
      .map((pod) => ({ ip: stringAt(pod, 'status', 'podIP'), nodeName: stringAt(pod, 'spec', 'nodeName'), targetRef: referenceTo(pod) }))
      .sort((a, b) => (a.ip < b.ip ? -1 : 1));
  const [up, down] = [addresses(true), addresses(false)];
  const ports = portsOf(service, pods);
  const subsets = pods.length === 0 ? [] : [{ ...(up.length > 0 && { addresses: up }), ...(down.length > 0 && { notReadyAddresses: down }), ...(ports.length > 0 && { ports }) }];
  const { namespace = 'default', name } = service.metadata;
  const known = world.get('', 'Endpoints', namespace, name);
  if (!known) {
    const labels = { ...service.metadata.labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
    world.create({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, ...(subsets.length > 0 && { subsets }) }, controllerManager);
  } else if (!jsonEquals(valueAt(known, 'subsets') ?? [], subsets)) {
    world.patch(known, { subsets: subsets.length > 0 ? subsets : null }, controllerManager);
  }
}

function referenceTo(pod: LiveObject): JsonObject {
  return { kind: 'Pod', namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid ?? '' };
}

/** Named target ports are looked up in the first pod: those of one Service are alike here. */
function portsOf(service: LiveObject, pods: readonly LiveObject[]): readonly JsonObject[] {
  return mapsAt(service, 'spec', 'ports').flatMap((port) => {
    const number = targetPort(port, pods[0]);
    return number === undefined ? [] : [{ ...(stringAt(port, 'name') !== '' && { name: stringAt(port, 'name') }), port: number, protocol: stringAt(port, 'protocol') || 'TCP' }];
  });
}

function targetPort(port: JsonObject, pod: LiveObject | undefined): number | undefined {
  const target = valueAt(port, 'targetPort') ?? valueAt(port, 'port');
  if (typeof target === 'number') return target;
  const ports = mapsAt(pod, 'spec', 'containers').flatMap((container) => mapsAt(container, 'ports'));
  return numberAt(
    ports.find((each) => each['name'] === target),
    'containerPort',
  );
}

function writeSlice(service: LiveObject, { pods, ready }: { readonly pods: readonly LiveObject[]; readonly ready: ReadonlySet<LiveObject> }, world: World): void {
  const endpoints = pods.map((pod) => ({
    addresses: [stringAt(pod, 'status', 'podIP')],
    conditions: { ready: ready.has(pod), serving: ready.has(pod), terminating: false },
    nodeName: stringAt(pod, 'spec', 'nodeName'),
    targetRef: referenceTo(pod),
  }));
  const ports = portsOf(service, pods).map((port) => ({ name: stringAt(port, 'name'), ...port }));
  const [known] = world.owned(service, 'discovery.k8s.io', 'EndpointSlice');
  if (known) {
    const isSame = jsonEquals(valueAt(known, 'endpoints') ?? [], endpoints) && jsonEquals(valueAt(known, 'ports') ?? [], ports);
    if (!isSame) world.patch(known, { endpoints, ports }, controllerManager);
    return;
  }
  const { namespace = 'default', name } = service.metadata;
  const labels = { ...textsOf({ ...service.metadata.labels }), 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  const metadata = { name: `${name}-${world.suffix()}`, generateName: `${name}-`, namespace, labels, ownerReferences: [ownerReferenceTo(service)] };
  world.create({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints, ports }, controllerManager);
}
