/**
 * What Flux's bootstrap leaves in a repository: a source and a Kustomization of one name (`flux-system`) in
 * `gotk-sync.yaml`, which make the cluster follow the repository. The folder that they stand in is applied by bootstrap and by
 * Flux itself, and is no environment of its own.
 */
import { baseName, parentPath } from '../../base/path.js';
import { scalarValue, type ScalarNode } from '../../yaml/nodes.js';
import { mapAt, scalarAt } from '../declarations.js';
import type { DeliveryObject } from '../delivery.js';

export interface FluxBootstrap {
  readonly source: DeliveryObject;
  readonly kustomization: DeliveryObject;
  /** `spec.path`: what the cluster follows; undefined for the top of the source. */
  readonly path: ScalarNode | undefined;
  /** The folder with `gotk-sync.yaml`, absolute. */
  readonly folder: string;
}

/** The bootstraps of a workspace: one per cluster that a repository is the root of. */
export function findBootstraps(objects: readonly DeliveryObject[]): readonly FluxBootstrap[] {
  return objects.flatMap((kustomization) => {
    const { id, root } = kustomization;
    if (id.group !== 'kustomize.toolkit.fluxcd.io' || id.kind !== 'Kustomization') return [];
    const file = root.source.path;
    const reference = mapAt(root, 'spec', 'sourceRef');
    const isOwn = scalarValue(reference?.get('name')) === id.name && (scalarAt(reference, 'namespace')?.value ?? id.namespace) === id.namespace;
    const source = objects.find((other) => {
      const isSource = other.id.group === 'source.toolkit.fluxcd.io' && other.id.kind === scalarValue(reference?.get('kind'));
      return isSource && other.id.name === id.name && other.id.namespace === id.namespace && other.root.source.path === file;
    });
    return isOwn && source && baseName(file) === 'gotk-sync.yaml' ? [{ source, kustomization, path: scalarAt(mapAt(root, 'spec'), 'path'), folder: parentPath(file) }] : [];
  });
}
