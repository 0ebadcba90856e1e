/** Fields that a kind does not have. What is open (preserved, embedded) is the type's to say. */
import { formatFieldPath } from '../../objects/compare.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import type { EnvironmentRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { mismatchesOf, sourceOf } from './mismatches.js';

export const unknownField: EnvironmentRule = {
  id: 'schema/unknown-field',
  scope: 'environment',
  title: 'Field that the kind does not have',
  severity: 'error',
  what: 'A field of a rendered object that its kind does not have, in the Kubernetes version that is delivered to or in the CustomResourceDefinition of the workspace.',
  why: 'Server-side apply, and with it Flux, refuses the whole object; so does `kubectl apply`, and Argo CD through it. Where validation is switched off the field is dropped in silence, which is worse: the setting that somebody wrote is not there.',
  mend: 'Spell the field as the kind has it, or move it to where it belongs: often it only stands too far in or out.',
  examples: {
    bad: `#- kustomization.yaml
resources: [deployment.yaml]
#- deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replica: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
`,
    good: `#- kustomization.yaml
resources: [deployment.yaml]
#- deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
`,
  },
  hasFix: true,
  check: (checked, report, context) => {
    for (const { object, kind, mismatch } of mismatchesOf(checked, context)) {
      if (mismatch.what !== 'unknownField') continue;
      const { node, owner, path } = mismatch;
      const { key } = mismatch.pair;
      const message = `${object.id.kind} has no field ${formatFieldPath(path)} in ${sourceOf(kind, context)}`;
      const nearest = nearestName(owner.fieldNames, key.value);
      if (nearest === undefined) {
        report(key, `${message}; remove it, or move it to where it belongs.`);
        continue;
      }
      // beside the field itself a rename would only make two of them
      const fix = node.pair(nearest) ? undefined : replaceScalar(key, nearest, `Rename to ${nearest}`);
      report(key, `${message}; did you mean ${nearest}?`, fix ? { fix } : {});
    }
  },
};
