/** images/tag-format: tags that don't have the form which the settings ask for in an environment. Says nothing without such a setting. */
import { baseName } from '../../base/path.js';
import { compilePattern } from '../../base/regexp/program.js';
import { isTemplateStep, partSaying } from '../../helm/manifestOrigins.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import { containersIn } from '../environmentContainers.js';
import type { EnvironmentRule } from '../rule.js';

export const tagFormat: EnvironmentRule = {
  id: 'images/tag-format',
  title: 'Tag in another form than its environment takes',
  severity: 'error',
  scope: 'environment',
  what: 'The settings say which form the image tags of an environment have (`tagFormats`), and a tag that the overlay or the operator sets has another one. Images that an environment takes from its base as they are don’t count.',
  why: 'A release candidate in production, or a version number where the pipeline only builds commits, is found out when the pod can’t pull its image, or later.',
  mend: 'Deploy a tag of the right form, or change `tagFormats` in `.gitops-workbench.yaml`.',
  examples: {
    bad: `#- .gitops-workbench.yaml
tagFormats:
  prod: ^v[0-9]+\\.[0-9]+\\.[0-9]+$
#- overlays/prod/kustomization.yaml
resources:
- ../../base
images:
- name: ghcr.io/example/web
  newTag: v1.4.0-rc.1
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: ghcr.io/example/web`,
    good: `#- .gitops-workbench.yaml
tagFormats:
  prod: ^v[0-9]+\\.[0-9]+\\.[0-9]+$
#- overlays/prod/kustomization.yaml
resources:
- ../../base
images:
- name: ghcr.io/example/web
  newTag: v1.4.0
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: ghcr.io/example/web`,
  },
  hasFix: false,
  check({ environment, rendering }, report, { settings }) {
    const format = settings.tagFormats.get(environment.name);
    if (format === undefined) return;
    const pattern = compilePattern(format);
    if ('failure' in pattern) return;
    for (const { image, reference } of containersIn(rendering)) {
      // What no step set is the base's own, such as the image of a database.
      if (image?.step === undefined || reference?.tag === undefined) continue;
      const tag = partSaying(image, reference.tag);
      if (isTemplateStep(image.step) && tag.was === undefined && isChartsOwn(tag)) continue;
      if (pattern.matches(reference.tag) === false) report(tag, `Tags in ${environment.name} have the form ${format}, and ${reference.tag} has not.`);
    }
  },
};

/** True for what a chart says by itself: in its templates, and in its own values. */
function isChartsOwn({ source }: ScalarNode): boolean {
  return source.path.includes('/templates/') || baseName(source.path) === 'values.yaml' || baseName(source.path) === 'Chart.yaml';
}
