/** The containers that an environment runs, with what rules ask of each. */
import { parseImageReference, type ImageReference } from '../objects/imageReference.js';
import { containersOf, podSpecOf, type Container, type PodSpec } from '../objects/podSpecs.js';
import type { RenderedObject, Rendering } from '../objects/rendering.js';
import type { YamlNode } from '../yaml/nodes.js';

export interface EnvironmentContainer extends Container {
  readonly object: RenderedObject;
  readonly pods: PodSpec;
  /** Undefined where there is no image, or its text is none (such as an unexpanded variable). */
  readonly reference: ImageReference | undefined;
  /** The same for the same container of every environment of an app: kind, name before prefixes and suffixes, container. */
  readonly key: string;
}

/** All containers of a rendering, in the order of the output. */
export function containersIn({ objects }: Rendering): readonly EnvironmentContainer[] {
  return objects.flatMap((object) => {
    const pods = podSpecOf(object.id, object.root);
    if (!pods) return [];
    return containersOf(pods).map((container) => ({
      ...container,
      object,
      pods,
      reference: container.image && parseImageReference(container.image.value),
      key: `${object.id.kind}/${originalName(object)}/${container.name ?? container.index}`,
    }));
  });
}

/** An object's name as it was read, before anything was put before or behind it. */
export function originalName({ root, id }: RenderedObject): string {
  const metadata = root.get('metadata');
  let name: YamlNode | undefined = metadata?.kind === 'map' ? metadata.get('name') : undefined;
  while (name?.was) name = name.was;
  return name?.kind === 'scalar' ? name.value : id.name;
}
