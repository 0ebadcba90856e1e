/** Variables that Flux replaces by nothing, where it doesn't refuse them. */
import { findSubstitutions } from '../../gitops/flux/substitution/findSubstitutions.js';
import type { EnvironmentRule } from '../rule.js';
import { substitutedTexts } from './substitutedText.js';

const workspace = (text: string): string => `#- .gitops-workbench.yaml
flux: {strictSubstitution: false}
#- apps.yaml
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
resources: [settings.yaml]
#- web/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: web}
data:
  host: web.${text}
`;

export const emptyVariable: EnvironmentRule = {
  id: 'flux/empty-variable',
  scope: 'environment',
  title: 'Variable that becomes nothing',
  severity: 'warning',
  what: 'A text asks for a substitution variable that is not defined and has no default, in a Flux that tolerates that: `flux.strictSubstitution` is off in the settings. Strict substitution, the default since Flux 2.9, refuses such a text, which is told when the environment is rendered.',
  why: 'Flux puts nothing in its place: a host becomes `web.`, a path becomes `/`, and the object is applied like that.',
  mend: 'Define the variable in `postBuild`, give it a default (`${NAME:=value}`), or write `$${NAME}` where the text is meant as it stands.',
  examples: { bad: workspace('${DOMIAN}'), good: workspace('${DOMAIN}') },
  hasFix: false,
  check: ({ environment, rendering }, report) => {
    // With strict substitution there is no rendering that has such a text.
    if (environment.operator !== 'flux') return;
    for (const { before, after } of substitutedTexts(rendering)) {
      // A variable that took part leads to its definition; where none did, the step is that of postBuild as a whole.
      if (after.step?.field !== 'spec.postBuild') continue;
      for (const { name, form, place, isNested } of findSubstitutions(before).uses) {
        if (form !== 'value' || isNested || after.value.includes(place.source.text.slice(place.start, place.end))) continue;
        report(place, `The variable ${name} is not defined and has no default: Flux puts nothing in its place.`);
      }
    }
  },
};
