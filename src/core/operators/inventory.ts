/**
 * The objects that operators list as their own: `status.resources` of an Application, `status.inventory` of a Kustomization
 * or HelmRelease. It tells who keeps an object also where the object carries no mark (Argo CD that tracks by label).
 */
import { idOfLive, liveKey, type LiveObject } from '../live/liveObject.js';
import { isTrueAt, mapsAt, textAt } from '../live/readFields.js';
import { parseApiVersion, type ResId } from '../objects/resId.js';

/** Who keeps an object. */
export type Keeper =
  /** `argocd/orders-prod`. */
  | { readonly kind: 'argocd'; readonly application: string }
  | { readonly kind: 'flux'; readonly object: 'Kustomization' | 'HelmRelease'; readonly namespace: string; readonly name: string };

/** The objects that a Kustomization or HelmRelease lists; empty where it lists none. Entries that can't be read are left out. */
export function readInventory(object: LiveObject): readonly ResId[] {
  return mapsAt(object, 'status', 'inventory', 'entries')
    .map((entry) => parseInventoryId(textAt(entry, 'id') ?? '', textAt(entry, 'v') ?? ''))
    .filter((id) => id !== undefined);
}

/**
 * `<namespace>_<name>_<group>_<kind>`, where a colon in a name is written `__` (fluxcd/cli-utils v1.2.3 pkg/object/objmetadata.go).
 */
export function parseInventoryId(id: string, version: string): ResId | undefined {
  const match = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id);
  if (match === null) return undefined;
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  return { group, version, kind, namespace, name: name.replaceAll('__', ':') };
}

/**
 * Whose every listed object is, by {@link liveKey}.
 * @param operators Applications, Kustomizations and HelmReleases of a cluster; others are passed over
 */
export function listKept(operators: Iterable<LiveObject>): ReadonlyMap<string, Keeper> {
  const kept = new Map<string, Keeper>();
  for (const object of operators) {
    const { namespace, name } = idOfLive(object);
    const { group } = parseApiVersion(object.apiVersion);
    if (group === 'argoproj.io' && object.kind === 'Application') {
      const keeper: Keeper = { kind: 'argocd', application: namespace === '' ? name : `${namespace}/${name}` };
      for (const id of applicationResources(object)) kept.set(liveKey(id), keeper);
    } else if (isFluxDeployer(group, object.kind)) {
      const keeper: Keeper = { kind: 'flux', object: object.kind === 'Kustomization' ? 'Kustomization' : 'HelmRelease', namespace, name };
      for (const id of readInventory(object)) kept.set(liveKey(id), keeper);
    }
  }
  return kept;
}

function isFluxDeployer(group: string, kind: string): boolean {
  return (group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization') || (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease');
}

/** Hooks come and go, and aren't listed as kept. */
function applicationResources(object: LiveObject): readonly ResId[] {
  return mapsAt(object, 'status', 'resources')
    .filter((resource) => !isTrueAt(resource, 'hook'))
    .map((resource) => {
      const at = (key: string): string => textAt(resource, key) ?? '';
      return { group: at('group'), version: at('version'), kind: at('kind'), namespace: at('namespace'), name: at('name') };
    });
}
