/** Keys that a ConfigMap or Secret of the environment does not have. */
import type { RenderedObject } from '../../objects/rendering.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import type { EnvironmentRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { isOpenText, mapAt, objectsOf } from './environmentObjects.js';
import { podReferencesOf } from './podReferences.js';
import { isProduced } from './producers.js';

export const missingKey: EnvironmentRule = {
  id: 'references/missing-key',
  scope: 'environment',
  title: 'Key that a ConfigMap or Secret does not have',
  severity: 'warning',
  what: 'A pod that asks for a key (`configMapKeyRef`, `secretKeyRef`, `items` of a volume) which the ConfigMap or Secret, as it is rendered, does not have.',
  why: "The container stays in `CreateContainerConfigError` with `couldn't find key`.",
  mend: 'Name the key as it stands in the data, add it, or set `optional: true`.',
  examples: {
    bad: example('lvel'),
    good: example('level'),
  },
  hasFix: true,
  check: (checked, report) => {
    const objects = objectsOf(checked);
    for (const { kind, name, keys, workload, asker } of podReferencesOf(objects)) {
      const object = keys.length === 0 ? undefined : objects.find(kind, workload.namespace, name.value);
      const known = object && keysOf(object);
      if (!object || !known || isProduced(objects, kind, workload.namespace, name.value)) continue;
      for (const key of keys) {
        if (known.includes(key.value) || isOpenText(key.value)) continue;
        const nearest = nearestName(known, key.value);
        const fix = nearest === undefined ? undefined : replaceScalar(key, nearest, `Change to ${nearest}`);
        const advice = nearest === undefined ? '.' : `; did you mean ${nearest}?`;
        const start = `${asker.charAt(0).toUpperCase()}${asker.slice(1)}`;
        report(key, `${start} asks for key ${key.value}, which ${kind} ${name.value} does not have${advice}`, fix ? { fix: { ...fix, needsReview: true } } : {});
      }
    }
  },
};

/** Undefined for one without any: something in the cluster fills it. */
function keysOf({ root }: RenderedObject): readonly string[] | undefined {
  const keys = ['data', 'stringData', 'binaryData'].flatMap((field) => mapAt(root, field)?.pairs.map(({ key }) => key.value) ?? []);
  return keys.length === 0 ? undefined : keys;
}

function example(key: string): string {
  return `#- kustomization.yaml
resources: [objects.yaml]
#- objects.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      env:
        - name: LEVEL
          valueFrom: {configMapKeyRef: {name: settings, key: ${key}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: debug}
`;
}
