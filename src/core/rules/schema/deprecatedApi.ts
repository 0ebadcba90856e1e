/** API versions that the target version still serves, and a later one won't. */
import type { EnvironmentRule } from '../rule.js';
import { apiVersionOf } from '../../objects/resId.js';
import { agingObjectsOf } from './apiVersions.js';

export const deprecatedApi: EnvironmentRule = {
  id: 'schema/deprecated-api',
  scope: 'environment',
  title: 'Deprecated API version',
  severity: 'warning',
  what: 'A rendered object of an API version that the Kubernetes version delivered to (`kubernetesVersion` in the settings) still serves, but that is deprecated.',
  why: 'A later upgrade of the cluster removes it, and then the environment no longer syncs.',
  mend: 'Use the version that takes its place. Where its fields are the same the fix changes `apiVersion`; patches that name the old version have to follow.',
  examples: {
    bad: `apiVersion: resource.k8s.io/v1beta1
kind: DeviceClass
metadata: {name: gpu}
spec: {}
`,
    good: `apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: gpu}
spec: {}
`,
  },
  hasFix: true,
  check: (checked, report, context) => {
    for (const { object, apiVersion, lifecycle, isRemoved, advice, fix } of agingObjectsOf(checked, context)) {
      if (isRemoved) continue;
      const { kind } = object.id;
      const end = lifecycle.removedIn === undefined ? '' : ` and removed in 1.${lifecycle.removedIn}`;
      report(apiVersion, `${kind} of ${apiVersionOf(object.id)} is deprecated since Kubernetes 1.${lifecycle.deprecatedIn}${end}${advice}.`, fix ? { fix } : {});
    }
  },
};
