/** Flux Kustomizations whose folder isn't in their repository. */
import { reportMissingFolders } from '../environments/missingFolders.js';
import { defineWorkspaceRule } from '../rule.js';

const workspace = (path: string): string => `#- clusters/prod/apps.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: infra, namespace: flux-system}
spec: {interval: 10m, url: https://git.example.com/infra.git}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  sourceRef: {kind: GitRepository, name: infra}
  path: ./deploy/apps
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: platform, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  sourceRef: {kind: GitRepository, name: infra}
  path: ${path}
#- deploy/apps/kustomization.yaml
namespace: apps
#- deploy/platform/kustomization.yaml
namespace: platform
`;

export const missingFolder = defineWorkspaceRule({
  id: 'flux/missing-folder',
  title: 'Kustomization whose folder is not there',
  severity: 'error',
  what: 'The `path` of a Flux Kustomization leads to no folder, in a repository from which other Kustomizations of the workspace come. Where the repository is recognized by its remote, the same is told when the Kustomization is rendered.',
  why: 'The Kustomization is not ready (`kustomization path not found`), what it brought is no longer updated, and all that depends on it waits.',
  mend: 'Mend the path.',
  examples: { bad: workspace('./deploy/platfrom'), good: workspace('./deploy/platform') },
  hasFix: true,
  gather: ({ environment }) => environment,
  check: (environments, _, report, { tree }) => reportMissingFolders(environments, 'flux', tree, report),
});
