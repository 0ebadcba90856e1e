/** Autoscalers of workloads that nothing brings. */
import { parseApiVersion } from '../../objects/resId.js';
import type { RuleFacts, WorkspaceRule } from '../rule.js';
import { mapAt, textAt } from './environmentObjects.js';
import { defineReferenceRule } from './referenceRule.js';

const facts: RuleFacts = {
  id: 'references/missing-scale-target',
  title: 'Autoscaler of a workload that nothing brings',
  severity: 'warning',
  what: "A HorizontalPodAutoscaler, VerticalPodAutoscaler or KEDA ScaledObject whose target neither this environment nor another one of the same namespace renders; kinds that aren't Kubernetes' own are left alone.",
  why: 'Nothing is scaled: the autoscaler reports `FailedGetScale`, and no rollout fails.',
  mend: 'Name the workload as it is rendered, with its kind. A `namePrefix` changes `scaleTargetRef` too, as long as kind and name fit.',
  examples: {
    bad: example('webb'),
    good: example('web'),
  },
  hasFix: true,
};

const workloadKinds = ['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet', 'ReplicationController'];

export const missingScaleTarget: WorkspaceRule = defineReferenceRule(facts, workloadKinds, function* (objects) {
  for (const [scaler, field] of scalers) {
    for (const object of objects.ofKind(scaler)) {
      const target = mapAt(object.root, 'spec', field);
      const name = textAt(target, 'name');
      const kind = textAt(target, 'kind')?.value ?? 'Deployment';
      const { group } = parseApiVersion(textAt(target, 'apiVersion')?.value ?? 'apps/v1');
      if (!name || !workloadKinds.includes(kind) || !['', 'apps', 'extensions'].includes(group)) continue;
      const actual = kind === 'ReplicationController' ? '' : 'apps';
      yield { group: actual, kind, namespace: objects.namespaceOf(object), name, sentence: `${scaler} ${object.id.name} scales ${kind} ${name.value}` };
    }
  }
});

const scalers = [
  ['HorizontalPodAutoscaler', 'scaleTargetRef'],
  ['VerticalPodAutoscaler', 'targetRef'],
  ['ScaledObject', 'scaleTargetRef'],
] as const;

function example(target: string): string {
  return `#- kustomization.yaml
resources: [objects.yaml]
#- objects.yaml
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${target}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
`;
}
