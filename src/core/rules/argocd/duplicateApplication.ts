/** Two Applications of one name. */
import type { DeliveryObject } from '../../gitops/delivery.js';
import { haveOneControlPlane } from '../environments/clusters.js';
import { namePlace } from '../asWritten.js';
import { defineWorkspaceRule } from '../rule.js';
import { isArgoKind, isOpen } from './projects.js';

const application = (file: string, name: string): string => `#- apps/${file}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: ${file}}
  destination: {server: https://kubernetes.default.svc, namespace: ${file}}
`;

export const duplicateApplication = defineWorkspaceRule({
  id: 'argocd/duplicate-application',
  title: 'Two Applications of one name',
  severity: 'error',
  what: 'Two Applications with the same name and namespace that reach Argo CD from one place: two files of a folder, a file and an ApplicationSet. The same name in the folders of two clusters is fine.',
  why: 'There is only one object of that name in the cluster: the second one replaces the first, and what the first deployed is pruned or left behind.',
  mend: 'Rename one of them; of a copied file, the name is what was forgotten.',
  examples: { bad: application('orders', 'orders') + application('payments', 'orders'), good: application('orders', 'orders') + application('payments', 'payments') },
  hasFix: false,
  gather: () => undefined,
  check: (_, { model }, report) => {
    const known = new Map<string, DeliveryObject[]>();
    for (const object of model.objects) {
      const { id, root } = object;
      if (!isArgoKind(object, 'Application') || isOpen(id.name) || id.name === '') continue;
      const key = `${id.namespace}/${id.name}`;
      const before = known.get(key) ?? [];
      known.set(key, [...before, object]);
      const rival = before.find((other) => areDifferent(other, object) && haveOneControlPlane(other, object, model));
      if (!rival) continue;
      const [place, first] = [namePlace(root), namePlace(rival.root)];
      report(place, `There is another Application ${id.name} in the same place; one of them replaces the other.`, {
        related: [{ location: first.source.locate(first.start, first.end), message: 'the other one' }],
      });
    }
  },
});

/** False for one text that was met twice, and for what one set generates, which is told when it is expanded. */
function areDifferent(a: DeliveryObject, b: DeliveryObject): boolean {
  if (a.foundIn.kind === 'applicationSet' && b.foundIn.kind === 'applicationSet') return a.foundIn.set.root !== b.foundIn.set.root && a.root.start !== b.root.start;
  return a.root.source !== b.root.source || a.root.start !== b.root.start;
}
