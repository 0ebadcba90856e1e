/** Values of another type than their field. Numbers for strings are notString.ts's. */
import type { Fix } from '../../base/problem.js';
import { headOf } from '../../gitops/argocd/argoType.js';
import { formatFieldPath } from '../../objects/compare.js';
import { isYaml11Boolean } from '../../objects/matchType.js';
import type { FieldType } from '../../objects/objectType.js';
import type { YamlNode } from '../../yaml/nodes.js';
import type { EnvironmentRule } from '../rule.js';
import { unquoteScalar } from '../scalarFixes.js';
import { isPlaceholder, isReadAsYaml11, mismatchesOf } from './mismatches.js';
import { isLiteralForText } from './notString.js';
import { nameType, nameValue } from './words.js';

export const wrongType: EnvironmentRule = {
  id: 'schema/wrong-type',
  scope: 'environment',
  title: 'Value of the wrong type',
  severity: 'error',
  what: 'A value of a rendered object that is of another type than its field, such as a string for `replicas` or a map where a list belongs. Numbers and booleans in place of strings are found by `schema/not-a-string`.',
  why: 'The API server can not decode the object and refuses it, so nothing of the change arrives.',
  mend: 'Write the value as the field has it: without quotes for numbers and booleans, with a `-` for each item of a list.',
  examples: {
    bad: `#- kustomization.yaml
resources: [service.yaml]
#- service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports:
    - port: "80"
`,
    good: `#- kustomization.yaml
resources: [service.yaml]
#- service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports:
    - port: 80
`,
  },
  hasFix: true,
  check: (checked, report, context) => {
    const isYaml11 = isReadAsYaml11(checked);
    for (const { object, mismatch } of mismatchesOf(checked, context)) {
      if (mismatch.what !== 'wrongType') continue;
      const { node, expected, path } = mismatch;
      if (isLiteralForText(node, expected) || isPlaceholder(node) || (isYaml11 && expected.kind === 'boolean' && node.kind === 'scalar' && isYaml11Boolean(node))) continue;
      const fix = unquoteFix(node, expected);
      report(headOf(node), `${formatFieldPath(path)} of a ${object.id.kind} is ${nameType(expected)}, and not ${nameValue(node)}.`, fix ? { fix } : {});
    }
  },
};

/** Taking quotes away, where what they hold is what the field wants. */
function unquoteFix(node: YamlNode, expected: FieldType): Fix | undefined {
  if (node.kind !== 'scalar') return undefined;
  const isFit =
    expected.kind === 'boolean'
      ? /^(true|false)$/.test(node.value)
      : expected.kind === 'int32' || expected.kind === 'int64' || expected.kind === 'integer'
        ? /^(0|-?[1-9][0-9]{0,8})$/.test(node.value)
        : false;
  return isFit ? unquoteScalar(node, 'Remove the quotes') : undefined;
}
