/** workload/run-as-root: containers that nothing keeps from running as root. Off unless it is switched on. */
import { scalarValue } from '../../yaml/nodes.js';
import { containersIn } from '../environmentContainers.js';
import { nodeAt } from '../fileNodes.js';
import type { EnvironmentRule } from '../rule.js';

export const runAsRoot: EnvironmentRule = {
  id: 'workload/run-as-root',
  title: 'Container that may run as root',
  severity: 'off',
  scope: 'environment',
  what: 'Neither the container nor its pod sets `runAsNonRoot: true` or a `runAsUser` other than 0.',
  why: 'A process that runs as root in the container is root on the node once it breaks out, and namespaces with the restricted Pod Security Standard refuse the pod.',
  mend: 'Set `securityContext.runAsNonRoot: true`, and a user in the image or `runAsUser`.',
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
      containers:
      - name: web
        image: web:1.0.0
        securityContext:
          runAsNonRoot: true`,
  },
  hasFix: false,
  check({ rendering }, report) {
    for (const { node, pods, list, name } of containersIn(rendering)) {
      if (list === 'ephemeralContainers') continue;
      const setting = (field: string) => nodeAt(node, ['securityContext', field]) ?? nodeAt(pods.spec, ['securityContext', field]);
      const user = setting('runAsUser');
      if (scalarValue(setting('runAsNonRoot')) === 'true' || (user && scalarValue(user) !== '0')) continue;
      report(user ?? node.pair('name')?.value ?? node, `Nothing keeps the container ${name ?? ''} from running as root: set runAsNonRoot, or a runAsUser other than 0.`);
    }
  },
};
