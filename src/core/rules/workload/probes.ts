/** workload/probes: long-running containers that don’t say when they are ready. Off unless it is switched on. */
import { containersIn } from '../environmentContainers.js';
import type { EnvironmentRule } from '../rule.js';

export const probes: EnvironmentRule = {
  id: 'workload/probes',
  title: 'Container without a readiness probe',
  severity: 'off',
  scope: 'environment',
  what: 'A container of a Deployment, StatefulSet, DaemonSet or Rollout has no `readinessProbe`.',
  why: 'A rollout goes on as soon as the process runs: requests reach pods that can’t answer yet, and a version that never gets ready replaces one that works.',
  mend: 'Add a `readinessProbe`, such as `httpGet` on the path that the app answers when it is ready.',
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
        readinessProbe:
          httpGet: {path: /ready, port: 8080}`,
  },
  hasFix: false,
  check({ rendering }, report) {
    for (const { object, node, list, name } of containersIn(rendering)) {
      if (list !== 'containers' || !/^(Deployment|StatefulSet|DaemonSet|Rollout)$/.test(object.id.kind) || node.get('readinessProbe')) continue;
      report(node.pair('name')?.value ?? node, `The container ${name ?? ''} has no readinessProbe: a rollout takes it for ready as soon as it runs.`);
    }
  },
};
