/** What keeps claims, volumes and classes of attributes from going, and lets them go. */
import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { ObjectApi } from '../../../src/sandbox/api/objectApi.js';
import { SteppedClock } from '../../../src/sandbox/clock.js';
import { mapsAt, stringAt } from '../../../src/core/live/readFields.js';
import { findCondition } from '../../../src/sandbox/workloads/conditions.js';
import { startWorkloads, type Workloads } from '../../../src/sandbox/workloads/workloads.js';
import type { ImageAnswer } from '../../../src/sandbox/workloads/world.js';
import { seededRandom } from '../../support/cluster/randomManifests.js';
import { loadSandboxKinds } from '../../support/sandboxKinds.js';

const kinds = loadSandboxKinds();

describe('storage that is deleted', () => {
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

  const create = (apiVersion: string, kind: string, name: string, spec: JsonObject): LiveObject => {
    const isNamespaced = kind !== 'PersistentVolume' && kind !== 'VolumeAttributesClass';
    return api.create(
      { apiVersion, kind, metadata: { name, ...(isNamespaced && { namespace: 'default' }) }, ...(isNamespaced || kind === 'PersistentVolume' ? { spec } : spec) },
      'test',
    );
  };
  const idOf = (kind: string, name: string): { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string } => ({
    group: kind === 'VolumeAttributesClass' ? 'storage.k8s.io' : '',
    kind,
    namespace: kind === 'PersistentVolume' || kind === 'VolumeAttributesClass' ? '' : 'default',
    name,
  });
  const find = (kind: string, name: string): LiveObject | undefined => api.get(idOf(kind, name));
  const drop = (kind: string, name: string): void => {
    api.delete(idOf(kind, name));
    clock.step(1000);
  };
  const claim = (fields: JsonObject = {}): LiveObject =>
    create('v1', 'PersistentVolumeClaim', 'data', { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...fields });
  const pod = (name: string): LiveObject =>
    create('v1', 'Pod', name, { containers: [{ name: 'web', image: 'web:1' }], volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });

  it('goes where nothing uses it, bound or not; the volume that was made for it goes along', () => {
    claim({ storageClassName: 'nowhere' });
    clock.step(1000);
    drop('PersistentVolumeClaim', 'data');
    assert.equal(find('PersistentVolumeClaim', 'data'), undefined);
    claim();
    clock.step(1000);
    const volume = stringAt(find('PersistentVolumeClaim', 'data'), 'spec', 'volumeName');
    assert.equal(stringAt(find('PersistentVolume', volume), 'status', 'phase'), 'Bound');
    drop('PersistentVolumeClaim', 'data');
    assert.equal(find('PersistentVolumeClaim', 'data'), undefined);
    assert.equal(find('PersistentVolume', volume), undefined);
  });

  it('waits for the pods that use it, and keeps others from starting', () => {
    claim();
    pod('web');
    clock.step(30_000);
    assert.equal(stringAt(find('Pod', 'web'), 'status', 'phase'), 'Running');
    drop('PersistentVolumeClaim', 'data');
    assert.notEqual(find('PersistentVolumeClaim', 'data')?.metadata.deletionTimestamp, undefined);
    pod('late');
    clock.step(1000);
    const message = stringAt(findCondition(mapsAt(find('Pod', 'late'), 'status', 'conditions'), 'PodScheduled'), 'message');
    assert.match(message, /^0\/1 nodes are available: persistentvolumeclaim "data" is being deleted\./);
    drop('Pod', 'web');
    clock.step(60_000);
    assert.equal(find('Pod', 'web'), undefined);
    assert.equal(find('PersistentVolumeClaim', 'data'), undefined);
  });

  it('waits for the claim of a volume, and for what has a class of attributes', () => {
    create('storage.k8s.io/v1', 'VolumeAttributesClass', 'fast', { driverName: 'a.b', parameters: { iops: '1' } });
    claim({ volumeAttributesClassName: 'fast' });
    clock.step(1000);
    const volume = stringAt(find('PersistentVolumeClaim', 'data'), 'spec', 'volumeName');
    drop('PersistentVolume', volume);
    drop('VolumeAttributesClass', 'fast');
    assert.notEqual(find('PersistentVolume', volume)?.metadata.deletionTimestamp, undefined);
    assert.notEqual(find('VolumeAttributesClass', 'fast')?.metadata.deletionTimestamp, undefined);
    drop('PersistentVolumeClaim', 'data');
    assert.equal(find('PersistentVolume', volume), undefined);
    assert.equal(find('VolumeAttributesClass', 'fast'), undefined);
  });

  it('keeps a volume that was not made for its claim', () => {
    create('v1', 'PersistentVolume', 'disk', {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: '/disk' },
    });
    claim({ volumeName: 'disk' });
    clock.step(1000);
    drop('PersistentVolumeClaim', 'data');
    assert.equal(find('PersistentVolumeClaim', 'data'), undefined);
    assert.notEqual(find('PersistentVolume', 'disk'), undefined);
    drop('PersistentVolume', 'disk');
    assert.equal(find('PersistentVolume', 'disk'), undefined);
  });
});
