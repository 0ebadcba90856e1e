/** Deprecated and removed API versions: what the two rules about them share. */
import { matchObject } from '../../objects/matchType.js';
import { minorVersionOf, type KubernetesTypes, type Lifecycle } from '../../objects/kubernetesTypes.js';
import type { RenderedObject } from '../../objects/rendering.js';
import { apiVersionOf, parseApiVersion, type Gvk } from '../../objects/resId.js';
import type { Fix } from '../../base/problem.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import type { CheckedEnvironment, RuleContext } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { isEnforced } from './enforcedFields.js';

export interface AgingObject {
  readonly object: RenderedObject;
  readonly apiVersion: ScalarNode;
  readonly lifecycle: Lifecycle;
  readonly isRemoved: boolean;
  /** `; use policy/v1`, with what it takes; empty where nothing replaces it. */
  readonly advice: string;
  /** Undefined where the replacement is more than another name. */
  readonly fix: Fix | undefined;
}

/** The objects of an API version that is deprecated or removed in the version that is delivered to. */
export function agingObjectsOf({ rendering }: CheckedEnvironment, { kubernetes, settings }: RuleContext): readonly AgingObject[] {
  const minor = minorVersionOf(settings.kubernetesVersion);
  if (!kubernetes || minor === undefined) return [];
  return rendering.objects.flatMap((object) => {
    const lifecycle = kubernetes.lifecycle(object.id);
    const apiVersion = object.root.get('apiVersion');
    if (!lifecycle || lifecycle.deprecatedIn > minor || apiVersion?.kind !== 'scalar') return [];
    const replacement = replacementOf(object.id, lifecycle, kubernetes, settings.kubernetesVersion);
    const version = replacement && apiVersionOf(replacement);
    const isRename = replacement?.kind === object.id.kind && isFit(object, replacement, kubernetes, settings.kubernetesVersion);
    const renamed = isRename && version !== undefined ? replaceScalar(apiVersion, version, `Change to ${version}`) : undefined;
    const advice = version === undefined ? '; nothing takes its place' : isRename ? `; use ${version}` : `; use ${version}, which has other fields`;
    return [{ object, apiVersion, lifecycle, isRemoved: (lifecycle.removedIn ?? Infinity) <= minor, advice, fix: renamed && { ...renamed, needsReview: true } }];
  });
}

/** What the facts name, as long as it is served; else the kind's stable version in the same group. */
function replacementOf({ group, kind }: Gvk, { replacement }: Lifecycle, types: KubernetesTypes, version: string): Gvk | undefined {
  const at = replacement?.lastIndexOf('/') ?? -1;
  const named = replacement === undefined ? undefined : { ...parseApiVersion(replacement.slice(0, at)), kind: replacement.slice(at + 1) };
  return [...(named ? [named] : []), { group, version: 'v1', kind }].find((gvk) => types.isServed(gvk, version) !== false && types.kind(gvk, version));
}

/** True where the object means the same under another API version: it fits its type, and no default turns it around. */
function isFit({ id, root }: RenderedObject, replacement: Gvk, types: KubernetesTypes, version: string): boolean {
  const kind = types.kind(replacement, version);
  if (!kind) return false;
  // an empty selector chose no pod in v1beta1, and chooses all in v1
  if (id.kind === 'PodDisruptionBudget' && !hasSelector(root.get('spec'))) return false;
  return matchObject(root, kind.type).every((mismatch) => mismatch.what === 'missingField' && !isEnforced(mismatch.owner.name, mismatch.field));
}

function hasSelector(spec: RenderedObject['root']['pairs'][number]['value'] | undefined): boolean {
  const selector = spec?.kind === 'map' ? spec.get('selector') : undefined;
  return selector?.kind === 'map' && selector.pairs.length > 0;
}
