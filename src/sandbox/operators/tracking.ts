/** How Argo CD and Flux mark their objects, for the plans of our reconciler: an inventory whose members are found by these marks. */
import { idOfLive, type LiveObject } from '../../core/live/liveObject.js';
import type { ResId } from '../../core/objects/resId.js';
import type { Marks } from '../../core/sync/manifest.js';
import type { Tracker } from '../../core/sync/ownership.js';
import type { SyncInventory } from '../../services/syncInventory.js';
import type { SandboxStore } from '../api/store.js';

export const trackingAnnotation = 'argocd.argoproj.io/tracking-id';

/** By Argo CD's annotation, its default (util/argo/resource_tracking.go, v3.2). */
export function argoInventory(store: SandboxStore, application: LiveObject): SyncInventory {
  const { name, namespace } = application.metadata;
  const app = namespace === 'argocd' ? name : `${namespace ?? ''}_${name}`;
  const marksOf = (id: ResId): Marks => ({ labels: {}, annotations: { [trackingAnnotation]: `${app}:${id.group}/${id.kind}:${id.namespace}/${id.name}` } });
  // A copy of an object carries the id of the one that it was copied from, and isn't kept.
  const keeps = (live: LiveObject): boolean => live.metadata.annotations?.[trackingAnnotation] === marksOf(idOfLive(live)).annotations[trackingAnnotation];
  return inventoryOf(store, { kind: 'argocd', application: app }, marksOf, keeps);
}

/** By the labels of kustomize-controller. */
export function fluxInventory(store: SandboxStore, kustomization: LiveObject): SyncInventory {
  const { name, namespace = '' } = kustomization.metadata;
  const labels = { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': namespace };
  const keeps = (live: LiveObject): boolean => Object.entries(labels).every(([key, value]) => live.metadata.labels?.[key] === value);
  return inventoryOf(store, { kind: 'flux', object: 'Kustomization', name, namespace }, () => ({ labels, annotations: {} }), keeps);
}

function inventoryOf(store: SandboxStore, self: Tracker, marksOf: (id: ResId) => Marks, keeps: (live: LiveObject) => boolean): SyncInventory {
  return {
    self,
    marksOf,
    keeps,
    home: '',
    read: () => Promise.resolve({ members: membersIn(store, keeps), records: [], refusal: undefined, unseen: [] }),
    begin: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  };
}

/** Everything that carries the marks and isn't there for another object. */
export function membersIn(store: SandboxStore, keeps: (live: LiveObject) => boolean): readonly LiveObject[] {
  const kinds = new Map(store.kinds.all.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
  return [...kinds.values()].flatMap(({ group, kind }) => store.list(group, kind).filter((live) => live.metadata.ownerReferences === undefined && keeps(live)));
}
