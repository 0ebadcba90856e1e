/** Image policies without the repository that is to be scanned. */
import { mapAt } from '../../gitops/declarations.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import { defineWorkspaceRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { isFluxKind, namesOfKind, readReference, targetsOf } from './fluxObjects.js';

const workspace = (name: string): string => `#- images.yaml
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec: {image: registry.example.com/web, interval: 5m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux-system}
spec:
  imageRepositoryRef:
    name: ${name}
  policy: {semver: {range: 1.x}}
`;

export const unknownImageRepository = defineWorkspaceRule({
  id: 'flux/unknown-image-repository',
  title: 'Image policy without its repository',
  severity: 'warning',
  what: 'An ImagePolicy names an ImageRepository that the workspace does not declare in that namespace.',
  why: 'The policy is never ready and selects nothing: new versions are pushed, and nothing is updated.',
  mend: 'Mend the name or the `namespace` of `imageRepositoryRef`, or declare the ImageRepository.',
  examples: { bad: workspace('wbe'), good: workspace('web') },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    for (const object of model.objects) {
      if (!isFluxKind(object, 'image', 'ImagePolicy')) continue;
      const reference = readReference(object, mapAt(object.root, 'spec', 'imageRepositoryRef'), 'ImageRepository');
      if (!reference || targetsOf(reference, model).length > 0) continue;
      const { name, namespace } = reference;
      const near = nearestName(namesOfKind('ImageRepository', model), name.value);
      const fix = near === undefined || near === name.value ? undefined : replaceScalar(name, near, `Change to ${near}`);
      const where = namespace === '' ? '' : ` in the namespace ${namespace}`;
      report(name, `No ImageRepository ${name.value} is declared${where}, so ImagePolicy ${object.id.name} selects nothing.`, fix ? { fix: { ...fix, needsReview: true } } : {});
    }
  },
});
