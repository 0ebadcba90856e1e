/**
 * Brings the tree that a substituted text was read into together with the tree that the text was printed from: what the
 * substitution left alone keeps its nodes, what it changed leads to the variable that did it. Types are those that
 * go-yaml v2 reads, so that `yes` is a boolean and `${N}` may become a number.
 */
import type { Place } from '../../../base/problem.js';
import { compareKeys } from '../../../yaml/keyOrder.js';
import { MapNode, Pair, ScalarNode, SequenceNode, type Step, type YamlNode } from '../../../yaml/nodes.js';
import { jsonScalarOf, resolveTagYaml11 } from '../../../yaml/scalars.js';

/** Where a changed scalar comes from. */
export interface ChangeOrigin {
  readonly place: Place;
  readonly step: Step;
}

/** Tells by the text that a scalar had what changed it. */
export type OriginOf = (before: ScalarNode | undefined) => ChangeOrigin;

/** The tree `after` with the nodes of `before` wherever nothing changed; `before` itself where nothing changed at all. */
export function restoreOrigins(before: YamlNode, after: YamlNode, originOf: OriginOf): YamlNode {
  if (before.kind === 'scalar' && after.kind === 'scalar') return restoreScalar(before, after, originOf);
  if (before.kind === 'map' && after.kind === 'map') return restoreMap(before, after, originOf);
  if (before.kind === 'sequence' && after.kind === 'sequence' && before.items.length === after.items.length) {
    return before.mapItems((item, index) => {
      const next = after.items[index];
      return next ? restoreOrigins(item, next, originOf) : item;
    });
  }
  return adopt(after, originOf(before.kind === 'scalar' ? before : undefined), before);
}

function restoreScalar(before: ScalarNode, after: ScalarNode, originOf: OriginOf): ScalarNode {
  const read = readYaml11(after);
  const old = jsonScalarOf(before);
  const next = jsonScalarOf(read);
  const isSame =
    old.kind === next.kind &&
    (old.kind === 'string' ? next.kind === 'string' && old.value === next.value : old.kind === 'literal' && next.kind === 'literal' && old.text === next.text);
  if (isSame) return before;
  const { place, step } = originOf(before);
  return new ScalarNode(read.value, read.tag, 'plain', place.source, place.start, place.end, step, before);
}

function restoreMap(before: MapNode, after: MapNode, originOf: OriginOf): MapNode {
  const fresh = new Map(after.pairs.map((pair) => [pair.key.value, pair]));
  const renamed = matchRenamed(before, fresh);
  let isChanged = false;
  const pairs: Pair[] = [];
  for (const pair of before.pairs) {
    const match = fresh.get(pair.key.value) ?? renamed.get(pair);
    if (!match) {
      isChanged = true;
      continue;
    }
    fresh.delete(match.key.value);
    const key = match.key.value === pair.key.value ? pair.key : renameKey(pair.key, match.key, originOf);
    const value = restoreOrigins(pair.value, match.value, originOf);
    if (key === pair.key && value === pair.value) pairs.push(pair);
    else {
      isChanged = true;
      pairs.push(new Pair(key, value));
    }
  }
  for (const { key, value } of fresh.values()) {
    isChanged = true;
    const origin = originOf(undefined);
    pairs.push(new Pair(adoptScalar(key, origin, undefined), adopt(value, origin, undefined)));
  }
  return isChanged ? before.withPairs(pairs) : before;
}

/** Keys that were substituted too: in the order in which they were printed. */
function matchRenamed(before: MapNode, fresh: ReadonlyMap<string, Pair>): ReadonlyMap<Pair, Pair> {
  const known = new Set(before.pairs.map(({ key }) => key.value));
  const gone = before.pairs.filter(({ key }) => !fresh.has(key.value)).toSorted((a, b) => compareKeys(a.key.value, b.key.value));
  const come = [...fresh.values()].filter(({ key }) => !known.has(key.value));
  if (gone.length !== come.length) return new Map();
  return new Map(
    gone.flatMap((pair, index) => {
      const match = come[index];
      return match ? [[pair, match] as const] : [];
    }),
  );
}

function renameKey(before: ScalarNode, after: ScalarNode, originOf: OriginOf): ScalarNode {
  return adoptScalar(after, originOf(before), before);
}

/** A whole subtree that a substitution made. */
function adopt(node: YamlNode, origin: ChangeOrigin, was: YamlNode | undefined): YamlNode {
  const { place, step } = origin;
  switch (node.kind) {
    case 'scalar':
      return adoptScalar(node, origin, was);
    case 'map':
      return new MapNode(
        node.pairs.map((pair) => new Pair(adoptScalar(pair.key, origin, undefined), adopt(pair.value, origin, undefined))),
        place.source,
        place.start,
        place.end,
        step,
        was,
        node.flow,
      );
    case 'sequence':
      return new SequenceNode(
        node.items.map((item) => adopt(item, origin, undefined)),
        place.source,
        place.start,
        place.end,
        step,
        was,
        node.flow,
      );
  }
}

function adoptScalar(node: ScalarNode, { place, step }: ChangeOrigin, was: YamlNode | undefined): ScalarNode {
  const { value, tag } = readYaml11(node);
  return new ScalarNode(value, tag, 'plain', place.source, place.start, place.end, step, was);
}

/** A plain scalar as go-yaml v2 reads it: its booleans are more, and its dates are texts. */
export function readYaml11(node: ScalarNode): ScalarNode {
  if (node.style !== 'plain' || node.tag === '!!binary') return node;
  const tag = resolveTagYaml11(node.value);
  if (tag === '!!timestamp') return retag(node, node.value, '!!str');
  if (tag === '!!bool') return retag(node, /^(?:y|yes|on|true)$/i.test(node.value) ? 'true' : 'false', '!!bool');
  return tag === node.tag ? node : retag(node, node.value, tag);
}

function retag({ source, start, end }: ScalarNode, value: string, tag: ScalarNode['tag']): ScalarNode {
  return new ScalarNode(value, tag, 'plain', source, start, end, undefined, undefined);
}
