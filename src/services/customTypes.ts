/**
 * The types of Kubernetes together with the kinds of the CustomResourceDefinitions that the workspace delivers. Only what
 * an environment renders counts: a definition in a file that nobody uses may be of any version.
 */
import type { KubernetesTypes } from '../core/objects/kubernetesTypes.js';
import type { FieldType } from '../core/objects/objectType.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { Gvk } from '../core/objects/resId.js';
import type { MapNode } from '../core/yaml/nodes.js';

/** Gives the same types as long as the definitions stay the same: what was found stands on them. */
export class CustomTypes {
  readonly #definitions = new WeakMap<Rendering, readonly MapNode[]>();
  #kept: { readonly base: KubernetesTypes; readonly definitions: readonly MapNode[]; readonly types: KubernetesTypes } | undefined;

  typesOf(base: KubernetesTypes, renderings: readonly Rendering[]): KubernetesTypes {
    const definitions = [...new Set(renderings.flatMap((rendering) => this.#definitionsOf(rendering)))];
    const kept = this.#kept;
    const isSame = kept?.base === base && kept.definitions.length === definitions.length && kept.definitions.every((each, index) => each === definitions[index]);
    if (kept && isSame) return kept.types;
    const types = base.withDefinitions(definitions);
    this.#kept = { base, definitions, types };
    return types;
  }

  #definitionsOf(rendering: Rendering): readonly MapNode[] {
    const known = this.#definitions.get(rendering);
    if (known) return known;
    const found = definitionsOf([rendering]);
    this.#definitions.set(rendering, found);
    return found;
  }
}

/**
 * Looks up the types of kinds for comparing without a server's merge: Kubernetes' own in their newest version, and those of
 * the definitions that the renderings bring. Both are asked for when a kind first needs them.
 * @param readBase undefined where there is no table of types
 */
export function lookUpTypes(readBase: () => KubernetesTypes | undefined, renderings: () => readonly Rendering[], custom = new CustomTypes()): (gvk: Gvk) => FieldType | undefined {
  const found: { base?: KubernetesTypes | undefined; types?: KubernetesTypes | undefined } = {};
  return (gvk) => {
    if (!('base' in found)) found.base = readBase();
    const { base } = found;
    if (!base) return undefined;
    const version = base.versions.at(-1) ?? '';
    // Most environments have no custom kinds: theirs are not rendered for this.
    return (base.kind(gvk, version) ?? (found.types ??= custom.typesOf(base, renderings())).kind(gvk, version))?.type;
  };
}

function definitionsOf(renderings: readonly Rendering[]): readonly MapNode[] {
  const definitions = new Set<MapNode>();
  for (const { objects } of renderings)
    for (const { id, root } of objects) if (id.kind === 'CustomResourceDefinition' && id.group === 'apiextensions.k8s.io') definitions.add(root);
  return [...definitions];
}
