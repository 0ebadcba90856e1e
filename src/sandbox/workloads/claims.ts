/** PersistentVolumeClaims bind to volumes that are made for them, as by a provisioner that always can. */
import type { LiveObject } from '../../core/live/liveObject.js';
import { mapAt, textAt, textsAt, valueAt } from '../fields.js';
import type { Controller } from './controllers.js';
import { controllerManager } from './podTemplates.js';
import type { World } from './world.js';

export const claims: Controller = {
  group: '',
  kind: 'PersistentVolumeClaim',
  reconcile(claim, world) {
    if (claim.metadata.deletionTimestamp !== undefined || textAt(claim, 'status', 'phase') === 'Bound') return undefined;
    const volume = textAt(claim, 'spec', 'volumeName') || provision(claim, world);
    const storage = valueAt(claim, 'spec', 'resources', 'requests', 'storage') ?? '1Gi';
    if (textAt(claim, 'spec', 'volumeName') === '') {
      const annotations = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };
      world.patch(claim, { metadata: { annotations }, spec: { volumeName: volume } }, controllerManager);
    }
    world.writeStatus(claim, { phase: 'Bound', accessModes: [...textsAt(claim, 'spec', 'accessModes')], capacity: { storage } }, controllerManager);
    world.tell(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message: `Successfully provisioned volume ${volume}`, component: 'sandbox.gitops-workbench/provisioner' });
    return undefined;
  },
  removed(claim, world) {
    const volume = world.get('', 'PersistentVolume', '', textAt(claim, 'spec', 'volumeName'));
    if (volume && textAt(volume, 'spec', 'claimRef', 'uid') === claim.metadata.uid) world.remove(volume);
  },
};

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
    ...(textAt(claim, 'spec', 'storageClassName') !== '' && { storageClassName: textAt(claim, 'spec', 'storageClassName') }),
    ...(Object.keys(mapAt(claim, 'spec')).includes('volumeMode') && { volumeMode: textAt(claim, 'spec', 'volumeMode') }),
  };
  const volume = world.create({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec }, controllerManager);
  world.writeStatus(volume, { phase: 'Bound', lastPhaseTransitionTime: world.time }, controllerManager);
  return name;
}
