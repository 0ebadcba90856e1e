/** Texts of generated Applications in which a parameter was left out. */
import { scalarValue, type ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import { mapAt } from '../../gitops/declarations.js';
import type { DeliveryObject } from '../../gitops/delivery.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import { defineWorkspaceRule } from '../rule.js';
import { isArgoKind } from './projects.js';
import { readSetTexts } from './setTexts.js';

const set = (name: string): string => `#- shop.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - env: dev
          - env: prod
  template:
    metadata: {name: 'shop-{{env}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/infra.git, path: 'overlays/${name}'}
      destination: {server: https://kubernetes.default.svc, namespace: 'shop-{{env}}'}
`;

export const unknownParameter = defineWorkspaceRule({
  id: 'argocd/unknown-parameter',
  title: 'Parameter that no generator gives',
  severity: 'warning',
  what: 'A template of an ApplicationSet asks for a parameter that its generators did not make, so that `{{name}}` stays in the Application as it stands, or becomes `<no value>` in a Go template. Values for Helm are left alone: braces may belong there.',
  why: 'Argo CD says nothing: the Application is made with a path, a namespace or a name that has braces in it, and fails somewhere else.',
  mend: 'Mend the name, or give the parameter a value in each element. In Go templates `goTemplateOptions: ["missingkey=error"]` makes Argo CD refuse it.',
  examples: { bad: set('{{enviroment}}'), good: set('{{env}}') },
  hasFix: false,
  gather: () => undefined,
  check: (_, { model }, report) => {
    const names = new Map<YamlNode, readonly string[]>();
    for (const object of model.objects) {
      const { foundIn, root } = object;
      if (foundIn.kind !== 'applicationSet' || !isArgoKind(object, 'Application')) continue;
      const isGo = scalarValue(mapAt(foundIn.set.root, 'spec')?.get('goTemplate')) === 'true';
      const known = names.get(foundIn.set.root) ?? namesOf(foundIn.set);
      names.set(foundIn.set.root, known);
      for (const text of textsOf(root)) {
        const template = text.step?.kind === 'applicationSet' && text.was?.kind === 'scalar' ? text.was : text;
        if (isGo) {
          if (text.value.includes('<no value>')) report(template, 'A parameter of this template has no value: Argo CD puts <no value> in its place.');
          continue;
        }
        for (const [, name = ''] of text.value.matchAll(/\{\{\s*([A-Za-z_][\w.[\]-]*)\s*\}\}/g)) {
          const near = nearestName(known, name);
          report(
            template,
            `No generator of ApplicationSet ${foundIn.set.id.name} gives the parameter ${name}, so {{${name}}} stays as it is${near === undefined || near === name ? '.' : `; did you mean ${near}?`}`,
          );
        }
      }
    }
  },
});

function namesOf({ root }: DeliveryObject): readonly string[] {
  return [...new Set(readSetTexts(root).elements.flatMap(({ pairs }) => pairs.map(({ key }) => key.value)))];
}

/** All texts but those for Helm and plugins, which may have braces of their own. */
function textsOf(node: YamlNode): readonly ScalarNode[] {
  if (node.kind === 'scalar') return /\{\{|<no value>/.test(node.value) ? [node] : [];
  if (node.kind === 'sequence') return node.items.flatMap(textsOf);
  return node.pairs.flatMap(({ key, value }) => (/^(helm|plugin|annotations|info)$/.test(key.value) ? [] : textsOf(value)));
}
