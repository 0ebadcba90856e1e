/** Values of the right type that their field does not take. Left out: what only the validation of a kind knows. */
import { formatFieldPath } from '../../objects/compare.js';
import type { FieldType } from '../../objects/objectType.js';
import { isSecretObject, isSecretPath } from '../../objects/secretFields.js';
import type { EnvironmentRule } from '../rule.js';
import { isPlaceholder, mismatchesOf } from './mismatches.js';

export const wrongValue: EnvironmentRule = {
  id: 'schema/wrong-value',
  scope: 'environment',
  title: 'Value that the field does not take',
  severity: 'error',
  what: "A value that its field can't be set to: a quantity that is none (`500MB`), a Secret's data that is not base64, an integer out of range, a word that a CustomResourceDefinition does not list.",
  why: 'The API server refuses the object, so nothing of the change arrives.',
  mend: "Write a value that the field takes: quantities with `m`, `k`, `M`, `G`, `Ki`, `Mi`, `Gi`; a Secret's plain texts under `stringData`.",
  examples: {
    bad: `#- kustomization.yaml
resources: [claim.yaml]
#- claim.yaml
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10GB}}
`,
    good: `#- kustomization.yaml
resources: [claim.yaml]
#- claim.yaml
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10G}}
`,
  },
  hasFix: false,
  check: (checked, report, context) => {
    for (const { object, mismatch } of mismatchesOf(checked, context)) {
      if (mismatch.what !== 'wrongValue') continue;
      const { node, expected, path } = mismatch;
      if (isPlaceholder(node)) continue;
      const isHidden = isSecretObject(object.id) && isSecretPath(path);
      const value = isHidden ? 'what stands here' : node.value === '' ? 'an empty text' : node.value;
      report(node, `${formatFieldPath(path)} of a ${object.id.kind} can't be ${value}: ${wanted(expected)}`);
    }
  },
};

function wanted(expected: FieldType): string {
  switch (expected.kind) {
    case 'quantity':
      return 'it is a quantity, such as 500m, 2, 128Mi or 1G.';
    case 'time':
      return 'it is a time, such as 2026-01-31T12:00:00Z.';
    case 'bytes':
      return 'it has to be base64; plain texts go under stringData.';
    case 'int32':
    case 'int64':
    case 'intOrString':
      return `it has to be an integer of ${expected.kind === 'int64' ? 64 : 32} bits.`;
    default:
      return 'values' in expected && Array.isArray(expected.values) ? `it takes ${listWords(expected.values)}.` : 'it takes other values.';
  }
}

function listWords(values: readonly string[]): string {
  const words = values.slice(0, 8);
  const more = values.length > words.length ? ['others'] : [];
  const all = [...words, ...more];
  return all.length === 1 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`;
}
