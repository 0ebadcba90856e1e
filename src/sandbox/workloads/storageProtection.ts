/**
 * What storage waits for before it goes: a claim for the pods that use it, a volume for its claim, a class of attributes for
 * both (kubernetes pkg/controller/volume/{pvcprotection,pvprotection,vacprotection}, v1.34).
 */
import type { LiveObject } from '../../core/live/liveObject.js';
import { stringAt } from '../../core/live/readFields.js';
import type { Controller, ObjectKey } from './controllers.js';
import { claimsOf } from './podReferences.js';
import { controllerManager } from './podTemplates.js';
import type { World } from './world.js';

export const claimProtection: Controller = {
  group: '',
  kind: 'PersistentVolumeClaim',
  reconcile(claim, world) {
    const isUsed = (): boolean => world.store.list('', 'Pod', claim.metadata.namespace).some((pod) => isPlaced(pod) && claimsOf(pod).includes(claim.metadata.name));
    release(claim, 'kubernetes.io/pvc-protection', isUsed, world);
    return undefined;
  },
  *related(changed) {
    if (changed.kind !== 'Pod' || changed.apiVersion !== 'v1') return;
    for (const name of claimsOf(changed)) yield { namespace: changed.metadata.namespace ?? '', name };
  },
};

export const volumeProtection: Controller = {
  group: '',
  kind: 'PersistentVolume',
  reconcile(volume, world) {
    release(volume, 'kubernetes.io/pv-protection', () => stringAt(volume, 'status', 'phase') === 'Bound', world);
    return undefined;
  },
};

export const attributesProtection: Controller = {
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  reconcile(attributes, world) {
    const users = (): readonly LiveObject[] => [...world.store.list('', 'PersistentVolume'), ...world.store.list('', 'PersistentVolumeClaim')];
    release(attributes, 'kubernetes.io/vac-protection', () => users().some((user) => attributesOf(user).includes(attributes.metadata.name)), world);
    return undefined;
  },
  *related(changed, world): Iterable<ObjectKey> {
    if (changed.apiVersion !== 'v1' || (changed.kind !== 'PersistentVolume' && changed.kind !== 'PersistentVolumeClaim')) return;
    for (const { metadata } of world.store.list('storage.k8s.io', 'VolumeAttributesClass')) yield { namespace: '', name: metadata.name };
  },
};

/** Takes the finalizer away from what is being deleted, unless it is used. */
function release(object: LiveObject, finalizer: string, isUsed: () => boolean, world: World): void {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || !finalizers.includes(finalizer) || isUsed()) return;
  world.patch(object, { metadata: { finalizers: finalizers.filter((each) => each !== finalizer) } }, controllerManager);
}

/** A pod that no node has is not started with a claim that is being deleted. */
function isPlaced(pod: LiveObject): boolean {
  return stringAt(pod, 'spec', 'nodeName') !== '';
}

function attributesOf(object: LiveObject): readonly string[] {
  return [
    stringAt(object, 'spec', 'volumeAttributesClassName'),
    stringAt(object, 'status', 'currentVolumeAttributesClassName'),
    stringAt(object, 'status', 'modifyVolumeStatus', 'targetVolumeAttributesClassName'),
  ];
}
