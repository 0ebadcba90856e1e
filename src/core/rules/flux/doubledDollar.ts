/** Doubled dollar signs, of which substitution leaves one. */
import { findSubstitutions } from '../../gitops/flux/substitution/findSubstitutions.js';
import type { EnvironmentRule } from '../rule.js';
import { substitutedTexts } from './substitutedText.js';

const workspace = (text: string): string => `#- apps.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: infra, namespace: flux-system}
spec: {interval: 5m, url: https://git.example.com/infra.git}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./web
  sourceRef: {kind: GitRepository, name: infra}
  postBuild: {substitute: {DOMAIN: example.com}}
#- web/kustomization.yaml
resources: [script.yaml]
#- web/script.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: script, namespace: web}
data:
  run.sh: |
    ${text}
`;

export const doubledDollar: EnvironmentRule = {
  id: 'flux/doubled-dollar',
  scope: 'environment',
  title: 'Doubled dollar sign that becomes one',
  severity: 'info',
  what: 'A text that Flux substitutes holds `$$` that does not stand before a brace. `$${NAME}`, the way to write `${NAME}`, is left alone.',
  why: 'Substitution turns every `$$` into one `$`, also where nobody thinks of variables: `$$` in a shell script is its process id, in a Makefile the dollar sign itself, and both change their meaning in the cluster only.',
  mend: 'Double both signs, or label the object `kustomize.toolkit.fluxcd.io/substitute: disabled`.',
  examples: { bad: workspace('echo $$ > /tmp/web.pid'), good: workspace('echo $$$$ > /tmp/web.pid') },
  hasFix: true,
  check: ({ environment, rendering }, report) => {
    if (environment.operator !== 'flux') return;
    for (const { before } of substitutedTexts(rendering)) {
      const { doubled } = findSubstitutions(before);
      for (const { source, start, end } of doubled) {
        const isPaired = doubled.some((other) => other.start === end || other.end === start);
        if (isPaired || source.text.charAt(end) === '{') continue;
        report({ source, start, end }, 'Flux leaves one dollar sign of these two; double both, or label the object kustomize.toolkit.fluxcd.io/substitute: disabled.', {
          fix: { title: 'Double the dollar signs', changes: [{ location: source.locate(start, end), newText: '$$$$' }], needsReview: true },
        });
      }
    }
  },
};
