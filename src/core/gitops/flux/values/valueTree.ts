/**
 * Values while they are merged. Unlike nodes these trees change in place and share parts, as the Go maps do that
 * helm-controller merges: which source wins hangs on that sharing (fluxcd/pkg/chartutil v1.27.2 values.go, merge.go).
 */
import { makeScalar, MapNode, Pair, SequenceNode, type ScalarNode, type Step, type YamlNode } from '../../../yaml/nodes.js';

export class ValueMap {
  readonly entries = new Map<string, ValueEntry>();

  /** @param node what it was read from, or what made it */
  constructor(readonly node: YamlNode | ValueOrigin) {}

  get(key: string): Value | undefined {
    return this.entries.get(key)?.value;
  }

  set(key: string, value: Value, origin: ValueOrigin): void {
    if (key === '') return;
    this.entries.set(key, { key: this.entries.get(key)?.key ?? makeScalar(key, origin.node, origin.step), value });
  }
}

export class ValueList {
  constructor(
    readonly items: Value[],
    readonly node: YamlNode | ValueOrigin,
  ) {}
}

/** A leaf is the node itself. */
export type Value = ValueMap | ValueList | ScalarNode;

interface ValueEntry {
  readonly key: ScalarNode;
  readonly value: Value;
}

/** What sets values that stand in no text as a tree. */
export interface ValueOrigin {
  readonly node: ScalarNode;
  readonly step: Step;
}

/** How the texts of a tree are read: what they are, and the names that keys become. */
export interface Reading {
  readonly scalar: (scalar: ScalarNode) => ScalarNode;
  readonly key: (key: ScalarNode) => string;
}

/** For trees that were read already. */
export const asRead: Reading = { scalar: (scalar) => scalar, key: ({ value }) => value };

/** A map of nodes as values; of a key that stands twice the last one counts. */
export function mapOf(node: MapNode, reading: Reading): ValueMap {
  const map = new ValueMap(node);
  for (const { key, value } of node.pairs) {
    const name = reading.key(key);
    const named = name === key.value ? key : makeScalar(name, key, key.step, key);
    map.entries.set(name, { key: named, value: valueOf(value, reading) });
  }
  return map;
}

function valueOf(node: YamlNode, reading: Reading): Value {
  if (node.kind === 'scalar') return reading.scalar(node);
  if (node.kind === 'map') return mapOf(node, reading);
  return new ValueList(
    node.items.map((item) => valueOf(item, reading)),
    node,
  );
}

/** `over` merged into `under`: a new map, whose parts are those of the two wherever only one of them has a map. */
export function mergeMaps(under: ValueMap, over: ValueMap): ValueMap {
  const result = new ValueMap(over.node);
  for (const [name, entry] of under.entries) result.entries.set(name, entry);
  for (const [name, { key, value }] of over.entries) {
    const below = result.get(name);
    result.entries.set(name, { key, value: value instanceof ValueMap && below instanceof ValueMap ? mergeMaps(below, value) : value });
  }
  return result;
}

/** The values as nodes; what was only read keeps its nodes. */
export function nodeOf(value: Value): YamlNode {
  if (value instanceof ValueMap) return mapNodeOf(value);
  if (!(value instanceof ValueList)) return value;
  const items = value.items.map(nodeOf);
  if (!('step' in value.node && 'kind' in value.node))
    return new SequenceNode(items, value.node.node.source, value.node.node.start, value.node.node.end, value.node.step, undefined, false);
  const { node } = value;
  const isSame = node.kind === 'sequence' && node.items.length === items.length && node.items.every((item, index) => item === items[index]);
  return isSame ? node : new SequenceNode(items, node.source, node.start, node.end, node.step, undefined, false);
}

/** The same of a map. */
export function mapNodeOf(value: ValueMap): MapNode {
  const pairs = [...value.entries.values()].map(({ key, value: inner }) => new Pair(key, nodeOf(inner)));
  const { node } = value;
  if (!('kind' in node)) return new MapNode(pairs, node.node.source, node.node.start, node.node.end, node.step, undefined, false);
  const isSame =
    node.kind === 'map' && node.pairs.length === pairs.length && node.pairs.every((pair, index) => pair.key === pairs[index]?.key && pair.value === pairs[index].value);
  return isSame ? node : new MapNode(pairs, node.source, node.start, node.end, node.step, undefined, false);
}
