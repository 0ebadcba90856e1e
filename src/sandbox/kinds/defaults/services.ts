/** Addresses and ports of Services: which a new one gets, and what an update keeps of the one before (pkg/registry/core/service v1.34). */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';

const needsPorts = (type: JsonValue | undefined): boolean => type === 'NodePort' || type === 'LoadBalancer';

/**
 * The Service with a cluster address, node ports and a health check port where it needs them and hasn't them: the first free
 * ones from a place that its name leads to, in 10.96.0.0/16 and 30000-32767.
 * @param others all Services there are
 */
export function allocateService(service: LiveObject, others: readonly LiveObject[]): LiveObject {
  const spec = specOf(service);
  if (spec['type'] === 'ExternalName') return service;
  const taken = others.filter((each) => each.metadata.name !== service.metadata.name || each.metadata.namespace !== service.metadata.namespace).map(specOf);
  const start = hashOf(`${service.metadata.namespace ?? ''}/${service.metadata.name}`);
  return { ...service, spec: withPorts(withAddress(spec, taken, start), taken, start) };
}

function withAddress(spec: JsonObject, taken: readonly JsonObject[], start: number): JsonObject {
  if (typeof spec['clusterIP'] === 'string' && spec['clusterIP'] !== '') return spec;
  const used = new Set(taken.map((each) => each['clusterIP']));
  const address = firstFree(65000, start, (offset) => `10.96.${(offset >> 8) + 1}.${offset & 255}`, used);
  return { ...spec, clusterIP: address, clusterIPs: [address] };
}

function withPorts(spec: JsonObject, taken: readonly JsonObject[], start: number): JsonObject {
  if (!needsPorts(spec['type'])) return spec;
  const used = new Set<JsonValue | undefined>([...taken, spec].flatMap((each) => [...portsOf(each).map((port) => port['nodePort']), each['healthCheckNodePort']]));
  const next = (): number => {
    const port = firstFree(2768, start, (offset) => 30000 + offset, used);
    used.add(port);
    return port;
  };
  const isAllocated = spec['type'] === 'NodePort' || spec['allocateLoadBalancerNodePorts'] !== false;
  const given = new Map<JsonValue | undefined, JsonValue>();
  const ports = portsOf(spec).map((port) => {
    if (!isAllocated || (port['nodePort'] !== undefined && port['nodePort'] !== 0)) return port;
    // one port may serve several protocols
    const nodePort = given.get(port['port']) ?? next();
    given.set(port['port'], nodePort);
    return { ...port, nodePort };
  });
  const needsHealthCheck = spec['type'] === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local' && spec['healthCheckNodePort'] === undefined;
  return { ...spec, ports, ...(needsHealthCheck && { healthCheckNodePort: next() }) };
}

/** The Service of an update with what was allocated before, where it says nothing of it and its type still has it. */
export function keepAllocated(service: LiveObject, before: LiveObject): LiveObject {
  const [spec, old] = [specOf(service), specOf(before)];
  if (spec['type'] === 'ExternalName') return old['type'] === 'ExternalName' ? service : { ...service, spec: dropAllocated(spec, old) };
  const kept: Record<string, JsonValue | undefined> = { ...spec };
  if (old['type'] !== 'ExternalName') {
    for (const name of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) kept[name] ??= old[name];
  }
  if (needsPorts(spec['type']) && needsPorts(old['type'])) {
    kept['ports'] = portsOf(spec).map((port) => {
      if (port['nodePort'] !== undefined) return port;
      const same = portsOf(old).find((each) => each['port'] === port['port'] && each['protocol'] === port['protocol']);
      return same?.['nodePort'] === undefined ? port : { ...port, nodePort: same['nodePort'] };
    });
    if (spec['externalTrafficPolicy'] === 'Local' && spec['type'] === 'LoadBalancer') kept['healthCheckNodePort'] ??= old['healthCheckNodePort'];
  }
  if (!needsPorts(spec['type']) && needsPorts(old['type'])) kept['ports'] = portsOf(spec).map((port) => withoutOldPort(port, old));
  return { ...service, spec: Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) };
}

/** A Service that becomes an external name loses the addresses that it still repeats. */
function dropAllocated(spec: JsonObject, old: JsonObject): JsonObject {
  const gone = new Set(['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']);
  const entries = Object.entries(spec).filter(([name, value]) => !(gone.has(name) && JSON.stringify(value) === JSON.stringify(old[name])));
  return { ...Object.fromEntries(entries), ...(spec['ports'] !== undefined && { ports: portsOf(spec).map((port) => withoutOldPort(port, old)) }) };
}

function withoutOldPort(port: JsonObject, old: JsonObject): JsonObject {
  const isRepeated = portsOf(old).some((each) => each['port'] === port['port'] && each['nodePort'] === port['nodePort']);
  const { nodePort, ...rest } = port;
  return isRepeated || nodePort === undefined ? rest : port;
}

function firstFree<T extends string | number>(count: number, start: number, at: (offset: number) => T, used: ReadonlySet<JsonValue | undefined>): T {
  for (let step = 0; step < count; step += 1) {
    const candidate = at((start + step) % count);
    if (!used.has(candidate)) return candidate;
  }
  return at(start % count);
}

function hashOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1000003;
  return hash;
}

function specOf({ spec }: LiveObject): JsonObject {
  return isJsonObject(spec) ? spec : {};
}

function portsOf(spec: JsonObject): readonly JsonObject[] {
  return isList(spec['ports']) ? spec['ports'].filter(isJsonObject) : [];
}
