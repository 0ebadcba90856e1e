/** Mounts of volumes that the pod does not have. */
import { nearestName } from '../../kustomize/decode/nearestField.js';
import { scalarValue } from '../../yaml/nodes.js';
import type { EnvironmentRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { isOpenText, mapsAt, objectsOf, textAt, type Workload } from './environmentObjects.js';

export const missingVolume: EnvironmentRule = {
  id: 'references/missing-volume',
  scope: 'environment',
  title: 'Mount of a volume that the pod does not have',
  severity: 'error',
  what: 'A `volumeMounts` entry that names a volume which the pod does not have, nor the StatefulSet a claim template.',
  why: 'The API server refuses the object: `volumeMounts[0].name: Not found`.',
  mend: 'Name the volume as it stands under `volumes`, or add it. An overlay that removes a volume has to remove its mounts.',
  examples: {
    bad: example('cach'),
    good: example('cache'),
  },
  hasFix: true,
  check: (checked, report) => {
    for (const workload of objectsOf(checked).workloads) {
      if (!workload.isPlain) continue;
      const volumes = volumesOf(workload);
      for (const { node, name } of workload.containers) {
        for (const field of ['volumeMounts', 'volumeDevices']) {
          for (const mount of mapsAt(node, field)) {
            const volume = textAt(mount, 'name');
            if (!volume || volumes.has(volume.value) || isOpenText(volume.value)) continue;
            const nearest = nearestName([...volumes], volume.value);
            const fix = nearest === undefined ? undefined : replaceScalar(volume, nearest, `Change to ${nearest}`);
            const { kind, name: owner } = workload.object.id;
            const advice = nearest === undefined ? '.' : `; did you mean ${nearest}?`;
            report(
              volume,
              `Container ${name ?? '?'} mounts volume ${volume.value}, which ${kind} ${owner} does not have${advice}`,
              fix ? { fix: { ...fix, needsReview: true } } : {},
            );
          }
        }
      }
    }
  },
};

/** The names of its volumes, with those that a StatefulSet makes out of its claim templates. */
function volumesOf({ object, pod }: Workload): ReadonlySet<string> {
  const names = mapsAt(pod.spec, 'volumes').map((volume) => scalarValue(volume.get('name')) ?? '');
  const claims = mapsAt(object.root, 'spec', 'volumeClaimTemplates').map((claim) => textAt(claim, 'metadata', 'name')?.value ?? '');
  return new Set([...names, ...claims]);
}

function example(volume: string): string {
  return `#- kustomization.yaml
resources: [pod.yaml]
#- pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: web:1
      volumeMounts:
        - name: ${volume}
          mountPath: /cache
  volumes:
    - name: cache
      emptyDir: {}
`;
}
