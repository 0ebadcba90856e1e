/**
 * Does what the platform team does by hand: brings the declarations of a repository (Applications, what ApplicationSets
 * generate, projects, Flux's objects) into the sandbox, and again after each push.
 */
import { chartTools } from '../../adapters/charts/chartTools.js';
import { chartRenderer } from '../../core/helm/renderChart.js';
import { DiskTree } from '../../adapters/disk/diskTree.js';
import { manifestOf } from '../../core/live/manifestJson.js';
import type { JsonObject } from '../../core/live/json.js';
import { secretOf } from './externalSecrets.js';
import { isLiveObject, type LiveObject } from '../../core/live/liveObject.js';
import { objectAt, stringAt } from '../../core/live/readFields.js';
import { mergePatchBetween } from '../../core/apply/mergePatch.js';
import type { DeliveryObject, DeliveryModel } from '../../core/gitops/delivery.js';
import { noSettings } from '../../core/gitops/settings.js';
import { BuildCache } from '../../core/kustomize/buildCache.js';
import { findDeliveryAt } from '../../services/deliveryAt.js';
import type { SandboxStore } from '../api/store.js';
import type { OperatorWorld } from './operatorWorld.js';

const manager = 'kubectl';
const homes: Readonly<Record<string, string>> = { 'argoproj.io': 'argocd' };

/** How many objects were brought. @param url of a repository that the git remote has */
export async function deliverDeclarations(world: OperatorWorld, url: string): Promise<number> {
  const { store, checkouts, signal } = world;
  const checkout = await checkouts.open(url);
  const revision = await checkout.resolve('HEAD');
  const { delivery } = await findDeliveryAt(
    {
      trees: checkout.trees,
      revision,
      folders: [checkout.top],
      options: { loadRestrictor: 'rootOnly', enableHelm: true, renderChart: chartRenderer(chartTools) },
      cache: new BuildCache(),
      disk: DiskTree.open(),
      editorSettings: noSettings,
      now: () => 0,
    },
    signal,
  );
  const objects = declarationsOf(delivery.model);
  for (const environment of delivery.model.environments) {
    const { rendering } = delivery.render(environment);
    for (const rendered of rendering.objects) {
      const manifest = manifestOf(rendered);
      if (rendered.id.kind === 'ExternalSecret') prepareSecret(manifest, store);
      preparePriority(stringAt(manifest, 'spec', 'template', 'spec', 'priorityClassName'), store);
    }
  }
  for (const object of objects) bring(object, store);
  return objects.length;
}

/** Each object once: as a kustomization renders it rather than as it stands in its file. */
function declarationsOf({ objects }: DeliveryModel): readonly LiveObject[] {
  const found = new Map<string, LiveObject>();
  const ranked = [...objects].sort((a, b) => rank(a) - rank(b));
  for (const { id, root } of ranked) {
    const manifest = manifestOf({ id, root });
    if (!isLiveObject(manifest)) continue;
    const namespace = manifest.metadata.namespace ?? homes[id.group] ?? 'flux-system';
    const { status: _status, ...rest } = manifest;
    found.set(`${id.group}/${id.kind}/${namespace}/${id.name}`, { ...rest, metadata: { ...manifest.metadata, namespace } });
  }
  return [...found.values()];
}

/** Hooks that run before the first sync find the Secrets that their ExternalSecrets will keep, as in a cluster that somebody set up. */
function prepareSecret(external: JsonObject, store: SandboxStore): void {
  if (!isLiveObject(external)) return;
  const { namespace } = external.metadata;
  if (namespace === undefined) return;
  ensureNamespace(namespace, store);
  const secret = secretOf(external);
  if (!store.get({ group: '', kind: 'Secret', namespace, name: secret.metadata.name })) store.create(secret, manager);
}

/** Pods can't name a class that there isn't; the cluster's own are always there. */
function preparePriority(name: string, store: SandboxStore): void {
  if (name === '' || name.startsWith('system-') || store.get({ group: 'scheduling.k8s.io', kind: 'PriorityClass', namespace: '', name })) return;
  store.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 1000 }, manager);
}

function ensureNamespace(name: string, store: SandboxStore): void {
  if (!store.get({ group: '', kind: 'Namespace', namespace: '', name })) store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, manager);
}

function rank({ foundIn }: DeliveryObject): number {
  return foundIn.kind === 'file' ? 0 : 1;
}

function bring(object: LiveObject, store: SandboxStore): void {
  const { namespace = '', name } = object.metadata;
  const group = object.apiVersion.split('/')[0] ?? '';
  if (!store.kinds.storageKind(group, object.kind)) return;
  ensureNamespace(namespace, store);
  const id = { group, kind: object.kind, namespace, name };
  const before = store.get(id);
  if (!before) {
    store.create(object, manager);
    return;
  }
  const patch = mergePatchBetween({ spec: objectAt(before, 'spec') }, { spec: objectAt(object, 'spec') });
  if (patch) store.patch(id, patch, { manager });
}
