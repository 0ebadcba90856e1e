/** Routers that send traffic to Services that nothing brings. */
import type { RuleFacts, WorkspaceRule } from '../rule.js';
import { backendsOf } from './backends.js';
import { defineReferenceRule } from './referenceRule.js';

const facts: RuleFacts = {
  id: 'references/missing-backend',
  title: 'Route to a Service that nothing brings',
  severity: 'warning',
  what: 'An Ingress, a route of Gateway API, a Traefik IngressRoute or an OpenShift Route to a Service which neither this environment nor another one of the same namespace renders.',
  why: 'The address answers 503 or 404, and no rollout fails.',
  mend: 'Name the Service as it is rendered. A `namePrefix` is put on names in an Ingress only where the Service is part of the same kustomization.',
  examples: {
    bad: example('webb'),
    good: example('web'),
  },
  hasFix: true,
};

export const missingBackend: WorkspaceRule = defineReferenceRule(facts, ['Service'], function* (objects) {
  for (const { router, namespace, name } of backendsOf(objects)) {
    yield { group: '', kind: 'Service', namespace, name, sentence: `${router.id.kind} ${router.id.name} leads to Service ${name.value}` };
  }
});

function example(service: string): string {
  return `#- kustomization.yaml
resources: [objects.yaml]
#- objects.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  defaultBackend: {service: {name: ${service}, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
`;
}
