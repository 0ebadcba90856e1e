/** Two environments of an app that deliver the same objects into one namespace. */
import type { Place } from '../../base/problem.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { Environment } from '../../gitops/delivery.js';
import { isClusterScoped } from '../../objects/resId.js';
import { defineWorkspaceRule } from '../rule.js';
import { areOnOneCluster } from './clusters.js';

interface Placed {
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  readonly place: Place;
}

interface Gathered {
  readonly environment: Environment;
  readonly objects: readonly Placed[];
}

const workspace = (stage: string): string => `#- bootstrap/local.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-local, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: apps/shop/overlays/local}
  destination: {server: https://kubernetes.default.svc, namespace: shop-local}
#- bootstrap/stage.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-stage, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: apps/shop/overlays/stage}
  destination: {server: https://kubernetes.default.svc, namespace: ${stage}}
#- apps/shop/overlays/local/kustomization.yaml
resources: [../../base]
#- apps/shop/overlays/stage/kustomization.yaml
resources: [../../base]
#- apps/shop/base/kustomization.yaml
resources: [service.yaml]
#- apps/shop/base/service.yaml
apiVersion: v1
kind: Service
metadata: {name: shop}
`;

export const sharedNamespace = defineWorkspaceRule<Gathered>({
  id: 'environments/shared-namespace',
  title: 'Environments that share a namespace',
  severity: 'warning',
  what: 'Two environments of one app that go to the same cluster and bring an object of the same kind, name and namespace. Environments whose objects differ in their names (a prefix or suffix) may share a namespace; those whose clusters are not known to be the same are left alone.',
  why: 'Both operators write the same object: the last one wins, each sync undoes the other, and pruning in one takes away what the other needs.',
  mend: 'Give each environment its own namespace: the `namespace` of its overlay, and the destination of its Application.',
  examples: { bad: workspace('shop-local'), good: workspace('shop-stage') },
  hasFix: false,
  gather: ({ environment, rendering }) => ({
    environment,
    objects: rendering.objects.flatMap(({ id, root }) => {
      const namespace = id.namespace || (environment.destination.namespace?.value ?? '');
      if (isClusterScoped(id) || namespace === '') return [];
      const own = scalarAt(mapAt(root, 'metadata'), 'namespace');
      const place = own?.step?.kind === 'destination' ? environment.destination.namespace : own;
      return [{ key: `${id.group}/${id.kind} ${namespace}/${id.name}`, name: `${id.kind} ${id.name}`, namespace, place: place ?? environment.declaredAt }];
    }),
  }),
  check: (gathered, { model }, report) => {
    gathered.forEach((own, index) => {
      for (const other of gathered.slice(0, index)) {
        if (other.environment.app !== own.environment.app || !areOnOneCluster(other.environment, own.environment, model)) continue;
        // A HelmRelease and the Kustomization that brings it are one environment.
        if (other.environment.declaration?.id.kind !== own.environment.declaration?.id.kind) continue;
        const present = new Set(other.objects.map(({ key }) => key));
        const shared = own.objects.filter(({ key }) => present.has(key));
        for (const namespace of new Set(shared.map((object) => object.namespace))) {
          const [first, ...rest] = shared.filter((object) => object.namespace === namespace);
          if (!first) continue;
          const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
          report(
            first.place,
            `${own.environment.label} and ${other.environment.label} both bring ${first.name}${more} into the namespace ${namespace} of the same cluster; give each its own namespace.`,
            {
              environments: [other.environment, own.environment],
            },
          );
        }
      }
    });
  },
});
