/** Ingresses get the address that the sandbox answers their hosts at, as an ingress controller would write it. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt } from '../../core/live/readFields.js';
import type { Controller } from './controllers.js';
import { readyPodsOf } from './services.js';
import type { World } from './world.js';

const manager = 'nginx-ingress-controller';

export const ingresses: Controller = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  reconcile(ingress, world) {
    if (ingress.metadata.deletionTimestamp !== undefined) return undefined;
    world.writeStatus(ingress, { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } }, manager);
    return undefined;
  },
};

/** The class of the controller that the sandbox stands for. */
export function ensureIngressClass(world: World): void {
  if (world.get('networking.k8s.io', 'IngressClass', '', 'nginx')) return;
  world.create({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } }, 'sandbox');
}

/** What a request to a host and a path leads to. */
export type IngressAnswer =
  | { readonly kind: 'no-rule' }
  | { readonly kind: 'unavailable'; readonly service: string; readonly reason: string }
  | { readonly kind: 'served'; readonly service: string; readonly ingress: string; readonly pods: number; readonly images: readonly string[] };

/** @param host without the port */
export function answerIngress(host: string, path: string, world: World): IngressAnswer {
  const [best] = world.store
    .list('networking.k8s.io', 'Ingress')
    .flatMap((ingress) => backendsOf(ingress, host, path))
    .sort((a, b) => b.rank - a.rank);
  if (!best) return { kind: 'no-rule' };
  const { ingress, backend } = best;
  const namespace = ingress.metadata.namespace ?? '';
  const name = stringAt(backend, 'service', 'name');
  const service = world.get('', 'Service', namespace, name);
  const label = `${namespace}/${name}`;
  if (!service) return { kind: 'unavailable', service: label, reason: 'there is no such Service' };
  const wanted = objectAt(backend, 'service', 'port');
  const hasPort = mapsAt(service, 'spec', 'ports').some((port) =>
    stringAt(wanted, 'name') !== '' ? port['name'] === wanted['name'] : numberAt(port, 'port') === wanted['number'],
  );
  if (!hasPort) return { kind: 'unavailable', service: label, reason: 'the Service has no such port' };
  const pods = readyPodsOf(service, world);
  if (pods.length === 0) return { kind: 'unavailable', service: label, reason: 'no pod of it is ready' };
  const images = [...new Set(pods.flatMap((pod) => mapsAt(pod, 'spec', 'containers').map((container) => stringAt(container, 'image'))))];
  return { kind: 'served', service: label, ingress: `${namespace}/${ingress.metadata.name}`, pods: pods.length, images };
}

interface Backend {
  readonly ingress: LiveObject;
  readonly backend: JsonObject;
  /** An exact host before a wildcard before none; then the longest path, exact before prefix. */
  readonly rank: number;
}

function backendsOf(ingress: LiveObject, host: string, path: string): readonly Backend[] {
  const found: Backend[] = [];
  for (const rule of mapsAt(ingress, 'spec', 'rules')) {
    const hostRank = rankHost(stringAt(rule, 'host'), host);
    if (hostRank === 0) continue;
    for (const each of mapsAt(rule, 'http', 'paths')) {
      const pathRank = rankPath(stringAt(each, 'path') || '/', stringAt(each, 'pathType'), path);
      if (pathRank > 0) found.push({ ingress, backend: objectAt(each, 'backend'), rank: hostRank * 1e6 + pathRank });
    }
  }
  const fallback = objectAt(ingress, 'spec', 'defaultBackend');
  if (stringAt(fallback, 'service', 'name') !== '') found.push({ ingress, backend: fallback, rank: 1 });
  return found;
}

/** 0 where it doesn't match. A wildcard stands for one label (networking.k8s.io/v1 IngressRule). */
function rankHost(rule: string, host: string): number {
  if (rule === '') return 1;
  if (rule.startsWith('*.')) return /^[^.]+/.test(host) && host.slice(host.indexOf('.')) === rule.slice(1) ? 2 : 0;
  return rule === host ? 3 : 0;
}

function rankPath(rule: string, type: string, path: string): number {
  if (type === 'Exact') return path === rule ? rule.length * 2 + 2 : 0;
  const prefix = rule.endsWith('/') ? rule.slice(0, -1) : rule;
  return path === prefix || path.startsWith(`${prefix}/`) || prefix === '' ? prefix.length * 2 + 1 : 0;
}
