/** workload/resources: containers that don’t say what they need. Off unless it is switched on. */
import { containersIn } from '../environmentContainers.js';
import { nodeAt } from '../fileNodes.js';
import type { EnvironmentRule } from '../rule.js';

export const resources: EnvironmentRule = {
  id: 'workload/resources',
  title: 'Container without requests or limits',
  severity: 'off',
  scope: 'environment',
  what: 'A container has no requests for CPU and memory, or no limit for memory.',
  why: 'The scheduler places the pod as if it needed nothing, and on a full node it is the first to be killed; without a limit it takes the memory of its neighbors. A limit for CPU is not asked for: it slows down more than it protects.',
  mend: 'Set `resources.requests` for CPU and memory and `resources.limits.memory`; a LimitRange in the namespace may do it too.',
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
        resources:
          requests: {cpu: 50m, memory: 64Mi}
          limits: {memory: 64Mi}`,
  },
  hasFix: false,
  check({ rendering }, report) {
    // Defaults of the namespace, as far as they come with the app.
    if (rendering.objects.some(({ id }) => id.kind === 'LimitRange')) return;
    for (const { node, list, name } of containersIn(rendering)) {
      if (list === 'ephemeralContainers') continue;
      const missing = wanted.filter((path) => nodeAt(node, ['resources', ...path]) === undefined);
      // A request that is missing is taken from the limit.
      const open = missing.filter(([kind, what]) => kind === 'limits' || nodeAt(node, ['resources', 'limits', what]) === undefined);
      const place = node.pair('name')?.value ?? node;
      if (open.length > 0) report(place, `The container ${name ?? ''} sets no ${open.map((path) => path.join('.')).join(', ')}.`);
    }
  },
};

const wanted = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['limits', 'memory'],
] as const;
