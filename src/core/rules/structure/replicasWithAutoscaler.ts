/** Replicas that are written down although an autoscaler sets them. */
import type { Fix } from '../../base/problem.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { Environment } from '../../gitops/delivery.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';
import { removeField } from '../../yaml/edit.js';
import type { EnvironmentRule } from '../rule.js';

const workspace = (replicas: string): string => `#- kustomization.yaml
resources: [web.yaml]
#- web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
${replicas}  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1.4.2}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  minReplicas: 2
  maxReplicas: 10
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
`;

export const replicasWithAutoscaler: EnvironmentRule = {
  id: 'structure/replicas-with-autoscaler',
  scope: 'environment',
  title: 'Replicas that an autoscaler sets too',
  severity: 'warning',
  what: 'A workload says how many `replicas` it has, and a HorizontalPodAutoscaler or a ScaledObject of KEDA scales it. An Application that ignores differences of `replicas` is left alone.',
  why: 'Each sync sets the number that git says and the autoscaler takes it back: pods are killed and made anew at each deployment, at the time of the highest load most of all.',
  mend: 'Remove `replicas`: the autoscaler begins at `minReplicas`. Remove it in one step with the autoscaler already in place, as a workload without either has one replica.',
  examples: { bad: workspace('  replicas: 3\n'), good: workspace('') },
  hasFix: true,
  check: ({ environment, rendering }, report) => {
    if (ignoresReplicas(environment)) return;
    for (const scaler of rendering.objects) {
      const isScaler = scaler.id.kind === 'HorizontalPodAutoscaler' || (scaler.id.kind === 'ScaledObject' && scaler.id.group === 'keda.sh');
      const target = isScaler ? mapAt(scaler.root, 'spec', 'scaleTargetRef') : undefined;
      const name = scalarAt(target, 'name')?.value;
      const kind = scalarAt(target, 'kind')?.value ?? 'Deployment';
      const scaled = rendering.objects.find(({ id }) => id.kind === kind && id.name === name && id.namespace === scaler.id.namespace);
      const spec = mapAt(scaled?.root, 'spec');
      const replicas = scalarAt(spec, 'replicas');
      if (!spec || !replicas || /[${]/.test(replicas.value)) continue;
      const fix = removeFix(spec);
      report(
        replicas,
        `${kind} ${name ?? ''} has ${replicas.value} replicas here, and ${scaler.id.kind} ${scaler.id.name} sets them too: each sync undoes what it did.`,
        fix ? { fix } : {},
      );
    }
  },
};

function ignoresReplicas({ declaration }: Environment): boolean {
  const ignored = mapAt(declaration?.root, 'spec')?.get('ignoreDifferences') ?? mapAt(declaration?.root, 'spec')?.get('ignore');
  return ignored !== undefined && mentionsReplicas(ignored);
}

function mentionsReplicas(node: YamlNode): boolean {
  if (node.kind === 'scalar') return node.value.includes('replicas');
  return node.kind === 'sequence' ? node.items.some(mentionsReplicas) : node.pairs.some(({ value }) => mentionsReplicas(value));
}

/** Takes the field out where it stands in a file as it is; another environment may have no autoscaler, so somebody has to look. */
function removeFix(spec: MapNode): Fix | undefined {
  const isWritten = spec.step === undefined && spec.pairs.every(({ key, value }) => key.source === spec.source && key.step === undefined && value.source === spec.source);
  const changes = isWritten && spec.get('replicas')?.step === undefined ? removeField(spec, 'replicas') : undefined;
  return changes && { title: 'Remove replicas', changes, needsReview: true };
}
