/**
 * Where the kinds of Kubernetes and of well-known controllers keep the pods that they run, and the containers in them.
 * A custom kind that isn't known counts where it has what a Deployment has: `spec.template.spec.containers`.
 */
import type { MapNode, ScalarNode, YamlNode } from '../yaml/nodes.js';
import { scalarValue } from '../yaml/nodes.js';
import type { Gvk } from './resId.js';

/** The pods that an object runs. */
export interface PodSpec {
  /** The map with `containers`. */
  readonly spec: MapNode;
  /** The map that `spec` is a field of, with the pods' `metadata`: the object itself for a Pod. */
  readonly template: MapNode;
  /** The keys from the object's root to `spec`. */
  readonly path: readonly string[];
}

/** Which list of a pod a container stands in. */
export type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

export interface Container {
  readonly list: ContainerList;
  readonly index: number;
  readonly node: MapNode;
  /** Undefined where it has none that is a text. */
  readonly name: string | undefined;
  /** Undefined where it has none that is a text. */
  readonly image: ScalarNode | undefined;
}

const inTemplate = ['spec', 'template'] as const;

/** Where the template of a kind stands, by group and kind. */
const templatePaths: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['/Pod', []],
  ['/PodTemplate', ['template']],
  ['/ReplicationController', inTemplate],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** The pods that an object runs; undefined for one that runs none. */
export function podSpecOf({ group, kind }: Gvk, root: MapNode): PodSpec | undefined {
  const known = templatePaths.get(`${group}/${kind}`);
  if (!known && group === '') return undefined;
  const path = known ?? inTemplate;
  const template = path.reduce<YamlNode | undefined>((node, key) => (node?.kind === 'map' ? node.get(key) : undefined), root);
  const spec = template?.kind === 'map' ? template.get('spec') : undefined;
  if (template?.kind !== 'map' || spec?.kind !== 'map') return undefined;
  // Templates of other things, such as of an ApplicationSet's Applications, have no containers.
  if (!known && spec.get('containers')?.kind !== 'sequence') return undefined;
  return { spec, template, path: [...path, 'spec'] };
}

const lists: readonly ContainerList[] = ['initContainers', 'containers', 'ephemeralContainers'];

/** The containers of a pod, in the order in which they start; an item that is no map is left out. */
export function containersOf({ spec }: PodSpec): readonly Container[] {
  const found: Container[] = [];
  for (const list of lists) {
    const items = spec.get(list);
    if (items?.kind !== 'sequence') continue;
    items.items.forEach((node, index) => {
      if (node.kind !== 'map') return;
      const image = node.get('image');
      found.push({ list, index, node, name: scalarValue(node.get('name')), image: image?.kind === 'scalar' && image.tag === '!!str' ? image : undefined });
    });
  }
  return found;
}
