/** The rows of what connects workloads (k8s.io/kubernetes v1.34, pkg/printers/internalversion). */
import type { JsonObject } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, textsAt, valueAt } from '../../../core/live/readFields.js';
import { ageOf, countAt, formatLabels, formatSelector, formatSome, printing, textOr } from './cells.js';
import type { Printer } from './table.js';

export const networkPrinters: Readonly<Record<string, Printer>> = {
  'v1/Service': printing((object, now) => [
    object.metadata.name,
    stringAt(object, 'spec', 'type'),
    textsAt(object, 'spec', 'clusterIPs')[0] ?? '<none>',
    formatExternal(object),
    mapsAt(object, 'spec', 'ports').map(formatPort).join(',') || '<none>',
    ageOf(object, now),
    formatLabels(objectAt(object, 'spec', 'selector')),
  ]),
  'v1/Endpoints': printing((object, now) => [object.metadata.name, formatEndpoints(object), ageOf(object, now)]),
  'discovery.k8s.io/v1/EndpointSlice': printing((object, now) => [
    object.metadata.name,
    stringAt(object, 'addressType'),
    formatSome(mapsAt(object, 'ports').map(formatSlicePort), 3) || '<unset>',
    formatSome(
      mapsAt(object, 'endpoints').flatMap((each) => textsAt(each, 'addresses')),
      3,
    ) || '<unset>',
    ageOf(object, now),
  ]),
  'networking.k8s.io/v1/Ingress': printing((object, now) => [
    object.metadata.name,
    textOr('<none>', object, 'spec', 'ingressClassName'),
    formatHosts(object),
    formatBalancer(object),
    mapsAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80',
    ageOf(object, now),
  ]),
  'networking.k8s.io/v1/IngressClass': printing((object, now) => [object.metadata.name, stringAt(object, 'spec', 'controller'), formatParameters(object), ageOf(object, now)]),
  'networking.k8s.io/v1/NetworkPolicy': printing((object, now) => [object.metadata.name, formatSelector(valueAt(object, 'spec', 'podSelector')), ageOf(object, now)]),
  'networking.k8s.io/v1/IPAddress': printing((object, now) => [object.metadata.name, formatParent(objectAt(object, 'spec', 'parentRef')), ageOf(object, now)]),
  'networking.k8s.io/v1/ServiceCIDR': printing((object, now) => [object.metadata.name, textsAt(object, 'spec', 'cidrs').join(','), ageOf(object, now)]),
};

function formatPort(port: JsonObject): string {
  const nodePort = countAt(port, 'nodePort');
  return `${countAt(port, 'port')}${nodePort > 0 ? `:${nodePort}` : ''}/${stringAt(port, 'protocol')}`;
}

function formatExternal(service: LiveObject): string {
  const external = textsAt(service, 'spec', 'externalIPs');
  switch (stringAt(service, 'spec', 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>';
    case 'LoadBalancer':
      return [formatBalancer(service), ...external].filter((each) => each !== '').join(',') || '<pending>';
    case 'ExternalName':
      return stringAt(service, 'spec', 'externalName');
    default:
      return '<unknown>';
  }
}

function formatBalancer(object: LiveObject): string {
  const addresses = mapsAt(object, 'status', 'loadBalancer', 'ingress').flatMap((each) => stringAt(each, 'ip') || stringAt(each, 'hostname') || []);
  return [...new Set(addresses)].sort().join(',');
}

function formatEndpoints(endpoints: LiveObject): string {
  const subsets = mapsAt(endpoints, 'subsets');
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap((subset) => {
    const addresses = mapsAt(subset, 'addresses').map((each) => stringAt(each, 'ip'));
    const ports = mapsAt(subset, 'ports');
    return ports.length === 0 ? addresses : ports.flatMap((port) => addresses.map((each) => `${each.includes(':') ? `[${each}]` : each}:${countAt(port, 'port')}`));
  });
  return formatSome(all, 3);
}

function formatSlicePort(port: JsonObject): string {
  const number = numberAt(port, 'port');
  if (number !== undefined) return String(number);
  return typeof port['name'] === 'string' ? port['name'] : '*';
}

function formatHosts(ingress: LiveObject): string {
  const rules = mapsAt(ingress, 'spec', 'rules');
  const hosts = rules.map((each) => stringAt(each, 'host')).filter((host) => host !== '');
  if (hosts.length === 0) return '*';
  // a rule counts as one more only behind the third host
  const third = rules.findIndex((_, index) => rules.slice(0, index + 1).filter((each) => stringAt(each, 'host') !== '').length === 3);
  const shown = hosts.slice(0, 3).join(',');
  return third >= 0 && third < rules.length - 1 ? `${shown} + ${rules.length - 3} more...` : shown;
}

function formatParameters(object: LiveObject): string {
  const parameters = valueAt(object, 'spec', 'parameters');
  if (parameters === undefined) return '<none>';
  const group = valueAt(parameters, 'apiGroup');
  return `${stringAt(parameters, 'kind')}${typeof group === 'string' ? `.${group}` : ''}/${stringAt(parameters, 'name')}`;
}

function formatParent(parent: JsonObject): string {
  const [group, namespace] = [stringAt(parent, 'group'), stringAt(parent, 'namespace')];
  const resource = `${stringAt(parent, 'resource')}${group === '' ? '' : `.${group}`}`.toLowerCase();
  return `${resource}${namespace === '' ? '' : `/${namespace}`}/${stringAt(parent, 'name')}`;
}
