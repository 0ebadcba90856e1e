/** The objects that Flux lists as its own: `status.inventory` of a Kustomization or HelmRelease. */
import type { LiveObject } from '../live/liveObject.js';
import { mapsAt, textAt } from '../live/readFields.js';
import type { ResId } from '../objects/resId.js';

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
