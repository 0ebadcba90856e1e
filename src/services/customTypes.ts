/**
 * The types of Kubernetes together with the kinds of the CustomResourceDefinitions that the workspace delivers. Only what
 * an environment renders counts: a definition in a file that nobody uses may be of any version.
 */
import type { KubernetesTypes } from '../core/objects/kubernetesTypes.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { MapNode } from '../core/yaml/nodes.js';

/** Gives the same types as long as the definitions stay the same: what was found stands on them. */
export class CustomTypes {
  #kept: { readonly base: KubernetesTypes; readonly definitions: readonly MapNode[]; readonly types: KubernetesTypes } | undefined;

  typesOf(base: KubernetesTypes, renderings: readonly Rendering[]): KubernetesTypes {
    const definitions = definitionsOf(renderings);
    const kept = this.#kept;
    const isSame = kept?.base === base && kept.definitions.length === definitions.length && kept.definitions.every((each, index) => each === definitions[index]);
    if (kept && isSame) return kept.types;
    const types = base.withDefinitions(definitions);
    this.#kept = { base, definitions, types };
    return types;
  }
}

function definitionsOf(renderings: readonly Rendering[]): readonly MapNode[] {
  const definitions = new Set<MapNode>();
  for (const { objects } of renderings)
    for (const { id, root } of objects) if (id.kind === 'CustomResourceDefinition' && id.group === 'apiextensions.k8s.io') definitions.add(root);
  return [...definitions];
}
