/** Labels and annotations that Flux sets on every object after the build (fluxcd/pkg/ssa v0.76.2 utils/meta.go SetCommonMetadata). */
import { makeMap, makeScalar, Pair, ScalarNode, type MapNode, type Step } from '../../yaml/nodes.js';
import { mapAt } from '../declarations.js';
import type { FinishStep } from '../renderPlan.js';

/** The step for `spec.commonMetadata`; undefined where it says nothing. Only `metadata` is touched, no templates or selectors. */
export function commonMetadataStep(commonMetadata: MapNode | undefined): FinishStep | undefined {
  const fields = (['labels', 'annotations'] as const).flatMap((field) => {
    const entries = mapAt(commonMetadata, field);
    return entries && entries.pairs.length > 0 ? [{ field, entries }] : [];
  });
  if (fields.length === 0) return undefined;
  return (objects) =>
    objects.map((root) => {
      const metadata = mapAt(root, 'metadata');
      if (!metadata) return root;
      const changed = fields.reduce((map, { field, entries }) => setEntries(map, field, entries), metadata);
      return root.with('metadata', changed);
    });
}

function setEntries(metadata: MapNode, field: 'labels' | 'annotations', entries: MapNode): MapNode {
  let result = mapAt(metadata, field);
  for (const { key, value } of entries.pairs) {
    if (value.kind !== 'scalar') continue;
    const step: Step = { kind: field, field: `spec.commonMetadata.${field}.${key.value}`, source: key.source, start: key.start, end: key.end };
    result ??= makeMap([], key, step, metadata.get(field));
    const before = result.get(key.value);
    if (before?.kind === 'scalar' && before.value === value.value && before.tag === '!!str') continue;
    const node = new ScalarNode(value.value, '!!str', 'plain', value.source, value.start, value.end, step, before);
    result = before ? result.with(key.value, node) : result.withPairs([...result.pairs, new Pair(makeScalar(key.value, key, step), node)]);
  }
  if (!result || result === metadata.get(field)) return metadata;
  const pair = metadata.pair(field);
  return pair ? metadata.with(field, result) : metadata.with(field, result, makeScalar(field, result, result.step));
}
