/** What routes traffic to Services: Ingress, the routes of Gateway API, Traefik's IngressRoute, OpenShift's Route. */
import type { RenderedObject } from '../../objects/rendering.js';
import { scalarValue, type MapNode, type ScalarNode } from '../../yaml/nodes.js';
import { mapAt, mapsAt, nodeAt, textAt, type EnvironmentObjects } from './environmentObjects.js';

export interface Backend {
  readonly router: RenderedObject;
  readonly namespace: string;
  readonly name: ScalarNode;
  /** The port as written, by number or by name; undefined where none is. */
  readonly port: ScalarNode | undefined;
}

/** All Services that an environment's routers send traffic to. */
export function* backendsOf(objects: EnvironmentObjects): Iterable<Backend> {
  for (const ingress of objects.ofKind('Ingress')) {
    if (ingress.id.group !== 'networking.k8s.io' || ingress.id.version !== 'v1') continue;
    const paths = mapsAt(ingress.root, 'spec', 'rules').flatMap((rule) => mapsAt(rule, 'http', 'paths').map((path) => mapAt(path, 'backend', 'service')));
    for (const service of [mapAt(ingress.root, 'spec', 'defaultBackend', 'service'), ...paths]) {
      const port = mapAt(service, 'port');
      yield* backendOf(objects, ingress, service, textAt(port, 'number') ?? textAt(port, 'name'));
    }
  }
  for (const kind of ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute']) {
    for (const route of objects.ofKind(kind)) {
      if (route.id.group !== 'gateway.networking.k8s.io') continue;
      const references = mapsAt(route.root, 'spec', 'rules').flatMap((rule) => mapsAt(rule, 'backendRefs'));
      for (const reference of references) if (isService(reference)) yield* backendOf(objects, route, reference, textAt(reference, 'port'));
    }
  }
  for (const route of objects.ofKind('IngressRoute')) {
    const services = mapsAt(route.root, 'spec', 'routes').flatMap((each) => mapsAt(each, 'services'));
    for (const service of services) if (!textAt(service, 'name')?.value.includes('@') && isService(service)) yield* backendOf(objects, route, service, textAt(service, 'port'));
  }
  for (const route of objects.ofKind('Route')) {
    if (route.id.group !== 'route.openshift.io') continue;
    for (const target of [mapAt(route.root, 'spec', 'to'), ...mapsAt(route.root, 'spec', 'alternateBackends')]) {
      if (target && isService(target)) yield* backendOf(objects, route, target, undefined);
    }
  }
}

function* backendOf(objects: EnvironmentObjects, router: RenderedObject, service: MapNode | undefined, port: ScalarNode | undefined): Iterable<Backend> {
  const name = textAt(service, 'name');
  if (name) yield { router, namespace: textAt(service, 'namespace')?.value ?? objects.namespaceOf(router), name, port };
}

function isService(reference: MapNode): boolean {
  const kind = scalarValue(reference.get('kind'));
  return (kind === undefined || kind === 'Service') && (scalarValue(reference.get('group')) ?? '') === '';
}

/** The ports of a Service by number and by name. */
export function portsOf(service: RenderedObject): ReadonlySet<string> {
  return new Set(mapsAt(service.root, 'spec', 'ports').flatMap((port) => [scalarValue(nodeAt(port, 'port')) ?? '', scalarValue(nodeAt(port, 'name')) ?? '']));
}
