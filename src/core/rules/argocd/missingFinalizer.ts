/** Children of an app of apps that leave their objects behind when they go. */
import { textsAt } from '../../gitops/argocd/application.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import { insertField } from '../../yaml/edit.js';
import { defineWorkspaceRule } from '../rule.js';
import { isArgoKind } from './projects.js';
import { isAsWritten } from '../asWritten.js';

const workspace = (finalizers: string): string => `#- root.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: apps}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
#- apps/orders.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders
  namespace: argocd
${finalizers}spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: deploy/orders}
  destination: {server: https://kubernetes.default.svc, namespace: orders}
`;

const finalizer = 'resources-finalizer.argocd.argoproj.io';

export const missingFinalizer = defineWorkspaceRule({
  id: 'argocd/missing-finalizer',
  title: 'Child of an app of apps without finalizer',
  severity: 'info',
  what: 'An Application that another Application brings, without the finalizer `resources-finalizer.argocd.argoproj.io`.',
  why: 'When its file is removed, the parent prunes the Application, and everything that it deployed stays in the cluster with no owner.',
  mend: 'Add the finalizer, unless the objects are meant to outlive the Application.',
  examples: { bad: workspace(''), good: workspace(`  finalizers:\n  - ${finalizer}\n`) },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    const parents = new Set(model.environments.flatMap(({ id, operator }) => (operator === 'argocd' ? [id] : [])));
    for (const object of model.objects) {
      const { foundIn, root } = object;
      if (!isArgoKind(object, 'Application') || foundIn.kind !== 'rendering' || !parents.has(foundIn.environment)) continue;
      const metadata = mapAt(root, 'metadata');
      if (!metadata || textsAt(metadata, 'finalizers').some(({ value }) => value.startsWith(finalizer) || value.includes('resources-finalizer.argocd.argoproj.io'))) continue;
      const changes = isAsWritten(metadata) ? insertField(metadata, 'finalizers', [finalizer]) : undefined;
      report(scalarAt(metadata, 'name') ?? metadata, `When Application ${object.id.name} is removed from git, what it deployed stays: it has no ${finalizer}.`, {
        ...(changes && { fix: { title: 'Add the finalizer', changes, needsReview: true } }),
      });
    }
  },
});
