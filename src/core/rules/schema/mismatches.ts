/**
 * In what the objects of an environment don't fit their types: what the rules of this group share. Objects that are not
 * as they will be applied are left out: encrypted ones, and those with checks of their own (Argo CD's).
 */
import { matchObject, type Mismatch } from '../../objects/matchType.js';
import type { KubernetesTypes } from '../../objects/kubernetesTypes.js';
import type { KindType } from '../../objects/objectType.js';
import type { RenderedObject } from '../../objects/rendering.js';
import type { YamlNode } from '../../yaml/nodes.js';
import type { CheckedEnvironment, RuleContext } from '../rule.js';

export interface ObjectMismatch {
  readonly object: RenderedObject;
  readonly kind: KindType;
  readonly mismatch: Mismatch;
}

/** All mismatches of an environment's objects, in their order; empty while the types aren't loaded. */
export function mismatchesOf(checked: CheckedEnvironment, context: RuleContext): readonly ObjectMismatch[] {
  const types = typesOf(checked, context);
  if (!types) return [];
  const found: ObjectMismatch[] = [];
  for (const object of checked.rendering.objects) {
    if (!isAppliedAsItStands(object)) continue;
    const kind = types.kind(object.id, context.settings.kubernetesVersion);
    if (kind) for (const mismatch of matchObject(object.root, kind.type)) found.push({ object, kind, mismatch });
  }
  return found;
}

/** The types that an environment's objects are checked against: its own CustomResourceDefinitions come first. */
export function typesOf({ rendering }: CheckedEnvironment, { kubernetes }: RuleContext): KubernetesTypes | undefined {
  const definitions = rendering.objects.filter(({ id }) => id.group === 'apiextensions.k8s.io' && id.kind === 'CustomResourceDefinition');
  return definitions.length === 0 ? kubernetes : kubernetes?.withDefinitions(definitions.map(({ root }) => root));
}

/** False for what SOPS encrypted: its texts are others once it is decrypted. */
function isAppliedAsItStands({ id, root }: RenderedObject): boolean {
  return !root.pair('sops') && !(id.group === 'argoproj.io' && argoKinds.has(id.kind));
}

/** They are read and checked with the delivery itself. */
const argoKinds: ReadonlySet<string> = new Set(['Application', 'ApplicationSet', 'AppProject']);

/** True for a text that is to be replaced by another one before it is applied: `${VAR}`, `$(VAR)`, `{{ .Value }}`, `<path:...>`. */
export function isPlaceholder(node: YamlNode): boolean {
  return node.kind === 'scalar' && /\$\{|\$\(|\{\{|<[^>]+>|\bENC\[/.test(node.value);
}

/** Whether a plain `yes` is a boolean for whoever applies it. kustomize reads it as a text, and quotes it. */
export function isReadAsYaml11({ environment }: CheckedEnvironment): boolean {
  return environment.sources.some(({ renderer }) => renderer !== 'kustomize');
}

/** Where a kind's type comes from, for a sentence: `Kubernetes 1.34`, or the CustomResourceDefinition. */
export function sourceOf({ definition }: KindType, { settings }: RuleContext): string {
  return definition ? 'its CustomResourceDefinition' : `Kubernetes ${settings.kubernetesVersion}`;
}
