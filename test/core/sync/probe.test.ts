import assert from 'node:assert/strict';
import { meaningOf, type RefusalMeaning } from '../../../src/core/sync/probe.js';

function meaning(code: string, message: string, cause?: string): RefusalMeaning {
  return meaningOf({ kind: 'refused', code, message, causes: cause === undefined ? [] : [{ reason: 'FieldValueInvalid', field: 'spec', message: cause }] });
}

describe('a refused dry run', () => {
  // The words of kube-apiserver v1.34.2 to `kubectl apply --server-side --force-conflicts --dry-run=server`.
  it('is about a field that cannot be changed, in whichever words a kind has for that', () => {
    const messages = [
      'Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
      'Invalid value: ["10.0.0.77"]: may not change once set',
      "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      'Forbidden: field is immutable when `immutable` is set',
      'Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef',
      'Forbidden: updates to provisioner are forbidden.',
      'Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
    ];
    for (const message of messages) assert.equal(meaning('cluster/invalid', 'is invalid', message), 'immutable', message);
  });

  it('is about a mistake otherwise', () => {
    assert.equal(meaning('cluster/invalid', 'Deployment.apps "web" is invalid', 'Required value'), 'invalid');
    assert.equal(meaning('cluster/rejected', 'admission webhook "x" denied the request'), 'invalid');
  });

  it('is about the user, the kind or the namespace', () => {
    assert.equal(meaning('cluster/forbidden', 'no'), 'forbidden');
    assert.equal(meaning('cluster/kind-not-served', 'no'), 'kind-not-served');
    assert.equal(meaning('cluster/not-found', 'namespaces "x" not found'), 'namespace-missing');
  });
});
