/**
 * The images that an environment runs, and where the version of each is set. They are looked for wherever a list of
 * containers stands, so that workflows, rollouts and other custom kinds count too.
 */
import type { Place } from '../base/problem.js';
import { splitImage } from '../kustomize/transformers/imageReference.js';
import type { Rendering } from '../objects/rendering.js';
import type { MapNode, ScalarNode, YamlNode } from '../yaml/nodes.js';

export interface EnvironmentImage {
  /** Without tag and digest. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** The text that sets tag or digest. */
  readonly setAt: Place;
}

const containerLists: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Each image once, in the order of the output. */
export function findImages({ objects }: Rendering): readonly EnvironmentImage[] {
  const found = new Map<string, EnvironmentImage>();
  for (const { root, id } of objects) {
    if (id.kind === 'CustomResourceDefinition') continue;
    for (const node of findImageNodes(root)) {
      if (node.value === '' || found.has(node.value)) continue;
      const { name, tag, digest } = splitImage(node.value);
      found.set(node.value, { name, tag: tag === '' ? undefined : tag, digest: digest === '' ? undefined : digest, setAt: node });
    }
  }
  return [...found.values()];
}

/** The `image` of every container below a node. */
export function findImageNodes(root: MapNode): readonly ScalarNode[] {
  return findContainers(root).flatMap((container) => {
    const image = container.get('image');
    return image?.kind === 'scalar' && image.tag === '!!str' ? [image] : [];
  });
}

/** Every container below a node. */
export function findContainers(root: MapNode): readonly MapNode[] {
  const found: MapNode[] = [];
  const visit = (node: YamlNode): void => {
    if (node.kind === 'sequence') for (const item of node.items) visit(item);
    if (node.kind !== 'map') return;
    for (const { key, value } of node.pairs) {
      if (containerLists.has(key.value) && value.kind === 'sequence') for (const item of value.items) if (item.kind === 'map') found.push(item);
      visit(value);
    }
  };
  visit(root);
  return found;
}
