import assert from 'node:assert/strict';
import { workloadRules } from '../../../../src/core/rules/workload/workloadRules.js';
import { hostNetwork } from '../../../../src/core/rules/workload/hostNetwork.js';
import { hostPath } from '../../../../src/core/rules/workload/hostPath.js';
import { privileged } from '../../../../src/core/rules/workload/privileged.js';
import { probes } from '../../../../src/core/rules/workload/probes.js';
import { resources } from '../../../../src/core/rules/workload/resources.js';
import { runAsRoot } from '../../../../src/core/rules/workload/runAsRoot.js';
import { checkRule } from '../../../support/rules/checkRule.js';

/** A workload with one container, read through a base; `patch` is laid over it. */
const workload = (pod: string, container: string, kind = 'Deployment'): string => `#- overlays/prod/kustomization.yaml
resources:
- ../../base
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
apiVersion: apps/v1
kind: ${kind}
metadata:
  name: web
spec:
  template:
    spec:
${pod}      containers:
      - image: web:1
        name: web
${container}`;

describe('workload', () => {
  it('is off unless it is switched on', () => assert.deepEqual([...new Set(workloadRules.map(({ severity }) => severity))], ['off']));
});

describe('workload/privileged', () => {
  it('finds it set to true alone', () => {
    checkRule(privileged, workload('', '        securityContext:\n          privileged: true\n#                     ^^^^ all the rights of its node'));
    checkRule(privileged, workload('', '        securityContext:\n          privileged: false'));
    checkRule(privileged, workload('', ''));
  });
});

describe('workload/host-path', () => {
  it('finds volumes of the node', () => {
    checkRule(
      hostPath,
      workload(
        '      volumes:\n      - name: a\n        hostPath:\n          path: /data\n#               ^^^^^ This volume is /data of the node\n      - name: b\n        emptyDir: {}\n',
        '',
      ),
    );
  });
});

describe('workload/host-network', () => {
  it('finds what a pod shares with its node', () => {
    checkRule(
      hostNetwork,
      workload('      hostNetwork: true\n#                  ^^^^ shares the network\n      hostPID: true\n#              ^^^^ shares the processes\n      hostIPC: false\n', ''),
    );
  });
});

describe('workload/resources', () => {
  it('finds what is missing, name by name', () => {
    checkRule(resources, workload('', '#             ^^^ The container web sets no requests.cpu, requests.memory, limits.memory'));
    checkRule(resources, workload('', '#             ^^^ The container web sets no limits.memory\n        resources:\n          requests: {cpu: 1, memory: 1Gi}'));
  });

  it('takes a limit for the request too, and asks for no limit of CPU', () => {
    checkRule(resources, workload('', '        resources:\n          limits: {cpu: 1, memory: 1Gi}'));
    checkRule(resources, workload('', '        resources:\n          requests: {cpu: 1}\n          limits: {memory: 1Gi}'));
  });

  it('is quiet beside a LimitRange', () => {
    checkRule(resources, workload('', '---\napiVersion: v1\nkind: LimitRange\nmetadata:\n  name: defaults'));
  });
});

describe('workload/probes', () => {
  it('finds long-running containers without a readiness probe', () => {
    checkRule(probes, workload('', '#             ^^^ The container web has no readinessProbe'));
    checkRule(probes, workload('', '        readinessProbe: {tcpSocket: {port: 1}}'));
    checkRule(probes, workload('', '', 'ReplicaSet'));
  });
});

describe('workload/run-as-root', () => {
  it('finds containers that nothing keeps from it, and a user 0', () => {
    checkRule(runAsRoot, workload('', '#             ^^^ Nothing keeps the container web from running as root'));
    checkRule(runAsRoot, workload('', '        securityContext:\n          runAsUser: 0\n#                    ^ Nothing keeps'));
  });

  it('takes the pod’s settings for the container’s', () => {
    checkRule(runAsRoot, workload('      securityContext:\n        runAsNonRoot: true\n', ''));
    checkRule(runAsRoot, workload('      securityContext:\n        runAsUser: 1000\n', ''));
  });
});
