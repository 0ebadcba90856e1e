/**
 * What Argo CD does with the namespaces of what was rendered (Argo CD v3.2.11 controller/state.go
 * DeduplicateTargetObjects): `destination.namespace` fills objects that have none; cluster-scoped kinds lose theirs.
 */
import { isClusterScoped } from '../../objects/resId.js';
import { idOfObject } from '../../objects/objectId.js';
import { makeMap, makeScalar, Pair, scalarValue, type MapNode, type ScalarNode, type Step } from '../../yaml/nodes.js';
import type { FinishStep } from '../renderPlan.js';

/** Fills missing namespaces with `namespace`; objects that have one keep it, whatever the destination says. */
export function fillNamespaces(namespace: ScalarNode): FinishStep {
  const step: Step = { kind: 'destination', field: 'spec.destination.namespace', source: namespace.source, start: namespace.start, end: namespace.end };
  const value = makeScalar(namespace.value, namespace, step);
  return (objects) => objects.map((root) => fillNamespace(root, value, namespace, step));
}

function fillNamespace(root: MapNode, value: ScalarNode, place: ScalarNode, step: Step): MapNode {
  const metadata = root.get('metadata');
  if (metadata !== undefined && metadata.kind !== 'map') return root;
  const present = metadata?.get('namespace');
  if (isClusterScoped(idOfObject(root))) return metadata && present ? root.with('metadata', metadata.without('namespace')) : root;
  if ((scalarValue(present) ?? '') !== '' && !(present?.kind === 'scalar' && present.tag === '!!null')) return root;
  const set = present ? makeScalar(value.value, place, step, present) : value;
  const key = makeScalar('namespace', place, step);
  return root.with('metadata', metadata ? metadata.with('namespace', set, key) : makeMap([new Pair(key, set)], place, step));
}
