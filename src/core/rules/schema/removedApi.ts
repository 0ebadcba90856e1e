/** API versions that the target version no longer serves. */
import type { EnvironmentRule } from '../rule.js';
import { apiVersionOf } from '../../objects/resId.js';
import { agingObjectsOf } from './apiVersions.js';

export const removedApi: EnvironmentRule = {
  id: 'schema/removed-api',
  scope: 'environment',
  title: 'API version that is gone',
  severity: 'error',
  what: 'A rendered object of an API version that the Kubernetes version delivered to (`kubernetesVersion` in the settings) no longer serves.',
  why: 'The API server answers `no matches for kind`, and with Argo CD and Flux the whole sync stops there.',
  mend: 'Use the version that took its place. Where its fields are the same the fix changes `apiVersion`; patches that name the old version have to follow.',
  examples: {
    bad: `#- kustomization.yaml
resources: [budget.yaml]
#- budget.yaml
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
`,
    good: `#- kustomization.yaml
resources: [budget.yaml]
#- budget.yaml
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
`,
  },
  hasFix: true,
  check: (checked, report, context) => {
    for (const { object, apiVersion, lifecycle, isRemoved, advice, fix } of agingObjectsOf(checked, context)) {
      if (!isRemoved) continue;
      const { kind } = object.id;
      const message = `Kubernetes ${context.settings.kubernetesVersion} has no ${kind} of ${apiVersionOf(object.id)}: it was removed in 1.${lifecycle.removedIn ?? ''}${advice}.`;
      report(apiVersion, message, fix ? { fix } : {});
    }
  },
};
