/** Children of an app of apps that leave their objects behind when they go. */
import { textsAt } from '../../gitops/argocd/application.js';
import { mapAt } from '../../gitops/declarations.js';
import type { MapNode } from '../../yaml/nodes.js';
import { insertField } from '../../yaml/edit.js';
import { defineWorkspaceRule } from '../rule.js';
import { isArgoKind } from './projects.js';
import { isAsWritten, namePlace } from '../asWritten.js';

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
  what: 'An Application that another Application brings, without the finalizer `resources-finalizer.argocd.argoproj.io`. Where none of many children has it, that is told once, at their parent.',
  why: 'When its file is removed, the parent prunes the Application, and everything that it deployed stays in the cluster with no owner.',
  mend: 'Add the finalizer, unless the objects are meant to outlive the Application.',
  examples: { bad: workspace(''), good: workspace(`  finalizers:\n  - ${finalizer}\n`) },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    for (const parent of model.environments) {
      if (parent.operator !== 'argocd') continue;
      const children = model.objects.filter((object) => isArgoKind(object, 'Application') && object.foundIn.kind === 'rendering' && object.foundIn.environment === parent.id);
      const bare = children.filter(({ root }) => !hasFinalizer(root));
      if (bare.length === children.length && bare.length > most) {
        report(parent.declaredAt, `None of the ${bare.length} Applications that ${parent.label} brings has ${finalizer}: when one is removed from git, what it deployed stays.`, {
          environments: [parent],
        });
        continue;
      }
      for (const { id, root } of bare) {
        const metadata = mapAt(root, 'metadata');
        const changes = metadata && isAsWritten(metadata) ? insertField(metadata, 'finalizers', [finalizer]) : undefined;
        report(namePlace(root), `When Application ${id.name} is removed from git, what it deployed stays: it has no ${finalizer}.`, {
          environments: [parent],
          ...(changes && { fix: { title: 'Add the finalizer', changes, needsReview: true } }),
        });
      }
    }
  },
});

/** From so many children without a finalizer on it is one decision. */
const most = 3;

function hasFinalizer(root: MapNode): boolean {
  return textsAt(mapAt(root, 'metadata'), 'finalizers').some(({ value }) => value.includes(finalizer));
}
