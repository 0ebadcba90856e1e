/** Namespaces with a later sync wave than what goes into them. */
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { RenderedObject } from '../../objects/rendering.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import type { EnvironmentRule } from '../rule.js';

const wave = 'argocd.argoproj.io/sync-wave';

const workspace = (namespaceWave: string): string => `#- shop.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: deploy}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
#- deploy/kustomization.yaml
resources: [objects.yaml]
#- deploy/objects.yaml
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations:
    ${wave}: "${namespaceWave}"
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop}
`;

export const lateNamespace: EnvironmentRule = {
  id: 'argocd/late-namespace',
  scope: 'environment',
  title: 'Namespace in a later wave than its content',
  severity: 'info',
  what: 'A Namespace of an Application has a later sync wave than an object that goes into it.',
  why: 'Argo CD pulls the Namespace in front of its first object, whatever its wave says: the annotation has no effect, and misleads those who read it.',
  mend: 'Give the Namespace the wave of its first object or an earlier one, or leave the annotation out.',
  examples: { bad: workspace('5'), good: workspace('-1') },
  hasFix: false,
  check: ({ environment, rendering }, report) => {
    if (environment.operator !== 'argocd') return;
    const namespaces = rendering.objects.flatMap((object) => {
      const node = object.id.group === '' && object.id.kind === 'Namespace' ? waveOf(object) : undefined;
      return node ? [{ name: object.id.name, node, late: Number(node.value) }] : [];
    });
    for (const { name, node, late } of namespaces) {
      const early = rendering.objects.find((object) => object.id.namespace === name && Number(waveOf(object)?.value ?? '0') < late);
      if (!early) continue;
      report(
        node,
        `The wave ${late} of Namespace ${name} has no effect: ${early.id.kind} ${early.id.name} goes into it in wave ${waveOf(early)?.value ?? '0'}, and Argo CD makes the namespace before it.`,
      );
    }
  },
};

function waveOf({ root }: RenderedObject): ScalarNode | undefined {
  const annotations = mapAt(root, 'metadata', 'annotations');
  const node = scalarAt(annotations, wave) ?? scalarAt(annotations, 'helm.sh/hook-weight');
  return node && /^[+-]?\d+$/.test(node.value) ? node : undefined;
}
