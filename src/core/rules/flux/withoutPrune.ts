/** Kustomizations that leave behind what was removed from git. */
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import { replaceScalar } from '../../yaml/edit.js';
import { defineWorkspaceRule } from '../rule.js';
import { isFluxKind } from './fluxObjects.js';

const workspace = (prune: string): string => `#- apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  path: ./apps
  prune: ${prune}
  sourceRef: {kind: GitRepository, name: flux-system}
`;

export const withoutPrune = defineWorkspaceRule({
  id: 'flux/without-prune',
  title: 'Kustomization that does not prune',
  severity: 'info',
  what: 'A Flux Kustomization with `prune: false`. Those whose name or path speaks of CustomResourceDefinitions are left alone: deleting these deletes their objects.',
  why: 'What is removed from git stays in the cluster for ever, and nobody is told.',
  mend: 'Say `prune: true`. Single objects are kept by the label `kustomize.toolkit.fluxcd.io/prune: disabled`.',
  examples: { bad: workspace('false'), good: workspace('true') },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    for (const object of model.objects) {
      const spec = isFluxKind(object, 'kustomize', 'Kustomization') ? mapAt(object.root, 'spec') : undefined;
      const prune = scalarAt(spec, 'prune');
      if (prune?.value !== 'false' || /crd/i.test(`${object.id.name} ${scalarAt(spec, 'path')?.value ?? ''}`)) continue;
      const changes = prune.step ? undefined : replaceScalar(prune, true);
      report(
        prune,
        `What is removed from Kustomization ${object.id.name} stays in the cluster, as it does not prune.`,
        changes ? { fix: { title: 'Prune', changes, needsReview: true } } : {},
      );
    }
  },
});
