/** Two Applications that bring the same object. */
import type { Environment } from '../../gitops/delivery.js';
import { isClusterScoped } from '../../objects/resId.js';
import type { RenderedObject } from '../../objects/rendering.js';
import { areOnOneCluster } from '../environments/clusters.js';
import { namePlace } from '../asWritten.js';
import { defineWorkspaceRule } from '../rule.js';

interface Gathered {
  readonly environment: Environment;
  readonly objects: readonly { readonly key: string; readonly isOfCluster: boolean; readonly object: RenderedObject }[];
}

const workspace = (owner: string): string =>
  ['orders', 'payments']
    .map(
      (name) => `#- apps/${name}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: deploy/${name}}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
#- deploy/${name}/kustomization.yaml
resources: [role.yaml]
#- deploy/${name}/role.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name === 'orders' ? 'orders-reader' : owner}
`,
    )
    .join('');

export const sharedObject = defineWorkspaceRule<Gathered>({
  id: 'argocd/shared-object',
  title: 'Object that two Applications bring',
  severity: 'warning',
  what: 'Two Applications that go to the same cluster render an object of the same kind, namespace and name. Namespaced objects that two environments of one app share are told by `environments/shared-namespace`.',
  why: 'Argo CD warns of a `SharedResourceWarning`: each sync makes the other Application `OutOfSync`, the tracking id changes hands, and pruning in one deletes what the other needs.',
  mend: 'Let one Application bring it, or give each its own by a name prefix or suffix.',
  examples: { bad: workspace('orders-reader'), good: workspace('payments-reader') },
  hasFix: false,
  gather: ({ environment, rendering }) => ({
    environment,
    objects:
      environment.operator !== 'argocd'
        ? []
        : rendering.objects.flatMap((object) => {
            const { id } = object;
            const isOfCluster = isClusterScoped(id);
            const namespace = isOfCluster ? '' : id.namespace || (environment.destination.namespace?.value ?? '');
            if (id.name === '' || (!isOfCluster && namespace === '')) return [];
            return [{ key: `${id.group}/${id.kind} ${namespace}/${id.name}`, isOfCluster, object }];
          }),
  }),
  check: (gathered, { model }, report) => {
    const owners = new Map<string, Environment[]>();
    for (const { environment, objects } of gathered) {
      const shared = new Map<Environment, RenderedObject[]>();
      for (const { key, isOfCluster, object } of objects) {
        const before = owners.get(key) ?? [];
        const rival = before.find((other) => other !== environment && isRival(other, environment, isOfCluster) && areOnOneCluster(other, environment, model));
        if (rival) shared.set(rival, [...(shared.get(rival) ?? []), object]);
        if (!before.includes(environment)) owners.set(key, [...before, environment]);
      }
      for (const [rival, [first, ...rest]] of shared) {
        if (!first) continue;
        const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
        report(namePlace(first.root), `${environment.label} and ${rival.label} both bring ${first.id.kind} ${first.id.name}${more} to one cluster; let one Application bring it.`, {
          environments: [rival, environment],
        });
      }
    }
  },
});

/** Two declarations of one name are told as such. */
function isRival(a: Environment, b: Environment, isOfCluster: boolean): boolean {
  const [one, other] = [a.declaration?.id, b.declaration?.id];
  return (isOfCluster || a.app !== b.app) && (one?.name !== other?.name || one?.namespace !== other?.namespace);
}
