/**
 * Data for templates: YAML nodes as values that know their nodes, and plain data. Numbers of YAML are floats, as they are for
 * Helm and Argo CD, which read YAML by way of JSON (sigs.k8s.io/yaml v1.6.0 into map[string]interface{}).
 */
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';
import { jsonScalarOf, resolveTagYaml11 } from '../yaml/scalars.js';
import { Bool, Float, Int, ListValue, MapValue, nil, Nil, Text, textOfNode, type Value } from './values.js';

/** Plain data: what JSON has, and integers as `bigint`. */
export type PlainData = string | number | bigint | boolean | null | undefined | readonly PlainData[] | { readonly [key: string]: PlainData };

/**
 * The value of a YAML node as it comes through JSON; fields are read when they are asked for.
 * @param originOf the node that the value is said to come from, where that is another one
 */
export function valueOfNode(node: YamlNode, originOf: (node: YamlNode) => YamlNode | undefined = (own) => own): Value {
  switch (node.kind) {
    case 'scalar':
      return scalarValue(node, originOf(node));
    case 'map':
      return new MapValue(() => {
        const entries = new Map<string, Value>();
        for (const { key, value } of node.pairs) entries.set(keyText(key), valueOfNode(value, originOf));
        return entries;
      }, originOf(node));
    case 'sequence':
      return new ListValue(
        node.items.map((item) => valueOfNode(item, originOf)),
        originOf(node),
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

function scalarValue(node: ScalarNode, origin: YamlNode | undefined): Value {
  if (isYaml11Bool(node)) return new Bool(/^(?:y|on)/i.test(node.value), origin);
  // sigs.k8s.io/yaml stands on go-yaml v2, which leaves dates as they are written
  if (node.tag === '!!timestamp') return textOfNode(node.value, origin);
  const read = jsonScalarOf(node);
  if (read.kind === 'string') return textOfNode(read.value, origin);
  if (read.kind === 'none') return textOfNode(node.value, origin);
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
