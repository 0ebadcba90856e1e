/** What keeps simulated pods from running, brought about as in a real cluster, in the words that a real one has for it. */
import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { ObjectApi } from '../../../src/sandbox/api/objectApi.js';
import { SteppedClock } from '../../../src/sandbox/clock.js';
import { mapsAt, objectAt, stringAt } from '../../../src/core/live/readFields.js';
import { findCondition } from '../../../src/sandbox/workloads/conditions.js';
import { startWorkloads, type Workloads } from '../../../src/sandbox/workloads/workloads.js';
import type { ImageAnswer } from '../../../src/sandbox/workloads/world.js';
import { seededRandom } from '../../support/cluster/randomManifests.js';
import { loadSandboxKinds } from '../../support/sandboxKinds.js';

const kinds = loadSandboxKinds();

describe('simulated pods that do not run', () => {
  let clock: SteppedClock;
  let api: ObjectApi;
  let workloads: Workloads | undefined;

  beforeEach(() => {
    clock = new SteppedClock(Date.UTC(2026, 0, 1, 12));
    api = new ObjectApi({ kinds, clock });
    const images = { lookUp: (): ImageAnswer => ({ found: true, digest: `sha256:${'0'.repeat(64)}` }) };
    workloads = startWorkloads({ store: api, clock, random: seededRandom(1), images, nodes: 1, report: (error) => assert.fail(String(error)) });
  });
  afterEach(() => workloads?.stop());

  const create = (apiVersion: string, kind: string, name: string, spec: JsonObject, more: JsonObject = {}): LiveObject =>
    api.create({ apiVersion, kind, metadata: { name, namespace: 'default' }, spec, ...more }, 'test');
  const pod = (spec: JsonObject = {}, resources: JsonObject = {}): LiveObject => create('v1', 'Pod', 'web', { containers: [{ name: 'web', image: 'web:1', resources }], ...spec });
  const get = (group: string, kind: string, name: string): LiveObject => api.get({ group, kind, namespace: 'default', name }) ?? assert.fail(`no ${kind} ${name}`);
  const phase = (): string => stringAt(get('', 'Pod', 'web'), 'status', 'phase');
  const scheduler = (): string => {
    clock.step(1000);
    return stringAt(findCondition(mapsAt(get('', 'Pod', 'web'), 'status', 'conditions'), 'PodScheduled'), 'message');
  };
  const events = (name: string): readonly string[] =>
    api
      .list('', 'Event', 'default')
      .filter((event) => stringAt(event, 'involvedObject', 'name') === name)
      .map((event) => `${stringAt(event, 'reason')}: ${stringAt(event, 'message')}`);
  const taint = (taints: readonly JsonObject[]): void =>
    void api.patch({ group: '', kind: 'Node', namespace: '', name: 'sandbox-node-1' }, { spec: { taints } }, { manager: 'kubectl' });
  const noNode = (why: string): string =>
    `0/1 nodes are available: ${why}. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`;

  it('ask for more than a node has', () => {
    pod({}, { requests: { cpu: '9000m', memory: '33Gi' } });
    assert.equal(scheduler(), noNode('1 Insufficient cpu, 1 Insufficient memory'));
    assert.equal(phase(), 'Pending');
    assert.deepEqual(events('web'), [`FailedScheduling: ${scheduler()}`]);
  });

  it('ask for a node that is not there, until there is one', () => {
    pod({ nodeSelector: { disk: 'ssd' } });
    assert.equal(scheduler(), noNode("1 node(s) didn't match Pod's node affinity/selector"));
    api.patch({ group: '', kind: 'Node', namespace: '', name: 'sandbox-node-1' }, { metadata: { labels: { disk: 'ssd' } } }, { manager: 'kubectl' });
    clock.step(10_000);
    assert.equal(phase(), 'Running');
  });

  it('do not tolerate the taint of a node, or find it cordoned', () => {
    taint([{ key: 'team', value: 'a', effect: 'NoSchedule' }]);
    pod();
    assert.equal(scheduler(), noNode('1 node(s) had untolerated taint {team: a}'));
    create('v1', 'Pod', 'other', { containers: [{ name: 'web', image: 'web:1' }], tolerations: [{ key: 'team', operator: 'Exists' }] });
    clock.step(10_000);
    assert.equal(stringAt(get('', 'Pod', 'other'), 'status', 'phase'), 'Running');
    api.patch({ group: '', kind: 'Node', namespace: '', name: 'sandbox-node-1' }, { spec: { unschedulable: true } }, { manager: 'kubectl' });
    assert.equal(scheduler(), noNode('1 node(s) were unschedulable'));
  });

  it('wait for a claim whose class is not there, until it is', () => {
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    create('v1', 'PersistentVolumeClaim', 'data', { ...claim, storageClassName: 'fast' });
    pod({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
    assert.equal(scheduler(), '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found');
    assert.deepEqual(events('data'), ['ProvisioningFailed: storageclass.storage.k8s.io "fast" not found']);
    assert.equal(stringAt(get('', 'PersistentVolumeClaim', 'data'), 'status', 'phase'), 'Pending');
    api.create({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'a.b/c' }, 'test');
    clock.step(10_000);
    assert.equal(stringAt(get('', 'PersistentVolumeClaim', 'data'), 'status', 'phase'), 'Bound');
    assert.equal(phase(), 'Running');
  });

  it('name a claim that is not there; one without a class gets the default one', () => {
    pod({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
    assert.equal(scheduler(), '0/1 nodes are available: persistentvolumeclaim "data" not found. not found');
    create('v1', 'PersistentVolumeClaim', 'data', { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } });
    clock.step(10_000);
    assert.equal(stringAt(get('', 'PersistentVolumeClaim', 'data'), 'spec', 'storageClassName'), 'standard');
    assert.equal(phase(), 'Running');
  });

  it('are refused by a quota, which their Deployment says', () => {
    create('v1', 'ResourceQuota', 'few', { hard: { pods: '2', 'requests.memory': '1Gi' } });
    clock.step(1000);
    const template = (resources: JsonObject): JsonObject => ({ metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'web', image: 'web:1', resources }] } });
    const selector = { matchLabels: { a: 'b' } };
    create('apps/v1', 'Deployment', 'shop', { replicas: 3, selector, template: template({ requests: { memory: '256Mi' } }) });
    create('apps/v1', 'Deployment', 'silent', { replicas: 1, selector, template: template({}) });
    clock.step(20_000);
    const failure = (name: string): string => stringAt(findCondition(mapsAt(get('apps', 'Deployment', name), 'status', 'conditions'), 'ReplicaFailure'), 'message');
    assert.match(failure('shop'), /^pods "shop-\w+-\w+" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2$/);
    assert.match(failure('silent'), /^pods "silent-\w+-\w+" is forbidden: failed quota: few: must specify requests.memory for: web$/);
    assert.deepEqual(objectAt(get('', 'ResourceQuota', 'few'), 'status'), { hard: { pods: '2', 'requests.memory': '1Gi' }, used: { pods: '2', 'requests.memory': '512Mi' } });
    api.patch({ group: '', kind: 'ResourceQuota', namespace: 'default', name: 'few' }, { spec: { hard: { pods: '5' } } }, { manager: 'kubectl' });
    clock.step(30_000);
    assert.equal(failure('shop'), '');
  });
});
