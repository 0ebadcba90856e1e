/** Objects that go to another namespace than the Application's destination says. */
import { parentPath } from '../../base/path.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { Environment } from '../../gitops/delivery.js';
import { isClusterScoped } from '../../objects/resId.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import { defineWorkspaceRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';

interface OwnNamespace {
  readonly node: ScalarNode;
  readonly owner: string;
}

interface Gathered {
  readonly environment: Environment;
  /** Undefined where the destination says nothing that could disagree. */
  readonly destination: ScalarNode | undefined;
  /** True where all goes to one namespace. */
  readonly isOnePlace: boolean;
  readonly others: readonly OwnNamespace[];
}

const workspace = (namespace: string): string => `#- bootstrap/stage.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-stage, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: apps/shop/overlays/stage}
  destination: {server: https://kubernetes.default.svc, namespace: shop-stage}
#- apps/shop/overlays/stage/kustomization.yaml
namespace: ${namespace}
resources: [service.yaml]
#- apps/shop/overlays/stage/service.yaml
apiVersion: v1
kind: Service
metadata: {name: shop}
`;

export const namespaceMismatch = defineWorkspaceRule<Gathered>({
  id: 'environments/namespace-mismatch',
  title: 'Namespace that disagrees with the destination',
  severity: 'warning',
  what: 'An overlay whose `namespace` puts everything somewhere else than the destination of its Application; and an object that carries the namespace of the environment in the folder beside. Left alone are apps that go to several namespaces, and destinations that stand for none: `default`, and the namespace of Argo CD.',
  why: "Argo CD fills `destination.namespace` into objects without a namespace only: an object's own namespace beats it without a word. The Application looks as if it went to one namespace while its objects are in the other.",
  mend: 'Make both say the same: change the `namespace` of the overlay or the destination.',
  examples: { bad: workspace('shop-local'), good: workspace('shop-stage') },
  hasFix: true,
  gather: ({ environment, rendering }) => {
    const { destination, operator } = environment;
    const isMeant = !/^(default|argocd|openshift-gitops)$/.test(destination.namespace?.value ?? '') && destination.namespace?.value !== environment.declaration?.id.namespace;
    const wanted = operator === 'argocd' && rendering.ok && isMeant && !/\{\{|\$\{/.test(destination.namespace?.value ?? '') ? destination.namespace : undefined;
    if (!wanted) return { environment, destination: undefined, isOnePlace: false, others: [] };
    const placed = rendering.objects.flatMap(({ id, root }) => {
      const node = isClusterScoped(id) ? undefined : scalarAt(mapAt(root, 'metadata'), 'namespace');
      return node ? [{ node, owner: `${id.kind} ${id.name}` }] : [];
    });
    return {
      environment,
      destination: wanted,
      isOnePlace: new Set(placed.map(({ node }) => node.value)).size === 1,
      others: placed.filter(({ node }) => node.value !== wanted.value),
    };
  },
  check: (gathered, _, report) => {
    for (const { environment, destination, isOnePlace, others } of gathered) {
      if (!destination) continue;
      const siblings = gathered.flatMap((other) => (areBeside(other.environment, environment) && other.destination ? [other.environment] : []));
      const reported = new Set<string>();
      for (const { node, owner } of others) {
        const isOverlays = isOnePlace && node.step?.kind === 'namespace';
        const sibling = siblings.find((other) => other.destination.namespace?.value === node.value);
        const key = `${node.source.path}:${node.start}`;
        if ((!isOverlays && !sibling) || reported.has(key)) continue;
        reported.add(key);
        const overlay = replaceScalar(node, destination.value, `Change the namespace to ${destination.value}`);
        const app = replaceScalar(destination, node.value, `Change the destination to ${node.value}`);
        const [fix, ...otherFixes] = [overlay, ...(isOverlays ? [app] : [])].flatMap((each) => (each ? [{ ...each, needsReview: true as const }] : []));
        const whose = sibling ? `, which is that of ${sibling.label}` : '';
        const subject = isOverlays ? 'The overlay puts its objects' : `${owner} goes`;
        report(
          node,
          `${subject} into the namespace ${node.value}${whose}, and not into ${destination.value}, the destination of ${environment.label}: Argo CD leaves an object's own namespace alone.`,
          {
            related: [{ location: destination.source.locate(destination.start, destination.end), message: 'the destination' }],
            environments: [environment],
            ...(fix && { fix }),
            otherFixes,
          },
        );
      }
    }
  },
});

/** True for two environments of an app whose overlays stand in one folder. */
function areBeside(a: Environment, b: Environment): boolean {
  const [one, other] = [a.sources[0]?.folder, b.sources[0]?.folder];
  return a !== b && a.app === b.app && one !== undefined && other !== undefined && one !== other && parentPath(one) === parentPath(other);
}
