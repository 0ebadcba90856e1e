/** Destinations whose namespace nothing creates. */
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import { textsAt } from '../../gitops/argocd/application.js';
import type { Fix } from '../../base/problem.js';
import type { SourceText } from '../../base/source.js';
import type { Environment } from '../../gitops/delivery.js';
import type { MapNode } from '../../yaml/nodes.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import { appendItem, insertField, type Edit } from '../../yaml/edit.js';
import { defineWorkspaceRule, type RuleContext } from '../rule.js';
import { isOpen } from './projects.js';
import { isAsWritten } from '../asWritten.js';

interface Gathered {
  readonly environment: Environment;
  readonly namespaces: readonly string[];
  /** True where something is to go to the destination's namespace. */
  readonly isUsed: boolean;
  readonly createsNamespace: boolean;
}

const workspace = (policy: string): string => `#- orders.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders
  namespace: argocd
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: deploy/orders}
  destination: {server: https://kubernetes.default.svc, namespace: orders}
${policy}#- payments.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: payments
  namespace: argocd
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: deploy/payments}
  destination: {server: https://kubernetes.default.svc, namespace: payments}
  syncPolicy:
    syncOptions:
    - CreateNamespace=true
#- deploy/orders/kustomization.yaml
resources: [service.yaml]
#- deploy/orders/service.yaml
apiVersion: v1
kind: Service
metadata: {name: orders}
#- deploy/payments/kustomization.yaml
resources: [service.yaml]
#- deploy/payments/service.yaml
apiVersion: v1
kind: Service
metadata: {name: payments}
`;

export const missingNamespace = defineWorkspaceRule<Gathered>({
  id: 'argocd/missing-namespace',
  title: 'Namespace that nothing creates',
  severity: 'warning',
  what: 'The objects of an Application go to a namespace that no manifest of the workspace holds, and no Application creates by `CreateNamespace=true`. Workspaces that create no namespace at all, and namespaces that every cluster has, are left alone.',
  why: 'In a new cluster the sync fails with `namespaces "orders" not found`. In an old one it works, because somebody made the namespace by hand.',
  mend: 'Add `CreateNamespace=true` to the sync options, or bring the Namespace as an object, which also lets it have labels.',
  examples: {
    bad: workspace(''),
    good: workspace('  syncPolicy:\n    syncOptions:\n    - CreateNamespace=true\n'),
  },
  hasFix: true,
  gather: ({ environment, rendering }) => ({
    environment,
    namespaces: rendering.objects.flatMap(({ id }) => (id.group === '' && id.kind === 'Namespace' ? [id.name] : [])),
    isUsed: rendering.objects.some(({ root }) => {
      const namespace = scalarAt(mapAt(root, 'metadata'), 'namespace');
      return namespace !== undefined && namespace.value === environment.destination.namespace?.value;
    }),
    createsNamespace: textsAt(mapAt(environment.declaration?.root, 'spec', 'syncPolicy'), 'syncOptions').some(({ value }) => value === 'CreateNamespace=true'),
  }),
  check: (gathered, { yamlFiles }, report, context) => {
    let written: ReadonlySet<string> | undefined;
    const created = new Set(
      gathered.flatMap(({ namespaces, createsNamespace, environment: { destination } }) => [
        ...namespaces,
        ...(createsNamespace && destination.namespace ? [destination.namespace.value] : []),
      ]),
    );
    if (created.size === 0) return;
    for (const { environment, isUsed } of gathered) {
      const { declaration, destination } = environment;
      const { namespace } = destination;
      if (declaration?.id.kind !== 'Application' || !namespace || !isUsed) continue;
      if (created.has(namespace.value) || isOpen(namespace.value) || isAlwaysThere(namespace.value) || namespace.value === declaration.id.namespace) continue;
      written ??= writtenNamespaces(yamlFiles, context);
      if (written.has(namespace.value)) continue;
      const fix = createFix(declaration.root);
      report(
        namespace,
        `Nothing in this workspace creates the namespace ${namespace.value}; add CreateNamespace=true to the sync options of ${environment.label}, or a Namespace.`,
        {
          environments: [environment],
          ...(fix && { fix }),
        },
      );
    }
  },
});

/** Namespaces in any file: what brings them may not be rendered here. */
function writtenNamespaces(yamlFiles: readonly string[], { ofFiles }: RuleContext): ReadonlySet<string> {
  return new Set(ofFiles(yamlFiles, namespacesIn).flatMap((names) => names ?? []));
}

function namespacesIn({ text }: SourceText, parse: () => ParsedYaml | undefined): readonly string[] {
  if (!/kind: *(Namespace|Project)\b/.test(text)) return [];
  return (parse()?.documents ?? []).flatMap(({ root }) => {
    const kind = root?.kind === 'map' ? scalarAt(root, 'kind')?.value : undefined;
    const name = scalarAt(mapAt(root, 'metadata'), 'name')?.value;
    return (kind === 'Namespace' || kind === 'Project') && name !== undefined ? [name] : [];
  });
}

function isAlwaysThere(namespace: string): boolean {
  return /^(default|kube-.*|argocd|argo-cd|flux-system|openshift|openshift-.*|open-cluster-management.*|istio-system)$/.test(namespace);
}

/** Adds the option where the declaration stands in a file as it is. */
function createFix(root: MapNode): Fix | undefined {
  const spec = mapAt(root, 'spec');
  if (!spec || !isAsWritten(spec)) return undefined;
  const changes = addOption(spec);
  return changes && { title: 'Create the namespace with the sync', changes, needsReview: true };
}

function addOption(spec: MapNode): Edit {
  const option = 'CreateNamespace=true';
  const policy = spec.get('syncPolicy');
  if (!policy) return insertField(spec, 'syncPolicy', { syncOptions: [option] });
  if (policy.kind !== 'map') return undefined;
  const options = policy.get('syncOptions');
  if (!options) return insertField(policy, 'syncOptions', [option]);
  return options.kind === 'sequence' ? appendItem(options, option) : undefined;
}
