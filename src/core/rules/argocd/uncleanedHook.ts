/** Hooks that pile up: each sync makes another one. */
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { FileRule } from '../rule.js';

const workspace = (policy: string): string => `#- shop.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/infra.git, path: deploy}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
#- deploy/migrate.yaml
apiVersion: batch/v1
kind: Job
metadata:
  generateName: migrate-
  annotations:
    argocd.argoproj.io/hook: PreSync
${policy}spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: migrate:1.4.2}]
`;

export const uncleanedHook: FileRule = {
  id: 'argocd/uncleaned-hook',
  scope: 'file',
  title: 'Hook that is never cleaned up',
  severity: 'info',
  what: 'A hook with `generateName`, without `argocd.argoproj.io/hook-delete-policy` and, for a Job, without `ttlSecondsAfterFinished`. Hooks with a fixed name are left alone: Argo CD deletes the old one before it makes the new one.',
  why: 'Each sync makes an object with another name, and none is ever deleted: after some months the namespace holds hundreds of finished Jobs and their pods.',
  mend: 'Add the annotation `argocd.argoproj.io/hook-delete-policy: HookSucceeded`.',
  examples: { bad: workspace(''), good: workspace('    argocd.argoproj.io/hook-delete-policy: HookSucceeded\n') },
  hasFix: false,
  looksAt: (path) => /\.ya?ml$/.test(path),
  check: ({ source, parsed }, report) => {
    // Kustomize takes no object without a name, so only files that are delivered as they stand hold such hooks.
    if (!source.text.includes('generateName')) return;
    for (const { root } of parsed.documents) {
      const metadata = mapAt(root, 'metadata');
      const annotations = mapAt(metadata, 'annotations');
      const hook = scalarAt(annotations, 'argocd.argoproj.io/hook');
      const generateName = scalarAt(metadata, 'generateName');
      if (!hook || hook.value === 'Skip' || !generateName || scalarAt(metadata, 'name')) continue;
      if (scalarAt(annotations, 'argocd.argoproj.io/hook-delete-policy') || scalarAt(annotations, 'helm.sh/hook-delete-policy')) continue;
      if (mapAt(root, 'spec')?.get('ttlSecondsAfterFinished') || mapAt(root, 'spec', 'ttlStrategy')) continue;
      const kind = (root?.kind === 'map' ? scalarAt(root, 'kind')?.value : undefined) ?? 'object';
      report(hook, `Each sync makes another ${kind} ${generateName.value}… and nothing deletes it; add the annotation argocd.argoproj.io/hook-delete-policy.`);
    }
  },
};
