/**
 * PersistentVolumeClaims bind to volumes that are made for them, as by a provisioner that always can, where they name a
 * class that there is or there is a default one (kubernetes pkg/controller/volume/persistentvolume, v1.34).
 */
import type { LiveObject } from '../../core/live/liveObject.js';
import { objectAt, stringAt, textsAt, valueAt } from '../../core/live/readFields.js';
import type { Controller } from './controllers.js';
import { controllerManager } from './podTemplates.js';
import type { EventWords, World } from './world.js';

export const claims: Controller = {
  group: '',
  kind: 'PersistentVolumeClaim',
  reconcile(claim, world) {
    if (claim.metadata.deletionTimestamp !== undefined || stringAt(claim, 'status', 'phase') === 'Bound') return undefined;
    const refusal = stringAt(claim, 'spec', 'volumeName') === '' ? refusalOf(claim, world) : undefined;
    if (refusal) {
      world.tell(claim, { type: refusal.type, reason: refusal.reason, message: refusal.message, component: 'persistentvolume-controller' });
      world.writeStatus(claim, { phase: 'Pending' }, controllerManager);
      return undefined;
    }
    const volume = stringAt(claim, 'spec', 'volumeName') || provision(claim, world);
    const storage = valueAt(claim, 'spec', 'resources', 'requests', 'storage') ?? '1Gi';
    if (stringAt(claim, 'spec', 'volumeName') === '') {
      const annotations = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };
      world.patch(claim, { metadata: { annotations }, spec: { volumeName: volume } }, controllerManager);
    }
    world.writeStatus(claim, { phase: 'Bound', accessModes: [...textsAt(claim, 'spec', 'accessModes')], capacity: { storage } }, controllerManager);
    world.tell(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message: `Successfully provisioned volume ${volume}`, component: 'sandbox.gitops-workbench/provisioner' });
    return undefined;
  },
  *related(changed, world) {
    if (changed.kind !== 'StorageClass') return;
    for (const { metadata } of world.store.list('', 'PersistentVolumeClaim')) yield { namespace: metadata.namespace ?? '', name: metadata.name };
  },
  removed(claim, world) {
    const volume = world.get('', 'PersistentVolume', '', stringAt(claim, 'spec', 'volumeName'));
    if (!volume || stringAt(volume, 'spec', 'claimRef', 'uid') !== claim.metadata.uid) return;
    world.writeStatus(volume, { phase: 'Released', lastPhaseTransitionTime: world.time }, controllerManager);
    if (stringAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete') world.remove(volume);
  },
};

/** The class that the sandbox begins with, which is the default one. */
export function ensureStorageClass(world: World): void {
  if (world.get('storage.k8s.io', 'StorageClass', '', 'standard')) return;
  world.create(
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard', annotations: { [defaultClass]: 'true' } },
      provisioner: 'sandbox.gitops-workbench/provisioner',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    },
    'sandbox',
  );
}

const defaultClass = 'storageclass.kubernetes.io/is-default-class';

/** Why nothing provisions for the claim; undefined where something does. */
function refusalOf(claim: LiveObject, world: World): Pick<EventWords, 'type' | 'reason' | 'message'> | undefined {
  const name = valueAt(claim, 'spec', 'storageClassName');
  const classes = world.store.list('storage.k8s.io', 'StorageClass');
  if (typeof name === 'string' && name !== '') {
    const isThere = classes.some(({ metadata }) => metadata.name === name);
    return isThere ? undefined : { type: 'Warning', reason: 'ProvisioningFailed', message: `storageclass.storage.k8s.io "${name}" not found` };
  }
  if (name === undefined && classes.some(({ metadata }) => metadata.annotations?.[defaultClass] === 'true')) return undefined;
  return { type: 'Normal', reason: 'FailedBinding', message: 'no persistent volumes available for this claim and no storage class is set' };
}

function provision(claim: LiveObject, world: World): string {
  const { uid = '', namespace = '' } = claim.metadata;
  const name = `pvc-${uid}`;
  if (world.get('', 'PersistentVolume', '', name)) return name;
  const spec = {
    accessModes: [...textsAt(claim, 'spec', 'accessModes')],
    capacity: { storage: valueAt(claim, 'spec', 'resources', 'requests', 'storage') ?? '1Gi' },
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim.metadata.name, uid },
    hostPath: { path: `/sandbox/${name}` },
    persistentVolumeReclaimPolicy: 'Delete',
    ...(stringAt(claim, 'spec', 'storageClassName') !== '' && { storageClassName: stringAt(claim, 'spec', 'storageClassName') }),
    ...(Object.keys(objectAt(claim, 'spec')).includes('volumeMode') && { volumeMode: stringAt(claim, 'spec', 'volumeMode') }),
  };
  const volume = world.create({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec }, controllerManager);
  world.writeStatus(volume, { phase: 'Bound', lastPhaseTransitionTime: world.time }, controllerManager);
  return name;
}
