/** Cluster IPs and node ports of Services (Kubernetes v1.34, pkg/registry/core/service/storage): the lowest that is free. */
import { isList, type JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { itemsAt, mapAt, numberAt, textAt, textsAt } from '../fields.js';
import type { Storage } from './storage.js';

const firstNodePort = 30_000;

/** The Service with its addresses: those that it had, those that it asks for, or new ones. */
export function allocateAddresses(service: LiveObject, before: LiveObject | undefined, storage: Storage): LiveObject {
  const spec = mapAt(service, 'spec');
  const type = textAt(spec, 'type') || 'ClusterIP';
  if (type === 'ExternalName') {
    const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec;
    return { ...service, spec: rest };
  }
  const clusterIp = textAt(spec, 'clusterIP') || textAt(before, 'spec', 'clusterIP') || nextAddress(storage);
  const families = { ipFamilies: spec['ipFamilies'] ?? ['IPv4'], ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack' };
  const addressed: JsonObject = { ...spec, clusterIP: clusterIp, clusterIPs: [clusterIp], ...(mapAt(spec, 'selector') && families) };
  return { ...service, spec: { ...addressed, ...(isList(spec['ports']) && { ports: portsOf(spec, type, before, storage) }) } };
}

function portsOf(spec: JsonObject, type: string, before: LiveObject | undefined, storage: Storage): readonly JsonObject[] {
  const ports = itemsAt(spec, 'ports');
  const needs = type === 'NodePort' || (type === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
  if (!needs) return ports;
  const old = itemsAt(before, 'spec', 'ports');
  const used = new Set(storage.list('', 'Service').flatMap((each) => itemsAt(each, 'spec', 'ports').map((port) => port['nodePort'])));
  return ports.map((port) => {
    if (numberAt(port, 'nodePort') !== undefined) return port;
    const kept = old.find((each) => each['port'] === port['port'] && each['protocol'] === port['protocol'])?.['nodePort'];
    let nodePort = firstNodePort;
    while (used.has(nodePort)) nodePort++;
    const chosen = typeof kept === 'number' ? kept : nodePort;
    used.add(chosen);
    return { ...port, nodePort: chosen };
  });
}

/** In 10.96.0.0/16; the first belongs to the API itself. */
function nextAddress(storage: Storage): string {
  const used = new Set(storage.list('', 'Service').flatMap((each) => textsAt(each, 'spec', 'clusterIPs')));
  let number = 2;
  while (used.has(addressAt(number))) number++;
  return addressAt(number);
}

function addressAt(number: number): string {
  return `10.96.${(number >> 8) & 255}.${number & 255}`;
}
