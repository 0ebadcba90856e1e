/** Go templates that print `<no value>` for what is missing. */
import { textsAt } from '../../gitops/argocd/application.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import { insertField } from '../../yaml/edit.js';
import { defineWorkspaceRule } from '../rule.js';
import { isArgoKind } from './projects.js';
import { isAsWritten } from '../asWritten.js';

const set = (options: string): string => `#- shop.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop, namespace: argocd}
spec:
  goTemplate: true
${options}  generators:
    - list: {elements: [{env: dev}]}
  template:
    metadata: {name: 'shop-{{.env}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/infra.git, path: 'overlays/{{.env}}'}
      destination: {server: https://kubernetes.default.svc, namespace: 'shop-{{.env}}'}
`;

export const missingKeyOption = defineWorkspaceRule({
  id: 'argocd/missing-key-option',
  title: 'Go template that tolerates missing parameters',
  severity: 'off',
  what: 'An ApplicationSet with `goTemplate: true` and without `missingkey=error` among its `goTemplateOptions`.',
  why: 'A misspelt parameter becomes the text `<no value>` in a path or a name, and Argo CD goes on.',
  mend: 'Add `goTemplateOptions: ["missingkey=error"]`.',
  examples: { bad: set(''), good: set('  goTemplateOptions:\n    - missingkey=error\n') },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    for (const object of model.objects) {
      const spec = isArgoKind(object, 'ApplicationSet') ? mapAt(object.root, 'spec') : undefined;
      const goTemplate = scalarAt(spec, 'goTemplate');
      if (!spec || goTemplate?.value !== 'true' || textsAt(spec, 'goTemplateOptions').some(({ value }) => value.startsWith('missingkey='))) continue;
      const changes = isAsWritten(spec) && !spec.get('goTemplateOptions') ? insertField(spec, 'goTemplateOptions', ['missingkey=error'], 'goTemplate') : undefined;
      report(goTemplate, 'A missing parameter becomes <no value> here; add missingkey=error to goTemplateOptions.', {
        ...(changes && { fix: { title: 'Make missing parameters an error', changes } }),
      });
    }
  },
});
