import assert from 'node:assert/strict';
import { rulesOfDeclaration, rulesOfSettings, systemRules } from '../../../src/core/drift/ignoreRules.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import type { ResId } from '../../../src/core/objects/resId.js';

const id: ResId = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const live: LiveObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'shop',
    labels: { tier: 'front' },
    managedFields: [{ manager: 'scaler', operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
  },
  spec: { replicas: 5, paused: true },
};

const application = (ignoreDifferences: readonly object[]): never => ({ kind: 'Application', metadata: { name: 'orders' }, spec: { ignoreDifferences } }) as never;
const stripped = (rules: ReturnType<typeof rulesOfDeclaration>): unknown =>
  rules.filter((rule) => rule.matches(id, live)).reduce<Record<string, unknown>>((side, rule) => ({ ...rule.strip(side as never, live) }), { ...live })['spec'];

describe('what is left out of comparisons', () => {
  it('is what ignoreDifferences points at, for objects that fit', () => {
    assert.deepEqual(stripped(rulesOfDeclaration(application([{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }]))), { paused: true });
    assert.deepEqual(stripped(rulesOfDeclaration(application([{ group: '*', kind: '*', jqPathExpressions: ['.spec.paused'] }]))), { replicas: 5 });
    assert.deepEqual(stripped(rulesOfDeclaration(application([{ group: 'apps', kind: 'Deployment', name: 'other', jsonPointers: ['/spec/replicas'] }]))), live['spec']);
    assert.deepEqual(stripped(rulesOfDeclaration(application([{ kind: 'Deployment', jsonPointers: ['/spec/replicas'] }]))), live['spec'], 'a missing group is the core group');
  });

  it('is what the named managers own', () => {
    const rules = rulesOfDeclaration(application([{ group: 'apps', kind: 'Deployment', managedFieldsManagers: ['scaler'] }]));
    assert.deepEqual(stripped(rules), { paused: true });
    assert.deepEqual(
      rules.map(({ reason }) => reason),
      ['ignoreDifferences of Application orders (fields of scaler)'],
    );
  });

  it('says which expressions of jq are not evaluated, and leaves nothing out for them', () => {
    const [rule] = rulesOfDeclaration(application([{ group: 'apps', kind: 'Deployment', jqPathExpressions: ['.spec | to_entries'] }]));
    assert.match(rule?.problem ?? '', /^ignoreDifferences of Application orders: not evaluated, as the function to_entries /);
    assert.equal(rule?.strip(live, live), live);
  });

  it('is what Flux ignores, by its selectors', () => {
    const flux = (target: object): never => ({ kind: 'Kustomization', metadata: { name: 'apps' }, spec: { ignore: [{ paths: ['/spec/replicas'], target }] } }) as never;
    assert.deepEqual(stripped(rulesOfDeclaration(flux({ kind: 'Deploy.*' }))), { paused: true });
    assert.deepEqual(stripped(rulesOfDeclaration(flux({ labelSelector: 'tier in (front, back)' }))), { paused: true });
    assert.deepEqual(stripped(rulesOfDeclaration(flux({ labelSelector: 'tier=back' }))), live['spec']);
    assert.deepEqual(stripped(rulesOfDeclaration(flux({ kind: 'Deploy' }))), live['spec'], 'a selector fits the whole text');
  });

  it('is what the settings say', () => {
    const setting = { group: undefined, kind: 'Dep*', name: undefined, namespace: 'shop', path: '/spec/replicas', reason: 'scaled by hand' };
    assert.deepEqual(stripped(rulesOfSettings([setting])), { paused: true });
    assert.deepEqual(stripped(rulesOfSettings([{ ...setting, namespace: 'other' }])), live['spec']);
  });

  it('is what the cluster fills in', () => {
    const role: LiveObject = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'all' },
      aggregationRule: { clusterRoleSelectors: [] },
      rules: [{ verbs: ['get'] }],
    };
    const rules = systemRules.filter((rule) => rule.matches({ group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole', namespace: '', name: 'all' }, role));
    assert.deepEqual(
      rules.map((rule) => Object.keys(rule.strip(role, role))),
      [['apiVersion', 'kind', 'metadata', 'aggregationRule']],
    );
  });
});
