/** Applications whose folder isn't in their repository. */
import { reportMissingFolders } from '../environments/missingFolders.js';
import { defineWorkspaceRule } from '../rule.js';

const workspace = (path: string): string => `#- apps/orders.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: orders, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: deploy/orders}
  destination: {server: https://kubernetes.default.svc, namespace: orders}
#- apps/payments.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: payments, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: ${path}}
  destination: {server: https://kubernetes.default.svc, namespace: payments}
#- deploy/orders/kustomization.yaml
namespace: orders
#- deploy/payments/kustomization.yaml
namespace: payments
`;

export const missingFolder = defineWorkspaceRule({
  id: 'argocd/missing-folder',
  title: 'Application whose folder is not there',
  severity: 'error',
  what: 'The `path` of an Application leads to no folder, in a repository from which other Applications of the workspace come. Where the repository is recognized by its remote, the same is told when the Application is rendered.',
  why: 'Argo CD shows `ComparisonError: app path does not exist`, and deploys nothing any more.',
  mend: 'Mend the path, or remove the Application along with what it deployed.',
  examples: { bad: workspace('deploy/payment'), good: workspace('deploy/payments') },
  hasFix: true,
  gather: ({ environment }) => environment,
  check: (environments, _, report, { tree }) => reportMissingFolders(environments, 'argocd', tree, report),
});
