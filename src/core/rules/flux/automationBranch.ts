/** Image automation that pushes to branches that only people may write. */
import { findImageMarkers, mayHoldMarkers } from '../../gitops/flux/images/imageMarkers.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { DeliveryModel, DeliveryObject, Environment } from '../../gitops/delivery.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import { defineWorkspaceRule, type CheckedWorkspace, type RuleContext } from '../rule.js';
import { isFluxKind, readReference, targetsOf } from './fluxObjects.js';

const workspace = (push: string): string => `#- automation.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: infra, namespace: flux-system}
spec: {interval: 5m, url: https://git.example.com/infra.git, ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web-prod, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./web/overlays/prod
  sourceRef: {kind: GitRepository, name: infra}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: web, namespace: flux-system}
spec:
  interval: 5m
  sourceRef: {kind: GitRepository, name: infra}
  git:
    checkout: {ref: {branch: main}}
    commit: {author: {email: flux@example.com}}
    push: {branch: ${push}}
#- web/overlays/prod/kustomization.yaml
resources: [pod.yaml]
images:
  - name: web
    newTag: 1.4.2 # {"$imagepolicy": "flux-system:web:tag"}
#- web/overlays/prod/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: web}]}
`;

export const automationBranch = defineWorkspaceRule({
  id: 'flux/automation-branch',
  title: 'Automation that writes to a protected branch',
  severity: 'warning',
  what: 'An ImageUpdateAutomation pushes to a branch that the settings protect (`protectedBranches`), or to the branch from which a protected environment comes while one of its markers stands in a file of that environment.',
  why: 'New images reach production with no pull request and nobody looking; or the push is refused by the forge, and nothing is updated.',
  mend: 'Let it push to a branch of its own (`git.push.branch`) from which a pull request is made, or take the markers out of the protected environment.',
  examples: { bad: workspace('main'), good: workspace('image-updates') },
  hasFix: false,
  gather: () => undefined,
  check: (_, workspace, report, context) => {
    const { model } = workspace;
    let marked: readonly string[] | undefined;
    for (const object of model.objects) {
      const branch = isFluxKind(object, 'image', 'ImageUpdateAutomation') ? branchOf(object, model) : undefined;
      if (!branch) continue;
      if (context.settings.protectedBranches.includes(branch.value)) {
        report(branch, `ImageUpdateAutomation ${object.id.name} pushes to ${branch.value}, which is a protected branch; push to another one and make pull requests from it.`);
        continue;
      }
      marked ??= markedFiles(workspace, context);
      const environment = marked.flatMap((path) => [...workspace.usersOf(path)]).find((each) => each.isProtected && follows(each, branch.value));
      if (environment) {
        report(
          branch,
          `ImageUpdateAutomation ${object.id.name} pushes new images of ${environment.label} to ${branch.value}, from which it is delivered, although that environment is protected.`,
          { environments: [environment] },
        );
      }
    }
  },
});

/** The text that says to which branch is pushed. */
function branchOf(object: DeliveryObject, model: DeliveryModel): ScalarNode | undefined {
  const git = mapAt(object.root, 'spec', 'git');
  const own = scalarAt(mapAt(git, 'push'), 'branch') ?? scalarAt(mapAt(git, 'checkout', 'ref'), 'branch');
  if (own || mapAt(git, 'push')) return own;
  const reference = readReference(object, mapAt(object.root, 'spec', 'sourceRef'), 'GitRepository');
  const [source] = reference ? targetsOf(reference, model) : [];
  return scalarAt(mapAt(source?.root, 'spec', 'ref'), 'branch');
}

function markedFiles({ yamlFiles }: CheckedWorkspace, { tree, parse }: RuleContext): readonly string[] {
  return yamlFiles.filter((path) => {
    const source = tree.read(path);
    const parsed = source && mayHoldMarkers(path, source.text) ? parse(path) : undefined;
    return parsed !== undefined && findImageMarkers(parsed).some(({ node, policy }) => node && policy);
  });
}

function follows({ sources }: Environment, branch: string): boolean {
  return sources.some(({ revision }) => revision?.value.replace(/^refs\/heads\//, '') === branch);
}
