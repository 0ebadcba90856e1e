/** Automated syncs that neither remove nor restore. */
import { isTrue } from '../../gitops/argocd/application.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import { insertField } from '../../yaml/edit.js';
import { defineWorkspaceRule } from '../rule.js';
import { isArgoKind } from './projects.js';
import { isAsWritten } from '../asWritten.js';

const application = (automated: string): string => `#- orders.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: orders, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: orders}
  destination: {server: https://kubernetes.default.svc, namespace: orders}
  syncPolicy:
    automated:
      prune: true
${automated}`;

export const partialAutomation = defineWorkspaceRule({
  id: 'argocd/partial-automation',
  title: 'Automated sync that neither prunes nor heals',
  severity: 'info',
  what: 'An Application with `automated` sync that leaves `prune` or `selfHeal` out. One that says `false` has decided, and is left alone.',
  why: 'Without `prune` an object that was removed from git stays in the cluster, and the Application stays `OutOfSync` for ever. Without `selfHeal` a change by hand stays until the next commit.',
  mend: 'Say `prune: true` and `selfHeal: true`, or `false` where that is meant.',
  examples: { bad: application(''), good: application('      selfHeal: true\n') },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    for (const object of model.objects) {
      if (!isArgoKind(object, 'Application')) continue;
      const policy = mapAt(object.root, 'spec', 'syncPolicy');
      const key = policy?.pair('automated')?.key;
      const automated = policy?.get('automated');
      if (!key || automated?.kind !== 'map' || scalarAt(automated, 'enabled')?.value === 'false') continue;
      const missing = ['prune', 'selfHeal'].filter((field) => !isTrue(automated, field) && automated.get(field) === undefined);
      const [field] = missing;
      if (field === undefined) continue;
      const changes = isAsWritten(automated) ? insertField(automated, field, true) : undefined;
      report(key, `The automated sync says nothing of ${missing.join(' and ')}: say true, or false where that is meant.`, {
        ...(changes && { fix: { title: `Add ${field}: true`, changes, needsReview: true } }),
      });
    }
  },
});
