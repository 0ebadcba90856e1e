/** workload/host-network: pods that share the network or processes of their node. Off unless it is switched on. */
import { podSpecOf } from '../../objects/podSpecs.js';
import { scalarValue } from '../../yaml/nodes.js';
import type { EnvironmentRule } from '../rule.js';

export const hostNetwork: EnvironmentRule = {
  id: 'workload/host-network',
  title: 'Pod in the network of its node',
  severity: 'off',
  scope: 'environment',
  what: 'A pod has `hostNetwork`, `hostPID` or `hostIPC` set to true.',
  why: 'It sees the traffic or the processes of the node, its ports collide with those of other pods, and network policies don’t hold for it.',
  mend: 'Take the field out; reach the pod through a Service or a `hostPort`.',
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
      hostNetwork: true
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
      hostNetwork: false
      containers:
      - name: web
        image: web:1.0.0`,
  },
  hasFix: false,
  check({ rendering }, report) {
    for (const { id, root } of rendering.objects) {
      const spec = podSpecOf(id, root)?.spec;
      for (const [field, what] of shared) {
        const value = spec?.get(field);
        if (value && scalarValue(value) === 'true') report(value, `The pod shares ${what} with its node.`);
      }
    }
  },
};

const shared = [
  ['hostNetwork', 'the network'],
  ['hostPID', 'the processes'],
  ['hostIPC', 'the memory between processes'],
] as const;
