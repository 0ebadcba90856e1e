/** Parameters of a list generator that no template asks for. */
import type { ScalarNode } from '../../yaml/nodes.js';
import { defineWorkspaceRule } from '../rule.js';
import { isArgoKind } from './projects.js';
import { readSetTexts } from './setTexts.js';

const set = (namespace: string): string => `#- shop.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - env: dev
            namespace: shop-dev
          - env: prod
            namespace: shop-prod
  template:
    metadata: {name: 'shop-{{env}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/infra.git, path: 'overlays/{{env}}'}
      destination: {server: https://kubernetes.default.svc, namespace: '${namespace}'}
`;

export const unusedParameter = defineWorkspaceRule({
  id: 'argocd/unused-parameter',
  title: 'Parameter that no template uses',
  severity: 'info',
  what: 'An element of a list generator has a parameter that neither the template nor another generator asks for.',
  why: 'Whoever sets it believes that it changes something. Often the template has the value written out, the same for all environments.',
  mend: 'Use it in the template, or remove it from the elements.',
  examples: { bad: set('shop'), good: set('{{namespace}}') },
  hasFix: false,
  gather: () => undefined,
  check: (_, { model }, report) => {
    for (const object of model.objects) {
      if (!isArgoKind(object, 'ApplicationSet')) continue;
      const { elements, asking } = readSetTexts(object.root);
      const text = asking.join('\n');
      // A template that takes the parameters as a whole may use any.
      if (elements.length === 0 || /\{\{[^}]*(\s\.[\s})|]|\$[\s})]|\brange\b)/.test(text) || !text.includes('{{')) continue;
      const words = new Set(text.match(/[\w-]+/g));
      const first = new Map<string, ScalarNode>();
      for (const { pairs } of elements) for (const { key } of pairs) if (!first.has(key.value)) first.set(key.value, key);
      for (const [name, key] of first) {
        const parts = name.match(/[\w-]+/g) ?? [];
        if (parts.every((part) => words.has(part))) continue;
        report(key, `Nothing in ApplicationSet ${object.id.name} asks for the parameter ${name}.`);
      }
    }
  },
});
