/** Required fields that are missing. Of Kubernetes' own only those of enforcedFields.ts. */
import { formatFieldPath } from '../../objects/compare.js';
import type { EnvironmentRule } from '../rule.js';
import { isEnforced } from './enforcedFields.js';
import { mismatchesOf, sourceOf } from './mismatches.js';

export const missingField: EnvironmentRule = {
  id: 'schema/missing-field',
  scope: 'environment',
  title: 'Required field missing',
  severity: 'error',
  what: 'A rendered object without a field that the API server requires, such as a Deployment without a selector or a container without a name.',
  why: 'The API server refuses the object, so nothing of the change arrives.',
  mend: 'Add the field. In an overlay it often means that a patch names an item of a list that its base does not have, and so adds half an item.',
  examples: {
    bad: `#- kustomization.yaml
resources: [ingress.yaml]
#- ingress.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - http:
        paths:
          - path: /
            backend: {service: {name: web, port: {number: 80}}}
`,
    good: `#- kustomization.yaml
resources: [ingress.yaml]
#- ingress.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: web, port: {number: 80}}}
`,
  },
  hasFix: false,
  check: (checked, report, context) => {
    for (const { object, kind, mismatch } of mismatchesOf(checked, context)) {
      if (mismatch.what !== 'missingField') continue;
      const { node, owner, field, path } = mismatch;
      // nobody writes a status by hand, and the server drops it
      if (path[0] === 'status' || (!kind.definition && !isEnforced(owner.name, field))) continue;
      report(node.pairs[0]?.key ?? node, `${object.id.kind} needs ${formatFieldPath(path)} in ${sourceOf(kind, context)}.`);
    }
  },
};
