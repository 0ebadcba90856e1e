/** Fields of YAML as configurations of pipelines have them: a text or a list of texts, maps of texts. */
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../../yaml/nodes.js';

/** The map under a key; undefined for anything else. */
export function mapField(node: YamlNode | undefined, key: string): MapNode | undefined {
  const value = node?.kind === 'map' ? node.get(key) : undefined;
  return value?.kind === 'map' ? value : undefined;
}

/** The text under a key; undefined for anything else. */
export function textField(node: YamlNode | undefined, key: string): string | undefined {
  return node?.kind === 'map' ? scalarValue(node.get(key)) : undefined;
}

/** The scalar under a key; undefined for anything else, null included. */
export function scalarField(node: YamlNode | undefined, key: string): ScalarNode | undefined {
  const value = node?.kind === 'map' ? node.get(key) : undefined;
  return value?.kind === 'scalar' && value.tag !== '!!null' ? value : undefined;
}

/** The items of a list; one that is no list is its only item; nothing for null and what is missing. */
export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  if (!node || (node.kind === 'scalar' && node.tag === '!!null')) return [];
  return node.kind === 'sequence' ? node.items : [node];
}

/** The texts of a list, or of a single scalar. */
export function textsOf(node: YamlNode | undefined): readonly string[] {
  return itemsOf(node).flatMap((item) => scalarValue(item) ?? []);
}

/** The fields of a map that are scalars. */
export function scalarsOf(node: YamlNode | undefined): readonly (readonly [string, ScalarNode])[] {
  return node?.kind === 'map' ? node.pairs.flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key.value, value] as const] : [])) : [];
}
