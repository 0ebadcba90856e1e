/** Overlays that no operator delivers, beside others that one does. */
import { isInside, parentPath } from '../../base/path.js';
import type { Environment } from '../../gitops/delivery.js';
import { defineWorkspaceRule } from '../rule.js';

const workspace = (qa: string): string => `#- bootstrap/dev.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-dev, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: shop/overlays/dev}
  destination: {server: https://kubernetes.default.svc, namespace: shop-dev}
#- bootstrap/qa.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-qa, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: ${qa}}
  destination: {server: https://kubernetes.default.svc, namespace: shop-qa}
#- shop/overlays/dev/kustomization.yaml
namespace: shop-dev
#- shop/overlays/qa/kustomization.yaml
namespace: shop-qa
`;

export const unreachableOverlay = defineWorkspaceRule<Environment>({
  id: 'structure/unreachable-overlay',
  title: 'Overlay that nothing delivers',
  severity: 'info',
  what: 'A kustomization that no other one builds on and no Application or Flux Kustomization delivers, although one beside it, in the same folder of overlays, is delivered.',
  why: 'Changes to it reach no cluster. It looks like an environment, is kept up like one, and either its Application is missing or it was left behind.',
  mend: 'Declare its Application or Kustomization, or delete the overlay. One that is applied by hand can be named in the settings, under `environments`.',
  examples: { bad: workspace('shop/overlays/dev'), good: workspace('shop/overlays/qa') },
  hasFix: false,
  gather: ({ environment }) => environment,
  check: (environments, { model, yamlFiles }, report, { tree, parse }) => {
    const delivered = environments.filter(({ operator }) => operator !== 'none').flatMap(({ sources }) => sources);
    const parents = new Set(delivered.flatMap(({ folder }) => (folder === undefined ? [] : [parentPath(folder)])));
    // What a set would generate isn't known where it generated nothing.
    const generating = new Set(model.objects.flatMap(({ foundIn }) => (foundIn.kind === 'applicationSet' ? [foundIn.set.root] : [])));
    if (model.objects.some(({ id, root }) => id.kind === 'ApplicationSet' && !generating.has(root))) return;
    for (const environment of environments) {
      const [source] = environment.sources;
      const { folder, renderer } = source ?? {};
      if (environment.operator !== 'none' || folder === undefined || renderer !== 'kustomize' || !parents.has(parentPath(folder))) continue;
      // Told in the settings, or delivered by whatever brings the declarations in it.
      const file = environment.declaredAt.source;
      if (!isInside(file.path, folder) || model.objects.some(({ foundIn }) => foundIn.kind === 'rendering' && foundIn.environment === environment.id)) continue;
      if (delivered.some(({ path }) => path !== '.' && folder.endsWith(`/${path}`))) continue;
      const label = environment.id.replace(/^folder\//, '');
      if (yamlFiles.some((path) => /\/\.github\/|\.gitlab-ci|\/\.tekton\//.test(path) && tree.read(path)?.text.includes(label) === true)) continue;
      const root = parse(file.path)?.documents[0]?.root;
      const place = (root?.kind === 'map' ? root.pairs[0]?.key : undefined) ?? environment.declaredAt;
      report(place, `Nothing delivers this overlay, while others beside it are delivered: its Application or Kustomization is missing, or the overlay is no longer needed.`, {
        environments: [environment],
      });
    }
  },
});
