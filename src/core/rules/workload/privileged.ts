/** workload/privileged: containers with all the rights of their node. Off unless it is switched on. */
import { scalarValue } from '../../yaml/nodes.js';
import { containersIn } from '../environmentContainers.js';
import { nodeAt } from '../fileNodes.js';
import type { EnvironmentRule } from '../rule.js';

export const privileged: EnvironmentRule = {
  id: 'workload/privileged',
  title: 'Privileged container',
  severity: 'off',
  scope: 'environment',
  what: 'A container has `privileged: true` in its `securityContext`.',
  why: 'Whoever breaks out of the process owns the node, and with it every pod on it.',
  mend: 'Take it out, and give the capabilities that are needed with `capabilities.add`.',
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
      containers:
      - name: web
        image: web:1.0.0
        securityContext:
          privileged: true`,
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
      containers:
      - name: web
        image: web:1.0.0
        securityContext:
          privileged: false`,
  },
  hasFix: false,
  check({ rendering }, report) {
    for (const { node } of containersIn(rendering)) {
      const value = nodeAt(node, ['securityContext', 'privileged']);
      if (value && scalarValue(value) === 'true') report(value, 'This container has all the rights of its node: give it the capabilities that it needs instead.');
    }
  },
};
