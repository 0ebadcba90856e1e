/**
 * The parameters that generators make, as trees: each value is the node that it was read from, so that what a template
 * makes of it leads back there. Also what Go's libraries do with them: flattening, merging, printing.
 */
import { jsonKey, jsonValue, type ScalarReading } from '../../../kustomize/decode/jsonValue.js';
import { compareKeys } from '../../../yaml/keyOrder.js';
import { formatGoFloat } from '../../../yaml/scalars.js';
import { type MapNode, Pair, ScalarNode, type Step, type YamlNode } from '../../../yaml/nodes.js';

/** A value as Go's templates see it; every number is a float, as Go's JSON has it. */
export type GoValue = string | number | boolean | null | readonly GoValue[] | { readonly [key: string]: GoValue };

/** One set of parameters: an Application is made for each. */
export interface ParamSet {
  /** In fast templates flat (`metadata.labels.region`), in Go templates nested. All scalars have their final tags. */
  readonly values: MapNode;
  /** The ways to values that Go holds as a map of strings or a list of strings: flattening doesn't look inside. */
  readonly opaque: ReadonlySet<string>;
  /** The step of what is made of it: where the parameters stand. */
  readonly step: Step;
}

/** The node as Go's JSON sees it, scalars with their final text and tag: what `1e3`, `yes` and `0x10` are is settled here. */
export function settleNode(node: YamlNode, reading: ScalarReading): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return settleScalar(node, reading);
    case 'sequence':
      return node.mapItems((item) => settleNode(item, reading));
    case 'map': {
      const pairs = new Map<string, Pair>();
      for (const pair of node.pairs) {
        const name = jsonKey(pair.key, reading);
        if (name === undefined) continue;
        const key = name === pair.key.value ? pair.key : new ScalarNode(name, '!!str', 'plain', pair.key.source, pair.key.start, pair.key.end, undefined, undefined);
        const value = settleNode(pair.value, reading);
        pairs.set(name, key === pair.key && value === pair.value ? pair : new Pair(key, value));
      }
      const settled = [...pairs.values()];
      return settled.length === node.pairs.length && settled.every((pair, index) => pair === node.pairs[index]) ? node : node.withPairs(settled);
    }
  }
}

function settleScalar(node: ScalarNode, reading: ScalarReading): ScalarNode {
  const value = jsonValue(node, reading);
  const make = (text: string, tag: ScalarNode['tag']): ScalarNode =>
    node.value === text && node.tag === tag ? node : new ScalarNode(text, tag, node.style, node.source, node.start, node.end, node.step, node.was);
  switch (value.type) {
    case 'string':
      return make(value.value, '!!str');
    case 'number':
      return make(value.text, value.tag);
    case 'boolean':
      return make(String(value.value), '!!bool');
    case 'null':
      return make('null', '!!null');
    default:
      return make(node.value, '!!str');
  }
}

/** A settled node as a value for templates. */
export function toGoValue(node: YamlNode): GoValue {
  switch (node.kind) {
    case 'scalar':
      if (node.tag === '!!int' || node.tag === '!!float') return Number(node.value);
      if (node.tag === '!!bool') return node.value === 'true';
      return node.tag === '!!null' ? null : node.value;
    case 'sequence':
      return node.items.map(toGoValue);
    case 'map':
      return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, toGoValue(value)]));
  }
}

/** What Go's fmt prints for a value with `%v`. */
export function printGo(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      if (node.tag === '!!int' || node.tag === '!!float') return formatGoFloat(Number(node.value));
      return node.tag === '!!null' ? '<nil>' : node.value;
    case 'sequence':
      return `[${node.items.map(printGo).join(' ')}]`;
    case 'map':
      return `map[${sortedPairs(node)
        .map(({ key, value }) => `${key.value}:${printGo(value)}`)
        .join(' ')}]`;
  }
}

function sortedPairs(node: MapNode): readonly Pair[] {
  return [...node.pairs].sort((a, b) => (a.key.value < b.key.value ? -1 : 1));
}

/** Every value by the keys that lead to it, joined with dots (github.com/jeremywohl/flatten): empty maps and lists vanish. */
export function flattenParams({ values, opaque }: Pick<ParamSet, 'values' | 'opaque'>): ReadonlyMap<string, YamlNode> {
  const flat = new Map<string, YamlNode>();
  const visit = (node: YamlNode, way: string): void => {
    if (node.kind === 'scalar' || (way !== '' && opaque.has(way))) flat.set(way, node);
    else if (node.kind === 'sequence') node.items.forEach((item, index) => visit(item, join(way, String(index))));
    else for (const { key, value } of node.pairs) visit(value, join(way, key.value));
  };
  visit(values, '');
  return flat;
}

function join(way: string, key: string): string {
  return way === '' ? key : `${way}.${key}`;
}

/** Maps merged into each other, of all else the later (dario.cat/mergo with WithOverride, on maps). */
export function mergeOver(base: MapNode, over: MapNode): MapNode {
  let result = base;
  for (const { key, value } of over.pairs) {
    const before = result.get(key.value);
    result = result.with(key.value, before?.kind === 'map' && value.kind === 'map' ? mergeOver(before, value) : value, key);
  }
  return result;
}

/** The value at a way of keys; undefined where there is none. */
export function lookUpParam(values: MapNode, keys: readonly string[]): YamlNode | undefined {
  let at: YamlNode | undefined = values;
  for (const key of keys) at = at?.kind === 'map' ? at.get(key) : undefined;
  return at;
}

/** The names of all parameters, for people: sorted, as they are written in a template. */
export function paramNames(set: ParamSet): readonly string[] {
  return [...flattenParams({ values: set.values, opaque: new Set() }).keys()].sort(compareKeys);
}
