/** How Flux's objects find each other by kind, namespace and name, as far as the workspace tells. */
import { isInside } from '../../base/path.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { DeliveryModel, DeliveryObject } from '../../gitops/delivery.js';
import type { MapNode, ScalarNode } from '../../yaml/nodes.js';

export const fluxGroups = {
  kustomize: 'kustomize.toolkit.fluxcd.io',
  helm: 'helm.toolkit.fluxcd.io',
  source: 'source.toolkit.fluxcd.io',
  image: 'image.toolkit.fluxcd.io',
} as const;

export function isFluxKind({ id }: DeliveryObject, group: keyof typeof fluxGroups, kind: string): boolean {
  return id.group === fluxGroups[group] && id.kind === kind;
}

/** A reference from one object to another. */
export interface FluxReference {
  readonly from: DeliveryObject;
  readonly kind: string;
  /** Empty where neither the reference nor its object has one, which fits any. */
  readonly namespace: string;
  readonly name: ScalarNode;
}

/** Reads `{kind, name, namespace}`; undefined where it has no name, or one that is filled in later. */
export function readReference(from: DeliveryObject, node: MapNode | undefined, defaultKind: string): FluxReference | undefined {
  const name = scalarAt(node, 'name');
  const namespace = scalarAt(node, 'namespace')?.value ?? from.id.namespace;
  if (!name || /\$\{|\{\{/.test(name.value + namespace)) return undefined;
  return { from, kind: scalarAt(node, 'kind')?.value ?? defaultKind, namespace, name };
}

/** What a reference may mean: objects of the kind and name, in its namespace or in one that isn't known. */
export function targetsOf({ kind, namespace, name }: FluxReference, model: DeliveryModel): readonly DeliveryObject[] {
  return namedLike(kind, name.value, model).filter(({ id }) => namespace === '' || id.namespace === '' || id.namespace === namespace || id.namespace.includes('${'));
}

/** Objects of a kind and name in any namespace. */
export function namedLike(kind: string, name: string, model: DeliveryModel): readonly DeliveryObject[] {
  return model.objects.filter(({ id }) => id.kind === kind && id.group.endsWith('.toolkit.fluxcd.io') && (id.name === name || id.name.includes('${')));
}

/** The names of all objects of a kind. */
export function namesOfKind(kind: string, model: DeliveryModel): readonly string[] {
  return [...new Set(model.objects.flatMap(({ id }) => (id.kind === kind && id.group.endsWith('.toolkit.fluxcd.io') ? [id.name] : [])))];
}

/** The dependencies of a Kustomization or HelmRelease, which are of its own kind. */
export function dependenciesOf(object: DeliveryObject): readonly FluxReference[] {
  const list = mapAt(object.root, 'spec')?.get('dependsOn');
  return (list?.kind === 'sequence' ? list.items : []).flatMap((item) => {
    const reference = item.kind === 'map' ? readReference(object, item, object.id.kind) : undefined;
    return reference ? [{ ...reference, kind: object.id.kind }] : [];
  });
}

/** The objects that somebody keeps: those in hidden folders (an archive, samples of tools) are left out. */
export function keptObjects({ objects, repositories }: DeliveryModel): readonly DeliveryObject[] {
  return objects.filter(({ root: { source } }) => {
    const top = repositories.map((repository) => repository.top).find((each) => isInside(source.path, each)) ?? '';
    return !/\/\.[^/]+\//.test(source.path.slice(top.length));
  });
}
