import assert from 'node:assert/strict';
import { predictHere } from '../../../src/core/drift/predictHere.js';
import type { JsonObject } from '../../../src/core/live/json.js';
import { isLiveObject, type LiveObject } from '../../../src/core/live/liveObject.js';
import { makeObjectType, type Field } from '../../../src/core/objects/objectType.js';
import { parseApiVersion } from '../../../src/core/objects/resId.js';
import { loadKubernetesTypes } from '../../support/rules/kubernetesTypes.js';

const types = loadKubernetesTypes();

/** What was applied by kubectl, as a server has it then. */
function appliedLive(manifest: JsonObject, filledIn: JsonObject): LiveObject {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({ ...manifest, metadata: { annotations: {}, name: 'a' } })}\n` };
  const live = { ...manifest, ...filledIn, metadata: { name: 'a', annotations: { ...annotations, 'deprecated.daemonset.template.generation': '1' } } };
  assert.ok(isLiveObject(live));
  return live;
}

function predict(manifest: JsonObject, live: LiveObject): LiveObject {
  const type = types.kind({ ...parseApiVersion(live.apiVersion), kind: live.kind }, '1.34')?.type;
  const prediction = predictHere(manifest, live, 'kubectl', type);
  assert.ok(prediction.ok, prediction.ok ? '' : prediction.reason);
  return prediction.object;
}

describe('predictHere', () => {
  const pods = { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } } };
  const deployment = (strategy: JsonObject): JsonObject => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { ...pods, strategy } });

  for (const strategy of [{ rollingUpdate: { maxUnavailable: 0 } }, { type: 'RollingUpdate' }]) {
    it(`keeps what the server chose beside ${JSON.stringify(strategy)}`, () => {
      const manifest = deployment(strategy);
      const filled = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%', ...strategy.rollingUpdate } };
      const live = appliedLive(manifest, { spec: { ...pods, strategy: filled } });
      assert.deepEqual(predict(manifest, live), live);
    });
  }

  it('tells of a strategy that was tuned by hand: the next apply sets it back', () => {
    const manifest = deployment({ type: 'RollingUpdate' });
    const live = appliedLive(manifest, { spec: { ...pods, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 3, maxSurge: 0 } } } });
    const predicted = predict(manifest, live);
    assert.deepEqual(predicted['spec'], { ...pods, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } } });
  });

  it('keeps the empty folder that a volume without a source gets', () => {
    const spec = (volume: JsonObject): JsonObject => ({ ...pods, template: { ...pods.template, spec: { ...pods.template.spec, volumes: [volume] } } });
    const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: spec({ name: 'tmp' }) };
    const live = appliedLive(manifest, { spec: spec({ name: 'tmp', emptyDir: {} }) });
    assert.deepEqual(predict(manifest, live), live);
  });

  it('keeps annotations of others where git has none, and two ports of one number', () => {
    const ports = [
      { containerPort: 53, name: 'tcp', protocol: 'TCP' },
      { containerPort: 53, name: 'udp', protocol: 'UDP' },
    ];
    const template = { ...pods.template, spec: { containers: [{ name: 'a', image: 'a', ports }] } };
    const manifest = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'a' }, spec: { ...pods, template } };
    const live = appliedLive(manifest, {});
    assert.deepEqual(predict(manifest, live), live);
  });

  it('takes base64 in several lines, and lists that the server has as null, for the same', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { a: 'YWFh\nYWFh\n' } };
    const liveSecret = appliedLive(secret, { data: { a: 'YWFhYWFh' } });
    assert.deepEqual(predict(secret, liveSecret), liveSecret);
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' }, rules: [] };
    const liveRole = appliedLive(role, { rules: null });
    assert.deepEqual(predict(role, liveRole), liveRole);
  });

  it('fills in the groups that bindings leave empty', () => {
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'a' },
      roleRef: { apiGroup: '', kind: 'Role', name: 'r' },
      subjects: [
        { apiGroup: '', kind: 'User', name: 'jane' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    };
    const group = 'rbac.authorization.k8s.io';
    const live = appliedLive(binding, { roleRef: { ...binding.roleRef, apiGroup: group }, subjects: [{ ...binding.subjects[0], apiGroup: group }, binding.subjects[1] ?? {}] });
    assert.deepEqual(predict(binding, live), live);
  });

  it('keeps what the schema of a custom kind fills in, and tells of another value', () => {
    const rule = makeObjectType(
      '',
      new Map([
        ['name', { type: { kind: 'string' }, isRequired: true, defaultValue: undefined }],
        ['reason', { type: { kind: 'string' }, isRequired: false, defaultValue: '"Invalid"' }],
      ]),
      false,
      false,
    );
    const rules: Field = { type: { kind: 'list', items: rule, listType: 'map', keys: ['name'] }, isRequired: false, defaultValue: undefined };
    const type = makeObjectType('', new Map([['rules', rules]]), false, false);
    const manifest = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, rules: [{ name: 'x' }] };
    for (const [reason, expected] of [
      ['Invalid', [{ name: 'x', reason: 'Invalid' }]],
      ['Other', [{ name: 'x' }]],
    ] as const) {
      const prediction = predictHere(manifest, appliedLive(manifest, { rules: [{ name: 'x', reason }] }), 'kubectl', type);
      assert.ok(prediction.ok);
      assert.deepEqual(prediction.object['rules'], expected);
    }
  });
});
