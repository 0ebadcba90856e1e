/** Ports that are named or numbered and that the other side does not have. */
import { scalarValue, type ScalarNode } from '../../yaml/nodes.js';
import type { EnvironmentRule, Report } from '../rule.js';
import { backendsOf, portsOf } from './backends.js';
import { isOpenText, mapAt, mapsAt, objectsOf, textAt, type EnvironmentObjects, type Workload } from './environmentObjects.js';
import { matchLabels } from './labelMatch.js';

export const missingPort: EnvironmentRule = {
  id: 'references/missing-port',
  scope: 'environment',
  title: 'Port that the other side does not have',
  severity: 'warning',
  what: 'A route (Ingress, Gateway API, IngressRoute) to a port that its Service does not have, and a Service whose `targetPort` is a name that no container of its pods has.',
  why: 'The address answers 503, and no rollout fails.',
  mend: 'Name the port as the Service, or the container, does. Numbers and names are not interchangeable: `number: 80` is the port of the Service, not of the container.',
  examples: {
    bad: example('htp'),
    good: example('http'),
  },
  hasFix: false,
  check: (checked, report) => {
    const objects = objectsOf(checked);
    checkBackends(objects, report);
    for (const service of objects.ofKind('Service')) {
      const selector = mapAt(service.root, 'spec', 'selector');
      const matches = selector && selector.pairs.length > 0 ? matchLabels(selector) : undefined;
      if (!matches || service.id.group !== '') continue;
      const namespace = objects.namespaceOf(service);
      const pods = objects.workloads.filter((workload) => workload.namespace === namespace && matches(workload.labels));
      if (pods.length === 0) continue;
      const names = new Set(pods.flatMap(portNamesOf));
      for (const port of mapsAt(service.root, 'spec', 'ports')) {
        const target = textAt(port, 'targetPort');
        if (target?.tag !== '!!str' || /^[0-9]+$/.test(target.value) || names.has(target.value) || isOpenText(target.value)) continue;
        report(target, `Service ${service.id.name} leads to the port named ${target.value}, which no container of ${describe(pods)} has${listed(names)}.`);
      }
    }
  },
};

function checkBackends(objects: EnvironmentObjects, report: Report): void {
  for (const { router, namespace, name, port } of backendsOf(objects)) {
    const service = objects.find('Service', namespace, name.value);
    if (!service || !port || textAt(service.root, 'spec', 'type')?.value === 'ExternalName' || isOpenText(port.value)) continue;
    const ports = portsOf(service);
    if (ports.has(port.value)) continue;
    report(port, `${router.id.kind} ${router.id.name} leads to port ${port.value} of Service ${name.value}, which does not have it${listed(ports)}.`);
  }
}

function portNamesOf({ containers }: Workload): readonly string[] {
  return containers.flatMap(({ node }) => mapsAt(node, 'ports').map((port) => scalarValue(port.get('name')) ?? ''));
}

function describe(pods: readonly Workload[]): string {
  return pods.map(({ object }) => `${object.id.kind} ${object.id.name}`).join(', ');
}

/** ` (it has 80, http)`, or nothing. */
function listed(names: ReadonlySet<ScalarNode['value']>): string {
  const known = [...names].filter((name) => name !== '');
  return known.length === 0 ? '' : ` (there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')})`;
}

function example(port: string): string {
  return `#- kustomization.yaml
resources: [objects.yaml]
#- objects.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: ${port}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - name: web
      image: web:1
      ports: [{name: http, containerPort: 8080}]
`;
}
