/** The host names that objects answer to from outside: those of Kubernetes, of the Gateway API, Istio, Traefik, OpenShift and Contour. */
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import { mapsAt, textsAt } from '../../gitops/argocd/application.js';
import type { RenderedObject } from '../../objects/rendering.js';
import type { MapNode, ScalarNode } from '../../yaml/nodes.js';

/** A host with what narrows it down. */
export interface HostUse {
  readonly host: ScalarNode;
  readonly name: string;
  /** Equal for two uses that answer the same requests. */
  readonly key: string;
}

/** The hosts of an object; empty for kinds that have none. Wildcards, names within the cluster and unfilled templates are left out. */
export function hostsOf({ id, root }: RenderedObject): readonly HostUse[] {
  const spec = mapAt(root, 'spec');
  if (!spec) return [];
  const found = readersByKind[`${id.group}/${id.kind}`]?.(spec) ?? [];
  return found.flatMap(({ host, name, rest, layer }) => (isOutside(name) ? [{ host, name, key: `${layer} ${name.toLowerCase()} ${rest}` }] : []));
}

interface Found {
  readonly host: ScalarNode;
  readonly name: string;
  readonly rest: string;
  /** A gateway that listens for a host is no rival of the route behind it. */
  readonly layer: 'route' | 'gateway';
}

type Reader = (spec: MapNode) => readonly Found[];

const readersByKind: Readonly<Record<string, Reader>> = {
  'networking.k8s.io/Ingress': readIngress,
  'extensions/Ingress': readIngress,
  'gateway.networking.k8s.io/HTTPRoute': readHttpRoute,
  'gateway.networking.k8s.io/GRPCRoute': readHttpRoute,
  'gateway.networking.k8s.io/TLSRoute': readHttpRoute,
  'gateway.networking.k8s.io/Gateway': (spec) =>
    mapsAt(spec, 'listeners').flatMap((listener) => found(scalarAt(listener, 'hostname'), scalarAt(listener, 'port')?.value ?? '', 'gateway')),
  'networking.istio.io/VirtualService': (spec) => textsAt(spec, 'hosts').flatMap((host) => found(host, virtualServicePaths(spec), 'route')),
  'networking.istio.io/Gateway': (spec) =>
    mapsAt(spec, 'servers').flatMap((server) =>
      textsAt(server, 'hosts').map((host) => ({
        host,
        name: host.value.replace(/^[^/]*\//, ''),
        rest: scalarAt(mapAt(server, 'port'), 'number')?.value ?? '',
        layer: 'gateway' as const,
      })),
    ),
  'traefik.io/IngressRoute': readIngressRoute,
  'traefik.containo.us/IngressRoute': readIngressRoute,
  'route.openshift.io/Route': (spec) => found(scalarAt(spec, 'host'), scalarAt(spec, 'path')?.value ?? '', 'route'),
  'projectcontour.io/HTTPProxy': (spec) => found(scalarAt(mapAt(spec, 'virtualhost'), 'fqdn'), '', 'route'),
};

function found(host: ScalarNode | undefined, rest: string, layer: Found['layer']): readonly Found[] {
  return host ? [{ host, name: host.value, rest, layer }] : [];
}

function readIngress(spec: MapNode): readonly Found[] {
  return mapsAt(spec, 'rules').flatMap((rule) => {
    const paths = mapsAt(mapAt(rule, 'http'), 'paths').map((path) => scalarAt(path, 'path')?.value ?? '');
    return (paths.length === 0 ? [''] : paths).flatMap((path) => found(scalarAt(rule, 'host'), path === '' ? '/' : path, 'route'));
  });
}

function readHttpRoute(spec: MapNode): readonly Found[] {
  const paths = mapsAt(spec, 'rules').flatMap((rule) => mapsAt(rule, 'matches').map((match) => scalarAt(mapAt(match, 'path'), 'value')?.value ?? '/'));
  return textsAt(spec, 'hostnames').flatMap((host) => (paths.length === 0 ? ['/'] : paths).flatMap((path) => found(host, path, 'route')));
}

function virtualServicePaths(spec: MapNode): string {
  const uris = mapsAt(spec, 'http').flatMap((route) => mapsAt(route, 'match').flatMap((match) => mapAt(match, 'uri')?.pairs ?? []));
  return uris
    .map(({ value }) => (value.kind === 'scalar' ? value.value : ''))
    .sort()
    .join(' ');
}

function readIngressRoute(spec: MapNode): readonly Found[] {
  return mapsAt(spec, 'routes').flatMap((route) => {
    const match = scalarAt(route, 'match');
    if (!match) return [];
    const names = [...match.value.matchAll(/(?<!!\s*)\bHost\(([^)]*)\)/g)].flatMap(([, list = '']) => [...list.matchAll(/[`"']([^`"']+)[`"']/g)].map(([, name = '']) => name));
    const rest = match.value.replace(/\bHost\([^)]*\)/g, '').replace(/\s+/g, '');
    return names.map((name) => ({ host: match, name, rest, layer: 'route' as const }));
  });
}

/** True for a name that people type. */
function isOutside(name: string): boolean {
  return name !== '' && !/[*${}]/.test(name) && !/\.svc(\.cluster\.local)?$/.test(name) && (name.includes('.') || name === 'localhost');
}
