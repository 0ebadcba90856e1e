/** workload/host-path: pods that mount files of their node. Off unless it is switched on. */
import { podSpecOf } from '../../objects/podSpecs.js';
import { nodeAt } from '../fileNodes.js';
import type { EnvironmentRule } from '../rule.js';

export const hostPath: EnvironmentRule = {
  id: 'workload/host-path',
  title: 'Volume from the node',
  severity: 'off',
  scope: 'environment',
  what: 'A pod mounts a folder or file of its node with `hostPath`.',
  why: 'The pod reads or changes what belongs to the node and to other pods, and what it keeps there is gone when it is scheduled elsewhere.',
  mend: 'Use a PersistentVolumeClaim, an `emptyDir`, or a ConfigMap.',
  examples: {
    bad: `#- overlays/prod/kustomization.yaml
resources:
- web.yaml
#- overlays/prod/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      volumes:
      - name: data
        hostPath:
          path: /var/data
      containers:
      - name: web
        image: web:1.0.0`,
    good: `#- overlays/prod/kustomization.yaml
resources:
- web.yaml
#- overlays/prod/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      volumes:
      - name: data
        emptyDir: {}
      containers:
      - name: web
        image: web:1.0.0`,
  },
  hasFix: false,
  check({ rendering }, report) {
    for (const { id, root } of rendering.objects) {
      const volumes = podSpecOf(id, root)?.spec.get('volumes');
      for (const volume of volumes?.kind === 'sequence' ? volumes.items : []) {
        const path = nodeAt(volume, ['hostPath', 'path']);
        if (path?.kind === 'scalar') report(path, `This volume is ${path.value} of the node: what the pod keeps there stays behind when it moves.`);
      }
    }
  },
};
