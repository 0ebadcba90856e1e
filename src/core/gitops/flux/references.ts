/**
 * How Flux's objects name each other: sources, dependencies, and the order that follows from them. Facts for rules and
 * pictures; whether a name that leads nowhere is a mistake (it may stand in the cluster only) is not decided here.
 */
import type { ResId } from '../../objects/resId.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import { mapAt, scalarAt } from '../declarations.js';
import type { DeliveryObject } from '../delivery.js';

/** A place where one object names another. */
export interface FluxReference {
  readonly from: DeliveryObject;
  /** The field that names it: `spec.sourceRef`, `spec.dependsOn[0]`. */
  readonly field: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The text of the name, for a finding. */
  readonly node: ScalarNode;
  /** The object, where the workspace has it. */
  readonly target: DeliveryObject | undefined;
}

/** Where each kind names its sources, and what they are where the reference doesn't say it. */
const sourceFields: Readonly<Record<string, readonly { readonly way: readonly string[]; readonly kind?: string }[]>> = {
  Kustomization: [{ way: ['sourceRef'] }],
  HelmRelease: [{ way: ['chart', 'spec', 'sourceRef'] }, { way: ['chartRef'] }],
  HelmChart: [{ way: ['sourceRef'] }],
  ImagePolicy: [{ way: ['imageRepositoryRef'], kind: 'ImageRepository' }],
  ImageUpdateAutomation: [{ way: ['sourceRef'] }],
  ExternalArtifact: [{ way: ['sourceRef'] }],
};

/** The sources that `object` names: repositories, charts, for an ImagePolicy its ImageRepository. */
export function findSourceReferences(object: DeliveryObject, objects: readonly DeliveryObject[]): readonly FluxReference[] {
  if (!isFlux(object.id)) return [];
  return (sourceFields[object.id.kind] ?? []).flatMap(({ way, kind }) => {
    const node = mapAt(object.root, 'spec', ...way);
    const reference = node && readReference(object, node, `spec.${way.join('.')}`, scalarValue(node.get('kind')) ?? kind ?? 'GitRepository', objects);
    return reference ? [reference] : [];
  });
}

/** What a Kustomization or HelmRelease waits for: objects of its own kind. */
export function findDependencies(object: DeliveryObject, objects: readonly DeliveryObject[]): readonly FluxReference[] {
  if (!isFlux(object.id)) return [];
  const list = mapAt(object.root, 'spec')?.get('dependsOn');
  return itemsOf(list).flatMap((item, index) => {
    const reference = item.kind === 'map' ? readReference(object, item, `spec.dependsOn[${index}]`, object.id.kind, objects) : undefined;
    return reference ? [reference] : [];
  });
}

/** How the Kustomizations and HelmReleases of a workspace wait for each other. */
export interface DependencyGraph {
  readonly references: readonly FluxReference[];
  /** References to objects that the workspace doesn't have. */
  readonly unknown: readonly FluxReference[];
  /** Each ring of objects that wait for each other, by the references that make it; none of them is ever reconciled. */
  readonly cycles: readonly (readonly FluxReference[])[];
  /** In the order in which they are reconciled at first: what others wait for comes before them. Those in rings come last. */
  readonly order: readonly DeliveryObject[];
}

/** The graph of `dependsOn`. */
export function dependencyGraph(objects: readonly DeliveryObject[]): DependencyGraph {
  const nodes = objects.filter(({ id }) => isFlux(id) && (id.kind === 'Kustomization' || id.kind === 'HelmRelease'));
  const outgoing = new Map(nodes.map((object) => [object, findDependencies(object, objects)]));
  const references = [...outgoing.values()].flat();
  const cycles = findCycles(nodes, outgoing);
  const inRing = new Set(cycles.flatMap((cycle) => cycle.map(({ from }) => from)));
  return { references, unknown: references.filter(({ target }) => !target), cycles, order: orderOf(nodes, outgoing, inRing) };
}

type Outgoing = ReadonlyMap<DeliveryObject, readonly FluxReference[]>;

/** Depth first without recursion; each object is left once, so that each ring is found once. */
function findCycles(nodes: readonly DeliveryObject[], outgoing: Outgoing): readonly (readonly FluxReference[])[] {
  const done = new Set<DeliveryObject>();
  const cycles: (readonly FluxReference[])[] = [];
  for (const start of nodes) {
    const path: { readonly object: DeliveryObject; next: number }[] = done.has(start) ? [] : [{ object: start, next: 0 }];
    const taken: FluxReference[] = [];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const reference = outgoing.get(top.object)?.[top.next++];
      if (!reference) {
        done.add(top.object);
        path.pop();
        taken.pop();
        continue;
      }
      const { target } = reference;
      if (!target || done.has(target)) continue;
      const at = path.findIndex(({ object }) => object === target);
      if (at >= 0) cycles.push([...taken.slice(at), reference]);
      else {
        path.push({ object: target, next: 0 });
        taken.push(reference);
      }
    }
  }
  return cycles;
}

function orderOf(nodes: readonly DeliveryObject[], outgoing: Outgoing, inRing: ReadonlySet<DeliveryObject>): readonly DeliveryObject[] {
  const placed = new Set<DeliveryObject>();
  const order: DeliveryObject[] = [];
  let left = nodes.filter((object) => !inRing.has(object));
  for (;;) {
    const ready = left.filter((object) => (outgoing.get(object) ?? []).every(({ target }) => !target || placed.has(target)));
    if (ready.length === 0) break;
    for (const object of ready) placed.add(object);
    order.push(...ready);
    left = left.filter((object) => !placed.has(object));
  }
  return [...order, ...nodes.filter((object) => !placed.has(object))];
}

function readReference(from: DeliveryObject, node: MapNode, field: string, kind: string, objects: readonly DeliveryObject[]): FluxReference | undefined {
  const name = scalarAt(node, 'name');
  if (!name) return undefined;
  const namespace = scalarAt(node, 'namespace')?.value ?? from.id.namespace;
  const target = objects.find(({ id }) => isFlux(id) && id.kind === kind && id.name === name.value && id.namespace === namespace);
  return { from, field, kind, namespace, name: name.value, node: name, target };
}

function isFlux({ group }: ResId): boolean {
  return group.endsWith('.toolkit.fluxcd.io');
}

function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}
