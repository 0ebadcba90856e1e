/**
 * Data for templates: YAML nodes as values that know their nodes, and plain data. Numbers of YAML are floats, as they are for
 * Helm and Argo CD, which read YAML by way of JSON (sigs.k8s.io/yaml v1.6.0 into map[string]interface{}).
 */
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf, resolveTagYaml11 } from '../yaml/scalars.js';
import { Bool, Float, Int, ListValue, MapValue, nil, Nil, Text, textOfNode, type Value } from './values.js';

/** Plain data: what JSON has, and integers as `bigint`. */
export type PlainData = string | number | bigint | boolean | null | undefined | readonly PlainData[] | { readonly [key: string]: PlainData };

/** What the values of nodes are said to come from. */
export interface NodeOrigins {
  readonly nodeOf: (node: YamlNode) => YamlNode | undefined;
  /** The text that a scalar stands for. */
  readonly textOf: (node: ScalarNode, value: string) => Text;
}

const ownOrigins: NodeOrigins = { nodeOf: (node) => node, textOf: (node, value) => textOfNode(value, node) };

/**
 * The value of a YAML node as it comes through JSON; fields are read when they are asked for.
 * @param origins where the value comes from, where that isn't the node itself
 */
export function valueOfNode(node: YamlNode, origins = ownOrigins): Value {
  switch (node.kind) {
    case 'scalar':
      return scalarValue(node, origins);
    case 'map':
      return new MapValue(() => {
        const entries = new Map<string, Value>();
        for (const { key, value } of node.pairs) entries.set(keyText(key), valueOfNode(value, origins));
        return entries;
      }, origins.nodeOf(node));
    case 'sequence':
      return new ListValue(
        node.items.map((item) => valueOfNode(item, origins)),
        origins.nodeOf(node),
      );
  }
}

function keyText(key: ScalarNode): string {
  if (isYaml11Bool(key)) return String(/^(?:y|on)/i.test(key.value));
  if (key.tag === '!!str') return key.value;
  const read = jsonScalarOf(key);
  return read.kind === 'literal' ? read.text : read.kind === 'string' ? read.value : key.value;
}

/** `yes`, `off` and the like, which YAML 1.1 takes for booleans, as keys as well. */
function isYaml11Bool({ tag, style, value, source, start }: ScalarNode): boolean {
  return tag === '!!str' && style === 'plain' && resolveTagYaml11(value) === '!!bool' && source.text.charAt(start) !== '!';
}

function scalarValue(node: ScalarNode, { nodeOf, textOf }: NodeOrigins): Value {
  if (isYaml11Bool(node)) return new Bool(/^(?:y|on)/i.test(node.value), nodeOf(node));
  // sigs.k8s.io/yaml stands on go-yaml v2, which leaves dates as they are written
  if (node.tag === '!!timestamp') return textOf(node, node.value);
  const read = jsonScalarOf(node);
  if (read.kind === 'string') return textOf(node, read.value);
  if (read.kind === 'none') return textOf(node, node.value);
  const origin = nodeOf(node);
  if (read.text === 'null') return new Nil(origin);
  if (read.text === 'true' || read.text === 'false') return new Bool(read.text === 'true', origin);
  return new Float(Number(read.text), origin);
}

/** Plain data as a value; `number` becomes a float, as from JSON. */
export function valueOfData(data: PlainData): Value {
  if (data === null || data === undefined) return nil;
  switch (typeof data) {
    case 'string':
      return new Text(data);
    case 'number':
      return new Float(data);
    case 'bigint':
      return new Int(data);
    case 'boolean':
      return new Bool(data);
    default:
      if (isList(data)) return new ListValue(data.map(valueOfData));
      return new MapValue(new Map(Object.entries(data).map(([key, value]) => [key, valueOfData(value)])));
  }
}

function isList(data: readonly PlainData[] | Readonly<Record<string, PlainData>>): data is readonly PlainData[] {
  return Array.isArray(data);
}
